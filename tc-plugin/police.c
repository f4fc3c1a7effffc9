// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "parse.h"
#include "police.h"
#include "print.h"
#include "tc_abi.h"
#include "units.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

enum word_kind { RATE, SIZE, NUMBER, CHOICE };

/* In the order in which they are printed. */
static const struct word {
	const char *name;
	enum word_kind kind;
	int attr;
	__u64 min, max;
	const char *choice[3];	/* by value */
	const char *expected;
} words[] = {
	{ "each", CHOICE, OPTQ_POLICE_A_EACH,
	  .choice = { NULL, "src-host", "dst-host" },
	  .expected = "src-host or dst-host" },
	{ "cir", RATE, OPTQ_POLICE_A_CIR, .min = OPTQ_RATE_MIN,
	  .max = OPTQ_RATE_MAX },
	{ "cbs", SIZE, OPTQ_POLICE_A_CBS, .min = 1, .max = UINT32_MAX },
	{ "eir", RATE, OPTQ_POLICE_A_EIR, .min = OPTQ_RATE_MIN,
	  .max = OPTQ_RATE_MAX },
	{ "ebs", SIZE, OPTQ_POLICE_A_EBS, .min = 1, .max = UINT32_MAX },
	{ "pir", RATE, OPTQ_POLICE_A_PIR, .min = OPTQ_RATE_MIN,
	  .max = OPTQ_RATE_MAX },
	{ "pbs", SIZE, OPTQ_POLICE_A_PBS, .min = 1, .max = UINT32_MAX },
	{ "colour", CHOICE, OPTQ_POLICE_A_COLOUR,
	  .choice = { "below", "blind", "aware" },
	  .expected = "below, blind or aware" },
	{ "prefix4", NUMBER, OPTQ_POLICE_A_PREFIX4, .min = 0, .max = 32 },
	{ "prefix6", NUMBER, OPTQ_POLICE_A_PREFIX6, .min = 0, .max = 128 },
	{ "entries", NUMBER, OPTQ_POLICE_A_ENTRIES, .min = 1,
	  .max = OPTQ_POLICE_ENTRIES_MAX },
};

static const struct {
	const char *name;
	int attr;
	bool drop;		/* where nothing is said */
} acts[POLICE_COLOURS] = {
	{ "conform", OPTQ_POLICE_A_CONFORM, false },
	{ "exceed", OPTQ_POLICE_A_EXCEED, false },
	{ "violate", OPTQ_POLICE_A_VIOLATE, true },
};

static const struct word *find_word(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].name, name))
			return &words[i];
	return NULL;
}

static void expected(const struct word *w, char *buf, size_t len)
{
	char min[UNITS_BUF], max[UNITS_BUF];

	switch (w->kind) {
	case RATE:
		snprintf(buf, len, "a rate from %s to %s, such as 10mbit or 10%%",
			 rate_text(w->min, false, min),
			 rate_text(w->max, false, max));
		break;
	case SIZE:
		snprintf(buf, len, "a size from 1 to 4294967295 bytes, such as 15k");
		break;
	case NUMBER:
		snprintf(buf, len, "a number from %llu to %llu",
			 (unsigned long long)w->min, (unsigned long long)w->max);
		break;
	case CHOICE:
		snprintf(buf, len, "%s", w->expected);
		break;
	}
}

static int read_choice(const struct word *w, const char *text, __u64 *value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(w->choice); i++) {
		if (!w->choice[i] || strcmp(w->choice[i], text))
			continue;
		*value = i;
		return 0;
	}
	return -1;
}

static int read_value(const struct word *w, const char *text, const char *dev,
		      __u64 *value)
{
	int err = 0;

	switch (w->kind) {
	case RATE:
		err = rate_parse(dev, text, value);
		break;
	case SIZE:
		err = number_begins(text) ? size_parse(text, value) : -1;
		break;
	case NUMBER:
		err = number_begins(text) ? get_u64(value, text, 10) : -1;
		break;
	case CHOICE:
		return read_choice(w, text, value);
	}
	return err || *value < w->min || *value > w->max ? -1 : 0;
}

static int read_word(struct police *p, const struct word *w, const char *text,
		     const char *dev)
{
	char buf[128];

	if (p->has[w->attr]) {
		fprintf(stderr, "optq: police: %s is there twice\n", w->name);
		return -1;
	}
	if (text && !read_value(w, text, dev, &p->value[w->attr])) {
		p->has[w->attr] = true;
		return 0;
	}
	expected(w, buf, sizeof(buf));
	if (text)
		fprintf(stderr, "optq: police: %s \"%s\": expected %s\n", w->name,
			text, buf);
	else
		fprintf(stderr, "optq: police: %s: the value is missing: expected %s\n",
			w->name, buf);
	return -1;
}

static int bad_act(const char *name, const char *text)
{
	fprintf(stderr, "optq: police: %s%s%s%s: expected pass, drop, or any of dscp DSCP and pcp 0..7\n",
		name, text ? " \"" : "", text ? text : "", text ? "\"" : "");
	return -1;
}

/* The words behind conform, exceed or violate; how many, or -1. */
static int read_act(struct police_act *act, const char *name, int argc,
		    char **argv)
{
	int used = 0;
	__u64 value;

	if (act->given) {
		fprintf(stderr, "optq: police: %s is there twice\n", name);
		return -1;
	}
	act->given = true;
	if (argc < 1)
		return bad_act(name, NULL);
	if (!strcmp(argv[0], "pass") || !strcmp(argv[0], "ok") ||
	    !strcmp(argv[0], "drop") || !strcmp(argv[0], "shot")) {
		act->drop = argv[0][0] == 'd' || argv[0][0] == 's';
		return 1;
	}
	if (!strcmp(argv[0], "class")) {
		fprintf(stderr, "optq: police: %s class: only a policy moves packets, see optqctl(8)\n",
			name);
		return -1;
	}
	for (; used + 1 < argc; used += 2) {
		if (!strcmp(argv[used], "dscp")) {
			if (dscp_parse(argv[used + 1], &value) || value > 63)
				return bad_act(name, argv[used + 1]);
			act->dscp_given = true;
			act->dscp = value;
		} else if (!strcmp(argv[used], "pcp")) {
			if (get_u64(&value, argv[used + 1], 10) || value > 7)
				return bad_act(name, argv[used + 1]);
			act->pcp_given = true;
			act->pcp = value;
		} else {
			break;
		}
	}
	return used ? used : bad_act(name, argv[0]);
}

/* -1: an error; 0: no word of a policer; else how many were used. */
static int read_one(struct police *p, int argc, char **argv, const char *dev)
{
	const struct word *w = find_word(argv[0]);
	unsigned int i;
	int used;

	if (w)
		return read_word(p, w, argc > 1 ? argv[1] : NULL, dev) ? -1 : 2;
	for (i = 0; i < POLICE_COLOURS; i++) {
		if (strcmp(argv[0], acts[i].name))
			continue;
		used = read_act(&p->act[i], acts[i].name, argc - 1, argv + 1);
		return used < 0 ? -1 : used + 1;
	}
	/* `police 10mbit`: a rate by itself is the committed one. */
	if (number_begins(argv[0]) && !p->has[OPTQ_POLICE_A_CIR])
		return read_word(p, find_word("cir"), argv[0], dev) ? -1 : 1;
	return 0;
}

int police_read(struct police *p, int argc, char **argv, const char *dev)
{
	int used = 0, n;

	if (p->given) {
		fprintf(stderr, "optq: police is there twice\n");
		return -1;
	}
	p->given = true;
	if (argc && !strcmp(argv[0], "none")) {
		p->none = true;
		return 1;
	}
	while (used < argc) {
		n = read_one(p, argc - used, argv + used, dev);
		if (n < 0)
			return -1;
		if (!n)
			break;
		used += n;
	}
	if (used)
		return used;
	fprintf(stderr, "optq: police: what is missing: expected a rate such as 10mbit, words such as cir 10mbit cbs 100k, or none\n");
	return -1;
}

static int add_act(struct nlmsghdr *n, int maxlen, int attr,
		   const struct police_act *act)
{
	struct rtattr *nest = addattr_nest(n, maxlen, attr | NLA_F_NESTED);
	int err = 0;

	if (act->drop)
		err = addattr_l(n, maxlen, OPTQ_ACT_A_DROP, NULL, 0);
	if (!err && act->dscp_given)
		err = addattr8(n, maxlen, OPTQ_ACT_A_DSCP, act->dscp);
	if (!err && act->pcp_given)
		err = addattr8(n, maxlen, OPTQ_ACT_A_PCP, act->pcp);
	addattr_nest_end(n, nest);
	return err;
}

int police_add(struct nlmsghdr *n, int maxlen, int attr, const struct police *p)
{
	struct rtattr *nest;
	unsigned int i;
	int err = 0;

	if (!p->given)
		return 0;
	nest = addattr_nest(n, maxlen, attr | NLA_F_NESTED);
	for (i = 0; i < ARRAY_SIZE(words) && !err; i++) {
		const struct word *w = &words[i];

		if (!p->has[w->attr])
			continue;
		if (w->kind == RATE)
			err = addattr64(n, maxlen, w->attr, p->value[w->attr]);
		else if (w->kind == SIZE || w->attr == OPTQ_POLICE_A_ENTRIES)
			err = addattr32(n, maxlen, w->attr, p->value[w->attr]);
		else
			err = addattr8(n, maxlen, w->attr, p->value[w->attr]);
	}
	for (i = 0; i < POLICE_COLOURS && !err; i++)
		if (p->act[i].given)
			err = add_act(n, maxlen, acts[i].attr, &p->act[i]);
	addattr_nest_end(n, nest);
	return err;
}

static __u64 number_of(const struct rtattr *attr)
{
	__u64 v64;
	__u32 v32;

	switch (RTA_PAYLOAD(attr)) {
	case 1:
		return *(const __u8 *)RTA_DATA(attr);
	case sizeof(v32):
		memcpy(&v32, RTA_DATA(attr), sizeof(v32));
		return v32;
	case sizeof(v64):
		memcpy(&v64, RTA_DATA(attr), sizeof(v64));
		return v64;
	default:
		return 0;
	}
}

static void print_text(const char *key, const char *text)
{
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", key);
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", text);
}

static void print_value(const struct word *w, __u64 value)
{
	const char *choice = w->kind == CHOICE && value < ARRAY_SIZE(w->choice) ?
			     w->choice[value] : NULL;
	char buf[UNITS_BUF];

	if (w->kind == CHOICE) {
		if (!choice)
			return;
		print_color_string(PRINT_JSON, COLOR_NONE, w->name, NULL, choice);
		if (value || show_details)
			print_text(w->name, choice);
		return;
	}
	print_color_u64(PRINT_JSON, COLOR_NONE, w->name, NULL, value);
	/* A burst of 0 is none, and has no words. */
	if (!value && w->kind != NUMBER)
		return;
	snprintf(buf, sizeof(buf), "%llu", (unsigned long long)value);
	print_text(w->name, w->kind == RATE ? rate_text(value, use_iec, buf) :
			    w->kind == SIZE ? size_text(value, buf) : buf);
}

static void print_act(unsigned int i, struct rtattr *nest)
{
	struct rtattr *tb[OPTQ_ACT_A_MAX + 1];
	char text[96] = "", buf[UNITS_BUF];
	size_t n = 0;
	bool drop;

	parse_rtattr_flags(tb, OPTQ_ACT_A_MAX, RTA_DATA(nest), RTA_PAYLOAD(nest),
			   NLA_F_NESTED);
	drop = tb[OPTQ_ACT_A_DROP];
	if (tb[OPTQ_ACT_A_DSCP])
		n += snprintf(text + n, sizeof(text) - n, "%sdscp %s", n ? " " : "",
			      dscp_word(number_of(tb[OPTQ_ACT_A_DSCP]), buf));
	if (tb[OPTQ_ACT_A_PCP])
		n += snprintf(text + n, sizeof(text) - n, "%spcp %u", n ? " " : "",
			      (unsigned int)number_of(tb[OPTQ_ACT_A_PCP]));
	if (tb[OPTQ_ACT_A_CLASS])
		n += snprintf(text + n, sizeof(text) - n, "%sclass %x", n ? " " : "",
			      (unsigned int)number_of(tb[OPTQ_ACT_A_CLASS]));
	if (!n)
		snprintf(text, sizeof(text), "%s", drop ? "drop" : "pass");
	print_color_string(PRINT_JSON, COLOR_NONE, acts[i].name, NULL, text);
	if (n || drop != acts[i].drop || show_details)
		print_text(acts[i].name, text);
}

static const struct { const char *key, *plain; size_t offset; } figures[] = {
#define FIGURE(key, plain, field) \
	{ key, plain, offsetof(struct optq_police_stats, field) }
	FIGURE("green_packets", "green", green_packets),
	FIGURE("green_bytes", "bytes", green_bytes),
	FIGURE("yellow_packets", "yellow", yellow_packets),
	FIGURE("yellow_bytes", "bytes", yellow_bytes),
	FIGURE("red_packets", "red", red_packets),
	FIGURE("red_bytes", "bytes", red_bytes),
	FIGURE("police_dropped", "dropped", dropped),
	FIGURE("police_moved", "moved", moved),
	FIGURE("police_refused", "refused", refused),
	FIGURE("police_addresses", "addresses", addresses),
	FIGURE("police_shared", "shared", shared),
};

static void print_figures(const struct rtattr *stats)
{
	char buf[UNITS_BUF];
	__u64 value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		if (figures[i].offset + sizeof(value) > RTA_PAYLOAD(stats))
			break;
		memcpy(&value, (char *)RTA_DATA(stats) + figures[i].offset,
		       sizeof(value));
		print_color_u64(PRINT_JSON, COLOR_NONE, figures[i].key, NULL,
				value);
		if (!show_stats)
			continue;
		if (!i) {
			print_nl();
			print_color_string(PRINT_FP, COLOR_NONE, NULL, "  %s ",
					   "police:");
		}
		snprintf(buf, sizeof(buf), "%llu", (unsigned long long)value);
		print_text(figures[i].plain, buf);
	}
}

void police_print(struct rtattr *nest)
{
	struct rtattr *tb[OPTQ_POLICE_A_MAX + 1];
	unsigned int i;

	if (!RTA_PAYLOAD(nest)) {
		print_text("police", "none");
		return;
	}
	parse_rtattr_flags(tb, OPTQ_POLICE_A_MAX, RTA_DATA(nest),
			   RTA_PAYLOAD(nest), NLA_F_NESTED);
	open_json_object("police");
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", "police");
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (tb[words[i].attr])
			print_value(&words[i], number_of(tb[words[i].attr]));
	for (i = 0; i < POLICE_COLOURS; i++)
		if (tb[acts[i].attr])
			print_act(i, tb[acts[i].attr]);
	if (tb[OPTQ_POLICE_A_STATS])
		print_figures(tb[OPTQ_POLICE_A_STATS]);
	close_json_object();
}

void police_help(void)
{
	fprintf(stderr,
		"\nPOLICER: [ each src-host|dst-host ] [ cir ] RATE [ cbs SIZE ] [ ebs SIZE ]\n"
		"         [ eir RATE ] [ pir RATE ] [ pbs SIZE ] [ colour below|blind|aware ]\n"
		"         [ prefix4 N ] [ prefix6 N ] [ entries N ]\n"
		"         [ conform ACTION ] [ exceed ACTION ] [ violate ACTION ]\n"
		"ACTION: pass | drop | [ dscp DSCP ] [ pcp 0..7 ]\n"
		" By pir that of RFC 2698, by eir that of RFC 4115, else that of RFC 2697.\n");
}
