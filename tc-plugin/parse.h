/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_TC_PARSE_H
#define OPTQ_TC_PARSE_H

#include "keyword.h"
#include "tc_abi.h"

/*
 * Reads the words into TCA_OPTIONS of the message.  Zero on success; otherwise
 * the reason is on stderr and the message is as it was.
 */
int optq_parse(const struct keyword_set *set, int argc, char **argv,
	       struct nlmsghdr *n, const char *dev);

/* Whether str begins as a number does that has no sign. */
bool number_begins(const char *str);

/* Zero on success; a percentage is of dev's speed. */
int rate_parse(const char *dev, const char *str, __u64 *value);
int dscp_parse(const char *str, __u64 *value);

#endif /* OPTQ_TC_PARSE_H */
