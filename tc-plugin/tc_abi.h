/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tc offers to and expects from a qdisc plugin.
 *
 * Distributions install no header for it, so these declarations are our own.
 * They hold for iproute2 6.1 to 7.x: the table has had the same eight slots
 * since 5.9, and only functions whose signature is the same in all of those
 * versions are declared here.  In 6.1 the callbacks' first argument is not
 * const, which is the same call.
 *
 * Not to be used, because name or signature changed between those versions:
 * matches(), print_color_size(), sprint_size(), get_size64(), print_tm(), and
 * the tc_core_* tick conversions.
 */
#ifndef OPTQ_TC_ABI_H
#define OPTQ_TC_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/types.h>

struct qdisc_util {
	struct qdisc_util *next;	/* written by tc */
	const char *id;
	int (*parse_qopt)(const struct qdisc_util *qu, int argc, char **argv,
			  struct nlmsghdr *n, const char *dev);
	int (*print_qopt)(const struct qdisc_util *qu, FILE *f,
			  struct rtattr *opt);
	int (*print_xstats)(const struct qdisc_util *qu, FILE *f,
			    struct rtattr *xstats);
	int (*parse_copt)(const struct qdisc_util *qu, int argc, char **argv,
			  struct nlmsghdr *n, const char *dev);
	int (*print_copt)(const struct qdisc_util *qu, FILE *f,
			  struct rtattr *opt);
	int (*has_block)(const struct qdisc_util *qu, struct rtattr *opt,
			 __u32 block_idx, bool *p_has);
};

_Static_assert(sizeof(struct qdisc_util) == 8 * sizeof(void *),
	       "tc reads a table of eight pointers");
_Static_assert(offsetof(struct qdisc_util, print_xstats) == 4 * sizeof(void *),
	       "print_xstats is the fifth slot");
_Static_assert(offsetof(struct qdisc_util, has_block) == 7 * sizeof(void *),
	       "has_block is the last slot");

/* libnetlink: a non-zero result has already been reported on stderr */
int addattr8(struct nlmsghdr *n, int maxlen, int type, __u8 data);
int addattr32(struct nlmsghdr *n, int maxlen, int type, __u32 data);
int addattr64(struct nlmsghdr *n, int maxlen, int type, __u64 data);
int addattr_l(struct nlmsghdr *n, int maxlen, int type, const void *data,
	      int alen);
struct rtattr *addattr_nest(struct nlmsghdr *n, int maxlen, int type);
int addattr_nest_end(struct nlmsghdr *n, struct rtattr *nest);
int parse_rtattr_flags(struct rtattr *tb[], int max, struct rtattr *rta,
		       int len, unsigned short flags);

/* numbers; zero on success */
int get_u64(__u64 *val, const char *arg, int base);
int get_u32(__u32 *val, const char *arg, int base);
int get_rate64(__u64 *rate, const char *str);
int get_percent_rate64(__u64 *rate, const char *str, const char *dev);
int get_time64(__s64 *time, const char *str);
int get_tc_classid(__u32 *h, const char *str);

/* output, plain or JSON as the user asked */
enum output_type {
	PRINT_FP = 1,
	PRINT_JSON = 2,
	PRINT_ANY = 4,
};

enum color_attr {
	COLOR_NONE = 6,
};

int print_color_string(enum output_type type, enum color_attr color,
		       const char *key, const char *fmt, const char *value);
int print_color_u64(enum output_type type, enum color_attr color,
		    const char *key, const char *fmt, uint64_t value);
int print_color_int(enum output_type type, enum color_attr color,
		    const char *key, const char *fmt, int value);
int print_color_bool(enum output_type type, enum color_attr color,
		     const char *key, const char *fmt, bool value);
int print_color_0xhex(enum output_type type, enum color_attr color,
		      const char *key, const char *fmt,
		      unsigned long long value);
void print_nl(void);
void open_json_object(const char *str);
void close_json_object(void);

extern int show_details;
extern int show_stats;
extern int use_iec;

#endif /* OPTQ_TC_ABI_H */
