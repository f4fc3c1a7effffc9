/* SPDX-License-Identifier: GPL-2.0 */
/* What a name of a match stands for: a flow that is of an application, a host's address. */
#ifndef OPTQCTL_ELEMENT_H
#define OPTQCTL_ELEMENT_H

#include <linux/optq.h>
#include <stdbool.h>
#include <stdint.h>

#include "rset.h"

struct element {
	enum optq_field field;	/* OPTQ_FIELD_APP or OPTQ_FIELD_HOST */
	uint32_t id;		/* of the name */
	struct value src;	/* of a host its address */
	/* The rest of a flow. */
	struct value dst;
	uint8_t proto;
	bool ports;
	uint16_t sport, dport;
	uint32_t timeout_ms;	/* 0: until it is deleted */
};

/*
 * Reads "app NAME PROTO src A [sport P] dst A [dport P] [timeout T]" or "host NAME
 * ADDRESS [timeout T]".  @add: a timeout is allowed.  NULL, or what is wrong, to be freed.
 */
char *element_parse(char *const *words, int n, bool add, struct element *el);

/*
 * Likewise a line, which is altered.  *empty: there is nothing in it but blanks and what
 * follows '#'.
 */
char *element_parse_line(char *line, bool add, struct element *el, bool *empty);

#endif
