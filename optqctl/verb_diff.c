// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "diag_view.h"
#include "output.h"
#include "policy_delta.h"
#include "verb.h"

struct side {
	struct source src;
	struct policy policy;
	struct diags d;
};

/* Of what cannot be compared all mistakes are told; warnings are check's affair. */
static bool read_side(struct side *s, const char *path)
{
	bool good = load_policy(path, &s->src, &s->policy, &s->d);

	if (!good)
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

	good = read_side(&old, opt->argv[0]);
	good &= read_side(&new, opt->argv[1]);
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
