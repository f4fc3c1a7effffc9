/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_TC_PRINT_H
#define OPTQ_TC_PRINT_H

#include "keyword.h"
#include "tc_abi.h"
#include "units.h"

/* Prints TCA_OPTIONS; the plain line is valid input again. */
int optq_print(const struct keyword_set *set, struct rtattr *opt);

/* Prints struct optq_stats, be it shorter or longer than ours. */
int optq_print_stats(struct rtattr *xstats);

/* A DSCP by its name, or in buf by its number. */
const char *dscp_word(__u64 value, char buf[UNITS_BUF]);

#endif /* OPTQ_TC_PRINT_H */
