// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "apply_kept.h"
#include "confirm_time.h"
#include "entry_arg.h"
#include "json_add.h"
#include "mem.h"
#include "output.h"
#include "takeback.h"
#include "verb.h"

/* What waits to be confirmed first of all. */
static struct entry *last_loaded(struct session *s)
{
	if (s->pending.number)
		return history_find(&s->history, s->pending.number);
	return history_last(&s->history);
}

static bool take_last_back(struct session *s, bool json)
{
	struct entry *e = last_loaded(s);
	struct json_object *o, *list;
	bool good;

	if (!e) {
		complain(NULL, "there is no policy to take back");
		return false;
	}
	list = json ? json_object_new_array() : NULL;
	good = takeback(&s->history, e, list);
	if (good)
		free(pending_clear(s->dir));
	session_unlock(s);
	if (!json) {
		if (good)
			printf("policy %u is taken back\n", e->number);
		return good;
	}
	o = json_object_new_object();
	add_number(o, "number", e->number);
	add_flag(o, "taken_back", good);
	json_object_object_add(o, "changes", list);
	print_json(o);
	return good;
}

static enum exit_code rollback_last(const struct options *opt)
{
	struct session s;
	char *why;
	bool good;

	if (opt->given[OPTION_CONFIRM]) {
		complain(NULL, "--confirm goes with \"rollback N\"");
		return EXIT_USAGE;
	}
	why = session_open(&s);
	if (why)
		complain(NULL, why);
	good = !why && take_last_back(&s, opt->json);
	free(why);
	session_close(&s);
	return good ? EXIT_DONE : EXIT_FAILED;
}

/* The kept files, read as if they were where they had been. */
static bool read_kept(struct keeping *k, struct apply *a, const char *number)
{
	struct history *h = &k->session.history;
	struct entry *e = entry_of_arg(h, number);
	char *why;

	if (!e)
		return false;
	why = history_files(h, e, &k->files);
	if (!why && !k->files.n)
		why = mem_printf("%s took the tree off %s: that is \"optqctl remove %s\"",
				 number, e->devices[0], e->devices[0]);
	if (why) {
		complain(NULL, why);
		free(why);
		return false;
	}
	k->policy = e->policy;
	if (load_kept_policy(&k->files, &a->src, &a->policy, &a->d))
		policy_keep_links(&a->policy, entry_has_link, e);
	return true;
}

static enum exit_code rollback_to(const struct options *opt)
{
	char *what = mem_printf("rollback to %s", opt->argv[0]);
	struct keeping k = { .what = what, .session.lock = -1 };
	enum exit_code code = EXIT_FAILED;
	struct apply a = { 0 };

	if (!read_confirm(opt, &k.confirm_ns)) {
		free(what);
		return EXIT_USAGE;
	}
	if (keeping_open(&k, true) && read_kept(&k, &a, opt->argv[0])) {
		if (!a.d.errors && apply_prepare(&a))
			keeping_commit(&k, &a);
		code = keeping_tell(&k, &a, opt->json);
	}
	keeping_close(&k);
	apply_free(&a);
	free(what);
	return code;
}

enum exit_code verb_rollback(const struct options *opt)
{
	return opt->argc ? rollback_to(opt) : rollback_last(opt);
}
