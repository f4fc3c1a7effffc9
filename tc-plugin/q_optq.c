// SPDX-License-Identifier: GPL-2.0
/* The optq qdisc's plugin for tc: tc loads it as q_optq.so. */
#include "keyword.h"
#include "parse.h"
#include "print.h"
#include "tc_abi.h"

static int parse_qdisc(const struct qdisc_util *qu, int argc, char **argv,
		       struct nlmsghdr *n, const char *dev)
{
	(void)qu;
	return optq_parse(&optq_link_keywords, argc, argv, n, dev);
}

static int parse_class(const struct qdisc_util *qu, int argc, char **argv,
		       struct nlmsghdr *n, const char *dev)
{
	(void)qu;
	return optq_parse(&optq_class_keywords, argc, argv, n, dev);
}

static int print_qdisc(const struct qdisc_util *qu, FILE *f,
		       struct rtattr *opt)
{
	(void)qu;
	(void)f;
	return optq_print(&optq_link_keywords, opt);
}

static int print_class(const struct qdisc_util *qu, FILE *f,
		       struct rtattr *opt)
{
	(void)qu;
	(void)f;
	return optq_print(&optq_class_keywords, opt);
}

/* tc asks this for the qdisc and for each class: both send optq_stats. */
static int print_stats(const struct qdisc_util *qu, FILE *f,
		       struct rtattr *xstats)
{
	(void)qu;
	(void)f;
	return optq_print_stats(xstats);
}

/* Not const: tc links it into its list. */
__attribute__((visibility("default")))
struct qdisc_util optq_qdisc_util = {
	.id = "optq",
	.parse_qopt = parse_qdisc,
	.print_qopt = print_qdisc,
	.print_xstats = print_stats,
	.parse_copt = parse_class,
	.print_copt = print_class,
};
