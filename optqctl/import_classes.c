// SPDX-License-Identifier: GPL-2.0
/* Classes of htb and hfsc. */
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>

#include "import_tree.h"
#include "mem.h"
#include "units.h"

#define LEAST_BURST	3000U	/* two packets: the kernel takes no less */
#define LEAST_CBURST	1500U
#define DEPTH_MAX	OPTQ_DEPTH_MAX
#define KBIT		125	/* bytes per second */

static bool is_below(const struct foreign_class *c, const struct foreign_qdisc *q,
		     uint32_t parent)
{
	return TC_H_MAJ(c->id) == q->handle && c->parent == parent && c->id != parent;
}

static size_t children_of(const struct import_tree *t, const struct foreign_qdisc *q,
			  uint32_t parent, const struct foreign_class **first)
{
	size_t n = 0, i;

	for (i = 0; i < t->dev->n_classes; i++) {
		if (!is_below(&t->dev->classes[i], q, parent))
			continue;
		if (!n++)
			*first = &t->dev->classes[i];
	}
	return n;
}

/* The least prio of the leaves, which is what an htb goes by; *mixed: there are several. */
static uint32_t least_prio(const struct import_tree *t, const struct foreign_qdisc *q,
			   const struct foreign_class *c, bool *mixed)
{
	uint32_t least = UINT32_MAX, prio;
	size_t i;

	for (i = 0; i < t->dev->n_classes; i++) {
		if (!is_below(&t->dev->classes[i], q, c->id))
			continue;
		prio = least_prio(t, q, &t->dev->classes[i], mixed);
		*mixed |= least != UINT32_MAX && prio != least;
		if (prio < least)
			least = prio;
	}
	return least == UINT32_MAX ? c->prio : least;
}

/* What is less than the least that there is says nothing. */
static uint32_t burst_of(struct import_tree *t, const struct foreign_class *c,
			 const char *key, uint32_t burst, uint32_t least)
{
	if (!burst || burst >= least)
		return burst > OPTQ_BURST_MAX ? OPTQ_BURST_MAX : burst;
	import_note_class(t->notes, t->dev, c, "%s of %u bytes is less than optq's own, which takes its place",
			  key, burst);
	return 0;
}

static void note_ceil(struct import_tree *t, const struct foreign_class *c)
{
	import_note_class(t->notes, t->dev, c, "its ceil above its rate never counted: at the top of an htb there is nobody to borrow from");
}

static void import_htb(struct import_tree *t, const struct foreign_qdisc *q,
		       const struct foreign_class *c, uint32_t index, bool top)
{
	struct class *class = import_class(t, index);
	const struct foreign_class *first;
	bool mixed = false;

	class->rate = c->rate;
	class->ceil = top ? c->rate : c->ceil;
	if (top && c->ceil > c->rate)
		note_ceil(t, c);
	class->burst = burst_of(t, c, "burst", c->burst, LEAST_BURST);
	class->cburst = burst_of(t, c, "cburst", c->cburst, LEAST_CBURST);
	class->prio = least_prio(t, q, c, &mixed);
	if (mixed && children_of(t, q, c->parent, &first) > 1)
		import_note_class(t->notes, t->dev, c, "an htb's prio counts among all leaves, here among siblings: the class has the first of those below it, %u",
				  class->prio);
	if (c->wire.layer)
		class->wire = c->wire;
	if (c->rate)
		import_set_share(t, index, c->quantum);
}

/* m1 * d bytes at once, each within d, and m2 from then on. */
static void import_guarantee(struct import_tree *t, const struct foreign_class *c,
			     struct class *class)
{
	double burst = (double)c->rt.m1 * (double)c->rt.d_us / 1000000;

	class->rate = c->rt.m2;
	if (!c->rt.d_us)
		return;
	if (c->rt.m1 <= c->rt.m2) {
		import_note_class(t->notes, t->dev, c, "a curve that begins slower than it goes on has no counterpart: only its last rate is carried over");
		return;
	}
	if (!c->rt.m2) {
		import_note_class(t->notes, t->dev, c, "a guarantee that ends after some time has no counterpart: it is left out");
		return;
	}
	class->burst = burst < 1 ? 1 : burst > OPTQ_BURST_MAX ? OPTQ_BURST_MAX :
		       (uint32_t)burst;
	class->delay_ns = c->rt.d_us * 1000;
	if (class->delay_ns > OPTQ_TIME_MAX_NS)
		class->delay_ns = OPTQ_TIME_MAX_NS;
}

static void import_hfsc(struct import_tree *t, const struct foreign_qdisc *q,
			const struct foreign_class *c, uint32_t index)
{
	struct class *class = import_class(t, index);
	const struct foreign_class *first;
	bool leaf = !children_of(t, q, c->id, &first);

	if (leaf)
		import_guarantee(t, c, class);
	else if (c->rt.m2 || c->rt.m1)
		import_note_class(t->notes, t->dev, c, "rt of a class that has classes below it never counted: it is left out");
	class->ceil = c->ul.m2;
	if (c->ls.d_us && c->ls.m1 != c->ls.m2 && !(leaf && c->rt.d_us))
		import_note_class(t->notes, t->dev, c, "of its ls curve only the last rate is carried over, as a weight");
	if (c->ul.d_us && c->ul.m1 != c->ul.m2)
		import_note_class(t->notes, t->dev, c, "of its ul curve only the last rate is carried over, as a ceil");
	if (!c->ls.m2 && class->rate && leaf && !class->ceil) {
		class->ceil = class->rate;
		import_note_class(t->notes, t->dev, c, "without ls it has nothing of what is left over: its ceil is its rate");
	}
	import_set_share(t, index, c->ls.m2 / KBIT ? c->ls.m2 / KBIT : !!c->ls.m2);
}

static void add_children(struct import_tree *t, const struct foreign_qdisc *q,
			 uint32_t parent, uint32_t container, unsigned int depth);

static void add_class(struct import_tree *t, const struct foreign_qdisc *q,
		      const struct foreign_class *c, uint32_t container, unsigned int depth)
{
	char *name = mem_printf("%x-%x", TC_H_MAJ(c->id) >> 16, TC_H_MIN(c->id));
	const struct foreign_qdisc *below = foreign_qdisc_below(t->dev, c->id);
	const struct foreign_class *first;
	uint32_t index = import_add_class(t, container, name);

	free(name);
	import_add_node(t, c->id, index);
	if (q->kind == FOREIGN_HTB)
		import_htb(t, q, c, index, c->parent == q->handle);
	else
		import_hfsc(t, q, c, index);
	if (children_of(t, q, c->id, &first))
		add_children(t, q, c->id, index, depth + 1);
	else if (below)
		import_qdisc(t, below, index);
}

static void add_children(struct import_tree *t, const struct foreign_qdisc *q,
			 uint32_t parent, uint32_t container, unsigned int depth)
{
	size_t i;

	for (i = 0; i < t->dev->n_classes; i++) {
		const struct foreign_class *c = &t->dev->classes[i];

		if (!is_below(c, q, parent))
			continue;
		if (depth < DEPTH_MAX)
			add_class(t, q, c, container, depth);
		else
			import_note_class(t->notes, t->dev, c, "classes nested deeper than %d levels: it is left out",
					  DEPTH_MAX);
	}
}

/* The one class at the top of a qdisc below a class is that class. */
static void fold_into_class(struct import_tree *t, const struct foreign_qdisc *q,
			    const struct foreign_class *top, uint32_t container)
{
	uint64_t most = q->kind == FOREIGN_HTB ? top->rate : top->ul.m2;
	struct class *class = import_class(t, container);

	if (q->kind == FOREIGN_HTB && !class->rate)
		class->rate = top->rate;
	if (most && (!class->ceil || most < class->ceil)) {
		class->ceil = most;
		class->cburst = burst_of(t, top, "burst", top->burst, LEAST_CBURST);
	}
	if (top->wire.layer)
		class->wire = top->wire;
	import_add_node(t, top->id, container);
}

/* Likewise at the root it is the link. */
static void fold_into_link(struct import_tree *t, const struct foreign_qdisc *q,
			   const struct foreign_class *top)
{
	if (q->kind == FOREIGN_HTB) {
		t->link->rate = top->rate;
		t->link->burst = burst_of(t, top, "burst", top->burst, LEAST_CBURST);
		if (top->wire.layer)
			t->link->wire = top->wire;
	} else {
		t->link->rate = top->ul.m2;
		if (top->ul.d_us && top->ul.m1 != top->ul.m2)
			import_note_class(t->notes, t->dev, top, "of its ul curve only the last rate is carried over");
	}
	import_add_node(t, top->id, NO_CLASS);
}

static bool needs_direct(const struct import_tree *t, const struct foreign_qdisc *q)
{
	const struct foreign_class *c, *first;

	if (import_catches_all(t, q->handle))
		return false;
	c = q->default_minor ? foreign_class_of(t->dev, q->handle | q->default_minor) : NULL;
	return !c || children_of(t, q, c->id, &first);
}

static void add_direct(struct import_tree *t, const struct foreign_qdisc *q,
		       uint32_t container)
{
	uint32_t index = import_add_class(t, container, "direct");

	import_add_node(t, q->handle, index);
	if (q->kind == FOREIGN_HTB)
		import_note_qdisc(t->notes, t->dev, q, "%s: what no filter takes went out before all else, past every rate; here it is the class \"direct\", which shares",
				  q->default_minor ? "its default is no leaf" : "it has no default");
	else
		import_note_qdisc(t->notes, t->dev, q, "%s: what no filter took was dropped; here it is the class \"direct\", which shares",
				  q->default_minor ? "its default is no leaf" : "it has no default");
}

void import_classes(struct import_tree *t, const struct foreign_qdisc *q,
		    uint32_t container)
{
	const struct foreign_class *top = NULL, *first;
	size_t n = q->handle ? children_of(t, q, q->handle, &top) : 0;
	uint32_t parent = q->handle;

	if (n == 1 && children_of(t, q, top->id, &first)) {
		if (q->kind == FOREIGN_HTB && top->ceil > top->rate)
			note_ceil(t, top);
		if (container == NO_CLASS)
			fold_into_link(t, q, top);
		else
			fold_into_class(t, q, top, container);
		parent = top->id;
	} else if (n == 1 && container == NO_CLASS && q->kind == FOREIGN_HTB) {
		t->link->rate = top->rate;
	}
	if (n)
		add_children(t, q, parent, container, 1);
	if (needs_direct(t, q))
		add_direct(t, q, container);
}
