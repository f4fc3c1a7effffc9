// SPDX-License-Identifier: GPL-2.0
#include <linux/optq.h>
#include <stdlib.h>

#include "core/admit.h"
#include "core/burst.h"
#include "mem.h"
#include "policy_delay.h"
#include "units.h"

/* There is no device yet: Ethernet's, and with its header. */
#define MTU		1500
#define FRAME		1514

struct delays {
	const struct link *link;
	uint32_t mtu;		/* the longest packet, as it is counted */
	uint64_t *below;	/* guaranteed below each class; of the link, the last */
	uint64_t *delayed;	/* rates of those with a delay at or below it */
	struct diags *d;
	uint32_t *leaf;		/* those with a delay, in the order of the file */
	uint32_t *before;	/* how many of them stand before each class */
	bool *told;		/* of each leaf: once is enough */
	struct optq_delay_demand *demand;
};

/* Where many share what is sent. */
struct place {
	uint32_t index;		/* of a class with a ceil; NO_CLASS: the link */
	uint32_t from, to;	/* of the leaves with a delay */
	struct optq_delay_place core;
};

static bool has_delay(const struct class *class)
{
	return class->delay_ns && class->rate && !class->children;
}

static uint32_t counted(const struct optq_wire *wire)
{
	return optq_clamp_mtu(optq_wire_len(wire, optq_wire_raw(wire) ? FRAME :
									MTU));
}

/* As the kernel has it: the most that any class counts. */
static uint32_t longest_packet(const struct link *link)
{
	uint32_t i, len, most = counted(&link->wire);

	for (i = 0; i < link->n_classes; i++) {
		len = optq_wire_on(&link->classes[i].wire) ?
		      counted(&link->classes[i].wire) : 0;
		most = len > most ? len : most;
	}
	return most;
}

static uint32_t burst_in_force(const struct class *class, uint32_t mtu)
{
	return optq_delay_burst(class->rate, class->burst, mtu);
}

static void list_leaves(struct delays *t)
{
	uint32_t i, n = 0;

	for (i = 0; i < t->link->n_classes; i++) {
		t->before[i] = n;
		if (has_delay(&t->link->classes[i]))
			t->leaf[n++] = i;
	}
	t->before[i] = n;
}

/* Where the classes below @i end: depth first, they follow it. */
static uint32_t end_of(const struct link *link, uint32_t i)
{
	uint32_t level = link->classes[i].level;

	do
		i++;
	while (i < link->n_classes && link->classes[i].level > level);
	return i;
}

/* Whether all delays at @p fit, if that of leaf number @i were @delay_ns. */
static bool fits(struct delays *t, const struct place *p, uint32_t i,
		 uint64_t delay_ns, struct optq_delay_short *why)
{
	const struct class *class;
	uint32_t j;

	for (j = p->from; j < p->to; j++) {
		class = &t->link->classes[t->leaf[j]];
		t->demand[j - p->from] = (struct optq_delay_demand) {
			.delay_ns = j == i ? delay_ns : class->delay_ns,
			.rate = class->rate, .burst = burst_in_force(class, t->mtu),
		};
	}
	return optq_delays_fit(t->demand, p->to - p->from, &p->core, why);
}

/* Three digits, as are shown, upwards: 4371123ns is 4.38ms. */
static uint64_t round_up(uint64_t ns)
{
	uint64_t step = 1;

	while (ns / step >= 1000)
		step *= 10;
	return (ns + step - 1) / step * step;
}

/* The least delay of leaf number @i at which all fit; 0: there is none. */
static uint64_t least_delay(struct delays *t, const struct place *p, uint32_t i)
{
	uint64_t low = t->link->classes[t->leaf[i]].delay_ns;
	uint64_t high = OPTQ_TIME_MAX_NS, middle;
	struct optq_delay_short why;

	if (!fits(t, p, i, high, &why))
		return 0;
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (fits(t, p, i, middle, &why))
			high = middle;
		else
			low = middle;
	}
	return round_up(high);
}

static char *place_text(const struct delays *t, const struct place *p)
{
	char *path, *text;

	if (p->index == NO_CLASS)
		return mem_printf("on the link \"%s\"", t->link->name);
	path = class_path(t->link, p->index);
	text = mem_printf("within the ceil of \"%s\"", path);
	free(path);
	return text;
}

static char *advice_text(struct delays *t, const struct place *p, uint32_t i)
{
	char buf[SHORT_TEXT_MAX];
	uint64_t least;

	/* What is not shown any more need not be searched for. */
	least = t->d->errors < DIAG_SHOWN_MAX ? least_delay(t, p, i) : 0;
	if (!least)
		return mem_printf("others there are not kept either, lower rates or bursts");
	return mem_printf("%s is the least, or lower rates or bursts",
			  time_short(least, buf));
}

static void report(struct delays *t, const struct place *p, uint32_t i,
		   const struct optq_delay_short *why)
{
	char *place = place_text(t, p);
	char *advice = advice_text(t, p, i);
	char delay[SHORT_TEXT_MAX], kept[SHORT_TEXT_MAX];

	diag_error(t->d, t->link->classes[t->leaf[i]].delay_at, "delay: %s, counted as %s, cannot be kept %s: guarantees and bursts ask for %llu bytes within it, %llu can be sent: %s",
		   time_short(why->delay_ns, delay),
		   time_short(why->kept_ns, kept), place,
		   (unsigned long long)why->asked_bytes,
		   (unsigned long long)why->sent_bytes, advice);
	free(place);
	free(advice);
}

static void check_place(struct delays *t, const struct place *p)
{
	struct optq_delay_short why;
	uint32_t i = p->from;

	if (fits(t, p, NO_CLASS, 0, &why))
		return;
	while (t->link->classes[t->leaf[i]].delay_ns != why.delay_ns)
		i++;
	if (!t->told[i])
		report(t, p, i, &why);
	t->told[i] = true;
}

/* What a class needs of its parent: its rate does not hold back delays below it. */
static uint64_t need_of(const struct delays *t, uint32_t i)
{
	uint64_t need = t->link->classes[i].rate ? t->link->classes[i].rate :
						   t->below[i];

	return need > t->delayed[i] ? need : t->delayed[i];
}

static void sum_needs(struct delays *t)
{
	uint32_t i, parent;

	for (i = t->link->n_classes; i-- > 0; ) {
		parent = t->link->classes[i].parent;
		if (parent == NO_CLASS)
			parent = t->link->n_classes;
		if (has_delay(&t->link->classes[i]))
			t->delayed[i] = t->link->classes[i].rate;
		t->delayed[parent] += t->delayed[i];
		t->below[parent] += need_of(t, i);
	}
}

static uint64_t bursts_of(const struct delays *t, uint32_t from, uint32_t to)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = from; i < to; i++)
		sum += burst_in_force(&t->link->classes[t->leaf[i]], t->mtu);
	return sum;
}

/*
 * The next place above class @i, as it was set before; NULL: there is none. *need:
 * what class @i has a part in of the guarantees that are counted there.
 */
static const struct optq_delay_place *above(const struct delays *t,
					    const struct place *places,
					    uint32_t i, uint64_t *need)
{
	*need = UINT64_MAX;
	do {
		if (need_of(t, i) < *need)
			*need = need_of(t, i);
		i = t->link->classes[i].parent;
		if (i == NO_CLASS)
			return t->link->rate ? &places[t->link->n_classes].core :
					       NULL;
	} while (!t->link->classes[i].ceil);
	return &places[i].core;
}

static void set_place(struct delays *t, struct place *places, uint32_t i)
{
	const struct class *class = &t->link->classes[i];
	const struct optq_delay_place *next;
	struct place *p = &places[i];
	uint64_t need;

	*p = (struct place) {
		.index = i, .from = t->before[i],
		.to = t->before[end_of(t->link, i)],
		.core = { .rate = class->ceil, .rate_below = t->below[i] },
	};
	p->core.bursts = bursts_of(t, p->from, p->to);
	next = above(t, places, i, &need);
	optq_delay_place_set(&p->core, class->cburst, t->mtu, next, need);
}

static void set_link(struct delays *t, struct place *p)
{
	*p = (struct place) {
		.index = NO_CLASS, .to = t->before[t->link->n_classes],
		.core = {
			.rate = t->link->rate,
			.rate_below = t->below[t->link->n_classes],
			.is_link = true,
		},
	};
	p->core.bursts = bursts_of(t, 0, p->to);
	optq_delay_place_set(&p->core, t->link->burst, t->mtu, NULL, 0);
}

/* From the leaves upwards: the narrowest place says most. */
static void check_places(struct delays *t)
{
	const struct link *link = t->link;
	uint32_t i, n = link->n_classes;
	struct place *places = mem_zalloc(n + 1, sizeof(*places));

	set_link(t, &places[n]);
	for (i = 0; i < n; i++) {
		if (link->classes[i].ceil && link->classes[i].children)
			set_place(t, places, i);
	}
	for (i = n; i-- > 0; ) {
		if (places[i].core.rate)
			check_place(t, &places[i]);
	}
	if (link->rate)
		check_place(t, &places[n]);
	free(places);
}

/* Its own ceil is to let pass what the delay is kept for. */
static void check_own_ceil(const struct class *class, uint32_t mtu,
			   struct diags *d)
{
	uint32_t burst = burst_in_force(class, mtu);

	if (class->ceil && !optq_ceil_passes(burst, class->cburst, mtu))
		diag_error(d, class->cburst_at, "cburst: its ceil would hold back the burst of %u bytes that the delay is kept for: leave cburst out, or make it twice that",
			   burst);
}

void check_delay_rates(const struct link *link, struct diags *d)
{
	uint32_t i, mtu = longest_packet(link);
	const struct class *class;

	for (i = 0; i < link->n_classes; i++) {
		class = &link->classes[i];
		if (class->delay_ns && !class->children && !class->rate_at.len)
			diag_error(d, class->delay_at, "delay: needs a rate: it is kept for what comes within the class's rate and burst: add for example \"rate: 1mbit\"");
		else if (has_delay(class))
			check_own_ceil(class, mtu, d);
	}
}

void check_delays(const struct link *link, struct diags *d)
{
	size_t n = link->n_classes;
	struct delays t = {
		.link = link, .mtu = longest_packet(link), .d = d,
	};

	t.leaf = mem_zalloc(n, sizeof(*t.leaf));
	t.before = mem_zalloc(n + 1, sizeof(*t.before));
	t.below = mem_zalloc(n + 1, sizeof(*t.below));
	t.delayed = mem_zalloc(n + 1, sizeof(*t.delayed));
	list_leaves(&t);
	sum_needs(&t);
	t.told = mem_zalloc(t.before[n], sizeof(*t.told));
	t.demand = mem_zalloc(t.before[n], sizeof(*t.demand));
	check_places(&t);
	free(t.leaf);
	free(t.before);
	free(t.below);
	free(t.delayed);
	free(t.told);
	free(t.demand);
}
