/* SPDX-License-Identifier: GPL-2.0 */
/* Rates, sizes and times as text that reads back as the same number. */
#ifndef OPTQ_TC_UNITS_H
#define OPTQ_TC_UNITS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#define UNITS_BUF	32

const char *rate_text(__u64 bytes_per_s, bool iec, char buf[UNITS_BUF]);
const char *size_text(__u64 bytes, char buf[UNITS_BUF]);
const char *time_text(__u64 ns, char buf[UNITS_BUF]);

/* Rounded: it is to be read only. */
const char *ago_text(__u64 ns, char buf[UNITS_BUF]);

/* Zero on success; the values may still be out of the keyword's range. */
int size_parse(const char *str, __u64 *bytes);
int time_parse(const char *str, __u64 *ns);

#endif /* OPTQ_TC_UNITS_H */
