/* SPDX-License-Identifier: GPL-2.0 */
/* Who gets how much of what is left over. */
#ifndef OPTQCTL_POLICY_WEIGHT_H
#define OPTQCTL_POLICY_WEIGHT_H

#include "model.h"

/* The share that a class has in the kernel: its weight, or its rate in kbit/s. */
uint32_t effective_weight(uint32_t weight, uint64_t rate);

/*
 * A class with neither a rate nor a weight gets the least weight of its siblings
 * of the same prio: the kernel's would be 1, beside siblings of thousands.
 * Warns of a weight that loses itself beside rates.  The rates are resolved.
 */
void derive_weights(struct link *link, struct diags *d, bool warn);

/* The weights that a policy must say so that the others are found so: to @given. */
void weights_given(const struct link *link, bool *given);

#endif
