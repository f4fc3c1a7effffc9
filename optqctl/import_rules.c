// SPDX-License-Identifier: GPL-2.0
/*
 * Filters as matches: a packet goes down from qdisc to class to qdisc, and at each of them
 * the first filter that takes it says where to; so a match is what all of them ask for.
 */
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>

#include "foreign_terms.h"
#include "import_tree.h"
#include "mem.h"
#include "policy_match.h"

#define DEPTH_MAX	16	/* of filters, and tables of a u32, that lead to others */

struct walk {
	struct import_tree *t;
	const struct foreign_qdisc *q;	/* whose filters they are, or of whose classes */
	unsigned int depth;
};

static void classify(struct import_tree *t, const struct foreign_qdisc *q,
		     const char *prefix, unsigned int depth);
static void deliver(struct walk *w, const struct foreign_filter *f, uint32_t id,
		    const char *text);

size_t import_first_filter(const struct foreign_device *dev, uint32_t parent)
{
	size_t lo = 0, hi = dev->n_filters, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (dev->filters[mid].parent < parent)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool is_u32(const struct foreign_filter *f)
{
	return !strcmp(f->name, "u32");
}

/* A table of a u32, or what stands in one that another filter leads to. */
static bool is_inside(const struct foreign_filter *f)
{
	return is_u32(f) && (f->divisor || (f->handle & 0xfff00000) != f->root);
}

bool import_catches_all(const struct import_tree *t, uint32_t parent)
{
	size_t i;

	for (i = import_first_filter(t->dev, parent);
	     i < t->dev->n_filters && t->dev->filters[i].parent == parent; i++)
		if (!t->dev->filters[i].terms && !t->dev->filters[i].lacks &&
		    !is_inside(&t->dev->filters[i]) && !t->dev->filters[i].link &&
		    t->dev->filters[i].classid)
			return true;
	return false;
}

/* Both must hold; NULL: anything.  To be freed. */
static char *both(const char *prefix, const char *terms)
{
	const char *rest = prefix ? strstr(prefix, " and ") : NULL;
	size_t family = rest ? (size_t)(rest - prefix) : prefix ? strlen(prefix) : 0;

	if (!prefix || !terms)
		return prefix ? mem_strndup(prefix, strlen(prefix)) :
		       terms ? mem_strndup(terms, strlen(terms)) : NULL;
	/* "ip and ..." need not be said twice. */
	if (family && family < 4 && !strncmp(prefix, terms, family)) {
		if (!terms[family])
			return mem_strndup(prefix, strlen(prefix));
		if (!strncmp(terms + family, " and ", 5))
			terms += family + 5;
	}
	return mem_printf("%s and %s", prefix, terms);
}

/* The mark of a connection is what a packet has whose mark was restored from it. */
static char *by_connection(const char *text)
{
	char *all = NULL, *longer;
	const char *at;

	while ((at = strstr(text, "mark "))) {
		longer = mem_printf("%s%.*s%smark ", all ? all : "", (int)(at - text), text,
				    at > text && at[-1] != ' ' ? "" : "ct");
		free(all);
		all = longer;
		text = at + 5;
	}
	longer = mem_printf("%s%s", all ? all : "", text);
	free(all);
	return longer;
}

void import_add_rule(struct import_tree *t, uint32_t index, char *text)
{
	struct span nowhere = { DIAG_NOWHERE, 0 };
	char *why, *other;

	if (!text) {
		if (t->caught == NO_CLASS)
			t->caught = index;
		return;
	}
	if (t->by_connection) {
		other = by_connection(text);
		free(text);
		text = other;
	}
	why = policy_add_match(t->policy, t->link, index, text);
	if (why)
		import_note(t->notes, nowhere, mem_printf("%s: match %s", t->dev->name, text),
			    "is left out: %s", why);
	free(why);
	free(text);
}

/* IPv4's TOS is where Linux has a packet's priority from, as it is forwarded. */
static void by_priomap(struct import_tree *t, const struct foreign_qdisc *q,
		       const char *prefix)
{
	static const uint8_t prio_of_tos[] = {
		TC_PRIO_BESTEFFORT, TC_PRIO_BULK, TC_PRIO_INTERACTIVE,
		TC_PRIO_INTERACTIVE_BULK
	};
	struct foreign_filter words = { 0 };
	uint32_t tos, band, index;

	for (tos = 0; tos < 4; tos++) {
		band = q->prio.map[prio_of_tos[tos]];
		if (band == q->prio.map[TC_PRIO_BESTEFFORT])
			continue;
		index = import_default_of(t, q->handle | (band + 1));
		if (index == NO_CLASS)
			continue;
		/* Two bits of the code point, below the precedence. */
		terms_family(&words, PROTOCOL_IP);
		terms_values(&words, "dscp", tos << 1, 6, 6);
		import_add_rule(t, index, both(prefix, words.terms));
		free(words.terms);
		words.terms = NULL;
	}
	import_note_qdisc(t->notes, t->dev, q, "of its priomap the DSCPs are carried over that Linux has the priority from; what SO_PRIORITY or a filter sets is not");
}

/* What no filter has taken. */
static void rest(struct import_tree *t, const struct foreign_qdisc *q, const char *prefix)
{
	uint32_t index = import_default(t, q);

	if (q->kind == FOREIGN_PRIO)
		by_priomap(t, q, prefix);
	if (index != NO_CLASS)
		import_add_rule(t, index, both(prefix, NULL));
}

static void to_tins(struct import_tree *t, uint32_t container, const char *prefix)
{
	size_t i;

	for (i = 0; i < t->n_tins; i++)
		if (t->tins[i].container == container && t->tins[i].match)
			import_add_rule(t, t->tins[i].index, both(prefix, t->tins[i].match));
	for (i = 0; i < t->n_tins; i++)
		if (t->tins[i].container == container && !t->tins[i].match)
			import_add_rule(t, t->tins[i].index, both(prefix, NULL));
}

static uint32_t dropped_class(struct import_tree *t)
{
	struct police *police;
	unsigned int i;

	if (t->dropped != NO_CLASS)
		return t->dropped;
	t->dropped = import_add_class(t, NO_CLASS, "dropped");
	police = mem_zalloc(1, sizeof(*police));
	police->cir = 1;
	police->prefix4 = EACH_PREFIX4;
	police->prefix6 = EACH_PREFIX6;
	for (i = 0; i < POLICE_COLOURS; i++) {
		police->act[i].class_index = NO_CLASS;
		police->act[i].drop = true;
	}
	import_class(t, t->dropped)->police = police;
	return t->dropped;
}

static size_t filters_to(const struct foreign_device *dev, uint32_t id)
{
	size_t n = 0, i;

	for (i = 0; i < dev->n_filters; i++)
		n += dev->filters[i].classid == id;
	return n;
}

static void police(struct walk *w, const struct foreign_filter *f,
		   const struct foreign_act *act, uint32_t id)
{
	struct import_tree *t = w->t;
	struct class *class;
	uint32_t index, i;

	if (!act->drops || !act->rate) {
		import_note_filter(t->notes, t->dev, f, "a policer that does not drop is not carried over");
		return;
	}
	if (!import_find_node(t, id, &index) || index == NO_CLASS)
		return;
	class = import_class(t, index);
	if (class->police) {
		import_note_filter(t->notes, t->dev, f, "a second policer of one class is not carried over");
		return;
	}
	if (filters_to(t->dev, id) > 1)
		import_note_filter(t->notes, t->dev, f, "its policer is the class's here, of what other filters lead there too");
	class->police = mem_zalloc(1, sizeof(*class->police));
	class->police->cir = act->rate;
	class->police->cbs = act->burst;
	class->police->prefix4 = EACH_PREFIX4;
	class->police->prefix6 = EACH_PREFIX6;
	for (i = 0; i < POLICE_COLOURS; i++)
		class->police->act[i].class_index = NO_CLASS;
	class->police->act[POLICE_COLOURS - 1].drop = true;
}

/* Where the filter leads to by its actions; true: it is done with. */
static bool act(struct walk *w, const struct foreign_filter *f, const char *text,
		uint32_t *id)
{
	struct import_tree *t = w->t;
	size_t i;

	for (i = 0; i < f->n_acts; i++) {
		const struct foreign_act *a = &f->acts[i];

		switch (a->kind) {
		case FOREIGN_ACT_DROP:
			import_add_rule(t, dropped_class(t), both(text, NULL));
			return true;
		case FOREIGN_ACT_POLICE:
			police(w, f, a, *id);
			break;
		case FOREIGN_ACT_PRIORITY:
			if (!*id)
				*id = a->priority;
			break;
		case FOREIGN_ACT_PASS:
			if (!*id)
				rest(t, w->q, text);
			if (!*id)
				return true;
			break;
		default:
			import_note_filter(t->notes, t->dev, f, "the action \"%s\"%s%s is not carried over",
					   a->name, *a->device ? " to " : "", a->device);
		}
	}
	return false;
}

/* The bucket that a linked table's key leads to; false: the node does not say. */
static bool bucket_of(const struct foreign_filter *link, const struct foreign_filter *node,
		      uint32_t divisor, uint32_t *bucket)
{
	uint32_t mask = link->hash_mask;
	size_t i;

	for (i = 0; i < node->n_keys; i++) {
		const struct foreign_key *k = &node->keys[i];

		if (k->nexthdr || k->off != link->hash_off || (k->mask & mask) != mask)
			continue;
		*bucket = (k->value & mask) >> __builtin_ctz(mask) & (divisor - 1);
		return true;
	}
	return false;
}

static uint32_t divisor_of(const struct import_tree *t, uint32_t parent, uint32_t table)
{
	size_t i;

	for (i = import_first_filter(t->dev, parent);
	     i < t->dev->n_filters && t->dev->filters[i].parent == parent; i++)
		if (is_u32(&t->dev->filters[i]) && t->dev->filters[i].divisor &&
		    (t->dev->filters[i].handle & 0xfff00000) == table)
			return t->dev->filters[i].divisor;
	return 1;
}

static void one_filter(struct walk *w, const struct foreign_filter *f, const char *prefix);

static void linked_table(struct walk *w, const struct foreign_filter *f, const char *text)
{
	struct import_tree *t = w->t;
	uint32_t table = f->link & 0xfff00000, divisor = divisor_of(t, f->parent, table);
	uint32_t bucket;
	size_t i;

	for (i = import_first_filter(t->dev, f->parent);
	     i < t->dev->n_filters && t->dev->filters[i].parent == f->parent; i++) {
		const struct foreign_filter *node = &t->dev->filters[i];

		if (!is_u32(node) || node->divisor || (node->handle & 0xfff00000) != table)
			continue;
		if (f->hash_mask && divisor > 1 && !bucket_of(f, node, divisor, &bucket))
			import_note_filter(t->notes, t->dev, node, "is not carried over: what its bucket of the table stands for is not among its keys");
		else if (f->hash_mask && divisor > 1 && bucket != (node->handle >> 12 & 0xff))
			import_note_filter(t->notes, t->dev, node, "is in a bucket that no packet of its keys comes to: it is left out");
		else
			one_filter(w, node, text);
	}
}

static void one_filter(struct walk *w, const struct foreign_filter *f, const char *prefix)
{
	struct import_tree *t = w->t;
	uint32_t id = f->classid;
	char *text;

	if (t->caught != NO_CLASS) {
		import_note_filter(t->notes, t->dev, f, "is left out: an earlier filter takes all packets");
		return;
	}
	if (f->lacks || f->offset) {
		import_note_filter(t->notes, t->dev, f, "is not carried over: no match can ask for %s",
				   f->lacks ? f->lacks : "what follows a header of any length");
		return;
	}
	if (w->depth > DEPTH_MAX) {
		import_note_filter(t->notes, t->dev, f, "is not carried over: filters lead to others more than %d deep",
				   DEPTH_MAX);
		return;
	}
	text = both(prefix, f->terms);
	w->depth++;
	if (f->link)
		linked_table(w, f, text);
	else if (!act(w, f, text, &id))
		deliver(w, f, id, text);
	w->depth--;
	free(text);
}

static void filters_of(struct walk *w, uint32_t parent, const char *prefix)
{
	const struct foreign_device *dev = w->t->dev;
	size_t i;

	for (i = import_first_filter(dev, parent);
	     i < dev->n_filters && dev->filters[i].parent == parent; i++)
		if (!is_inside(&dev->filters[i]))
			one_filter(w, &dev->filters[i], prefix);
}

static bool has_tins(const struct import_tree *t, uint32_t container)
{
	size_t i;

	for (i = 0; i < t->n_tins; i++)
		if (t->tins[i].container == container)
			return true;
	return false;
}

/* What @text takes goes to @id, and is told apart by what is there. */
static void deliver(struct walk *w, const struct foreign_filter *f, uint32_t id,
		    const char *text)
{
	struct import_tree *t = w->t;
	const struct foreign_qdisc *below;
	uint32_t index;

	if (!id || !import_find_node(t, id, &index) || id == w->q->handle) {
		import_note_filter(t->notes, t->dev, f, id ? "is not carried over: there is no such class" :
				   "is not carried over: it leads to no class");
		return;
	}
	below = foreign_qdisc_below(t->dev, id);
	if (below && index != NO_CLASS && t->link->classes[index].children &&
	    !has_tins(t, index)) {
		classify(t, below, text, w->depth);
	} else if (index != NO_CLASS && has_tins(t, index)) {
		to_tins(t, index, text);
	} else if (index == NO_CLASS || t->link->classes[index].children) {
		filters_of(w, id, text);
		rest(t, w->q, text);
	} else {
		import_add_rule(t, index, both(text, NULL));
	}
}

static void classify_queues(struct import_tree *t, const struct foreign_qdisc *mq,
			    unsigned int depth)
{
	size_t i;

	for (i = 0; i < t->dev->n_qdiscs; i++) {
		const struct foreign_qdisc *q = &t->dev->qdiscs[i];
		struct walk w = { t, q, depth };

		if (TC_H_MAJ(q->parent) == mq->handle && q->parent != TC_H_ROOT)
			filters_of(&w, q->handle, NULL);
	}
}

static void classify(struct import_tree *t, const struct foreign_qdisc *q,
		     const char *prefix, unsigned int depth)
{
	struct walk w = { t, q, depth };

	switch (q->kind) {
	case FOREIGN_TBF:
		q = q->handle ? foreign_qdisc_below(t->dev, q->handle | 1) : NULL;
		if (q)
			classify(t, q, prefix, depth);
		break;
	case FOREIGN_MQ:
		classify_queues(t, q, depth);
		break;
	case FOREIGN_HTB:
	case FOREIGN_HFSC:
	case FOREIGN_PRIO:
		if (q->handle)
			filters_of(&w, q->handle, prefix);
		rest(t, q, prefix);
		break;
	case FOREIGN_CAKE:
		to_tins(t, NO_CLASS, prefix);
		break;
	default:
		break;
	}
}

static uint32_t any_leaf(const struct link *link)
{
	uint32_t i = 0;

	while (i < link->n_classes && link->classes[i].children)
		i++;
	return i;
}

void import_rules(struct import_tree *t)
{
	const struct foreign_qdisc *root = foreign_qdisc_below(t->dev, TC_H_ROOT);
	uint32_t index;

	classify(t, root, NULL, 0);
	index = t->caught != NO_CLASS ? t->caught : import_default(t, root);
	if (index == NO_CLASS || t->link->classes[index].children)
		index = any_leaf(t->link);
	t->link->default_class = index;
}
