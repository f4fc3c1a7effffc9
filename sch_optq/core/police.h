/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policers, stacked along the hierarchy.  A packet is looked at from its leaf upwards,
 * wherever a class has one.  What one finds is the colour the packet has at the next, so
 * that what is green above was green below as well.  Nothing is spent before
 * all have agreed: what one drops costs tokens there alone.
 */
#ifndef OPTQ_POLICE_H
#define OPTQ_POLICE_H

#include "class.h"
#include "each.h"

/* What is done with a packet of one colour; nothing is set: it passes. */
struct optq_police_act {
	u32 class_id;		/* of the leaf that takes it instead */
	u8 dscp;		/* 1 + value */
	u8 pcp;			/* 1 + value */
	bool drop;
};

struct optq_police_conf {
	struct optq_meter_conf meter;
	struct optq_police_act act[OPTQ_COLOURS];
	u8 mode;		/* enum optq_police_colour */
	u8 each;		/* enum optq_police_each */
	u8 prefix4, prefix6;
	u32 entries;
};

struct optq_police_count {
	u64 packets[OPTQ_COLOURS];
	u64 bytes[OPTQ_COLOURS];
	u64 dropped;
	u64 moved;
	u64 refused;
};

struct optq_police {
	struct optq_police_conf conf;
	struct optq_meter_rates rates;
	struct optq_meter meter;
	struct optq_each each;		/* where conf.each asks for it */
	struct optq_police_count count;

	/* What it found of the packet that is being looked at. */
	struct optq_police *next;
	struct optq_meter *found_at;	/* NULL: has not looked at it */
	u32 len;
	u8 colour;
	bool moves;
};

/* A packet on its way past the policers. */
struct optq_policed {
	struct optq_addr src, dst;	/* where a policer may be of each */
	/* A leaf by its id, and what the packet counts as there; NULL: there is none. */
	struct optq_class *(*find)(const struct optq_policed *pkt, u32 id,
				   u32 *len);
	struct optq_class *leaf;	/* the packet's, at last */
	struct optq_police *found;	/* who has looked at it, the last first */
	struct optq_police *refused;	/* likewise, before it was moved above them */
	u8 own;			/* colour it came with */
	u8 colour;		/* found last */
	u8 dscp, pcp;		/* to be set: 1 + value, 0 as it is */
	u8 moves;
	bool worse;		/* it has been found worse than it came to somebody */
};

/*
 * conf: checked; p: zeroed.  Where conf->each asks for it p->each is initialised by
 * the caller as well.
 */
void optq_police_init(struct optq_police *p, const struct optq_police_conf *conf,
		      u64 now);

/*
 * p takes the place of old: its figures live on, and its tokens where both are one
 * meter.  The meters of addresses begin anew.
 */
void optq_police_inherit(struct optq_police *p, const struct optq_police *old,
			 u64 now);

/* Gives c, which has its urgent part, a policer; NULL takes it away. */
void optq_police_set(struct optq_class *c, struct optq_police *p);

/*
 * Looks at a packet that counts as len bytes at its leaf: false when it is to be
 * dropped.  What is 0 in pkt is set; optq_police_end() or
 * optq_police_forget() follow before the next packet.
 */
bool optq_police_look(struct optq_policed *pkt, struct optq_class *leaf, u32 len,
		      u64 now);

/* What was found is spent and counted; passes is what the look gave. */
void optq_police_end(struct optq_policed *pkt, bool passes);

/*
 * It is as if nobody had looked: for a super-packet of which pkt->worse says that its
 * segments might be found better one by one.  Where nobody found it worse
 * than it came they would be found the same.
 */
void optq_police_forget(struct optq_policed *pkt);

/* Whether p, NULL for none, moves packets to other classes. */
static inline bool optq_police_moves(const struct optq_police *p)
{
	return p && (p->conf.act[OPTQ_GREEN].class_id ||
		     p->conf.act[OPTQ_YELLOW].class_id ||
		     p->conf.act[OPTQ_RED].class_id);
}

/* Of a DSCP: the drop precedence of assured forwarding (RFC 2597), else green. */
enum optq_colour optq_dscp_colour(u8 dscp);

#endif /* OPTQ_POLICE_H */
