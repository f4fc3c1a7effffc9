/* SPDX-License-Identifier: GPL-2.0 */
/* Names that the kernel knows by a number: each gets one of ours, from 1 on. */
#ifndef OPTQCTL_NAMES_H
#define OPTQCTL_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct names {
	char **v;		/* v[0] is number 1 */
	size_t n, room;
	uint32_t *slot;		/* hash table of numbers; 0: free */
	size_t slots;		/* a power of two */
};

/* The number of a name, a new one if it has none yet. */
uint32_t names_number(struct names *names, const char *name);
/*
 * By which the kernel knows a name of an application or a host, here as wherever elements
 * are told: FNV-1a of 32 bits (Fowler, Noll, Vo), never 0.
 */
uint32_t names_id(const char *name);
/* Another name that has @name's id; NULL: none. */
const char *names_clash(const struct names *names, const char *name);
/* NULL when no name has it. */
const char *names_name(const struct names *names, uint64_t number);
void names_free(struct names *names);

#endif
