/* SPDX-License-Identifier: GPL-2.0 */
/* A YAML document as a plain tree that knows where everything stands. */
#ifndef OPTQCTL_YAML_H
#define OPTQCTL_YAML_H

#include <stdbool.h>

#include "diag.h"
#include "source.h"

/* Deep enough for OPTQ_DEPTH_MAX levels of classes, two YAML levels each. */
#define YAML_DEPTH_MAX	100

enum ynode_kind { YNODE_SCALAR, YNODE_MAP, YNODE_LIST };

struct ynode {
	enum ynode_kind kind;
	struct span at;		/* of a quoted scalar with its quotes */
	bool plain;		/* unquoted scalar */
	char *text;		/* scalar: the value, NUL-terminated */
	size_t text_len;
	struct ynode **keys;	/* map: keys[i] belongs to items[i] */
	struct ynode **items;	/* map and list */
	size_t n, room;
};

/* Returns NULL when the text is no acceptable document; @d says why. */
struct ynode *yaml_parse(const struct source *src, struct diags *d);
void ynode_free(struct ynode *node);

/* A scalar without text, as in "key:" */
bool ynode_is_null(const struct ynode *node);
/* Where byte @off of a scalar's value stands in the source. */
size_t ynode_source_offset(const struct source *src, const struct ynode *node,
			   size_t off);

#endif
