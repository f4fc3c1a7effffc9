/* SPDX-License-Identifier: GPL-2.0 */
/* The live tree, again and again: on a terminal, as text, as JSON. */
#ifndef OPTQCTL_TOP_H
#define OPTQCTL_TOP_H

#include "top_model.h"

/* Where the trees come from. */
struct top_source {
	/* False, and why, to be freed: there is none now. */
	bool (*read)(void *arg, struct live_tree *tree, char **why);
	void (*next)(void *arg);	/* to the next tree, round and round */
	void *arg;
};

enum top_prompt { TOP_KEYS, TOP_HELP, TOP_FILTER };

struct top {
	struct sampler sampler;
	struct top_model model;
	uint64_t interval_ns;
	bool paused;
	enum top_prompt prompt;	/* what keys are for */
	char *typed;		/* of a filter */
	char *why;		/* there is no tree now; NULL: there is one */
	char *news;		/* what has changed, or NULL */
	uint64_t news_ns;	/* since when */
};

/* How it is shown; the screen takes keys as well. */
enum top_output { TOP_SCREEN, TOP_PLAIN, TOP_JSON };

/* A snapshot more; false: there is none, and @t->why says why. */
bool top_take(struct top *t, const struct top_source *source);
/*
 * Goes on from the first snapshot until q or a signal, or for @count intervals, 0:
 * without end.  False: the system has no timer for it.
 */
bool top_run(struct top *t, const struct top_source *source,
	     enum top_output output, uint64_t count);
void top_free(struct top *t);

#endif
