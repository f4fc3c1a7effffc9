// SPDX-License-Identifier: GPL-2.0
/* The tree of a basic filter: a list, of which containers name where theirs begin. */
#include <arpa/inet.h>
#include <linux/pkt_cls.h>
#include <linux/tc_ematch/tc_em_cmp.h>
#include <linux/tc_ematch/tc_em_meta.h>
#include <string.h>

#include "ematch.h"
#include "foreign_terms.h"
#include "import_live_attr.h"

#define TESTS_MAX	64

struct tests {
	struct foreign_filter *f;
	struct nlattr *v[TESTS_MAX];
	size_t n;
	unsigned int depth;
};

static const void *data_of(const struct nlattr *attr, size_t *len)
{
	size_t head = NLA_ALIGN(sizeof(struct tcf_ematch_hdr));

	*len = (size_t)nla_len(attr) > head ? (size_t)nla_len(attr) - head : 0;
	return (const char *)nla_data(attr) + head;
}

static struct ematch read_compare(struct foreign_filter *f, const void *data, size_t len)
{
	static const enum ematch_operator operators[] = {
		[TCF_EM_OPND_EQ] = EMATCH_EQUAL, [TCF_EM_OPND_GT] = EMATCH_GREATER,
		[TCF_EM_OPND_LT] = EMATCH_LESS,
	};
	struct tcf_em_cmp cmp = { 0 };

	memcpy(&cmp, data, len < sizeof(cmp) ? len : sizeof(cmp));
	if (cmp.layer == TCF_LAYER_LINK)
		foreign_lacks(f, "bytes of the link layer");
	if (cmp.flags & TCF_EM_CMP_TRANS)
		foreign_lacks(f, "bytes in another order");
	if (f->lacks || cmp.opnd > TCF_EM_OPND_LT)
		return (struct ematch){ 0 };
	return ematch_compare(f, cmp.align, cmp.off, cmp.layer == TCF_LAYER_TRANSPORT,
			      cmp.mask, operators[cmp.opnd], cmp.val);
}

static struct ematch read_key(struct foreign_filter *f, const void *data, size_t len)
{
	struct tc_u32_key key = { 0 };

	memcpy(&key, data, len < sizeof(key) ? len : sizeof(key));
	return ematch_key(f, &(struct foreign_key){ ntohl(key.val), ntohl(key.mask),
						    key.off, key.offmask });
}

static struct ematch read_meta(struct foreign_filter *f, const void *data, size_t len)
{
	static const enum ematch_operator operators[] = {
		[TCF_EM_OPND_EQ] = EMATCH_EQUAL, [TCF_EM_OPND_GT] = EMATCH_GREATER,
		[TCF_EM_OPND_LT] = EMATCH_LESS,
	};
	struct nlattr *tb[TCA_EM_META_MAX + 1];
	struct tcf_meta_hdr hdr = { 0 };

	if (nla_parse(tb, TCA_EM_META_MAX, (struct nlattr *)(uintptr_t)data, (int)len, NULL) ||
	    !tb[TCA_EM_META_HDR])
		return (struct ematch){ 0 };
	get_struct(tb[TCA_EM_META_HDR], &hdr, sizeof(hdr));
	if (TCF_META_ID(hdr.left.kind) != TCF_META_ID_NFMARK || hdr.left.shift ||
	    hdr.left.op > TCF_EM_OPND_LT) {
		foreign_lacks(f, "\"meta\" of that kind");
		return (struct ematch){ 0 };
	}
	return ematch_mark(f, get_u32(tb[TCA_EM_META_LVALUE]), operators[hdr.left.op],
			   get_u32(tb[TCA_EM_META_RVALUE]));
}

static struct ematch read_sequence(struct tests *t, size_t i);

static struct ematch read_one(struct tests *t, const struct tcf_ematch_hdr *hdr,
			      const void *data, size_t len)
{
	uint32_t below = 0;

	switch (hdr->kind) {
	case TCF_EM_CONTAINER:
		memcpy(&below, data, len < sizeof(below) ? len : sizeof(below));
		return read_sequence(t, below);
	case TCF_EM_CMP:
		return read_compare(t->f, data, len);
	case TCF_EM_U32:
		return read_key(t->f, data, len);
	case TCF_EM_META:
		return read_meta(t->f, data, len);
	default:
		foreign_lacks(t->f, "an ematch of kind %u", hdr->kind);
		return (struct ematch){ 0 };
	}
}

/* Each with what follows it: "a and b or c" is "a and (b or c)". */
static struct ematch read_sequence(struct tests *t, size_t i)
{
	struct tcf_ematch_hdr hdr;
	unsigned int relation;
	const void *data;
	struct ematch e;
	size_t len;

	if (i >= t->n || t->depth > TESTS_MAX) {
		foreign_lacks(t->f, "what could not be read");
		return (struct ematch){ 0 };
	}
	t->depth++;
	memcpy(&hdr, nla_data(t->v[i]), sizeof(hdr));
	data = data_of(t->v[i], &len);
	e = read_one(t, &hdr, data, len);
	if (hdr.flags & TCF_EM_INVERT)
		e = ematch_not(e);
	relation = hdr.flags & TCF_EM_REL_MASK;
	if (relation == TCF_EM_REL_AND || relation == TCF_EM_REL_OR)
		e = ematch_join(e, relation == TCF_EM_REL_OR, read_sequence(t, i + 1));
	t->depth--;
	return e;
}

void live_basic_options(struct foreign_filter *f, struct nlattr *ematches)
{
	struct nlattr *tb[TCA_EMATCH_TREE_MAX + 1], *attr;
	struct tests t = { .f = f };
	int rest;

	terms_family(f, f->protocol);
	if (!ematches || nla_parse_nested(tb, TCA_EMATCH_TREE_MAX, ematches, NULL) ||
	    !tb[TCA_EMATCH_TREE_LIST])
		return;
	nla_for_each_nested(attr, tb[TCA_EMATCH_TREE_LIST], rest)
		if (t.n < TESTS_MAX &&
		    (size_t)nla_len(attr) >= sizeof(struct tcf_ematch_hdr))
			t.v[t.n++] = attr;
	ematch_done(f, read_sequence(&t, 0));
}
