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

#endif /* OPTQ_TC_PARSE_H */
