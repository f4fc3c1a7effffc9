// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>

#include "sim.h"

/* A pick that gives nothing, because CoDel gave up what it let it, repeats. */
#define SIM_TRIES	10000

void sim_fail(struct sim *s, const char *fmt, ...)
{
	va_list ap;

	if (s->why[0])
		return;
	va_start(ap, fmt);
	vsnprintf(s->why, sizeof(s->why), fmt, ap);
	va_end(ap);
}

struct node *sim_node_of(struct sim *s, const struct optq_class *c)
{
	if (c == &s->t.root)
		return s->node[0];
	return optq_container_of(c, struct node, own);
}

void sim_init(struct sim *s, u64 seed, double line, u32 flows)
{
	u32 buckets = 1;

	memset(s, 0, sizeof(*s));
	while (buckets < flows)
		buckets *= 2;
	s->seed = seed;
	s->line = line;
	s->longest = 65536;
	s->now = SEC;
	s->flow_mem = calloc(flows, sizeof(*s->flow_mem));
	s->buckets = calloc(buckets, sizeof(*s->buckets));
	optq_flow_table_init(&s->t.flows, s->flow_mem, flows, s->buckets,
			     buckets);
	hosts_give(&s->hosts, &s->t.flows, 4);
	optq_tree_init(&s->t, 10000000, 1000, MTU, (u32)rnd(&s->seed));
	s->node[0] = calloc(1, sizeof(struct node));
	s->node[0]->c = &s->t.root;
	s->node[0]->src.next_ns = SIM_NEVER;
	s->n = 1;
}

void sim_free(struct sim *s)
{
	struct optq_drops d = { 0 };
	int i;

	for (i = 0; i < s->n; i++) {
		optq_leaf_purge(&s->t.flows, &s->node[i]->c->leaf, &d);
		while (d.head) {
			struct optq_pkt *next = d.head->next;

			pkt_free(d.head);
			d.head = next;
		}
	}
	if (!sim_failed(s) && s->t.flows.used)
		sim_fail(s, "%u flows leaked", s->t.flows.used);
	if (!sim_failed(s) && s->t.flows.hosts.used)
		sim_fail(s, "%u hosts leaked", s->t.flows.hosts.used);
	for (i = 0; i < s->n; i++)
		free(s->node[i]);
	hosts_free(&s->hosts);
	free(s->flow_mem);
	free(s->buckets);
	free(s->flow);
}

double sim_ceil_burst(const struct sim *s, const struct node *n)
{
	const struct optq_class_conf *conf = &n->c->conf;
	u32 burst = conf->cburst ? conf->cburst :
				   optq_auto_burst(n->c, conf->ceil, s->t.mtu);

	if (conf->delay_ns && !conf->cburst)
		burst = optq_max_u32(burst, 2 * optq_delay_burst(conf->rate,
								 conf->burst,
								 s->t.mtu));
	return optq_max_u32(burst, s->t.mtu);
}

static void limit_refill(struct sim *s, struct node *n)
{
	double most = sim_ceil_burst(s, n);

	n->limit.left += (double)n->c->conf.ceil *
			 (double)(s->now - n->limit.t_ns) / 1e9;
	n->limit.t_ns = s->now;
	if (n->limit.left > most)
		n->limit.left = most;
}

/* Half a byte is what the floating point of the check may be off. */
static void limit_charge(struct sim *s, struct node *n, u32 len)
{
	if (!n->c->conf.ceil)
		return;
	limit_refill(s, n);
	n->limit.left -= len;
	if (n->limit.left < -0.5)
		sim_fail(s, "class %d is %.1f bytes over its ceiling of %llu B/s",
			 n->index, -n->limit.left,
			 (unsigned long long)n->c->conf.ceil);
}

static bool node_backlogged(const struct node *n)
{
	return n->c->n_children ? n->c->band_map : n->c->qlen;
}

static void lag_update(struct sim *s, struct node *n, u32 served)
{
	struct lag_check *l = &n->lag;

	if (!n->c->conf.rate)
		return;
	if (l->on) {
		l->bytes += (double)n->c->conf.rate *
			    (double)(s->now - l->t_ns) / 1e9;
		if (l->bytes > l->worst)
			l->worst = l->bytes;
		l->bytes -= served;
		if (l->bytes < 0)
			l->bytes = 0;
	}
	l->t_ns = s->now;
	l->on = node_backlogged(n);
	if (!l->on)
		l->bytes = 0;
}

/* Whether an inner class has traffic can change anywhere below it. */
static void lag_update_all(struct sim *s)
{
	int i;

	if (!s->check_lag)
		return;
	for (i = 1; i < s->n; i++)
		lag_update(s, s->node[i], 0);
}

void sim_verify(struct sim *s)
{
	const char *why = optq_tree_verify(&s->t);
	u32 queued = 0;
	int i;

	if (why) {
		sim_fail(s, "verify: %s", why);
		return;
	}
	for (i = 0; i < s->n; i++)
		queued += s->node[i]->c->qlen;
	if (queued != s->t.qlen)
		sim_fail(s, "qlen %u, but %u packets are queued", s->t.qlen,
			 queued);
}

static void sim_op(struct sim *s)
{
	if (s->verify_every && ++s->ops % s->verify_every == 0)
		sim_verify(s);
}

static void sim_take_drops(struct sim *s, struct node *leaf,
			   struct optq_drops *d)
{
	struct node *n;

	while (d->head) {
		struct optq_pkt *p = d->head;

		d->head = p->next;
		for (n = leaf; n; n = n->parent)
			n->dropped++;
		s->dropped++;
		pkt_free(p);
	}
}

void sim_attach(struct sim *s, struct node *n, struct node *parent)
{
	/* A leaf has none, as in the kernel. */
	if (!parent->c->inner)
		optq_class_give_inner(parent->c, &parent->inner);
	optq_class_attach(&s->t, n->c, parent->c, s->now);
}

struct node *sim_add(struct sim *s, struct node *parent,
		     const struct optq_class_conf *conf)
{
	struct node *n = calloc(1, sizeof(*n));

	n->c = &n->own;
	n->parent = parent;
	n->src.next_ns = SIM_NEVER;
	n->index = s->n;
	optq_class_init(&s->t, n->c);
	if (s->n == SIM_CLASSES || optq_conf_check(conf) != OPTQ_OK ||
	    optq_class_may_attach(n->c, parent->c) != OPTQ_OK) {
		free(n);
		return NULL;
	}
	optq_class_give_urgent(n->c, &n->urgent);
	optq_leaf_give_shares(&n->c->leaf, &n->shares);
	optq_class_configure(&s->t, n->c, conf, s->now);
	n->limit.left = conf->ceil ? sim_ceil_burst(s, n) : 0;
	n->limit.t_ns = s->now;
	n->lag.t_ns = s->now;
	sim_attach(s, n, parent);
	s->node[s->n++] = n;
	sim_op(s);
	return n;
}

void sim_configure(struct sim *s, struct node *n,
		   const struct optq_class_conf *conf)
{
	bool had = n->c->conf.ceil;

	if (had)
		limit_refill(s, n);
	if (n->index)
		optq_class_configure(&s->t, n->c, conf, s->now);
	else
		optq_tree_set_link(&s->t, conf->ceil, conf->cburst, s->now);
	if (conf->ceil && (!had || n->limit.left > sim_ceil_burst(s, n)))
		n->limit.left = sim_ceil_burst(s, n);
	n->limit.t_ns = s->now;
	sim_op(s);
}

void sim_remove(struct sim *s, struct node *n)
{
	int i = n->index;

	s->node[i] = s->node[--s->n];
	s->node[i]->index = i;
	free(n);
}

static double leaf_burst(const struct node *n)
{
	double burst = optq_delay_burst(n->c->conf.rate, n->c->conf.burst, MTU);
	double most = 7200.0 * (double)n->c->conf.rate;

	return burst < most ? burst : most;
}

static u32 flow_new(struct sim *s)
{
	if (s->n_flows == s->room_flows) {
		s->room_flows = s->room_flows ? 2 * s->room_flows : 64;
		s->flow = realloc(s->flow, s->room_flows * sizeof(*s->flow));
	}
	memset(&s->flow[s->n_flows], 0, sizeof(*s->flow));
	s->flow[s->n_flows].hash = (u32)rnd(&s->seed);
	return s->n_flows++;
}

/* A limit below the depth drops what is over it, so tries are counted. */
static void source_refill(struct sim *s, struct node *leaf)
{
	u32 tries = leaf->src.depth;

	if (leaf->src.kind != SOURCE_GREEDY)
		return;
	while (leaf->c->qlen < leaf->src.depth && tries--)
		sim_enqueue(s, leaf);
}

void sim_set_source(struct sim *s, struct node *leaf, enum source_kind kind,
		    u32 len_min, u32 len_max, u32 depth, u64 gap_ns)
{
	struct source *src = &leaf->src;
	u32 i;

	src->kind = kind;
	src->len_min = len_min;
	src->len_max = len_max;
	src->depth = depth;
	src->gap_ns = gap_ns ? gap_ns : 1;
	src->next_ns = kind == SOURCE_OFF || kind == SOURCE_GREEDY ?
		       SIM_NEVER : s->now + rnd_in(&s->seed, 0, 2 * gap_ns);
	src->tokens = leaf_burst(leaf);
	src->tokens_ns = s->now;
	for (i = 0; i < SIM_FLOWS; i++)
		src->flow[i] = flow_new(s);
	source_refill(s, leaf);
}

/* Traffic is of the longest packets or of any. */
static u32 source_len(struct sim *s, const struct node *leaf)
{
	u32 most = optq_min_u32(optq_min_u32(leaf->src.len_max, s->longest),
				optq_class_split_bytes(leaf->c));
	u32 len = (u32)rnd_in(&s->seed, leaf->src.len_min,
			      optq_max_u32(most, leaf->src.len_min));

	if (rnd(&s->seed) % 4 == 0)
		len = optq_max_u32(most, leaf->src.len_min);
	return len;
}

static void source_send(struct sim *s, struct node *leaf, u32 len)
{
	u32 id = leaf->src.flow[rnd(&s->seed) % SIM_FLOWS];
	struct sim_flow *f = &s->flow[id];
	struct optq_pkt *p = pkt_new(len, id, ++f->next_seq);
	struct optq_hosts hosts = { .src = id % 3, .dst = id % 5 };
	struct optq_drops d = { 0 };

	/* Flows without ECN, with it, of L4S, and tunnels of all. */
	p->flags = (f->hash & 4 ? f->next_seq : f->hash) & OPTQ_PKT_ECN;
	optq_enqueue_of(&s->t, leaf->c, p,
			flow_key_of(&leaf->c->leaf, f->hash, &hosts), &hosts,
			s->now, &d);
	leaf->enqueued++;
	s->in++;
	sim_take_drops(s, leaf, &d);
	if (s->check_lag) {
		struct node *n;

		for (n = leaf; n; n = n->parent)
			lag_update(s, n, 0);
	}
	sim_op(s);
}

void sim_enqueue(struct sim *s, struct node *leaf)
{
	source_send(s, leaf, source_len(s, leaf));
}

/* All at once when the burst is full, or each packet as soon as it may. */
static void source_fire_conforming(struct sim *s, struct node *leaf)
{
	double rate = 0.99999 * (double)leaf->c->conf.rate;
	double most = leaf_burst(leaf);
	struct source *src = &leaf->src;
	u32 len;

	src->tokens += rate * (double)(s->now - src->tokens_ns) / 1e9;
	src->tokens = src->tokens < most ? src->tokens : most;
	src->tokens_ns = s->now;
	while ((len = source_len(s, leaf)) <= src->tokens) {
		src->tokens -= len;
		source_send(s, leaf, len);
	}
	if (rnd(&s->seed) % 3 == 0)
		len = (u32)most;
	src->next_ns = s->now + 1 +
		       (u64)((len - src->tokens) * 1e9 / rate);
}

static void source_fire(struct sim *s, struct node *leaf)
{
	struct source *src = &leaf->src;
	u32 n = src->kind == SOURCE_BURSTS ?
		(u32)rnd_in(&s->seed, 1, src->depth) : 1;

	if (src->kind == SOURCE_CONFORMING) {
		source_fire_conforming(s, leaf);
		return;
	}
	src->next_ns = s->now + rnd_in(&s->seed, 1, 2 * src->gap_ns);
	while (n--)
		sim_enqueue(s, leaf);
}

static struct node *source_next(struct sim *s)
{
	struct node *best = NULL;
	int i;

	for (i = 1; i < s->n; i++) {
		struct node *n = s->node[i];

		if (n->src.next_ns != SIM_NEVER &&
		    (!best || n->src.next_ns < best->src.next_ns))
			best = n;
	}
	return best;
}

/* Nothing was sent although something waits: something must hold it back. */
static void check_idle(struct sim *s)
{
	int i;

	for (i = 1; i < s->n; i++) {
		const struct optq_class *c = s->node[i]->c;

		if (!c->qlen)
			continue;
		while (c && !c->red)
			c = c->parent;
		if (!c) {
			sim_fail(s, "class %d waits, nothing holds it, and the line is idle",
				 i);
			return;
		}
	}
}

/* The packet that may have begun, at what the link sends, and a late timer. */
double sim_delay_slack_ns(const struct sim *s)
{
	double link = (double)s->t.root.conf.ceil;

	return s->longest * 1e9 / (link && link < s->line ? link : s->line) +
	       2 * (1 << OPTQ_TICK_NS_SHIFT);
}

static void check_delay(struct sim *s, struct node *leaf,
			const struct optq_pkt *p)
{
	double took = (double)(s->now - p->enqueue_ns) +
		      p->len * 1e9 / s->line;
	double delay = (double)leaf->c->conf.delay_ns;

	if (!s->check_delay || leaf->src.kind != SOURCE_CONFORMING)
		return;
	if (took - delay > leaf->late)
		leaf->late = took - delay;
	if (took > delay + sim_delay_slack_ns(s))
		sim_fail(s, "class %d at depth %u: %.0f ns for a delay of %.0f, %.0f more are allowed",
			 leaf->index, leaf->c->depth, took, delay,
			 sim_delay_slack_ns(s));
}

/* To the fraction of a ns: at 10 Gbit/s one more a packet is 0.08 % of the line. */
static void line_occupy(struct sim *s, u32 len)
{
	double ns = (double)len * 1e9 / s->line + s->busy_rest_ns;

	s->busy_until = s->now + (u64)ns;
	s->busy_rest_ns = ns - (double)(u64)ns;
}

static void packet_out(struct sim *s, struct node *leaf, struct optq_pkt *p)
{
	struct sim_flow *f = &s->flow[tpkt(p)->flow];
	struct node *n;

	if (tpkt(p)->seq <= f->last_out && !s->shared_flows)
		sim_fail(s, "flow %u: packet %llu after %llu", tpkt(p)->flow,
			 (unsigned long long)tpkt(p)->seq,
			 (unsigned long long)f->last_out);
	f->last_out = tpkt(p)->seq;
	leaf->sent++;
	s->out++;
	check_delay(s, leaf, p);
	for (n = leaf; n; n = n->parent) {
		n->sent_bytes += p->len;
		limit_charge(s, n, p->len);
		if (s->check_lag)
			lag_update(s, n, p->len);
	}
	lag_update_all(s);
	line_occupy(s, p->len);
	if (s->late_ns)
		s->busy_until += rnd(&s->seed) % s->late_ns;
	pkt_free(p);
}

/* One packet onto the line: true, or false and when to try again. */
static bool line_take(struct sim *s, u64 *next_ns)
{
	struct optq_drops d = { 0 };
	int tries;

	for (tries = 0; tries < SIM_TRIES; tries++) {
		struct optq_class *c = optq_pick(&s->t, s->now);
		struct optq_pkt *p;
		struct node *leaf;

		if (!c) {
			*next_ns = optq_next_event(&s->t, s->now);
			lag_update_all(s);
			check_idle(s);
			if (s->t.qlen && *next_ns <= s->now)
				sim_fail(s, "%u packets wait and no timer is set",
					 s->t.qlen);
			return false;
		}
		leaf = sim_node_of(s, c);
		p = optq_take(&s->t, c, s->now, &d);
		sim_take_drops(s, leaf, &d);
		if (p) {
			packet_out(s, leaf, p);
			source_refill(s, leaf);
			sim_op(s);
			return true;
		}
		source_refill(s, leaf);
		sim_op(s);
	}
	sim_fail(s, "%d picks gave no packet", SIM_TRIES);
	return false;
}

void sim_run(struct sim *s, u64 packets, u64 until_ns)
{
	u64 line_at = s->busy_until > s->now ? s->busy_until : s->now;
	/* Sources outrun a slow line: the case has to end. */
	u64 arrivals = packets < SIM_NEVER / 4 ? 4 * packets : SIM_NEVER;

	while (packets && arrivals && !sim_failed(s)) {
		struct node *src = source_next(s);
		u64 src_at = src ? src->src.next_ns : SIM_NEVER;
		u64 next = 0;

		if (src_at >= until_ns && line_at >= until_ns) {
			s->now = until_ns;
			return;
		}
		if (src_at <= line_at) {
			s->now = src_at > s->now ? src_at : s->now;
			source_fire(s, src);
			arrivals--;
			/* An idle line takes what comes at once. */
			if (line_at > s->busy_until)
				line_at = s->busy_until > s->now ?
					  s->busy_until : s->now;
			continue;
		}
		s->now = line_at;
		if (line_take(s, &next)) {
			line_at = s->busy_until;
			packets--;
		} else {
			line_at = next ? next : SIM_NEVER;
			if (line_at == SIM_NEVER && src_at == SIM_NEVER)
				return;
		}
	}
}

void sim_check_counts(struct sim *s)
{
	u64 queued = 0, own;
	int i;

	optq_sole_settle(&s->t);
	for (i = 0; i < s->n; i++) {
		const struct node *n = s->node[i];

		queued += n->c->qlen;
		if (n->c->count.bytes != n->sent_bytes)
			sim_fail(s, "class %d counts %llu bytes, sent %llu", i,
				 (unsigned long long)n->c->count.bytes,
				 (unsigned long long)n->sent_bytes);
		/* BLUE's are counted at a class for all below it too. */
		own = n->c->leaf.drop_overlimit + n->c->leaf.drop_aqm;
		if (n->dropped < own ||
		    n->dropped > own + n->c->count.drop_blue)
			sim_fail(s, "class %d counts other drops", i);
		if (optq_class_is_leaf(n->c) &&
		    n->c->count.enqueued != n->c->count.packets +
				optq_class_drops(n->c) + n->c->qlen)
			sim_fail(s, "leaf %d sent, dropped and holds other than came", i);
	}
	if (s->in != s->t.root.count.packets + optq_class_drops(&s->t.root) + queued)
		sim_fail(s, "the link's counts and what came differ");
	if (s->in != s->out + s->dropped + queued)
		sim_fail(s, "%llu in, %llu out, %llu dropped, %llu queued",
			 (unsigned long long)s->in, (unsigned long long)s->out,
			 (unsigned long long)s->dropped,
			 (unsigned long long)queued);
}

void sim_drain(struct sim *s)
{
	int i;

	for (i = 1; i < s->n; i++)
		sim_set_source(s, s->node[i], SOURCE_OFF, 64, 64, 0, 1);
	sim_run(s, ~0ULL, SIM_NEVER);
	if (s->t.qlen)
		sim_fail(s, "%u packets never left", s->t.qlen);
}
