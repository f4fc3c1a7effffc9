/* SPDX-License-Identifier: GPL-2.0 */
/* "include:" of a policy: what other files say, where it says nothing itself. */
#ifndef OPTQCTL_INCLUDE_H
#define OPTQCTL_INCLUDE_H

#include "yaml.h"

#define INCLUDE_DEPTH_MAX	8
#define INCLUDE_FILES_MAX	256

/* The files become parts of @src, what they say a part of @root; false: not all did. */
bool include_files(struct source *src, struct ynode *root, struct diags *d);

#endif
