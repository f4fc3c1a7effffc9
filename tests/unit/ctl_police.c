// SPDX-License-Identifier: GPL-2.0
/* The key "police" of a policy, on its way to the kernel and back to a reader. */
#include <json-c/json.h>
#include <linux/optq.h>
#include <stdio.h>

#include "ctl_message.h"
#include "ctl_tree.h"
#include "live.h"
#include "show_view.h"

static const char policy[] =
	"optq: 1\nlinks:\n  w:\n    egress:\n      police: 8mbit\n"
	"      default: d\n      classes:\n"
	"        a: {police: {cir: 8bit, cbs: 4294967295, ebs: 1, colour: aware,"
	" conform: dscp af11, exceed: class top/b pcp 0, violate: pass}, match: tcp}\n"
	"        top:\n"
	"          police: {cir: 1mbit, pir: 1tbit, pbs: 3kb, colour: blind}\n"
	"          classes: { b: , c: {match: udp} }\n"
	"        d: {police: {each: dst-host, eir: 1mbit, exceed: drop, prefix4: 0, prefix6: 48, entries: 7}}\n";

static void assert_act(const struct live_act *act, bool drop, uint8_t dscp,
		       uint8_t pcp, uint32_t class_id)
{
	assert_int_equal(act->drop, drop);
	assert_int_equal(act->dscp, dscp);
	assert_int_equal(act->pcp, pcp);
	assert_int_equal(act->class_id, class_id);
}

static void assert_first_class(const struct live_police *p, uint32_t b)
{
	assert_int_equal(p->cir, 1);
	assert_int_equal(p->cbs, UINT32_MAX);
	assert_int_equal(p->ebs, 1);
	assert_int_equal(p->eir | p->pir | p->pbs | p->each, 0);
	assert_int_equal(p->colour, OPTQ_POLICE_AWARE);
	assert_act(&p->act[0], false, 1 + 10, 0, 0);
	assert_act(&p->act[1], false, 0, 1 + 0, b);
	assert_act(&p->act[2], false, 0, 0, 0);
}

static void assert_others(const struct live_police *top,
			  const struct live_police *d)
{
	assert_int_equal(top->cir, 125000);
	assert_int_equal(top->pir, OPTQ_RATE_MAX);
	assert_int_equal(top->pbs, 3072);
	assert_int_equal(top->cbs, 0);
	assert_int_equal(top->colour, OPTQ_POLICE_BLIND);
	assert_act(&top->act[1], false, 0, 0, 0);
	assert_act(&top->act[2], true, 0, 0, 0);
	assert_int_equal(d->eir, 125000);
	assert_int_equal(d->cir, 0);
	assert_int_equal(d->each, OPTQ_POLICE_EACH_DST);
	assert_int_equal(d->prefix4, 0);
	assert_int_equal(d->prefix6, 48);
	assert_int_equal(d->entries, 7);
	assert_act(&d->act[1], true, 0, 0, 0);
}

static void assert_shown(struct live_tree *tree)
{
	char *shown = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&shown, &n);

	tree->police->stats.green_bytes = 1500;
	tree->police->stats.refused = 2;
	print_tree(out, tree);
	fclose(out);
	assert_non_null(strstr(shown, "\n  police cir 8mbit cbs 0\n"
			       "    green 1.5k yellow 0 red 0 refused 2\n  a "));
	assert_non_null(strstr(shown, "\n    police cir 8bit cbs 4.29G ebs 1 colour aware"
			       " conform dscp af11 exceed pcp 0\n      class b violate pass\n"
			       "      green 0 yellow 0 red 0\n  top "));
	assert_non_null(strstr(shown, " pir 1tbit pbs 3.07k colour blind\n"));
	assert_non_null(strstr(shown, "\n    police each dst-host eir 1mbit ebs 0 exceed drop\n"
			       "      green 0 yellow 0 red 0 addresses 0\n"));
	free(shown);
}

static const char *text_at(struct json_object *o, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) ? json_object_get_string(v) :
						       NULL;
}

static void assert_json(const struct live_tree *tree)
{
	struct json_object *o = tree_json(tree), *p, *s;

	assert_true(json_object_object_get_ex(o, "police", &p));
	assert_string_equal(text_at(p, "rfc"), "2697");
	assert_string_equal(text_at(p, "cir_bps"), "8000000");
	assert_string_equal(text_at(p, "conform"), "pass");
	assert_string_equal(text_at(p, "violate"), "drop");
	assert_null(text_at(p, "each"));
	assert_true(json_object_object_get_ex(p, "stats", &s));
	assert_string_equal(text_at(s, "green_bytes"), "1500");
	assert_string_equal(text_at(s, "refused_packets"), "2");
	json_object_put(o);
}

/* There and back: the tree that is sent, read as the kernel's answer. */
static void the_kernel_is_told_what_was_said(void **state)
{
	struct nlattr *tb[OPTQ_LINK_A_MAX + 1];
	struct live_tree tree = { .device = "w" };
	struct nl_msg *msg;
	struct reading r;

	(void)state;
	read_text(&r, policy);
	assert_good(&r);
	/* Nothing leads to b but the policer: no warning. */
	assert_int_equal(r.d.n, 0);
	msg = message(&r.policy.links[0]);
	message_link(msg, tb);
	tree.police = police_get(tb[OPTQ_LINK_A_POLICE]);
	assert_int_equal(tree.police->cir, 1000000);
	message_classes(msg, &tree, 5);
	assert_first_class(tree.classes[0].police, tree.classes[2].id);
	assert_others(tree.classes[1].police, tree.classes[4].police);
	assert_null(tree.classes[2].police);
	assert_shown(&tree);
	assert_json(&tree);
	live_free(&tree);
	nlmsg_free(msg);
	reading_free(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_is_told_what_was_said),
	};

	return cmocka_run_group_tests_name("ctl_police", tests, NULL, NULL);
}
