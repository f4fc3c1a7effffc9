/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_PLAN_VIEW_H
#define OPTQCTL_PLAN_VIEW_H

#include "apply_view.h"
#include "delta.h"

/* What apply would do to one link. */
struct plan_link {
	const struct apply_link *al;
	struct live_rules rules;	/* that are live */
	struct delta delta;
	bool compared;		/* the delta is there */
	bool lead;		/* to an ifb that is there nothing is led */
	uint64_t retired;	/* packets that wait in an ingress that the policy has not */
};

/* There is something to do. */
bool plan_has_changes(const struct plan_link *pl);
/* The ingress that the device has and the policy has not; NULL: none. */
const char *plan_retired_ifb(const struct plan_link *pl);

/* @links may be NULL: the policy was not good. */
void plan_print(const struct source *src, const struct diags *d,
		const struct plan_link *links, size_t n);
/* A list of links; what is wrong goes to standard error, as text. */
void plan_print_json(const struct source *src, const struct diags *d,
		     const struct plan_link *links, size_t n);

#endif
