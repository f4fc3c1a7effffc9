// SPDX-License-Identifier: GPL-2.0
/*
 * A policy out of what the kernel runs.  It is read again before it is done: what it
 * prints and "check" would not take is a failure, and printed all the same.
 */
#include <errno.h>
#include <json-c/json.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "diag_view.h"
#include "export.h"
#include "ingress_nl.h"
#include "mem.h"
#include "output.h"
#include "roots.h"
#include "policy.h"
#include "policy_write.h"
#include "verb.h"

#define TRIES_MAX	10

/* A tree to read: its device, or the one whose ingress it is, tells them apart. */
struct tree_at {
	int ifindex;
	char device[IFNAMSIZ], ingress_of[IFNAMSIZ];
	size_t order;
};

struct exporter {
	struct nl_sock *genl, *route;
	int family;
	struct tree_at *trees;
	size_t n, room;
	struct export e;
	bool failed;
};

static void fail(struct exporter *x, const char *device, struct nl_answer *answer)
{
	complain_of_answer(device, answer);
	x->failed = true;
}

static bool open_netlink(struct exporter *x)
{
	struct nl_answer answer = { 0 };

	x->genl = nl_open(NETLINK_GENERIC);
	x->route = nl_open(NETLINK_ROUTE);
	if (!x->genl || !x->route) {
		complain(NULL, "no netlink socket can be opened");
		x->failed = true;
		return false;
	}
	x->family = nl_optq_family(x->genl, &answer);
	if (!x->family)
		fail(x, NULL, &answer);
	return x->family;
}

static const char *owner(const struct tree_at *at)
{
	return *at->ingress_of ? at->ingress_of : at->device;
}

/* Both trees of a device have the place of the one that came first. */
static void add_tree(struct exporter *x, const struct root_qdisc *root)
{
	struct tree_at at = { .ifindex = root->ifindex, .order = x->n };
	size_t i;

	memcpy(at.device, root->device, sizeof(at.device));
	ingress_serves(x->route, root->ifindex, at.ingress_of,
		       sizeof(at.ingress_of));
	for (i = x->n; i-- > 0; ) {
		if (x->trees[i].ifindex == at.ifindex)
			return;
		if (!strcmp(owner(&x->trees[i]), owner(&at)))
			at.order = x->trees[i].order;
	}
	x->trees = mem_grow(x->trees, &x->room, x->n + 1, sizeof(*x->trees));
	x->trees[x->n++] = at;
}

static void find_trees(struct exporter *x, const char *device)
{
	int ifindex = device ? device_index(device) : 0;
	struct root_qdiscs roots = { 0 };
	struct nl_answer answer = { 0 };
	char *why;
	size_t i;

	roots_find(x->route, ifindex, &roots, &answer);
	for (i = 0; !answer.error && i < roots.n; i++)
		add_tree(x, &roots.list[i]);
	if (answer.error) {
		fail(x, device, &answer);
	} else if (!roots.n) {
		why = roots_none_text(device, &roots);
		complain(device, why);
		free(why);
		x->failed = true;
	}
	free(roots.list);
	nl_answer_free(&answer);
}

static int compare_trees(const void *a, const void *b)
{
	const struct tree_at *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return (*x->ingress_of != '\0') - (*y->ingress_of != '\0');
}

/* Classes and rules of one generation. */
static void read_tree(struct exporter *x, const struct tree_at *at,
		      struct live_tree *tree, struct live_rules *rules,
		      struct nl_answer *answer)
{
	int tries;

	for (tries = 0; tries < TRIES_MAX; tries++) {
		live_read(x->genl, x->family, at->ifindex, tree, answer);
		if (answer->error)
			return;
		nl_answer_free(answer);
		rules_read(x->genl, x->family, at->ifindex, rules, answer);
		/* Where there is no rule there is no generation of them. */
		if (answer->error || rules->generation == tree->generation ||
		    (!rules->n && !tree->rules))
			return;
		nl_answer_free(answer);
		live_free(tree);
	}
	answer->error = EBUSY;
}

static void export_one(struct exporter *x, const struct tree_at *at)
{
	struct nl_answer answer = { 0 };
	struct live_rules rules = { 0 };
	struct live_tree tree = { 0 };
	bool filters = false;
	char *why;

	read_tree(x, at, &tree, &rules, &answer);
	if (!answer.error)
		filters = qdisc_has_filters(x->route, at->ifindex, tree.handle,
					    &answer);
	memcpy(tree.ingress_of, at->ingress_of, sizeof(tree.ingress_of));
	if (answer.error) {
		fail(x, at->device, &answer);
	} else if (!export_tree(&x->e, &tree, &rules, &why)) {
		complain(at->device, why);
		free(why);
		x->failed = true;
	} else if (filters) {
		export_note_filters(&x->e);
	}
	nl_answer_free(&answer);
	rules_free(&rules);
	live_free(&tree);
}

static void print_notes(const struct exporter *x)
{
	const struct policy_note *note;
	const struct link *link;
	char *path, *text;
	size_t i;

	for (i = 0; i < x->e.notes.n; i++) {
		note = &x->e.notes.list[i];
		link = &x->e.policy.links[note->link];
		path = note->class_index == NO_CLASS ? NULL :
		       class_path(link, note->class_index);
		text = mem_printf("%s%s%s", path ? path : "", path ? ": " : "",
				  note->text);
		complain(link->title, text);
		free(path);
		free(text);
	}
}

/* What "check" would say of it. */
static bool reads_again(const char *text, size_t len)
{
	struct policy policy;
	struct source src;
	struct diags d = { 0 };
	bool good;

	if (len > SOURCE_MAX) {
		complain(NULL, "this policy is larger than the 1 MiB that a policy may have");
		return false;
	}
	source_from_text(&src, "<exported>", text, len);
	good = policy_parse(&src, &policy, &d);
	if (!good) {
		diags_print(stderr, &src, &d);
		complain(NULL, "the trees are none that a policy makes as they stand: see above what is to be altered");
	}
	policy_free(&policy);
	diags_free(&d);
	source_free(&src);
	return good;
}

static char *policy_text(const struct exporter *x, bool json, size_t *len)
{
	struct json_object *o;
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	if (!out)
		return NULL;
	if (json) {
		o = policy_json(&x->e.policy, NULL);
		fputs(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
				JSON_C_TO_STRING_NOSLASHESCAPE), out);
		putc('\n', out);
		json_object_put(o);
	} else {
		policy_write(out, &x->e.policy, &x->e.notes);
	}
	fclose(out);
	return text;
}

static void print_policy(struct exporter *x, bool json)
{
	size_t len = 0;
	char *text;

	export_finish(&x->e);
	text = policy_text(x, json, &len);
	if (!text) {
		complain(NULL, "out of memory");
		x->failed = true;
		return;
	}
	print_notes(x);
	fputs(text, stdout);
	if (!reads_again(text, len))
		x->failed = true;
	free(text);
}

static bool devices_are_there(struct exporter *x, const struct options *opt)
{
	int i;

	for (i = 0; i < opt->argc; i++) {
		if (device_index(opt->argv[i]))
			continue;
		complain(opt->argv[i], "there is no such device here");
		x->failed = true;
	}
	return !x->failed;
}

static void run(struct exporter *x, const struct options *opt)
{
	size_t t;
	int i;

	if (!devices_are_there(x, opt) || !open_netlink(x))
		return;
	for (i = 0; i < opt->argc; i++)
		find_trees(x, opt->argv[i]);
	if (!opt->argc)
		find_trees(x, NULL);
	if (x->n)
		qsort(x->trees, x->n, sizeof(*x->trees), compare_trees);
	/* Every device that is wrong is told, and then nothing is printed. */
	for (t = 0; t < x->n; t++)
		export_one(x, &x->trees[t]);
	if (!x->failed)
		print_policy(x, opt->json);
}

enum exit_code verb_export(const struct options *opt)
{
	const char *from = opt->given[OPTION_SETS_FROM];
	struct exporter x = { 0 };
	struct source src = { 0 };
	struct diags d = { 0 };
	struct policy policy;

	if (from && !load_policy(from, opt->lets, &src, &policy, &d)) {
		policy_free(&policy);
		x.failed = true;
	} else {
		if (from)
			export_know(&x.e, &policy);
		run(&x, opt);
	}
	/* A set may be wrong as the values of a field that nothing asked before. */
	if (d.errors)
		diags_print(stderr, &src, &d);
	export_free(&x.e);
	free(x.trees);
	nl_socket_free(x.genl);
	nl_socket_free(x.route);
	diags_free(&d);
	source_free(&src);
	return x.failed ? EXIT_FAILED : EXIT_DONE;
}
