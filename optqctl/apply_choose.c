// SPDX-License-Identifier: GPL-2.0
/* Of a policy's links, those that this apply is about. */
#include <net/if.h>

#include "apply.h"
#include "device.h"

struct choice {
	struct apply *a;
	const char *only;	/* device or name; NULL: any */
	int only_index;		/* of that device, 0: not here */
	bool present;
	size_t named;		/* links that --dev is about */
	size_t told;		/* where the last device stands that is not there */
};

/* Also where the policy has another name of the device. */
static bool is_named(const struct choice *c, const struct link *link)
{
	return !c->only || link_is_called(link, c->only) ||
	       (c->only_index && device_index(link->device) == c->only_index);
}

static bool is_chosen(const struct link *link, void *arg)
{
	struct choice *c = arg;

	if (!is_named(c, link))
		return false;
	c->named++;
	if (!c->present || if_nametoindex(link->device))
		return true;
	/* A device's two trees have one place. */
	if (c->told != link->device_at.off)
		diag_warning(&c->a->d, link->device_at,
			     "there is no device \"%s\" here: left out",
			     link->device);
	c->told = link->device_at.off;
	return false;
}

bool apply_choose_links(struct apply *a, const struct options *opt)
{
	struct span nowhere = { DIAG_NOWHERE, 0 };
	struct choice c = {
		.a = a, .only = opt->given[OPTION_DEV],
		.present = opt->given[OPTION_PRESENT],
		.told = DIAG_NOWHERE,
	};

	if (c.only)
		c.only_index = device_index(c.only);
	policy_keep_links(&a->policy, is_chosen, &c);
	if (c.only && !c.named && !c.present)
		diag_error(&a->d, nowhere, "there is no link on \"%s\"", c.only);
	return a->policy.n_links;
}
