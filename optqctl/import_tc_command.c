// SPDX-License-Identifier: GPL-2.0
/* tc's commands: what they are about, and what they do with it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "import_tc.h"
#include "match_values.h"
#include "mem.h"

/* What all three kinds of objects have before their options. */
struct head {
	char verb;		/* 'a'dd, 'c'hange or replace, 'd'elete */
	struct foreign_device *dev;
	uint32_t parent, handle, id;
	bool has_parent;
};

static bool begins(const char *word, const char *whole)
{
	return *word && !strncmp(word, whole, strlen(word));
}

/* False: it changes nothing, as "show" does. */
static bool read_verb(struct tc *tc, struct head *head)
{
	const char *word = tc_word(tc);

	if (!word)
		return false;
	tc->i++;
	if (begins(word, "add"))
		head->verb = 'a';
	else if (begins(word, "change") || begins(word, "replace") || begins(word, "link"))
		head->verb = 'c';
	else if (begins(word, "delete"))
		head->verb = 'd';
	else if (begins(word, "show") || begins(word, "list") || !strcmp(word, "ls") ||
		 begins(word, "get"))
		return false;
	else
		tc_note(tc, "tc has no command \"%s\": it is left out", word);
	return head->verb;
}

static bool is_device_name(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if (!isgraph((unsigned char)name[i]) || strchr("/:", name[i]))
			return false;
	return i && i < IFNAMSIZ && strcmp(name, ".") && strcmp(name, "..");
}

static bool read_device(struct tc *tc, struct head *head)
{
	const char *name = tc_value(tc, "dev");

	if (!name)
		return false;
	if (!is_device_name(name)) {
		tc_note(tc, "\"%s\" cannot be a device name: the command is left out", name);
		return false;
	}
	head->dev = foreign_device(tc->f, name);
	return true;
}

static bool has_device(struct tc *tc, const struct head *head)
{
	if (head->dev)
		return true;
	tc->i = 1;
	tc_note(tc, "the device is missing: the command is left out");
	return false;
}

static const struct tc_option stab_options[] = {
	{ "mtu", TC_QUIET }, { "tsize", TC_QUIET }, { "cell_log", TC_QUIET }, { NULL }
};

/* Size tables count from the length that the device sees. */
static bool read_stab(struct tc *tc, struct optq_wire *wire)
{
	const char *word;
	uint32_t number;

	if (tc_is(tc, "overhead") || tc_is(tc, "mpu")) {
		bool mpu = !strcmp(tc->cmd->v[tc->i - 1].text, "mpu");

		word = tc_word(tc);
		if (word && *word == '-' && !mpu) {
			tc->i++;
			wire->overhead = (int16_t)-atoi(word + 1);
		} else if (tc_number(tc, mpu ? "mpu" : "overhead", 256, &number) && mpu) {
			wire->mpu = (uint16_t)number;
		} else {
			wire->overhead = (int16_t)number;
		}
	} else if (tc_is(tc, "linklayer")) {
		word = tc_value(tc, "linklayer");
		if (word)
			wire->layer = !strcmp(word, "atm") || !strcmp(word, "adsl") ?
				      OPTQ_WIRE_RAW_ATM : OPTQ_WIRE_RAW;
	} else {
		return tc_option(tc, stab_options, "stab", wire);
	}
	if (!wire->layer)
		wire->layer = OPTQ_WIRE_RAW;
	return true;
}

/* True when the next words were one of those. */
static bool read_head(struct tc *tc, struct head *head, bool *good)
{
	*good = true;
	if (tc_is(tc, "dev")) {
		*good = read_device(tc, head);
	} else if (tc_is(tc, "root")) {
		head->parent = TC_H_ROOT;
		head->has_parent = true;
	} else if (tc_is(tc, "parent")) {
		*good = tc_id(tc, "parent", false, &head->parent);
		head->has_parent = true;
	} else if (tc_is(tc, "ingress") || tc_is(tc, "clsact")) {
		head->parent = TC_H_INGRESS;
		head->has_parent = true;
	} else {
		return false;
	}
	return true;
}

static void note_block(struct tc *tc, bool *good)
{
	tc_note(tc, "blocks of filters that devices share are not carried over: the command is left out");
	*good = false;
}

/* One of the same kind is changed and keeps what is below it. */
static struct foreign_qdisc *place_qdisc(const struct head *head, const char *kind)
{
	uint32_t handle = TC_H_MAJ(head->parent == TC_H_INGRESS ? TC_H_INGRESS :
				   head->handle);
	const struct foreign_qdisc *found = foreign_qdisc_below(head->dev, head->parent);
	struct foreign_qdisc *q;

	if (found && head->verb == 'c' && !strcmp(found->name, kind) &&
	    (!handle || handle == found->handle))
		return &head->dev->qdiscs[found - head->dev->qdiscs];
	q = foreign_add_qdisc(head->dev, head->parent);
	q->handle = handle;
	strncpy(q->name, kind, sizeof(q->name) - 1);
	q->kind = foreign_kind(kind);
	foreign_qdisc_defaults(q);
	return q;
}

static void read_qdisc(struct tc *tc)
{
	struct head head = { .parent = TC_H_ROOT };
	struct optq_wire stab = { 0 };
	struct foreign_qdisc *q;
	const char *kind = NULL;
	bool good = true;

	if (!read_verb(tc, &head))
		return;
	while (good && tc_word(tc)) {
		const char *word = tc_word(tc);

		if (read_head(tc, &head, &good)) {
			if (head.parent == TC_H_INGRESS && !strcmp(word, "clsact"))
				kind = "clsact";
		} else if (tc_is(tc, "handle")) {
			good = tc_id(tc, "handle", true, &head.handle);
		} else if (tc_is(tc, "stab")) {
			while (tc_word(tc) && read_stab(tc, &stab))
				;
		} else if (tc_is(tc, "estimator")) {
			tc->i += 2;
		} else if (tc_is(tc, "ingress_block") || tc_is(tc, "egress_block")) {
			note_block(tc, &good);
		} else {
			kind = word;
			tc->i++;
			break;
		}
	}
	if (!good || !has_device(tc, &head))
		return;
	if (head.verb == 'd') {
		foreign_remove_qdisc(head.dev, head.parent);
		return;
	}
	if (head.parent == TC_H_INGRESS && !kind)
		kind = "ingress";
	if (!kind) {
		tc_note(tc, "the kind of the qdisc is missing: the command is left out");
		return;
	}
	q = place_qdisc(&head, kind);
	q->at = tc_span(tc);
	if (stab.layer)
		q->stab = stab;
	tc_qdisc_options(tc, q);
}

static void read_class(struct tc *tc)
{
	struct head head = { 0 };
	struct foreign_class *c;
	const char *kind = NULL;
	bool good = true;

	if (!read_verb(tc, &head))
		return;
	while (good && tc_word(tc) && !kind) {
		const char *word = tc_word(tc);

		if (read_head(tc, &head, &good))
			continue;
		tc->i++;
		if (!strcmp(word, "classid") || !strcmp(word, "handle"))
			good = tc_id(tc, word, false, &head.id);
		else if (!strcmp(word, "estimator"))
			tc->i += 2;
		else
			kind = word;
	}
	if (!good || !has_device(tc, &head))
		return;
	if (head.verb == 'd') {
		foreign_remove_class(head.dev, head.id);
		return;
	}
	if (!head.id || !kind || (foreign_kind(kind) != FOREIGN_HTB &&
				  foreign_kind(kind) != FOREIGN_HFSC)) {
		tc_note(tc, !kind ? "the kind of the class is missing: the command is left out" :
			!head.id ? "the number of the class is missing: the command is left out" :
			"classes of \"%s\" are not carried over", kind);
		return;
	}
	c = foreign_add_class(head.dev, head.id);
	c->at = tc_span(tc);
	c->kind = foreign_kind(kind);
	/* "change" need not name it again. */
	if (head.has_parent)
		c->parent = head.parent == TC_H_ROOT ? TC_H_MAJ(head.id) : head.parent;
	tc_class_options(tc, c);
}

static bool read_protocol(struct tc *tc, uint16_t *protocol)
{
	static const struct { const char *name; uint16_t number; } names[] = {
		{ "all", 0x0003 }, { "ip", 0x0800 }, { "ipv4", 0x0800 },
		{ "ipv6", 0x86dd }, { "arp", 0x0806 }, { "802.1q", 0x8100 },
		{ "802.1Q", 0x8100 }, { "802.1ad", 0x88a8 },
		{ "ppp_disc", 0x8863 }, { "ppp_ses", 0x8864 },
		{ "mpls_uc", 0x8847 }, { "mpls_mc", 0x8848 },
	};
	const char *word = tc_value(tc, "protocol");
	uint64_t number;
	size_t i;

	if (!word)
		return false;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i].name, word))
			continue;
		*protocol = names[i].number;
		return true;
	}
	if (match_number(word, strlen(word), 0xffff, &number)) {
		*protocol = (uint16_t)number;
		return true;
	}
	tc_note(tc, "unknown protocol \"%s\": the filter is left out", word);
	return false;
}

/* As the kernel picks it: one less than the least there is. */
static uint16_t free_pref(const struct foreign_device *dev, uint32_t parent)
{
	uint16_t least = 0xc001;
	size_t i;

	for (i = 0; i < dev->n_filters; i++)
		if (dev->filters[i].parent == parent && dev->filters[i].pref < least)
			least = dev->filters[i].pref;
	return (uint16_t)(least - 1);
}

static uint32_t table_number(const char *word, size_t len)
{
	return len && len <= 3 ? (uint32_t)strtoul(word, NULL, 16) << 20 : 0;
}

/* "800:", "800::", "1:2:" and "800::10", of u32. */
static uint32_t u32_handle(const char *word)
{
	size_t len = strcspn(word, ":");
	uint32_t handle = table_number(word, len);
	const char *bucket = word[len] ? word + len + 1 : "";
	size_t next = strcspn(bucket, ":");

	handle |= ((uint32_t)strtoul(bucket, NULL, 16) & 0xff) << 12;
	if (bucket[next])
		handle |= (uint32_t)strtoul(bucket + next + 1, NULL, 16) & 0xfff;
	return handle;
}

static void set_handle(struct tc *tc, struct foreign_filter *f, const char *word)
{
	size_t len = strcspn(word, "/");
	uint64_t number = 0, mask = UINT32_MAX;

	if (!strcmp(f->name, "u32")) {
		f->handle = u32_handle(word);
	} else if (!match_number(word, len, UINT32_MAX, &number) ||
		   (word[len] && !match_number(word + len + 1, strlen(word + len + 1),
					       UINT32_MAX, &mask))) {
		tc_note(tc, "handle: \"%s\" is no number", word);
	} else {
		f->handle = (uint32_t)number;
		f->mark_mask = (uint32_t)mask;
	}
}

static size_t find_filter(const struct foreign_device *dev, uint32_t parent, uint16_t pref,
			  size_t from)
{
	size_t i;

	for (i = from; i < dev->n_filters; i++)
		if (dev->filters[i].parent == parent &&
		    (!pref || dev->filters[i].pref == pref))
			return i;
	return SIZE_MAX;
}

static void delete_filters(struct foreign_device *dev, uint32_t parent, uint16_t pref)
{
	size_t i;

	while ((i = find_filter(dev, parent, pref, 0)) != SIZE_MAX)
		foreign_remove_filter(dev, i);
}

/* The table that holds the nodes of its pref: the kernel's numbers for it. */
static uint32_t root_table(const struct foreign_device *dev, const struct foreign_filter *f)
{
	uint32_t next = FOREIGN_U32_ROOT;
	size_t i;

	for (i = 0; i < dev->n_filters; i++) {
		const struct foreign_filter *other = &dev->filters[i];

		if (other == f || other->parent != f->parent || strcmp(other->name, "u32"))
			continue;
		if (other->pref == f->pref && other->root)
			return other->root;
		if (other->root >> 20 >= next)
			next = (other->root >> 20) + 1;
	}
	return next << 20;
}

/* The next node of its table and bucket, or the next handle of its pref. */
static uint32_t next_handle(const struct foreign_device *dev, const struct foreign_filter *f,
			    uint32_t first)
{
	bool u32 = !strcmp(f->name, "u32");
	uint32_t mask = u32 ? 0xfffff000 : 0, most = (f->handle & mask) + first - 1;
	size_t i;

	for (i = 0; i < dev->n_filters; i++) {
		const struct foreign_filter *other = &dev->filters[i];

		if (other != f && other->parent == f->parent && !strcmp(other->name, f->name) &&
		    (u32 ? !other->divisor && (other->handle & mask) == (f->handle & mask) :
			   other->pref == f->pref) && other->handle > most)
			most = other->handle;
	}
	return most + 1;
}

static void number_filter(const struct foreign_device *dev, struct foreign_filter *f)
{
	if (!strcmp(f->name, "u32")) {
		f->root = root_table(dev, f);
		if (f->divisor)
			return;
		if (!(f->handle >> 20))
			f->handle |= f->root;
		if (!(f->handle & 0xfff))
			f->handle = next_handle(dev, f, 0x800);
	} else if (!f->handle && strcmp(f->name, "fw")) {
		f->handle = next_handle(dev, f, 1);
	}
}

struct filter_head {
	struct head head;
	const char *handle, *kind;
	uint32_t pref;
	uint16_t protocol;
};

static bool read_filter_head(struct tc *tc, struct filter_head *h)
{
	uint32_t chain = 0;
	bool good = true;
	const char *word;

	while (good && (word = tc_word(tc)) && !h->kind) {
		if (tc_is(tc, "egress")) {
			tc_note(tc, "filters of a clsact's egress are not carried over: the command is left out");
			return false;
		}
		if (read_head(tc, &h->head, &good))
			continue;
		tc->i++;
		if (!strcmp(word, "prio") || !strcmp(word, "pref") ||
		    !strcmp(word, "preference") || !strcmp(word, "priority"))
			good = tc_number(tc, word, 0xffff, &h->pref);
		else if (!strcmp(word, "protocol"))
			good = read_protocol(tc, &h->protocol);
		else if (!strcmp(word, "handle"))
			h->handle = tc_value(tc, "handle");
		else if (!strcmp(word, "chain"))
			good = tc_number(tc, "chain", UINT32_MAX, &chain);
		else if (!strcmp(word, "block"))
			note_block(tc, &good);
		else
			h->kind = word;
	}
	if (good && chain) {
		tc_note(tc, "chains of filters are not carried over: the command is left out");
		good = false;
	}
	return good && has_device(tc, &h->head);
}

static void read_filter(struct tc *tc)
{
	struct filter_head h = { .protocol = 0x0003 };
	struct foreign_device *dev;
	struct foreign_filter *f;
	size_t i;

	if (!read_verb(tc, &h.head) || !read_filter_head(tc, &h))
		return;
	dev = h.head.dev;
	/* Without a parent, and with the root, it is of the root qdisc. */
	if (!h.head.has_parent || h.head.parent == TC_H_ROOT) {
		const struct foreign_qdisc *root = foreign_qdisc_below(dev, TC_H_ROOT);

		h.head.parent = root ? root->handle : 0;
	}
	if (h.head.parent == TC_H_INGRESS)
		h.head.parent = TC_H_MAJ(TC_H_INGRESS);
	if (h.head.verb == 'd') {
		delete_filters(dev, h.head.parent, (uint16_t)h.pref);
		return;
	}
	if (!h.kind) {
		tc_note(tc, "the kind of the filter is missing: the command is left out");
		return;
	}
	if (!h.pref)
		h.pref = free_pref(dev, h.head.parent);
	f = foreign_add_filter(tc->f, dev);
	f->at = tc_span(tc);
	f->parent = h.head.parent;
	f->pref = (uint16_t)h.pref;
	f->protocol = h.protocol;
	strncpy(f->name, h.kind, sizeof(f->name) - 1);
	if (h.handle)
		set_handle(tc, f, h.handle);
	tc_filter_options(tc, f);
	i = (size_t)(f - dev->filters);
	number_filter(dev, &dev->filters[i]);
}

static bool any_unknown(struct tc *tc)
{
	for (; tc->i < tc->cmd->n; tc->i++) {
		if (!tc->cmd->v[tc->i].unknown)
			continue;
		tc->i++;
		tc_note(tc, "what \"%s\" stands for is known only when the script runs: the command is left out",
			tc->cmd->v[tc->i - 1].text);
		return true;
	}
	return false;
}

void tc_command(struct tc *tc)
{
	size_t first;
	const char *word;

	while ((word = tc_word(tc)) && *word == '-') {
		tc->i++;
		if (strlen(word) > 1 && begins(word, "-batch")) {
			tc_note(tc, "commands of another file are not read: import it by itself");
			return;
		}
		tc->i += !strcmp(word, "-n") || !strcmp(word, "-netns");
	}
	first = tc->i;
	if (!word || any_unknown(tc))
		return;
	tc->i = first + 1;
	if (begins(word, "qdisc"))
		read_qdisc(tc);
	else if (begins(word, "class"))
		read_class(tc);
	else if (begins(word, "filter"))
		read_filter(tc);
	else
		tc_note(tc, "\"tc %s\" is not carried over", word);
}
