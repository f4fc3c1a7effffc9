// SPDX-License-Identifier: GPL-2.0
/* Leaves in which hosts have their share first. */
#include "leaf.h"
#include "verify.h"

static const char *share_verify(const struct optq_flow_table *t,
				const struct optq_leaf *l,
				const struct optq_flow *f, u32 *refs)
{
	const struct optq_share *s = optq_share_of(t, l, f);
	int side;

	if (s->flow != f)
		return "share: of another flow";
	if (optq_tagged_linked(&s->tag) == f->fresh)
		return "share: new flow among the old, or old one without a turn";
	for (side = 0; side < 2; side++) {
		const struct optq_host *h = s->host[side];

		if (!h)
			continue;
		if (h->leaf != l->salt || (int)h->side != side || !h->flows)
			return "share: host of another leaf";
		/* Each of its flows comes by once. */
		*refs += 1;
	}
	return NULL;
}

static u32 set_members(const struct optq_tagset *set, u32 most)
{
	const struct optq_tag_group *g;
	const struct optq_list *pos;
	u32 n = 0;

	for (g = set->groups; g && n <= most; g = g->next) {
		optq_list_for_each(pos, &g->joined)
			n++;
		optq_list_for_each(pos, &g->served)
			n++;
	}
	return n;
}

const char *optq_shares_verify(const struct optq_flow_table *t,
			       const struct optq_leaf *l, u32 *refs)
{
	const struct optq_list *heads[2] = { &l->new_flows, &l->old_flows };
	u32 old = 0;
	int i;

	if (!l->by_host)
		return NULL;
	for (i = 0; i < 2; i++) {
		const struct optq_list *pos;

		optq_list_for_each(pos, heads[i]) {
			const char *why =
				share_verify(t, l, optq_list_entry(pos,
								   struct optq_flow,
								   link), refs);

			if (why)
				return why;
			old += i;
		}
	}
	return set_members(&l->shares->set, old) == old ?
	       NULL : "share: old flows and their turns differ";
}

/* refs: what the leaves' flows say. */
const char *optq_hosts_verify(const struct optq_host_table *t, u32 refs)
{
	const struct optq_host *h;
	u32 i, used = 0, flows = 0;

	if (!t->buckets)
		return NULL;
	for (i = 0; i <= t->mask; i++) {
		for (h = t->buckets[i]; h; h = h->next) {
			if (!h->flows)
				return "host: kept without a flow";
			if (++used > t->used)
				return "host: more in buckets than in use";
			flows += h->flows;
		}
	}
	if (used != t->used)
		return "host: entries leaked";
	/* Leaves out of the tree have some as well. */
	if (flows < refs)
		return "host: flows are not counted";
	return NULL;
}
