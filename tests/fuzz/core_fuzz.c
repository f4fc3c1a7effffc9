// SPDX-License-Identifier: GPL-2.0
/*
 * Sequences of operations on the core, made from bytes; every invariant is
 * checked after each.  A libFuzzer target, and with replay.c a program.
 */
#include "../unit/core_base.h"
#include "../../sch_optq/core/ack.h"
#include "../../sch_optq/uapi/linux/optq.h"

#define CLASSES	24
#define FLOWS	8

struct input {
	const u8 *at, *end;
};

struct fuzz {
	struct optq_tree t;
	struct optq_flow flow[FLOWS];
	struct optq_flow *bucket[FLOWS];
	struct optq_share share[FLOWS];
	struct optq_host host[2 * FLOWS];
	struct optq_host *host_bucket[FLOWS];
	struct optq_flow_past past[FLOWS];
	struct optq_class *c[CLASSES];	/* NULL: none */
	u64 now;
	u64 in, out, dropped;
};

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static u8 get(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

/* A number of any magnitude from two bytes. */
static u64 get_wide(struct input *in)
{
	u64 v = get(in);

	return v << (get(in) % 40);
}

static void stop(const char *why)
{
	fprintf(stderr, "core_fuzz: %s\n", why);
	abort();
}

/* Nothing of it can be told from the length. */
static u32 memory_of(const struct optq_pkt *pkt)
{
	const struct tpkt *p = (const struct tpkt *)pkt;

	return 768 + p->pkt.len + (u32)(p->seq % 7) * 512;
}

static void take_drops(struct fuzz *f, struct optq_drops *d)
{
	while (d->head) {
		struct optq_pkt *next = d->head->next;

		optq_memory_uncharge(&f->t.memory, memory_of(d->head));
		pkt_free(d->head);
		d->head = next;
		f->dropped++;
	}
}

static void take_packet(struct fuzz *f, struct optq_pkt *p)
{
	optq_memory_uncharge(&f->t.memory, memory_of(p));
	pkt_free(p);
	f->out++;
}

/* Two connections to a hash, some of their packets duplicates or with data. */
static bool read_ack(const struct optq_pkt *pkt, struct optq_ack *ack)
{
	const struct tpkt *p = (const struct tpkt *)pkt;

	memset(ack, 0, sizeof(*ack));
	ack->conn[0] = p->flow * 2 + p->seq % 5 / 3;
	ack->pure = p->seq % 7 != 6;
	ack->ecn = p->seq / 16 % 2;
	ack->ack = (u32)p->seq / 2 - 8;
	return p->seq % 11 != 10;
}

static struct optq_class *any(struct fuzz *f, struct input *in)
{
	u8 i = get(in) % (CLASSES + 1);

	return i == CLASSES ? &f->t.root : f->c[i];
}

static bool conf_get(struct input *in, struct optq_class_conf *conf)
{
	u8 has = get(in);

	memset(conf, 0, sizeof(*conf));
	conf->rate = has & 1 ? get_wide(in) : 0;
	conf->ceil = has & 2 ? get_wide(in) : 0;
	conf->burst = has & 4 ? (u32)get_wide(in) : 0;
	conf->cburst = has & 8 ? (u32)get_wide(in) : 0;
	conf->weight = has & 16 ? (u32)get_wide(in) : 0;
	conf->prio = get(in) % 9;
	conf->quantum = has & 32 ? (u32)get_wide(in) : 0;
	conf->limit = has & 64 ? get(in) : 0;
	conf->target_ns = has & 128 ? get_wide(in) : 0;
	conf->interval_ns = has & 128 ? get_wide(in) : 0;
	conf->ecn = has & 1;
	conf->l4s = !(has & 2);
	conf->step_ns = has & 64 ? conf->limit * 1000 : 0;
	/* By a bit that says something else too: the corpus stays what it is. */
	conf->delay_ns = conf->rate && conf->prio & 1 ?
			 (conf->burst | 1) * 1000ULL % OPTQ_TIME_MAX_NS : 0;
	conf->isolate = (u8)(conf->weight % (OPTQ_ISOLATE_MAX + 1U));
	conf->nat = conf->weight & 64;
	conf->ack_filter = conf->prio & 3;
	return optq_conf_check(conf) == OPTQ_OK;
}

/* With room for what only some classes have. */
struct fuzz_class {
	struct optq_class c;
	struct optq_inner inner;
	struct optq_urgent urgent;
	struct optq_shares shares;
};

static void attach(struct fuzz *f, struct optq_class *c,
		   struct optq_class *parent)
{
	if (!parent->inner)
		optq_class_give_inner(parent,
				      &optq_container_of(parent,
							 struct fuzz_class,
							 c)->inner);
	optq_class_attach(&f->t, c, parent, f->now);
}

static void op_add(struct fuzz *f, struct input *in)
{
	struct optq_class *parent = any(f, in);
	struct optq_class_conf conf;
	u8 i = get(in) % CLASSES;

	if (!conf_get(in, &conf) || f->c[i] || !parent || !parent->attached)
		return;
	f->c[i] = calloc(1, sizeof(struct fuzz_class));
	optq_class_init(&f->t, f->c[i]);
	optq_class_give_urgent(f->c[i],
			       &((struct fuzz_class *)f->c[i])->urgent);
	optq_leaf_give_shares(&f->c[i]->leaf,
			      &((struct fuzz_class *)f->c[i])->shares);
	optq_class_configure(&f->t, f->c[i], &conf, f->now);
	if (optq_class_may_attach(f->c[i], parent) != OPTQ_OK) {
		free(f->c[i]);
		f->c[i] = NULL;
		return;
	}
	attach(f, f->c[i], parent);
}

static void op_configure(struct fuzz *f, struct input *in)
{
	struct optq_class *c = any(f, in);
	struct optq_class_conf conf;

	if (!conf_get(in, &conf) || !c)
		return;
	if (c == &f->t.root)
		optq_tree_set_ack_filter(&f->t, conf.ack_filter);
	if (c == &f->t.root)
		optq_tree_set_link(&f->t, conf.ceil, conf.cburst, f->now);
	else
		optq_class_configure(&f->t, c, &conf, f->now);
}

static struct optq_hosts hosts_of(u32 hash)
{
	return (struct optq_hosts){ .src = hash % 3, .dst = hash % 5 };
}

static void op_enqueue(struct fuzz *f, struct input *in)
{
	struct optq_class *c = any(f, in);
	u32 n = 1 + get(in) % 16, hash = get(in) % 32;
	u32 len = 1 + (u32)get_wide(in) % 70000;
	struct optq_hosts hosts = hosts_of(hash);
	struct optq_drops d = { 0 };

	if (!c || c == &f->t.root)
		c = &f->t.direct;
	if (c->n_children)
		return;
	while (n--) {
		struct optq_pkt *p = pkt_new(len, hash, f->in);

		p->flags = hash & 1 ? OPTQ_PKT_ECT0 : 0;
		if (hash & 8)
			p->flags = n & OPTQ_PKT_ECN;
		if (optq_memory_charge(&f->t.memory, memory_of(p)) ||
		    optq_memory_make_room(&f->t, c, p, f->now, &d))
			optq_enqueue_of(&f->t, c, p,
					flow_key_of(&c->leaf, hash, &hosts),
					&hosts, f->now, &d);
		f->in++;
		take_drops(f, &d);
	}
}

static void op_dequeue(struct fuzz *f, struct input *in)
{
	u32 n = 1 + get(in) % 32;
	struct optq_drops d = { 0 };

	while (n--) {
		u64 next = 0;
		struct optq_pkt *p = optq_dequeue(&f->t, f->now, &d, &next);

		take_drops(f, &d);
		if (p) {
			take_packet(f, p);
			continue;
		}
		if (f->t.qlen && !next && optq_list_empty(&f->t.blocked))
			stop("packets wait and no timer is set");
		if (next > f->now)
			f->now = next;
	}
}

static void op_pick(struct fuzz *f, struct input *in)
{
	struct optq_class *c = optq_pick(&f->t, f->now);
	struct optq_drops d = { 0 };
	struct optq_pkt *p;

	if (!c)
		return;
	if (get(in) % 2 && c != &f->t.direct) {
		optq_block(&f->t, c, f->now);
		return;
	}
	p = optq_take(&f->t, c, f->now, &d);
	take_drops(f, &d);
	if (p)
		take_packet(f, p);
}

static void op_detach(struct fuzz *f, struct input *in, bool purge)
{
	u8 i = get(in) % CLASSES, j = get(in) % CLASSES;
	struct optq_class *c = f->c[i], *to = f->c[j];
	struct optq_drops d = { 0 };

	if (!c || c->n_children)
		return;
	if (!purge && to && to != c && !to->n_children)
		optq_move_queue(&f->t, to, c, f->now);
	optq_class_detach(&f->t, c, f->now);
	optq_purge(&f->t, c, f->now, &d);
	take_drops(f, &d);
	free(c);
	f->c[i] = NULL;
}

static void op_reparent(struct fuzz *f, struct input *in)
{
	struct optq_class *c = any(f, in), *to = any(f, in);

	if (!c || !to || c == &f->t.root ||
	    optq_class_may_attach(c, to) != OPTQ_OK)
		return;
	optq_class_detach(&f->t, c, f->now);
	attach(f, c, to);
}

static void op_relay(struct fuzz *f, struct input *in)
{
	int i, last = -1;

	for (i = 0; i < CLASSES; i++) {
		if (f->c[i])
			optq_class_unhook(&f->t, f->c[i], f->now);
	}
	for (i = 0; i < CLASSES; i++) {
		struct optq_class *p = last < 0 || get(in) % 2 ? &f->t.root :
				       f->c[last];

		if (!f->c[i])
			continue;
		if (p->depth >= OPTQ_DEPTH_MAX)
			p = &f->t.root;
		attach(f, f->c[i], p);
		last = i;
	}
}

static void op_trim(struct fuzz *f, struct input *in)
{
	struct optq_drops d = { 0 };

	f->t.limit = 1 + get(in);
	optq_memory_set_limit(&f->t.memory, f->t.limit * 2048);
	optq_tree_trim(&f->t, f->now, &d);
	take_drops(f, &d);
}

/* Which leaf a flow is to wait in, by new rules. */
struct rules {
	struct fuzz *f;
	struct optq_class *here;
	u8 seed;
};

static struct optq_class *home_of(const struct rules *r, u32 hash)
{
	struct optq_class *c = r->f->c[(hash + r->seed) % CLASSES];

	return c && !c->n_children ? c : &r->f->t.direct;
}

static bool goes(void *arg, struct optq_pkt *pkt)
{
	const struct rules *r = arg;

	return home_of(r, ((const struct tpkt *)pkt)->flow) != r->here;
}

static void join_home(struct rules *r, struct optq_flow *lifted)
{
	struct fuzz *f = r->f;
	struct optq_list unsorted;
	struct optq_pkt *pkt;

	optq_list_init(&unsorted);
	while ((pkt = optq_flow_pop(&f->t.flows, lifted))) {
		u32 hash = ((const struct tpkt *)pkt)->flow;
		struct optq_hosts hosts = hosts_of(hash);
		struct optq_class *c = home_of(r, hash);
		struct optq_flow run;

		optq_flow_init_shared(&run, NULL);
		optq_flow_push(&run, pkt);
		optq_join(&f->t, c, &run, flow_key_of(&c->leaf, hash, &hosts),
			  &hosts, f->now, &unsorted);
	}
	optq_join_end(&f->t, f->now, &unsorted);
}

static void op_reclass(struct fuzz *f, struct input *in)
{
	struct rules r = { .f = f, .here = &f->t.direct, .seed = get(in) };
	struct optq_flow lifted;
	int i;

	optq_flow_init_shared(&lifted, NULL);
	optq_lift(&f->t, r.here, goes, &r, f->now, &lifted);
	for (i = 0; i < CLASSES; i++) {
		r.here = f->c[i];
		if (r.here && !r.here->n_children)
			optq_lift(&f->t, r.here, goes, &r, f->now, &lifted);
	}
	join_home(&r, &lifted);
}

static void op(struct fuzz *f, struct input *in)
{
	struct optq_class *c;

	switch (get(in) % 18) {
	case 0:
	case 1:
		op_add(f, in);
		break;
	case 2:
		op_configure(f, in);
		break;
	case 3:
	case 4:
	case 5:
		op_enqueue(f, in);
		break;
	case 6:
	case 7:
		op_dequeue(f, in);
		break;
	case 8:
		op_pick(f, in);
		break;
	case 9:
		optq_unblock(&f->t, f->now);
		break;
	case 10:
		op_detach(f, in, get(in) % 2);
		break;
	case 11:
		op_reparent(f, in);
		break;
	case 12:
		op_relay(f, in);
		break;
	case 13:
		op_trim(f, in);
		break;
	case 14:
		c = any(f, in);
		if (c)
			optq_class_reset(&f->t, c, f->now);
		break;
	case 15:
		optq_tree_set_mtu(&f->t, (u32)get_wide(in), f->now);
		break;
	case 16:
		op_reclass(f, in);
		break;
	default:
		f->now += get_wide(in);
		break;
	}
}

static void check(const struct fuzz *f)
{
	const char *why = optq_tree_verify(&f->t);

	if (why)
		stop(why);
	if (f->in != f->out + f->dropped + f->t.qlen)
		stop("packets lost or made");
}

static void finish(struct fuzz *f)
{
	struct optq_drops d = { 0 };
	int i;

	for (i = 0; i < CLASSES; i++) {
		if (!f->c[i])
			continue;
		optq_class_unhook(&f->t, f->c[i], f->now);
		optq_purge(&f->t, f->c[i], f->now, &d);
	}
	optq_purge(&f->t, &f->t.direct, f->now, &d);
	take_drops(f, &d);
	check(f);
	if (f->t.qlen || f->t.flows.used || f->t.flows.hosts.used)
		stop("packets or flows left in an empty tree");
	for (i = 0; i < CLASSES; i++)
		free(f->c[i]);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, data + size };
	static u16 signs[OPTQ_FLOW_SIGNS];
	static struct fuzz f;

	memset(&f, 0, sizeof(f));
	memset(signs, 0, sizeof(signs));
	f.now = SEC;
	optq_flow_table_init(&f.t.flows, f.flow, FLOWS, f.bucket, FLOWS);
	optq_flow_table_give_hosts(&f.t.flows, f.share, f.host, f.host_bucket,
				   FLOWS);
	optq_flow_table_give_past(&f.t.flows, f.past);
	optq_flow_table_give_signs(&f.t.flows, signs);
	optq_tree_init(&f.t, 200, 100, MTU, 7);
	f.t.read_ack = read_ack;
	f.t.memory.of = memory_of;
	while (in.at < in.end) {
		op(&f, &in);
		check(&f);
	}
	finish(&f);
	return 0;
}
