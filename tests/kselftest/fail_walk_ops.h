/* SPDX-License-Identifier: GPL-2.0 */
/* What fail_walk does: operations, and what is there before each. */
#ifndef FAIL_WALK_OPS_H
#define FAIL_WALK_OPS_H

#include <linux/netlink.h>
#include <linux/optq.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>

/* One message. */
struct step {
	int type;		/* OPTQ_CMD_*, or RTM_* */
	int flags;		/* NLM_F_* beside REQUEST and ACK */
	uint32_t handle;
	uint32_t parent;
	const char *kind;
	/*
	 * Lines of optq_nl_keys.h, %1$u and %2$u the devices, `classes A B` one class for
	 * each id; of RTM_*, the words of what the kind's options are made of.
	 */
	const char *text;
	bool second;		/* of RTM_*: at the second device */
};

#define TC(type, flags, handle, parent, kind, text)			\
	{ RTM_ ## type, flags, handle, parent, kind, text, false }
#define TC_SECOND(type, flags, handle, parent, kind, text)		\
	{ RTM_ ## type, flags, handle, parent, kind, text, true }
#define NL(cmd, flags, text)	{ OPTQ_CMD_ ## cmd, flags, 0, 0, NULL, text, false }

enum {
	TELLS = 1,		/* listeners hear of it */
	READS = 2,		/* what is asked for is the answer */
	FILES = 4,		/* directories in sysfs are part of it */
	/*
	 * What it tells is not compared: flows come and go, and tc's dumps end early, or
	 * with EMSGSIZE, where the kernel's own copy of a statistic fails.
	 */
	LOOSE = 8,
};

struct operation {
	const char *name;
	const struct step *before;	/* up to one of type 0 */
	struct step step;
	/*
	 * How many allocations, at least, have it refused when they fail alone: more than
	 * what is common to all, so that the walk is known to go through the module.  Of
	 * those that it makes without another way: a large table has one.
	 */
	unsigned int own;
	unsigned int flags;
};

#define NEW	(NLM_F_CREATE | NLM_F_EXCL)
#define ROOT	TC_H_ROOT
#define LEFT	0x10010u
#define RIGHT	0x10020u
#define UPPER	0x10001u

/* Sixteen bytes: 10.77.0.1 and .2, as IPv6 has them; terms and sets of the rules below. */
#define A1	"00000000000000000000ffff0a4d0001"
#define A2	"00000000000000000000ffff0a4d0002"
#define RULES								\
	"dim field=6\ndim field=4\ndim field=18\n"			\
	"set words=1 ranges=53,60,7000,8000\n"				\
	"set words=4 ranges_v4=0x0a4d0000,0x0a4dffff\n"			\
	"set words=1 ranges=7,7\n"					\
	"rule class=16 terms=0:0,1:1 terms=1!1,0:0 where=a:1 text=dns\n"	\
	"rule class=16 terms=2:2 where=a:2\nrule class=32\n"

static const struct step bare[] = { { 0 } };

static const struct step with_optq[] = {
	TC(NEWQDISC, NEW, 0x10000, ROOT, "optq", "flows=1024"),
	{ 0 }
};

#define TREE								\
	TC(NEWQDISC, NEW, 0x10000, ROOT, "optq", "default=32 rate=125000000"),	\
	TC(NEWTCLASS, NEW, UPPER, 0x10000, "optq", "rate=1250000"),	\
	TC(NEWTCLASS, NEW, LEFT, UPPER, "optq", "name=left rate=125000 delay=900000000"),	\
	TC(NEWTCLASS, NEW, RIGHT, UPPER, "optq", "name=right rate=125000")

static const struct step with_tree[] = { TREE, { 0 } };

static const struct step with_filters[] = {
	TREE,
	TC(NEWTFILTER, NEW, 1, 0x10000, "matchall", "@1=10000100"),
	TC(NEWTFILTER, NEW, 1, UPPER, "matchall", "@1=10000100"),
	TC(NEWQDISC, NEW, 0x200000, RIGHT, "pfifo", NULL),
	{ 0 }
};

static const struct step with_files[] = {
	TC(NEWQDISC, NEW, 0x10000, ROOT, "optq", "default=32 sysfs=1"),
	TC(NEWTCLASS, NEW, UPPER, 0x10000, "optq", ""),
	TC(NEWTCLASS, NEW, RIGHT, UPPER, "optq", "name=right"),
	{ 0 }
};

#define SET_RULES							\
	NL(TREE_SET, 0,							\
	  "ifindex %1$u\nlink default=32 police=cir:12500000,each:1,entries:64\n"	\
	  "class id=1 name=up rate=1250000\nclass id=16 parent=1 name=l rate=1000\n"	\
	  "class id=32 parent=1 name=r rate=1000 isolate=5 police=cir:12500000\n" RULES)

static const struct step with_rules[] = {
	TC(NEWQDISC, NEW, 0x10000, ROOT, "optq", ""), SET_RULES,
	{ 0 }
};

static const struct step with_elements[] = {
	TC(NEWQDISC, NEW, 0x10000, ROOT, "optq", ""), SET_RULES,
	NL(ELEM_SET, 0, "ifindex %1$u\nelem field=19 id=7 @3=" A1 "\n"
	  "elem field=18 id=7 @3=" A1 " @4=" A2 " proto=17 sport=1 dport=2\n"),
	{ 0 }
};

/* The second in a message is of the second device. */
static const struct step with_two[] = {
	TREE,
	TC_SECOND(NEWQDISC, NEW, 0x10000, ROOT, "optq", ""),
	NL(TREE_SET, 0, "ifindex %2$u\nclass id=5 name=other\n"),
	{ 0 }
};

static const struct operation operations[] = {
	{ "qdisc add, one of the kernel's", bare,
	  TC(NEWQDISC, NEW, 0x10000, ROOT, "pfifo", NULL), 0, 0 },
	{ "qdisc add", bare,
	  TC(NEWQDISC, NEW, 0x10000, ROOT, "optq",
	    "default=32 rate=125000000 flows=1024 police=cir:12500000,each:1,entries:64"), 6, TELLS },
	{ "qdisc add, to be a default of another's", bare,
	  TC(NEWQDISC, NEW, 0x30000, ROOT, "mq", NULL), 4, 0 },
	{ "qdisc replace", with_filters,
	  TC(NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, 0x20000, ROOT, "optq", "default=7"), 4, TELLS },
	{ "qdisc change", with_tree,
	  TC(NEWQDISC, 0, 0x10000, ROOT, "optq",
	    "rate=12500000 limit=500 police=cir:12500000,each:2,entries:64"), 5, TELLS },
	{ "qdisc add, with files", bare,
	  TC(NEWQDISC, NEW, 0x10000, ROOT, "optq", "sysfs=1"), 4, TELLS | FILES },
	{ "qdisc change, to files", with_tree,
	  TC(NEWQDISC, 0, 0x10000, ROOT, "optq", "sysfs=1"), 0, TELLS | FILES },
	{ "class add", with_tree,
	  TC(NEWTCLASS, NEW, 0x10030, 0x10000, "optq",
	    "name=new rate=1000 isolate=5 police=cir:125000,each:1,entries:64"), 7, TELLS },
	{ "class add, below a leaf with a qdisc", with_filters,
	  TC(NEWTCLASS, NEW, 0x10030, RIGHT, "optq", "rate=1000 delay=900000000"), 5, TELLS },
	{ "class add, with files", with_files,
	  TC(NEWTCLASS, NEW, 0x10030, UPPER, "optq", "name=new"), 2, TELLS | FILES },
	{ "class change, and move", with_tree,
	  TC(NEWTCLASS, 0, RIGHT, 0x10000, "optq",
	    "rate=1000 isolate=5 police=cir:125000,each:1,entries:64"), 5, TELLS },
	{ "class change, to a leaf's child with a delay", with_tree,
	  TC(NEWTCLASS, 0, LEFT, RIGHT, "optq", "rate=1000 delay=800000000"), 3, TELLS },
	{ "class delete", with_tree, TC(DELTCLASS, 0, RIGHT, 0, NULL, NULL), 0, TELLS },
	{ "class delete, with files", with_files,
	  TC(DELTCLASS, 0, RIGHT, 0, NULL, NULL), 0, TELLS | FILES },
	{ "qdisc add, below a class", with_tree,
	  TC(NEWQDISC, NEW, 0x200000, RIGHT, "codel", NULL), 0, 0 },
	{ "qdisc add, an optq below a class", with_tree,
	  TC(NEWQDISC, NEW, 0x200000, RIGHT, "optq", ""), 4, 0 },
	{ "qdisc delete, below a class", with_filters,
	  TC(DELQDISC, 0, 0x200000, RIGHT, NULL, NULL), 0, 0 },
	{ "filter add", with_tree,
	  TC(NEWTFILTER, NEW, 1, 0x10000, "basic", "@1=10000100"), 0, 0 },
	{ "filter add, to a class", with_tree,
	  TC(NEWTFILTER, NEW, 1, UPPER, "matchall", "@1=10000100"), 1, 0 },
	{ "filter delete", with_filters, TC(DELTFILTER, 0, 1, UPPER, "matchall", NULL), 0, 0 },

	{ "dump of qdiscs", with_filters, TC(GETQDISC, NLM_F_DUMP, 0, 0, NULL, NULL), 0, READS | LOOSE },
	{ "dump of classes", with_filters, TC(GETTCLASS, NLM_F_DUMP, 0, 0, NULL, NULL), 0,
	  READS | LOOSE },
	{ "dump of filters", with_filters, TC(GETTFILTER, NLM_F_DUMP, 0, UPPER, NULL, NULL), 0, READS },
	{ "tree get", with_rules, NL(TREE_GET, 0, "ifindex %1$u\n"), 1, READS },
	{ "class get", with_rules, NL(CLASS_GET, NLM_F_DUMP, "ifindex %1$u\n"), 0, READS },
	{ "rule get", with_rules, NL(RULE_GET, NLM_F_DUMP, "ifindex %1$u\n"), 0, READS },
	{ "flow get", with_rules, NL(FLOW_GET, NLM_F_DUMP, "ifindex %1$u\n"), 1, READS | LOOSE },
	{ "explain", with_rules,
	  NL(EXPLAIN, NLM_F_DUMP, "ifindex %1$u\ndim field=6 @3=35000000\n"), 0, READS },

	{ "tree set, the first", with_optq, SET_RULES, 20, TELLS },
	{ "tree set, another with rules", with_rules,
	  NL(TREE_SET, NLM_F_ECHO, "ifindex %1$u\ngeneration 1\nlink default=32 police=cir:12500000,each:2,entries:32\n"
	    "class id=1 name=above\nclass id=16 name=left delay=900000000 rate=1000\n"
	    "class id=33 parent=1 name=new isolate=4 police=cir:125000\n"
	    "class id=32 parent=1 name=right\n" RULES "rule class=33 terms=1:1\n"), 20, TELLS },
	{ "tree set, none left", with_rules,
	  NL(TREE_SET, 0, "ifindex %1$u\n"), 8, TELLS },
	{ "tree set, tables grow", with_rules,
	  NL(TREE_SET, 0, "ifindex %1$u\nlink default=32\nclasses 1 60\n"), 50, TELLS },
	{ "tree set, with files", with_rules,
	  NL(TREE_SET, 0, "ifindex %1$u\nlink default=32 sysfs=1\nclass id=1 name=up\n"
	    "class id=32 parent=1 name=r\nclass id=65537 name=big\n"), 8, TELLS | FILES },
	{ "tree set, two devices", with_two,
	  NL(TREE_SET, NLM_F_ECHO, "ifindex %1$u\nlink default=32\nclass id=1 name=up\nclass id=16 parent=1\n"
	    "class id=32 parent=1 police=cir:125000\n" RULES
	    "ifindex %2$u\nlink default=6\nclass id=5 name=other\nclass id=6 parent=5 isolate=3\n"),
	  25, TELLS },
	{ "tree set, only a check", with_rules,
	  NL(TREE_SET, NLM_F_ECHO, "ifindex %1$u\nflags 1\nlink default=32\nclass id=16 delay=900000000 rate=1000\n"
	    "class id=32 police=cir:125000,each:1,entries:64\n" RULES), 15, READS },
	{ "elements, the first", with_rules,
	  NL(ELEM_SET, 0, "ifindex %1$u\nelem field=19 id=7 @3=" A1 " timeout=60000\n"),
	  2, 0 },
	{ "elements, one more and one again", with_elements,
	  NL(ELEM_SET, 0, "ifindex %1$u\nelem field=19 id=8 @3=" A1 "\nelem field=19 id=7 @3=" A2 "\n"), 2, 0 },
	{ "elements go", with_elements,
	  NL(ELEM_DEL, 0, "ifindex %1$u\nelem field=19 @3=" A1 "\n"), 0, 0 },
};

#define OPERATIONS	(sizeof(operations) / sizeof(*operations))

#endif /* FAIL_WALK_OPS_H */
