/* SPDX-License-Identifier: GPL-2.0 */
/* Classes that stand on two sides: a policy's own, and a preset's or an included file's. */
#ifndef OPTQCTL_CLASS_MERGE_H
#define OPTQCTL_CLASS_MERGE_H

#include "yaml.h"

/*
 * Both are maps, and are taken over.  Of a class that stands on both sides the own keys
 * win; if they divide it, its match goes to the part that has none.
 */
struct ynode *merge_classes(struct ynode *own, struct ynode *below,
			    struct diags *d);
/*
 * The leaf that a default came to below @tree, of a link, once its class may have been
 * divided: a path, to be freed.
 */
char *merged_default(const struct ynode *tree, const char *path);

#endif
