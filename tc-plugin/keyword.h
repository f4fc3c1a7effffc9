/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keywords of `tc qdisc` and `tc class` as tables: parsing, printing,
 * help and error messages all read these.
 */
#ifndef OPTQ_TC_KEYWORD_H
#define OPTQ_TC_KEYWORD_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

enum keyword_kind {
	KW_RATE,	/* u64 attribute, bytes per second */
	KW_SIZE,	/* u32, bytes */
	KW_COUNT,	/* u32 */
	KW_TIME,	/* u64, nanoseconds */
	KW_MINOR,	/* u32, class id */
	KW_FLAG,	/* u8, the keyword has no value */
	KW_SWITCH,	/* u8, on or off */
	KW_ISOLATE,	/* u8, enum optq_isolate */
	KW_NAME,	/* string */
	KW_OVERHEAD,	/* s32, bytes; .min is signed.  Goes with the layer */
	KW_MPU,		/* u32, bytes; likewise */
	KW_LAYER,	/* u8, the keyword has no value */
	KW_LINKLAYER,	/* a link-layer type of tc; likewise */
	KW_DSCP,	/* u8, a DSCP or OPTQ_DSCP_* */
	KW_DSCP_IS,	/* likewise, the keyword is the value */
	KW_ACK,		/* u8, enum optq_ack_filter; likewise */
	KW_POLICE,	/* nest; the words behind it are police.c's */
	KW_REFUSED,	/* no value; an error whose text is .notice */
};

struct keyword {
	const char *name;
	const char *alias[2];
	enum keyword_kind kind;
	int attr;		/* 0: checked, but the kernel is not told */
	bool prefix;		/* HTB's plugin takes any beginning of it */
	bool cell;		/* HTB's SIZE/CELL is accepted */
	bool zero_number;	/* 0 is accepted and means what .zero says */
	__u8 flag;		/* KW_FLAG, KW_LAYER, KW_DSCP_IS, KW_ACK: the attribute's value */
	__u64 min, max;
	const char *zero;	/* the word for an attribute value of 0 */
	const char *meta;	/* how help shows the value */
	const char *help;
	const char *notice;	/* warning given when the keyword is used */
};

struct keyword_set {
	const char *object;	/* "qdisc" or "class" */
	const struct keyword *table;
	unsigned int len;
	int attr_max;
	int attr_rate, attr_ceil;	/* ceil follows rate; 0 no ceil */
	int attr_quantum, attr_weight;	/* as above */
	int attr_layer, attr_overhead, attr_mpu;
	int attr_police;
	bool inherits;		/* where no layer is set; else it is raw */
};

extern const struct keyword_set optq_link_keywords;
extern const struct keyword_set optq_class_keywords;

#define KEYWORDS_MAX	48

/* Exact names first, then the beginnings that HTB's plugin takes. */
const struct keyword *keyword_find(const struct keyword_set *set,
				   const char *word);
void keyword_help(const struct keyword_set *set);

/* Words of enum optq_isolate; NULL: there is none. */
const char *isolate_word(__u64 value);

/* Likewise CAKE's; -1: it is neither. */
int isolate_parse(const char *word, __u64 *value);

/* "a rate from 8bit to 1Tbit, such as 10mbit, or none" */
void keyword_expected(const struct keyword *kw, char *buf, size_t len);

#endif /* OPTQ_TC_KEYWORD_H */
