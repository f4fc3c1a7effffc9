// SPDX-License-Identifier: GPL-2.0
/* What people and programs are shown. */
#include <json-c/json.h>
#include <locale.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>

#include "apply_view.h"
#include "core/hist.h"
#include "ctl_help.h"
#include "ctl_tree.h"
#include "diag_view.h"
#include "mem.h"
#include "show_view.h"
#include "term.h"

static char *escaped(const char *s, size_t len)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	term_print(out, s, len);
	fclose(out);
	assert_int_equal(term_width(s, len) >= 1, 1);
	return text;
}

static void assert_escaped(const char *s, size_t len, const char *shown)
{
	char *text = escaped(s, len);

	assert_string_equal(text, shown);
	free(text);
}

static void terminals_are_safe(void **state)
{
	(void)state;
	assert_escaped("a\033[31mb", 7, "a\\x1b[31mb");
	assert_escaped("a\tb", 3, "a b");
	assert_escaped("\xc3\xa4", 2, "\xc3\xa4");
	assert_escaped("\xe2\x80\xae" "x", 4, "\\u{202e}x");	/* right to left */
	assert_escaped("\xc2\x9b" "x", 3, "\\u{9b}x");		/* CSI in C1 */
	assert_escaped("\xff" "x", 2, "\\xffx");
	assert_escaped("a\0b", 3, "a\\x00b");
	assert_int_equal(term_width("\xe5\xad\x97", 3), 2);
}

/* The caret stands under the character, however wide it and the others are. */
static void carets_stand_under_the_place(void **state)
{
	static const char text[] = "x: \xe5\xad\x97\033 bad\n";
	struct span at = { 8, 3 };
	struct diags d = { 0 };
	struct source src;
	char *printed;

	(void)state;
	source_from_text(&src, "f\033.yaml", text, sizeof(text) - 1);
	diag_error(&d, at, "not \"%s\"", "\r");
	printed = printed_diags(&src, &d);
	assert_string_equal(printed, "f\\x1b.yaml:1:7: error: not \"\\x0d\"\n"
			    "    x: \xe5\xad\x97\\x1b bad\n"
			    "              ^~~\n");
	free(printed);
	diags_free(&d);
	source_free(&src);
}

static void long_lines_are_cut(void **state)
{
	char *text = mem_zalloc(5000, 1), *printed;
	struct span at = { 2500, 4 };
	struct diags d = { 0 };
	struct source src;

	(void)state;
	memset(text, 'x', 4999);
	source_from_text(&src, "f", text, 4999);
	diag_warning(&d, at, "long");
	printed = printed_diags(&src, &d);
	assert_true(strlen(printed) < 300);
	assert_non_null(strstr(printed, "f:1:2501: warning: long\n... xxx"));
	assert_non_null(strstr(printed, "xxx ...\n"));
	free(printed);
	free(text);
	diags_free(&d);
	source_free(&src);
}

static void diagnostics_as_json(void **state)
{
	struct json_object *list, *o;
	struct reading r;

	(void)state;
	read_text(&r, "optq: 2\nlinks: 5\n");
	list = diags_json(&r.src, &r.d);
	assert_int_equal(json_object_array_length(list), 2);
	o = json_object_array_get_idx(list, 0);
	assert_string_equal(json_object_get_string(json_object_object_get(o, "file")),
			    "test.yaml");
	assert_int_equal(json_object_get_int(json_object_object_get(o, "line")), 1);
	assert_int_equal(json_object_get_int(json_object_object_get(o, "column")), 7);
	assert_string_equal(json_object_get_string(json_object_object_get(o, "severity")),
			    "error");
	json_object_put(list);
	reading_free(&r);
}

static void make_tree(struct live_tree *tree)
{
	struct live_class *c;

	memset(tree, 0, sizeof(*tree));
	strcpy(tree->device, "wan0");
	tree->handle = 1 << 16;
	tree->generation = 3;
	tree->default_id = 0x10;
	tree->rate = 2500000;
	add_class(tree, 1, "office", SIZE_MAX)->rate = 1250000;
	c = add_class(tree, 2, "voice", SIZE_MAX);
	c->ceil = 125000;
	c->qdisc = mem_strndup("fq_codel", 8);
	c->delay_ns = 1000000;		/* not a leaf any more: no promise */
	c->stats.guarantee_missed_ns = 7200000000000;
	c = add_class(tree, 0x10, NULL, 0);
	c->leaf = true;
	c->prio = 7;
	c->stats.bytes = 123456789;
	c->stats.packets = 98765;
	c->stats.drop_aqm = 40;
	c->stats.drop_overlimit = 2;
	c->stats.backlog_bytes = 15140;
	c->stats.sojourn_avg_ns = 4123456;
	c->stats.sojourn_max_ns = 120000000;
	c->stats.sojourn_p50_ns = 3141592;
	c->stats.sojourn_p90_ns = 9000000;
	c->stats.sojourn_p99_ns = 88000000;
	c->stats.sojourn_p999_ns = 119000000;
	c->stats.guarantee_missed_ns = 3210000000;
	c->delay_ns = 5500000;
	c->isolate = OPTQ_ISOLATE_DUAL_SRC;
	c->nat = true;
	c->stats.hosts = 12;
	c->n_hist = OPTQ_HIST_BUCKETS + 1;	/* of a newer kernel */
	c->hist = mem_zalloc(c->n_hist, sizeof(*c->hist));
	c->hist[0] = 1;
	c->hist[optq_hist_bucket(3000000)] = 4000000000U;
	c->hist[OPTQ_HIST_BUCKETS - 1] = 7;
	c->hist[OPTQ_HIST_BUCKETS] = 9;
	add_class(tree, 0x11, "a-name-that-is-long-for-its-column", 0);
}

static void the_tree_fits_80_columns(void **state)
{
	struct live_tree tree;
	char *text;

	(void)state;
	make_tree(&tree);
	text = shown(&tree);
	assert_string_equal(text,
"wan0: optq 1: generation 3, 4 classes, 0 rules, default office/1:10\n"
"CLASS               SENT      RATE      CEIL P BYTES DROPS QUEUE    P50    P99\n"
"link                   -         -    20mbit       0     0     0      -      -\n"
"  office               -    10mbit    20mbit 0     0     0     0      -      -\n"
"    1:10               -         -    20mbit 7  123M    42 15.1k 3.14ms   88ms\n"
"      delay 5.5ms, missed 3.2s ago\n"
"      isolate dual-src, nat, 12 hosts\n"
"    a-name-that-is-long-for-its-column\n"
"                       -         -    20mbit 0     0     0     0      -      -\n"
"  voice                -         -     1mbit 0     0     0     0      -      -\n"
"    missed 2h ago\n"
"    qdisc fq_codel\n");
	assert_80_columns(text);
	free(text);
}

/* However deep the class and long ago the miss. */
static void details_stay_in_80_columns(void **state)
{
	struct live_tree tree = { 0 };
	char *text, *line, *save;
	struct live_class *c;
	size_t i;

	(void)state;
	for (i = 0; i < OPTQ_DEPTH_MAX; i++)
		c = add_class(&tree, i + 1, NULL, i ? i - 1 : SIZE_MAX);
	c->leaf = true;
	c->delay_ns = 1230000;
	c->wire = (struct optq_wire){ -64, 256, OPTQ_WIRE_NOATM };
	c->stats.guarantee_missed_ns = UINT64_MAX;
	text = shown(&tree);
	assert_80_columns(text);
	assert_non_null(strstr(text, "delay"));
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (strstr(line, "delay"))
			assert_string_equal(line, "               wire overhead -64 mpu 256 noatm, "
					    "delay 1.23ms, missed 213503d ago");
	free(text);
}

/* What is as the device or the parent has it is not told. */
static void the_wire_is_shown_where_it_is_set(void **state)
{
	static const struct optq_wire ptm = { 30, 0, OPTQ_WIRE_PTM };
	struct live_tree tree = { .device = "dsl0", .handle = 1 << 16 };
	struct live_class *c;
	char *text;

	(void)state;
	tree.wire = ptm;
	c = add_class(&tree, 1, "a", SIZE_MAX);
	c->wire.layer = OPTQ_WIRE_ATM;
	c->stats.guarantee_missed_ns = 3210000000;
	add_class(&tree, 2, "b", 0)->wire.layer = OPTQ_WIRE_RAW;
	c = add_class(&tree, 3, "c", 0);
	c->wire = (struct optq_wire){ 38, 84, OPTQ_WIRE_NOATM };
	add_class(&tree, 4, "d", 0)->wire.layer = 99;	/* of a newer kernel */
	add_class(&tree, 5, "e", SIZE_MAX);
	text = shown(&tree);
	assert_string_equal(text,
"dsl0: optq 1: generation 0, 5 classes, 0 rules, default none (direct)\n"
"CLASS               SENT      RATE      CEIL P BYTES DROPS QUEUE    P50    P99\n"
"link                   -         -         -       0     0     0      -      -\n"
"  wire overhead 30 ptm\n"
"  a                    -         -         - 0     0     0     0      -      -\n"
"    wire atm, missed 3.2s ago\n"
"    b                  -         -         - 0     0     0     0      -      -\n"
"      wire raw\n"
"    c                  -         -         - 0     0     0     0      -      -\n"
"      wire overhead 38 mpu 84 noatm\n"
"    d                  -         -         - 0     0     0     0      -      -\n"
"      wire unknown\n"
"  e                    -         -         - 0     0     0     0      -      -\n");
	free(text);
}

static void flows_fit_80_columns(void **state)
{
	static const uint8_t six[2][16] = {
		{ 0x20, 1, 0xd, 0xb8, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44,
		  0x44, 0x55, 0x55, 0x66, 0x66 },
		{ 0x20, 1, 0xd, 0xb8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		  0xff, 0xff, 0xff, 0xff, 0xff },
	};
	struct live_flow list[] = {
		{ .class_id = 0x10, .hash = 0xabc, .flags = OPTQ_FLOW_NEW,
		  .packets = 12, .bytes = 15140, .deficit = -1234567,
		  .wait_ns = 4123456, .family = 4, .proto = 6,
		  .src = { 10, 0, 0, 1 }, .dst = { 10, 0, 0, 2 },
		  .has_ports = true, .sport = 4000, .dport = 80 },
		{ .class_id = 0x10, .hash = 0xffffffff, .deficit = 1514,
		  .flags = OPTQ_FLOW_DROPPING, .drops = 4000000000U,
		  .packets = 4194304, .bytes = 6350176256, .wait_ns = 123456789,
		  .family = 6, .proto = 17, .has_ports = true,
		  .sport = 65535, .dport = 65535 },
		{ .class_id = 0x10, .hash = 1, .deficit = 5, .family = 4,
		  .proto = 1, .src = { 192, 168, 100, 100 },
		  .dst = { 192, 168, 200, 200 } },
		{ .class_id = 2, .flags = OPTQ_FLOW_SHARED, .packets = 1,
		  .bytes = 60, .wait_ns = 1 },
		{ .class_id = 0, .hash = 5, .family = 4, .proto = 200,
		  .host_flows = 3 },
	};
	struct live_flows flows = { .list = list, .n = 5 };
	char *text = NULL;
	struct json_object *json, *o;
	struct live_tree tree;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	memcpy(list[1].src, six[0], 16);
	memcpy(list[1].dst, six[1], 16);
	flows_sort(&flows);
	make_tree(&tree);
	flows_print(out, &tree, &flows);
	fclose(out);
	assert_string_equal(text,
"wan0: optq 1: 5 flows\n"
"  FLOW      PKTS QUEUE  DEFICIT   WAIT CODEL    FROM > TO\n"
"direct\n"
"  00000005     0     0        0      -     0 -- proto 200 0.0.0.0 > 0.0.0.0\n"
"voice\n"
"  shared       1    60        0    1ns     0 --\n"
"office/1:10\n"
"  ffffffff 4.19M 6.35G     1514  123ms    4G -D\n"
"    udp [2001:db8:1111:2222:3333:4444:5555:6666]:65535\n"
"      > [2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:65535\n"
"  00000abc    12 15.1k -1234567 4.12ms     0 N- tcp 10.0.0.1:4000 > 10.0.0.2:80\n"
"  00000001     0     0        5      -     0 --\n"
"    icmp 192.168.100.100 > 192.168.200.200\n");
	assert_80_columns(text);
	free(text);
	json = flows_json(&tree, &flows);
	assert_int_equal(json_object_array_length(json), 5);
	o = json_object_array_get_idx(json, 4);
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
							   JSON_C_TO_STRING_NOSLASHESCAPE),
		"{\"path\":\"office/1:10\",\"class\":16,\"hash\":1,\"shared\":false,"
		"\"new\":false,\"dropping\":false,\"packets\":0,\"bytes\":0,"
		"\"deficit_bytes\":5,\"codel_count\":0,\"wait_ns\":0,"
		"\"proto\":\"icmp\",\"src\":\"192.168.100.100\",\"dst\":\"192.168.200.200\"}");
	json_object_put(json);
	live_free(&tree);
}

static const char *text_at(struct json_object *o, const char *key)
{
	return json_object_get_string(json_object_object_get(o, key));
}

static void the_tree_as_json(void **state)
{
	struct json_object *o, *classes, *c, *stats;
	struct live_tree tree;

	(void)state;
	make_tree(&tree);
	o = tree_json(&tree);
	assert_string_equal(text_at(o, "device"), "wan0");
	assert_string_equal(text_at(o, "rate_bps"), "20000000");
	classes = json_object_object_get(o, "classes");
	assert_int_equal(json_object_array_length(classes), 4);
	c = json_object_array_get_idx(classes, 1);
	assert_string_equal(text_at(c, "path"), "office/1:10");
	assert_string_equal(text_at(c, "classid"), "1:10");
	assert_null(json_object_object_get(c, "name"));
	stats = json_object_object_get(c, "stats");
	assert_string_equal(text_at(stats, "bytes"), "123456789");
	assert_string_equal(text_at(stats, "sojourn_avg_ns"), "4123456");
	assert_string_equal(text_at(stats, "sojourn_max_ns"), "120000000");
	assert_string_equal(text_at(stats, "sojourn_p50_ns"), "3141592");
	assert_string_equal(text_at(stats, "sojourn_p90_ns"), "9000000");
	assert_string_equal(text_at(stats, "sojourn_p99_ns"), "88000000");
	assert_string_equal(text_at(stats, "sojourn_p999_ns"), "119000000");
	assert_string_equal(text_at(stats, "guarantee_missed_ns"), "3210000000");
	assert_string_equal(text_at(c, "delay_ns"), "5500000");
	/* 3 ms is in octave 2^21, of tenths 2097152: 14.3 of them. */
	assert_string_equal(text_at(c, "sojourn_histogram_ns"),
			    "[ [ 1024, 1 ], [ 3145728, 4000000000 ], [ null, 7 ] ]");
	c = json_object_array_get_idx(classes, 3);
	assert_string_equal(text_at(c, "path"), "voice");
	assert_string_equal(text_at(c, "ceil_bps"), "1000000");
	assert_string_equal(text_at(c, "qdisc"), "fq_codel");
	json_object_put(o);
	live_free(&tree);
}

static void the_wire_as_json(void **state)
{
	struct live_tree tree = { 0 };
	struct json_object *o, *classes;

	(void)state;
	add_class(&tree, 1, "a", SIZE_MAX);
	add_class(&tree, 2, "b", SIZE_MAX)->wire =
		(struct optq_wire){ -4, 64, OPTQ_WIRE_ATM };
	o = tree_json(&tree);
	assert_string_equal(text_at(o, "wire"),
			    "{ \"layer\": \"raw\", \"overhead\": 0, \"mpu\": 0 }");
	classes = json_object_object_get(o, "classes");
	assert_false(json_object_object_get_ex(json_object_array_get_idx(classes, 0),
					       "wire", NULL));
	assert_string_equal(text_at(json_object_array_get_idx(classes, 1), "wire"),
			    "{ \"layer\": \"atm\", \"overhead\": -4, \"mpu\": 64 }");
	json_object_put(o);
	live_free(&tree);
	add_class(&tree, 1, "a", SIZE_MAX);
	tree.wire.layer = 99;
	o = tree_json(&tree);
	assert_string_equal(text_at(o, "wire"),
			    "{ \"layer\": null, \"overhead\": 0, \"mpu\": 0 }");
	json_object_put(o);
	live_free(&tree);
}

/* A figure of what was not done would be read as one of what was. */
static void a_link_that_failed_has_no_counts(void **state)
{
	static const char *const counts[] = {
		"classes", "rules", "removed", "qdiscs_removed", "replaced",
		"dropped_packets",
	};
	struct apply_link al = {
		.removed = 2, .replaced = "tbf", .error = (char *)"refused",
	};
	struct json_object *o;
	struct reading r;
	size_t i;

	(void)state;
	read_classes_text(&r, "a", "        a:\n");
	assert_good(&r);
	al.link = &r.policy.links[0];
	o = apply_link_json(&al);
	assert_string_equal(text_at(o, "applied"), "false");
	assert_string_equal(text_at(o, "error"), "refused");
	for (i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		assert_false(json_object_object_get_ex(o, counts[i], NULL));
	json_object_put(o);
	al.applied = true;
	o = apply_link_json(&al);
	for (i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		assert_true(json_object_object_get_ex(o, counts[i], NULL));
	assert_string_equal(text_at(o, "removed"), "2");
	assert_string_equal(text_at(o, "qdiscs_removed"), "[ ]");
	json_object_put(o);
	reading_free(&r);
}

/* Whatever the kernel sends, the walk ends and shows no class twice. */
static void odd_trees_do_not_loop(void **state)
{
	struct live_tree tree = { 0 };
	size_t *order, seen[3] = { 0 }, i;

	(void)state;
	add_class(&tree, 1, "a", SIZE_MAX);
	add_class(&tree, 2, "b", 0);
	add_class(&tree, 3, "c", 1);
	tree.classes[1].parent_index = 2;	/* b and c, each the other's */
	tree.classes[2].parent_index = 1;
	order = live_order(&tree);
	for (i = 0; i < 3; i++)
		if (order[i] != SIZE_MAX)
			assert_int_equal(seen[order[i]]++, 0);
	assert_int_equal(seen[0], 1);
	free(order);
	live_free(&tree);
}

static struct nl_msg *rule_message(uint32_t class_id, uint64_t hits,
				   const char *where, const char *text)
{
	struct nl_msg *msg = nlmsg_alloc();

	nlmsg_put(msg, 0, 0, 0, 0, 0);
	nla_put_u32(msg, OPTQ_RULE_A_CLASS, class_id);
	nla_put_u64(msg, OPTQ_RULE_A_HITS, hits);
	if (where)
		nla_put_string(msg, OPTQ_RULE_A_WHERE, where);
	if (text)
		nla_put_string(msg, OPTQ_RULE_A_TEXT, text);
	return msg;
}

/* As a nest of the kernel's holds it. */
static void add_rule(struct live_rules *rules, struct nl_msg *inner)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlmsghdr *nlh = nlmsg_hdr(inner);

	nla_put(msg, OPTQ_A_RULE, nlmsg_datalen(nlh), nlmsg_data(nlh));
	rules_add(rules, nlmsg_data(nlmsg_hdr(msg)));
	nlmsg_free(msg);
	nlmsg_free(inner);
}

static void rules_tell_what_never_matched(void **state)
{
	struct live_rules rules = { 0 };
	struct json_object *json;
	struct live_tree tree;
	char *text = NULL;
	size_t n = 0;
	FILE *out;

	(void)state;
	make_tree(&tree);
	add_rule(&rules, rule_message(2, 1234567, "branch.yaml:12", "dscp ef"));
	add_rule(&rules, rule_message(0x10, 0, "branch.yaml:20",
				      "tcp dport { 80, 443, 8080-8089 } src @offices-of-all"));
	add_rule(&rules, rule_message(2, 1, NULL, NULL));
	add_rule(&rules, rule_message(99, 7, "x\033.yaml:1", "vlan 7"));
	out = open_memstream(&text, &n);
	rules_print(out, &tree, &rules);
	fclose(out);
	assert_string_equal(text,
"wan0: optq 1: 4 rules, 1 never matched\n"
"PACKETS CLASS       MATCH\n"
"  1.23M voice       dscp ef branch.yaml:12\n"
"  never office/1:10 branch.yaml:20\n"
"        tcp dport { 80, 443, 8080-8089 } src @offices-of-all\n"
"      1 voice\n"
"      7 1:63        vlan 7 x\\x1b.yaml:1\n");
	free(text);
	json = rules_json(&tree, &rules);
	assert_string_equal(json_object_to_json_string_ext(json_object_array_get_idx(json, 0),
							   JSON_C_TO_STRING_PLAIN),
		"{\"path\":\"voice\",\"class\":2,\"match\":\"dscp ef\","
		"\"where\":\"branch.yaml:12\",\"packets\":1234567}");
	assert_null(json_object_object_get(json_object_array_get_idx(json, 2), "where"));
	json_object_put(json);
	rules_free(&rules);
	live_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows_fit_80_columns),
		cmocka_unit_test(rules_tell_what_never_matched),
		cmocka_unit_test(terminals_are_safe),
		cmocka_unit_test(carets_stand_under_the_place),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(diagnostics_as_json),
		cmocka_unit_test(the_tree_fits_80_columns),
		cmocka_unit_test(details_stay_in_80_columns),
		cmocka_unit_test(the_wire_is_shown_where_it_is_set),
		cmocka_unit_test(the_tree_as_json),
		cmocka_unit_test(the_wire_as_json),
		cmocka_unit_test(a_link_that_failed_has_no_counts),
		cmocka_unit_test(odd_trees_do_not_loop),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests_name("ctl_views", tests, NULL, NULL);
}
