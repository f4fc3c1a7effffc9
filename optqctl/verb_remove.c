// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "apply_kept.h"
#include "device.h"
#include "mem.h"
#include "output.h"
#include "removal.h"
#include "verb.h"

/* So that it can be taken back. */
static void keep(struct session *s, const char *device)
{
	struct kept_files none = { 0 };
	struct entry e = { .state = ENTRY_APPLIED };
	char *why;

	e.what = mem_printf("remove");
	e.policy = mem_printf("-");
	entry_add_device(&e, device);
	why = history_add(&s->history, &e, &none);
	if (why)
		complain(NULL, why);
	free(why);
	entry_free(&e);
}

static bool remove_trees(struct removal *r, struct session *s)
{
	char name[IFNAMSIZ];
	bool good;

	/* Before it goes: an altname goes with the device. */
	device_own_name(r->device, name);
	good = removal_run(r);
	if (good && !r->egress && !r->ingress) {
		complain(r->device, "has no optq at its root, and no ingress of ours: nothing was removed");
		return false;
	}
	if (s->dir && (r->egress || r->ingress))
		keep(s, name);
	return good;
}

enum exit_code verb_remove(const struct options *opt)
{
	struct keeping k = { .session.lock = -1 };
	struct removal r = { .device = opt->argv[0] };
	bool good = keeping_open(&k, false) && remove_trees(&r, &k.session);

	session_unlock(&k.session);
	if (r.egress || r.ingress) {
		if (opt->json)
			print_json(removal_json(&r));
		else
			removal_print(&r);
	}
	removal_free(&r);
	keeping_close(&k);
	return good ? EXIT_DONE : EXIT_FAILED;
}
