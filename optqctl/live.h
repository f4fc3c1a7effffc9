/* SPDX-License-Identifier: GPL-2.0 */
/* The tree that the kernel runs, with its statistics. */
#ifndef OPTQCTL_LIVE_H
#define OPTQCTL_LIVE_H

#include <linux/optq.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/wire.h"
#include "match_field.h"
#include "nl.h"
#include "police_nl.h"

struct live_class {
	uint32_t id, parent, level;
	bool leaf;
	char *name;		/* NULL: made through tc */
	char *qdisc;		/* kind of a grafted one, or NULL */
	uint64_t rate, ceil;	/* bytes per second; ceil 0: the parent's */
	uint64_t delay_ns, target_ns, interval_ns, step_ns;
	uint32_t burst, cburst, weight, prio, quantum, limit;
	bool ecn, l4s, oversubscribe, nat;
	struct optq_wire wire;	/* layer 0: the parent's */
	uint8_t dscp;		/* see dscp_text.h; 0: the parent's */
	uint8_t isolate;	/* enum optq_isolate, or what is newer */
	uint8_t ack_filter;	/* enum optq_ack_filter; 0: the parent's */
	struct live_police *police;	/* NULL: none */
	struct optq_stats stats;
	uint32_t *hist;		/* of sojourn, in the order of core/hist.h */
	size_t n_hist;
	size_t parent_index;	/* SIZE_MAX: the link */
};

struct live_tree {
	int ifindex;
	char device[IFNAMSIZ];
	char ingress_of[IFNAMSIZ];	/* the device that an ifb serves, or empty */
	uint32_t handle, generation, default_id;
	uint32_t burst, limit, direct_limit, rules;
	uint32_t memory;		/* bytes asked for; 0: automatic */
	uint64_t rate;
	bool oversubscribe, sysfs;
	struct optq_wire wire;		/* layer 0: raw */
	uint8_t dscp;		/* 0: as packets came */
	uint8_t ack_filter;	/* 0: off */
	struct live_police *police;	/* NULL: none */
	struct dim dims[OPTQ_DIMS_MAX];	/* that its rules look at, in their order */
	size_t n_dims;
	struct optq_stats stats;
	struct live_class *classes;	/* parents before children */
	size_t n, room;
};

/* A snapshot of one generation; tries again when a change tears it. */
void live_read(struct nl_sock *genl, int family, int ifindex,
	       struct live_tree *tree, struct nl_answer *answer);
void live_free(struct live_tree *tree);

/* Who takes what a dump tells, message by message. */
struct live_taker {
	int (*take)(struct nlmsghdr *nlh, void *arg);
	void (*forget)(void *arg);	/* it comes again from its beginning */
	void *arg;
	int (*put)(struct nl_msg *msg, void *arg);	/* into the request; may be NULL */
	void *put_arg;
};

/* Dumps @cmd of a device; tries again when a change tears it. */
void live_dump(struct nl_sock *genl, int family, int ifindex, uint8_t cmd,
	       const struct live_taker *taker, struct nl_answer *answer);

/* Appends the class that an OPTQ_A_CLASS of the kernel's describes. */
void live_add_class(struct live_tree *tree, struct nlattr *nest);
/* What it points to. */
void live_class_free(struct live_class *class);

/* "office/web", with 1:10 for what has no name; to be freed. */
char *live_path(const struct live_tree *tree, size_t index);
/* Likewise of a class that is perhaps not there; 0: "direct", that no class takes. */
char *live_path_by_id(const struct live_tree *tree, uint32_t id);
/* "1:10", or the number alone where tc could not name the class. */
char *live_class_id(const struct live_tree *tree, uint32_t id);
/* Index of the class, or SIZE_MAX. */
size_t live_find(const struct live_tree *tree, uint32_t id);
/* Likewise of many, in what live_sort_by_id() gives, to be freed. */
size_t live_find_sorted(const struct live_tree *tree, struct live_class **sorted,
			uint32_t id);
struct live_class **live_sort_by_id(const struct live_tree *tree);

/* Depth first, children in the kernel's order; @n indices, to be freed. */
size_t *live_order(const struct live_tree *tree);
/* The least ceiling on the way up from each class, or 0; to be freed. */
uint64_t *live_ceilings(const struct live_tree *tree, const size_t *order);

#endif
