// SPDX-License-Identifier: GPL-2.0
/* The key "memory" of a policy, on its way to the kernel, and what is told of it. */
#include <linux/optq.h>
#include <json-c/json.h>
#include <stdio.h>

#include "ctl_message.h"
#include "ctl_tree.h"
#include "live.h"
#include "show_view.h"

#define POLICY(memory) \
	"optq: 1\nlinks:\n  w:\n    egress:\n" memory \
	"      default: d\n      classes:\n        d:\n"

/* 0: the kernel is told nothing. */
static uint32_t told(const char *policy)
{
	struct nlattr *tb[OPTQ_LINK_A_MAX + 1];
	struct nl_msg *msg;
	struct reading r;
	uint32_t bytes;

	read_text(&r, policy);
	assert_good(&r);
	msg = message(&r.policy.links[0]);
	message_link(msg, tb);
	bytes = tb[OPTQ_LINK_A_MEMORY] ? nla_get_u32(tb[OPTQ_LINK_A_MEMORY]) : 0;
	nlmsg_free(msg);
	reading_free(&r);
	return bytes;
}

static void the_kernel_is_told_what_was_said(void **state)
{
	(void)state;
	assert_int_equal(told(POLICY("      memory: 32mb\n")), 32 << 20);
	assert_int_equal(told(POLICY("      memory: 65536\n")), OPTQ_MEMORY_MIN);
	assert_int_equal(told(POLICY("")), 0);
}

/* The link's line, or NULL. */
static char *memory_line(const struct live_tree *tree)
{
	char *text = NULL, *line, *copy = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	print_tree(out, tree);
	fclose(out);
	line = strstr(text, "\n  memory ");
	if (line)
		copy = mem_strndup(line + 1, strcspn(line + 1, "\n"));
	free(text);
	return copy;
}

static void assert_shown(const struct live_tree *tree, const char *want)
{
	char *line = memory_line(tree);

	if (want)
		assert_string_equal(line, want);
	else
		assert_null(line);
	free(line);
}

static void it_is_shown_where_it_matters(void **state)
{
	struct live_tree tree = { .device = "w" };

	(void)state;
	assert_shown(&tree, NULL);	/* an older kernel */
	tree.stats.memory_limit_bytes = 32000000;
	tree.stats.memory_max_bytes = 16000000;
	assert_shown(&tree, NULL);
	tree.stats.memory_max_bytes++;
	assert_shown(&tree, "  memory 0 of 32M, most 16M");
	tree.stats.memory_max_bytes = 0;
	tree.memory = 32000000;
	assert_shown(&tree, "  memory 0 of 32M, most 0");
}

static uint64_t number_at(struct json_object *o, const char *key)
{
	struct json_object *v;

	assert_true(json_object_object_get_ex(o, key, &v));
	return (uint64_t)json_object_get_int64(v);
}

static void json_has_it_of_the_link(void **state)
{
	struct live_tree tree = { .device = "w" };
	struct json_object *o, *c;

	(void)state;
	tree.stats.memory_bytes = 3;
	tree.stats.memory_max_bytes = 4;
	tree.stats.memory_limit_bytes = 5;
	add_leaf(&tree);
	o = tree_json(&tree);
	assert_int_equal(number_at(o, "memory_limit_bytes"), 5);
	assert_true(json_object_object_get_ex(o, "stats", &c));
	assert_int_equal(number_at(c, "memory_bytes"), 3);
	assert_int_equal(number_at(c, "memory_max_bytes"), 4);
	assert_true(json_object_object_get_ex(o, "classes", &c));
	assert_true(json_object_object_get_ex(json_object_array_get_idx(c, 0),
					      "stats", &c));
	assert_false(json_object_object_get_ex(c, "memory_bytes", NULL));
	json_object_put(o);
	live_free(&tree);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_is_told_what_was_said),
		cmocka_unit_test(it_is_shown_where_it_matters),
		cmocka_unit_test(json_has_it_of_the_link),
	};

	return cmocka_run_group_tests_name("ctl_memory", tests, NULL, NULL);
}
