/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_CONFIRM_TIME_H
#define OPTQCTL_CONFIRM_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"

/* What --confirm says, 1s to 24h; 0: it is not given.  False with a complaint. */
bool read_confirm(const struct options *opt, uint64_t *ns);

#endif
