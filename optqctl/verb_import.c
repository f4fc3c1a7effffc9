// SPDX-License-Identifier: GPL-2.0
/*
 * A policy from what others set up.  It is read again before it is done: what "check"
 * would not take is a failure, and printed all the same.
 */
#include <json-c/json.h>
#include <stdlib.h>

#include "diag_view.h"
#include "import_live.h"
#include "import_script.h"
#include "import_text.h"
#include "import_view.h"
#include "json_add.h"
#include "output.h"
#include "qdisc_nl.h"
#include "verb.h"

struct import {
	const struct options *opt;
	struct source script;		/* name NULL: none */
	struct foreign f;
	struct import_notes notes;
	struct import_text made;
};

static const struct source *script_of(const struct import *im)
{
	return im->script.name ? &im->script : NULL;
}

static bool read_script(struct import *im, const char *path)
{
	char *why = source_read_script(&im->script, path);

	if (why) {
		complain(source_label(path), why);
		free(why);
		return false;
	}
	import_script(&im->script, &im->f, &im->notes);
	return true;
}

/* Roots without a number are those that the kernel gives by itself. */
static void read_all(struct import *im, struct nl_sock *route, struct nl_answer *answer)
{
	struct root_qdiscs roots = { 0 };
	size_t i;

	qdisc_list(route, 0, &roots, answer);
	for (i = 0; i < roots.n && !answer->error; i++)
		if (roots.list[i].handle)
			import_live(route, roots.list[i].device, &im->f, answer);
	free(roots.list);
}

static bool read_kernel(struct import *im)
{
	struct nl_sock *route = nl_open(NETLINK_ROUTE);
	struct nl_answer answer = { 0 };
	int i;

	if (!route) {
		complain(NULL, "no netlink socket can be opened");
		return false;
	}
	if (!im->opt->argc)
		read_all(im, route, &answer);
	for (i = 0; i < im->opt->argc && !answer.error; i++)
		import_live(route, im->opt->argv[i], &im->f, &answer);
	nl_socket_free(route);
	foreign_settle(&im->f);
	if (!answer.error)
		return true;
	complain_of_answer(NULL, &answer);
	return false;
}

static void print(const struct import *im)
{
	struct json_object *o;

	if (!im->opt->json) {
		import_notes_print(stderr, script_of(im), &im->notes);
		fputs(im->made.text, stdout);
	} else {
		o = json_object_new_object();
		add_text(o, "policy", im->made.text);
		json_object_object_add(o, "notes",
				       import_notes_json(script_of(im), &im->notes));
		print_json(o);
	}
	if (!im->made.good)
		diags_print(stderr, &im->made.src, &im->made.d);
}

enum exit_code verb_import(const struct options *opt)
{
	const char *script = opt->given[OPTION_SCRIPT];
	struct import im = { .opt = opt };
	bool good = script ? read_script(&im, script) : read_kernel(&im);

	if (good) {
		import_text_make(&im.made, &im.f, script_of(&im), opt->argv,
				 (size_t)opt->argc, &im.notes);
		good = im.made.good;
		if (im.made.text) {
			print(&im);
		} else {
			import_notes_print(stderr, script_of(&im), &im.notes);
			complain(script, "there is no tree of another qdisc to import");
		}
	}
	import_text_free(&im.made);
	foreign_free(&im.f);
	import_notes_free(&im.notes);
	source_free(&im.script);
	return good ? EXIT_DONE : EXIT_FAILED;
}
