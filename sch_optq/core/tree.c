// SPDX-License-Identifier: GPL-2.0
#include "ahead.h"
#include "sched.h"
#include "tree.h"
#include "../uapi/linux/optq.h"

#define TREE_TARGET_NS		5000000ULL
#define TREE_INTERVAL_NS	100000000ULL
#define TREE_STEP_NS		1000000U

static bool in_range(u64 v, u64 lo, u64 hi)
{
	return !v || (v >= lo && v <= hi);
}

void optq_conf_init(struct optq_class_conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->ecn = true;
	conf->l4s = true;
}

enum optq_fault optq_conf_check(const struct optq_class_conf *conf)
{
	if (!in_range(conf->rate, OPTQ_RATE_MIN, OPTQ_RATE_MAX))
		return OPTQ_FAULT_RATE;
	if (!in_range(conf->ceil, OPTQ_RATE_MIN, OPTQ_RATE_MAX))
		return OPTQ_FAULT_CEIL;
	if (conf->ceil && conf->rate > conf->ceil)
		return OPTQ_FAULT_RATE_CEIL;
	if (conf->burst > OPTQ_BURST_MAX || conf->cburst > OPTQ_BURST_MAX)
		return OPTQ_FAULT_BURST;
	if (conf->prio > OPTQ_PRIO_MAX)
		return OPTQ_FAULT_PRIO;
	if (!in_range(conf->quantum, OPTQ_QUANTUM_MIN, OPTQ_QUANTUM_MAX))
		return OPTQ_FAULT_QUANTUM;
	if (!in_range(conf->limit, 1, OPTQ_LIMIT_MAX))
		return OPTQ_FAULT_LIMIT;
	if (!in_range(conf->target_ns, OPTQ_TIME_MIN_NS, OPTQ_TIME_MAX_NS) ||
	    !in_range(conf->interval_ns, OPTQ_TIME_MIN_NS, OPTQ_TIME_MAX_NS))
		return OPTQ_FAULT_TARGET;
	if (!optq_wire_valid(&conf->wire))
		return OPTQ_FAULT_WIRE;
	if (!in_range(conf->step_ns, OPTQ_TIME_MIN_NS, OPTQ_STEP_MAX_NS))
		return OPTQ_FAULT_STEP;
	if (conf->isolate > OPTQ_ISOLATE_MAX)
		return OPTQ_FAULT_ISOLATE;
	if (!in_range(conf->delay_ns, OPTQ_TIME_MIN_NS, OPTQ_TIME_MAX_NS) ||
	    (conf->delay_ns && !conf->rate))
		return OPTQ_FAULT_DELAY;
	if (conf->dscp > OPTQ_DSCP_NONE)
		return OPTQ_FAULT_DSCP;
	return OPTQ_OK;
}

u32 optq_auto_burst(const struct optq_class *c, u64 rate, u32 mtu)
{
	/*
	 * A link waits for nobody, and what it sends at once stands in the next
	 * hop's queue.
	 */
	if (!c->parent && c->attached)
		return optq_late_bytes(rate) + mtu;
	return optq_ceil_burst(rate, 0, mtu);
}

static u32 class_burst(const struct optq_tree *t, const struct optq_class *c)
{
	const struct optq_class_conf *conf = &c->conf;

	return conf->delay_ns ?
	       optq_delay_burst(conf->rate, conf->burst, t->mtu) :
	       optq_rate_burst(conf->rate, conf->burst, t->mtu, c->depth);
}

static u32 class_cburst(const struct optq_tree *t, const struct optq_class *c,
			u64 ceil, u32 asked)
{
	u32 burst = asked ? asked : optq_auto_burst(c, ceil, t->mtu);

	if (c->conf.delay_ns && !asked) {
		u64 passes = 2ULL * optq_delay_burst(c->conf.rate,
						     c->conf.burst, t->mtu);

		burst = (u32)optq_min_u64(optq_max_u64(burst, passes), ~0U);
	}
	return optq_max_u32(burst, t->mtu);
}

static void class_set_ceil(struct optq_tree *t, struct optq_class *c, u64 ceil,
			   u32 cburst, u64 now)
{
	u32 burst;

	c->split_bytes = OPTQ_LEN_MAX;
	if (!ceil) {
		optq_bucket_set(&c->ceil, 0, 0, now);
		optq_class_end_red(t, c, now);
		return;
	}
	burst = class_cburst(t, c, ceil, cburst);
	c->split_bytes = optq_burst_split(burst, t->mtu);
	optq_bucket_set(&c->ceil, ceil, burst - c->split_bytes, now);
	/* The debt, if any, has another length at another rate. */
	if (c->ceil.tokens < 0)
		optq_class_set_red(t, c, now);
	else
		optq_class_arm(t, c);
}

void optq_class_init(struct optq_tree *t, struct optq_class *c)
{
	memset(c, 0, sizeof(*c));
	optq_list_init(&c->sibling);
	optq_list_init(&c->blocked_link);
	optq_timer_init(&c->timer);
	optq_wfq_node_init(&c->excess);
	optq_tagged_init(&c->guaranteed);
	optq_leaf_init(&c->leaf, t->secret + t->next_salt++);
	c->split_bytes = OPTQ_LEN_MAX;
}

void optq_class_give_urgent(struct optq_class *c, struct optq_urgent *urgent)
{
	optq_tagged_init(&urgent->tag);
	urgent->c = c;
	urgent->police = NULL;
	c->urgent = urgent;
}

void optq_class_give_inner(struct optq_class *c, struct optq_inner *inner)
{
	int i;

	memset(inner, 0, sizeof(*inner));
	optq_list_init(&inner->children);
	optq_tagged_init(&inner->urgent.tag);
	inner->urgent.c = c;
	optq_edf_init(&inner->guarantees);
	for (i = 0; i < OPTQ_BANDS; i++)
		optq_wfq_init(&inner->bands[i]);
	c->inner = inner;
}

void optq_tree_init(struct optq_tree *t, u32 limit, u32 direct_limit, u32 mtu,
		    u32 secret)
{
	struct optq_class_conf conf;

	optq_conf_init(&conf);
	conf.limit = direct_limit;
	optq_wheel_init(&t->red, 0);
	optq_wheel_init(&t->waiting, 0);
	optq_list_init(&t->blocked);
	t->lender = NULL;
	t->urgent_top = NULL;
	memset(&t->sole, 0, sizeof(t->sole));
	optq_sole_forget(&t->sole);
	t->fattest = NULL;
	memset(&t->memory, 0, sizeof(t->memory));
	optq_memory_set_limit(&t->memory, 0);
	t->qlen = 0;
	t->own_qlen = 0;
	t->limit = limit;
	t->mtu = optq_clamp_mtu(mtu);
	t->secret = secret;
	t->flows.random = secret;
	t->next_salt = 0;
	optq_class_init(t, &t->root);
	optq_class_give_inner(&t->root, &t->root_inner);
	t->root.attached = true;
	optq_class_init(t, &t->direct);
	t->direct.parent = &t->root;
	t->direct.attached = true;
	optq_class_configure(t, &t->direct, &conf, 0);
}

u32 optq_class_split_bytes(const struct optq_class *leaf)
{
	const struct optq_class *c;
	u32 split = OPTQ_LEN_MAX;

	for (c = leaf; c; c = c->parent)
		split = optq_min_u32(split, c->split_bytes);
	return split;
}

/* The rate that a leaf can count on to drain: what CoDel's target must fit. */
static u64 leaf_drain_rate(const struct optq_class *leaf)
{
	const struct optq_class *c;
	u64 rate = leaf->conf.rate;

	if (rate)
		return rate;
	for (c = leaf; c; c = c->parent) {
		if (c->conf.ceil && (!rate || c->conf.ceil < rate))
			rate = c->conf.ceil;
	}
	return rate;
}

/* Its own, or that of the next above; layer 0 when it is not on, for a quick look. */
static struct optq_wire leaf_wire(const struct optq_class *c)
{
	while (!c->conf.wire.layer && c->parent)
		c = c->parent;
	return optq_wire_on(&c->conf.wire) ? c->conf.wire :
					     (struct optq_wire){};
}

/* Its own, or that of the next above that has one. */
static u8 leaf_dscp(const struct optq_class *c)
{
	while (!c->conf.dscp && c->parent)
		c = c->parent;
	return c->conf.dscp == OPTQ_DSCP_NONE ? 0 : c->conf.dscp;
}

static u8 leaf_ack_filter(const struct optq_class *c)
{
	while (!c->conf.ack_filter && c->parent)
		c = c->parent;
	return c->conf.ack_filter == OPTQ_ACK_FILTER_OFF ? 0 :
							   c->conf.ack_filter;
}

static void leaf_configure(struct optq_tree *t, struct optq_class *c)
{
	const struct optq_class_conf *conf = &c->conf;
	struct optq_codel_params *p = &c->leaf.codel;
	u64 rate = leaf_drain_rate(c);
	u64 mtu_ns = 0;

	if (rate)
		mtu_ns = div64_u64(t->mtu * OPTQ_NSEC_PER_SEC, rate);
	/* As CAKE: a packet and a half must fit below the target. */
	p->target_ns = conf->target_ns ? conf->target_ns :
		       optq_max_u64(TREE_TARGET_NS + conf->delay_ns,
				    mtu_ns + mtu_ns / 2);
	p->interval_ns = conf->interval_ns ? conf->interval_ns :
			 TREE_INTERVAL_NS + p->target_ns - TREE_TARGET_NS;
	if (p->interval_ns < p->target_ns || (s64)p->interval_ns < 0)
		p->interval_ns = p->target_ns;
	p->mtu = t->mtu;
	p->step_ns = conf->step_ns ? conf->step_ns : TREE_STEP_NS;
	p->ecn = conf->ecn;
	c->leaf.wire = leaf_wire(c);
	c->leaf.dscp = leaf_dscp(c);
	p->l4s = conf->ecn && conf->l4s;
	optq_leaf_set_isolate(&t->flows, &c->leaf, conf->isolate, conf->nat);
	c->leaf.ack_filter = leaf_ack_filter(c);
	c->leaf.in_order = !!conf->delay_ns;
	c->leaf.quantum = conf->quantum ? conf->quantum : t->mtu;
	optq_leaf_set_limit(&c->leaf, conf->limit ? conf->limit : OPTQ_LEAF_LIMIT);
}

struct optq_class *optq_class_skip(struct optq_class *c,
				   const struct optq_class *top)
{
	for (; c != top; c = c->parent) {
		if (c->sibling.next != &c->parent->inner->children)
			return optq_list_entry(c->sibling.next,
					       struct optq_class, sibling);
	}
	return NULL;
}

struct optq_class *optq_class_walk(struct optq_class *c,
				   const struct optq_class *top)
{
	if (c->n_children)
		return optq_list_entry(c->inner->children.next,
				       struct optq_class, sibling);
	return optq_class_skip(c, top);
}

/* What leaves derive from the ceilings above them. */
static void leaves_configure(struct optq_tree *t, struct optq_class *top)
{
	struct optq_class *c;

	for (c = top; c; c = optq_class_walk(c, top)) {
		if (optq_class_is_leaf(c))
			leaf_configure(t, c);
	}
}

/* A debt at another pace is no longer than a packet takes there. */
static void class_set_pace(const struct optq_tree *t, struct optq_class *c,
			   u64 now)
{
	struct optq_edf *set = &c->parent->inner->guarantees;
	bool linked = optq_tagged_linked(&c->guaranteed);

	if (linked)
		optq_edf_remove(set, &c->guaranteed);
	optq_class_set_pace(c);
	optq_ahead_set_leaf(t, c);
	optq_edf_set_span(set, &c->guaranteed,
			  optq_bucket_cost(&c->rate, c->excess.len),
			  optq_ticks(now));
	if (linked)
		optq_edf_insert(set, &c->guaranteed,
				optq_bucket_cost(&c->rate, OPTQ_LEN_MAX),
				optq_ticks(now), optq_ticks(now));
}

/* top's need has changed from before, which its ancestors had summed up; or top has. */
static void class_need_changed(const struct optq_tree *t,
			       struct optq_class *top, u64 before, u64 now)
{
	struct optq_class *c;

	for (c = top; c->parent; c = c->parent) {
		u64 need = optq_class_need(c);
		u64 above = optq_class_need(c->parent);

		if (c == top || need != before)
			class_set_pace(t, c, now);
		if (need == before)
			return;
		c->parent->inner->rate_below += need - before;
		before = above;
	}
}

void optq_class_configure(struct optq_tree *t, struct optq_class *c,
			  const struct optq_class_conf *conf, u64 now)
{
	u64 before = optq_class_need(c);
	bool inherited = c->conf.ceil != conf->ceil ||
			 !optq_wire_same(&c->conf.wire, &conf->wire) ||
			 c->conf.dscp != conf->dscp ||
			 c->conf.ack_filter != conf->ack_filter;
	u64 kbit;

	if (c->attached && c != &t->root)
		optq_class_unlink(t, c, now);
	optq_sole_settle(t);
	optq_sole_forget(&t->sole);
	c->conf = *conf;
	optq_bucket_set(&c->rate, conf->rate, class_burst(t, c), now);
	class_set_ceil(t, c, conf->ceil, conf->cburst, now);
	kbit = optq_min_u64(div64_u64(conf->rate, 125), ~0U);
	optq_wfq_set_weight(&c->excess, conf->weight ? conf->weight :
						       (u32)kbit);
	if (inherited && c->attached)
		leaves_configure(t, c);
	else
		leaf_configure(t, c);
	if (c->attached && c != &t->root && c != &t->direct) {
		class_need_changed(t, c, before, now);
		optq_class_update(t, c, now);
	}
}

void optq_tree_set_link(struct optq_tree *t, u64 rate, u32 burst, u64 now)
{
	struct optq_class_conf conf = {
		.ceil = rate, .cburst = burst, .wire = t->root.conf.wire,
		.dscp = t->root.conf.dscp,
		.ack_filter = t->root.conf.ack_filter,
	};

	optq_class_configure(t, &t->root, &conf, now);
}

void optq_tree_set_wire(struct optq_tree *t, const struct optq_wire *wire)
{
	t->root.conf.wire = *wire;
	leaves_configure(t, &t->root);
	leaf_configure(t, &t->direct);
}

void optq_tree_set_dscp(struct optq_tree *t, u8 dscp)
{
	if (t->root.conf.dscp == dscp)
		return;
	t->root.conf.dscp = dscp;
	leaves_configure(t, &t->root);
	leaf_configure(t, &t->direct);
}

void optq_tree_set_ack_filter(struct optq_tree *t, u8 filter)
{
	if (t->root.conf.ack_filter == filter)
		return;
	t->root.conf.ack_filter = filter;
	leaves_configure(t, &t->root);
	leaf_configure(t, &t->direct);
}

static u32 class_height(struct optq_class *top)
{
	struct optq_class *c;
	u32 height = 0;

	for (c = top; c; c = optq_class_walk(c, top))
		height = optq_max_u32(height, c->depth - top->depth);
	return height;
}

enum optq_fault optq_class_may_attach(const struct optq_class *c,
				      const struct optq_class *parent)
{
	const struct optq_class *p;

	for (p = parent; p; p = p->parent) {
		if (p == c)
			return OPTQ_FAULT_CYCLE;
	}
	if (parent->depth + 1 + class_height((struct optq_class *)c) >
	    OPTQ_DEPTH_MAX)
		return OPTQ_FAULT_DEPTH;
	return OPTQ_OK;
}

/* Deeper or less deep, their bursts are others: a delay may be long by them now. */
static void delays_configure(struct optq_tree *t, struct optq_class *top, u64 now)
{
	struct optq_class *c;

	for (c = top; c; c = optq_class_walk(c, top)) {
		if (!optq_class_is_leaf(c) || !c->conf.delay_ns)
			continue;
		optq_ahead_set_leaf(t, c);
		optq_class_update(t, c, now);
	}
}

void optq_class_attach(struct optq_tree *t, struct optq_class *c,
		       struct optq_class *parent, u64 now)
{
	bool was_leaf = optq_class_is_leaf(parent) && parent != &t->root;
	u64 before = optq_class_need(parent);
	struct optq_class *i, *leaf;
	u8 depth;

	if (was_leaf)
		optq_class_unlink(t, parent, now);
	optq_list_add_tail(&parent->inner->children, &c->sibling);
	parent->n_children++;
	c->parent = parent;
	c->attached = true;
	depth = (u8)(parent->depth + 1 - c->depth);
	for (i = c; i; i = optq_class_walk(i, c)) {
		i->depth = (u8)(i->depth + depth);
		if (i->conf.rate)
			optq_bucket_set_cap(&i->rate, class_burst(t, i));
	}
	class_need_changed(t, parent, before, now);
	class_need_changed(t, c, 0, now);
	leaves_configure(t, c);
	delays_configure(t, c, now);
	optq_class_arm(t, c);
	optq_class_arm(t, parent);
	if (was_leaf) {
		for (leaf = c; !optq_class_is_leaf(leaf);)
			leaf = optq_class_walk(leaf, c);
		optq_move_queue(t, leaf, parent, now);
	}
	optq_class_update(t, c, now);
	optq_class_update(t, parent, now);
}

void optq_class_detach(struct optq_tree *t, struct optq_class *c, u64 now)
{
	struct optq_class *parent = c->parent;
	u64 before = optq_class_need(parent), gone = optq_class_need(c);

	optq_class_unlink(t, c, now);
	optq_ahead_forget(c);
	parent->inner->rate_below -= gone;
	optq_list_del(&c->sibling);
	parent->n_children--;
	class_need_changed(t, parent, before, now);
	c->parent = NULL;
	c->attached = false;
	if (optq_class_is_leaf(parent) && parent->parent) {
		leaf_configure(t, parent);
		optq_class_count_anew(parent);
	}
	optq_class_update(t, parent, now);
}

/* What is left when every own queue is cut to cap. */
static u64 tree_held(struct optq_tree *t, u32 cap)
{
	u64 n = optq_min_u32(t->direct.own_qlen, cap);
	struct optq_class *c;

	for (c = &t->root; c; c = optq_class_walk(c, &t->root))
		n += optq_min_u32(c->own_qlen, cap);
	return n;
}

static void class_trim(struct optq_tree *t, struct optq_class *c, u32 cap,
		       u32 *spare, u64 now, struct optq_drops *drops)
{
	if (c->own_qlen <= cap)
		return;
	if (*spare) {
		(*spare)--;
		cap++;
	}
	while (c->leaf.packets > cap)
		optq_drop_longest(t, c, false, drops);
	optq_class_requeued(t, c, now);
}

static void tree_trim_packets(struct optq_tree *t, u64 now,
			      struct optq_drops *drops)
{
	u32 lo = 0, hi = t->limit, spare;
	struct optq_class *c;

	if (t->own_qlen <= t->limit)
		return;
	while (lo < hi) {
		u32 mid = hi - (hi - lo) / 2;

		if (tree_held(t, mid) <= t->limit)
			lo = mid;
		else
			hi = mid - 1;
	}
	spare = t->limit - (u32)tree_held(t, lo);
	for (c = &t->root; c; c = optq_class_walk(c, &t->root))
		class_trim(t, c, lo, &spare, now, drops);
	class_trim(t, &t->direct, lo, &spare, now, drops);
}

void optq_tree_trim(struct optq_tree *t, u64 now, struct optq_drops *drops)
{
	tree_trim_packets(t, now, drops);
	optq_memory_trim(t, now, drops);
}

void optq_tree_set_mtu(struct optq_tree *t, u32 mtu, u64 now)
{
	struct optq_class_conf conf;
	struct optq_class *c;

	t->mtu = optq_clamp_mtu(mtu);
	for (c = &t->root; c; c = optq_class_walk(c, &t->root)) {
		conf = c->conf;
		optq_class_configure(t, c, &conf, now);
	}
	conf = t->direct.conf;
	optq_class_configure(t, &t->direct, &conf, now);
}

u64 optq_class_overflow(const struct optq_class *c)
{
	u64 has = c->parent ? c->conf.rate : c->conf.ceil;
	u64 below = optq_class_rate_below(c);

	/*
	 * A class without a rate asks its parent for what is below it; a link
	 * without one is as fast as its device, which may change.
	 */
	if (!has)
		return 0;
	return below > has ? below : 0;
}
