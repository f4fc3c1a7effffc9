/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trees of other qdiscs, as a script of tc commands or the kernel tells them: what an
 * import reads.  Both readers fill in the same values for the same tree.
 */
#ifndef OPTQCTL_FOREIGN_H
#define OPTQCTL_FOREIGN_H

#include <linux/pkt_sched.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/wire.h"
#include "diag.h"

#define FOREIGN_KIND_MAX	16
#define FOREIGN_U32_ROOT	0x800	/* the first table of a u32, of 12 bits */

enum foreign_kind {
	FOREIGN_OTHER,
	FOREIGN_HTB, FOREIGN_HFSC, FOREIGN_PRIO, FOREIGN_MQ,
	FOREIGN_TBF, FOREIGN_CAKE,
	FOREIGN_FQ_CODEL, FOREIGN_CODEL, FOREIGN_SFQ, FOREIGN_PFIFO, FOREIGN_BFIFO,
	FOREIGN_INGRESS,	/* and clsact, of which only ingress is read */
};

/* fq_codel, codel, sfq and fifos; 0: the kind's default. */
struct foreign_queue {
	uint32_t limit;		/* packets; of a bfifo bytes */
	uint32_t quantum;
	uint64_t target_ns, interval_ns;
	uint64_t ce_threshold_ns;
	bool noecn, ecn;
};

struct foreign_cake {
	uint64_t rate;
	uint32_t mode;		/* CAKE_DIFFSERV_* */
	uint32_t flows;		/* CAKE_FLOW_* */
	uint32_t ack_filter;	/* CAKE_ACK_* */
	uint64_t rtt_ns;
	uint32_t fwmark, memory;
	bool nat, wash, ingress, autorate;
	struct optq_wire wire;
};

struct foreign_prio {
	uint32_t bands;
	uint8_t map[TC_PRIO_MAX + 1];
};

struct foreign_tbf {
	uint64_t rate, peak;
	uint32_t burst, limit;	/* bytes */
};

struct foreign_qdisc {
	struct span at;
	uint32_t handle, parent;
	char name[FOREIGN_KIND_MAX];
	enum foreign_kind kind;
	struct optq_wire stab;		/* layer 0: there is none */
	uint32_t default_minor;		/* htb, hfsc; 0: none */
	uint32_t r2q;			/* htb */
	union {
		struct foreign_queue queue;
		struct foreign_cake cake;
		struct foreign_prio prio;
		struct foreign_tbf tbf;
	};
};

/* A service curve: m1 for d, then m2; bytes per second. */
struct foreign_curve {
	uint64_t m1, m2;
	uint64_t d_us;
};

struct foreign_class {
	struct span at;
	uint32_t id, parent;
	enum foreign_kind kind;		/* htb or hfsc */
	uint64_t rate, ceil;
	uint32_t burst, cburst;		/* 0: tc's default */
	uint32_t quantum, prio;
	struct optq_wire wire;
	struct foreign_curve rt, ls, ul;
};

enum foreign_act_kind {
	FOREIGN_ACT_OTHER, FOREIGN_ACT_PASS, FOREIGN_ACT_DROP, FOREIGN_ACT_POLICE,
	FOREIGN_ACT_REDIRECT, FOREIGN_ACT_PRIORITY, FOREIGN_ACT_CONNMARK,
};

struct foreign_act {
	enum foreign_act_kind kind;
	char name[FOREIGN_KIND_MAX];
	char device[IFNAMSIZ];		/* of a redirect */
	uint32_t priority;
	uint64_t rate;			/* of a policer */
	uint32_t burst;
	bool drops;			/* what exceeds it is dropped */
};

/* Bits of a word of the packet, at an offset from its network header. */
struct foreign_key {
	uint32_t value, mask;		/* host order */
	int32_t off;
	bool nexthdr;			/* from the transport header instead */
};

struct foreign_filter {
	struct span at;
	uint32_t parent;
	uint16_t pref, protocol;	/* host order */
	uint32_t handle, classid;
	uint32_t n;			/* as it came among all */
	char name[FOREIGN_KIND_MAX];
	/* u32; handle: table, bucket, node */
	struct foreign_key *keys;
	size_t n_keys, keys_room;
	uint32_t root;			/* the table of its pref */
	uint32_t link, divisor;
	uint32_t hash_mask;
	int32_t hash_off;
	bool offset;			/* what follows is behind a header of any length */
	/* fw and u32 */
	bool has_mark;
	uint32_t mark, mark_mask;
	char *terms;			/* flower, basic: in the words of a match; NULL: none */
	char *lacks;			/* what no match can say of it; NULL: nothing */
	struct foreign_act *acts;
	size_t n_acts, acts_room;
};

struct foreign_device {
	char name[IFNAMSIZ];
	struct foreign_qdisc *qdiscs;
	size_t n_qdiscs, qdiscs_room;
	struct foreign_class *classes;
	size_t n_classes, classes_room;
	struct foreign_filter *filters;
	size_t n_filters, filters_room;
};

struct foreign {
	struct foreign_device *devices;
	size_t n, room;
	uint32_t filters_seen;
};

void foreign_free(struct foreign *f);
/* Made when it is not there. */
struct foreign_device *foreign_device(struct foreign *f, const char *name);
const struct foreign_device *foreign_find_device(const struct foreign *f, const char *name);
enum foreign_kind foreign_kind(const char *name);

/* Appended; one of the same place is replaced. */
struct foreign_qdisc *foreign_add_qdisc(struct foreign_device *dev, uint32_t parent);
struct foreign_class *foreign_add_class(struct foreign_device *dev, uint32_t id);
struct foreign_filter *foreign_add_filter(struct foreign *f, struct foreign_device *dev);
void foreign_filter_free(struct foreign_filter *filter);
/* With all that hangs below it. */
void foreign_remove_qdisc(struct foreign_device *dev, uint32_t parent);
void foreign_remove_class(struct foreign_device *dev, uint32_t id);
void foreign_remove_filter(struct foreign_device *dev, size_t i);

/* NULL when there is none. */
const struct foreign_qdisc *foreign_qdisc_below(const struct foreign_device *dev,
						uint32_t parent);
const struct foreign_qdisc *foreign_qdisc_of(const struct foreign_device *dev,
					     uint32_t handle);
const struct foreign_class *foreign_class_of(const struct foreign_device *dev, uint32_t id);

/* Adds words to those of a match that it has. */
void foreign_add_term(struct foreign_filter *filter, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The first thing that it lacks counts. */
void foreign_lacks(struct foreign_filter *filter, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A word of a u32 is one key, as tc packs them; false: two say different things. */
bool foreign_add_key(struct foreign_filter *filter, struct foreign_key key);
struct foreign_act *foreign_add_act(struct foreign_filter *filter, const char *name);

/* What its kind has where nothing is said. */
void foreign_qdisc_defaults(struct foreign_qdisc *q);
/* What was left to defaults, as the kernel has it; filters in their order. */
void foreign_settle(struct foreign *f);
/*
 * The kernel holds a burst as the time that it takes at @rate, in 64 ns: of all bursts
 * that come to that time the roundest.
 */
uint32_t foreign_burst(uint64_t rate, uint32_t burst);
uint32_t foreign_burst_of_ticks(uint64_t rate, uint32_t ticks);
/* A time as CoDel keeps it, and as it tells it then. */
uint64_t foreign_codel_time(uint64_t ns);
uint64_t foreign_codel_told(uint64_t us);

/* "qdisc fq_codel 110: parent 1:11", to be freed. */
char *foreign_qdisc_text(const struct foreign_qdisc *q);
char *foreign_class_text(const struct foreign_class *c);
char *foreign_filter_text(const struct foreign_filter *f);
/* "1:10", "1:", "root"; to be freed. */
char *foreign_id_text(uint32_t id);

#endif
