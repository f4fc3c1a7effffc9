// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "mem.h"
#include "nl_attr.h"

#define TRIES_MAX	10

static bool get_flag(struct nlattr *attr)
{
	return attr && nla_len(attr) >= 1 && nla_get_u8(attr);
}

static void get_wire(struct nlattr *layer, struct nlattr *overhead,
		     struct nlattr *mpu, struct optq_wire *wire)
{
	wire->layer = layer && nla_len(layer) >= 1 ? nla_get_u8(layer) : 0;
	wire->overhead = (int16_t)get_u32(overhead);
	wire->mpu = (uint16_t)get_u32(mpu);
}

static uint8_t get_dscp(struct nlattr *attr)
{
	return attr && nla_len(attr) >= 1 ? (uint8_t)(nla_get_u8(attr) + 1) : 0;
}

static char *get_name(struct nlattr *attr)
{
	size_t len = attr ? strnlen(nla_data(attr), (size_t)nla_len(attr)) : 0;

	return len ? mem_strndup(nla_data(attr), len) : NULL;
}

static uint32_t *get_counters(struct nlattr *attr, size_t *n)
{
	uint32_t *list;

	*n = attr ? (size_t)nla_len(attr) / sizeof(*list) : 0;
	if (!*n)
		return NULL;
	list = mem_zalloc(*n, sizeof(*list));
	memcpy(list, nla_data(attr), *n * sizeof(*list));
	return list;
}

static void get_dim(struct live_tree *tree, struct nlattr *nest)
{
	struct nlattr *tb[OPTQ_DIM_A_MAX + 1];
	struct dim *dim = &tree->dims[tree->n_dims];

	if (tree->n_dims == OPTQ_DIMS_MAX ||
	    nla_parse_nested(tb, OPTQ_DIM_A_MAX, nest, NULL))
		return;
	dim->field = get_u8(tb[OPTQ_DIM_A_FIELD]);
	dim->param = get_u32(tb[OPTQ_DIM_A_PARAM]);
	tree->n_dims++;
}

static void get_dims(struct live_tree *tree, struct nlmsghdr *nlh)
{
	struct nlattr *attr;
	int rest;

	tree->n_dims = 0;
	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rest)
		if (nla_type(attr) == OPTQ_A_DIM)
			get_dim(tree, attr);
}

static int take_link(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *top[OPTQ_A_MAX + 1], *tb[OPTQ_LINK_A_MAX + 1];
	struct live_tree *tree = arg;

	if (genlmsg_parse(nlh, 0, top, OPTQ_A_MAX, NULL) || !top[OPTQ_A_LINK] ||
	    nla_parse_nested(tb, OPTQ_LINK_A_MAX, top[OPTQ_A_LINK], NULL))
		return NL_OK;
	tree->generation = get_u32(top[OPTQ_A_GENERATION]);
	tree->handle = get_u32(tb[OPTQ_LINK_A_HANDLE]);
	tree->default_id = get_u32(tb[OPTQ_LINK_A_DEFAULT]);
	tree->rate = get_u64(tb[OPTQ_LINK_A_RATE]);
	tree->burst = get_u32(tb[OPTQ_LINK_A_BURST]);
	tree->limit = get_u32(tb[OPTQ_LINK_A_LIMIT]);
	tree->memory = get_u32(tb[OPTQ_LINK_A_MEMORY]);
	tree->direct_limit = get_u32(tb[OPTQ_LINK_A_DIRECT_LIMIT]);
	tree->rules = get_u32(tb[OPTQ_LINK_A_RULES]);
	tree->oversubscribe = get_flag(tb[OPTQ_LINK_A_OVERSUBSCRIBE]);
	tree->sysfs = get_flag(tb[OPTQ_LINK_A_SYSFS]);
	get_wire(tb[OPTQ_LINK_A_LAYER], tb[OPTQ_LINK_A_OVERHEAD],
		 tb[OPTQ_LINK_A_MPU], &tree->wire);
	tree->dscp = get_dscp(tb[OPTQ_LINK_A_DSCP]);
	tree->ack_filter = get_u8(tb[OPTQ_LINK_A_ACK_FILTER]);
	free(tree->police);
	tree->police = police_get(tb[OPTQ_LINK_A_POLICE]);
	get_struct(tb[OPTQ_LINK_A_STATS], &tree->stats, sizeof(tree->stats));
	get_dims(tree, nlh);
	return NL_OK;
}

void live_add_class(struct live_tree *tree, struct nlattr *nest)
{
	struct nlattr *tb[OPTQ_CLASS_A_MAX + 1];
	struct live_class *class;

	if (nla_parse_nested(tb, OPTQ_CLASS_A_MAX, nest, NULL))
		return;
	tree->classes = mem_grow(tree->classes, &tree->room, tree->n + 1,
				 sizeof(*tree->classes));
	class = &tree->classes[tree->n++];
	class->id = get_u32(tb[OPTQ_CLASS_A_ID]);
	class->parent = get_u32(tb[OPTQ_CLASS_A_PARENT]);
	class->level = get_u32(tb[OPTQ_CLASS_A_LEVEL]);
	class->leaf = get_flag(tb[OPTQ_CLASS_A_LEAF]);
	class->name = get_name(tb[OPTQ_CLASS_A_NAME]);
	class->qdisc = get_name(tb[OPTQ_CLASS_A_QDISC]);
	class->rate = get_u64(tb[OPTQ_CLASS_A_RATE]);
	class->ceil = get_u64(tb[OPTQ_CLASS_A_CEIL]);
	class->burst = get_u32(tb[OPTQ_CLASS_A_BURST]);
	class->cburst = get_u32(tb[OPTQ_CLASS_A_CBURST]);
	class->weight = get_u32(tb[OPTQ_CLASS_A_WEIGHT]);
	class->prio = get_u32(tb[OPTQ_CLASS_A_PRIO]);
	class->quantum = get_u32(tb[OPTQ_CLASS_A_QUANTUM]);
	class->limit = get_u32(tb[OPTQ_CLASS_A_LIMIT]);
	class->delay_ns = get_u64(tb[OPTQ_CLASS_A_DELAY]);
	class->target_ns = get_u64(tb[OPTQ_CLASS_A_TARGET]);
	class->interval_ns = get_u64(tb[OPTQ_CLASS_A_INTERVAL]);
	class->ecn = get_flag(tb[OPTQ_CLASS_A_ECN]);
	class->l4s = get_flag(tb[OPTQ_CLASS_A_L4S]);
	class->step_ns = get_u64(tb[OPTQ_CLASS_A_STEP_THRESH]);
	class->oversubscribe = get_flag(tb[OPTQ_CLASS_A_OVERSUBSCRIBE]);
	get_wire(tb[OPTQ_CLASS_A_LAYER], tb[OPTQ_CLASS_A_OVERHEAD],
		 tb[OPTQ_CLASS_A_MPU], &class->wire);
	class->dscp = get_dscp(tb[OPTQ_CLASS_A_DSCP]);
	class->nat = get_flag(tb[OPTQ_CLASS_A_NAT]);
	if (tb[OPTQ_CLASS_A_ISOLATE])
		class->isolate = nla_get_u8(tb[OPTQ_CLASS_A_ISOLATE]);
	class->ack_filter = get_u8(tb[OPTQ_CLASS_A_ACK_FILTER]);
	class->police = police_get(tb[OPTQ_CLASS_A_POLICE]);
	get_struct(tb[OPTQ_CLASS_A_STATS], &class->stats, sizeof(class->stats));
	class->hist = get_counters(tb[OPTQ_CLASS_A_HIST], &class->n_hist);
}

static int take_classes(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rest)
		if (nla_type(attr) == OPTQ_A_CLASS)
			live_add_class(arg, attr);
	return NL_OK;
}

static void ask(struct nl_sock *genl, int family, int ifindex, uint8_t cmd,
		int flags, const struct live_taker *taker,
		struct nl_answer *answer)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
				 flags, cmd, OPTQ_GENL_VERSION) ||
	    nla_put_u32(msg, OPTQ_A_IFINDEX, (uint32_t)ifindex) ||
	    (taker && taker->put && taker->put(msg, taker->put_arg))) {
		nlmsg_free(msg);
		answer->error = ENOMEM;
		return;
	}
	nl_talk(genl, msg, answer);
}

void live_class_free(struct live_class *class)
{
	free(class->name);
	free(class->qdisc);
	free(class->hist);
	free(class->police);
}

static void forget_classes(struct live_tree *tree)
{
	size_t i;

	for (i = 0; i < tree->n; i++)
		live_class_free(&tree->classes[i]);
	free(tree->classes);
	tree->classes = NULL;
	tree->n = 0;
	tree->room = 0;
}

void live_free(struct live_tree *tree)
{
	forget_classes(tree);
	free(tree->police);
	memset(tree, 0, sizeof(*tree));
}

static int compare_ids(const void *a, const void *b)
{
	const struct live_class *x = *(struct live_class *const *)a;
	const struct live_class *y = *(struct live_class *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

struct live_class **live_sort_by_id(const struct live_tree *tree)
{
	struct live_class **sorted = mem_zalloc(tree->n, sizeof(*sorted));
	size_t i;

	for (i = 0; i < tree->n; i++)
		sorted[i] = &tree->classes[i];
	qsort(sorted, tree->n, sizeof(*sorted), compare_ids);
	return sorted;
}

size_t live_find_sorted(const struct live_tree *tree, struct live_class **sorted,
			uint32_t id)
{
	struct live_class key = { .id = id }, *want = &key, **found;

	found = bsearch(&want, sorted, tree->n, sizeof(*sorted), compare_ids);
	return found ? (size_t)(*found - tree->classes) : SIZE_MAX;
}

static void find_parents(struct live_tree *tree)
{
	struct live_class **sorted = live_sort_by_id(tree);
	size_t i;

	for (i = 0; i < tree->n; i++)
		tree->classes[i].parent_index =
			live_find_sorted(tree, sorted, tree->classes[i].parent);
	free(sorted);
}

/*
 * One try; true when link and classes are of one generation.  The statistics
 * of the link are those before the dump.
 */
static bool read_once(struct nl_sock *genl, int family, struct live_tree *tree,
		      struct nl_answer *answer)
{
	struct live_tree after = { 0 };

	forget_classes(tree);
	answer->take = take_link;
	answer->arg = tree;
	ask(genl, family, tree->ifindex, OPTQ_CMD_TREE_GET, 0, NULL, answer);
	if (answer->error)
		return false;
	nl_answer_free(answer);
	answer->take = take_classes;
	answer->arg = tree;
	ask(genl, family, tree->ifindex, OPTQ_CMD_CLASS_GET, NLM_F_DUMP, NULL,
	    answer);
	if (answer->error || answer->interrupted)
		return false;
	nl_answer_free(answer);
	answer->take = take_link;
	answer->arg = &after;
	ask(genl, family, tree->ifindex, OPTQ_CMD_TREE_GET, 0, NULL, answer);
	free(after.police);
	return !answer->error && after.generation == tree->generation;
}

void live_dump(struct nl_sock *genl, int family, int ifindex, uint8_t cmd,
	       const struct live_taker *taker, struct nl_answer *answer)
{
	int tries = TRIES_MAX;

	do {
		nl_answer_free(answer);
		taker->forget(taker->arg);
		answer->take = taker->take;
		answer->arg = taker->arg;
		ask(genl, family, ifindex, cmd, NLM_F_DUMP, taker, answer);
		/* Torn by a change of the tree: classes are others by now. */
	} while ((answer->interrupted || answer->error == EINTR) && --tries);
}

void live_read(struct nl_sock *genl, int family, int ifindex,
	       struct live_tree *tree, struct nl_answer *answer)
{
	int tries;

	tree->ifindex = ifindex;
	if_indextoname((unsigned int)ifindex, tree->device);
	for (tries = 0; tries < TRIES_MAX; tries++) {
		nl_answer_free(answer);
		if (read_once(genl, family, tree, answer)) {
			find_parents(tree);
			return;
		}
		/* A torn dump may end with an error of its own. */
		if (answer->error && answer->error != EINTR &&
		    !answer->interrupted)
			return;
	}
	nl_answer_free(answer);
	answer->error = EBUSY;
	answer->reason = mem_printf("the tree keeps changing");
}
