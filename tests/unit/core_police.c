// SPDX-License-Identifier: GPL-2.0
/*
 * Policers along the hierarchy: by hand; and on random trees beside a model that
 * spends at once and takes everything back where a packet is dropped.
 */
#include "core_util.h"
#include "../../sch_optq/core/moves.h"
#include "../../sch_optq/core/police.h"

#define G	OPTQ_GREEN
#define Y	OPTQ_YELLOW
#define R	OPTQ_RED
#define CLASSES	16

struct stack {
	struct optq_class class[CLASSES];
	struct optq_urgent urgent[CLASSES];
	struct optq_police police[CLASSES];
	bool leaf[CLASSES];
	u32 n;
};

/* A packet, and the stack whose classes it may be moved to. */
struct walk {
	struct optq_policed pkt;
	struct stack *s;
	u32 len;
};

static struct optq_class *find(const struct optq_policed *pkt, u32 id, u32 *len)
{
	struct walk *w = optq_container_of(pkt, struct walk, pkt);

	if (id >= w->s->n || !w->s->leaf[id])
		return NULL;
	*len = w->len;
	return &w->s->class[id];
}

static struct walk walk_new(struct stack *s, u32 len, enum optq_colour own)
{
	struct walk w = { .s = s, .len = len };

	w.pkt.find = find;
	w.pkt.own = (u8)own;
	return w;
}

/* parent: -1 the link.  A class without a policer has none. */
static u32 stack_add(struct stack *s, int parent,
		     const struct optq_police_conf *conf)
{
	u32 at = s->n++;
	struct optq_class *c = &s->class[at];

	c->urgent = &s->urgent[at];
	s->leaf[at] = true;
	if (parent >= 0) {
		c->parent = &s->class[parent];
		s->leaf[parent] = false;
	}
	if (conf) {
		assert_int_equal(optq_meter_check(&conf->meter), OPTQ_METER_OK);
		optq_police_init(&s->police[at], conf, SEC);
		optq_police_set(c, &s->police[at]);
	}
	return at;
}

static struct optq_police_conf srtcm(u64 cir, u32 cbs, u32 ebs)
{
	return (struct optq_police_conf){
		.meter = { .kind = OPTQ_METER_2697, .cir = cir, .cbs = cbs,
			   .xbs = ebs },
		.act = { [R] = { .drop = true } },
	};
}

static bool send(struct stack *s, u32 leaf, u32 len, enum optq_colour own,
		 u64 now, struct walk *w)
{
	bool passes;

	*w = walk_new(s, len, own);
	passes = optq_police_look(&w->pkt, &s->class[leaf], len, now);
	optq_police_end(&w->pkt, passes);
	return passes;
}

static void expect(const struct stack *s, u32 at, u64 g, u64 y, u64 r, u64 dropped,
		   u64 refused, u64 c, u64 x)
{
	const struct optq_police *p = &s->police[at];

	if (p->count.bytes[G] != g || p->count.bytes[Y] != y ||
	    p->count.bytes[R] != r || p->count.dropped != dropped ||
	    p->count.refused != refused || p->meter.c != c * OPTQ_METER_BYTE ||
	    p->meter.x != x * OPTQ_METER_BYTE)
		fail_msg("class %u: %lu %lu %lu bytes, %lu dropped, %lu refused, %f %f",
			 at, p->count.bytes[G], p->count.bytes[Y],
			 p->count.bytes[R], p->count.dropped, p->count.refused,
			 (double)p->meter.c / 1e9, (double)p->meter.x / 1e9);
}

/*
 * Link: 3000 committed, 1000 excess.  Two leaves of 2000 and 1000 each.  No time
 * passes.
 */
static void a_childs_green_spends_the_parents(void **state)
{
	struct optq_police_conf link = srtcm(1000, 3000, 1000);
	struct optq_police_conf leaf = srtcm(1000, 2000, 1000);
	struct stack s = { 0 };
	u32 top = stack_add(&s, -1, &link), inner, a, b;
	struct walk w;

	(void)state;
	/* Without a policer, it makes no difference. */
	inner = stack_add(&s, (int)top, NULL);
	a = stack_add(&s, (int)inner, &leaf);
	b = stack_add(&s, (int)inner, &leaf);
	assert_true(send(&s, a, 1500, G, SEC, &w));
	assert_int_equal(w.pkt.colour, G);
	expect(&s, a, 1500, 0, 0, 0, 0, 500, 1000);
	expect(&s, top, 1500, 0, 0, 0, 0, 1500, 1000);
	/* Yellow at a, so it may not touch what is committed at the link. */
	assert_true(send(&s, a, 600, G, SEC, &w));
	assert_int_equal(w.pkt.colour, Y);
	expect(&s, a, 1500, 600, 0, 0, 0, 500, 400);
	expect(&s, top, 1500, 600, 0, 0, 0, 1500, 400);
	/* Green at b, and yellow at the link: 1500 are left there. */
	assert_true(send(&s, b, 1501, G, SEC, &w) == false);
	/* 1501 neither fit 1500 nor 400: dropped above, and b has spent nothing. */
	expect(&s, b, 0, 0, 0, 0, 1, 2000, 1000);
	expect(&s, top, 1500, 600, 1501, 1, 0, 1500, 400);
	assert_true(send(&s, b, 1500, G, SEC, &w));
	expect(&s, b, 1500, 0, 0, 0, 1, 500, 1000);
	expect(&s, top, 3000, 600, 1501, 1, 0, 0, 400);
	/* Green at b, with what is left there, and yellow at the link. */
	assert_true(send(&s, b, 300, G, SEC, &w));
	assert_int_equal(w.pkt.colour, Y);
	expect(&s, b, 1800, 0, 0, 0, 1, 200, 1000);
	expect(&s, top, 3000, 900, 1501, 1, 0, 0, 100);
	/* Red at b: dropped there, and the link never sees it. */
	assert_false(send(&s, b, 1001, G, SEC, &w));
	expect(&s, b, 1800, 0, 1001, 1, 1, 200, 1000);
	expect(&s, top, 3000, 900, 1501, 1, 0, 0, 100);
}

static void which_colour_counts(void **state)
{
	struct optq_police_conf link = srtcm(1000, 3000, 1000);
	struct optq_police_conf leaf = srtcm(1000, 2000, 1000);
	struct stack s = { 0 };
	u32 top = stack_add(&s, -1, &link), a = stack_add(&s, (int)top, &leaf);
	struct walk w;

	(void)state;
	/* What the packet says is not asked for. */
	assert_true(send(&s, a, 100, R, SEC, &w));
	expect(&s, a, 100, 0, 0, 0, 0, 1900, 1000);
	/* Here it is, at the link alone. */
	s.police[top].conf.mode = OPTQ_POLICE_AWARE;
	assert_true(send(&s, a, 100, Y, SEC, &w));
	expect(&s, a, 200, 0, 0, 0, 0, 1800, 1000);
	expect(&s, top, 100, 100, 0, 0, 0, 2900, 900);
	assert_false(send(&s, a, 100, R, SEC, &w));
	expect(&s, a, 200, 0, 0, 0, 1, 1800, 1000);
	/* The worse of the two: yellow at the leaf, green by its DSCP. */
	s.police[a].conf.mode = OPTQ_POLICE_AWARE;
	assert_true(send(&s, a, 200, Y, SEC, &w));
	expect(&s, a, 200, 200, 0, 0, 1, 1800, 800);
	s.police[a].conf.mode = OPTQ_POLICE_BELOW;
	/* Blind: green, whatever was found below. */
	s.police[top].conf.mode = OPTQ_POLICE_BLIND;
	s.police[a].conf.act[R].drop = false;
	assert_true(send(&s, a, 1900, R, SEC, &w));
	assert_int_equal(w.pkt.colour, G);
	expect(&s, a, 200, 200, 1900, 0, 1, 1800, 800);
	expect(&s, top, 2000, 300, 100, 1, 0, 1000, 700);
}

static void what_a_dscp_says(void **state)
{
	static const u8 af[4][3] = {
		{ 10, 12, 14 }, { 18, 20, 22 }, { 26, 28, 30 }, { 34, 36, 38 },
	};
	int colours[OPTQ_COLOURS] = { 0 }, i, j;

	(void)state;
	for (i = 0; i < 4; i++) {
		for (j = 0; j < 3; j++)
			assert_int_equal(optq_dscp_colour(af[i][j]), j);
	}
	for (i = 0; i < 64; i++)
		colours[optq_dscp_colour((u8)i)]++;
	assert_int_equal(colours[Y], 4);
	assert_int_equal(colours[R], 4);
}

static void marks_and_moves(void **state)
{
	struct optq_police_conf link = srtcm(1000, 9000, 9000);
	struct optq_police_conf hot = srtcm(1000, 1000, 1000);
	struct optq_police_conf cold = srtcm(1000, 0, 500);
	struct stack s = { 0 };
	struct walk w;
	u32 top, a, b;

	(void)state;
	link.act[Y].pcp = 1 + 0;
	hot.act[Y] = (struct optq_police_act){ .class_id = 2, .dscp = 1 + 12 };
	cold.act[Y].dscp = 1 + 8;
	top = stack_add(&s, -1, &link);
	a = stack_add(&s, (int)top, &hot);
	b = stack_add(&s, (int)top, &cold);
	assert_true(send(&s, a, 1000, G, SEC, &w));
	assert_ptr_equal(w.pkt.leaf, &s.class[a]);
	assert_int_equal(w.pkt.dscp | w.pkt.pcp, 0);
	/* Moved, and yellow still: what b and the link have for yellow it takes. */
	assert_true(send(&s, a, 400, G, SEC, &w));
	assert_ptr_equal(w.pkt.leaf, &s.class[b]);
	assert_int_equal(w.pkt.dscp, 1 + 8);
	assert_int_equal(w.pkt.pcp, 1);
	expect(&s, a, 1000, 400, 0, 0, 0, 0, 600);
	assert_int_equal(s.police[a].count.moved, 1);
	expect(&s, b, 0, 400, 0, 0, 0, 0, 100);
	expect(&s, top, 1000, 400, 0, 0, 0, 8000, 8600);
	/* Red at b: dropped, and a has its tokens back. */
	assert_false(send(&s, a, 400, G, SEC, &w));
	expect(&s, a, 1000, 400, 0, 0, 1, 0, 600);
	expect(&s, b, 0, 400, 400, 1, 0, 0, 100);
	expect(&s, top, 1000, 400, 0, 0, 0, 8000, 8600);
	/* Nobody has that name any more: it stays, and has its mark. */
	s.leaf[b] = false;
	assert_true(send(&s, a, 500, G, SEC, &w));
	assert_ptr_equal(w.pkt.leaf, &s.class[a]);
	assert_int_equal(w.pkt.dscp, 1 + 12);
	expect(&s, a, 1000, 900, 0, 0, 1, 0, 100);
	assert_int_equal(s.police[a].count.moved, 1);
}

/* A whole tells whether its parts would be found the same. */
static void a_whole_and_its_parts(void **state)
{
	struct optq_police_conf link = srtcm(1000, 3000, 1000);
	struct stack s = { 0 };
	u32 a = stack_add(&s, -1, &link);
	struct walk w = walk_new(&s, 3000, G);

	(void)state;
	assert_true(optq_police_look(&w.pkt, &s.class[a], 3000, SEC));
	assert_false(w.pkt.worse);
	optq_police_forget(&w.pkt);
	expect(&s, a, 0, 0, 0, 0, 0, 3000, 1000);
	w = walk_new(&s, 3001, G);
	assert_false(optq_police_look(&w.pkt, &s.class[a], 3001, SEC));
	assert_true(w.pkt.worse);
	optq_police_forget(&w.pkt);
	expect(&s, a, 0, 0, 0, 0, 0, 3000, 1000);
	s.police[a].conf.mode = OPTQ_POLICE_AWARE;
	w = walk_new(&s, 1000, Y);
	assert_true(optq_police_look(&w.pkt, &s.class[a], 1000, SEC));
	assert_false(w.pkt.worse);
	optq_police_forget(&w.pkt);
}

/* What is forgotten has been looked at by nobody: not by those below a move either. */
static void forgotten(void **state)
{
	struct optq_police_conf link = srtcm(1000, 0, 3000);
	struct optq_police_conf leaf = srtcm(1000, 9000, 3000);
	struct stack s = { 0 };
	struct walk w;
	u32 top, mover, a, b;

	(void)state;
	link.act[Y].class_id = 3;
	top = stack_add(&s, -1, NULL);
	mover = stack_add(&s, (int)top, &link);
	a = stack_add(&s, (int)mover, &leaf);
	b = stack_add(&s, (int)top, &leaf);
	w = walk_new(&s, 1000, G);
	assert_true(optq_police_look(&w.pkt, &s.class[a], 1000, SEC));
	assert_ptr_equal(w.pkt.leaf, &s.class[b]);
	assert_true(w.pkt.worse);
	optq_police_forget(&w.pkt);
	expect(&s, a, 0, 0, 0, 0, 0, 9000, 3000);
	expect(&s, mover, 0, 0, 0, 0, 0, 0, 3000);
	/* And looks at the next as if it were the first. */
	assert_true(send(&s, a, 1000, G, SEC, &w));
	expect(&s, a, 0, 0, 0, 0, 1, 9000, 3000);
	expect(&s, mover, 0, 1000, 0, 0, 0, 0, 2000);
	assert_int_equal(s.police[mover].count.moved, 1);
}

static void a_new_one_takes_over(void **state)
{
	struct optq_police_conf link = srtcm(1000, 3000, 1000);
	struct optq_police_conf next = srtcm(2000, 5000, 100);
	struct optq_police p = { 0 };
	struct stack s = { 0 };
	u32 a = stack_add(&s, -1, &link);
	struct walk w;

	(void)state;
	assert_true(send(&s, a, 3000, G, SEC, &w));
	optq_police_init(&p, &next, 2 * SEC);
	optq_police_inherit(&p, &s.police[a], 2 * SEC);
	s.police[a] = p;
	expect(&s, a, 3000, 0, 0, 0, 0, 1000, 100);
}

/* The model: spends as it goes, on a copy that is thrown away in the end. */
struct model {
	struct optq_meter m[CLASSES];
	struct optq_police_count n[CLASSES];
};

struct found {
	u32 at;
	u8 colour;
	bool moved;
};

static u32 index_of(const struct stack *s, const struct optq_class *c)
{
	return (u32)(c - s->class);
}

static bool model_send(struct model *o, const struct stack *s, u32 leaf, u32 len,
		       enum optq_colour own, u64 now, u32 *end)
{
	struct model before = *o, work = *o;
	struct found found[64];
	u32 n = 0, from = 0, moves = 0, i;
	enum optq_colour colour = G;
	const struct optq_class *c = &s->class[leaf];

	*end = leaf;
	while (c) {
		u32 at = index_of(s, c);
		const struct optq_police *p = &s->police[at];
		const struct optq_police_act *act;
		enum optq_colour in = colour;

		c = c->parent;
		if (!s->class[at].policed)
			continue;
		if (p->conf.mode == OPTQ_POLICE_BLIND)
			in = G;
		if (p->conf.mode == OPTQ_POLICE_AWARE && own > in)
			in = own;
		optq_meter_refill(&work.m[at], &p->rates, now);
		colour = optq_meter_judge(&work.m[at], &p->rates, len, in);
		optq_meter_spend(&work.m[at], &p->rates, len, colour);
		act = &p->conf.act[colour];
		if (act->drop) {
			*o = before;
			for (i = 0; i < n; i++)
				o->n[found[i].at].refused++;
			o->m[at] = work.m[at];
			o->n[at].packets[colour]++;
			o->n[at].bytes[colour] += len;
			o->n[at].dropped++;
			return false;
		}
		found[n++] = (struct found){ at, (u8)colour, false };
		if (act->class_id && moves++ < OPTQ_POLICE_MOVES_MAX) {
			/* Who looked below has not looked. */
			for (i = from; i + 1 < n; i++) {
				work.m[found[i].at] = before.m[found[i].at];
				work.n[found[i].at].refused++;
				before.n[found[i].at].refused++;
			}
			found[from] = found[n - 1];
			found[from].moved = true;
			n = ++from;
			*end = act->class_id;
			c = &s->class[*end];
		}
	}
	*o = work;
	for (i = 0; i < n; i++) {
		o->n[found[i].at].packets[found[i].colour]++;
		o->n[found[i].at].bytes[found[i].colour] += len;
		o->n[found[i].at].moved += found[i].moved;
	}
	return true;
}

static struct optq_police_conf rnd_police(u64 *seed)
{
	struct optq_police_conf conf = {
		.meter = {
			.kind = (u8)rnd_in(seed, OPTQ_METER_2697,
					   OPTQ_METER_4115),
			.cir = rnd_in(seed, 1000, 200000),
			.cbs = (u32)rnd_in(seed, 1, 8000),
			.xbs = (u32)rnd_in(seed, 1, 8000),
		},
		.mode = (u8)rnd_in(seed, 0, OPTQ_POLICE_COLOUR_MAX),
	};

	if (conf.meter.kind != OPTQ_METER_2697)
		conf.meter.xir = rnd_in(seed, conf.meter.cir, 300000);
	conf.act[R].drop = rnd(seed) % 4;
	conf.act[Y].drop = rnd(seed) % 8 == 0;
	return conf;
}

/* Random, but no policer leads back to itself. */
static void stack_moves(struct stack *s, u64 *seed)
{
	struct optq_moves_node node[CLASSES];
	u32 tries, i, j;

	for (tries = 0; tries < 4; tries++) {
		u32 from = (u32)(rnd(seed) % s->n), to = (u32)(rnd(seed) % s->n);
		u32 colour = (u32)rnd_in(seed, Y, R);
		struct optq_police_act *act = &s->police[from].conf.act[colour];
		struct optq_police_act was = *act;

		if (!to || !s->leaf[to] || !s->class[from].policed)
			continue;
		*act = (struct optq_police_act){ .class_id = to };
		for (i = 0; i < s->n; i++) {
			node[i].parent = s->class[i].parent ?
					 index_of(s, s->class[i].parent) :
					 OPTQ_MOVES_NONE;
			for (j = 0; j < OPTQ_COLOURS; j++)
				node[i].target[j] =
					s->police[i].conf.act[j].class_id ?:
					OPTQ_MOVES_NONE;
		}
		if (optq_moves_check(node, s->n) != OPTQ_MOVES_NONE)
			*act = was;
	}
}

/*
 * What each class may pass of a colour and of better ones, from any time on:
 * RFC 2697: CIR * t + CBS green, CIR * t + CBS + EBS with yellow; RFC 2698: CIR and CBS,
 * PIR and PBS; RFC 4115: CIR and CBS, CIR + EIR and CBS + EBS.
 */
struct bound {
	u64 since, green, passed;
};

static void bound_check(const struct bound *b, const struct optq_meter_conf *m,
			u64 now)
{
	unsigned __int128 t = now - b->since;
	u64 rate = m->cir, burst = m->cbs;

	assert_true((unsigned __int128)b->green * SEC <=
		    t * m->cir + (unsigned __int128)m->cbs * SEC);
	if (m->kind == OPTQ_METER_2698) {
		rate = m->xir;
		burst = m->xbs;
	} else {
		rate += m->xir;
		burst += m->xbs;
	}
	assert_true((unsigned __int128)b->passed * SEC <=
		    t * rate + (unsigned __int128)burst * SEC);
}

static void random_stacks(void **state)
{
	u64 seed = 5, moved = 0, refused = 0;
	int run, i;
	u32 c;

	(void)state;
	for (run = 0; run < 3000; run++) {
		struct bound bound[CLASSES] = { 0 };
		struct stack s = { 0 };
		struct model model;
		u64 now = SEC;

		while (s.n < CLASSES) {
			struct optq_police_conf conf = rnd_police(&seed);
			int parent = s.n ? (int)(rnd(&seed) % s.n) : -1;

			stack_add(&s, parent, rnd(&seed) % 3 ? &conf : NULL);
		}
		stack_moves(&s, &seed);
		for (c = 0; c < s.n; c++) {
			model.m[c] = s.police[c].meter;
			model.n[c] = s.police[c].count;
			bound[c].since = now;
		}
		for (i = 0; i < 200; i++) {
			u32 leaf = (u32)(rnd(&seed) % s.n), end;
			u32 len = (u32)rnd_in(&seed, 1, 1500);
			enum optq_colour own = (u32)rnd(&seed) % OPTQ_COLOURS;
			struct model was = model;
			struct walk w;
			bool passes;

			now += rnd_in(&seed, 0, 20 * MSEC);
			passes = model_send(&model, &s, leaf, len, own, now, &end);
			assert_int_equal(send(&s, leaf, len, own, now, &w),
					 passes);
			if (passes)
				assert_ptr_equal(w.pkt.leaf, &s.class[end]);
			for (c = 0; c < s.n; c++) {
				struct optq_meter m = model.m[c];

				assert_memory_equal(&s.police[c].count,
						    &model.n[c],
						    sizeof(model.n[c]));
				if (!s.class[c].policed)
					continue;
				optq_meter_refill(&m, &s.police[c].rates, now);
				optq_meter_refill(&s.police[c].meter,
						  &s.police[c].rates, now);
				assert_memory_equal(&s.police[c].meter, &m,
						    sizeof(m));
				bound[c].green += model.n[c].bytes[G] -
						  was.n[c].bytes[G];
				bound[c].passed += model.n[c].bytes[G] -
						   was.n[c].bytes[G] +
						   model.n[c].bytes[Y] -
						   was.n[c].bytes[Y];
				bound_check(&bound[c],
					    &s.police[c].conf.meter, now);
				if (rnd(&seed) % 32 == 0)
					bound[c] = (struct bound){ .since = now };
			}
		}
		for (c = 0; c < s.n; c++) {
			moved += s.police[c].count.moved;
			refused += s.police[c].count.refused;
		}
	}
	/* It is no test of what never happens. */
	assert_true(moved > 1000 && refused > 1000);
}

/* A tree changed by hand may lead round: it ends all the same. */
static void round_in_a_circle(void **state)
{
	struct optq_police_conf conf = srtcm(1, 0, 1);
	struct stack s = { 0 };
	struct walk w;
	u32 i;

	(void)state;
	stack_add(&s, -1, NULL);
	for (i = 1; i < 8; i++) {
		conf.act[R] = (struct optq_police_act){ .class_id = i % 7 + 1 };
		stack_add(&s, 0, &conf);
	}
	/* Four times, and it stays. */
	assert_true(send(&s, 1, 100, G, SEC, &w));
	assert_ptr_equal(w.pkt.leaf, &s.class[5]);
	assert_int_equal(s.police[5].count.packets[R], 1);
	assert_int_equal(s.police[5].count.moved, 0);
	/* From the link to a leaf below it: who has looked does not look again. */
	optq_police_init(&s.police[0], &conf, SEC);
	s.police[0].conf.act[R] = (struct optq_police_act){ .class_id = 7 };
	optq_police_set(&s.class[0], &s.police[0]);
	s.police[7].conf.act[R] = (struct optq_police_act){ 0 };
	assert_true(send(&s, 7, 100, G, SEC, &w));
	assert_int_equal(s.police[0].count.packets[R], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_childs_green_spends_the_parents),
		cmocka_unit_test(which_colour_counts),
		cmocka_unit_test(what_a_dscp_says),
		cmocka_unit_test(marks_and_moves),
		cmocka_unit_test(a_whole_and_its_parts),
		cmocka_unit_test(forgotten),
		cmocka_unit_test(a_new_one_takes_over),
		cmocka_unit_test(random_stacks),
		cmocka_unit_test(round_in_a_circle),
	};

	return cmocka_run_group_tests_name("police", tests, NULL, NULL);
}
