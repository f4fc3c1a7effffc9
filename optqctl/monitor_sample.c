// SPDX-License-Identifier: GPL-2.0
/* What lasts: drops, and guarantees that are missed, found between two samples. */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "monitor_events.h"
#include "units.h"

#define SECOND_NS	1000000000ULL

/* What an ACK filter takes out is not lost. */
static uint64_t class_drops(const struct optq_stats *s)
{
	return s->drop_overlimit + s->drop_aqm + s->drop_blue + s->drop_other;
}

/* Of inner classes too: what waits in all leaves below. */
static uint64_t *find_backlogs(const struct live_tree *tree)
{
	uint64_t *backlog = mem_zalloc(tree->n, sizeof(*backlog));
	uint32_t steps;
	size_t i, at;

	for (i = 0; i < tree->n; i++) {
		if (!tree->classes[i].stats.backlog_packets)
			continue;
		for (at = i, steps = 0; at != SIZE_MAX && steps < OPTQ_DEPTH_MAX;
		     at = tree->classes[at].parent_index, steps++)
			backlog[at] += tree->classes[i].stats.backlog_packets;
	}
	return backlog;
}

static bool too_many(const struct drops_limit *limit, uint64_t drops,
		     uint64_t packets, uint64_t ns)
{
	switch (limit->unit) {
	case DROPS_SHARE:
		return (double)drops * 100 * PERCENT >
		       (double)limit->value * (double)(packets + drops);
	case DROPS_PER_SECOND:
		return (double)drops * SECOND_NS >
		       (double)limit->value * (double)ns;
	case DROPS_PER_SAMPLE:
		break;
	}
	return drops > limit->value;
}

/*
 * The kernel knows when a class was last behind its rate by more than its burst and a
 * packet.  That alone may have been a moment: it counts when packets waited before and
 * after, and less than its rate was sent in between.
 */
static bool missed(const struct live_class *c, const struct class_watch *before,
		   uint64_t backlog, uint64_t ns)
{
	uint64_t sent = c->stats.bytes - before->bytes;

	return c->rate && c->rate == before->rate && backlog && before->backlog &&
	       c->stats.guarantee_missed_ns && c->stats.guarantee_missed_ns <= ns &&
	       (double)sent * 100 * SECOND_NS <
	       (double)c->rate * MONITOR_MET * (double)ns;
}

static struct event class_event(enum event_kind kind, const struct monitor_dev *dev,
				const struct class_watch *w)
{
	struct event ev = monitor_event(kind, dev);

	ev.path = w->path;
	ev.class_id = w->id;
	ev.rate = w->rate;
	return ev;
}

static void tell(struct monitor *m, struct event ev, const struct episode *e)
{
	ev.ns = e->ns;
	ev.packets = e->packets;
	ev.drops = e->drops;
	ev.bytes = e->bytes;
	m->emit(&ev, m->arg);
}

struct sample {
	uint64_t since_ns, now_ns;
	uint64_t packets, drops, bytes;
};

static void episode_add(struct episode *e, const struct sample *s, bool bad)
{
	e->run_packets += s->packets;
	e->run_drops += s->drops;
	e->run_bytes += s->bytes;
	e->calm = bad ? 0 : e->calm + 1;
	if (!bad)
		return;
	e->ns = s->now_ns - e->since_ns;
	e->packets = e->run_packets;
	e->drops = e->run_drops;
	e->bytes = e->run_bytes;
}

/* The kind after @began is that of its end. */
static void judge(struct monitor *m, struct monitor_dev *dev,
		  struct class_watch *w, struct episode *e,
		  enum event_kind began, const struct sample *s, bool bad)
{
	if (!e->on && !bad)
		return;
	if (!e->on) {
		memset(e, 0, sizeof(*e));
		e->on = true;
		e->since_ns = s->since_ns;
		episode_add(e, s, true);
		tell(m, class_event(began, dev, w), e);
		return;
	}
	episode_add(e, s, bad);
	if (e->calm < MONITOR_CALM)
		return;
	e->on = false;
	tell(m, class_event(began + 1, dev, w), e);
}

static void compare(struct monitor *m, struct monitor_dev *dev, size_t at,
		    struct class_watch *w, const struct class_watch *now,
		    uint64_t now_ns)
{
	const struct live_class *c = &dev->tree.classes[at];
	struct sample s = {
		.since_ns = dev->sampled_ns, .now_ns = now_ns,
		.packets = now->packets - w->packets,
		.drops = now->drops - w->drops,
		.bytes = now->bytes - w->bytes,
	};
	uint64_t ns = now_ns - dev->sampled_ns;
	bool drops = c->leaf && too_many(&m->limit, s.drops, s.packets, ns);
	bool misses = missed(c, w, now->backlog, ns);

	if ((drops || misses) && !w->path)
		w->path = live_path(&dev->tree, at);
	judge(m, dev, w, &w->dropping, EVENT_DROPS_BEGAN, &s, drops);
	judge(m, dev, w, &w->missing, EVENT_GUARANTEE_MISSED, &s, misses);
	if (!w->dropping.on && !w->missing.on) {
		free(w->path);
		w->path = NULL;
	}
}

/* Another class with the same id begins anew. */
static bool same_class(const struct class_watch *before,
		       const struct class_watch *now)
{
	return now->packets >= before->packets && now->bytes >= before->bytes &&
	       now->drops >= before->drops;
}

static void end_episode(struct monitor *m, struct monitor_dev *dev,
			struct class_watch *w, struct episode *e,
			enum event_kind over)
{
	struct event ev = class_event(over, dev, w);

	if (!e->on)
		return;
	e->on = false;
	ev.class_gone = true;
	tell(m, ev, e);
}

static void watch_end(struct monitor *m, struct monitor_dev *dev,
		      struct class_watch *w)
{
	end_episode(m, dev, w, &w->dropping, EVENT_DROPS_OVER);
	end_episode(m, dev, w, &w->missing, EVENT_GUARANTEE_MET);
	free(w->path);
	w->path = NULL;
}

void monitor_unsample(struct monitor *m, struct monitor_dev *dev)
{
	size_t i;

	for (i = 0; i < dev->n_watch; i++)
		watch_end(m, dev, &dev->watch[i]);
	free(dev->watch);
	dev->watch = NULL;
	dev->n_watch = 0;
	dev->sampled_ns = 0;
}

static struct class_watch watch_of(const struct live_class *c, uint64_t backlog)
{
	return (struct class_watch){
		.id = c->id,
		.packets = c->stats.packets,
		.bytes = c->stats.bytes,
		.drops = class_drops(&c->stats),
		.backlog = backlog,
		.rate = c->rate,
	};
}

/* The class as it was, with its episodes, becomes the class as it is. */
static void watch_follow(struct monitor *m, struct monitor_dev *dev, size_t at,
			 struct class_watch *before, struct class_watch *now,
			 uint64_t now_ns)
{
	if (!same_class(before, now)) {
		watch_end(m, dev, before);
		return;
	}
	compare(m, dev, at, before, now, now_ns);
	now->path = before->path;
	now->dropping = before->dropping;
	now->missing = before->missing;
}

void monitor_sample(struct monitor *m, struct monitor_dev *dev,
		    struct live_tree *tree, uint64_t now_ns)
{
	struct class_watch *old = dev->watch, *fresh;
	size_t n_old = dev->n_watch, i, at, k = 0;
	struct live_class **sorted;
	uint64_t *backlog;

	monitor_names(dev, tree);
	fresh = mem_zalloc(dev->tree.n, sizeof(*fresh));
	sorted = live_sort_by_id(&dev->tree);
	backlog = find_backlogs(&dev->tree);
	for (i = 0; i < dev->tree.n; i++) {
		at = (size_t)(sorted[i] - dev->tree.classes);
		fresh[i] = watch_of(sorted[i], backlog[at]);
		for (; k < n_old && old[k].id < fresh[i].id; k++)
			watch_end(m, dev, &old[k]);
		if (k < n_old && old[k].id == fresh[i].id)
			watch_follow(m, dev, at, &old[k++], &fresh[i], now_ns);
	}
	for (; k < n_old; k++)
		watch_end(m, dev, &old[k]);
	free(backlog);
	free(sorted);
	free(old);
	dev->watch = fresh;
	dev->n_watch = dev->tree.n;
	dev->sampled_ns = now_ns;
}
