/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_ENTRY_ARG_H
#define OPTQCTL_ENTRY_ARG_H

#include "history.h"

/* The entry that the word @arg names by its number; NULL with a complaint. */
struct entry *entry_of_arg(struct history *h, const char *arg);

#endif
