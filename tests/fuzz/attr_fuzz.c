// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes as bytes, read by the module's own parser and its policies: a whole tree, or
 * the options of a link, a class, a policer, with memory that runs out at some point.
 * Each input is read twice, with other numbers for what is random and other bytes in
 * new memory, and comes to the same; what is refused leaves nothing behind; what is
 * accepted is as optq.h says, and reads the same once it is told.  A libFuzzer target,
 * and with replay.c a program.
 *
 * The first byte says what it is, the second which allocation fails.
 */
#include "../../sch_optq/conf_rule.h"
#include "../../sch_optq/conn.h"
#include "../../sch_optq/dscp.h"
#include "../../sch_optq/police.h"
#include "../../sch_optq/stage.h"
#include "../../sch_optq/sysfs.h"
#include "../../sch_optq/wire.h"

#define PREFIX		4
#define TOLD_MAX	4096

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

enum { TREE, TREE_OF_NEW, LINK, CLASS, POLICE, KINDS };

struct outcome {
	int err;
	long bad;		/* where the attribute is that is to blame */
	const char *text;
	u64 digest;		/* of all that was accepted */
	bool failed;		/* memory ran out */
};

static void stop(const char *why)
{
	fprintf(stderr, "attr_fuzz: %s\n", why);
	abort();
}

static void must(bool so, const char *what)
{
	if (!so)
		stop(what);
}

static void digest_add(struct outcome *o, const void *data, size_t len)
{
	siphash_key_t key = { { o->digest, 0 } };

	o->digest = siphash(data, len, &key);
}

static bool within(u64 v, u64 least, u64 most)
{
	return v >= least && v <= most;
}

/* ---- what is told of it, and that it reads the same ---- */

struct told {
	u32 mem[TOLD_MAX / sizeof(u32)];
	struct sk_buff skb;
	struct nlattr *nest;
};

static void told_begin(struct told *t)
{
	t->skb = (struct sk_buff){ .data = (u8 *)t->mem, .room = sizeof(t->mem) };
	t->nest = nla_nest_start(&t->skb, 1);
}

/* Without what only replies have. */
static void told_end(struct told *t, const u8 *reply_only, u32 n)
{
	const struct nlattr *a;
	struct told all = *t;
	int rem;
	u32 i;

	((struct nlattr *)all.mem)->nla_len = (u16)t->skb.len;
	told_begin(t);
	nla_for_each_nested(a, (struct nlattr *)all.mem, rem) {
		for (i = 0; i < n && nla_type(a) != reply_only[i]; i++)
			;
		if (i == n)
			must(!nla_put(&t->skb, a->nla_type, nla_len(a), nla_data(a)),
			     "what is told is too long");
	}
	nla_nest_end(&t->skb, t->nest);
}

static void told_same(const struct told *a, const struct told *b, const char *what)
{
	must(a->skb.len == b->skb.len && !memcmp(a->mem, b->mem, a->skb.len), what);
}

static void tell_class(struct told *t, const struct optq_class_conf *conf, const char *name)
{
	static const u8 reply_only[] = { OPTQ_CLASS_A_LEVEL, OPTQ_CLASS_A_LEAF };
	static char copy[OPTQ_NAME_MAX + 1];
	static struct optq_cl cl;

	memset(&cl, 0, sizeof(cl));
	cl.core.conf = *conf;
	if (name)
		cl.name = strcpy(copy, name);
	told_begin(t);
	must(!optq_put_class(&t->skb, &cl, true), "a class has no room in a message");
	told_end(t, reply_only, 2);
}

static void tell_link(struct told *t, const struct optq_link_conf *conf)
{
	told_begin(t);
	must(!optq_put_link(&t->skb, conf), "a link has no room in a message");
	told_end(t, NULL, 0);
}

static void tell_police(struct told *t, const struct optq_police_conf *conf)
{
	told_begin(t);
	must(!optq_put_police_conf(&t->skb, conf), "a policer has no room in a message");
	told_end(t, NULL, 0);
}

/* ---- what is accepted ---- */

static void check_wire(const struct optq_wire *w)
{
	must(w->layer <= OPTQ_WIRE_RAW_PTM && w->overhead >= OPTQ_OVERHEAD_MIN &&
	     w->overhead <= OPTQ_OVERHEAD_MAX && w->mpu <= OPTQ_MPU_MAX, "wire");
}

static void check_name(const char *name)
{
	size_t n = strlen(name), i;

	must(within(n, 1, OPTQ_NAME_MAX) && name[0] != '-' && name[0] != '.', "name");
	for (i = 0; i < n; i++)
		must(name[i] > ' ' && name[i] < 127 && name[i] != '/', "character of a name");
}

static void check_class(struct outcome *o, const struct optq_class_conf *c, const char *name)
{
	struct nlattr *tb[OPTQ_CLASS_A_MAX + 1];
	struct optq_class_conf again;
	struct told told, retold;

	must(c->rate <= OPTQ_RATE_MAX && c->ceil <= OPTQ_RATE_MAX, "rate");
	must(!c->ceil || c->rate <= c->ceil, "rate over ceil");
	must(c->burst <= OPTQ_BURST_MAX && c->cburst <= OPTQ_BURST_MAX, "burst");
	must(c->prio <= OPTQ_PRIO_MAX, "prio");
	must(!c->quantum || within(c->quantum, OPTQ_QUANTUM_MIN, OPTQ_QUANTUM_MAX), "quantum");
	must(c->limit <= OPTQ_LIMIT_MAX, "limit");
	must(!c->target_ns || within(c->target_ns, OPTQ_TIME_MIN_NS, OPTQ_TIME_MAX_NS), "target");
	must(!c->interval_ns || within(c->interval_ns, OPTQ_TIME_MIN_NS, OPTQ_TIME_MAX_NS),
	     "interval");
	must(!c->delay_ns || (c->rate && within(c->delay_ns, OPTQ_TIME_MIN_NS, OPTQ_TIME_MAX_NS)),
	     "delay");
	must(!c->step_ns || within(c->step_ns, OPTQ_TIME_MIN_NS, OPTQ_STEP_MAX_NS), "step");
	must(c->isolate <= OPTQ_ISOLATE_MAX && c->dscp <= OPTQ_DSCP_NONE, "isolate, dscp");
	check_wire(&c->wire);
	if (name)
		check_name(name);
	tell_class(&told, c, name);
	digest_add(o, told.mem, told.skb.len);
	optq_conf_init(&again);
	must(!optq_parse_class((struct nlattr *)told.mem, &again, tb, NULL),
	     "what is told of a class is refused");
	tell_class(&retold, &again, name);
	told_same(&told, &retold, "a class reads otherwise");
}

static void check_link(struct outcome *o, const struct optq_link_conf *c)
{
	struct optq_link_conf again = { .limit = 1, .direct_limit = 1, .flows = 1 };
	struct told told, retold;
	struct nlattr *police;

	must(c->rate <= OPTQ_RATE_MAX && c->burst <= OPTQ_BURST_MAX, "rate of the link");
	must(within(c->limit, 1, OPTQ_LIMIT_MAX) && within(c->direct_limit, 1, OPTQ_LIMIT_MAX),
	     "limits of the link");
	must(!c->memory || within(c->memory, OPTQ_MEMORY_MIN, OPTQ_MEMORY_MAX), "memory");
	must(within(c->flows, 1, OPTQ_FLOWS_MAX), "flows");
	must(c->dscp <= OPTQ_DSCP_NONE && c->ack_filter <= OPTQ_ACK_FILTER_AGGRESSIVE,
	     "dscp or ack_filter of the link");
	check_wire(&c->wire);
	tell_link(&told, c);
	digest_add(o, told.mem, told.skb.len);
	must(!optq_parse_link((struct nlattr *)told.mem, &again, true, &police, NULL),
	     "what is told of a link is refused");
	tell_link(&retold, &again);
	told_same(&told, &retold, "a link reads otherwise");
}

static void check_police(struct outcome *o, const struct optq_police_conf *c, bool may_move)
{
	const struct optq_meter_conf *m = &c->meter;
	struct optq_police_conf again;
	struct told told, retold;
	int i;

	must(m->cir <= OPTQ_RATE_MAX && m->xir <= OPTQ_RATE_MAX && (m->cir || m->xir), "cir, xir");
	/* RFC 2697 asks for one of its two. */
	must(m->kind == OPTQ_METER_2697 ? m->cir && !m->xir && (m->cbs || m->xbs) :
	     (!m->cir || m->cbs) && (!m->xir || m->xbs), "a rate without a burst");
	must(m->kind != OPTQ_METER_2698 || m->xir >= m->cir, "pir below cir");
	must(c->mode <= OPTQ_POLICE_COLOUR_MAX && c->each <= OPTQ_POLICE_EACH_MAX, "colour, each");
	must(c->prefix4 <= 32 && c->prefix6 <= 128, "prefix");
	must(c->each ? within(c->entries, 1, OPTQ_POLICE_ENTRIES_MAX) : !c->entries, "entries");
	for (i = 0; i < OPTQ_COLOURS; i++) {
		const struct optq_police_act *a = &c->act[i];

		must(a->dscp <= 64 && a->pcp <= 8, "mark");
		must(!a->drop || (!a->dscp && !a->pcp && !a->class_id), "marked and dropped");
		must(may_move || !a->class_id, "moved by tc");
	}
	tell_police(&told, c);
	digest_add(o, told.mem, told.skb.len);
	must(!optq_parse_police((struct nlattr *)told.mem, &again, may_move, NULL),
	     "what is told of a policer is refused");
	tell_police(&retold, &again);
	told_same(&told, &retold, "a policer reads otherwise");
}

/* ---- trees ---- */

static bool is_leaf(const struct optq_stage *st, u32 id)
{
	u32 i = optq_stage_find(st, id);

	return i != OPTQ_NONE && !st->class[i].n_children;
}

static void check_targets(const struct optq_stage *st, const struct optq_police *p)
{
	int i;

	for (i = 0; p && i < OPTQ_COLOURS; i++)
		must(!p->conf.act[i].class_id || is_leaf(st, p->conf.act[i].class_id),
		     "a policer moves packets to what is no leaf");
}

static void check_place(const struct optq_stage *st, u32 at)
{
	const struct optq_stage_class *c = &st->class[at], *p;
	u32 i;

	must(c->id && c->id != ~0U && optq_stage_find(st, c->id) == at, "id");
	must(within(c->depth, 1, OPTQ_DEPTH_MAX), "depth");
	must(c->parent == OPTQ_NONE || c->parent < at, "a parent comes later");
	p = c->parent == OPTQ_NONE ? NULL : &st->class[c->parent];
	must(c->depth == (p ? p->depth + 1 : 1), "depth of a child");
	for (i = 0; c->name && i < at; i++)
		must(st->class[i].parent != c->parent || !st->class[i].name ||
		     strcmp(st->class[i].name, c->name), "a name twice under one parent");
}

/* What is below a class needs, once more, by another way. */
static void check_sums(const struct optq_stage *st)
{
	u32 i, j;

	for (i = 0; i < st->n; i++) {
		const struct optq_stage_class *c = &st->class[i];
		u64 below = 0;

		for (j = i + 1; j < st->n; j++) {
			const struct optq_stage_class *d = &st->class[j];

			if (d->parent == i)
				below += d->conf.rate ? d->conf.rate : d->below;
		}
		must(below == c->below, "rates below a class");
		must(!c->conf.rate || c->conf.oversubscribe || below <= c->conf.rate,
		     "guarantees that do not fit");
	}
}

static void check_rules(struct outcome *o, const struct optq_stage *st)
{
	struct told told;
	u32 i;

	must(st->rules->n <= OPTQ_RULES_MAX && st->rules->plan.n <= OPTQ_DIMS_MAX, "rules");
	for (i = 0; i < st->rules->n; i++) {
		const struct optq_rule_slot *slot = &st->rules->slot[i];

		must(is_leaf(st, slot->class_id), "a rule names no leaf");
		must(!slot->where || strlen(slot->where) <= OPTQ_RULE_WHERE_MAX, "where");
		must(!slot->text || strlen(slot->text) <= OPTQ_RULE_TEXT_MAX, "text");
		told_begin(&told);
		must(!optq_put_rule(&told.skb, slot), "a rule has no room in a message");
		digest_add(o, told.mem, told.skb.len);
	}
	for (i = 0; i < st->rules->plan.n; i++) {
		const struct optq_match_dim *dim = &st->rules->plan.dim[i];

		must(within(dim->field, 1, OPTQ_FIELD_MAX), "field");
		told_begin(&told);
		must(!optq_put_dim(&told.skb, dim), "a dimension has no room in a message");
		digest_add(o, told.mem, told.skb.len);
	}
	i = optq_match_conjuncts(st->rules->match);
	must(i <= OPTQ_CONJUNCTS_MAX, "conjuncts");
	digest_add(o, &i, sizeof(i));
}

static void check_tree(struct outcome *o, const struct optq_stage *st)
{
	u64 entries = st->police ? st->police->conf.entries : 0;
	u32 i;

	must(st->n <= OPTQ_CLASSES_MAX, "classes");
	check_link(o, &st->link);
	if (st->police)
		check_police(o, &st->police->conf, true);
	check_targets(st, st->police);
	for (i = 0; i < st->n; i++) {
		const struct optq_stage_class *c = &st->class[i];

		digest_add(o, &c->id, sizeof(c->id));
		digest_add(o, &c->parent, sizeof(c->parent));
		check_place(st, i);
		check_class(o, &c->conf, c->name);
		check_targets(st, c->police);
		if (!c->police)
			continue;
		check_police(o, &c->police->conf, true);
		entries += c->police->conf.entries;
	}
	must(entries == st->police_entries && entries <= OPTQ_POLICE_ENTRIES_SUM,
	     "addresses that policers have meters for");
	must(!st->link.sysfs || st->n <= OPTQ_SYSFS_MAX, "classes in sysfs");
	must(!st->link.default_id || is_leaf(st, st->link.default_id), "default class");
	check_sums(st);
	check_rules(o, st);
}

/* ---- one input ---- */

static const struct optq_link_conf defaults = {
	.limit = OPTQ_LIMIT, .direct_limit = OPTQ_LEAF_LIMIT, .flows = 1024,
};

static void read_tree(struct outcome *o, const struct optq_part *part, bool create,
		      struct netlink_ext_ack *extack)
{
	struct optq_stage st = { .link = defaults };

	o->err = optq_stage_compile(&st, part, extack);
	if (!o->err)
		o->err = optq_stage_parse(&st, part, create, extack);
	/* What they point to is theirs until they are freed. */
	o->failed = memory_failed();
	if (!o->err)
		check_tree(o, &st);
	optq_stage_free(&st);
}

static void read_link(struct outcome *o, struct nlattr *nest, struct netlink_ext_ack *extack)
{
	struct optq_link_conf conf = defaults;
	struct nlattr *police = NULL;

	o->err = optq_parse_link(nest, &conf, true, &police, extack);
	if (!o->err)
		check_link(o, &conf);
}

static void read_class(struct outcome *o, struct nlattr *nest, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[OPTQ_CLASS_A_MAX + 1];
	struct optq_class_conf conf;
	const char *name = NULL;

	optq_conf_init(&conf);
	o->err = optq_parse_class(nest, &conf, tb, extack);
	if (o->err)
		return;
	/* class.c asks for it before it takes one. */
	if (tb[OPTQ_CLASS_A_NAME] && optq_name_len(tb[OPTQ_CLASS_A_NAME]))
		name = nla_data(tb[OPTQ_CLASS_A_NAME]);
	check_class(o, &conf, name);
}

static void read_police(struct outcome *o, struct nlattr *nest, struct netlink_ext_ack *extack)
{
	struct optq_police *p = optq_police_new(nest, false, 0, extack);

	o->failed = memory_failed();
	o->err = IS_ERR(p) ? (int)PTR_ERR(p) : 0;
	if (o->err || !p)
		return;
	check_police(o, &p->conf, false);
	optq_police_free(p);
}

static void read_input(struct outcome *o, int kind, u32 fail, u64 seed, void *attrs, int len)
{
	struct optq_part part = { .head = attrs, .len = len };
	struct netlink_ext_ack extack = { 0 };
	u32 blocks = memory_blocks();

	memset(o, 0, sizeof(*o));
	memory_begin(fail, seed);
	if (kind == TREE || kind == TREE_OF_NEW)
		read_tree(o, &part, kind == TREE_OF_NEW, &extack);
	else if (!nla_ok(attrs, len))
		o->err = -EINVAL;
	else if (kind == LINK)
		read_link(o, attrs, &extack);
	else if (kind == CLASS)
		read_class(o, attrs, &extack);
	else
		read_police(o, attrs, &extack);
	o->text = extack._msg;
	o->bad = extack.bad_attr ? (const u8 *)extack.bad_attr - (u8 *)attrs : -1;
	must(o->bad >= -1 && o->bad < len, "what is to blame is not of the message");
	must(memory_blocks() == blocks, "memory is lost");
	/* Not the other way round: what only trims a block does without. */
	must(o->err != -ENOMEM || o->failed, "memory ran out, and there was some");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct outcome first, second;
	u32 fail;
	void *attrs;
	int len, kind;

	if (size < PREFIX)
		return 0;
	kind = data[0] % KINDS;
	/* Mostly none: what comes after it would hardly be seen. */
	fail = data[1] & 0x80 ? 1U + (data[1] & 0x7f) : 0;
	len = (int)(size - PREFIX);
	attrs = malloc((size_t)len + !len);
	memcpy(attrs, data + PREFIX, (size_t)len);
	read_input(&first, kind, fail, 1, attrs, len);
	must(!memcmp(attrs, data + PREFIX, (size_t)len), "the message was written to");
	read_input(&second, kind, fail, 0x5eed, attrs, len);
	must(first.err == second.err && first.bad == second.bad && first.text == second.text &&
	     first.digest == second.digest, "the same message came to something else");
	free(attrs);
	return 0;
}

/* ---- of the module, but nothing to do with attributes ---- */

int optq_sysfs_fits(u32 n, struct netlink_ext_ack *extack)
{
	if (n <= OPTQ_SYSFS_MAX)
		return 0;
	return optq_refuse(extack, NULL, "too many classes for sysfs", -E2BIG);
}

void optq_key_plan_init(struct optq_key_plan *plan, const struct optq_match_dim *dims, u32 n)
{
	memset(plan, 0, sizeof(*plan));
	plan->n = n;
	memcpy(plan->dim, dims, n * sizeof(*dims));
}

void optq_conn_use(void) { }
void optq_cl_free(struct optq_cl *cl) { (void)cl; NOT_HERE(); }
void optq_key_read(const struct optq_key_plan *plan, struct optq_elems *elems,
		   const struct sk_buff *skb, struct optq_match_key *key)
{
	(void)plan, (void)elems, (void)skb, (void)key;
	NOT_HERE();
}
u32 optq_wire_skb_len(const struct sk_buff *skb, const struct optq_wire *w)
{
	(void)skb, (void)w;
	NOT_HERE();
}
void optq_tuple_read_ends(const struct sk_buff *skb, bool nat, struct optq_tuple *t)
{
	(void)skb, (void)nat, (void)t;
	NOT_HERE();
}
u8 optq_dscp_read(const struct sk_buff *skb) { (void)skb; NOT_HERE(); }
int optq_dscp_write(struct sk_buff *skb, u8 dscp) { (void)skb, (void)dscp; NOT_HERE(); }
