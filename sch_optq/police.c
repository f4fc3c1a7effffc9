// SPDX-License-Identifier: GPL-2.0
/* Policers: their memory, and their packets. */
#include <linux/random.h>

#include "dscp.h"
#include "police.h"
#include "wire.h"

static int each_alloc(struct optq_police *p)
{
	u32 size = p->conf.entries, buckets = roundup_pow_of_two(size);
	struct optq_each *e = &p->each;

	e->entry = kvcalloc(size, sizeof(*e->entry), OPTQ_GFP_MANY);
	e->bucket = kvcalloc(buckets, sizeof(*e->bucket), OPTQ_GFP_MANY);
	if (!e->entry || !e->bucket)
		return -ENOMEM;
	get_random_bytes(e->key, sizeof(e->key));
	optq_each_init(e, e->entry, size, e->bucket, buckets, &p->rates,
		       ktime_get_ns());
	return 0;
}

struct optq_police *optq_police_new(struct nlattr *nest, bool may_move, u32 taken,
				    struct netlink_ext_ack *extack)
{
	struct optq_police_conf conf;
	struct optq_police *p;
	int err;

	if (!nla_len(nest))
		return NULL;
	err = optq_parse_police(nest, &conf, may_move, extack);
	if (err)
		return ERR_PTR(err);
	if (conf.entries > OPTQ_POLICE_ENTRIES_SUM - taken) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "police: entries of all policers of a link must be 4194304 at most");
		return ERR_PTR(-ENOSPC);
	}
	p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p)
		return ERR_PTR(-ENOMEM);
	optq_police_init(p, &conf, ktime_get_ns());
	if (conf.each && each_alloc(p)) {
		optq_police_free(p);
		return ERR_PTR(-ENOMEM);
	}
	return p;
}

void optq_police_free(struct optq_police *p)
{
	if (!p)
		return;
	kvfree(p->each.entry);
	kvfree(p->each.bucket);
	kfree(p);
}

u32 optq_police_taken(const struct optq_sched *q, const struct optq_class *c)
{
	const struct optq_police *p = c ? optq_class_police(c) : NULL;

	return q->police_entries - (p ? p->conf.entries : 0);
}

static void police_count(struct optq_sched *q, const struct optq_police *p, int n)
{
	if (!p)
		return;
	q->n_policers += n;
	q->n_police_moves += optq_police_moves(p) ? n : 0;
	q->police_entries += n * (int)p->conf.entries;
}

void optq_police_swap(struct optq_sched *q, struct optq_class *c,
		      struct optq_police **p, u64 now)
{
	struct optq_police *old = optq_class_police(c), *new = *p;

	if (old && new && !memcmp(&old->conf, &new->conf, sizeof(new->conf)))
		return;
	if (old && new)
		optq_police_inherit(new, old, now);
	police_count(q, old, -1);
	police_count(q, new, 1);
	optq_police_set(c, new);
	*p = old;
}

void optq_police_gone(struct optq_sched *q, const struct optq_class *c)
{
	police_count(q, optq_class_police(c), -1);
}

static bool moves_to(const struct optq_class *c, u32 id)
{
	const struct optq_police *p = optq_class_police(c);
	int i;

	for (i = 0; p && i < OPTQ_COLOURS; i++) {
		if (p->conf.act[i].class_id == id)
			return true;
	}
	return false;
}

bool optq_police_names(const struct optq_sched *q, u32 id)
{
	const struct optq_cl *cl;

	if (!q->n_police_moves)
		return false;
	list_for_each_entry(cl, &q->classes, link) {
		if (moves_to(&cl->core, id))
			return true;
	}
	return moves_to(&q->tree.root, id);
}

static void police_stats(const struct optq_police *p, struct optq_police_stats *st)
{
	const struct optq_police_count *n = &p->count;

	*st = (struct optq_police_stats){
		.green_packets	= n->packets[OPTQ_GREEN],
		.green_bytes	= n->bytes[OPTQ_GREEN],
		.yellow_packets	= n->packets[OPTQ_YELLOW],
		.yellow_bytes	= n->bytes[OPTQ_YELLOW],
		.red_packets	= n->packets[OPTQ_RED],
		.red_bytes	= n->bytes[OPTQ_RED],
		.dropped	= n->dropped,
		.moved		= n->moved,
		.refused	= n->refused,
		.addresses	= p->each.used,
		.shared		= p->each.shared,
	};
}

int optq_put_police(struct sk_buff *skb, int attr, struct optq_sched *q,
		    const struct optq_class *c)
{
	/* It changes under RTNL alone. */
	const struct optq_police *p = optq_class_police(c);
	struct optq_police_stats st;
	struct nlattr *nest;

	if (!p)
		return 0;
	sch_tree_lock(q->sch);
	police_stats(p, &st);
	sch_tree_unlock(q->sch);
	nest = nla_nest_start(skb, attr);
	if (!nest || optq_put_police_conf(skb, &p->conf) ||
	    nla_put(skb, OPTQ_POLICE_A_STATS, sizeof(st), &st))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* A packet, and where it may be moved to. */
struct police_walk {
	struct optq_policed pkt;
	struct optq_sched *q;
	const struct sk_buff *skb;
};

static struct optq_class *find_leaf(const struct optq_policed *pkt, u32 id,
				    u32 *len)
{
	const struct police_walk *w = container_of(pkt, struct police_walk, pkt);
	struct optq_class *leaf = optq_find_leaf(w->q, id);

	if (leaf)
		*len = optq_skb_len(w->skb, &leaf->leaf.wire);
	return leaf;
}

static void read_ends(struct optq_policed *pkt, const struct sk_buff *skb,
		      bool nat)
{
	struct optq_tuple t;

	optq_tuple_read_ends(skb, nat, &t);
	pkt->src.family = pkt->dst.family = t.family;
	memcpy(pkt->src.word, t.src, sizeof(pkt->src.word));
	memcpy(pkt->dst.word, t.dst, sizeof(pkt->dst.word));
}

/* The tag next to the packet, or the outermost one in it, which stands in front. */
static void write_pcp(struct sk_buff *skb, u8 pcp)
{
	struct vlan_ethhdr *eth;

	if (skb_vlan_tag_present(skb)) {
		skb->vlan_tci = (skb->vlan_tci & ~VLAN_PRIO_MASK) |
				pcp << VLAN_PRIO_SHIFT;
		return;
	}
	if (!eth_type_vlan(skb->protocol) || skb->len < VLAN_ETH_HLEN ||
	    skb_ensure_writable(skb, VLAN_ETH_HLEN))
		return;
	eth = (struct vlan_ethhdr *)skb->data;
	if (!eth_type_vlan(eth->h_vlan_proto))
		return;
	eth->h_vlan_TCI &= htons((u16)~VLAN_PRIO_MASK);
	eth->h_vlan_TCI |= htons(pcp << VLAN_PRIO_SHIFT);
	/* A sum of the whole packet may have been taken with the tag. */
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
}

static void mark_skb(struct optq_sched *q, const struct optq_policed *pkt,
		     struct sk_buff *skb)
{
	if (pkt->dscp && optq_dscp_write(skb, pkt->dscp - 1) < 0)
		q->dscp_failed++;
	if (pkt->pcp)
		write_pcp(skb, pkt->pcp - 1);
}

enum optq_policed_skb optq_police_skb(struct optq_sched *q,
				      struct optq_class **c,
				      struct sk_buff *skb)
{
	struct police_walk w = {
		.pkt.find = find_leaf,
		.pkt.own = optq_dscp_colour(optq_dscp_read(skb)),
		.q = q,
		.skb = skb,
	};
	bool passes;

	if (q->police_entries)
		read_ends(&w.pkt, skb, (*c)->leaf.nat);
	passes = optq_police_look(&w.pkt, *c,
				  optq_skb_len(skb, &(*c)->leaf.wire),
				  ktime_get_ns());
	if (w.pkt.worse && skb_is_gso(skb)) {
		optq_police_forget(&w.pkt);
		return OPTQ_SKB_SPLIT;
	}
	optq_police_end(&w.pkt, passes);
	*c = w.pkt.leaf;
	if (!passes)
		return OPTQ_SKB_DROP;
	mark_skb(q, &w.pkt, skb);
	return OPTQ_SKB_PASS;
}
