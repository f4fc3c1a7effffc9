// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <linux/optq.h>
#include <linux/pkt_sched.h>

#include "../optqctl/dscp_names.h"
#include "keyword.h"
#include "link_layer.h"
#include "parse.h"
#include "police.h"
#include "tc_abi.h"
#include "units.h"

/* Length that the request may reach: the nest needs less than 512 bytes. */
#define REQUEST_MAX	4096

struct request {
	const struct keyword_set *set;
	const char *dev;
	__u32 handle;		/* of the qdisc, 0 if not known yet */
	bool given[KEYWORDS_MAX];
	__u64 value[KEYWORDS_MAX];
	const char *text[KEYWORDS_MAX];
	struct wire wire;
	struct police police;
};

static void warn(const struct keyword *kw, const char *text)
{
	fprintf(stderr, "optq: warning: %s %s\n", kw->name, text);
}

static int bad_value(const struct keyword *kw, const char *value)
{
	char expected[192];

	keyword_expected(kw, expected, sizeof(expected));
	if (value)
		fprintf(stderr, "optq: %s \"%s\": expected %s\n", kw->name,
			value, expected);
	else
		fprintf(stderr, "optq: %s: the value is missing: expected %s\n",
			kw->name, expected);
	return -1;
}

/* strtod() would also take a sign, white space, nan and inf. */
bool number_begins(const char *str)
{
	return isdigit((unsigned char)str[0]) ||
	       (str[0] == '.' && isdigit((unsigned char)str[1]));
}

int rate_parse(const char *dev, const char *str, __u64 *value)
{
	if (!number_begins(str))
		return -1;
	if (!strchr(str, '%'))
		return get_rate64(value, str);
	if (!dev || !*dev) {
		fprintf(stderr, "optq: a percentage is of the device's speed: name it with `dev`\n");
		return -1;
	}
	return get_percent_rate64(value, str, dev);
}

/* HTB's SIZE/CELL: the cell was that of a rate table. */
static int parse_size(const struct keyword *kw, const char *str, __u64 *value)
{
	const char *slash = strchr(str, '/');
	char size[UNITS_BUF];
	__u32 cell;

	if (!number_begins(str))
		return -1;
	if (!slash)
		return size_parse(str, value);
	if (!kw->cell || slash - str >= UNITS_BUF)
		return -1;
	if (get_u32(&cell, slash + 1, 0) || !cell || (cell & (cell - 1)))
		return -1;
	snprintf(size, sizeof(size), "%.*s", (int)(slash - str), str);
	if (size_parse(size, value))
		return -1;
	warn(kw, "cell size has no meaning: rates are exact");
	return 0;
}

static int parse_minor(const struct request *req, const char *str,
		       __u64 *value)
{
	__u32 id;

	if (strchr(str, ':')) {
		if (get_tc_classid(&id, str) || !TC_H_MIN(id))
			return -1;
		if (req->handle && TC_H_MAJ(id) != TC_H_MAJ(req->handle))
			return -1;
		*value = TC_H_MIN(id);
		return 0;
	}
	if (!isxdigit((unsigned char)*str) || get_u32(&id, str, 16))
		return -1;
	*value = id;
	return 0;
}

static int parse_count(const char *str, __u64 *value)
{
	return number_begins(str) ? get_u64(value, str, 10) : -1;
}

/* What is far beyond the range must not come around to it. */
static int parse_overhead(const char *str, __u64 *value)
{
	bool minus = *str == '-';

	if (parse_count(str + minus, value) || *value > INT32_MAX)
		return -1;
	if (minus)
		*value = -*value;
	return 0;
}

/* The kernel's rule: one component of a path that no terminal chokes on. */
static int check_name(const struct keyword *kw, const char *str)
{
	size_t len = strlen(str);

	if (len < kw->min || len > kw->max || *str == '-' || *str == '.')
		return -1;
	for (; *str; str++)
		if (*str <= ' ' || *str > '~' || *str == '/')
			return -1;
	return 0;
}

static int parse_switch(const char *str, __u64 *value)
{
	*value = !strcmp(str, "on");
	return *value || !strcmp(str, "off") ? 0 : -1;
}

int dscp_parse(const char *str, __u64 *value)
{
	size_t i;

	for (i = 0; i < N_DSCP_NAMES; i++) {
		if (strcasecmp(dscp_names[i].name, str))
			continue;
		*value = dscp_names[i].number;
		return 0;
	}
	*value = OPTQ_DSCP_KEEP;
	if (!strcmp(str, "keep"))
		return 0;
	*value = OPTQ_DSCP_INHERIT;
	if (!strcmp(str, "inherit"))
		return 0;
	return number_begins(str) &&
	       !get_u64(value, str, strncmp(str, "0x", 2) ? 10 : 16) &&
	       *value < OPTQ_DSCP_KEEP ? 0 : -1;
}

static int check_linklayer(const char *str)
{
	return strcmp(str, "ethernet") && strcmp(str, "atm") &&
	       strcmp(str, "adsl") ? -1 : 0;
}

static int read_value(const struct request *req, const struct keyword *kw,
		      const char *str, __u64 *value)
{
	if (kw->zero && !strcmp(str, kw->zero)) {
		*value = 0;
		return 0;
	}
	switch (kw->kind) {
	case KW_RATE:
		return rate_parse(req->dev, str, value);
	case KW_SIZE:
		return parse_size(kw, str, value);
	case KW_COUNT:
	case KW_MPU:
		return parse_count(str, value);
	case KW_OVERHEAD:
		return parse_overhead(str, value);
	case KW_TIME:
		return number_begins(str) ? time_parse(str, value) : -1;
	case KW_MINOR:
		return parse_minor(req, str, value);
	case KW_NAME:
		return check_name(kw, str);
	case KW_LINKLAYER:
		return check_linklayer(str);
	case KW_SWITCH:
		return parse_switch(str, value);
	case KW_DSCP:
		return dscp_parse(str, value);
	case KW_ISOLATE:
		return isolate_parse(str, value);
	case KW_ACK:
	case KW_DSCP_IS:
	case KW_FLAG:
	case KW_LAYER:
	case KW_POLICE:
	case KW_REFUSED:
		break;
	}
	return -1;
}

static bool in_range(const struct keyword *kw, const char *str, __u64 value)
{
	if (kw->kind == KW_NAME || kw->kind == KW_LINKLAYER ||
	    kw->kind == KW_ISOLATE)
		return true;
	if (!value && kw->zero)
		return kw->zero_number || !strcmp(str, kw->zero);
	if (kw->kind == KW_OVERHEAD)
		return (__s64)value >= (__s64)kw->min &&
		       (__s64)value <= (__s64)kw->max;
	return value >= kw->min && value <= kw->max;
}

/* Whether this keyword, or its opposite, was already there. */
static const struct keyword *given_before(const struct request *req,
					  const struct keyword *kw)
{
	const struct keyword_set *set = req->set;
	unsigned int i;

	for (i = 0; i < set->len; i++)
		if (req->given[i] && (set->table + i == kw ||
				      (kw->attr && kw->attr == set->table[i].attr)))
			return &set->table[i];
	return NULL;
}

/* A word that is no keyword.  Returns as read_keyword() does. */
static int read_link_layer(struct request *req, const char *word)
{
	const struct link_layer *ll = link_layer_find(word);

	if (ll)
		return wire_set_named(&req->wire, ll) ? -1 : 1;
	if (strcmp(word, "help"))
		fprintf(stderr, "optq: what is \"%s\"?\n", word);
	keyword_help(req->set);
	return -1;
}

static void note_wire(struct wire *wire, const struct keyword *kw, __u64 value)
{
	if (kw->kind == KW_OVERHEAD) {
		wire->overhead = (__s64)value;
		wire->from_ip = true;
	} else if (kw->kind == KW_MPU) {
		wire->mpu = value;
	} else {
		return;
	}
	wire->figures = true;
}

static int read_police(struct request *req, int argc, char **argv)
{
	int used = police_read(&req->police, argc - 1, argv + 1, req->dev);

	return used < 0 ? -1 : used + 1;
}

/* Returns the number of words used up, negative on error. */
static int read_keyword(struct request *req, int argc, char **argv)
{
	const struct keyword *kw, *before;
	unsigned int i;

	kw = keyword_find(req->set, argv[0]);
	if (!kw)
		return read_link_layer(req, argv[0]);
	if (kw->kind == KW_REFUSED) {
		fprintf(stderr, "optq: %s: %s\n", kw->name, kw->notice);
		return -1;
	}
	if (kw->kind == KW_LAYER)
		return wire_set_layer(&req->wire, kw->name, kw->flag) ? -1 : 1;
	if (kw->kind == KW_POLICE)
		return read_police(req, argc, argv);
	before = given_before(req, kw);
	if (before) {
		fprintf(stderr, "optq: %s after %s: give it once\n", argv[0],
			before->name);
		return -1;
	}
	i = kw - req->set->table;
	req->given[i] = true;
	if (kw->kind == KW_FLAG || kw->kind == KW_DSCP_IS ||
	    kw->kind == KW_ACK) {
		req->value[i] = kw->flag;
		return 1;
	}
	if (argc < 2)
		return bad_value(kw, NULL);
	if (read_value(req, kw, argv[1], &req->value[i]) ||
	    !in_range(kw, argv[1], req->value[i]))
		return bad_value(kw, argv[1]);
	req->text[i] = argv[1];
	note_wire(&req->wire, kw, req->value[i]);
	if (kw->kind == KW_LINKLAYER && wire_set_htb(&req->wire, argv[1]))
		return -1;
	return 2;
}

static const struct keyword *given_attr(const struct request *req, int attr,
					__u64 *value)
{
	unsigned int i;

	for (i = 0; attr && i < req->set->len; i++) {
		if (!req->given[i] || req->set->table[i].attr != attr)
			continue;
		*value = req->value[i];
		return &req->set->table[i];
	}
	return NULL;
}

static void give_notices(const struct request *req)
{
	const struct keyword_set *set = req->set;
	const struct keyword *kw;
	__u64 weight;
	unsigned int i;

	for (i = 0; i < set->len; i++) {
		kw = &set->table[i];
		if (!req->given[i] || !kw->notice)
			continue;
		/* who gives a weight as well knows what the quantum is not */
		if (kw->attr && kw->attr == set->attr_quantum &&
		    given_attr(req, set->attr_weight, &weight))
			continue;
		warn(kw, kw->notice);
	}
}

static int add_keyword(struct nlmsghdr *n, const struct keyword *kw,
		       __u64 value, const char *text)
{
	switch (kw->kind) {
	case KW_RATE:
	case KW_TIME:
		return addattr64(n, REQUEST_MAX, kw->attr, value);
	case KW_SIZE:
	case KW_COUNT:
	case KW_MINOR:
		return addattr32(n, REQUEST_MAX, kw->attr, value);
	case KW_DSCP:
	case KW_ACK:
	case KW_DSCP_IS:
	case KW_FLAG:
	case KW_SWITCH:
	case KW_ISOLATE:
		return addattr8(n, REQUEST_MAX, kw->attr, value);
	case KW_NAME:
		return addattr_l(n, REQUEST_MAX, kw->attr, text,
				 strlen(text) + 1);
	case KW_OVERHEAD:	/* in add_wire() */
	case KW_MPU:
	case KW_LAYER:
	case KW_LINKLAYER:
	case KW_POLICE:
	case KW_REFUSED:
		break;
	}
	return 0;
}

/*
 * HTB's rule, which its scripts rely on: a rate without a ceiling is also the
 * ceiling, in a change too.  The kernel keeps what it is not told.
 */
static int add_ceil(struct nlmsghdr *n, const struct request *req)
{
	__u64 rate, ceil;

	if (!req->set->attr_ceil ||
	    !given_attr(req, req->set->attr_rate, &rate) || !rate ||
	    given_attr(req, req->set->attr_ceil, &ceil))
		return 0;
	return addattr64(n, REQUEST_MAX, req->set->attr_ceil, rate);
}

/*
 * Always with a layer, from which on the kernel takes both figures for 0: what is
 * counted is what these words say, not what a change found there.
 */
static int add_wire(struct nlmsghdr *n, const struct request *req)
{
	const struct keyword_set *set = req->set;
	const struct wire *w = &req->wire;
	int err;

	if (!wire_given(w))
		return 0;
	err = addattr8(n, REQUEST_MAX, set->attr_layer,
		       wire_layer(w, set == &optq_class_keywords));
	if (!err && w->overhead)
		err = addattr32(n, REQUEST_MAX, set->attr_overhead,
				(__u32)w->overhead);
	if (!err && w->mpu)
		err = addattr32(n, REQUEST_MAX, set->attr_mpu, w->mpu);
	return err;
}

static int add_options(struct nlmsghdr *n, const struct request *req)
{
	const struct keyword_set *set = req->set;
	struct rtattr *nest;
	unsigned int i;
	int err = 0;

	nest = addattr_nest(n, REQUEST_MAX, TCA_OPTIONS | NLA_F_NESTED);
	for (i = 0; i < set->len && !err; i++)
		if (req->given[i] && set->table[i].attr)
			err = add_keyword(n, &set->table[i], req->value[i],
					  req->text[i]);
	if (!err)
		err = add_ceil(n, req);
	if (!err)
		err = add_wire(n, req);
	if (!err)
		err = police_add(n, REQUEST_MAX, set->attr_police, &req->police);
	addattr_nest_end(n, nest);
	return err;
}

int optq_parse(const struct keyword_set *set, int argc, char **argv,
	       struct nlmsghdr *n, const char *dev)
{
	const struct tcmsg *t = NLMSG_DATA(n);
	struct request req = {
		.set = set,
		.dev = dev,
		.handle = t->tcm_handle,
	};
	int used;

	for (; argc > 0; argc -= used, argv += used) {
		used = read_keyword(&req, argc, argv);
		if (used < 0)
			return -1;
	}
	if (wire_check(&req.wire))
		return -1;
	give_notices(&req);
	return add_options(n, &req) ? -1 : 0;
}
