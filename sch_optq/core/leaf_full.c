// SPDX-License-Identifier: GPL-2.0
/* Who gives way when a leaf or the table of flows is full. */
#include "leaf_flow.h"

/* The part of the room beyond which a flow pays for what comes, whoever came. */
#define LEAF_HOG_PART		8

/* Of so many packets that there is room for, those that nothing has to be decided for. */
static u32 roomy_of(u32 packets)
{
	return packets - packets / LEAF_HOG_PART;
}

void optq_leaf_set_limit(struct optq_leaf *l, u32 limit)
{
	l->limit = limit;
	l->roomy = roomy_of(limit);
}

void optq_leaf_lack_memory(struct optq_leaf *l)
{
	l->roomy = optq_min_u32(l->roomy, roomy_of(l->packets));
}

static struct optq_flow *leaf_longest(const struct optq_flow_table *t,
				      struct optq_leaf *l)
{
	struct optq_flow *best = l->fattest, *f;
	struct optq_list *pos;
	int seen = 0;

	optq_list_for_each(pos, &l->old_flows) {
		f = optq_list_entry(pos, struct optq_flow, link);
		if (!best || leaf_weight(t, l, f) > leaf_weight(t, l, best))
			best = f;
		if (++seen == LEAF_SEARCH_MAX)
			break;
	}
	optq_list_for_each(pos, &l->new_flows) {
		f = optq_list_entry(pos, struct optq_flow, link);
		if (!best || leaf_weight(t, l, f) > leaf_weight(t, l, best))
			best = f;
		if (++seen >= 2 * LEAF_SEARCH_MAX)
			break;
	}
	return best;
}

/*
 * A flow with packets, when the search above met only empty ones.  An enqueue
 * never gets here: the flow that it filled is a candidate.
 */
static struct optq_flow *leaf_any(struct optq_leaf *l)
{
	struct optq_list *heads[2] = { &l->old_flows, &l->new_flows };
	struct optq_list *pos;
	struct optq_flow *f;
	int i;

	for (i = 0; i < 2; i++) {
		optq_list_for_each(pos, heads[i]) {
			f = optq_list_entry(pos, struct optq_flow, link);
			if (f->packets)
				return f;
		}
	}
	return NULL;
}

/*
 * The new flow that has waited longest, unless it was here before.  Of a flood with a
 * flow for each packet most must go, whichever; those that stay wait least this way.
 */
static struct optq_flow *leaf_stranger(struct optq_flow_table *t,
				       struct optq_leaf *l)
{
	struct optq_list *pos, *next;
	int seen = 0;

	for (pos = l->new_flows.next; pos != &l->new_flows; pos = next) {
		struct optq_flow *f = optq_list_entry(pos, struct optq_flow,
						      link);

		next = pos->next;
		if (f->fresh && f->packets) {
			if (!optq_flow_seen(t, f))
				return f;
			leaf_make_old(t, l, f);
		}
		if (++seen == LEAF_SEARCH_MAX)
			break;
	}
	return NULL;
}

/* Whether new flows have most of the packets, if those next are like the others. */
static bool leaf_mostly_new(const struct optq_leaf *l)
{
	u64 fresh = l->flows - l->flows_old, packets = 0;
	const struct optq_list *pos;
	u32 seen = 0, passed = 0;

	optq_list_for_each(pos, &l->new_flows) {
		const struct optq_flow *f = optq_list_entry(pos,
							    struct optq_flow,
							    link);

		if (f->fresh) {
			packets += f->packets;
			seen++;
		} else {
			passed++;
		}
		if (seen == LEAF_SEARCH_MAX || passed == LEAF_SEARCH_MAX)
			break;
	}
	return packets * fresh > (u64)seen * (l->packets / 2);
}

/* Whether f takes so large a part, and if of a host with many flows, whether all do. */
static bool leaf_hogs(const struct optq_flow_table *t,
		      const struct optq_leaf *l, const struct optq_flow *f,
		      bool memory)
{
	u64 load = leaf_load(t, l, f);

	if (!memory)
		return f->packets * load > l->limit / LEAF_HOG_PART;
	return optq_pkts_memory(f->bytes, f->packets) * load >
	       optq_pkts_memory(l->bytes, l->packets) / LEAF_HOG_PART;
}

/*
 * Whose packet goes when there is no room: the longest flow's, as in RFC 8290.  But
 * where new flows take more than half of the room and no flow, or no host, a large
 * part, it is they who came together: then one of theirs, so that a flood takes no
 * room from others.
 */
static struct optq_flow *leaf_victim(struct optq_flow_table *t,
				     struct optq_leaf *l, bool memory)
{
	struct optq_flow *longest = leaf_longest(t, l), *f;

	if (longest && leaf_hogs(t, l, longest, memory))
		return longest;
	if (!leaf_mostly_new(l))
		return longest;
	f = leaf_stranger(t, l);
	return f ? f : longest;
}

/* f has given up all that it had: it is as new as it can be. */
static void leaf_give_way(struct optq_flow_table *t, struct optq_leaf *l,
			  struct optq_flow *f)
{
	/* What it sent before was sent ahead all the same. */
	if (f->fresh)
		leaf_count_ahead(t, l, f);
	if (f->blue_p)
		optq_blue_remember(t, f);
	optq_flow_note(t, f, !f->fresh);
	leaf_release(t, l, f);
	optq_leaf_repay(t, l, LEAF_SEARCH_MAX);
}

struct optq_flow *optq_leaf_drop_longest(struct optq_flow_table *t,
					 struct optq_leaf *l, bool memory,
					 struct optq_drops *drops)
{
	struct optq_flow *f = leaf_victim(t, l, memory);

	if (!f || !f->packets)
		f = leaf_any(l);
	if (!f)
		return NULL;
	l->drop_overlimit++;
	optq_drops_add(drops, leaf_pop(t, l, f));
	if (f->packets)
		return f;
	leaf_give_way(t, l, f);
	return NULL;
}

/*
 * CoDel has been telling f to slow down for a whole interval, after the one that it
 * waits: a sender that responds has.
 */
void optq_leaf_overflow(struct optq_flow_table *t, struct optq_leaf *l,
			bool memory, u64 now, struct optq_drops *drops)
{
	struct optq_flow *f = optq_leaf_drop_longest(t, l, memory, drops);
	u64 since;

	if (!f)
		return;
	since = f->codel.dropping ? f->codel.first_above_ns : 0;
	optq_blue_overflow(t, f, since ? since + l->codel.interval_ns : 0, now);
}

void optq_leaf_crowded(struct optq_flow_table *t, struct optq_leaf *l,
		       struct optq_flow *f, u64 now, struct optq_drops *drops)
{
	/* What memory had taken of it comes back. */
	if (l->roomy < roomy_of(l->limit))
		l->roomy++;
	/* Among strangers who will not come again, who has been here is no new flow. */
	if (f->fresh && optq_flow_seen(t, f) && leaf_mostly_new(l))
		leaf_make_old(t, l, f);
	if (l->packets > l->limit)
		optq_leaf_overflow(t, l, false, now, drops);
}

void optq_leaf_took_last(struct optq_flow_table *t, struct optq_leaf *l,
			 struct optq_flow *f)
{
	if (f->fresh && leaf_floods_table(t, l) && optq_flow_seen(t, f))
		leaf_make_old(t, l, f);
}

struct optq_flow *optq_leaf_make_room(struct optq_flow_table *t,
				      struct optq_leaf *l, u32 hash,
				      struct optq_drops *drops)
{
	struct optq_flow *f;

	if (!leaf_floods_table(t, l))
		return &l->shared;
	f = leaf_stranger(t, l);
	if (!f || !f->hashed || f->packets > LEAF_SEARCH_MAX)
		return &l->shared;
	while (f->packets) {
		optq_drops_add(drops, leaf_pop(t, l, f));
		l->drop_overlimit++;
	}
	leaf_give_way(t, l, f);
	return optq_flow_get(t, l, hash);
}
