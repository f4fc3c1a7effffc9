// SPDX-License-Identifier: GPL-2.0
/* The key "ack-filter" of a policy, on its way to the kernel and back to a reader. */
#include <linux/optq.h>
#include <json-c/json.h>
#include <stdio.h>

#include "ack_text.h"
#include "ctl_message.h"
#include "ctl_tree.h"
#include "live.h"
#include "show_view.h"

static const char policy[] =
	"optq: 1\nlinks:\n  w:\n    egress:\n      ack-filter: conservative\n"
	"      default: d\n      classes:\n"
	"        a: {ack-filter: aggressive, match: tcp}\n"
	"        b: {ack-filter: \"off\", match: udp}\n"
	"        c: {ack-filter: off, match: gre}\n        d:\n";

static void assert_shown(const struct live_tree *tree)
{
	char *shown = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&shown, &n);

	print_tree(out, tree);
	fclose(out);
	assert_non_null(strstr(shown, "\n  ack-filter conservative\n  a "));
	assert_non_null(strstr(shown, "\n    ack-filter aggressive\n  b "));
	assert_non_null(strstr(shown, "\n    ack-filter off\n  c "));
	assert_null(strstr(strstr(shown, "\n  d "), "ack-filter"));
	free(shown);
}

/* There and back: the tree that is sent, read as the kernel's answer. */
static void the_kernel_is_told_what_was_said(void **state)
{
	static const uint8_t want[] = {
		OPTQ_ACK_FILTER_AGGRESSIVE, OPTQ_ACK_FILTER_OFF,
		OPTQ_ACK_FILTER_OFF, OPTQ_ACK_FILTER_UNSPEC,
	};
	struct nlattr *tb[OPTQ_LINK_A_MAX + 1];
	struct live_tree tree = { .device = "w" };
	struct nl_msg *msg;
	struct reading r;
	size_t n;

	(void)state;
	read_text(&r, policy);
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	msg = message(&r.policy.links[0]);
	message_link(msg, tb);
	tree.ack_filter = nla_get_u8(tb[OPTQ_LINK_A_ACK_FILTER]);
	assert_int_equal(tree.ack_filter, OPTQ_ACK_FILTER_CONSERVATIVE);
	message_classes(msg, &tree, 4);
	for (n = 0; n < tree.n; n++)
		assert_int_equal(tree.classes[n].ack_filter, want[n]);
	assert_shown(&tree);
	live_free(&tree);
	nlmsg_free(msg);
	reading_free(&r);
}

static const char *text_at(struct json_object *o, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) ? json_object_get_string(v) :
						       NULL;
}

static void json_has_names_and_counts(void **state)
{
	struct live_tree tree = { .device = "w" };
	struct json_object *o, *c;

	(void)state;
	tree.ack_filter = OPTQ_ACK_FILTER_AGGRESSIVE;
	tree.stats.drop_ack = 70;
	add_leaf(&tree);
	o = tree_json(&tree);
	assert_string_equal(text_at(o, "ack_filter"), "aggressive");
	assert_true(json_object_object_get_ex(o, "stats", &c));
	assert_string_equal(text_at(c, "drop_ack_packets"), "70");
	assert_true(json_object_object_get_ex(o, "classes", &c));
	assert_null(text_at(json_object_array_get_idx(c, 0), "ack_filter"));
	json_object_put(o);
	live_free(&tree);
}

/* A kernel that knows more of them than we do. */
static void what_is_not_known_has_no_name(void **state)
{
	(void)state;
	assert_null(ack_filter_text(OPTQ_ACK_FILTER_UNSPEC));
	assert_null(ack_filter_text(OPTQ_ACK_FILTER_AGGRESSIVE + 1));
	assert_null(ack_filter_text(255));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_is_told_what_was_said),
		cmocka_unit_test(json_has_names_and_counts),
		cmocka_unit_test(what_is_not_known_has_no_name),
	};

	return cmocka_run_group_tests_name("ctl_ack", tests, NULL, NULL);
}
