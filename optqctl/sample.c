// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "core/hist.h"
#include "mem.h"
#include "sample.h"

#define NS_PER_S	1e9
#define TRACK_KEPT_NS	(HISTORY_SLOTS * HISTORY_SLOT_NS)

/* A class over time, by its id and name; the link has one too. */
struct track {
	uint32_t id;
	char *name;
	size_t at;		/* in the newest tree; SIZE_MAX: not there */
	uint64_t seen_ns;
	float sent[HISTORY_SLOTS];	/* bytes */
};

uint64_t rounded(double per_second)
{
	return per_second < 1e18 ? (uint64_t)(per_second + 0.5) : UINT64_MAX;
}

uint64_t stats_drops(const struct optq_stats *s)
{
	return s->drop_overlimit + s->drop_aqm + s->drop_blue + s->drop_ack +
	       s->drop_other;
}

enum rate_state rate_state(const struct rates *r, uint64_t rate, uint64_t ceil)
{
	if (!r->known)
		return RATE_WITHIN;
	/* What the counters tell may be short of what the wire takes. */
	if (r->throttled > 0.5 || (ceil && r->sent >= 0.97 * (double)ceil))
		return RATE_AT_CEIL;
	return rate && r->sent > 1.01 * (double)rate ? RATE_OVER : RATE_WITHIN;
}

/* Counters that went back belong to another class, which began at 0. */
static bool was_reset(const struct optq_stats *now, const struct optq_stats *before)
{
	return now->bytes < before->bytes || now->packets < before->packets ||
	       stats_drops(now) < stats_drops(before);
}

static bool hist_went_back(const struct live_class *now,
			   const struct live_class *before)
{
	size_t i;

	if (!before || before->n_hist > now->n_hist)
		return true;
	for (i = 0; i < before->n_hist; i++)
		if (before->hist[i] > now->hist[i])
			return true;
	return false;
}

/* Counts are halved when one is full: then all of them stand for the time between. */
static void find_waits(struct rates *r, const struct live_class *now,
		       const struct live_class *before)
{
	static const u32 permille[] = { 500, 990 };
	bool whole = hist_went_back(now, before);
	struct optq_hist h = { 0 };
	uint64_t ns[2];
	size_t i;

	for (i = 0; i < now->n_hist && i < OPTQ_HIST_BUCKETS; i++) {
		h.count[i] = now->hist[i];
		if (!whole && i < before->n_hist)
			h.count[i] -= before->hist[i];
		r->waits += h.count[i];
	}
	if (!r->waits)
		return;
	optq_hist_quantiles(&h, permille, ns, 2);
	r->p50_ns = ns[0];
	r->p99_ns = ns[1];
}

static void find_rates(struct rates *r, const struct optq_stats *now,
		       const struct optq_stats *before, uint64_t span_ns)
{
	static const struct optq_stats zero;
	double span = (double)span_ns;

	if (was_reset(now, before))
		before = &zero;
	r->known = true;
	r->sent = (double)(now->bytes - before->bytes) * NS_PER_S / span;
	r->packets = (double)(now->packets - before->packets) * NS_PER_S / span;
	r->drops = (double)(stats_drops(now) - stats_drops(before)) * NS_PER_S / span;
	if (now->throttled_ns > before->throttled_ns)
		r->throttled = (double)(now->throttled_ns - before->throttled_ns) / span;
	if (r->throttled > 1)
		r->throttled = 1;
}

/* Slots that time has come to begin empty, of classes that are away too. */
static void begin_slots(struct sampler *s, uint64_t until)
{
	size_t i, at;

	if (until - s->slot > HISTORY_SLOTS)
		s->slot = until - HISTORY_SLOTS;
	while (s->slot < until) {
		at = ++s->slot % HISTORY_SLOTS;
		s->covered_s[at] = 0;
		s->link_track->sent[at] = 0;
		for (i = 0; i < s->n_tracks; i++)
			s->tracks[i]->sent[at] = 0;
	}
}

static void add_to_slot(struct sampler *s, size_t at, double seconds)
{
	size_t i;

	s->covered_s[at] += seconds;
	s->link_track->sent[at] += (float)(s->link.sent * seconds);
	for (i = 0; i < s->tree.n; i++)
		s->track_of[i]->sent[at] += (float)(s->rates[i].sent * seconds);
}

/* Spreads what was sent over the seconds that the span lay in. */
static void add_history(struct sampler *s)
{
	uint64_t to = s->at_ns - s->began_ns, from = to - s->span_ns, end;

	begin_slots(s, to / HISTORY_SLOT_NS);
	if (to / HISTORY_SLOT_NS >= HISTORY_SLOTS &&
	    from < (to / HISTORY_SLOT_NS - HISTORY_SLOTS + 1) * HISTORY_SLOT_NS)
		from = (to / HISTORY_SLOT_NS - HISTORY_SLOTS + 1) * HISTORY_SLOT_NS;
	for (; from < to; from = end) {
		end = (from / HISTORY_SLOT_NS + 1) * HISTORY_SLOT_NS;
		if (end > to)
			end = to;
		add_to_slot(s, from / HISTORY_SLOT_NS % HISTORY_SLOTS,
			    (double)(end - from) / NS_PER_S);
	}
}

void sampler_history(const struct sampler *s, size_t index,
		     float history[HISTORY_SLOTS])
{
	const struct track *track = index == SIZE_MAX ? s->link_track :
				    s->track_of[index];
	uint64_t last = s->slot, at;
	size_t i;

	/* A second that has just begun tells little. */
	if (s->covered_s[last % HISTORY_SLOTS] < 0.5 && last)
		last--;
	for (i = 0; i < HISTORY_SLOTS; i++) {
		uint64_t back = HISTORY_SLOTS - 1 - i;

		history[i] = 0;
		if (back > last || s->slot - (last - back) >= HISTORY_SLOTS)
			continue;
		at = (last - back) % HISTORY_SLOTS;
		if (s->covered_s[at] > 0)
			history[i] = track->sent[at] / (float)s->covered_s[at];
	}
}

static struct track *new_track(uint32_t id, const char *name)
{
	struct track *track = mem_zalloc(1, sizeof(*track));

	track->id = id;
	track->name = name ? mem_strndup(name, strlen(name)) : NULL;
	track->at = SIZE_MAX;
	return track;
}

static void free_track(struct track *track)
{
	if (track)
		free(track->name);
	free(track);
}

static bool is_of(const struct track *track, const struct live_class *class)
{
	if (!track->name || !class->name)
		return !track->name && !class->name;
	return !strcmp(track->name, class->name);
}

/* A class that comes again within the minute goes on where it was. */
static void keep_track(struct sampler *s, struct track *track, size_t *n)
{
	if (s->at_ns - track->seen_ns > TRACK_KEPT_NS)
		free_track(track);
	else
		s->tracks[(*n)++] = track;
}

/* Gives every class of @tree its track; both are walked by id. */
static void find_tracks(struct sampler *s, const struct live_tree *tree)
{
	struct live_class **sorted = live_sort_by_id(tree);
	struct track **old = s->tracks, *found;
	size_t n_old = s->n_tracks, from = 0, n = 0, i;

	s->tracks = mem_zalloc(n_old + tree->n, sizeof(struct track *));
	s->track_of = mem_zalloc(tree->n, sizeof(struct track *));
	for (i = 0; i < tree->n; i++) {
		found = NULL;
		while (from < n_old && old[from]->id < sorted[i]->id)
			keep_track(s, old[from++], &n);
		for (; from < n_old && old[from]->id == sorted[i]->id; from++) {
			if (is_of(old[from], sorted[i]))
				found = old[from];
			else
				keep_track(s, old[from], &n);
		}
		if (!found)
			found = new_track(sorted[i]->id, sorted[i]->name);
		found->seen_ns = s->at_ns;
		s->tracks[n++] = found;
		s->track_of[sorted[i] - tree->classes] = found;
	}
	while (from < n_old)
		keep_track(s, old[from++], &n);
	s->n_tracks = n;
	free(old);
	free(sorted);
}

/* False: another tree stands where that one was, or there was none. */
static bool goes_on(const struct sampler *s, const struct live_tree *tree)
{
	return s->at_ns && s->tree.ifindex == tree->ifindex &&
	       s->tree.handle == tree->handle;
}

static void compare(struct sampler *s, const struct live_tree *tree, bool whole)
{
	const struct live_class *before;
	size_t i, lived = 0;

	s->appeared = 0;
	for (i = 0; i < tree->n; i++) {
		before = s->track_of[i]->at == SIZE_MAX ? NULL :
			 &s->tree.classes[s->track_of[i]->at];
		if (before)
			lived++;
		if (!before || !whole)
			continue;
		find_rates(&s->rates[i], &tree->classes[i].stats, &before->stats,
			   s->span_ns);
		find_waits(&s->rates[i], &tree->classes[i], before);
	}
	s->appeared = tree->n - lived;
	s->gone = s->tree.n - lived;
	if (whole)
		find_rates(&s->link, &tree->stats, &s->tree.stats, s->span_ns);
}

static void forget_snapshot(struct sampler *s)
{
	free(s->rates);
	free(s->ceil);
	free(s->order);
	free(s->track_of);
	memset(&s->link, 0, sizeof(s->link));
}

void sampler_take(struct sampler *s, struct live_tree *tree, uint64_t at_ns)
{
	bool again = goes_on(s, tree) && at_ns > s->at_ns;
	size_t i;

	if (!s->link_track) {
		s->link_track = new_track(0, NULL);
		s->began_ns = at_ns;
	}
	forget_snapshot(s);
	s->span_ns = again ? at_ns - s->at_ns : 0;
	s->at_ns = at_ns;
	s->rates = mem_zalloc(tree->n, sizeof(*s->rates));
	find_tracks(s, tree);
	compare(s, tree, again);
	live_free(&s->tree);
	s->tree = *tree;
	memset(tree, 0, sizeof(*tree));
	for (i = 0; i < s->n_tracks; i++)
		s->tracks[i]->at = SIZE_MAX;
	for (i = 0; i < s->tree.n; i++)
		s->track_of[i]->at = i;
	s->order = live_order(&s->tree);
	s->ceil = live_ceilings(&s->tree, s->order);
	add_history(s);
}

void sampler_interrupt(struct sampler *s)
{
	s->at_ns = 0;
}

void sampler_free(struct sampler *s)
{
	size_t i;

	forget_snapshot(s);
	for (i = 0; i < s->n_tracks; i++)
		free_track(s->tracks[i]);
	free(s->tracks);
	free_track(s->link_track);
	live_free(&s->tree);
	memset(s, 0, sizeof(*s));
}
