/* SPDX-License-Identifier: GPL-2.0 */
/* A policy as the tools see it: links, their classes and rules. */
#ifndef OPTQCTL_MODEL_H
#define OPTQCTL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/wire.h"
#include "diag.h"
#include "match_lower.h"
#include "named_set.h"

#define NO_CLASS	UINT32_MAX
#define NO_RULE		UINT32_MAX

/* A match: what it asks, in the order of conditions that the kernel takes. */
struct rule {
	uint32_t class_index;
	struct conjuncts any;
	struct span at;		/* the expression */
	char *text;		/* likewise, in one line */
	char *where;		/* "branch.yaml:14" */
};

#define POLICE_COLOURS	3	/* green, yellow, red */
#define EACH_PREFIX4	32U	/* where it is not given */
#define EACH_PREFIX6	64U

/* What is done with a colour; nothing is set: it passes. */
struct police_act {
	bool drop;
	uint8_t dscp, pcp;	/* 1 + value */
	char *class_path;	/* of the leaf that takes it, or NULL */
	uint32_t class_index;	/* likewise, or NO_CLASS */
	struct span at;
};

/* Rates: bytes per second; bursts: bytes; 0: not given. */
struct police {
	uint64_t cir, eir, pir;
	uint32_t cbs, ebs, pbs;
	uint32_t prefix4, prefix6, entries;
	uint8_t colour;		/* enum optq_police_colour */
	uint8_t each;		/* enum optq_police_each */
	struct police_act act[POLICE_COLOURS];
	struct span at;
};

void police_free(struct police *police);

/* Zero is "not given" wherever zero is no value. */
struct class {
	char *name;
	uint32_t parent;	/* index; NO_CLASS: the link */
	uint32_t level;		/* 1 is a child of the link */
	uint32_t children;
	uint32_t id;		/* the kernel's, given out by apply */

	uint64_t rate, ceil;		/* bytes per second */
	uint32_t burst, cburst;		/* bytes */
	uint32_t weight, prio, quantum, limit;
	uint64_t delay_ns, target_ns, interval_ns;
	uint64_t step_ns;
	int8_t ecn, l4s;		/* -1: not given */
	uint8_t isolate;		/* enum optq_isolate */
	bool nat;
	bool oversubscribe;
	struct optq_wire wire;		/* as given; layer 0: the parent's */
	uint8_t dscp;			/* see dscp_text.h; 0: the parent's */
	uint8_t ack_filter;		/* enum optq_ack_filter; 0: the parent's */
	struct police *police;		/* NULL: none */

	uint64_t rate_share, ceil_share;	/* until they are resolved */
	bool rate_derived;		/* the sum of the children's */
	uint64_t ceil_effective;	/* least ceiling on the way up, or 0 */
	uint32_t alternatives;		/* match expressions */
	bool police_target;		/* a policer moves packets here */

	struct span name_at, rate_at, ceil_at, match_at, weight_at;
	struct span l4s_at, step_at;	/* the keys, not their values */
	struct span target_at, burst_at, cburst_at, oversubscribe_at;
	struct span delay_at;		/* the key, not its value */
	struct span leaf_only_at;	/* a key that inner classes ignore */
	const char *leaf_only;		/* its name */
};

/* One tree: what leaves by a device, or what comes in by it. */
struct link {
	char *name;
	char *device;
	char *title;			/* the device, and " ingress" */
	bool ingress;
	uint64_t rate;
	uint32_t burst, limit;
	uint32_t memory;		/* bytes, 0: automatic */
	bool oversubscribe, sysfs;
	struct optq_wire wire;		/* layer 0: raw */
	uint8_t dscp;			/* 0: as packets came */
	uint8_t ack_filter;		/* 0: off */
	struct police *police;		/* NULL: none */
	char *default_path;
	uint32_t default_class;		/* index */

	struct class *classes;		/* depth first, parents before children */
	uint32_t n_classes;
	size_t classes_room;
	uint32_t *slot;			/* index + 1, by parent and name */
	uint32_t slots;			/* a power of two */
	struct rule *rules;
	size_t n_rules, rules_room;
	struct dim dims[OPTQ_DIMS_MAX];	/* that the rules look at, in their order */
	size_t n_dims;

	struct span name_at, rate_at, burst_at, device_at, default_at, sysfs_at;
};

struct policy {
	struct link *links;
	size_t n_links, links_room;
	struct match_names names;	/* that its matches have */
	struct named_sets sets;
	struct ynode *root;		/* what it was read from, for its sets */
};

/* What it holds, not itself. */
void link_free(struct link *link);
void policy_free(struct policy *policy);
/* The others are freed; their order stays. */
void policy_keep_links(struct policy *policy,
		       bool (*keep)(const struct link *link, void *arg),
		       void *arg);
/* By the device's name or by its own. */
bool link_is_called(const struct link *link, const char *word);
/* Which of a link's two trees it is, in the words of a policy. */
const char *link_direction(const struct link *link);
struct class *link_add_class(struct link *link, uint32_t parent,
			     const char *name);
/* After names or places of its classes have changed, so that they are found. */
void link_note_names(struct link *link);
/* "office/web", to be freed. */
char *class_path(const struct link *link, uint32_t index);
/* Which of its dimensions that is; n_dims: none. */
size_t link_find_dim(const struct link *link, struct dim dim);
/* The first of that name below @parent, and that of a path; NO_CLASS: there is none. */
uint32_t link_find_child(const struct link *link, uint32_t parent,
			 const char *name, size_t len);
uint32_t link_find_class(const struct link *link, const char *path);

#endif
