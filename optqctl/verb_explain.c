// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag_view.h"
#include "explain_view.h"
#include "mem.h"
#include "suggest.h"
#include "verb.h"

static const struct span nowhere = { DIAG_NOWHERE, 0 };

/* By its device or its name; a policy with one link needs no word. */
static const struct link *find_link(const struct policy *policy,
				    const char *device, struct diags *d)
{
	struct suggestion near;
	const struct link *link;
	size_t i;

	if (!device && policy->n_links == 1)
		return policy->links;
	if (!device) {
		diag_error(d, nowhere, "the policy has %zu links: name one with --dev",
			   policy->n_links);
		return NULL;
	}
	suggest_begin(&near, device);
	for (i = 0; i < policy->n_links; i++) {
		link = &policy->links[i];
		if (!strcmp(link->device, device) || !strcmp(link->name, device))
			return link;
		suggest_offer(&near, link->device);
	}
	if (suggest_end(&near))
		diag_error(d, nowhere, "there is no link on \"%s\": did you mean \"%s\"?",
			   device, suggest_end(&near));
	else
		diag_error(d, nowhere, "there is no link on \"%s\"", device);
	return NULL;
}

/* The words behind the file's name: quoted as one, or not. */
static char *join(char **argv, int n)
{
	char *text = mem_strndup("", 0), *longer;
	int i;

	for (i = 0; i < n; i++) {
		longer = mem_printf("%s%s%s", text, i ? " " : "", argv[i]);
		free(text);
		text = longer;
	}
	return text;
}

static void show(const struct options *opt, const struct link *link,
		 const struct explanation *e)
{
	struct json_object *o;

	if (!opt->json) {
		explain_print(stdout, link, e);
		return;
	}
	o = explain_json(link, e);
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

/* Only the words of the packet can be wrong here. */
static bool explain_text(const struct options *opt, struct policy *policy,
			 const struct link *link)
{
	struct diags d = { 0 };
	struct explanation e;
	struct source src;
	char *text = join(opt->argv + 1, opt->argc - 1);
	bool good;

	source_from_text(&src, "packet", text, strlen(text));
	good = explain_packet(policy, link, src.text, &d, &e);
	if (good) {
		show(opt, link, &e);
		explanation_free(&e);
	} else {
		diags_print(stderr, &src, &d);
	}
	diags_free(&d);
	source_free(&src);
	free(text);
	return good;
}

enum exit_code verb_explain(const struct options *opt)
{
	const struct link *link = NULL;
	struct policy policy;
	struct source src;
	struct diags d;
	bool good;

	good = load_policy(opt->argv[0], &src, &policy, &d);
	if (good)
		link = find_link(&policy, opt->device, &d);
	/* Its warnings are check's affair. */
	if (d.errors)
		diags_print(stderr, &src, &d);
	good = link && explain_text(opt, &policy, link);
	diags_free(&d);
	policy_free(&policy);
	source_free(&src);
	return good ? EXIT_DONE : EXIT_FAILED;
}
