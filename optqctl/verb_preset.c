// SPDX-License-Identifier: GPL-2.0
/* Presets as they are written, to read and to copy. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "policy.h"
#include "preset.h"
#include "term.h"
#include "verb.h"

/* Each with the classes that it makes. */
static void list_classes(const struct preset *p, struct json_object *list)
{
	struct policy policy;
	struct diags d = { 0 };
	struct source src;
	uint32_t i;

	source_from_text(&src, p->name, p->text, strlen(p->text));
	if (policy_parse(&src, &policy, &d))
		for (i = 0; i < policy.links[0].n_classes; i++)
			json_object_array_add(list, json_object_new_string(
					policy.links[0].classes[i].name));
	policy_free(&policy);
	source_free(&src);
	diags_free(&d);
}

static void print_list(struct json_object *classes, const char *name)
{
	size_t i;

	printf("%-11s", name);
	for (i = 0; i < json_object_array_length(classes); i++)
		printf(" %s", json_object_get_string(
				json_object_array_get_idx(classes, i)));
	putchar('\n');
}

static void print_all(bool json)
{
	struct json_object *all = json_object_new_array(), *o, *classes;
	const struct preset *p;
	size_t i;

	for (i = 0; (p = preset_at(i))->name; i++) {
		o = json_object_new_object();
		classes = json_object_new_array();
		list_classes(p, classes);
		json_object_object_add(o, "name", json_object_new_string(p->name));
		json_object_object_add(o, "classes", classes);
		json_object_array_add(all, o);
		if (!json)
			print_list(classes, p->name);
	}
	if (json)
		print_json(all);
	else
		json_object_put(all);
}

static void print_one(const struct preset *p, bool json)
{
	struct json_object *o;

	if (!json) {
		fputs(p->text, stdout);
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "name", json_object_new_string(p->name));
	json_object_object_add(o, "text", json_object_new_string(p->text));
	print_json(o);
}

enum exit_code verb_preset(const struct options *opt)
{
	const struct preset *p;
	char *why;

	if (!opt->argc) {
		print_all(opt->json);
		return EXIT_DONE;
	}
	p = preset_find(opt->argv[0], NULL, &why);
	if (p) {
		print_one(p, opt->json);
		return EXIT_DONE;
	}
	fputs("optqctl: ", stderr);
	term_print(stderr, why, strlen(why));
	fputc('\n', stderr);
	free(why);
	return EXIT_FAILED;
}
