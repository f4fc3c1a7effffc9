/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_INTERVAL_H
#define OPTQCTL_INTERVAL_H

#include <stdint.h>

#include "options.h"

/* What --interval says, if it was given; false with a message when that is wrong. */
bool interval_read(const struct options *opt, uint64_t *ns);

uint64_t monotonic_ns(void);

#endif
