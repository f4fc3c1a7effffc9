// SPDX-License-Identifier: GPL-2.0
/* Events: what the kernel tells and what samples show, against the lines that come of it. */
#include <net/if.h>
#include <json-c/json.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>

#include "ctl_help.h"
#include "mem.h"
#include "monitor_limit.h"
#include "monitor_view.h"
#include "units.h"

#define SECOND		1000000000ULL
#define WAN0		7

/* Everything that is emitted, without the time, and whether each is JSON of one line. */
struct log {
	char *text;
	size_t len;
	FILE *out;
	struct monitor m;
	struct monitor_dev *dev;
	uint64_t now;
	uint32_t generation;	/* of what class_notice() last told */
};

static const struct timespec noon = { 1795694400, 7 * 1000000 };

static void take(const struct event *ev, void *arg)
{
	struct json_object *o = event_json(ev, &noon), *back;
	const char *json = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	struct log *log = arg;

	back = json_tokener_parse(json);
	assert_non_null(back);
	assert_null(strchr(json, '\n'));
	assert_string_equal(json_object_get_string(json_object_object_get(back, "event")),
			    event_name(ev->kind));
	json_object_put(back);
	json_object_put(o);
	event_print(log->out, ev, &noon);
}

static struct log *log_new(void)
{
	struct log *log = mem_zalloc(1, sizeof(*log));

	log->out = open_memstream(&log->text, &log->len);
	log->m.emit = take;
	log->m.arg = log;
	log->m.limit = (struct drops_limit){ DROPS_SHARE, PERCENT };
	log->dev = monitor_add(&log->m, WAN0, "wan0", "");
	log->now = 100 * SECOND;
	return log;
}

/* All that came since the last time is @want, each line after the time. */
static void assert_lines(struct log *log, const char *want)
{
	static const char time[] = "2026-11-26T12:00:00.007+00:00 ";
	char *got = NULL, *p;
	size_t n = 0;
	FILE *out;

	fclose(log->out);
	out = open_memstream(&got, &n);
	for (p = log->text; *p; p = strchr(p, '\n') + 1) {
		assert_memory_equal(p, time, strlen(time));
		fprintf(out, "%.*s\n", (int)(strcspn(p, "\n") - strlen(time)),
			p + strlen(time));
	}
	fclose(out);
	assert_string_equal(got, want);
	free(got);
	free(log->text);
	log->out = open_memstream(&log->text, &log->len);
}

static void log_free(struct log *log)
{
	assert_lines(log, "");
	fclose(log->out);
	free(log->text);
	monitor_free(&log->m);
	free(log);
}

static struct nl_msg *tree_message(uint8_t cmd, uint32_t generation)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, 4242, 1, 33, 0, 0, cmd, OPTQ_GENL_VERSION);
	nla_put_u32(msg, OPTQ_A_IFINDEX, WAN0);
	nla_put_u32(msg, OPTQ_A_GENERATION, generation);
	return msg;
}

static void put_by(struct nl_msg *msg, uint32_t uid, const char *comm)
{
	nla_put_u32(msg, OPTQ_A_UID, uid);
	if (comm)
		nla_put_string(msg, OPTQ_A_COMM, comm);
}

static void notice(struct log *log, struct nl_msg *msg)
{
	struct tree_notice n;

	assert_true(tree_notice_parse(nlmsg_hdr(msg), &n));
	assert_int_equal(n.ifindex, WAN0);
	assert_int_equal(n.by.portid, 4242);
	monitor_notice(&log->m, log->dev, &n);
	nlmsg_free(msg);
}

static void tree_notice(struct log *log, uint8_t cmd, uint32_t handle, uint32_t generation,
			const char *comm)
{
	struct nl_msg *msg = tree_message(cmd, generation);
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_LINK);

	nla_put_u32(msg, OPTQ_LINK_A_HANDLE, handle << 16);
	nla_put_u32(msg, OPTQ_LINK_A_CLASSES, 2);
	nla_nest_end(msg, nest);
	nla_put_u32(msg, OPTQ_A_DROPPED, 1);
	if (comm)
		put_by(msg, 1000, comm);
	notice(log, msg);
}

static void class_notice(struct log *log, uint8_t cmd, uint32_t id, uint32_t parent,
			 const char *name, uint64_t rate)
{
	struct nl_msg *msg = tree_message(cmd, ++log->generation);
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_CLASS);

	nla_put_u32(msg, OPTQ_CLASS_A_ID, id);
	nla_put_u32(msg, OPTQ_CLASS_A_PARENT, parent);
	if (name)
		nla_put_string(msg, OPTQ_CLASS_A_NAME, name);
	if (rate)
		nla_put_u64(msg, OPTQ_CLASS_A_RATE, rate);
	nla_nest_end(msg, nest);
	put_by(msg, 0, "tc");
	notice(log, msg);
}

static void trees_come_and_go(void **state)
{
	struct log *log = log_new();

	(void)state;
	tree_notice(log, OPTQ_CMD_TREE_ADD_NTF, 1, 0, "tc");
	tree_notice(log, OPTQ_CMD_TREE_SET_NTF, 1, 1, "opt\033[2Jctl");
	tree_notice(log, OPTQ_CMD_TREE_CHANGE_NTF, 1, 2, "tc");
	/* The new one is told of before the old one goes. */
	tree_notice(log, OPTQ_CMD_TREE_ADD_NTF, 2, 0, "tc");
	tree_notice(log, OPTQ_CMD_TREE_DEL_NTF, 1, 2, "tc");
	assert_true(log->dev->has_tree);
	tree_notice(log, OPTQ_CMD_TREE_DEL_NTF, 2, 0, NULL);
	assert_false(log->dev->has_tree);
	assert_true(log->dev->stale);
	assert_lines(log,
"wan0 - qdisc 1: created, by tc (uid 1000)\n"
"wan0 - policy changed: generation 1, 2 classes, 1 packet dropped, by opt\\x1b[2Jctl (uid 1000)\n"
"wan0 - qdisc 1: changed: generation 2, 2 classes, 1 packet dropped, by tc (uid 1000)\n"
"wan0 - qdisc 2: in place of 1:, by tc (uid 1000)\n"
"wan0 - qdisc 2: gone\n");
	log_free(log);
}

/* By path, also below a class that has come a moment before; the last name counts. */
static void classes_have_paths(void **state)
{
	struct log *log = log_new();

	(void)state;
	tree_notice(log, OPTQ_CMD_TREE_ADD_NTF, 5, 0, "tc");
	class_notice(log, OPTQ_CMD_CLASS_ADD_NTF, 1, 0, "office", 1250000);
	class_notice(log, OPTQ_CMD_CLASS_ADD_NTF, 0x20, 1, NULL, 125000);
	class_notice(log, OPTQ_CMD_CLASS_CHANGE_NTF, 0x20, 0, NULL, 250000);
	class_notice(log, OPTQ_CMD_CLASS_DEL_NTF, 0x20, 0, NULL, 0);
	class_notice(log, OPTQ_CMD_CLASS_ADD_NTF, 0x20, 1, "web", 0);
	assert_int_equal(log->dev->tree.n, 2);
	assert_lines(log,
"wan0 - qdisc 5: created, by tc (uid 1000)\n"
"wan0 office class added: generation 1, rate 10mbit, by tc (uid 0)\n"
"wan0 office/5:20 class added: generation 2, rate 1mbit, by tc (uid 0)\n"
"wan0 5:20 class changed: generation 3, rate 2mbit, by tc (uid 0)\n"
"wan0 5:20 class deleted: generation 4, by tc (uid 0)\n"
"wan0 office/web class added: generation 5, by tc (uid 0)\n");
	log_free(log);
}

/* A message cut short or of another kind is none. */
static void other_messages_are_none(void **state)
{
	struct nl_msg *msg = tree_message(OPTQ_CMD_TREE_GET, 1);
	struct tree_notice n;
	struct link_notice l;

	(void)state;
	assert_false(tree_notice_parse(nlmsg_hdr(msg), &n));
	assert_false(link_notice_parse(nlmsg_hdr(msg), &l));
	nlmsg_free(msg);
	/* A class's without its class. */
	msg = tree_message(OPTQ_CMD_CLASS_ADD_NTF, 1);
	assert_false(tree_notice_parse(nlmsg_hdr(msg), &n));
	nlmsg_hdr(msg)->nlmsg_len = NLMSG_HDRLEN + 2;
	assert_false(tree_notice_parse(nlmsg_hdr(msg), &n));
	nlmsg_free(msg);
}

static void link_is(struct log *log, int type, unsigned int flags, const char *name)
{
	struct ifinfomsg info = { .ifi_index = WAN0, .ifi_flags = flags };
	struct nl_msg *msg = nlmsg_alloc_simple(type, 0);
	struct link_notice n;

	nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO);
	nla_put_string(msg, IFLA_IFNAME, name);
	assert_true(link_notice_parse(nlmsg_hdr(msg), &n));
	monitor_link(&log->m, log->dev, &n);
	nlmsg_free(msg);
}

static void links_go_up_and_down(void **state)
{
	const unsigned int up = IFF_UP | IFF_LOWER_UP;
	struct log *log = log_new();

	(void)state;
	link_is(log, RTM_NEWLINK, up, "wan0");	/* as it is found */
	assert_lines(log, "");
	link_is(log, RTM_NEWLINK, IFF_UP, "wan0");
	link_is(log, RTM_NEWLINK, 0, "wan0");	/* down already */
	link_is(log, RTM_NEWLINK, up, "wan0");
	link_is(log, RTM_NEWLINK, up, "dsl0");	/* another name */
	link_is(log, RTM_NEWLINK, IFF_LOWER_UP, "dsl0");
	link_is(log, RTM_DELLINK, 0, "dsl0");
	assert_null(monitor_find(&log->m, WAN0));
	assert_lines(log, "wan0 - link down: no carrier\n"
			  "wan0 - link up\n"
			  "dsl0 - link down: switched off\n"
			  "dsl0 - device gone\n");
	log_free(log);
}

static void an_ingress_is_told_as_such(void **state)
{
	struct log *log = log_new();

	(void)state;
	log->dev = monitor_add(&log->m, WAN0 + 1, "ifb-wan0", "wan0");
	link_is(log, RTM_NEWLINK, IFF_UP | IFF_LOWER_UP, "ifb-wan0");
	link_is(log, RTM_NEWLINK, 0, "ifb-wan0");
	monitor_module(&log->m, false);
	monitor_module(&log->m, true);
	monitor_lost(&log->m);
	assert_lines(log, "wan0:ingress - link down: switched off\n"
			  "- - module gone\n- - module came\n"
			  "- - events were lost: what there is now is read anew\n");
	log_free(log);
}

/* What is found with a loss in between is told; what was told of is not told again. */
static void after_a_loss(void **state)
{
	struct log *log = log_new();
	struct live_tree tree = { .handle = 1 << 16, .generation = 4 };

	(void)state;
	monitor_found(&log->m, log->dev, &tree, true);
	monitor_found(&log->m, log->dev, &tree, false);
	assert_lines(log, "");
	tree.generation = 6;
	monitor_found(&log->m, log->dev, &tree, false);
	monitor_found(&log->m, log->dev, &tree, false);
	/* What was on its way meanwhile. */
	tree_notice(log, OPTQ_CMD_TREE_ADD_NTF, 1, 0, "tc");
	tree_notice(log, OPTQ_CMD_TREE_SET_NTF, 1, 5, "tc");
	tree_notice(log, OPTQ_CMD_TREE_CHANGE_NTF, 1, 6, "tc");
	log->generation = 5;
	class_notice(log, OPTQ_CMD_CLASS_ADD_NTF, 1, 0, "a", 0);
	tree_notice(log, OPTQ_CMD_TREE_CHANGE_NTF, 1, 7, NULL);
	tree.handle = 2 << 16;
	monitor_found(&log->m, log->dev, &tree, false);
	monitor_found(&log->m, log->dev, NULL, false);
	monitor_found(&log->m, log->dev, NULL, false);
	monitor_found(&log->m, log->dev, &tree, false);
	assert_lines(log,
"wan0 - policy changed: generation 6, 0 classes, found after events were lost\n"
"wan0 - qdisc 1: changed: generation 7, 2 classes, 1 packet dropped\n"
"wan0 - qdisc 2: in place of 1:, found after events were lost\n"
"wan0 - qdisc 2: gone, found after events were lost\n"
"wan0 - qdisc 2: created, found after events were lost\n");
	log_free(log);
}

struct state {
	uint64_t packets, bytes, drops, backlog, missed_ns;
};

/* An inner class of 8 Mbit/s with id 1, and leaf of it, of 4 Mbit/s, with id 2. */
static void sample(struct log *log, struct state s)
{
	struct live_tree tree = { .ifindex = WAN0, .handle = 1 << 16 };
	struct live_class *c;

	tree.classes = mem_grow(NULL, &tree.room, 2, sizeof(*tree.classes));
	memset(tree.classes, 0, 2 * sizeof(*tree.classes));
	tree.n = 2;
	c = &tree.classes[0];
	*c = (struct live_class){ .id = 1, .name = mem_strndup("office", 6),
				  .rate = 1000000, .parent_index = SIZE_MAX };
	c->stats.packets = s.packets;
	c->stats.bytes = s.bytes;
	c->stats.drop_aqm = s.drops;
	c->stats.guarantee_missed_ns = s.missed_ns;
	c[1] = (struct live_class){ .id = 2, .name = mem_strndup("web", 3), .leaf = true,
				    .rate = 500000, .parent = 1, .parent_index = 0 };
	c[1].stats = c->stats;
	c[1].stats.backlog_packets = s.backlog;
	c[1].stats.drop_ack = 1000 * log->now / SECOND;
	log->now += SECOND;
	monitor_sample(&log->m, log->dev, &tree, log->now);
	live_free(&tree);
}

/* Once when it begins, once when three samples were without it. */
static void drops_begin_and_end(void **state)
{
	struct log *log = log_new();

	(void)state;
	sample(log, (struct state){ .packets = 5000, .drops = 4000 });
	sample(log, (struct state){ .packets = 5990, .drops = 4010 });	/* 1 % */
	assert_lines(log, "");
	sample(log, (struct state){ .packets = 6970, .drops = 4030 });
	assert_lines(log, "wan0 office/web drops began: 20 of 1k packets, 2%, in 1s\n");
	sample(log, (struct state){ .packets = 6970, .drops = 4130 });
	sample(log, (struct state){ .packets = 7970, .drops = 4130 });
	sample(log, (struct state){ .packets = 8970, .drops = 4131 });
	sample(log, (struct state){ .packets = 8970, .drops = 4132 });
	sample(log, (struct state){ .packets = 9070, .drops = 4133 });
	sample(log, (struct state){ .packets = 9070, .drops = 4133 });
	assert_lines(log, "");
	sample(log, (struct state){ .packets = 9170, .drops = 4134 });
	/* Up to the last sample that had it: what came in the calm between counts. */
	assert_lines(log, "wan0 office/web drops over: 122 of 3.1k packets, 3.93%, in 5s\n");
	sample(log, (struct state){ .packets = 9170, .drops = 4144 });
	assert_lines(log, "wan0 office/web drops began: 10 of 10 packets, 100%, in 1s\n");
	monitor_unsample(&log->m, log->dev);
	assert_lines(log, "wan0 office/web drops over: 10 of 10 packets, 100%, in 1s, the class is gone\n");
	log_free(log);
}

static void limits_of_drops(void **state)
{
	static const struct { const char *text; uint64_t few, many; } cases[] = {
		{ "0", 0, 1 }, { "20", 20, 21 }, { "7/s", 7, 8 }, { "50%", 1000, 1001 },
		{ "0.1%", 1, 2 }, { "100%", 5000, 0 },
	};
	struct log *log;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		log = log_new();
		assert_null(drops_limit_parse(cases[i].text, &log->m.limit));
		sample(log, (struct state){ 0 });
		sample(log, (struct state){ .packets = 1000, .drops = cases[i].few });
		assert_int_equal(ftell(log->out), 0);
		monitor_unsample(&log->m, log->dev);
		sample(log, (struct state){ 0 });
		sample(log, (struct state){ .packets = 1000, .drops = cases[i].many });
		fflush(log->out);
		assert_int_equal(log->len > 0, cases[i].many > 0);
		rewind(log->out);
		fclose(log->out);
		free(log->text);
		monitor_free(&log->m);
		free(log);
	}
}

static void limits_that_are_none(void **state)
{
	static const char *const bad[] = {
		"", "x", "-1", "1.5", "10/m", "/s", "%", "0%", "101%", "5 %", "1/s/s",
	};
	struct drops_limit limit;
	char *why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		why = drops_limit_parse(bad[i], &limit);
		assert_non_null(why);
		assert_non_null(strstr(why, "is no threshold"));
		free(why);
	}
}

/* The kernel's word, packets that wait before and after, and less than 97 %. */
static void guarantees_are_missed(void **state)
{
	struct log *log = log_new();
	struct state s = { .bytes = 5000000, .packets = 1, .backlog = 9 };

	(void)state;
	sample(log, s);
	s.bytes += 100000;		/* the kernel knows of no miss */
	sample(log, s);
	s.missed_ns = 3 * SECOND;	/* one of long ago */
	sample(log, s);
	s.missed_ns = SECOND / 2;
	s.bytes += 970000;		/* more than enough for the leaf */
	sample(log, s);
	assert_lines(log, "");
	s.bytes += 480000;
	sample(log, s);
	/* Enough of it for the leaf alone, 96 %. */
	assert_lines(log, "wan0 office guarantee missed: sent 3.84mbit of 8mbit, for 1s\n"
			  "wan0 office/web guarantee missed: sent 3.84mbit of 4mbit, for 1s\n");
	s.bytes += 240000;
	sample(log, s);
	s.missed_ns += SECOND;
	sample(log, s);
	s.missed_ns += SECOND;
	sample(log, s);
	assert_lines(log, "");
	s.missed_ns += SECOND;
	sample(log, s);
	assert_lines(log, "wan0 office guarantee met again: sent 2.88mbit of 8mbit, for 2s\n"
			  "wan0 office/web guarantee met again: sent 2.88mbit of 4mbit, for 2s\n");
	/* It had nothing to send at first. */
	s.backlog = 0;
	sample(log, s);
	s.backlog = 1;
	s.missed_ns = 1;
	sample(log, s);
	s.backlog = 0;
	sample(log, s);
	log_free(log);
}

/* A class that is another, and one that is gone. */
static void counters_that_step_back(void **state)
{
	struct live_tree none = { 0 };
	struct log *log = log_new();

	(void)state;
	sample(log, (struct state){ .packets = 10 });
	sample(log, (struct state){ .packets = 10, .drops = 10 });
	assert_lines(log, "wan0 office/web drops began: 10 of 10 packets, 100%, in 1s\n");
	sample(log, (struct state){ .packets = 10, .drops = 3 });
	assert_lines(log, "wan0 office/web drops over: 10 of 10 packets, 100%, in 1s, the class is gone\n");
	sample(log, (struct state){ .packets = 10, .drops = 6 });
	assert_lines(log, "wan0 office/web drops began: 3 of 3 packets, 100%, in 1s\n");
	monitor_sample(&log->m, log->dev, &none, log->now + SECOND);
	assert_lines(log, "wan0 office/web drops over: 3 of 3 packets, 100%, in 1s, the class is gone\n");
	log_free(log);
}

/* Whatever a process calls itself. */
static void json_is_utf8(void **state)
{
	struct event ev = {
		.kind = EVENT_POLICY_CHANGED, .device = "wan\xff", .ingress_of = "",
		.ifindex = 7, .handle = 1 << 16, .generation = 2, .classes = 3,
		.dropped = 4, .by = { .has_uid = true, .uid = 5, .comm = "\xc3\xa4\xc3\n\"",
				      .portid = 6 },
	};
	struct json_object *o = event_json(&ev, &noon);

	(void)state;
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN),
		"{\"time\":\"2026-11-26T12:00:00.007+00:00\",\"event\":\"policy-changed\","
		"\"device\":\"wan?\",\"ifindex\":7,\"handle\":1,\"generation\":2,"
		"\"classes\":3,\"dropped_packets\":4,\"seen_late\":false,"
		"\"by\":{\"comm\":\"\xc3\xa4?\\n\\\"\",\"uid\":5,\"portid\":6}}");
	json_object_put(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_come_and_go),
		cmocka_unit_test(classes_have_paths),
		cmocka_unit_test(other_messages_are_none),
		cmocka_unit_test(links_go_up_and_down),
		cmocka_unit_test(an_ingress_is_told_as_such),
		cmocka_unit_test(after_a_loss),
		cmocka_unit_test(drops_begin_and_end),
		cmocka_unit_test(limits_of_drops),
		cmocka_unit_test(limits_that_are_none),
		cmocka_unit_test(guarantees_are_missed),
		cmocka_unit_test(counters_that_step_back),
		cmocka_unit_test(json_is_utf8),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests_name("ctl_monitor", tests, NULL, NULL);
}
