/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_POLICY_REACH_H
#define OPTQCTL_POLICY_REACH_H

#include "model.h"

/* Warns of matches whose every packet is an earlier match's. */
void warn_unreachable(const struct link *link, struct diags *d);

#endif
