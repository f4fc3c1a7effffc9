// SPDX-License-Identifier: GPL-2.0
#include "sched.h"
#include "tree.h"
#include "../uapi/linux/optq.h"

/* Given up for one that comes: as many of the smallest as a super-packet is worth. */
#define MEMORY_DROPS_MAX	128

/* A queue that is cut gives up an eighth, and then the next one is looked at. */
#define MEMORY_TRIM_PART	8

#define MEMORY_AUTO		(32U << 20)
#define MEMORY_AUTO_RATE	(256U << 20)
/* What a frame of Ethernet takes: 2.3 kB, but more from many a driver. */
#define MEMORY_FRAME		3072ULL
/* CoDel's interval, 100 ms. */
#define MEMORY_PER_SEC		10

u32 optq_memory_auto(u32 packets, u64 rate)
{
	u64 frames = packets * MEMORY_FRAME;
	u64 flight = optq_min_u64(div64_u64(rate, MEMORY_PER_SEC),
				  MEMORY_AUTO_RATE);
	u64 most = optq_max_u64(frames, flight);

	return (u32)optq_min_u64(optq_max_u64(most, MEMORY_AUTO),
				 OPTQ_MEMORY_MAX);
}

static u64 class_weight(const struct optq_class *c)
{
	return optq_pkts_memory(c->leaf.bytes, c->leaf.packets);
}

/* A new largest figure has to be noted, and from half on who takes most. */
static void memory_watch(struct optq_memory *m)
{
	u32 used = optq_memory_used(m);

	m->look_from = m->limit ? optq_min_u32(m->most, m->limit / 2) : ~0U;
	m->left = (s64)m->look_from - used;
}

void optq_memory_set_limit(struct optq_memory *m, u32 limit)
{
	m->limit = limit;
	m->most = optq_max_u32(m->most, optq_memory_used(m));
	memory_watch(m);
}

/* A class out of the tree may be freed, and nobody would tell. */
static void note_heaviest(struct optq_memory *m, struct optq_class *c)
{
	if (c->attached && (!m->heaviest ||
			    class_weight(m->heaviest) < class_weight(c)))
		m->heaviest = c;
}

/* The heaviest of those that are known; NULL: none of them holds anything. */
static struct optq_class *memory_victim(const struct optq_tree *t,
					struct optq_class *leaf)
{
	struct optq_class *known[] = { t->memory.heaviest, t->fattest, leaf };
	struct optq_class *best = NULL;
	u64 most = 0;
	int i;

	for (i = 0; i < 3; i++) {
		if (known[i] && class_weight(known[i]) > most) {
			best = known[i];
			most = class_weight(best);
		}
	}
	return best;
}

/* Returns what the packet that was given up takes. */
static u32 give_up_for(struct optq_tree *t, struct optq_class *victim,
		       const struct optq_class *leaf, u64 now,
		       struct optq_drops *drops)
{
	optq_leaf_lack_memory(&victim->leaf);
	optq_leaf_overflow(&t->flows, &victim->leaf, true, now, drops);
	optq_count_overlimit_above(victim, 1);
	if (victim == leaf) {
		optq_leaf_counted(t, victim);
	} else {
		drops->head->flags |= OPTQ_PKT_UNHEARD;
		optq_class_requeued(t, victim, now);
	}
	return t->memory.of(drops->head);
}

static void refuse(struct optq_tree *t, struct optq_class *leaf,
		   struct optq_pkt *pkt, u64 now, struct optq_drops *drops)
{
	leaf->count.enqueued++;
	leaf->leaf.drop_overlimit++;
	optq_count_overlimit_above(leaf, 1);
	optq_drops_add(drops, pkt);
	optq_class_requeued(t, leaf, now);
}

bool optq_memory_make_room(struct optq_tree *t, struct optq_class *leaf,
			   struct optq_pkt *pkt, u64 now,
			   struct optq_drops *drops)
{
	struct optq_memory *m = &t->memory;
	u32 held = optq_memory_used(m), own = m->of(pkt), n;
	struct optq_class *victim;
	bool taken;

	note_heaviest(m, leaf);
	for (n = 0; held > m->limit && n < MEMORY_DROPS_MAX; n++) {
		victim = memory_victim(t, leaf);
		if (!victim)
			break;
		held -= give_up_for(t, victim, leaf, now, drops);
	}
	taken = held - own <= m->limit;
	if (!taken) {
		refuse(t, leaf, pkt, now, drops);
		held -= own;
	}
	m->most = optq_max_u32(m->most, held);
	memory_watch(m);
	return taken;
}

/* What is charged but given up. */
static u32 memory_dropped(const struct optq_memory *m,
			  const struct optq_drops *drops)
{
	const struct optq_pkt *pkt;
	u32 bytes = 0;

	for (pkt = drops->head; pkt; pkt = pkt->next)
		bytes += m->of(pkt);
	return bytes;
}

static void class_trim(struct optq_tree *t, struct optq_class *c, u64 cap,
		       u32 *held, u64 now, struct optq_drops *drops)
{
	if (class_weight(c) <= cap)
		return;
	while (class_weight(c) > cap && *held > t->memory.limit) {
		optq_drop_longest(t, c, true, drops);
		*held -= t->memory.of(drops->head);
	}
	optq_class_requeued(t, c, now);
}

void optq_memory_trim(struct optq_tree *t, u64 now, struct optq_drops *drops)
{
	struct optq_memory *m = &t->memory;
	struct optq_class *c;
	u32 held;
	u64 cap;

	if (m->left >= 0)
		return;
	m->heaviest = &t->direct;
	for (c = &t->root; c; c = optq_class_walk(c, &t->root))
		note_heaviest(m, c);
	held = optq_memory_used(m) - memory_dropped(m, drops);
	for (cap = class_weight(m->heaviest); cap && held > m->limit;) {
		cap -= optq_max_u64(cap / MEMORY_TRIM_PART, 1);
		for (c = &t->root; c; c = optq_class_walk(c, &t->root))
			class_trim(t, c, cap, &held, now, drops);
		class_trim(t, &t->direct, cap, &held, now, drops);
	}
}
