// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "mem.h"
#include "output.h"
#include "removal.h"
#include "session.h"
#include "verb.h"

/* So that it can be taken back. */
static void keep(const char *device)
{
	struct kept_files none = { 0 };
	struct entry e = { .state = ENTRY_APPLIED };
	struct session s;
	char *why = session_open(&s);

	e.what = mem_printf("remove");
	e.policy = mem_printf("-");
	entry_add_device(&e, device);
	if (!why)
		why = history_add(&s.history, &e, &none);
	if (why)
		complain(NULL, why);
	free(why);
	entry_free(&e);
	session_close(&s);
}

enum exit_code verb_remove(const struct options *opt)
{
	struct removal r = { .device = opt->argv[0] };
	bool good = removal_run(&r);

	if (good && !r.egress && !r.ingress) {
		complain(r.device, "has no optq at its root, and no ingress of ours: nothing was removed");
		good = false;
	} else if (r.route) {
		if (r.egress || r.ingress)
			keep(r.device);
		if (opt->json)
			print_json(removal_json(&r));
		else
			removal_print(&r);
	}
	removal_free(&r);
	return good ? EXIT_DONE : EXIT_FAILED;
}
