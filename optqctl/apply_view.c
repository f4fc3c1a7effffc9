// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "apply_view.h"
#include "diag_view.h"
#include "term.h"

static void print_lost(const struct apply_link *al)
{
	const struct lost_qdisc *lost;
	size_t i;

	for (i = 0; i < al->lost.n; i++) {
		lost = &al->lost.list[i];
		printf("%s: the qdisc %s under ", al->link->title, lost->kind);
		term_print(stdout, lost->path, strlen(lost->path));
		puts(lost->class_removed ? " went with its class" :
		     " went: the class has classes below it now");
	}
}

static void print_link(const struct apply_link *al)
{
	const struct link *link = al->link;

	printf("%s: applied: %u class%s, %zu rule%s", link->title,
	       link->n_classes, link->n_classes == 1 ? "" : "es",
	       link->n_rules, link->n_rules == 1 ? "" : "s");
	if (*al->replaced)
		printf(", in place of %s", al->replaced);
	if (al->removed) {
		printf(", %zu removed (", al->removed);
		term_print(stdout, al->removed_names, strlen(al->removed_names));
		putchar(')');
	}
	if (al->dropped)
		printf(", %u waiting packet%s dropped", al->dropped,
		       al->dropped == 1 ? "" : "s");
	if (link->ingress)
		printf(", by %s", al->in.ifb);
	putchar('\n');
	print_lost(al);
	if (al->ingress_removed)
		printf("%s ingress: removed, with %s\n", link->device,
		       al->in.ifb);
}

/* What the undoing of it could not give back. */
static void print_gone(const struct apply_link *al)
{
	if (al->created && *al->replaced)
		fprintf(stderr, "%s: has its default qdisc, no longer %s\n",
			al->link->title, al->replaced);
}

void apply_print(const struct source *src, const struct diags *d,
		 const struct apply_link *links, size_t n)
{
	bool applied = links && n && links->applied;
	size_t i;

	diags_print(stderr, src, d);
	for (i = 0; applied && i < n; i++)
		print_link(&links[i]);
	if (applied || !links)
		return;
	fputs("Nothing was changed.\n", stderr);
	for (i = 0; i < n; i++)
		print_gone(&links[i]);
}

static struct json_object *lost_json(const struct lost_qdiscs *lost)
{
	struct json_object *list = json_object_new_array(), *o;
	size_t i;

	for (i = 0; i < lost->n; i++) {
		o = json_object_new_object();
		json_object_object_add(o, "class",
				       json_object_new_string(lost->list[i].path));
		json_object_object_add(o, "qdisc",
				       json_object_new_string(lost->list[i].kind));
		json_object_object_add(o, "class_removed",
				       json_object_new_boolean(lost->list[i].class_removed));
		json_object_array_add(list, o);
	}
	return list;
}

static void add_changes(struct json_object *o, const struct apply_link *al)
{
	json_object_object_add(o, "classes",
			       json_object_new_int64(al->link->n_classes));
	json_object_object_add(o, "rules",
			       json_object_new_int64((int64_t)al->link->n_rules));
	json_object_object_add(o, "removed",
			       json_object_new_int64((int64_t)al->removed));
	json_object_object_add(o, "dropped_packets",
			       json_object_new_int64(al->dropped));
	json_object_object_add(o, "qdiscs_removed", lost_json(&al->lost));
	if (al->link->ingress)
		json_object_object_add(o, "via",
				       json_object_new_string(al->in.ifb));
	if (al->ingress_removed)
		json_object_object_add(o, "ingress_removed",
				       json_object_new_string(al->in.ifb));
	if (*al->replaced)
		json_object_object_add(o, "replaced",
				       json_object_new_string(al->replaced));
}

/* What would have been changed is not told of a link that was not. */
struct json_object *apply_link_json(const struct apply_link *al)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "link", json_object_new_string(al->link->name));
	json_object_object_add(o, "device",
			       json_object_new_string(al->link->device));
	json_object_object_add(o, "direction",
			       json_object_new_string(link_direction(al->link)));
	json_object_object_add(o, "applied", json_object_new_boolean(al->applied));
	if (al->applied)
		add_changes(o, al);
	else if (al->error)
		json_object_object_add(o, "error",
				       json_object_new_string(al->error));
	return o;
}

struct json_object *apply_json(const struct source *src, const struct diags *d,
			       const struct apply_link *links, size_t n)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; links && i < n; i++)
		if (links[i].link)
			json_object_array_add(list, apply_link_json(&links[i]));
	json_object_object_add(o, "links", list);
	json_object_object_add(o, "diagnostics", diags_json(src, d));
	return o;
}
