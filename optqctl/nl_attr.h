/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes in and out: what is 0 is not written, what is missing or short is 0. */
#ifndef OPTQCTL_NL_ATTR_H
#define OPTQCTL_NL_ATTR_H

#include <netlink/attr.h>
#include <stdint.h>
#include <string.h>

static inline int put_u64(struct nl_msg *msg, int type, uint64_t value)
{
	return value ? nla_put_u64(msg, type, value) : 0;
}

static inline int put_u32(struct nl_msg *msg, int type, uint32_t value)
{
	return value ? nla_put_u32(msg, type, value) : 0;
}

static inline uint8_t get_u8(struct nlattr *attr)
{
	return attr && nla_len(attr) >= 1 ? nla_get_u8(attr) : 0;
}

static inline uint32_t get_u32(struct nlattr *attr)
{
	return attr && nla_len(attr) >= 4 ? nla_get_u32(attr) : 0;
}

static inline uint64_t get_u64(struct nlattr *attr)
{
	return attr && nla_len(attr) >= 8 ? nla_get_u64(attr) : 0;
}

/*
 * The kernel's struct may be shorter or longer than ours, of size bytes: takes what both
 * know.
 */
static inline void get_struct(struct nlattr *attr, void *ours, size_t size)
{
	size_t len = attr ? (size_t)nla_len(attr) : 0;

	if (len)
		memcpy(ours, nla_data(attr), len < size ? len : size);
}

#endif
