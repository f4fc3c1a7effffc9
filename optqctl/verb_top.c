// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interval.h"
#include "output.h"
#include "term.h"
#include "top.h"
#include "top_nl.h"
#include "units.h"
#include "verb.h"

#define USUAL_INTERVAL_NS	1000000000ULL

static bool refuse(const char *option, const char *given, const char *why)
{
	fprintf(stderr, "optqctl: %s ", option);
	term_print(stderr, given, strlen(given));
	fprintf(stderr, ": %s\n", why);
	return false;
}

static bool read_count(const char *given, uint64_t *count)
{
	char *why;
	bool good;

	if (!given)
		return true;
	why = parse_number(given, count);
	good = !why && *count;
	if (!good)
		refuse("--count", given, why ? why : "at least 1 is needed");
	free(why);
	return good;
}

static bool read_sort(const char *given, enum top_sort *sort)
{
	return !given || top_sort_find(given, sort) ||
	       refuse("--sort", given, "rate, backlog, drops, p99, name or tree is needed");
}

/* A screen takes keys as well as it shows. */
static enum top_output choose_output(const struct options *opt)
{
	const char *term = getenv("TERM");

	if (opt->json)
		return TOP_JSON;
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term &&
	       strcmp(term, "dumb") ? TOP_SCREEN : TOP_PLAIN;
}

static enum exit_code run(struct top *t, struct top_nl *nl,
			  const struct options *opt, uint64_t count)
{
	struct top_source source = { top_nl_read, top_nl_next, nl };

	if (!top_nl_open(nl)) {
		complain(NULL, "no netlink socket can be opened");
		return EXIT_FAILED;
	}
	if (!top_take(t, &source)) {
		complain(NULL, t->why);
		return EXIT_FAILED;
	}
	if (top_run(t, &source, choose_output(opt), count))
		return EXIT_DONE;
	complain(NULL, "no timer can be opened");
	return EXIT_FAILED;
}

enum exit_code verb_top(const struct options *opt)
{
	struct top_nl nl = { .device = opt->argc ? opt->argv[0] : NULL };
	struct top t = { .interval_ns = USUAL_INTERVAL_NS };
	enum exit_code code;
	uint64_t count = 0;

	if (!interval_read(opt, &t.interval_ns) ||
	    !read_count(opt->given[OPTION_COUNT], &count) ||
	    !read_sort(opt->given[OPTION_SORT], &t.model.sort))
		return EXIT_USAGE;
	code = run(&t, &nl, opt, count);
	top_nl_close(&nl);
	top_free(&t);
	return code;
}
