// SPDX-License-Identifier: GPL-2.0
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

#include "live_rules.h"
#include "mem.h"
#include "nl_attr.h"

static char *get_text(struct nlattr *attr)
{
	return attr ? mem_strndup(nla_data(attr),
				  strnlen(nla_data(attr), (size_t)nla_len(attr))) :
		      NULL;
}

void rules_add(struct live_rules *rules, struct nlattr *nest)
{
	static struct nla_policy policy[OPTQ_RULE_A_MAX + 1] = {
		[OPTQ_RULE_A_CLASS] = { .type = NLA_U32 },
		[OPTQ_RULE_A_HITS] = { .type = NLA_U64 },
		[OPTQ_RULE_A_OUTCOME] = { .type = NLA_U8 },
		[OPTQ_RULE_A_DIMS] = { .type = NLA_U32 },
	};
	struct nlattr *tb[OPTQ_RULE_A_MAX + 1];
	struct live_rule *r;

	if (nla_parse_nested(tb, OPTQ_RULE_A_MAX, nest, policy) ||
	    !tb[OPTQ_RULE_A_CLASS])
		return;
	rules->list = mem_grow(rules->list, &rules->room, rules->n + 1,
			       sizeof(*rules->list));
	r = &rules->list[rules->n++];
	r->class_id = nla_get_u32(tb[OPTQ_RULE_A_CLASS]);
	r->hits = tb[OPTQ_RULE_A_HITS] ? nla_get_u64(tb[OPTQ_RULE_A_HITS]) : 0;
	r->where = get_text(tb[OPTQ_RULE_A_WHERE]);
	r->text = get_text(tb[OPTQ_RULE_A_TEXT]);
	r->outcome = get_u8(tb[OPTQ_RULE_A_OUTCOME]);
	r->dims = get_u32(tb[OPTQ_RULE_A_DIMS]);
}

static int take_rules(struct nlmsghdr *nlh, void *arg)
{
	struct live_rules *rules = arg;
	struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rest) {
		if (nla_type(attr) == OPTQ_A_GENERATION)
			rules->generation = get_u32(attr);
		else if (nla_type(attr) == OPTQ_A_RULE)
			rules_add(rules, attr);
	}
	return NL_OK;
}

void rules_free(struct live_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->n; i++) {
		free(rules->list[i].where);
		free(rules->list[i].text);
	}
	free(rules->list);
	rules->list = NULL;
	rules->n = 0;
	rules->room = 0;
}

static void forget_rules(void *arg)
{
	rules_free(arg);
}

void rules_read(struct nl_sock *genl, int family, int ifindex,
		struct live_rules *rules, struct nl_answer *answer)
{
	const struct live_taker taker = {
		.take = take_rules, .forget = forget_rules, .arg = rules
	};

	live_dump(genl, family, ifindex, OPTQ_CMD_RULE_GET, &taker, answer);
}

void rules_explain(struct nl_sock *genl, int family, int ifindex,
		   int (*put)(struct nl_msg *msg, void *arg), void *arg,
		   struct live_rules *rules, struct nl_answer *answer)
{
	const struct live_taker taker = {
		.take = take_rules, .forget = forget_rules, .arg = rules,
		.put = put, .put_arg = arg
	};

	live_dump(genl, family, ifindex, OPTQ_CMD_EXPLAIN, &taker, answer);
}
