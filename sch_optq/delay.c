// SPDX-License-Identifier: GPL-2.0
#include "conf.h"
#include "core/admit.h"
#include "delay.h"
#include "mtu.h"

/* A class of a tree that is to be, parents before their children. */
struct delay_class {
	const struct optq_class_conf *conf;
	struct nlattr *attr;	/* of the message, if it came with one */
	u32 parent;		/* index; the link is 0 */
	u32 n_children;
	u64 delay_rate;		/* of the leaves with a delay at or below it */
	struct optq_delay_place place;
	u32 first;		/* of its demands, when it has a ceil */
	u32 demands;
};

struct delay_tree {
	struct delay_class *class;	/* class[0]: the link */
	struct optq_delay_demand *demand;
	u32 n;
	u32 mtu;
	u64 link_rate;
	u32 link_burst;
};

/* Classes, or demands at one place, between two looks at who else wants the CPU. */
#define DELAY_BREATH	1024

static const struct optq_class_conf no_conf;

static int tree_alloc(struct delay_tree *d, u32 classes, u32 mtu,
		      const struct optq_link_conf *link)
{
	d->class = kvcalloc(classes + 1, sizeof(*d->class), OPTQ_GFP_MANY);
	if (!d->class)
		return -ENOMEM;
	d->class[0].conf = &no_conf;
	d->n = 1;
	d->mtu = mtu;
	d->link_rate = link->rate;
	d->link_burst = link->burst;
	return 0;
}

static void tree_free(struct delay_tree *d)
{
	kvfree(d->class);
	kvfree(d->demand);
}

static u32 tree_add(struct delay_tree *d, u32 parent,
		    const struct optq_class_conf *conf, struct nlattr *attr)
{
	d->class[d->n] = (struct delay_class){
		.conf = conf, .attr = attr, .parent = parent,
	};
	d->class[parent].n_children++;
	return d->n++;
}

static u64 tree_place_rate(const struct delay_tree *d, u32 i)
{
	return i ? d->class[i].conf->ceil : d->link_rate;
}

/* A class's rate does not hold back the delays below it. */
static u64 class_need(const struct delay_class *c)
{
	return max(c->conf->rate ?: c->place.rate_below, c->delay_rate);
}

static u32 class_burst(const struct delay_tree *d,
		       const struct optq_class_conf *conf)
{
	return optq_delay_burst(conf->rate, conf->burst, d->mtu);
}

/* What a class needs of its parent, from below upwards. */
static void tree_sum(struct delay_tree *d)
{
	u32 i;

	for (i = d->n; --i;) {
		struct delay_class *c = &d->class[i];
		struct delay_class *parent = &d->class[c->parent];

		if (c->conf->delay_ns) {
			c->place.bursts = class_burst(d, c->conf);
			c->delay_rate = c->conf->rate;
		}
		parent->delay_rate += c->delay_rate;
		parent->place.rate_below += class_need(c);
		parent->place.bursts += c->place.bursts;
	}
}

/*
 * The next above class i; NULL: there is none.  *need: what class i has a part in of
 * the guarantees that are counted there.
 */
static struct optq_delay_place *tree_above(struct delay_tree *d, u32 i, u64 *need)
{
	*need = U64_MAX;
	while (i) {
		*need = min(*need, class_need(&d->class[i]));
		i = d->class[i].parent;
		if (d->class[i].place.rate)
			return &d->class[i].place;
	}
	return NULL;
}

static void tree_set_places(struct delay_tree *d)
{
	u32 i;

	for (i = 0; i < d->n; i++) {
		struct delay_class *c = &d->class[i];
		struct optq_delay_place *above;
		u64 need;

		c->place.rate = tree_place_rate(d, i);
		if (!c->demands)
			continue;
		c->place.is_link = !i;
		above = tree_above(d, i, &need);
		optq_delay_place_set(&c->place,
				     i ? c->conf->cburst : d->link_burst,
				     d->mtu, above, need);
	}
}

/* Every delay is a demand at each place above it: counted, or put there. */
static u32 tree_demands(struct delay_tree *d, bool put)
{
	u32 i, total = 0;

	for (i = 1; i < d->n; i++) {
		const struct optq_class_conf *conf = d->class[i].conf;
		u32 p = i;

		if (!(i % DELAY_BREATH))
			cond_resched();
		if (!conf->delay_ns)
			continue;
		do {
			struct delay_class *place;

			p = d->class[p].parent;
			if (!tree_place_rate(d, p))
				continue;
			place = &d->class[p];
			total++;
			if (put)
				d->demand[place->first + place->demands] =
					(struct optq_delay_demand){
					.delay_ns = conf->delay_ns,
					.rate = conf->rate,
					.burst = class_burst(d, conf),
				};
			place->demands++;
		} while (p);
	}
	return total;
}

static int tree_gather(struct delay_tree *d)
{
	u32 i, total = tree_demands(d, false), first = 0;

	d->demand = kvmalloc_array(total ?: 1, sizeof(*d->demand),
				   OPTQ_GFP_MANY);
	if (!d->demand)
		return -ENOMEM;
	for (i = 0; i < d->n; i++) {
		d->class[i].first = first;
		first += d->class[i].demands;
		d->class[i].demands = 0;
	}
	tree_demands(d, true);
	return 0;
}

static int tree_error(const struct delay_tree *d, u32 i, const char *text,
		      struct netlink_ext_ack *extack)
{
	return optq_refuse(extack, d->class[i].attr, text, -EINVAL);
}

/* What stands in the way of one leaf's delay by itself. */
static int tree_check_leaves(const struct delay_tree *d,
			     struct netlink_ext_ack *extack)
{
	u32 i;

	for (i = 1; i < d->n; i++) {
		const struct delay_class *c = &d->class[i];

		if (!c->conf->delay_ns)
			continue;
		if (c->n_children)
			return tree_error(d, i, "delay is for leaves, and this class has others below it",
					  extack);
		if (c->conf->ceil &&
		    !optq_ceil_passes(class_burst(d, c->conf),
				      c->conf->cburst, d->mtu))
			return tree_error(d, i, "cburst must be twice the burst, or automatic, to keep a delay",
					  extack);
	}
	return 0;
}

static int tree_check(struct delay_tree *d, struct netlink_ext_ack *extack)
{
	struct optq_delay_short why;
	int err = tree_check_leaves(d, extack);
	u32 i;

	if (err)
		return err;
	tree_sum(d);
	err = tree_gather(d);
	if (err)
		return err;
	tree_set_places(d);
	for (i = 0; i < d->n; i++) {
		struct delay_class *c = &d->class[i];

		if (!(i % DELAY_BREATH) || c->demands > DELAY_BREATH)
			cond_resched();
		if (!c->demands ||
		    optq_delays_fit(&d->demand[c->first], c->demands, &c->place,
				    &why))
			continue;
		optq_set_err_fmt(extack, "more is due within a delay than can be sent in it",
				 "delay %lluus, kept as %lluus: %llu bytes due, %llu sent",
				 div64_u64(why.delay_ns, 1000),
				 div64_u64(why.kept_ns, 1000),
				 why.asked_bytes, why.sent_bytes);
		NL_SET_BAD_ATTR(extack, c->attr);
		return -ERANGE;
	}
	return 0;
}

static bool stage_has_delays(const struct optq_stage *st)
{
	u32 i;

	for (i = 0; i < st->n; i++) {
		if (st->class[i].conf.delay_ns)
			return true;
	}
	return false;
}

int optq_delay_check_stage(const struct optq_stage *st, u32 mtu,
			   struct netlink_ext_ack *extack)
{
	struct delay_tree d = {};
	int err;
	u32 i;

	if (!stage_has_delays(st))
		return 0;
	err = tree_alloc(&d, st->n, optq_clamp_mtu(mtu), &st->link);
	if (err)
		return err;
	for (i = 0; i < st->n; i++) {
		const struct optq_stage_class *c = &st->class[i];

		tree_add(&d, c->parent == OPTQ_NONE ? 0 : c->parent + 1,
			 &c->conf, c->attr);
	}
	err = tree_check(&d, extack);
	tree_free(&d);
	return err;
}

/* What the live tree is to become. */
struct delay_change {
	const struct optq_class *c;		/* NULL: as it is */
	const struct optq_class_conf *conf;
	const struct optq_class *parent;
	u32 under;				/* the parent's index */
};

/* What is at and below top, under the class of that index; c only as top. */
static void tree_add_live(struct delay_tree *d, struct optq_class *top,
			  u32 index, struct delay_change *to)
{
	bool moves = to->c && to->c->parent != to->parent;
	u32 at[OPTQ_DEPTH_MAX + 2];
	struct optq_class *c = top;

	while (c) {
		u32 depth = c->depth - top->depth;

		if (c == to->c && c != top && moves) {
			c = optq_class_skip(c, top);
			continue;
		}
		if (!c->parent)
			at[depth] = 0;
		else
			at[depth] = tree_add(d, depth ? at[depth - 1] : index,
					     c == to->c ? to->conf : &c->conf,
					     NULL);
		if (c == to->parent)
			to->under = at[depth];
		c = optq_class_walk(c, top);
	}
}

static int check_live(struct optq_sched *q, const struct optq_link_conf *link,
		      struct delay_change *to, u32 mtu,
		      struct netlink_ext_ack *extack)
{
	struct delay_tree d = {};
	int err = tree_alloc(&d, q->n_classes + 1, mtu, link);

	if (err)
		return err;
	tree_add_live(&d, &q->tree.root, 0, to);
	if (to->c && !to->c->parent)
		tree_add(&d, to->under, to->conf, NULL);
	else if (to->c && to->c->parent != to->parent)
		tree_add_live(&d, (struct optq_class *)to->c, to->under, to);
	err = tree_check(&d, extack);
	tree_free(&d);
	return err;
}

/* What was short already is not a reason to refuse another change. */
static bool same_demand(const struct optq_class_conf *a,
			const struct optq_class_conf *b)
{
	return a->rate == b->rate && a->ceil == b->ceil &&
	       a->burst == b->burst && a->cburst == b->cburst &&
	       a->delay_ns == b->delay_ns;
}

int optq_delay_check_class(struct optq_sched *q, const struct optq_class *c,
			   const struct optq_class *parent,
			   const struct optq_class_conf *conf,
			   struct netlink_ext_ack *extack)
{
	struct delay_change to = { .c = c, .conf = conf, .parent = parent };
	u32 mtu;

	if (!q->has_delays && !conf->delay_ns)
		return 0;
	mtu = optq_mtu_with(q, &q->conf.wire, c, &conf->wire);
	if (c->parent == parent && same_demand(&c->conf, conf) &&
	    mtu <= q->tree.mtu)
		return 0;
	return check_live(q, &q->conf, &to, mtu, extack);
}

int optq_delay_check_link(struct optq_sched *q,
			  const struct optq_link_conf *conf,
			  struct netlink_ext_ack *extack)
{
	struct delay_change to = {};
	u32 mtu;

	if (!q->has_delays)
		return 0;
	mtu = optq_mtu_with(q, &conf->wire, NULL, NULL);
	if (conf->rate == q->conf.rate && conf->burst == q->conf.burst &&
	    mtu <= q->tree.mtu)
		return 0;
	return check_live(q, conf, &to, mtu, extack);
}
