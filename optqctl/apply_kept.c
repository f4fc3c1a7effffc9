// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "apply_kept.h"
#include "device.h"
#include "guard.h"
#include "json_add.h"
#include "mem.h"
#include "output.h"

#define SECOND_NS	1000000000ULL

static void complain_of(const char *what, const char *why)
{
	char *text = mem_printf("%s: %s", what, why);

	complain(NULL, text);
	free(text);
}

static void complain_of_pending(const struct pending *p)
{
	char *time = clock_text(p->until), *text;

	text = mem_printf("policy %u waits to be confirmed until %s: first \"optqctl confirm\", or \"optqctl rollback\"",
			  p->number, time);
	complain(NULL, text);
	free(text);
	free(time);
}

bool keeping_open(struct keeping *k, bool must)
{
	char *why = session_open(&k->session);

	if (why) {
		complain_of(must ? "nothing can be kept" :
			    "the policy is not kept in the history", why);
		session_close(&k->session);
		k->session = (struct session){ .lock = -1 };
		free(why);
		return !must;
	}
	if (!k->session.pending.number)
		return true;
	complain_of_pending(&k->session.pending);
	return false;
}

void keeping_close(struct keeping *k)
{
	session_close(&k->session);
	kept_free(&k->files);
}

static void describe(const struct keeping *k, const struct apply *a, struct entry *e)
{
	char name[IFNAMSIZ];
	size_t i;

	e->what = mem_strndup(k->what, strlen(k->what));
	e->policy = mem_strndup(k->policy, strlen(k->policy));
	for (i = 0; i < a->policy.n_links; i++)
		entry_add_device(e, device_own_name(a->policy.links[i].device, name));
}

/* At each boot, and for each device that appears, the same one comes again. */
static bool is_in_force(struct keeping *k, const struct entry *e)
{
	struct history *h = &k->session.history;
	struct entry *now = e->n_devices ? history_now(h, e->devices[0]) : NULL;
	struct kept_files files;
	bool same;
	char *why;
	size_t i;

	for (i = 0; now && i < e->n_devices; i++)
		if (history_now(h, e->devices[i]) != now)
			return false;
	if (!now)
		return false;
	why = history_files(h, now, &files);
	same = !why && kept_same(&files, &k->files);
	free(why);
	kept_free(&files);
	return same;
}

static char *keep(struct keeping *k, struct entry *e)
{
	struct pending p = { 0 };
	char *why;

	if (!k->session.dir || (!k->confirm_ns && is_in_force(k, e)))
		return NULL;
	why = history_add(&k->session.history, e, &k->files);
	if (why)
		return why;
	k->number = e->number;
	if (!k->confirm_ns)
		return NULL;
	p.number = e->number;
	p.deadline_ns = boottime_ns() + k->confirm_ns;
	p.until = (int64_t)time(NULL) + (int64_t)(k->confirm_ns / SECOND_NS);
	k->until = p.until;
	return guard_start(k->session.dir, &p);
}

static void settle(struct keeping *k, struct apply *a, struct entry *e)
{
	char *why = NULL;

	if (a->policy.n_links && a->links->applied) {
		e->state = ENTRY_APPLIED;
		why = history_update(&k->session.history, e);
	} else {
		if (k->until)
			free(pending_clear(k->session.dir));
		history_drop(&k->session.history, e);
		k->number = 0;
		k->until = 0;
	}
	if (why)
		complain_of("the policy is not kept in the history", why);
	free(why);
}

void keeping_commit(struct keeping *k, struct apply *a)
{
	struct span nowhere = { DIAG_NOWHERE, 0 };
	struct entry e = { 0 };
	char *why;

	describe(k, a, &e);
	why = keep(k, &e);
	if (why && k->confirm_ns) {
		diag_error(&a->d, nowhere, "could not be taken back: %s", why);
		apply_undo_ingress(a);
	} else {
		if (why)
			complain_of("the policy is not kept in the history", why);
		apply_commit(a);
	}
	if (k->number)
		settle(k, a, &e);
	free(why);
	entry_free(&e);
}

static void print_until(const struct keeping *k)
{
	char *time;

	if (!k->until)
		return;
	time = clock_text(k->until);
	printf("policy %u is taken back at %s unless \"optqctl confirm\" comes before\n",
	       k->number, time);
	free(time);
}

static void print_as_json(const struct keeping *k, const struct apply *a)
{
	struct json_object *o = apply_json(&a->src, &a->d, a->links,
					   a->policy.n_links);

	if (k->number)
		add_number(o, "number", k->number);
	if (k->until)
		json_object_object_add(o, "confirm_until",
				       json_object_new_int64(k->until));
	print_json(o);
}

enum exit_code keeping_tell(struct keeping *k, struct apply *a, bool json)
{
	session_unlock(&k->session);
	diags_sort(&a->d);
	if (json) {
		print_as_json(k, a);
	} else {
		apply_print(&a->src, &a->d, a->links, a->policy.n_links);
		print_until(k);
	}
	return a->d.errors ? EXIT_FAILED : EXIT_DONE;
}
