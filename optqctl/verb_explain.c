// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <json-c/json.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "device.h"
#include "diag_view.h"
#include "explain_live.h"
#include "explain_view.h"
#include "mem.h"
#include "output.h"
#include "suggest.h"
#include "verb.h"

/* Changes of the tree that one question may meet. */
#define TRIES_MAX	10

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
		if (link_is_called(link, device))
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

/* The packet's words: quoted as one, or not. */
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

/* A packet, the words that describe it, and what is wrong with them. */
struct asked {
	struct source src;
	struct diags d;
};

static void asked_begin(struct asked *a, char **words, int n)
{
	char *text = join(words, n);

	memset(a, 0, sizeof(*a));
	source_from_text(&a->src, "packet", text, strlen(text));
	free(text);
}

static void asked_end(struct asked *a)
{
	diags_free(&a->d);
	source_free(&a->src);
}

static bool explain_file(const struct options *opt, struct policy *policy,
			 const struct link *link)
{
	struct explanation e;
	struct asked a;
	bool good;

	asked_begin(&a, opt->argv + 1, opt->argc - 1);
	good = explain_packet(policy, link, a.src.text, &a.d, &e);
	if (good) {
		show(opt, link, &e);
		explanation_free(&e);
	} else {
		diags_print(stderr, &a.src, &a.d);
	}
	asked_end(&a);
	return good;
}

static bool explain_by_file(const struct options *opt)
{
	const struct link *link = NULL;
	struct policy policy;
	struct source src;
	struct diags d;
	bool good;

	good = load_policy(opt->argv[0], opt->lets, &src, &policy, &d);
	if (good)
		link = find_link(&policy, opt->given[OPTION_DEV], &d);
	/* Its warnings are check's affair. */
	if (d.errors)
		diags_print(stderr, &src, &d);
	good = link && explain_file(opt, &policy, link);
	diags_free(&d);
	policy_free(&policy);
	source_free(&src);
	return good;
}

/* One try, of the tree as it is now. */
static bool explain_tree(const struct options *opt, struct nl_sock *genl, int family,
			 int ifindex, struct asked *a, struct nl_answer *answer)
{
	struct live_tree tree = { 0 };
	struct explanation e;
	struct policy policy;
	bool good = false;

	nl_answer_free(answer);
	live_read(genl, family, ifindex, &tree, answer);
	if (!answer->error) {
		policy_from_live(&policy, &tree);
		good = explain_live(genl, family, &tree, &policy, a->src.text,
				    &a->d, &e, answer);
		if (good) {
			show(opt, policy.links, &e);
			explanation_free(&e);
		}
		policy_free(&policy);
	}
	live_free(&tree);
	return good;
}

static bool explain_device(const struct options *opt, int ifindex,
			   struct nl_answer *answer)
{
	struct nl_sock *genl = nl_open(NETLINK_GENERIC);
	int family = genl ? nl_optq_family(genl, answer) : 0, tries;
	struct asked a;
	bool good = false;

	if (!genl)
		answer->error = ENOMEM;
	asked_begin(&a, opt->argv, opt->argc);
	for (tries = 0; family && !good && tries < TRIES_MAX; tries++) {
		good = explain_tree(opt, genl, family, ifindex, &a, answer);
		if (answer->error != EAGAIN)
			break;
	}
	if (answer->error == EAGAIN) {
		answer->error = EBUSY;
		answer->reason = mem_printf("the tree keeps changing");
	}
	diags_print(stderr, &a.src, &a.d);
	asked_end(&a);
	nl_socket_free(genl);
	return good;
}

static bool explain_by_kernel(const struct options *opt)
{
	struct nl_answer answer = { 0 };
	int ifindex;
	bool good;

	ifindex = device_index(opt->given[OPTION_DEV]);
	if (!ifindex) {
		complain(opt->given[OPTION_DEV], "there is no such device here");
		return false;
	}
	good = explain_device(opt, ifindex, &answer);
	if (answer.error)
		complain_of_answer(opt->given[OPTION_DEV], &answer);
	nl_answer_free(&answer);
	return good;
}

/* A policy comes first, and is a file, or named as one; a packet begins with a field. */
static bool names_file(const struct options *opt)
{
	const char *word = opt->argv[0], *dot = strrchr(word, '.');
	struct stat st;

	/* Words that are quoted as one are a packet's. */
	if (opt->argc < 2 || strchr(word, ' '))
		return false;
	return !strcmp(word, "-") || strchr(word, '/') ||
	       (!stat(word, &st) && !S_ISDIR(st.st_mode)) ||
	       (dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml")));
}

enum exit_code verb_explain(const struct options *opt)
{
	bool by_file = !opt->given[OPTION_DEV] || names_file(opt);

	if (!opt->given[OPTION_DEV] && opt->argc < 2) {
		fputs("Usage: optqctl [-j] explain FILE PACKET, or without FILE and with --dev DEVICE\n",
		      stderr);
		return EXIT_USAGE;
	}
	return (by_file ? explain_by_file(opt) : explain_by_kernel(opt)) ?
	       EXIT_DONE : EXIT_FAILED;
}
