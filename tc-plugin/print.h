/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_TC_PRINT_H
#define OPTQ_TC_PRINT_H

#include "keyword.h"
#include "tc_abi.h"

/* Prints TCA_OPTIONS; the plain line is valid input again. */
int optq_print(const struct keyword_set *set, struct rtattr *opt);

/* Prints struct optq_stats, be it shorter or longer than ours. */
int optq_print_stats(struct rtattr *xstats);

#endif /* OPTQ_TC_PRINT_H */
