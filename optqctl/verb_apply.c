// SPDX-License-Identifier: GPL-2.0
#include "apply.h"
#include "apply_kept.h"
#include "confirm_time.h"
#include "verb.h"

static bool run(struct apply *a, struct keeping *k, const struct options *opt)
{
	bool good;

	kept_record(&k->files);
	kept_set_lets(&k->files, opt->lets);
	good = load_policy(opt->argv[0], opt->lets, &a->src, &a->policy, &a->d);
	kept_record(NULL);
	if (!good || !apply_choose_links(a, opt))
		return true;
	if (!keeping_open(k, k->confirm_ns))
		return false;
	if (apply_prepare(a))
		keeping_commit(k, a);
	return true;
}

enum exit_code verb_apply(const struct options *opt)
{
	struct keeping k = {
		.what = "apply", .policy = opt->argv[0], .session.lock = -1,
	};
	struct apply a = { 0 };
	enum exit_code code;

	if (!read_confirm(opt, &k.confirm_ns))
		return EXIT_USAGE;
	code = run(&a, &k, opt) ? keeping_tell(&k, &a, opt->json) : EXIT_FAILED;
	keeping_close(&k);
	apply_free(&a);
	return code;
}
