/* SPDX-License-Identifier: GPL-2.0 */
/* What a link, a class and a policer are told apart by: one table for policy and kernel. */
#ifndef OPTQCTL_PARAMS_H
#define OPTQCTL_PARAMS_H

#include "live.h"
#include "model.h"

enum param_kind {
	PARAM_RATE,		/* bytes per second */
	PARAM_BYTES,
	PARAM_PACKETS,
	PARAM_NUMBER,
	PARAM_TIME,		/* ns */
	PARAM_FLAG,
	PARAM_WEIGHT,		/* as asked for, and above that as it counts */
	PARAM_WIRE,
	PARAM_DSCP,
	PARAM_ACK_FILTER,
	PARAM_ISOLATE,
	PARAM_COLOUR,
	PARAM_EACH,
	PARAM_ACT,
	PARAM_CLASS,		/* its id */
	PARAM_QDISC,		/* its kind stands beside it */
};

struct param {
	const char *name;	/* as in a policy */
	enum param_kind kind;
	const char *zero;	/* the word for 0; NULL: 0 is a value as any */
	uint64_t unset;		/* what it has when nothing was said */
};

enum class_param_id {
	CLASS_LEAF, CLASS_RATE, CLASS_CEIL, CLASS_WEIGHT, CLASS_PRIO, CLASS_DELAY,
	CLASS_BURST, CLASS_CBURST, CLASS_LIMIT, CLASS_QUANTUM, CLASS_TARGET,
	CLASS_INTERVAL, CLASS_ECN, CLASS_L4S, CLASS_STEP, CLASS_ISOLATE, CLASS_NAT,
	CLASS_OVERSUBSCRIBE, CLASS_WIRE, CLASS_DSCP, CLASS_ACK_FILTER,
	N_CLASS_PARAMS
};

enum link_param_id {
	LINK_RATE, LINK_DEFAULT, LINK_BURST, LINK_LIMIT, LINK_DIRECT, LINK_MEMORY,
	LINK_OVERSUBSCRIBE, LINK_SYSFS, LINK_WIRE, LINK_DSCP, LINK_ACK_FILTER,
	N_LINK_PARAMS
};

enum police_param_id {
	POLICE_CIR, POLICE_CBS, POLICE_EIR, POLICE_EBS, POLICE_PIR, POLICE_PBS,
	POLICE_COLOUR, POLICE_CONFORM, POLICE_EXCEED, POLICE_VIOLATE, POLICE_EACH,
	POLICE_PREFIX4, POLICE_PREFIX6, POLICE_ENTRIES,
	N_POLICE_PARAMS
};

extern const struct param class_params[N_CLASS_PARAMS];
extern const struct param link_params[N_LINK_PARAMS];
extern const struct param police_params[N_POLICE_PARAMS];
extern const struct param qdisc_param;

/*
 * What the kernel has, or would have once it took the policy: what a policy leaves out
 * gets what the kernel makes of that.  @ids: of the link's classes, in their order.
 */
void class_values(const struct class *c, uint64_t v[N_CLASS_PARAMS]);
void class_live_values(const struct live_class *c, uint64_t v[N_CLASS_PARAMS]);
/* @direct: packets that the direct queue gets on this device; 0: not known. */
void link_values(const struct link *link, const uint32_t *ids, uint32_t direct,
		 uint64_t v[N_LINK_PARAMS]);
void link_live_values(const struct live_tree *tree, uint64_t v[N_LINK_PARAMS]);
/* To be freed; NULL: there is none. */
uint64_t *police_values(const struct police *police, const uint32_t *ids);
uint64_t *police_live_values(const struct live_police *police);

bool param_same(const struct param *f, uint64_t a, uint64_t b);
/* The class that a PARAM_CLASS or PARAM_ACT names; 0: none. */
uint32_t param_class(const struct param *f, uint64_t value);
/* In the words of a policy, to be freed; @class: the path of the one above, or NULL. */
char *param_text(const struct param *f, uint64_t value, const char *class);
/* What PARAM_WEIGHT counts as: what is asked for, or the rate in kbit/s. */
uint32_t param_weight(uint64_t value);

#endif
