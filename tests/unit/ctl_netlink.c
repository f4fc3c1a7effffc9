// SPDX-License-Identifier: GPL-2.0
/* Class ids, and the request that a policy becomes. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/optq.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>

#include "ctl_help.h"
#include "ids.h"
#include "link_nl.h"
#include "lost.h"
#include "mem.h"

static const char policy_text[] =
	"optq: 1\nlinks:\n  wan0:\n    egress:\n      rate: 20mbit\n"
	"      burst: 15kb\n      oversubscribe: yes\n      sysfs: yes\n      wire: ethernet\n      default: office/other\n      classes:\n"
	"        voice: {rate: 1mbit, delay: 5ms, prio: 2, ecn: yes, l4s: no, step_thresh: 2ms, wire: raw, match: dscp ef}\n"
	"        office:\n          rate: 10mbit\n          oversubscribe: yes\n"
	"          classes:\n"
	"            web: {match: \"ip6 tcp dst 2001:db8::/32 dport 80-90 mark 0\"}\n"
	"            other: {weight: 10, limit: 77, target: 4ms, isolate: triple, nat: yes, wire: {layer: atm, overhead: -5}}\n";

static void live_class(struct live_tree *live, uint32_t id, const char *name,
		       size_t parent_index)
{
	struct live_class *class;

	live->classes = mem_grow(live->classes, &live->room, live->n + 1,
				 sizeof(*live->classes));
	class = &live->classes[live->n++];
	class->id = id;
	class->name = name ? mem_strndup(name, strlen(name)) : NULL;
	class->parent_index = parent_index;
}

static void fresh_ids_count_up(void **state)
{
	struct reading r;
	uint32_t i;

	(void)state;
	read_text(&r, policy_text);
	assert_good(&r);
	assign_ids(&r.policy.links[0], NULL);
	for (i = 0; i < 4; i++)
		assert_int_equal(r.policy.links[0].classes[i].id, i + 1);
	reading_free(&r);
}

static void ids_follow_paths(void **state)
{
	struct live_tree live = { 0 };
	struct reading r;
	struct class *c;

	(void)state;
	read_text(&r, policy_text);
	c = r.policy.links[0].classes;
	/* A class that goes (2) leaves its id unused, so do tc's own (1). */
	live_class(&live, 1, NULL, SIZE_MAX);
	live_class(&live, 2, "gone", SIZE_MAX);
	live_class(&live, 40, "office", SIZE_MAX);
	live_class(&live, 5, "other", 2);
	live_class(&live, 3, "web", SIZE_MAX);	/* it moves below office */
	live_class(&live, 900000, "voice", SIZE_MAX);
	assign_ids(&r.policy.links[0], &live);
	assert_int_equal(c[0].id, 900000);	/* voice */
	assert_int_equal(c[1].id, 40);		/* office */
	assert_int_equal(c[2].id, 3);		/* office/web */
	assert_int_equal(c[3].id, 5);		/* office/other */
	live_free(&live);
	reading_free(&r);
}

/* Among several of one name nobody knows which has become which. */
static void only_one_of_a_name_moves(void **state)
{
	struct live_tree live = { 0 };
	struct reading r;
	struct class *c;

	(void)state;
	read_text(&r, policy_text);
	c = r.policy.links[0].classes;
	live_class(&live, 1, "a", SIZE_MAX);
	live_class(&live, 2, "web", 0);
	live_class(&live, 3, "b", SIZE_MAX);
	live_class(&live, 4, "web", 2);
	assign_ids(&r.policy.links[0], &live);
	assert_int_equal(c[0].id, 5);
	assert_int_equal(c[1].id, 6);
	assert_int_equal(c[2].id, 7);		/* office/web */
	live_free(&live);
	reading_free(&r);
}

/* A class that stays at its path is not taken for one that has moved. */
static void paths_come_before_moves(void **state)
{
	struct live_tree live = { 0 };
	struct reading r;
	struct class *c;

	(void)state;
	read_text(&r, policy_text);
	c = r.policy.links[0].classes;
	live_class(&live, 10, "web", SIZE_MAX);
	live_class(&live, 11, "office", SIZE_MAX);
	live_class(&live, 12, "web", 1);
	live_class(&live, 13, NULL, SIZE_MAX);
	live_class(&live, 14, "other", 3);	/* below one that tc has made */
	assign_ids(&r.policy.links[0], &live);
	assert_int_equal(c[0].id, 1);		/* voice */
	assert_int_equal(c[1].id, 11);
	assert_int_equal(c[2].id, 12);
	assert_int_equal(c[3].id, 14);
	live_free(&live);
	reading_free(&r);
}

static void what_is_below_moves_along(void **state)
{
	struct live_tree live = { 0 };
	struct reading r;
	struct class *c;

	(void)state;
	read_classes_text(&r, "all/a/x",
			  "        all: {classes: {a: {classes: {x: {}, y: {}}}, b: {classes: {x: {}}}}}\n");
	assert_good(&r);
	c = r.policy.links[0].classes;
	live_class(&live, 21, "b", SIZE_MAX);
	live_class(&live, 22, "x", 0);
	live_class(&live, 23, "a", SIZE_MAX);
	live_class(&live, 24, "x", 2);
	assign_ids(&r.policy.links[0], &live);
	assert_int_equal(c[0].id, 1);		/* all */
	assert_int_equal(c[1].id, 23);
	assert_int_equal(c[2].id, 24);		/* all/a/x */
	assert_int_equal(c[3].id, 2);		/* all/a/y is new */
	assert_int_equal(c[4].id, 21);
	assert_int_equal(c[5].id, 22);		/* all/b/x */
	live_free(&live);
	reading_free(&r);
}

static void what_goes_is_named(void **state)
{
	struct live_tree live = { 0 };
	struct reading r;
	char *names;

	(void)state;
	read_text(&r, policy_text);
	live_class(&live, 1, "voice", SIZE_MAX);
	live_class(&live, 2, "office", SIZE_MAX);
	assign_ids(&r.policy.links[0], &live);
	assert_int_equal(removed_classes(&r.policy.links[0], &live, &names), 0);
	assert_string_equal(names, "");
	free(names);
	live.handle = 0x10000;
	live_class(&live, 0x78, NULL, SIZE_MAX);
	live_class(&live, 7, "mine", 1);
	assert_int_equal(removed_classes(&r.policy.links[0], &live, &names), 2);
	assert_string_equal(names, "1:78, office/mine");
	free(names);
	live_class(&live, 8, "b", 1);
	live_class(&live, 9, "c", 1);
	assert_int_equal(removed_classes(&r.policy.links[0], &live, &names), 4);
	assert_string_equal(names, "1:78, office/mine, office/b, ...");
	free(names);
	live_free(&live);
	reading_free(&r);
}

/* A leaf that stays a leaf keeps its qdisc. */
static void qdiscs_that_go_are_named(void **state)
{
	static const struct { const char *name; uint32_t id; } had[] = {
		{ "voice", 1 }, { "office", 2 }, { NULL, 0x78 },
	};
	struct lost_qdiscs lost = { 0 };
	struct live_tree live = { .handle = 0x10000 };
	struct reading r;
	size_t i;

	(void)state;
	read_text(&r, policy_text);
	for (i = 0; i < 3; i++) {
		live_class(&live, had[i].id, had[i].name, SIZE_MAX);
		live.classes[i].qdisc = mem_strndup("tbf", 3);
	}
	live_class(&live, 9, "gone", SIZE_MAX);
	assign_ids(&r.policy.links[0], &live);
	lost_find(&r.policy.links[0], &live, &lost);
	assert_int_equal(lost.n, 2);
	assert_string_equal(lost.list[0].path, "office");
	assert_string_equal(lost.list[0].kind, "tbf");
	assert_false(lost.list[0].class_removed);
	assert_string_equal(lost.list[1].path, "1:78");
	assert_true(lost.list[1].class_removed);
	lost_free(&lost);
	live_free(&live);
	reading_free(&r);
}

static void assert_answer(int error, const char *reason, const char *text)
{
	struct nl_answer answer = {
		.error = error,
		.reason = reason ? mem_strndup(reason, strlen(reason)) : NULL,
	};
	char *said = nl_answer_text(&answer);

	assert_string_equal(said, text);
	free(said);
	nl_answer_free(&answer);
}

/* The kernel's texts: sch_optq/genl.c and swap.c. */
static void only_what_passes_is_tried_again(void **state)
{
	(void)state;
	assert_answer(EBUSY, "the tree has been changed meanwhile",
		      "the tree has been changed meanwhile: run again");
	assert_answer(EBUSY, NULL,
		      "the tree has been changed meanwhile: run again");
	assert_answer(EBUSY, "a tc filter points to a class that would go: delete the filter first",
		      "a tc filter points to a class that would go: delete the filter first");
	assert_answer(EPERM, NULL, "needs CAP_NET_ADMIN: run as root");
}

struct request {
	struct reading r;
	struct nl_msg *msg;
	struct match_rules rules;
	struct tree_request req;
	struct nlattr *top[OPTQ_A_MAX + 1];
};

/* Several times the same, as trees of devices 7, 8... */
static void make_message(struct request *q, bool check, size_t n)
{
	struct tree_request *req = &q->req;
	size_t i;

	*req = (struct tree_request){
		.family = 30, .check = check, .n = n,
		.trees = mem_zalloc(n, sizeof(*req->trees)),
	};
	for (i = 0; i < n; i++)
		req->trees[i] = (struct tree){
			.link = &q->r.policy.links[0], .rules = &q->rules,
			.ifindex = 7 + (int)i, .has_generation = !check,
			.generation = 9,
		};
	q->msg = tree_message(req);
	assert_non_null(q->msg);
}

static void make_requests(struct request *q, bool check, size_t n)
{
	struct link *link;

	memset(q, 0, sizeof(*q));
	read_text(&q->r, policy_text);
	assert_good(&q->r);
	link = &q->r.policy.links[0];
	assign_ids(link, NULL);
	match_rules_make(&q->rules, link, NULL);
	make_message(q, check, n);
	assert_int_equal(genlmsg_parse(nlmsg_hdr(q->msg), 0, q->top, OPTQ_A_MAX,
				       NULL), 0);
}

static void make_request(struct request *q, bool check)
{
	make_requests(q, check, 1);
}

static void free_request(struct request *q)
{
	nlmsg_free(q->msg);
	match_rules_free(&q->rules);
	tree_request_free(&q->req);
	reading_free(&q->r);
}

/* Nest number @index of @type at the top of the message. */
static struct nlattr *nest(struct request *q, int type, int index)
{
	struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, nlmsg_hdr(q->msg), GENL_HDRLEN, rest)
		if (nla_type(attr) == type && !index--)
			return attr;
	return NULL;
}

static void the_link_is_said(void **state)
{
	struct nlattr *tb[OPTQ_LINK_A_MAX + 1];
	struct genlmsghdr *head;
	struct request q;

	(void)state;
	make_request(&q, false);
	head = nlmsg_data(nlmsg_hdr(q.msg));
	assert_int_equal(head->cmd, OPTQ_CMD_TREE_SET);
	assert_int_equal(head->version, OPTQ_GENL_VERSION);
	assert_int_equal(nla_get_u32(q.top[OPTQ_A_IFINDEX]), 7);
	assert_int_equal(nla_get_u32(q.top[OPTQ_A_GENERATION]), 9);
	assert_null(q.top[OPTQ_A_FLAGS]);
	assert_true(nlmsg_hdr(q.msg)->nlmsg_flags & NLM_F_ECHO);
	assert_int_equal(nla_parse_nested(tb, OPTQ_LINK_A_MAX,
					  q.top[OPTQ_A_LINK], NULL), 0);
	assert_int_equal(nla_get_u64(tb[OPTQ_LINK_A_RATE]), 2500000);
	assert_int_equal(nla_get_u32(tb[OPTQ_LINK_A_BURST]), 15360);
	assert_int_equal(nla_get_u32(tb[OPTQ_LINK_A_DEFAULT]), 4);
	assert_int_equal(nla_get_u8(tb[OPTQ_LINK_A_OVERSUBSCRIBE]), 1);
	assert_int_equal(nla_get_u8(tb[OPTQ_LINK_A_SYSFS]), 1);
	assert_null(tb[OPTQ_LINK_A_LIMIT]);
	assert_int_equal(nla_get_u8(tb[OPTQ_LINK_A_LAYER]), OPTQ_WIRE_NOATM);
	assert_int_equal(nla_len(tb[OPTQ_LINK_A_OVERHEAD]), 4);
	assert_int_equal(nla_get_s32(tb[OPTQ_LINK_A_OVERHEAD]), 38);
	assert_int_equal(nla_get_u32(tb[OPTQ_LINK_A_MPU]), 84);
	free_request(&q);

	make_request(&q, true);
	assert_int_equal(nla_get_u32(q.top[OPTQ_A_FLAGS]), OPTQ_F_CHECK);
	assert_null(q.top[OPTQ_A_GENERATION]);
	free_request(&q);
}

static void classes_come_in_order(void **state)
{
	struct nlattr *tb[OPTQ_CLASS_A_MAX + 1];
	struct request q;

	(void)state;
	make_request(&q, false);
	nla_parse_nested(tb, OPTQ_CLASS_A_MAX, nest(&q, OPTQ_A_CLASS, 0), NULL);
	assert_string_equal(nla_get_string(tb[OPTQ_CLASS_A_NAME]), "voice");
	assert_int_equal(nla_get_u32(tb[OPTQ_CLASS_A_ID]), 1);
	assert_int_equal(nla_get_u32(tb[OPTQ_CLASS_A_PARENT]), 0);
	assert_int_equal(nla_get_u64(tb[OPTQ_CLASS_A_RATE]), 125000);
	assert_int_equal(nla_get_u32(tb[OPTQ_CLASS_A_PRIO]), 2);
	assert_int_equal(nla_get_u8(tb[OPTQ_CLASS_A_ECN]), 1);
	assert_int_equal(nla_get_u8(tb[OPTQ_CLASS_A_L4S]), 0);
	assert_int_equal(nla_get_u64(tb[OPTQ_CLASS_A_STEP_THRESH]), 2000000);
	assert_int_equal(nla_get_u64(tb[OPTQ_CLASS_A_DELAY]), 5000000);
	assert_null(tb[OPTQ_CLASS_A_CEIL]);
	/* Raw is said, not left out: the link's is another. */
	assert_int_equal(nla_get_u8(tb[OPTQ_CLASS_A_LAYER]), OPTQ_WIRE_RAW);
	assert_null(tb[OPTQ_CLASS_A_OVERHEAD]);
	assert_null(tb[OPTQ_CLASS_A_MPU]);
	nla_parse_nested(tb, OPTQ_CLASS_A_MAX, nest(&q, OPTQ_A_CLASS, 1), NULL);
	assert_int_equal(nla_get_u8(tb[OPTQ_CLASS_A_OVERSUBSCRIBE]), 1);
	assert_null(tb[OPTQ_CLASS_A_ECN]);
	assert_null(tb[OPTQ_CLASS_A_L4S]);
	assert_null(tb[OPTQ_CLASS_A_STEP_THRESH]);
	assert_null(tb[OPTQ_CLASS_A_LAYER]);
	nla_parse_nested(tb, OPTQ_CLASS_A_MAX, nest(&q, OPTQ_A_CLASS, 3), NULL);
	assert_string_equal(nla_get_string(tb[OPTQ_CLASS_A_NAME]), "other");
	assert_int_equal(nla_get_u32(tb[OPTQ_CLASS_A_PARENT]), 2);
	assert_int_equal(nla_get_u32(tb[OPTQ_CLASS_A_WEIGHT]), 10);
	assert_int_equal(nla_get_u32(tb[OPTQ_CLASS_A_LIMIT]), 77);
	assert_int_equal(nla_get_u64(tb[OPTQ_CLASS_A_TARGET]), 4000000);
	assert_int_equal(nla_get_u8(tb[OPTQ_CLASS_A_ISOLATE]), OPTQ_ISOLATE_TRIPLE);
	assert_int_equal(nla_get_u8(tb[OPTQ_CLASS_A_NAT]), 1);
	assert_null(tb[OPTQ_CLASS_A_DELAY]);
	assert_int_equal(nla_get_u8(tb[OPTQ_CLASS_A_LAYER]), OPTQ_WIRE_ATM);
	assert_int_equal(nla_get_s32(tb[OPTQ_CLASS_A_OVERHEAD]), -5);
	assert_null(tb[OPTQ_CLASS_A_MPU]);
	assert_null(nest(&q, OPTQ_A_CLASS, 4));
	free_request(&q);
}

static uint32_t offset_of(const struct request *q, const void *at)
{
	return (uint32_t)((const char *)at - (const char *)nlmsg_hdr(q->msg));
}

static void assert_at(const struct request *q, const void *place, size_t tree,
		      uint32_t class_index)
{
	struct tree_fault fault = tree_at(&q->req, offset_of(q, place));

	assert_int_equal(fault.tree, tree);
	assert_int_equal(fault.class_index, class_index);
}

static void offsets_name_the_class(void **state)
{
	struct request q;

	(void)state;
	make_request(&q, false);
	assert_int_equal(tree_at(&q.req, 20).tree, 0);
	assert_int_equal(tree_at(&q.req, 20).class_index, NO_CLASS);
	assert_at(&q, nest(&q, OPTQ_A_CLASS, 0), 0, 0);
	assert_at(&q, nla_data(nest(&q, OPTQ_A_CLASS, 2)), 0, 2);
	assert_at(&q, nest(&q, OPTQ_A_SET, 0), 0, NO_CLASS);
	assert_at(&q, nest(&q, OPTQ_A_RULE, 0), 0, 0);
	assert_at(&q, nla_data(nest(&q, OPTQ_A_RULE, 1)), 0, 2);
	free_request(&q);
}

static void offsets_name_the_tree(void **state)
{
	struct request q;
	struct link *link;

	(void)state;
	make_requests(&q, false, 3);
	link = &q.r.policy.links[0];
	assert_at(&q, nest(&q, OPTQ_A_IFINDEX, 0), 0, NO_CLASS);
	assert_at(&q, nest(&q, OPTQ_A_IFINDEX, 1), 1, NO_CLASS);
	assert_at(&q, nest(&q, OPTQ_A_IFINDEX, 2), 2, NO_CLASS);
	assert_at(&q, nest(&q, OPTQ_A_GENERATION, 1), 1, NO_CLASS);
	assert_at(&q, nest(&q, OPTQ_A_CLASS, link->n_classes + 1), 1, 1);
	assert_at(&q, nest(&q, OPTQ_A_RULE, link->n_rules), 1, 0);
	assert_at(&q, nla_data(nest(&q, OPTQ_A_CLASS, 2 * link->n_classes)), 2, 0);
	free_request(&q);
	/* What is before the first tree is nobody's. */
	make_requests(&q, true, 2);
	assert_int_equal(tree_at(&q.req, 20).tree, SIZE_MAX);
	free_request(&q);
}

/* The room that is set aside holds whatever a policy can say. */
static void the_longest_class_fits(void **state)
{
	struct match_rules rules = { 0 };
	struct link link = { 0 };
	struct tree tree = { .link = &link, .rules = &rules, .ifindex = 7 };
	struct tree_request req = { .family = 30, .trees = &tree, .n = 1 };
	char name[OPTQ_NAME_MAX + 1];
	struct nl_msg *msg;
	struct class *c;
	int i;

	(void)state;
	memset(name, 'n', OPTQ_NAME_MAX);
	name[OPTQ_NAME_MAX] = '\0';
	for (i = 0; i < 1000; i++) {
		c = link_add_class(&link, NO_CLASS, name);
		c->id = (uint32_t)i + 1;
		c->rate = c->ceil = c->target_ns = c->interval_ns = 5;
		c->burst = c->cburst = c->weight = c->prio = c->quantum = 5;
		c->limit = c->delay_ns = 5;
		c->ecn = c->l4s = 1;
		c->step_ns = 5;
		c->wire = (struct optq_wire){ -1, 1, OPTQ_WIRE_PTM };
		c->isolate = OPTQ_ISOLATE_TRIPLE;
		c->nat = true;
	}
	link.rate = link.burst = link.limit = link.memory = 1;
	link.wire = link.classes[0].wire;
	msg = tree_message(&req);
	assert_non_null(msg);
	nlmsg_free(msg);
	free(tree.class_at);
	free(tree.rule_at);
	link_free(&link);
}

/* The kernel may be older or newer: what both know of the figures is taken. */
static void figures_may_be_shorter_or_longer(void **state)
{
	static const uint32_t hist[] = { 5, 0, 4000000000U };
	uint64_t stats[sizeof(struct optq_stats) / 8 + 3];
	struct live_tree live = { 0 };
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(stats) / sizeof(stats[0]); i++)
		stats[i] = 1001 + i;
	at = nla_nest_start(msg, OPTQ_A_CLASS);
	nla_put(msg, OPTQ_CLASS_A_STATS, sizeof(stats), stats);
	nla_put(msg, OPTQ_CLASS_A_HIST, sizeof(hist), hist);
	nla_put_u64(msg, OPTQ_CLASS_A_DELAY, 5000000);
	nla_nest_end(msg, at);
	live_add_class(&live, at);
	assert_int_equal(live.classes[0].stats.sojourn_p50_ns, 1016);
	assert_int_equal(live.classes[0].stats.sojourn_p999_ns, 1019);
	assert_int_equal(live.classes[0].stats.guarantee_missed_ns, 1020);
	assert_int_equal(live.classes[0].delay_ns, 5000000);
	assert_int_equal(live.classes[0].n_hist, 3);
	assert_memory_equal(live.classes[0].hist, hist, sizeof(hist));
	at = nla_nest_start(msg, OPTQ_A_CLASS);
	nla_put(msg, OPTQ_CLASS_A_STATS,
		offsetof(struct optq_stats, sojourn_p50_ns), stats);
	nla_nest_end(msg, at);
	live_add_class(&live, at);
	assert_int_equal(live.classes[1].delay_ns, 0);
	assert_int_equal(live.classes[1].stats.guarantee_missed_ns, 0);
	assert_int_equal(live.classes[1].stats.sojourn_max_ns, 1015);
	assert_int_equal(live.classes[1].stats.sojourn_p50_ns, 0);
	assert_int_equal(live.classes[1].n_hist, 0);
	assert_null(live.classes[1].hist);
	live_free(&live);
	nlmsg_free(msg);
}

/* A kernel that does not know the attributes yet counts what the device does. */
static void the_wire_is_read(void **state)
{
	struct live_tree live = { 0 };
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *at;

	(void)state;
	at = nla_nest_start(msg, OPTQ_A_CLASS);
	nla_put_u8(msg, OPTQ_CLASS_A_LAYER, OPTQ_WIRE_PTM);
	nla_put_s32(msg, OPTQ_CLASS_A_OVERHEAD, -64);
	nla_put_u32(msg, OPTQ_CLASS_A_MPU, 256);
	nla_nest_end(msg, at);
	live_add_class(&live, at);
	assert_int_equal(live.classes[0].wire.layer, OPTQ_WIRE_PTM);
	assert_int_equal(live.classes[0].wire.overhead, -64);
	assert_int_equal(live.classes[0].wire.mpu, 256);
	at = nla_nest_start(msg, OPTQ_A_CLASS);
	nla_put_u8(msg, OPTQ_CLASS_A_LAYER, OPTQ_WIRE_RAW);
	nla_nest_end(msg, at);
	live_add_class(&live, at);
	assert_int_equal(live.classes[1].wire.layer, OPTQ_WIRE_RAW);
	assert_int_equal(live.classes[1].wire.overhead, 0);
	at = nla_nest_start(msg, OPTQ_A_CLASS);
	nla_nest_end(msg, at);
	live_add_class(&live, at);
	assert_int_equal(live.n, 3);
	assert_int_equal(live.classes[2].wire.layer, OPTQ_WIRE_UNSPEC);
	live_free(&live);
	nlmsg_free(msg);
}

/* A kernel that does not know the attribute yet dropped nothing that it told. */
static void the_reply_tells_what_came_of_it(void **state)
{
	struct tree trees[2] = { { .ifindex = 7 } };
	struct tree_request req = { .trees = trees, .n = 2 };
	struct nl_msg *msg = nlmsg_alloc();

	(void)state;
	genlmsg_put(msg, 1, 1, 20, 0, 0, OPTQ_CMD_TREE_SET, OPTQ_GENL_VERSION);
	nla_put_u32(msg, OPTQ_A_IFINDEX, 7);
	nla_put_u32(msg, OPTQ_A_GENERATION, 3);
	assert_int_equal(tree_set_reply(nlmsg_hdr(msg), &req), NL_OK);
	assert_int_equal(trees[0].result.dropped, 0);
	assert_int_equal(trees[0].result.generation, 3);
	assert_int_equal(trees[0].result.rules, RULES_UNKNOWN);
	nla_put_u32(msg, OPTQ_A_DROPPED, 33);
	nla_put_u8(msg, OPTQ_A_SAME_RULES, 0);
	nla_put_u32(msg, OPTQ_A_IFINDEX, 8);
	nla_put_u32(msg, OPTQ_A_DROPPED, 44);
	nla_put_u8(msg, OPTQ_A_SAME_RULES, 1);
	/* More than were asked for. */
	nla_put_u32(msg, OPTQ_A_IFINDEX, 9);
	nla_put_u32(msg, OPTQ_A_DROPPED, 55);
	assert_int_equal(tree_set_reply(nlmsg_hdr(msg), &req), NL_OK);
	assert_int_equal(trees[0].result.dropped, 33);
	assert_int_equal(trees[0].result.rules, RULES_OTHERS);
	assert_int_equal(trees[1].result.dropped, 44);
	assert_int_equal(trees[1].result.rules, RULES_SAME);
	nlmsg_free(msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh_ids_count_up),
		cmocka_unit_test(ids_follow_paths),
		cmocka_unit_test(only_one_of_a_name_moves),
		cmocka_unit_test(paths_come_before_moves),
		cmocka_unit_test(what_is_below_moves_along),
		cmocka_unit_test(what_goes_is_named),
		cmocka_unit_test(qdiscs_that_go_are_named),
		cmocka_unit_test(only_what_passes_is_tried_again),
		cmocka_unit_test(the_link_is_said),
		cmocka_unit_test(classes_come_in_order),
		cmocka_unit_test(offsets_name_the_class),
		cmocka_unit_test(offsets_name_the_tree),
		cmocka_unit_test(the_longest_class_fits),
		cmocka_unit_test(figures_may_be_shorter_or_longer),
		cmocka_unit_test(the_wire_is_read),
		cmocka_unit_test(the_reply_tells_what_came_of_it),
	};

	return cmocka_run_group_tests_name("ctl_netlink", tests, NULL, NULL);
}
