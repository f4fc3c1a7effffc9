/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ABI of sch_optq: what the kernel module, the tc plugin, optqctl and
 * optqd share.  docs/netlink/optq.yaml describes the generic-netlink side in
 * the kernel's netlink-spec format.
 *
 * Rates are bytes per second, sizes bytes, times nanoseconds.  Attributes are
 * only ever added, structures only ever grow at their end.
 */
#ifndef _UAPI_LINUX_OPTQ_H
#define _UAPI_LINUX_OPTQ_H

#include <linux/types.h>

#define OPTQ_GENL_NAME		"optq"
#define OPTQ_GENL_VERSION	1
#define OPTQ_MCGRP_EVENTS	"events"	/* needs CAP_NET_ADMIN, as reading does */

/* Bounds that the kernel enforces; user space checks them first. */
#define OPTQ_DEPTH_MAX		32	/* levels of classes below the link */
#define OPTQ_NAME_MAX		63	/* bytes of one class name */
#define OPTQ_PRIO_MAX		7
#define OPTQ_TREES_MAX		1024	/* of one message */
#define OPTQ_CLASSES_MAX	131072
#define OPTQ_RULES_MAX		32768
#define OPTQ_CONJUNCTS_MAX	65536		/* of all rules of a tree */
#define OPTQ_RULE_CONJUNCTS_MAX	64		/* of one rule */
#define OPTQ_DIMS_MAX		24		/* fields that rules read */
#define OPTQ_SETS_MAX		65536
#define OPTQ_RANGES_MAX		4194304		/* of all sets of a tree */
#define OPTQ_ELEMS_MAX		262144
#define OPTQ_ELEM_TIMEOUT_MAX	86400000	/* ms, a day */
#define OPTQ_SYSFS_MAX		1024	/* classes that are shown in sysfs */
#define OPTQ_RATE_MIN		1ULL		/* 8 bit/s */
#define OPTQ_RATE_MAX		125000000000ULL	/* 1 Tbit/s */
#define OPTQ_BURST_MAX		0x7fffffffU
#define OPTQ_QUANTUM_MIN	256U
#define OPTQ_QUANTUM_MAX	1048576U
#define OPTQ_LIMIT_MAX		4194304U	/* packets */
#define OPTQ_LIMIT		10240U	/* of a link that does not say how many */
#define OPTQ_LEAF_LIMIT		1000U	/* of a leaf that does not */
#define OPTQ_MEMORY_MIN		65536U		/* bytes */
#define OPTQ_MEMORY_MAX		0x7fffffffU
#define OPTQ_FLOWS_MAX		1048576U
#define OPTQ_TIME_MIN_NS	1000ULL		/* target, interval, delay */
#define OPTQ_TIME_MAX_NS	10000000000ULL
#define OPTQ_STEP_MAX_NS	1000000000ULL	/* from OPTQ_TIME_MIN_NS on */
#define OPTQ_POLICE_ENTRIES_MAX	1048576U	/* addresses of one policer */
#define OPTQ_POLICE_ENTRIES_SUM	4194304U	/* of all policers of a link */
#define OPTQ_POLICE_ENTRIES	4096U		/* of a policer that does not say how many */
#define OPTQ_POLICE_MOVES_MAX	4	/* policers that move a packet one after another */

/* *_A_DSCP: what packets leave with, 0 to 63, or */
#define OPTQ_DSCP_KEEP		64	/* as they came, whatever is said above */
#define OPTQ_DSCP_INHERIT	255	/* of a class: as its parent; of the link: keep */

/*
 * *_A_ACK_FILTER: acknowledgements of TCP that are given up while they wait, because
 * the next of their connection says what they say.
 */
enum optq_ack_filter {
	OPTQ_ACK_FILTER_UNSPEC,	/* of a class: as its parent; of the link: off */
	OPTQ_ACK_FILTER_OFF,
	OPTQ_ACK_FILTER_CONSERVATIVE, /* as long as two are left */
	OPTQ_ACK_FILTER_AGGRESSIVE,	/* as long as one is */
};

enum optq_cmd {
	OPTQ_CMD_UNSPEC,
	OPTQ_CMD_TREE_SET,	/* do: replace the whole tree, all or nothing;
				 * NLM_F_ECHO asks what came of it.  Several
				 * trees, all or none: IFINDEX begins each, and
				 * in the reply too; before the first, FLAGS
				 */
	OPTQ_CMD_TREE_GET,	/* do: the link's parameters and totals */
	OPTQ_CMD_CLASS_GET,	/* dump: classes with statistics */
	OPTQ_CMD_RULE_GET,	/* dump: rules with hit counts */
	OPTQ_CMD_FLOW_GET,	/* dump: flows that wait or have just sent; they
				 * come and go while they are told
				 */
	OPTQ_CMD_ELEM_SET,	/* do: what is to be of a name, in addition; those
				 * before one that has no room are in force
				 */
	OPTQ_CMD_ELEM_DEL,	/* do: no more; likewise one that is not there */
	OPTQ_CMD_EXPLAIN,	/* dump: rules in their order, and what each does to
				 * the packet that DIM tells of, up to the first
				 * that is sure to take it
				 */

	/* To those who listen to OPTQ_MCGRP_EVENTS, in the device's namespace. */
	OPTQ_CMD_TREE_ADD_NTF,	/* an optq is made to be the device's root qdisc */
	OPTQ_CMD_TREE_SET_NTF,	/* TREE_SET replaced the tree: portid and number of
				 * the message are the request's
				 */
	OPTQ_CMD_TREE_CHANGE_NTF, /* tc changed the link's parameters */
	OPTQ_CMD_TREE_DEL_NTF,	/* the qdisc is gone, alone or with its device */
	OPTQ_CMD_CLASS_ADD_NTF,	/* by tc, as are the next two */
	OPTQ_CMD_CLASS_CHANGE_NTF,
	OPTQ_CMD_CLASS_DEL_NTF,	/* tells id, parent and name of the class only */

	__OPTQ_CMD_MAX,
	OPTQ_CMD_MAX = __OPTQ_CMD_MAX - 1
};

/* Top level of every generic-netlink message. */
enum optq_attr {
	OPTQ_A_UNSPEC,
	OPTQ_A_IFINDEX,		/* u32 */
	OPTQ_A_FLAGS,		/* u32, enum optq_flag */
	OPTQ_A_LINK,		/* nest, enum optq_link_attr */
	OPTQ_A_CLASS,		/* nest, enum optq_class_attr; once per class */
	OPTQ_A_RULE,		/* nest, enum optq_rule_attr; once per rule */
	OPTQ_A_GENERATION,	/* u32: counts changes of the tree; in TREE_SET
				 * the one expected (EBUSY if it has moved on)
				 */
	OPTQ_A_PAD,
	OPTQ_A_DROPPED,		/* u32, reply to TREE_SET with NLM_F_ECHO, and
				 * TREE_SET_NTF and TREE_CHANGE_NTF: packets that
				 * the change lost, to a smaller limit or with a
				 * qdisc under a leaf
				 */
	OPTQ_A_FLOW,		/* nest, enum optq_flow_attr; one a message */
	OPTQ_A_DIM,		/* nest, enum optq_dim_attr; once per field that
				 * rules read, also in the reply to TREE_GET; in
				 * EXPLAIN once per field that is known
				 */
	OPTQ_A_SET,		/* nest, enum optq_set_attr; once per set, and again
				 * for what of it has no room in the first
				 */
	OPTQ_A_ELEM,		/* nest, enum optq_elem_attr; once per element */
	OPTQ_A_SAME_RULES,	/* u8, reply to TREE_SET with NLM_F_ECHO and
				 * OPTQ_F_CHECK: 1: its rules are those in force,
				 * but for their places and texts; not of a
				 * device without optq
				 */
	OPTQ_A_UID,		/* u32, notifications only: of the process that made
				 * the change; not of the kernel's own threads
				 */
	OPTQ_A_COMM,		/* string, likewise: its name; not of one in another
				 * user namespace than the network's
				 */

	__OPTQ_A_MAX,
	OPTQ_A_MAX = __OPTQ_A_MAX - 1
};

enum optq_flag {
	OPTQ_F_CHECK = 1U << 0,	/* TREE_SET: check only, change nothing; the
				 * device need not have an optq qdisc yet.  The
				 * reply tells the generation that it was checked
				 * against
				 */
};

#define OPTQ_F_ALL	(OPTQ_F_CHECK)

/* What a leaf tells apart and gives an even share, CAKE's words. */
enum optq_isolate {
	OPTQ_ISOLATE_FLOW,	/* flows: addresses, protocol and ports */
	OPTQ_ISOLATE_SRC_HOST,	/* source addresses */
	OPTQ_ISOLATE_DST_HOST,
	OPTQ_ISOLATE_DUAL_SRC,	/* source addresses, and the flows of each */
	OPTQ_ISOLATE_DUAL_DST,
	OPTQ_ISOLATE_TRIPLE,	/* flows; no address has more for more of them */

	__OPTQ_ISOLATE_MAX,
	OPTQ_ISOLATE_MAX = __OPTQ_ISOLATE_MAX - 1
};

/*
 * What of a packet is counted, everywhere: *_A_LAYER.  The packet from its network
 * header on, or, raw, the length that the device sees; *_A_OVERHEAD; *_A_MPU at
 * least; in cells.  Of a super-packet, each segment.
 */
enum optq_wire_layer {
	OPTQ_WIRE_UNSPEC,	/* of a class: as its parent; of the link: raw */
	OPTQ_WIRE_RAW,		/* raw, no cells */
	OPTQ_WIRE_NOATM,	/* no cells */
	OPTQ_WIRE_ATM,		/* 48 bytes in cells of 53 */
	OPTQ_WIRE_PTM,		/* 64 bytes in 65 */
	OPTQ_WIRE_RAW_ATM,	/* raw, 48 bytes in cells of 53 */
	OPTQ_WIRE_RAW_PTM,	/* raw, 64 bytes in 65 */
};

#define OPTQ_OVERHEAD_MIN	-64
#define OPTQ_OVERHEAD_MAX	256
#define OPTQ_MPU_MAX		256

/* What colour a packet has when a policer looks at it. */
enum optq_police_colour {
	OPTQ_POLICE_BELOW,	/* what the policers below the class found; else green */
	OPTQ_POLICE_BLIND,	/* green */
	OPTQ_POLICE_AWARE,	/* as below, or that of its DSCP if that is worse:
				 * drop precedence 2 of AF is yellow, 3 red
				 * (RFC 2597)
				 */

	__OPTQ_POLICE_COLOUR_MAX,
	OPTQ_POLICE_COLOUR_MAX = __OPTQ_POLICE_COLOUR_MAX - 1
};

/* Whose packets a policer meters together. */
enum optq_police_each {
	OPTQ_POLICE_ALL,
	OPTQ_POLICE_EACH_SRC,	/* those of one source address */
	OPTQ_POLICE_EACH_DST,

	__OPTQ_POLICE_EACH_MAX,
	OPTQ_POLICE_EACH_MAX = __OPTQ_POLICE_EACH_MAX - 1
};

/* What is done with packets of one colour; nothing is given: they pass. */
enum optq_act_attr {
	OPTQ_ACT_A_UNSPEC,
	OPTQ_ACT_A_DROP,	/* flag; excludes the others */
	OPTQ_ACT_A_DSCP,	/* u8: 0..63 */
	OPTQ_ACT_A_PCP,		/* u8: 0..7, of what has a VLAN tag */
	OPTQ_ACT_A_CLASS,	/* u32: id of a leaf that takes them, with what it
				 * and the classes above it police.  Of TREE_SET
				 * only
				 */

	__OPTQ_ACT_A_MAX,
	OPTQ_ACT_A_MAX = __OPTQ_ACT_A_MAX - 1
};

/*
 * A policer: *_A_POLICE.  PIR makes it that of RFC 2698, EIR that of RFC 4115, neither
 * that of RFC 2697.  A burst that is missing is a tenth of a second of its rate, at least
 * ten full frames of Ethernet; EBS without EIR, 0.
 */
enum optq_police_attr {
	OPTQ_POLICE_A_UNSPEC,
	OPTQ_POLICE_A_CIR,	/* u64 */
	OPTQ_POLICE_A_CBS,	/* u32 */
	OPTQ_POLICE_A_EIR,	/* u64 */
	OPTQ_POLICE_A_EBS,	/* u32 */
	OPTQ_POLICE_A_PIR,	/* u64 */
	OPTQ_POLICE_A_PBS,	/* u32 */
	OPTQ_POLICE_A_COLOUR,	/* u8: enum optq_police_colour */
	OPTQ_POLICE_A_CONFORM,	/* nest, enum optq_act_attr: what is green; passes
				 * if missing
				 */
	OPTQ_POLICE_A_EXCEED,	/* likewise: yellow */
	OPTQ_POLICE_A_VIOLATE,	/* nest: red; is dropped if missing */
	OPTQ_POLICE_A_EACH,	/* u8: enum optq_police_each */
	OPTQ_POLICE_A_PREFIX4,	/* u8: bits that make an address one, 32 if missing */
	OPTQ_POLICE_A_PREFIX6,	/* u8: likewise, 64 */
	OPTQ_POLICE_A_ENTRIES,	/* u32: addresses metered apart, 4096 if missing */
	OPTQ_POLICE_A_STATS,	/* struct optq_police_stats, reply only */
	OPTQ_POLICE_A_PAD,

	__OPTQ_POLICE_A_MAX,
	OPTQ_POLICE_A_MAX = __OPTQ_POLICE_A_MAX - 1
};

/*
 * Of a policer, since it began.  What it found of each colour counts unless another
 * policer dropped the packet afterwards, or one above moved it.  A reader takes what
 * both sides know of its length.
 */
struct optq_police_stats {
	__u64 green_packets;
	__u64 green_bytes;	/* as the class counts them */
	__u64 yellow_packets;
	__u64 yellow_bytes;
	__u64 red_packets;
	__u64 red_bytes;
	__u64 dropped;		/* packets of these, by this policer */
	__u64 moved;		/* likewise, to another class */
	__u64 refused;		/* packets that another policer dropped, or one above
				 * moved: none of the above, and no tokens spent
				 */
	__u64 addresses;	/* that have, or had, a meter of their own */
	__u64 shared;		/* packets of addresses that had none: all were busy */
};

/*
 * The link, that is the root of the tree: OPTQ_A_LINK, and TCA_OPTIONS of the
 * qdisc.
 */
enum optq_link_attr {
	OPTQ_LINK_A_UNSPEC,
	OPTQ_LINK_A_DEFAULT,	/* u32: class id for unmatched traffic; 0 none:
				 * such packets go first and unshaped by any
				 * class (direct)
				 */
	OPTQ_LINK_A_RATE,	/* u64: ceiling of the whole link, 0 none */
	OPTQ_LINK_A_BURST,	/* u32: bytes, 0 automatic */
	OPTQ_LINK_A_LIMIT,	/* u32: packets in the whole tree */
	OPTQ_LINK_A_DIRECT_LIMIT, /* u32: packets in the direct queue */
	OPTQ_LINK_A_FLOWS,	/* u32: flow entries; at creation only */
	OPTQ_LINK_A_PAD,
	OPTQ_LINK_A_HANDLE,	/* u32, reply only: handle of the qdisc */
	OPTQ_LINK_A_CLASSES,	/* u32, reply only */
	OPTQ_LINK_A_STATS,	/* struct optq_stats, reply only */
	OPTQ_LINK_A_OVERSUBSCRIBE, /* u8: the classes' guarantees need not fit */
	OPTQ_LINK_A_RULES,	/* u32, reply only */
	OPTQ_LINK_A_SYSFS,	/* u8: the figures are files as well, under
				 * /sys/class/net/DEV/optq; of a root qdisc with
				 * at most OPTQ_SYSFS_MAX classes
				 */
	OPTQ_LINK_A_LAYER,	/* u8: enum optq_wire_layer */
	OPTQ_LINK_A_OVERHEAD,	/* s32: bytes on top */
	OPTQ_LINK_A_MPU,	/* u32: bytes, the least that is sent */
	OPTQ_LINK_A_DSCP,	/* u8: the DSCP of IP packets on the way out, where
				 * no class says another
				 */
	OPTQ_LINK_A_ACK_FILTER,	/* u8: enum optq_ack_filter */
	OPTQ_LINK_A_MEMORY,	/* u32: bytes of memory that packets in the tree's
				 * own queues may take, 0 automatic: 32 MiB, or
				 * more by limit and rate
				 */
	OPTQ_LINK_A_POLICE,	/* nest, enum optq_police_attr; empty: none */

	__OPTQ_LINK_A_MAX,
	OPTQ_LINK_A_MAX = __OPTQ_LINK_A_MAX - 1
};

/* A class: OPTQ_A_CLASS, and TCA_OPTIONS of a class. */
enum optq_class_attr {
	OPTQ_CLASS_A_UNSPEC,
	OPTQ_CLASS_A_ID,	/* u32: 1..2^32-2; up to 0xfffe tc sees it as
				 * MAJOR:ID.  Not in TCA_OPTIONS of a request
				 */
	OPTQ_CLASS_A_PARENT,	/* u32: id, 0 is the link. Likewise */
	OPTQ_CLASS_A_NAME,	/* string: one path component */
	OPTQ_CLASS_A_RATE,	/* u64: guaranteed rate, 0 none */
	OPTQ_CLASS_A_CEIL,	/* u64: maximum rate, 0 none */
	OPTQ_CLASS_A_BURST,	/* u32: bytes over rate, 0 automatic */
	OPTQ_CLASS_A_CBURST,	/* u32: bytes over ceil, 0 automatic */
	OPTQ_CLASS_A_WEIGHT,	/* u32: 0 automatic: the rate in kbit/s */
	OPTQ_CLASS_A_PRIO,	/* u32: 0..OPTQ_PRIO_MAX */
	OPTQ_CLASS_A_QUANTUM,	/* u32: bytes a flow sends in its turn, 0 auto */
	OPTQ_CLASS_A_LIMIT,	/* u32: packets queued in the leaf */
	OPTQ_CLASS_A_TARGET,	/* u64: ns, CoDel target, 0 automatic */
	OPTQ_CLASS_A_INTERVAL,	/* u64: ns, CoDel interval, 0 automatic */
	OPTQ_CLASS_A_ECN,	/* u8: mark (1, at first) or drop (0) ECN-capable packets */
	OPTQ_CLASS_A_OVERSUBSCRIBE, /* u8: guarantees below need not fit */
	OPTQ_CLASS_A_PAD,
	OPTQ_CLASS_A_STATS,	/* struct optq_stats, reply only */
	OPTQ_CLASS_A_LEVEL,	/* u32, reply only: 1 is a child of the link */
	OPTQ_CLASS_A_LEAF,	/* u8, reply only */
	OPTQ_CLASS_A_QDISC,	/* string, reply only: kind of a grafted qdisc */
	OPTQ_CLASS_A_HIST,	/* u32 each, reply of generic netlink only:
				 * packets by their time in the queue, from 1 us
				 * to 10 s, those outside in the first and the
				 * last of 233 buckets; left out from where all
				 * are 0.  Bucket i of a time t of 2^e ns and
				 * more, below twice that: e * 10 + t * 10 / 2^e
				 * - 109, rounded down.  All are halved when one
				 * is full.
				 */
	OPTQ_CLASS_A_DELAY,	/* u64: ns within which a leaf's packets leave as
				 * long as they keep to its rate and burst; 0
				 * none.  Needs a rate
				 */
	OPTQ_CLASS_A_LAYER,	/* u8: enum optq_wire_layer */
	OPTQ_CLASS_A_OVERHEAD,	/* s32: bytes on top */
	OPTQ_CLASS_A_MPU,	/* u32: bytes, the least that is sent */
	OPTQ_CLASS_A_DSCP,	/* u8: the DSCP of IP packets on the way out, of the
				 * class and of those below it that say no other
				 */
	OPTQ_CLASS_A_L4S,	/* u8: ECT(1) packets are L4S's (RFC 9331); needs
				 * ecn.  Both are 1 at first
				 */
	OPTQ_CLASS_A_STEP_THRESH, /* u64: ns, wait from which on L4S packets are
				 * marked, 0 automatic
				 */
	OPTQ_CLASS_A_ISOLATE,	/* u8: enum optq_isolate */
	OPTQ_CLASS_A_NAT,	/* u8: flows and hosts by the addresses before
				 * translation, as connection tracking knows them
				 */
	OPTQ_CLASS_A_ACK_FILTER, /* u8: enum optq_ack_filter */
	OPTQ_CLASS_A_POLICE,	/* nest, enum optq_police_attr; empty: none */

	__OPTQ_CLASS_A_MAX,
	OPTQ_CLASS_A_MAX = __OPTQ_CLASS_A_MAX - 1
};

/* A field that rules read, with its parameter: a dimension.  No two are alike. */
enum optq_dim_attr {
	OPTQ_DIM_A_UNSPEC,
	OPTQ_DIM_A_FIELD,	/* u8: enum optq_field */
	OPTQ_DIM_A_PARAM,	/* u32: what the field says, 0 if missing */
	OPTQ_DIM_A_VALUE,	/* of EXPLAIN only: the packet's, u32 words in host
				 * order, most significant first; missing: it has
				 * no such field
				 */

	__OPTQ_DIM_A_MAX,
	OPTQ_DIM_A_MAX = __OPTQ_DIM_A_MAX - 1
};

/*
 * A set of values: ranges, sorted, without overlap.  Of a range stand the lowest and
 * the highest value, each as u32 words in host order, the most significant first.
 */
enum optq_set_attr {
	OPTQ_SET_A_UNSPEC,
	OPTQ_SET_A_WORDS,	/* u8: words of a value, 1, 2 or 4; if missing, the
				 * ranges go on from those of the set before
				 */
	OPTQ_SET_A_ABSENT,	/* u8: 1: a packet without the field is in it too */
	OPTQ_SET_A_RANGES,	/* u32 each */
	OPTQ_SET_A_RANGES_V4,	/* u32 each, IPv4 addresses without the words before
				 * them: all of the set stand here, or in RANGES
				 */

	__OPTQ_SET_A_MAX,
	OPTQ_SET_A_MAX = __OPTQ_SET_A_MAX - 1
};

/* The value in a dimension is in a set; negate: it is not. */
struct optq_term {
	__u32 set;		/* number, in the order given, from 0 on */
	__u8 dim;		/* likewise */
	__u8 negate;		/* 0 or 1 */
	__u16 unused;		/* 0 */
};

/*
 * A rule: a packet matches when all terms of one of its conjuncts hold.  Rules are
 * tried in the order given; the first match names the class.
 */
enum optq_rule_attr {
	OPTQ_RULE_A_UNSPEC,
	OPTQ_RULE_A_CLASS,	/* u32: id of a leaf */
	OPTQ_RULE_A_CONJUNCT,	/* struct optq_term each, none: any packet; once per
				 * conjunct.  Not in replies
				 */
	OPTQ_RULE_A_WHERE,	/* string: the place where it was written */
	OPTQ_RULE_A_TEXT,	/* string: what was written there */
	OPTQ_RULE_A_HITS,	/* u64, reply only: packets */
	OPTQ_RULE_A_PAD,
	OPTQ_RULE_A_OUTCOME,	/* u8, enum optq_outcome: of EXPLAIN, as is the next */
	OPTQ_RULE_A_DIMS,	/* u32, bits: by which dimensions it does not match, or
				 * may not; numbered as TREE_GET tells them
				 */

	__OPTQ_RULE_A_MAX,
	OPTQ_RULE_A_MAX = __OPTQ_RULE_A_MAX - 1
};

/* What a rule does to a packet that is perhaps not known in all that it asks for. */
enum optq_outcome {
	OPTQ_OUTCOME_TAKES,
	OPTQ_OUTCOME_OPEN,
	OPTQ_OUTCOME_MISSES,
};

#define OPTQ_RULE_WHERE_MAX	255	/* bytes */
#define OPTQ_RULE_TEXT_MAX	1023

/*
 * What rules can look at of a packet.  A packet without such a field is in a set only
 * if the set says so.  Addresses are of IPv6, and of IPv4 as ::ffff:a.b.c.d; both, the
 * protocol and the ports are those of the outermost IP header.
 */
enum optq_field {
	OPTQ_FIELD_UNSPEC,
	OPTQ_FIELD_FAMILY,	/* 4, 6, or 0 for neither; always there */
	OPTQ_FIELD_PROTO,	/* IP protocol, after extension headers */
	OPTQ_FIELD_SRC,		/* 128 bits */
	OPTQ_FIELD_DST,
	OPTQ_FIELD_SPORT,	/* of TCP, UDP, UDPLite, SCTP, DCCP */
	OPTQ_FIELD_DPORT,
	OPTQ_FIELD_DSCP,	/* 0 to 63 */
	OPTQ_FIELD_ECN,		/* 0 to 3 */
	OPTQ_FIELD_VLAN,	/* id in the outermost tag, 0 to 4095 */
	OPTQ_FIELD_PCP,		/* priority there, 0 to 7 */
	OPTQ_FIELD_MARK,	/* bits that param has; always there */
	OPTQ_FIELD_CTMARK,	/* likewise of the connection, which is looked up where
				 * the packet has not met connection tracking; not
				 * without one
				 */
	OPTQ_FIELD_IIF,		/* ifindex that it came in by; not of what is sent here */
	OPTQ_FIELD_UID,		/* owner of the socket */
	OPTQ_FIELD_CGROUP,	/* 64 bits: cgroup v2 id of the socket's ancestor at
				 * level param, 1 to OPTQ_CGROUP_LEVEL_MAX, below
				 * the root
				 */
	OPTQ_FIELD_ICMP_TYPE,	/* of ICMP, 0 to 255 */
	OPTQ_FIELD_ICMP6_TYPE,	/* of ICMPv6 */
	OPTQ_FIELD_APP,		/* id of the name that its flow was given */
	OPTQ_FIELD_HOST,	/* id of the name that an address was given: param 0
				 * its source, 1 its destination
				 */

	__OPTQ_FIELD_MAX,
	OPTQ_FIELD_MAX = __OPTQ_FIELD_MAX - 1
};

#define OPTQ_CGROUP_LEVEL_MAX	255

/*
 * A flow that is of an application, or an address that is of a host: it has the id of
 * the name, which rules ask for, for as long as it is told.  An element that is there
 * already gets the id and the timeout anew.
 */
enum optq_elem_attr {
	OPTQ_ELEM_A_UNSPEC,
	OPTQ_ELEM_A_FIELD,	/* u8: OPTQ_FIELD_APP or OPTQ_FIELD_HOST */
	OPTQ_ELEM_A_ID,		/* u32, from 1: of the name.  To take one out: only
				 * if it has that; missing: whatever it has
				 */
	OPTQ_ELEM_A_SRC,	/* 16 bytes; of a host its address */
	OPTQ_ELEM_A_DST,	/* 16 bytes, of a flow only, as what follows */
	OPTQ_ELEM_A_PROTO,	/* u8 */
	OPTQ_ELEM_A_SPORT,	/* u16, host order; both ports or none */
	OPTQ_ELEM_A_DPORT,
	OPTQ_ELEM_A_TIMEOUT,	/* u32: ms, 0 or missing: until it is taken out */

	__OPTQ_ELEM_A_MAX,
	OPTQ_ELEM_A_MAX = __OPTQ_ELEM_A_MAX - 1
};

enum optq_flow_flag {
	OPTQ_FLOW_NEW = 1U << 0,	/* goes before those that are not */
	OPTQ_FLOW_DROPPING = 1U << 1,	/* CoDel drops or marks */
	OPTQ_FLOW_SHARED = 1U << 2,	/* no flow of its own: what came in order
					 * of a delay, or found the table full
					 */
};

/* A flow, in replies only.  Addresses and ports are those of its first packet. */
enum optq_flow_attr {
	OPTQ_FLOW_A_UNSPEC,
	OPTQ_FLOW_A_CLASS,	/* u32: id of the leaf; 0: it is of none (direct) */
	OPTQ_FLOW_A_HASH,	/* u32: its key */
	OPTQ_FLOW_A_FLAGS,	/* u32, enum optq_flow_flag */
	OPTQ_FLOW_A_PACKETS,	/* u32: that wait */
	OPTQ_FLOW_A_BYTES,	/* u64: likewise */
	OPTQ_FLOW_A_DEFICIT,	/* s32: bytes that it may still send in its turn */
	OPTQ_FLOW_A_DROPS,	/* u32: CoDel's count */
	OPTQ_FLOW_A_WAIT,	/* u64: ns since its first packet came; not
				 * without one
				 */
	OPTQ_FLOW_A_HOST_FLOWS,	/* u32: flows of its host, where hosts have their
				 * share first
				 */
	OPTQ_FLOW_A_FAMILY,	/* u8: 4 or 6 */
	OPTQ_FLOW_A_PROTO,	/* u8: IP protocol */
	OPTQ_FLOW_A_SRC,	/* 4 or 16 bytes, as the leaf tells flows apart: of
				 * the inner packet, before translation
				 */
	OPTQ_FLOW_A_DST,
	OPTQ_FLOW_A_SPORT,	/* u16, host order */
	OPTQ_FLOW_A_DPORT,
	OPTQ_FLOW_A_PAD,

	__OPTQ_FLOW_A_MAX,
	OPTQ_FLOW_A_MAX = __OPTQ_FLOW_A_MAX - 1
};

/*
 * Counters of a class or of the link; the value of *_A_STATS, and xstats
 * (TCA_STATS_APP) in tc.  A reader takes what both sides know of its length.
 * At every class, the link included, enqueued is packets + drops + backlog;
 * of an inner class, that holds no packets itself, the backlog is 0.  What waits
 * is told where it is: enqueued steps back at a class when its packets move to
 * another.  A packet that the device gave back counts as sent, and at the link
 * in the backlog as well.
 */
struct optq_stats {
	__u64 packets;		/* sent */
	__u64 bytes;		/* sent */
	__u64 enqueued;		/* packets taken in */
	__u64 drop_overlimit;	/* packets dropped for a limit */
	__u64 drop_aqm;		/* packets dropped by CoDel */
	__u64 drop_other;	/* packets dropped otherwise: child qdisc,
				 * segmentation failed, class removed
				 */
	__u64 ecn_marks;	/* by CoDel and for L4S */
	__u64 backlog_bytes;
	__u64 backlog_packets;
	__u64 throttled_ns;	/* time with traffic waiting at the ceiling */
	__u64 guaranteed_bytes;	/* sent within the class's own rate */
	__u64 flows;		/* flows queued, or just now */
	__u64 flows_new;	/* flows that started a queue */
	__u64 sojourn_avg_ns;	/* moving average of time in queue, 1/16 */
	__u64 sojourn_max_ns;	/* longest since the class began */
	__u64 sojourn_p50_ns;	/* that half of the packets did not exceed since
				 * the class began, at most 5 % off; 0 of the
				 * link, and as long as there is none
				 */
	__u64 sojourn_p90_ns;
	__u64 sojourn_p99_ns;
	__u64 sojourn_p999_ns;
	__u64 guarantee_missed_ns; /* how long ago the class was last further
				 * behind its rate than its burst and a packet;
				 * 0: never
				 */
	__u64 dscp_changed;	/* packets that left with another DSCP than theirs */
	__u64 dscp_failed;	/* packets whose headers could not be written, so
				 * that it stayed: of the link, all; 0 of classes
				 */
	__u64 drop_blue;	/* packets that BLUE dropped as they came: their
				 * flow overflowed, and did not respond to CoDel
				 */
	__u64 ecn_marks_l4s;	/* of ecn_marks, those by L4S's step or coupling */
	__u64 hosts;		/* that the flows belong to, where the leaf
				 * gives hosts their share first: of both sides
				 */
	__u64 drop_ack;		/* packets dropped as acknowledgements that the
				 * next one made redundant
				 */
	__u64 memory_bytes;	/* that packets in the tree's own queues take, as
				 * the kernel counts memory (truesize): of the
				 * link, all; 0 of classes, as are the next two
				 */
	__u64 memory_max_bytes;	/* most since the qdisc was added */
	__u64 memory_limit_bytes; /* in force */
};

#endif /* _UAPI_LINUX_OPTQ_H */
