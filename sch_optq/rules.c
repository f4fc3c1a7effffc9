// SPDX-License-Identifier: GPL-2.0
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "conf_rule.h"
#include "conn.h"
#include "rules.h"

/* Entries for known flows: past that they cost what new ones do. */
#define KNOWN_MAX	65536U

static void *rules_alloc(void *arg, size_t bytes)
{
	return kvmalloc(bytes, OPTQ_GFP_MANY);
}

static void rules_mem_free(void *arg, void *mem)
{
	kvfree(mem);
}

static void rules_pause(void *arg)
{
	cond_resched();
}

static const struct optq_match_mem rules_mem = {
	.alloc = rules_alloc,
	.free = rules_mem_free,
	.pause = rules_pause,
	.limit = OPTQ_RULES_BYTES,
};

static int rules_compile(struct optq_rules *rules, struct optq_rule_input *in,
			 struct netlink_ext_ack *extack)
{
	struct optq_match_error why;

	rules->match = optq_match_build(&in->rules, &rules_mem, &why);
	if (rules->match) {
		optq_key_plan_init(&rules->plan, in->rules.dims,
				   in->rules.n_dims);
		if (rules->plan.fields & 1U << OPTQ_FIELD_CTMARK)
			optq_conn_use();
		return 0;
	}
	if (why.fault == OPTQ_MATCH_NO_MEMORY)
		return -ENOMEM;
	optq_rule_input_blame(in, &why, extack);
	return why.fault == OPTQ_MATCH_TOO_BIG ? -E2BIG : -EINVAL;
}

/* Two entries a flow: few flows then find both entries of their place taken. */
int optq_rules_know(struct optq_rules *rules, u32 flows)
{
	u32 entries = min(roundup_pow_of_two(flows) * 2, KNOWN_MAX);
	const struct optq_key_plan *plan = &rules->plan;

	if (!rules->n)
		return 0;
	rules->known_mem = kvmalloc_array(optq_exact_words(plan->dim, plan->n,
							   entries),
					  sizeof(u32), OPTQ_GFP_MANY);
	if (!rules->known_mem)
		return -ENOMEM;
	get_random_bytes(rules->known.key, sizeof(rules->known.key));
	optq_exact_init(&rules->known, rules->match, plan->dim, plan->n,
			entries, rules->known_mem);
	return 0;
}

/* What the slots tell of in the message goes to where it stays. */
static int rules_keep_texts(struct optq_rules *rules)
{
	size_t bytes = 0, len;
	char *at;
	u32 i;

	for (i = 0; i < rules->n; i++) {
		bytes += rules->slot[i].where ? strlen(rules->slot[i].where) + 1 : 0;
		bytes += rules->slot[i].text ? strlen(rules->slot[i].text) + 1 : 0;
	}
	at = rules->texts = kvmalloc(bytes + 1, OPTQ_GFP_MANY);
	if (!at)
		return -ENOMEM;
	for (i = 0; i < rules->n; i++) {
		const char **from[] = { &rules->slot[i].where,
					&rules->slot[i].text };
		int j;

		for (j = 0; j < ARRAY_SIZE(from); j++) {
			if (!*from[j])
				continue;
			len = strlen(*from[j]) + 1;
			*from[j] = memcpy(at, *from[j], len);
			at += len;
		}
	}
	return 0;
}

static void digest_add(siphash_key_t *key, const struct nlattr *attr)
{
	key->key[0] = siphash(nla_data(attr), nla_len(attr), key);
	key->key[1] = nla_type(attr);
}

/* Where it was written, and in what words, decides nothing. */
static void digest_add_rule(siphash_key_t *key, const struct nlattr *rule)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, rule, rem) {
		if (nla_type(attr) != OPTQ_RULE_A_WHERE &&
		    nla_type(attr) != OPTQ_RULE_A_TEXT)
			digest_add(key, attr);
	}
	/* So that no attribute can pass for another rule's. */
	key->key[0] = siphash(NULL, 0, key);
	key->key[1] = OPTQ_A_RULE;
}

/* Of all that decides. */
static u64 rules_digest(const struct optq_part *part)
{
	static const u16 types[] = { OPTQ_A_DIM, OPTQ_A_SET, OPTQ_A_RULE };
	siphash_key_t key = {};
	struct nlattr *attr;
	int i, rem;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		optq_for_each_top(attr, part, rem, types[i]) {
			if (types[i] == OPTQ_A_RULE)
				digest_add_rule(&key, attr);
			else
				digest_add(&key, attr);
			cond_resched();
		}
	}
	return siphash(NULL, 0, &key);
}

struct optq_rules *optq_rules_parse(const struct optq_part *part,
				    struct netlink_ext_ack *extack)
{
	struct optq_rules *rules = NULL;
	struct optq_rule_input in;
	int err;

	err = optq_rule_input_alloc(&in, part, extack);
	if (!err) {
		rules = kvzalloc(struct_size(rules, slot, in.rules.n_rules),
				 OPTQ_GFP_MANY);
		err = rules ? 0 : -ENOMEM;
	}
	if (!err) {
		rules->n = in.rules.n_rules;
		rules->digest = rules_digest(part);
		err = optq_rule_input_read(&in, part, rules->slot, extack);
	}
	if (!err)
		err = rules_compile(rules, &in, extack);
	if (!err)
		err = rules_keep_texts(rules);
	optq_rule_input_free(&in);
	if (!err)
		return rules;
	optq_rules_free(rules);
	return ERR_PTR(err);
}

bool optq_rules_same(const struct optq_rules *a, const struct optq_rules *b)
{
	u32 n = a ? a->n : 0;

	return n == (b ? b->n : 0) && (!n || a->digest == b->digest);
}

void optq_rules_free(struct optq_rules *rules)
{
	if (!rules)
		return;
	optq_match_free(rules->match);
	kvfree(rules->known_mem);
	kvfree(rules->texts);
	kvfree(rules);
}

struct optq_rule_slot *optq_rules_find(struct optq_rules *rules,
				       struct optq_elems *elems,
				       const struct sk_buff *skb)
{
	struct optq_match_key key;
	u32 i;

	if (!rules || !rules->n)
		return NULL;
	optq_key_read(&rules->plan, elems, skb, &key);
	i = optq_exact_find(&rules->known, &key);
	return i == OPTQ_MATCH_NONE ? NULL : &rules->slot[i];
}
