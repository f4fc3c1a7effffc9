/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_APPLY_VIEW_H
#define OPTQCTL_APPLY_VIEW_H

#include <stddef.h>

#include "diag.h"
#include "ingress_nl.h"
#include "link_nl.h"
#include "live.h"
#include "lost.h"
#include "match_rules.h"

struct json_object;
struct source;

/* What became of one link. */
struct apply_link {
	const struct link *link;
	int device;		/* index of the link's device */
	int ifindex;		/* of what the tree stands on: that, or an ifb */
	struct live_tree live;	/* what runs there */
	struct match_rules rules;	/* the link's, as this kernel takes them */
	struct ingress in;	/* of an ingress; of a link without one: what goes */
	bool ifb_made;		/* for it, and to go again where it fails */
	bool ingress_removed;
	bool create;		/* the device has no optq yet */
	char replaced[32];	/* kind of the configured qdisc that goes */
	uint32_t replaced_waiting;	/* packets in it, or in the default one */
	size_t removed;		/* live classes that the policy does not have */
	char *removed_names;	/* of the first of them */
	struct lost_qdiscs lost;
	uint32_t dropped;	/* packets that the change lost */
	uint32_t generation;
	struct tree_result checked;	/* what the kernel answered last */
	char *error;		/* why not; NULL: another link failed, or the policy */
	uint32_t created;	/* handle of the optq that was made for it, or 0 */
	bool applied;
};

/* @links may be NULL: the policy was not good. */
void apply_print(const struct source *src, const struct diags *d,
		 const struct apply_link *links, size_t n);
struct json_object *apply_json(const struct source *src, const struct diags *d,
			       const struct apply_link *links, size_t n);
struct json_object *apply_link_json(const struct apply_link *al);

#endif
