// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <linux/optq.h>

#include "../optqctl/dscp_names.h"
#include "keyword.h"
#include "link_layer.h"
#include "police.h"
#include "print.h"
#include "tc_abi.h"
#include "units.h"

/* one table serves both kinds of object */
#define ATTRS_MAX	OPTQ_CLASS_A_MAX
_Static_assert((int)OPTQ_LINK_A_MAX <= (int)ATTRS_MAX, "ATTRS_MAX");

/* The number in an attribute of any width; false if there is none. */
static bool attr_number(struct rtattr *const *tb, int attr, __u64 *value)
{
	__u8 v8;
	__u32 v32;

	if (!tb[attr])
		return false;
	switch (RTA_PAYLOAD(tb[attr])) {
	case sizeof(v8):
		memcpy(&v8, RTA_DATA(tb[attr]), sizeof(v8));
		*value = v8;
		return true;
	case sizeof(v32):
		memcpy(&v32, RTA_DATA(tb[attr]), sizeof(v32));
		*value = v32;
		return true;
	case sizeof(*value):
		memcpy(value, RTA_DATA(tb[attr]), sizeof(*value));
		return true;
	default:
		return false;
	}
}

/* The kernel leaves out what is automatic or none. */
static bool keyword_value(struct rtattr *const *tb, const struct keyword *kw,
			  __u64 *value)
{
	if (attr_number(tb, kw->attr, value))
		return true;
	*value = 0;
	return kw->zero && !tb[kw->attr];
}

/* The string in an attribute; NULL if there is none or it has no end. */
static const char *attr_string(struct rtattr *const *tb, int attr)
{
	if (!tb[attr] || !memchr(RTA_DATA(tb[attr]), 0, RTA_PAYLOAD(tb[attr])))
		return NULL;
	return RTA_DATA(tb[attr]);
}

static void print_word(const char *key, const char *value)
{
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", key);
	if (value)
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", value);
}

static const char *value_text(const struct keyword *kw, __u64 value,
			      char buf[UNITS_BUF])
{
	if (!value && kw->zero)
		return kw->zero;
	switch (kw->kind) {
	case KW_RATE:
		return rate_text(value, use_iec, buf);
	case KW_SIZE:
		return size_text(value, buf);
	case KW_TIME:
		return time_text(value, buf);
	case KW_MINOR:
		snprintf(buf, UNITS_BUF, "0x%llx", (unsigned long long)value);
		return buf;
	default:
		snprintf(buf, UNITS_BUF, "%llu", (unsigned long long)value);
		return buf;
	}
}

static void print_number(const struct keyword *kw, __u64 value, bool plain)
{
	char buf[UNITS_BUF];

	/* as a string in hex, like HTB's */
	if (kw->kind == KW_MINOR)
		print_color_0xhex(PRINT_JSON, COLOR_NONE, kw->name, NULL,
				  value);
	else
		print_color_u64(PRINT_JSON, COLOR_NONE, kw->name, NULL, value);
	if (plain)
		print_word(kw->name, value_text(kw, value, buf));
}

static void print_flag(const struct keyword *kw, __u64 value, bool plain)
{
	if (kw->flag || kw->kind == KW_SWITCH)
		print_color_bool(PRINT_JSON, COLOR_NONE, kw->name, NULL, value);
	if (plain && kw->kind == KW_SWITCH)
		print_word(kw->name, value ? "on" : "off");
	else if (plain && kw->flag == !!value)
		print_word(kw->name, NULL);
}

const char *dscp_word(__u64 value, char buf[UNITS_BUF])
{
	size_t i;

	for (i = 0; i < N_DSCP_NAMES; i++)
		if (dscp_names[i].number == value)
			return dscp_names[i].name;
	snprintf(buf, UNITS_BUF, "%u", (unsigned int)value);
	return buf;
}

/* One keyword of several that set it; the kernel tells only what was set. */
static void print_dscp(const struct keyword *kw, struct rtattr *const *tb)
{
	char number[UNITS_BUF];
	const char *text;
	__u64 value;

	if (kw->kind != KW_DSCP || !attr_number(tb, kw->attr, &value))
		return;
	text = value == OPTQ_DSCP_KEEP ? "keep" :
	       value == OPTQ_DSCP_INHERIT ? "inherit" : dscp_word(value, number);
	print_color_string(PRINT_JSON, COLOR_NONE, kw->name, NULL, text);
	if (value == 0)
		print_word("wash", NULL);
	else if (value == OPTQ_DSCP_KEEP)
		print_word("nodscp", NULL);
	else
		print_word(kw->name, text);
}

static void print_isolate(const struct keyword *kw, __u64 value)
{
	const char *word = isolate_word(value);

	/* A newer kernel may have one that has no name here. */
	if (!word)
		return;
	print_color_string(PRINT_JSON, COLOR_NONE, kw->name, NULL, word);
	if (show_details || value)
		print_word(kw->name, word);
}

/* Likewise: the keyword is the one that says what was set. */
static void print_ack_filter(const struct keyword *kw, struct rtattr *const *tb)
{
	static const char *const texts[] = {
		[OPTQ_ACK_FILTER_UNSPEC] = "inherit",
		[OPTQ_ACK_FILTER_OFF] = "disabled",
		[OPTQ_ACK_FILTER_CONSERVATIVE] = "enabled",
		[OPTQ_ACK_FILTER_AGGRESSIVE] = "aggressive",
	};
	__u64 value;

	if (!attr_number(tb, kw->attr, &value) || value != kw->flag)
		return;
	print_color_string(PRINT_JSON, COLOR_NONE, "ack-filter", NULL,
			   texts[value]);
	print_word(kw->name, NULL);
}

/*
 * What reads back the same when left out is left out, unless details are
 * wanted.  `ceil none` beside a rate is not: without it, input takes the rate.
 */
static bool shown(const struct keyword_set *set, const struct keyword *kw,
		  struct rtattr *const *tb, __u64 value)
{
	__u64 rate;

	if (show_details)
		return true;
	if (kw->kind == KW_FLAG && kw->attr == OPTQ_CLASS_A_L4S)
		return !value;
	if (value)
		return true;
	if (kw->kind == KW_FLAG && kw->attr == OPTQ_CLASS_A_ECN)
		return true;
	return kw->attr == set->attr_ceil &&
	       attr_number(tb, set->attr_rate, &rate) && rate;
}

static void print_wire_words(__u64 layer, int overhead, __u64 mpu)
{
	char buf[UNITS_BUF];

	snprintf(buf, sizeof(buf), "%d", overhead);
	print_word("overhead", buf);
	snprintf(buf, sizeof(buf), "%llu", (unsigned long long)mpu);
	print_word("mpu", buf);
	if (layer == OPTQ_WIRE_RAW_ATM)
		print_word("atm", NULL);
	else if (layer == OPTQ_WIRE_RAW_PTM)
		print_word("ptm", NULL);
	else if (layer != OPTQ_WIRE_RAW)
		print_word(link_layer_name(layer), NULL);
}

/*
 * All of it in the order in which input takes it: `raw` comes first.  The figures mean
 * nothing without a layer, and the kernel leaves out 0.
 */
static void print_wire(const struct keyword_set *set, struct rtattr *const *tb)
{
	__u64 layer = 0, overhead = 0, mpu = 0;
	bool raw, figures;

	attr_number(tb, set->attr_layer, &layer);
	attr_number(tb, set->attr_overhead, &overhead);
	attr_number(tb, set->attr_mpu, &mpu);
	if (!layer && set->inherits) {
		if (show_details)
			print_word("inherit", NULL);
		return;
	}
	layer = layer ?: OPTQ_WIRE_RAW;
	raw = layer == OPTQ_WIRE_RAW || layer >= OPTQ_WIRE_RAW_ATM;
	figures = layer != OPTQ_WIRE_RAW || overhead || mpu;
	print_color_string(PRINT_JSON, COLOR_NONE, "layer", NULL,
			   link_layer_name(layer));
	if (raw && (figures || set->inherits || show_details))
		print_word("raw", NULL);
	if (!figures)
		return;
	print_color_int(PRINT_JSON, COLOR_NONE, "overhead", NULL, (int)overhead);
	print_color_int(PRINT_JSON, COLOR_NONE, "mpu", NULL, (int)mpu);
	print_wire_words(layer, (int)overhead, mpu);
}

static void print_keyword(const struct keyword_set *set,
			  const struct keyword *kw, struct rtattr *const *tb)
{
	const char *text;
	__u64 value;

	if (kw->kind == KW_POLICE) {
		if (tb[kw->attr])
			police_print(tb[kw->attr]);
		return;
	}
	if (kw->kind == KW_NAME) {
		text = attr_string(tb, kw->attr);
		if (!text || !*text)
			return;
		print_color_string(PRINT_JSON, COLOR_NONE, kw->name, NULL, text);
		print_word(kw->name, text);
		return;
	}
	if (kw->kind == KW_LAYER && kw->flag == OPTQ_WIRE_RAW)
		print_wire(set, tb);
	if (kw->kind == KW_LAYER || kw->kind == KW_OVERHEAD ||
	    kw->kind == KW_MPU)
		return;
	if (kw->kind == KW_DSCP || kw->kind == KW_DSCP_IS) {
		print_dscp(kw, tb);
		return;
	}
	if (kw->kind == KW_ACK) {
		print_ack_filter(kw, tb);
		return;
	}
	if (!keyword_value(tb, kw, &value))
		return;
	if (kw->kind == KW_ISOLATE)
		print_isolate(kw, value);
	else if (kw->kind == KW_FLAG || kw->kind == KW_SWITCH)
		print_flag(kw, value, shown(set, kw, tb, value));
	else
		print_number(kw, value, shown(set, kw, tb, value));
}

int optq_print(const struct keyword_set *set, struct rtattr *opt)
{
	struct rtattr *tb[ATTRS_MAX + 1];
	unsigned int i;

	if (!opt)
		return 0;
	parse_rtattr_flags(tb, set->attr_max, RTA_DATA(opt), RTA_PAYLOAD(opt),
			   NLA_F_NESTED);
	for (i = 0; i < set->len; i++)
		if (set->table[i].attr)
			print_keyword(set, &set->table[i], tb);
	return 0;
}
