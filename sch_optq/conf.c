// SPDX-License-Identifier: GPL-2.0
#include <linux/ctype.h>

#include "conf.h"

const struct nla_policy optq_class_policy[OPTQ_CLASS_A_MAX + 1] = {
	[OPTQ_CLASS_A_ID]	= { .type = NLA_U32 },
	[OPTQ_CLASS_A_PARENT]	= { .type = NLA_U32 },
	[OPTQ_CLASS_A_NAME]	= { .type = NLA_NUL_STRING,
				    .len = OPTQ_NAME_MAX },
	[OPTQ_CLASS_A_RATE]	= { .type = NLA_U64 },
	[OPTQ_CLASS_A_CEIL]	= { .type = NLA_U64 },
	[OPTQ_CLASS_A_BURST]	= { .type = NLA_U32 },
	[OPTQ_CLASS_A_CBURST]	= { .type = NLA_U32 },
	[OPTQ_CLASS_A_WEIGHT]	= { .type = NLA_U32 },
	[OPTQ_CLASS_A_PRIO]	= { .type = NLA_U32 },
	[OPTQ_CLASS_A_QUANTUM]	= { .type = NLA_U32 },
	[OPTQ_CLASS_A_LIMIT]	= { .type = NLA_U32 },
	[OPTQ_CLASS_A_TARGET]	= { .type = NLA_U64 },
	[OPTQ_CLASS_A_INTERVAL]	= { .type = NLA_U64 },
	[OPTQ_CLASS_A_ECN]	= NLA_POLICY_MAX(NLA_U8, 1),
	[OPTQ_CLASS_A_OVERSUBSCRIBE] = NLA_POLICY_MAX(NLA_U8, 1),
	[OPTQ_CLASS_A_DELAY]	= { .type = NLA_U64 },
	[OPTQ_CLASS_A_LAYER]	= NLA_POLICY_MAX(NLA_U8, OPTQ_WIRE_RAW_PTM),
	[OPTQ_CLASS_A_OVERHEAD]	= { .type = NLA_S32 },
	[OPTQ_CLASS_A_MPU]	= { .type = NLA_U32 },
	[OPTQ_CLASS_A_DSCP]	= { .type = NLA_U8 },
	[OPTQ_CLASS_A_L4S]	= NLA_POLICY_MAX(NLA_U8, 1),
	[OPTQ_CLASS_A_STEP_THRESH] = { .type = NLA_U64 },
	[OPTQ_CLASS_A_ISOLATE]	= { .type = NLA_U8 },
	[OPTQ_CLASS_A_NAT]	= NLA_POLICY_MAX(NLA_U8, 1),
	[OPTQ_CLASS_A_ACK_FILTER] = NLA_POLICY_MAX(NLA_U8, OPTQ_ACK_FILTER_AGGRESSIVE),
	[OPTQ_CLASS_A_POLICE]	= { .type = NLA_NESTED },
};

static const struct nla_policy optq_link_policy[OPTQ_LINK_A_MAX + 1] = {
	[OPTQ_LINK_A_DEFAULT]	= { .type = NLA_U32 },
	[OPTQ_LINK_A_RATE]	= { .type = NLA_U64 },
	[OPTQ_LINK_A_BURST]	= { .type = NLA_U32 },
	[OPTQ_LINK_A_LIMIT]	= { .type = NLA_U32 },
	[OPTQ_LINK_A_DIRECT_LIMIT] = { .type = NLA_U32 },
	[OPTQ_LINK_A_FLOWS]	= { .type = NLA_U32 },
	[OPTQ_LINK_A_OVERSUBSCRIBE] = NLA_POLICY_MAX(NLA_U8, 1),
	[OPTQ_LINK_A_SYSFS]	= NLA_POLICY_MAX(NLA_U8, 1),
	[OPTQ_LINK_A_LAYER]	= NLA_POLICY_MAX(NLA_U8, OPTQ_WIRE_RAW_PTM),
	[OPTQ_LINK_A_OVERHEAD]	= { .type = NLA_S32 },
	[OPTQ_LINK_A_MPU]	= { .type = NLA_U32 },
	[OPTQ_LINK_A_DSCP]	= { .type = NLA_U8 },
	[OPTQ_LINK_A_ACK_FILTER] = NLA_POLICY_MAX(NLA_U8, OPTQ_ACK_FILTER_AGGRESSIVE),
	[OPTQ_LINK_A_MEMORY]	= { .type = NLA_U32 },
	[OPTQ_LINK_A_POLICE]	= { .type = NLA_NESTED },
};

const char *optq_fault_text(enum optq_fault fault)
{
	switch (fault) {
	case OPTQ_FAULT_RATE:
		return "rate must be 0 (none) or 8bit to 1tbit";
	case OPTQ_FAULT_CEIL:
		return "ceil must be 0 (none) or 8bit to 1tbit";
	case OPTQ_FAULT_RATE_CEIL:
		return "rate must not exceed ceil";
	case OPTQ_FAULT_BURST:
		return "burst and cburst must be 0 (automatic) to 2147483647 bytes";
	case OPTQ_FAULT_PRIO:
		return "prio must be 0 to 7";
	case OPTQ_FAULT_QUANTUM:
		return "quantum must be 0 (automatic) or 256 to 1048576 bytes";
	case OPTQ_FAULT_LIMIT:
		return "limit must be 0 (automatic) or 1 to 4194304 packets";
	case OPTQ_FAULT_TARGET:
		return "target and interval must be 0 (automatic) or 1us to 10s";
	case OPTQ_FAULT_WIRE:
		return "overhead must be -64 to 256, mpu 0 to 256 bytes, and both need a layer";
	case OPTQ_FAULT_STEP:
		return "step_thresh must be 0 (automatic) or 1us to 1s";
	case OPTQ_FAULT_DELAY:
		return "delay must be 0 (none) or 1us to 10s, and needs a rate";
	case OPTQ_FAULT_DSCP:
		return "dscp must be 0 to 63, 64 (keep) or 255 (as above)";
	case OPTQ_FAULT_ISOLATE:
		return "isolate must be 0 to 5: flow, src-host, dst-host, dual-src, dual-dst, triple";
	case OPTQ_FAULT_DEPTH:
		return "classes nest at most 32 levels deep";
	case OPTQ_FAULT_CYCLE:
		return "a class cannot be below itself";
	case OPTQ_OK:
		break;
	}
	return "ok";
}

size_t optq_name_len(const struct nlattr *attr)
{
	const char *s = nla_data(attr);
	size_t n = strnlen(s, nla_len(attr)), i;

	if (!n || n > OPTQ_NAME_MAX || s[0] == '-' || s[0] == '.')
		return 0;
	for (i = 0; i < n; i++) {
		if (!isascii(s[i]) || !isgraph(s[i]) || s[i] == '/')
			return 0;
	}
	return n;
}

static void get_u32(struct nlattr *attr, u32 *v)
{
	if (attr)
		*v = nla_get_u32(attr);
}

static void get_u64(struct nlattr *attr, u64 *v)
{
	if (attr)
		*v = nla_get_u64(attr);
}

static void get_bool(struct nlattr *attr, bool *v)
{
	if (attr)
		*v = nla_get_u8(attr);
}

static void get_dscp(struct nlattr *attr, u8 *v)
{
	if (attr)
		*v = optq_dscp_from_uapi(nla_get_u8(attr));
}

/* What does not fit is out of range, and stays so. */
static void get_step(struct nlattr *attr, u32 *ns)
{
	if (attr)
		*ns = min_t(u64, nla_get_u64(attr), U32_MAX);
}

/* Which of the two a fault is about; without a layer, either. */
static struct nlattr *wire_fault_attr(struct nlattr *layer,
				      struct nlattr *overhead,
				      struct nlattr *mpu)
{
	if (mpu && nla_get_u32(mpu) > OPTQ_MPU_MAX)
		return mpu;
	return overhead ?: mpu ?: layer;
}

/* The attribute that a fault is about, so that user space can point at it. */
static struct nlattr *fault_attr(enum optq_fault fault, struct nlattr **tb)
{
	switch (fault) {
	case OPTQ_FAULT_CEIL:
		return tb[OPTQ_CLASS_A_CEIL];
	case OPTQ_FAULT_BURST:
		return tb[OPTQ_CLASS_A_BURST] ?: tb[OPTQ_CLASS_A_CBURST];
	case OPTQ_FAULT_PRIO:
		return tb[OPTQ_CLASS_A_PRIO];
	case OPTQ_FAULT_QUANTUM:
		return tb[OPTQ_CLASS_A_QUANTUM];
	case OPTQ_FAULT_LIMIT:
		return tb[OPTQ_CLASS_A_LIMIT];
	case OPTQ_FAULT_TARGET:
		return tb[OPTQ_CLASS_A_TARGET] ?: tb[OPTQ_CLASS_A_INTERVAL];
	case OPTQ_FAULT_WIRE:
		return wire_fault_attr(tb[OPTQ_CLASS_A_LAYER],
				       tb[OPTQ_CLASS_A_OVERHEAD],
				       tb[OPTQ_CLASS_A_MPU]);
	case OPTQ_FAULT_STEP:
		return tb[OPTQ_CLASS_A_STEP_THRESH];
	case OPTQ_FAULT_ISOLATE:
		return tb[OPTQ_CLASS_A_ISOLATE];
	case OPTQ_FAULT_DELAY:
		/* A change may have taken the rate from a delay that stays. */
		return tb[OPTQ_CLASS_A_DELAY] ?: tb[OPTQ_CLASS_A_RATE];
	case OPTQ_FAULT_DSCP:
		return tb[OPTQ_CLASS_A_DSCP];
	default:
		return tb[OPTQ_CLASS_A_RATE];
	}
}

/*
 * Another layer takes the figures of the one before with it.  What is out of range
 * for the fields is out of range altogether.
 */
static void get_wire(struct nlattr *layer, struct nlattr *overhead,
		     struct nlattr *mpu, struct optq_wire *wire)
{
	if (layer)
		*wire = (struct optq_wire){ .layer = nla_get_u8(layer) };
	if (overhead)
		wire->overhead = clamp_t(s32, nla_get_s32(overhead), S16_MIN,
					 S16_MAX);
	if (mpu)
		wire->mpu = min_t(u32, nla_get_u32(mpu), U16_MAX);
}

static void get_class(struct nlattr **tb, struct optq_class_conf *conf)
{
	get_u64(tb[OPTQ_CLASS_A_RATE], &conf->rate);
	get_u64(tb[OPTQ_CLASS_A_CEIL], &conf->ceil);
	get_u64(tb[OPTQ_CLASS_A_TARGET], &conf->target_ns);
	get_u64(tb[OPTQ_CLASS_A_INTERVAL], &conf->interval_ns);
	get_u64(tb[OPTQ_CLASS_A_DELAY], &conf->delay_ns);
	get_u32(tb[OPTQ_CLASS_A_BURST], &conf->burst);
	get_u32(tb[OPTQ_CLASS_A_CBURST], &conf->cburst);
	get_u32(tb[OPTQ_CLASS_A_WEIGHT], &conf->weight);
	get_u32(tb[OPTQ_CLASS_A_PRIO], &conf->prio);
	get_u32(tb[OPTQ_CLASS_A_QUANTUM], &conf->quantum);
	get_u32(tb[OPTQ_CLASS_A_LIMIT], &conf->limit);
	if (tb[OPTQ_CLASS_A_ECN])
		conf->ecn = nla_get_u8(tb[OPTQ_CLASS_A_ECN]);
	if (tb[OPTQ_CLASS_A_L4S])
		conf->l4s = nla_get_u8(tb[OPTQ_CLASS_A_L4S]);
	get_step(tb[OPTQ_CLASS_A_STEP_THRESH], &conf->step_ns);
	if (tb[OPTQ_CLASS_A_OVERSUBSCRIBE])
		conf->oversubscribe = nla_get_u8(tb[OPTQ_CLASS_A_OVERSUBSCRIBE]);
	get_dscp(tb[OPTQ_CLASS_A_DSCP], &conf->dscp);
	if (tb[OPTQ_CLASS_A_ACK_FILTER])
		conf->ack_filter = nla_get_u8(tb[OPTQ_CLASS_A_ACK_FILTER]);
	get_wire(tb[OPTQ_CLASS_A_LAYER], tb[OPTQ_CLASS_A_OVERHEAD],
		 tb[OPTQ_CLASS_A_MPU], &conf->wire);
	if (tb[OPTQ_CLASS_A_NAT])
		conf->nat = nla_get_u8(tb[OPTQ_CLASS_A_NAT]);
	if (tb[OPTQ_CLASS_A_ISOLATE])
		conf->isolate = nla_get_u8(tb[OPTQ_CLASS_A_ISOLATE]);
}

/* attr NULL: the message alone tells it. */
static void set_fault(struct netlink_ext_ack *extack, enum optq_fault fault,
		      const struct nlattr *attr)
{
	if (!extack)
		return;
	NL_SET_BAD_ATTR(extack, attr);
	extack->_msg = optq_fault_text(fault);
}

int optq_parse_class(struct nlattr *nest, struct optq_class_conf *conf,
		     struct nlattr **tb, struct netlink_ext_ack *extack)
{
	enum optq_fault fault;
	int err;

	err = nla_parse_nested(tb, OPTQ_CLASS_A_MAX, nest, optq_class_policy,
			       extack);
	if (err)
		return err;
	get_class(tb, conf);
	fault = optq_conf_check(conf);
	if (fault == OPTQ_OK)
		return 0;
	/* Its place tells the reader which class it is. */
	set_fault(extack, fault, fault_attr(fault, tb) ?: nest);
	return -EINVAL;
}

static int check_link(const struct optq_link_conf *conf, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	if (conf->rate > OPTQ_RATE_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, tb[OPTQ_LINK_A_RATE],
				    "rate must be 0 (none) or 8bit to 1tbit");
		return -ERANGE;
	}
	if (conf->burst > OPTQ_BURST_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, tb[OPTQ_LINK_A_BURST],
				    "burst must be 0 (automatic) to 2147483647 bytes");
		return -ERANGE;
	}
	if (!conf->limit || conf->limit > OPTQ_LIMIT_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, tb[OPTQ_LINK_A_LIMIT],
				    "limit must be 1 to 4194304 packets");
		return -ERANGE;
	}
	if (!conf->direct_limit || conf->direct_limit > OPTQ_LIMIT_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, tb[OPTQ_LINK_A_DIRECT_LIMIT],
				    "direct_qlen must be 1 to 4194304 packets");
		return -ERANGE;
	}
	if (conf->memory && (conf->memory < OPTQ_MEMORY_MIN ||
			     conf->memory > OPTQ_MEMORY_MAX)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[OPTQ_LINK_A_MEMORY],
				    "memory must be 0 (automatic) or 65536 to 2147483647 bytes");
		return -ERANGE;
	}
	if (!conf->flows || conf->flows > OPTQ_FLOWS_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, tb[OPTQ_LINK_A_FLOWS],
				    "flows must be 1 to 1048576");
		return -ERANGE;
	}
	if (!optq_wire_valid(&conf->wire)) {
		set_fault(extack, OPTQ_FAULT_WIRE,
			  wire_fault_attr(tb[OPTQ_LINK_A_LAYER],
					  tb[OPTQ_LINK_A_OVERHEAD],
					  tb[OPTQ_LINK_A_MPU]));
		return -ERANGE;
	}
	if (conf->dscp > OPTQ_DSCP_NONE) {
		set_fault(extack, OPTQ_FAULT_DSCP, tb[OPTQ_LINK_A_DSCP]);
		return -ERANGE;
	}
	return 0;
}

int optq_parse_link(struct nlattr *nest, struct optq_link_conf *conf,
		    bool create, struct nlattr **police,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[OPTQ_LINK_A_MAX + 1];
	u32 flows = conf->flows;
	int err;

	err = nla_parse_nested(tb, OPTQ_LINK_A_MAX, nest, optq_link_policy,
			       extack);
	if (err)
		return err;
	if (tb[OPTQ_LINK_A_POLICE])
		*police = tb[OPTQ_LINK_A_POLICE];
	get_u64(tb[OPTQ_LINK_A_RATE], &conf->rate);
	get_u32(tb[OPTQ_LINK_A_BURST], &conf->burst);
	get_u32(tb[OPTQ_LINK_A_DEFAULT], &conf->default_id);
	get_u32(tb[OPTQ_LINK_A_LIMIT], &conf->limit);
	get_u32(tb[OPTQ_LINK_A_DIRECT_LIMIT], &conf->direct_limit);
	get_u32(tb[OPTQ_LINK_A_MEMORY], &conf->memory);
	get_u32(tb[OPTQ_LINK_A_FLOWS], &conf->flows);
	get_bool(tb[OPTQ_LINK_A_OVERSUBSCRIBE], &conf->oversubscribe);
	get_bool(tb[OPTQ_LINK_A_SYSFS], &conf->sysfs);
	get_wire(tb[OPTQ_LINK_A_LAYER], tb[OPTQ_LINK_A_OVERHEAD],
		 tb[OPTQ_LINK_A_MPU], &conf->wire);
	get_dscp(tb[OPTQ_LINK_A_DSCP], &conf->dscp);
	if (tb[OPTQ_LINK_A_ACK_FILTER])
		conf->ack_filter = nla_get_u8(tb[OPTQ_LINK_A_ACK_FILTER]);
	err = check_link(conf, tb, extack);
	if (err)
		return err;
	if (!create && conf->flows != flows) {
		NL_SET_ERR_MSG_ATTR(extack, tb[OPTQ_LINK_A_FLOWS],
				    "flows can only be set when the qdisc is added");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* Zero stands for "automatic" and "none": left out, it reads the same. */
static int put_u32(struct sk_buff *skb, int type, u32 v)
{
	return v ? nla_put_u32(skb, type, v) : 0;
}

static int put_u64(struct sk_buff *skb, int type, u64 v, int pad)
{
	return v ? nla_put_u64_64bit(skb, type, v, pad) : 0;
}

static int put_wire(struct sk_buff *skb, const struct optq_wire *wire, int layer,
		    int overhead, int mpu)
{
	if (!wire->layer)
		return 0;
	return nla_put_u8(skb, layer, wire->layer) ||
	       (wire->overhead && nla_put_s32(skb, overhead, wire->overhead)) ||
	       put_u32(skb, mpu, wire->mpu);
}

int optq_put_class(struct sk_buff *skb, const struct optq_cl *cl,
		   bool with_name)
{
	const struct optq_class_conf *conf = &cl->core.conf;
	const int pad = OPTQ_CLASS_A_PAD;

	if ((cl->name && with_name &&
	     nla_put_string(skb, OPTQ_CLASS_A_NAME, cl->name)) ||
	    put_u64(skb, OPTQ_CLASS_A_RATE, conf->rate, pad) ||
	    put_u64(skb, OPTQ_CLASS_A_CEIL, conf->ceil, pad) ||
	    put_u32(skb, OPTQ_CLASS_A_BURST, conf->burst) ||
	    put_u32(skb, OPTQ_CLASS_A_CBURST, conf->cburst) ||
	    put_u32(skb, OPTQ_CLASS_A_WEIGHT, conf->weight) ||
	    nla_put_u32(skb, OPTQ_CLASS_A_PRIO, conf->prio) ||
	    put_u32(skb, OPTQ_CLASS_A_QUANTUM, conf->quantum) ||
	    put_u32(skb, OPTQ_CLASS_A_LIMIT, conf->limit) ||
	    put_u64(skb, OPTQ_CLASS_A_TARGET, conf->target_ns, pad) ||
	    put_u64(skb, OPTQ_CLASS_A_INTERVAL, conf->interval_ns, pad) ||
	    put_u64(skb, OPTQ_CLASS_A_DELAY, conf->delay_ns, pad) ||
	    put_u64(skb, OPTQ_CLASS_A_STEP_THRESH, conf->step_ns, pad) ||
	    nla_put_u8(skb, OPTQ_CLASS_A_ECN, conf->ecn) ||
	    nla_put_u8(skb, OPTQ_CLASS_A_L4S, conf->l4s) ||
	    nla_put_u8(skb, OPTQ_CLASS_A_OVERSUBSCRIBE, conf->oversubscribe) ||
	    put_wire(skb, &conf->wire, OPTQ_CLASS_A_LAYER,
		     OPTQ_CLASS_A_OVERHEAD, OPTQ_CLASS_A_MPU) ||
	    (conf->dscp && nla_put_u8(skb, OPTQ_CLASS_A_DSCP,
					 optq_dscp_to_uapi(conf->dscp))) ||
	    nla_put_u8(skb, OPTQ_CLASS_A_ISOLATE, conf->isolate) ||
	    nla_put_u8(skb, OPTQ_CLASS_A_NAT, conf->nat) ||
	    (conf->ack_filter && nla_put_u8(skb, OPTQ_CLASS_A_ACK_FILTER,
					    conf->ack_filter)) ||
	    nla_put_u32(skb, OPTQ_CLASS_A_LEVEL, cl->core.depth) ||
	    nla_put_u8(skb, OPTQ_CLASS_A_LEAF, optq_class_is_leaf(&cl->core)) ||
	    (cl->qdisc && nla_put_string(skb, OPTQ_CLASS_A_QDISC,
					 cl->qdisc->ops->id)))
		return -EMSGSIZE;
	return 0;
}

int optq_put_link(struct sk_buff *skb, const struct optq_link_conf *conf)
{
	if (put_u64(skb, OPTQ_LINK_A_RATE, conf->rate, OPTQ_LINK_A_PAD) ||
	    put_u32(skb, OPTQ_LINK_A_BURST, conf->burst) ||
	    nla_put_u32(skb, OPTQ_LINK_A_DEFAULT, conf->default_id) ||
	    nla_put_u32(skb, OPTQ_LINK_A_LIMIT, conf->limit) ||
	    nla_put_u32(skb, OPTQ_LINK_A_DIRECT_LIMIT, conf->direct_limit) ||
	    put_u32(skb, OPTQ_LINK_A_MEMORY, conf->memory) ||
	    nla_put_u32(skb, OPTQ_LINK_A_FLOWS, conf->flows) ||
	    nla_put_u8(skb, OPTQ_LINK_A_OVERSUBSCRIBE, conf->oversubscribe) ||
	    nla_put_u8(skb, OPTQ_LINK_A_SYSFS, conf->sysfs) ||
	    put_wire(skb, &conf->wire, OPTQ_LINK_A_LAYER,
		     OPTQ_LINK_A_OVERHEAD, OPTQ_LINK_A_MPU) ||
	    (conf->dscp && nla_put_u8(skb, OPTQ_LINK_A_DSCP,
					 optq_dscp_to_uapi(conf->dscp))) ||
	    (conf->ack_filter && nla_put_u8(skb, OPTQ_LINK_A_ACK_FILTER,
					    conf->ack_filter)))
		return -EMSGSIZE;
	return 0;
}
