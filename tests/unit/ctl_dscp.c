// SPDX-License-Identifier: GPL-2.0
/* The key "dscp" of a policy, on its way to the kernel and back to a reader. */
#include <linux/optq.h>
#include <json-c/json.h>
#include <stdio.h>

#include "ctl_message.h"
#include "ctl_tree.h"
#include "dscp_text.h"
#include "live.h"
#include "show_view.h"

/* What the kernel is told, and what a reader is; the link and a class alike. */
static void assert_dscp(const char *value, unsigned int told, const char *shown)
{
	char *text = mem_printf("optq: 1\nlinks:\n  w:\n    egress:\n      dscp: %s\n"
				"      default: a\n      classes:\n"
				"        a: {dscp: %s}\n        b: {match: tcp}\n",
				value, value);
	struct reading r;
	struct link *link;

	read_text(&r, text);
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	link = &r.policy.links[0];
	assert_int_equal(link->dscp, told + 1);
	assert_int_equal(link->classes[0].dscp, told + 1);
	assert_int_equal(link->classes[1].dscp, 0);
	assert_string_equal(dscp_text(link->dscp), shown);
	reading_free(&r);
	free(text);
}

static void values(void **state)
{
	(void)state;
	assert_dscp("ef", 46, "ef");
	assert_dscp("46", 46, "ef");
	assert_dscp("0x2e", 46, "ef");
	assert_dscp("\"af13\"", 14, "af13");
	assert_dscp("va", 44, "va");
	assert_dscp("le", 1, "le");
	assert_dscp("cs7", 56, "cs7");
	assert_dscp("63", 63, "63");
	assert_dscp("2", 2, "2");
	assert_dscp("wash", 0, "wash");
	assert_dscp("be", 0, "wash");
	assert_dscp("default", 0, "wash");
	assert_dscp("keep", OPTQ_DSCP_KEEP, "keep");
	assert_null(dscp_text(0));
}

/* There and back: the tree that is sent, read as the kernel's answer. */
static void the_kernel_is_told_what_was_said(void **state)
{
	struct nlattr *tb[OPTQ_LINK_A_MAX + 1];
	struct live_tree tree = { .device = "w" };
	struct nl_msg *msg;
	struct reading r;
	char *shown = NULL;
	size_t n = 0;
	FILE *out;

	(void)state;
	read_text(&r, "optq: 1\nlinks:\n  w:\n    egress:\n      dscp: wash\n"
		      "      default: d\n      classes:\n"
		      "        a: {dscp: ef, match: tcp}\n"
		      "        b: {dscp: keep, match: udp}\n"
		      "        c: {dscp: 3, match: gre}\n        d:\n");
	assert_good(&r);
	msg = message(&r.policy.links[0]);
	message_link(msg, tb);
	assert_int_equal(nla_get_u8(tb[OPTQ_LINK_A_DSCP]), 0);
	tree.dscp = 1;
	message_classes(msg, &tree, 4);
	assert_int_equal(tree.classes[0].dscp, 47);
	assert_int_equal(tree.classes[1].dscp, OPTQ_DSCP_KEEP + 1);
	assert_int_equal(tree.classes[3].dscp, 0);
	out = open_memstream(&shown, &n);
	print_tree(out, &tree);
	fclose(out);
	assert_non_null(strstr(shown, "\n  dscp wash\n  a "));
	assert_non_null(strstr(shown, "\n    dscp ef\n  b "));
	assert_non_null(strstr(shown, "\n    dscp keep\n  c "));
	assert_non_null(strstr(shown, "\n    dscp 3\n  d "));
	free(shown);
	live_free(&tree);
	nlmsg_free(msg);
	reading_free(&r);
}

static void json_has_names_and_counts(void **state)
{
	struct live_tree tree = { .device = "w", .dscp = 1 + 46 };
	struct json_object *o, *c;
	const char *text;

	(void)state;
	tree.stats.dscp_changed = 70;
	tree.stats.dscp_failed = 3;
	add_leaf(&tree);
	o = tree_json(&tree);
	text = json_object_get_string(json_object_object_get(o, "dscp"));
	assert_string_equal(text, "ef");
	c = json_object_object_get(o, "stats");
	text = json_object_get_string(json_object_object_get(c, "dscp_changed_packets"));
	assert_string_equal(text, "70");
	text = json_object_get_string(json_object_object_get(c, "dscp_failed_packets"));
	assert_string_equal(text, "3");
	c = json_object_array_get_idx(json_object_object_get(o, "classes"), 0);
	assert_false(json_object_object_get_ex(c, "dscp", NULL));
	json_object_put(o);
	live_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(the_kernel_is_told_what_was_said),
		cmocka_unit_test(json_has_names_and_counts),
	};

	return cmocka_run_group_tests_name("ctl_dscp", tests, NULL, NULL);
}
