// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/optq.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

#include "link_nl.h"
#include "mem.h"
#include "nl_attr.h"
#include "police_nl.h"
#include "rules_nl.h"

/* Upper bounds of what one nest takes, all attributes given. */
#define HEAD_BYTES	(512 + POLICE_BYTES)
#define CLASS_BYTES	320

/* Where a layer is given, the kernel counts from 0 what is not. */
static int put_wire(struct nl_msg *msg, const struct optq_wire *wire,
		    int layer, int overhead, int mpu)
{
	int err;

	if (!wire->layer)
		return 0;
	err = nla_put_u8(msg, layer, wire->layer);
	if (wire->overhead)
		err |= nla_put_s32(msg, overhead, wire->overhead);
	return err | put_u32(msg, mpu, wire->mpu);
}

/* What is not given is left out: as the parent has it. */
static int put_dscp(struct nl_msg *msg, int type, uint8_t dscp)
{
	return dscp ? nla_put_u8(msg, type, (uint8_t)(dscp - 1)) : 0;
}

static int put_ack_filter(struct nl_msg *msg, int type, uint8_t filter)
{
	return filter ? nla_put_u8(msg, type, filter) : 0;
}

int link_put_params(struct nl_msg *msg, const struct link *link,
		    bool with_default)
{
	int err = 0;

	if (with_default)
		err |= put_u32(msg, OPTQ_LINK_A_DEFAULT,
			       link->classes[link->default_class].id);
	err |= put_u64(msg, OPTQ_LINK_A_RATE, link->rate);
	err |= put_u32(msg, OPTQ_LINK_A_BURST, link->burst);
	err |= put_u32(msg, OPTQ_LINK_A_LIMIT, link->limit);
	err |= put_u32(msg, OPTQ_LINK_A_MEMORY, link->memory);
	if (link->oversubscribe)
		err |= nla_put_u8(msg, OPTQ_LINK_A_OVERSUBSCRIBE, 1);
	if (link->sysfs)
		err |= nla_put_u8(msg, OPTQ_LINK_A_SYSFS, 1);
	err |= put_wire(msg, &link->wire, OPTQ_LINK_A_LAYER,
			OPTQ_LINK_A_OVERHEAD, OPTQ_LINK_A_MPU);
	err |= put_dscp(msg, OPTQ_LINK_A_DSCP, link->dscp);
	err |= put_ack_filter(msg, OPTQ_LINK_A_ACK_FILTER, link->ack_filter);
	if (with_default)
		err |= police_put(msg, OPTQ_LINK_A_POLICE, link, link->police);
	return err;
}

static int put_class(struct nl_msg *msg, const struct link *link,
		     const struct class *class)
{
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_CLASS);
	int err = 0;

	if (!nest)
		return -NLE_MSGSIZE;
	err |= nla_put_u32(msg, OPTQ_CLASS_A_ID, class->id);
	err |= nla_put_u32(msg, OPTQ_CLASS_A_PARENT, class->parent == NO_CLASS ?
			   0 : link->classes[class->parent].id);
	err |= nla_put_string(msg, OPTQ_CLASS_A_NAME, class->name);
	err |= put_u64(msg, OPTQ_CLASS_A_RATE, class->rate);
	err |= put_u64(msg, OPTQ_CLASS_A_CEIL, class->ceil);
	err |= put_u32(msg, OPTQ_CLASS_A_BURST, class->burst);
	err |= put_u32(msg, OPTQ_CLASS_A_CBURST, class->cburst);
	err |= put_u32(msg, OPTQ_CLASS_A_WEIGHT, class->weight);
	err |= put_u32(msg, OPTQ_CLASS_A_PRIO, class->prio);
	err |= put_wire(msg, &class->wire, OPTQ_CLASS_A_LAYER,
			OPTQ_CLASS_A_OVERHEAD, OPTQ_CLASS_A_MPU);
	err |= put_dscp(msg, OPTQ_CLASS_A_DSCP, class->dscp);
	err |= put_ack_filter(msg, OPTQ_CLASS_A_ACK_FILTER, class->ack_filter);
	err |= police_put(msg, OPTQ_CLASS_A_POLICE, link, class->police);
	if (!class->children) {
		err |= put_u64(msg, OPTQ_CLASS_A_DELAY, class->delay_ns);
		err |= put_u32(msg, OPTQ_CLASS_A_QUANTUM, class->quantum);
		err |= put_u32(msg, OPTQ_CLASS_A_LIMIT, class->limit);
		err |= put_u64(msg, OPTQ_CLASS_A_TARGET, class->target_ns);
		err |= put_u64(msg, OPTQ_CLASS_A_INTERVAL, class->interval_ns);
		if (class->ecn >= 0)
			err |= nla_put_u8(msg, OPTQ_CLASS_A_ECN,
					  (uint8_t)class->ecn);
		if (class->l4s >= 0)
			err |= nla_put_u8(msg, OPTQ_CLASS_A_L4S,
					  (uint8_t)class->l4s);
		err |= put_u64(msg, OPTQ_CLASS_A_STEP_THRESH, class->step_ns);
		if (class->isolate)
			err |= nla_put_u8(msg, OPTQ_CLASS_A_ISOLATE,
					  class->isolate);
		if (class->nat)
			err |= nla_put_u8(msg, OPTQ_CLASS_A_NAT, 1);
	} else if (class->oversubscribe) {
		err |= nla_put_u8(msg, OPTQ_CLASS_A_OVERSUBSCRIBE, 1);
	}
	nla_nest_end(msg, nest);
	return err;
}

static uint32_t message_end(struct nl_msg *msg)
{
	return nlmsg_hdr(msg)->nlmsg_len;
}

static int put_head(struct nl_msg *msg, const struct tree_request *req,
		    const struct link *link)
{
	struct nlattr *nest;
	int err = 0;

	err |= nla_put_u32(msg, OPTQ_A_IFINDEX, (uint32_t)req->ifindex);
	if (req->check)
		err |= nla_put_u32(msg, OPTQ_A_FLAGS, OPTQ_F_CHECK);
	if (req->has_generation)
		err |= nla_put_u32(msg, OPTQ_A_GENERATION, req->generation);
	nest = nla_nest_start(msg, OPTQ_A_LINK);
	if (!nest)
		return -NLE_MSGSIZE;
	err |= link_put_params(msg, link, true);
	nla_nest_end(msg, nest);
	return err;
}

static int put_tree(struct nl_msg *msg, const struct tree_request *req,
		    const struct link *link, const struct match_rules *rules,
		    struct tree_places *places)
{
	struct rules_nl_place at = { 0 };
	int err = put_head(msg, req, link);
	size_t i;

	for (i = 0; !err && i < link->n_classes; i++) {
		places->class_at[i] = message_end(msg);
		err = put_class(msg, link, &link->classes[i]);
	}
	places->classes_end = message_end(msg);
	if (!err)
		err = rules_nl_put_sets(msg, rules);
	for (i = 0; !err && i < link->n_rules; i++) {
		places->rule_at[i] = message_end(msg);
		err = rules_nl_put_rule(msg, link, rules, &at);
	}
	return err;
}

struct nl_msg *tree_message(const struct tree_request *req,
			    const struct link *link,
			    const struct match_rules *rules,
			    struct tree_places *places)
{
	size_t bytes = HEAD_BYTES + link->n_classes * (size_t)CLASS_BYTES +
		       rules_nl_bytes(rules);
	struct nl_msg *msg;
	int err = -NLE_NOMEM;
	size_t i;

	for (i = 0; i < link->n_classes; i++)
		bytes += link->classes[i].police ? POLICE_BYTES : 0;
	msg = nlmsg_alloc_size(bytes);
	if (msg && genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, req->family, 0,
			       NLM_F_ECHO, OPTQ_CMD_TREE_SET, OPTQ_GENL_VERSION))
		err = put_tree(msg, req, link, rules, places);
	if (!err)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/* Index of the nest that holds byte @offset, or @n. */
static size_t nest_at(const uint32_t *start, size_t n, uint32_t offset)
{
	size_t i = n;

	if (!n || offset < start[0])
		return n;
	while (i > 0 && start[i - 1] > offset)
		i--;
	return i - 1;
}

uint32_t tree_class_at(const struct tree_places *places,
		       const struct link *link, uint32_t offset)
{
	size_t i = nest_at(places->rule_at, link->n_rules, offset);

	if (i < link->n_rules)
		return link->rules[i].class_index;
	if (offset >= places->classes_end)
		return NO_CLASS;
	i = nest_at(places->class_at, link->n_classes, offset);
	return i < link->n_classes ? (uint32_t)i : NO_CLASS;
}

int tree_set_reply(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *top[OPTQ_A_MAX + 1];
	struct tree_result *result = arg;

	if (genlmsg_parse(nlh, 0, top, OPTQ_A_MAX, NULL))
		return NL_OK;
	result->dropped = get_u32(top[OPTQ_A_DROPPED]);
	result->generation = get_u32(top[OPTQ_A_GENERATION]);
	if (top[OPTQ_A_SAME_RULES])
		result->rules = get_u8(top[OPTQ_A_SAME_RULES]) ? RULES_SAME :
								 RULES_OTHERS;
	return NL_OK;
}

void tree_set(const struct tree_request *req, const struct link *link,
	      const struct match_rules *rules, struct tree_result *result,
	      struct nl_answer *answer)
{
	struct tree_places places = {
		.class_at = mem_zalloc(link->n_classes, sizeof(uint32_t)),
		.rule_at = mem_zalloc(link->n_rules, sizeof(uint32_t)),
	};
	struct nl_msg *msg = tree_message(req, link, rules, &places);

	*result = (struct tree_result){ .bad_class = NO_CLASS };
	answer->take = tree_set_reply;
	answer->arg = result;
	nl_talk(req->genl, msg, answer);
	if (answer->error && answer->has_offset)
		result->bad_class = tree_class_at(&places, link, answer->offset);
	free(places.class_at);
	free(places.rule_at);
}
