// SPDX-License-Identifier: GPL-2.0
#include "leaf.h"
#include "share.h"

/* Quanta that a host may be ahead and have its new flows go first still. */
#define SHARE_AHEAD		4

u32 optq_share_load(const struct optq_share *s)
{
	u32 load = 1;
	int i;

	for (i = 0; i < 2; i++) {
		if (s->host[i])
			load = optq_max_u32(load, s->host[i]->flows);
	}
	return load;
}

struct optq_share *optq_share_of(const struct optq_flow_table *t,
				 const struct optq_leaf *l,
				 const struct optq_flow *f)
{
	return f == &l->shared ? &l->shares->shared : &t->shares[f - t->flows];
}

static void share_add_host(struct optq_flow_table *t, struct optq_leaf *l,
			   struct optq_share *s, enum optq_side side, u64 key)
{
	struct optq_host *h = optq_host_get(&t->hosts, l->salt, side, key);

	s->host[side] = h;
	if (!h || h->flows > 1)
		return;
	h->paid = l->shares->vtime;
	l->shares->hosts++;
}

static u64 later(u64 a, u64 b)
{
	return optq_before(a, b) ? b : a;
}

static void share_pay(struct optq_share *s, u64 vtime, u32 bytes)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct optq_host *h = s->host[i];

		/* What a host did not use is gone. */
		if (h)
			h->paid = later(h->paid, vtime) + bytes;
	}
}

bool optq_share_begin(struct optq_flow_table *t, struct optq_leaf *l,
		      struct optq_flow *f, const struct optq_hosts *hosts)
{
	struct optq_share *s = optq_share_of(t, l, f);
	u64 vtime = l->shares->vtime, start = vtime;
	int i;

	optq_tagged_init(&s->tag);
	s->flow = f;
	s->host[OPTQ_SIDE_SRC] = NULL;
	s->host[OPTQ_SIDE_DST] = NULL;
	if (hosts && l->isolate != OPTQ_ISOLATE_DUAL_DST)
		share_add_host(t, l, s, OPTQ_SIDE_SRC, hosts->src);
	if (hosts && l->isolate != OPTQ_ISOLATE_DUAL_SRC)
		share_add_host(t, l, s, OPTQ_SIDE_DST, hosts->dst);
	for (i = 0; i < 2; i++) {
		if (s->host[i])
			start = later(start, s->host[i]->paid);
	}
	s->tag.start = start;
	/* Ahead, so that flows that come together stand behind each other. */
	s->prepaid = (u32)optq_min_u64(f->bytes, OPTQ_LEN_MAX);
	share_pay(s, vtime, s->prepaid);
	return start - vtime <= SHARE_AHEAD * (u64)l->quantum;
}

/*
 * Those that go about as far ahead stand in one group: there whoever comes later
 * starts later.  Two groups to an octave keep them few.
 */
static u64 share_span(u64 ahead)
{
	u32 top = (u32)fls64(ahead), shift = top > 2 ? top - 2 : 0;

	return ahead >> shift << shift;
}

void optq_share_line_up(struct optq_flow_table *t, struct optq_leaf *l,
			struct optq_flow *f)
{
	struct optq_share *s = optq_share_of(t, l, f);
	u64 vtime = l->shares->vtime;
	u64 ahead = later(s->tag.start, vtime) - vtime;

	optq_tagset_set_span(NULL, &s->tag, share_span(ahead), 0);
	optq_tagset_add(&l->shares->set, &s->tag, vtime);
}

void optq_share_charge(struct optq_flow_table *t, struct optq_leaf *l,
		       struct optq_flow *f, u32 len)
{
	struct optq_share *s = optq_share_of(t, l, f);
	bool linked = optq_tagged_linked(&s->tag);
	u32 prepaid = optq_min_u32(s->prepaid, len);

	if (linked)
		optq_tagset_del(&l->shares->set, &s->tag);
	s->tag.start += (u64)len * optq_share_load(s);
	share_pay(s, l->shares->vtime, len - prepaid);
	s->prepaid -= prepaid;
	if (linked)
		optq_share_line_up(t, l, f);
}

void optq_share_end(struct optq_flow_table *t, struct optq_leaf *l,
		    struct optq_flow *f)
{
	struct optq_share *s = optq_share_of(t, l, f);
	int i;

	if (optq_tagged_linked(&s->tag))
		optq_tagset_del(&l->shares->set, &s->tag);
	for (i = 0; i < 2; i++) {
		struct optq_host *h = s->host[i];

		if (!h)
			continue;
		h->paid -= s->prepaid;
		if (optq_host_put(&t->hosts, h))
			l->shares->hosts--;
		s->host[i] = NULL;
	}
}

struct optq_flow *optq_share_first(const struct optq_leaf *l)
{
	struct optq_tagged *tag = optq_tagset_first(&l->shares->set,
						    l->shares->vtime);

	return tag ? optq_container_of(tag, struct optq_share, tag)->flow :
		     NULL;
}

void optq_share_turn(struct optq_flow_table *t, struct optq_leaf *l,
		     struct optq_flow *f)
{
	l->shares->vtime = later(l->shares->vtime,
				 optq_share_of(t, l, f)->tag.start);
}
