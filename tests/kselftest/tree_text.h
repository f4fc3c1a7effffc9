/* SPDX-License-Identifier: GPL-2.0 */
/* Answers of tc and of the family, to be compared: with their figures, and without. */
#ifndef TREE_TEXT_H
#define TREE_TEXT_H

#include <linux/genetlink.h>
#include <linux/optq.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* An attribute that is left out with the figures; or whose inside has some. */
struct part {
	int type;
	const struct part *inside;
};

static const struct part police_parts[] = { { OPTQ_POLICE_A_STATS, NULL }, { 0, NULL } };

static const struct part link_parts[] = {
	{ OPTQ_LINK_A_STATS, NULL }, { OPTQ_LINK_A_POLICE, police_parts }, { 0, NULL }
};

static const struct part class_parts[] = {
	{ OPTQ_CLASS_A_STATS, NULL }, { OPTQ_CLASS_A_HIST, NULL },
	{ OPTQ_CLASS_A_POLICE, police_parts }, { 0, NULL }
};

static const struct part rule_parts[] = { { OPTQ_RULE_A_HITS, NULL }, { 0, NULL } };

static const struct part genl_parts[] = {
	{ OPTQ_A_LINK, link_parts }, { OPTQ_A_CLASS, class_parts },
	{ OPTQ_A_RULE, rule_parts }, { 0, NULL }
};

#define TC_FIGURES	{ TCA_STATS, NULL }, { TCA_STATS2, NULL }, { TCA_XSTATS, NULL }

static const struct part other_parts[] = { TC_FIGURES, { 0, NULL } };
static const struct part qdisc_parts[] = { TC_FIGURES, { TCA_OPTIONS, link_parts }, { 0, NULL } };
static const struct part tclass_parts[] = { TC_FIGURES, { TCA_OPTIONS, class_parts }, { 0, NULL } };

/* Of matchall and basic, how often they matched. */
static const struct part hit_parts[] = {
	{ TCA_MATCHALL_PCNT, NULL }, { TCA_BASIC_PCNT, NULL }, { 0, NULL }
};

static const struct part filter_parts[] = { TC_FIGURES, { TCA_OPTIONS, hit_parts }, { 0, NULL } };

static void print_hex(FILE *to, const void *data, size_t len)
{
	const unsigned char *byte = data;

	while (len--)
		fprintf(to, "%02x", *byte++);
}

static void print_attrs(FILE *to, const void *data, size_t len,
			const struct part *parts, bool figures)
{
	const struct rtattr *a;

	for (a = data; RTA_OK(a, len); a = RTA_NEXT(a, len)) {
		int type = a->rta_type & NLA_TYPE_MASK;
		const struct part *p = parts;

		while (p->type && p->type != type)
			p++;
		if (p->type && !p->inside && !figures)
			continue;
		fprintf(to, " %d=", type);
		if (!p->type || !p->inside) {
			print_hex(to, RTA_DATA(a), RTA_PAYLOAD(a));
			continue;
		}
		fprintf(to, "{");
		print_attrs(to, RTA_DATA(a), RTA_PAYLOAD(a), p->inside, figures);
		fprintf(to, " }");
	}
}

static bool is_of_optq(const struct nlmsghdr *nlh, size_t head)
{
	const struct rtattr *a = (void *)((char *)NLMSG_DATA(nlh) + head);
	size_t len = NLMSG_PAYLOAD(nlh, head);

	for (; RTA_OK(a, len); a = RTA_NEXT(a, len)) {
		if (a->rta_type == TCA_KIND)
			return !strcmp(RTA_DATA(a), "optq");
	}
	return false;
}

/* A line a message, of what says something.  tc: of rtnetlink, not of the family. */
static void print_message(FILE *to, const struct nlmsghdr *nlh, bool tc, bool figures)
{
	const struct part *parts = genl_parts;
	size_t head = GENL_HDRLEN;

	if (nlh->nlmsg_type < NLMSG_MIN_TYPE)
		return;
	if (tc) {
		head = NLMSG_ALIGN(sizeof(struct tcmsg));
		parts = nlh->nlmsg_type < RTM_NEWTFILTER ? other_parts : filter_parts;
		if (is_of_optq(nlh, head))
			parts = nlh->nlmsg_type < RTM_NEWTCLASS ? qdisc_parts : tclass_parts;
	}
	if (nlh->nlmsg_len < NLMSG_LENGTH(head))
		return;
	fprintf(to, "%d ", nlh->nlmsg_type);
	print_hex(to, NLMSG_DATA(nlh), head);
	print_attrs(to, (char *)NLMSG_DATA(nlh) + head, NLMSG_PAYLOAD(nlh, head),
		    parts, figures);
	fprintf(to, "\n");
}

#endif /* TREE_TEXT_H */
