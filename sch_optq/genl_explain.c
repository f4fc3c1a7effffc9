// SPDX-License-Identifier: GPL-2.0
/* What the live rules do to a packet that a message describes. */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "conf_rule.h"
#include "genl.h"

/* What is known of the packet. */
struct asked {
	struct optq_match_key key;	/* by the dimensions of the rules */
	u32 known;			/* likewise, bits */
	u32 given, present;		/* bits of fields that have no parameter */
	u32 value[OPTQ_FIELD_MAX + 1][OPTQ_MATCH_WORDS];
};

/* What a dump keeps between messages. */
enum {
	ARG_RULE,
	ARG_CONJUNCT,		/* the first of that rule */
	ARG_DONE,
};

static const struct nla_policy known_policy[OPTQ_DIM_A_MAX + 1] = {
	[OPTQ_DIM_A_FIELD]	= { .type = NLA_U8 },
	[OPTQ_DIM_A_PARAM]	= { .type = NLA_U32 },
	[OPTQ_DIM_A_VALUE]	= { .type = NLA_BINARY },
};

/* Rules may not ask for it: then it is of no account. */
static void note(struct asked *a, const struct optq_key_plan *plan, u8 field,
		 u32 param, const struct nlattr *value)
{
	u32 i;

	for (i = 0; i < plan->n; i++) {
		if (plan->dim[i].field != field || plan->dim[i].param != param)
			continue;
		a->known |= 1U << i;
		if (!value)
			continue;
		a->key.present |= 1U << i;
		memcpy(a->key.value[i], nla_data(value), nla_len(value));
	}
	if (param)
		return;
	a->given |= 1U << field;
	if (!value)
		return;
	a->present |= 1U << field;
	memcpy(a->value[field], nla_data(value), nla_len(value));
}

static int read_known(struct asked *a, const struct optq_key_plan *plan,
		      struct nlattr *attr, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[OPTQ_DIM_A_MAX + 1], *value;
	int err = nla_parse_nested(tb, OPTQ_DIM_A_MAX, attr, known_policy, extack);
	u8 field;

	if (err)
		return err;
	field = tb[OPTQ_DIM_A_FIELD] ? nla_get_u8(tb[OPTQ_DIM_A_FIELD]) : 0;
	if (!optq_field_valid(field))
		return optq_refuse(extack, attr,
				   optq_match_fault_text(OPTQ_MATCH_DIM_FIELD),
				   -EINVAL);
	value = tb[OPTQ_DIM_A_VALUE];
	if (value && nla_len(value) != optq_field_words(field) * sizeof(u32))
		return optq_refuse(extack, value, "a value is as many words as its field has",
				   -EINVAL);
	note(a, plan, field, tb[OPTQ_DIM_A_PARAM] ?
	     nla_get_u32(tb[OPTQ_DIM_A_PARAM]) : 0, value);
	return 0;
}

#define BIT_OF(f)	(1U << OPTQ_FIELD_##f)

/* What has to be there for a packet to have the name, and what has to be known besides. */
static u32 elem_needs(const struct optq_match_dim *d)
{
	if (d->field == OPTQ_FIELD_HOST)
		return d->param ? BIT_OF(DST) : BIT_OF(SRC);
	return BIT_OF(SRC) | BIT_OF(DST) | BIT_OF(PROTO);
}

static u32 elem_asks(const struct optq_match_dim *d)
{
	return d->field == OPTQ_FIELD_HOST ? 0 : BIT_OF(SPORT) | BIT_OF(DPORT);
}

static void elem_key(const struct asked *a, const struct optq_match_dim *d,
		     struct optq_elem_key *key)
{
	memset(key, 0, sizeof(*key));
	key->field = d->field;
	if (d->field == OPTQ_FIELD_HOST) {
		memcpy(key->src, a->value[d->param ? OPTQ_FIELD_DST : OPTQ_FIELD_SRC],
		       sizeof(key->src));
		return;
	}
	key->proto = a->value[OPTQ_FIELD_PROTO][0];
	key->sport = a->value[OPTQ_FIELD_SPORT][0];
	key->dport = a->value[OPTQ_FIELD_DPORT][0];
	memcpy(key->src, a->value[OPTQ_FIELD_SRC], sizeof(key->src));
	memcpy(key->dst, a->value[OPTQ_FIELD_DST], sizeof(key->dst));
}

/* What was not told of its application and its hosts, the table tells. */
static void read_names(struct asked *a, const struct optq_key_plan *plan,
		       struct optq_elems *elems)
{
	struct optq_elem_key key;
	u32 i;

	for (i = 0; i < plan->n; i++) {
		const struct optq_match_dim *d = &plan->dim[i];
		u32 needs = elem_needs(d);

		if (a->known >> i & 1 ||
		    (d->field != OPTQ_FIELD_APP && d->field != OPTQ_FIELD_HOST))
			continue;
		if (!elems || a->given & ~a->present & needs) {
			a->known |= 1U << i;
			continue;
		}
		if (~a->given & (needs | elem_asks(d)))
			continue;
		a->known |= 1U << i;
		elem_key(a, d, &key);
		if (optq_elem_find(elems, &key, a->key.value[i]))
			a->key.present |= 1U << i;
	}
}

static int read_asked(struct asked *a, const struct optq_sched *q,
		      const struct netlink_callback *cb)
{
	struct optq_part part = optq_part_whole(cb->nlh);
	struct nlattr *attr;
	int rem, err;

	memset(a, 0, sizeof(*a));
	optq_for_each_top(attr, &part, rem, OPTQ_A_DIM) {
		err = read_known(a, &q->rules->plan, attr, cb->extack);
		if (err)
			return err;
	}
	read_names(a, &q->rules->plan, q->elems);
	return 0;
}

/* Of its alternatives one that is open makes a rule so; *c goes to the next rule's. */
static enum optq_outcome try_rule(const struct optq_match *m,
				  const struct asked *a, u32 rule, u32 *c,
				  u32 *dims)
{
	u32 missed = 0, maybe = 0, differs, open;
	bool takes = false, some = false;

	for (; *c < optq_match_conjuncts(m) && optq_match_rule_of(m, *c) == rule;
	     (*c)++) {
		optq_match_tell(m, &a->key, a->known, *c, &differs, &open);
		if (differs) {
			missed |= differs;
			continue;
		}
		takes |= !open;
		some = true;
		maybe |= open;
	}
	*dims = takes ? 0 : some ? maybe : missed;
	return takes ? OPTQ_OUTCOME_TAKES :
	       some ? OPTQ_OUTCOME_OPEN : OPTQ_OUTCOME_MISSES;
}

static int put_outcome(struct sk_buff *skb, const struct optq_rule_slot *slot,
		       enum optq_outcome outcome, u32 dims)
{
	struct nlattr *nest = nla_nest_start(skb, OPTQ_A_RULE);

	if (!nest || optq_put_rule(skb, slot) ||
	    nla_put_u8(skb, OPTQ_RULE_A_OUTCOME, outcome) ||
	    nla_put_u32(skb, OPTQ_RULE_A_DIMS, dims))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* One message; -EMSGSIZE when there is no room for it, and nothing has changed. */
static int explain_next(struct sk_buff *skb, struct netlink_callback *cb,
			struct optq_sched *q, const struct asked *a)
{
	u32 i = cb->args[ARG_RULE], c = cb->args[ARG_CONJUNCT], dims;
	void *hdr = optq_dump_begin(skb, cb, q, OPTQ_CMD_EXPLAIN);
	enum optq_outcome outcome;

	if (!hdr)
		return -EMSGSIZE;
	outcome = try_rule(q->rules->match, a, i, &c, &dims);
	if (put_outcome(skb, &q->rules->slot[i], outcome, dims)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	cb->args[ARG_RULE] = i + 1;
	cb->args[ARG_CONJUNCT] = c;
	cb->args[ARG_DONE] = outcome == OPTQ_OUTCOME_TAKES;
	return 0;
}

static int explain_locked(struct sk_buff *skb, struct netlink_callback *cb,
			  struct asked *a)
{
	struct optq_sched *q = optq_dump_sched(skb, cb);
	int err;

	if (IS_ERR(q))
		return PTR_ERR(q);
	if (!q->rules)
		return skb->len;
	err = read_asked(a, q, cb);
	if (err)
		return err;
	while (!cb->args[ARG_DONE] && cb->args[ARG_RULE] < q->rules->n) {
		if (explain_next(skb, cb, q, a))
			break;
	}
	return skb->len;
}

int optq_genl_explain_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct asked *a = kmalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);
	int err;

	if (!a)
		return -ENOMEM;
	rtnl_lock();
	err = explain_locked(skb, cb, a);
	rtnl_unlock();
	kfree(a);
	return err;
}
