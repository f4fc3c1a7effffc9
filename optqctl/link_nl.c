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

static int put_head(struct nl_msg *msg, const struct tree *tree)
{
	struct nlattr *nest;
	int err = 0;

	err |= nla_put_u32(msg, OPTQ_A_IFINDEX, (uint32_t)tree->ifindex);
	if (tree->has_generation)
		err |= nla_put_u32(msg, OPTQ_A_GENERATION, tree->generation);
	nest = nla_nest_start(msg, OPTQ_A_LINK);
	if (!nest)
		return -NLE_MSGSIZE;
	err |= link_put_params(msg, tree->link, true);
	nla_nest_end(msg, nest);
	return err;
}

static int put_tree(struct nl_msg *msg, struct tree *tree)
{
	const struct link *link = tree->link;
	struct rules_nl_place at = { 0 };
	size_t i;
	int err;

	tree->begins = message_end(msg);
	tree->class_at = mem_zalloc(link->n_classes, sizeof(uint32_t));
	tree->rule_at = mem_zalloc(link->n_rules, sizeof(uint32_t));
	err = put_head(msg, tree);
	for (i = 0; !err && i < link->n_classes; i++) {
		tree->class_at[i] = message_end(msg);
		err = put_class(msg, link, &link->classes[i]);
	}
	tree->classes_end = message_end(msg);
	if (!err)
		err = rules_nl_put_sets(msg, tree->rules);
	for (i = 0; !err && i < link->n_rules; i++) {
		tree->rule_at[i] = message_end(msg);
		err = rules_nl_put_rule(msg, link, tree->rules, &at);
	}
	return err;
}

static size_t tree_bytes(const struct tree *tree)
{
	const struct link *link = tree->link;
	size_t bytes = HEAD_BYTES + link->n_classes * (size_t)CLASS_BYTES +
		       rules_nl_bytes(tree->rules), i;

	for (i = 0; i < link->n_classes; i++)
		bytes += link->classes[i].police ? POLICE_BYTES : 0;
	return bytes;
}

struct nl_msg *tree_message(struct tree_request *req)
{
	struct nl_msg *msg;
	size_t bytes = 0, i;
	int err = -NLE_NOMEM;

	for (i = 0; i < req->n; i++)
		bytes += tree_bytes(&req->trees[i]);
	msg = nlmsg_alloc_size(bytes);
	if (msg && genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, req->family, 0,
			       NLM_F_ECHO, OPTQ_CMD_TREE_SET, OPTQ_GENL_VERSION))
		err = req->check ? nla_put_u32(msg, OPTQ_A_FLAGS, OPTQ_F_CHECK) : 0;
	for (i = 0; !err && i < req->n; i++)
		err = put_tree(msg, &req->trees[i]);
	if (!err)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

void tree_request_free(struct tree_request *req)
{
	size_t i;

	for (i = 0; i < req->n; i++) {
		free(req->trees[i].class_at);
		free(req->trees[i].rule_at);
	}
	free(req->trees);
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

static uint32_t class_at(const struct tree *tree, uint32_t offset)
{
	const struct link *link = tree->link;
	size_t i = nest_at(tree->rule_at, link->n_rules, offset);

	if (i < link->n_rules)
		return link->rules[i].class_index;
	if (offset >= tree->classes_end)
		return NO_CLASS;
	i = nest_at(tree->class_at, link->n_classes, offset);
	return i < link->n_classes ? (uint32_t)i : NO_CLASS;
}

struct tree_fault tree_at(const struct tree_request *req, uint32_t offset)
{
	struct tree_fault fault = { .tree = req->n, .class_index = NO_CLASS };

	while (fault.tree-- && req->trees[fault.tree].begins > offset)
		;
	if (fault.tree != SIZE_MAX)
		fault.class_index = class_at(&req->trees[fault.tree], offset);
	return fault;
}

static void take_result(struct tree_result *result, struct nlattr *attr)
{
	switch (nla_type(attr)) {
	case OPTQ_A_DROPPED:
		result->dropped = get_u32(attr);
		break;
	case OPTQ_A_GENERATION:
		result->generation = get_u32(attr);
		break;
	case OPTQ_A_SAME_RULES:
		result->rules = get_u8(attr) ? RULES_SAME : RULES_OTHERS;
		break;
	}
}

/* Of each tree its device first; a device has one. */
int tree_set_reply(struct nlmsghdr *nlh, void *arg)
{
	struct tree_request *req = arg;
	struct tree *tree = NULL;
	struct nlattr *attr;
	size_t i = 0;
	int rem;

	nla_for_each_attr(attr, genlmsg_attrdata(genlmsg_hdr(nlh), 0),
			  genlmsg_attrlen(genlmsg_hdr(nlh), 0), rem) {
		if (nla_type(attr) == OPTQ_A_IFINDEX)
			tree = i < req->n ? &req->trees[i++] : NULL;
		else if (tree)
			take_result(&tree->result, attr);
	}
	return NL_OK;
}

void tree_set(struct tree_request *req, struct tree_fault *fault,
	      struct nl_answer *answer)
{
	struct nl_msg *msg = tree_message(req);

	*fault = (struct tree_fault){ .tree = SIZE_MAX, .class_index = NO_CLASS };
	answer->take = tree_set_reply;
	answer->arg = req;
	nl_talk(req->genl, msg, answer);
	if (answer->error && answer->has_offset)
		*fault = tree_at(req, answer->offset);
	else if (answer->error && req->n == 1)
		fault->tree = 0;
}
