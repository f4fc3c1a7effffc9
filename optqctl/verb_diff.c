// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag_view.h"
#include "entry_arg.h"
#include "mem.h"
#include "output.h"
#include "policy_delta.h"
#include "session.h"
#include "verb.h"

struct side {
	struct source src;
	struct policy policy;
	struct diags d;
};

/* A file of that name is meant before a number of the history. */
static bool is_number(const char *arg)
{
	return arg[strspn(arg, "0123456789")] == '\0' && access(arg, F_OK);
}

static bool load_kept(struct side *s, struct history *h, const char *number)
{
	struct kept_files files;
	struct entry *e = entry_of_arg(h, number);
	bool good = false;
	char *why;

	if (!e)
		return false;
	why = history_files(h, e, &files);
	if (!why && !files.n)
		why = mem_printf("policy %s took a tree off: there is nothing to compare", number);
	if (why)
		complain(NULL, why);
	else
		good = load_kept_policy(&files, &s->src, &s->policy, &s->d);
	free(why);
	kept_free(&files);
	return good;
}

static bool read_kept(struct side *s, const char *number)
{
	struct session session;
	char *why = session_open(&session);
	bool good = !why && load_kept(s, &session.history, number);

	if (why)
		complain(NULL, why);
	free(why);
	session_close(&session);
	return good;
}

/* Of what cannot be compared all mistakes are told; warnings are check's affair. */
static bool read_side(struct side *s, const char *arg, const struct options *opt)
{
	bool good;

	memset(s, 0, sizeof(*s));
	good = is_number(arg) ? read_kept(s, arg) :
	       load_policy(arg, opt->lets, &s->src, &s->policy, &s->d);
	if (s->d.errors)
		diags_print(stderr, &s->src, &s->d);
	return good;
}

static void free_side(struct side *s)
{
	diags_free(&s->d);
	policy_free(&s->policy);
	source_free(&s->src);
}

enum exit_code verb_diff(const struct options *opt)
{
	struct policy_delta pd;
	struct side old, new;
	bool good;

	good = read_side(&old, opt->argv[0], opt);
	good &= read_side(&new, opt->argv[1], opt);
	if (good) {
		policy_delta_make(&old.policy, &new.policy, &pd);
		if (opt->json)
			print_json(policy_delta_json(&pd));
		else
			policy_delta_print(stdout, &pd);
		policy_delta_free(&pd);
	}
	free_side(&old);
	free_side(&new);
	return good ? EXIT_DONE : EXIT_FAILED;
}
