/* SPDX-License-Identifier: GPL-2.0 */
/* Whether what is promised in time can be sent in time. */
#ifndef OPTQCTL_POLICY_DELAY_H
#define OPTQCTL_POLICY_DELAY_H

#include "model.h"

/* Errors for delays of leaves without a rate. */
void check_delay_rates(const struct link *link, struct diags *d);

/*
 * Errors for delays that cannot be kept together, on the link or below any
 * ceiling.  The rates are resolved.
 */
void check_delays(const struct link *link, struct diags *d);

#endif
