/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_RULE_ORDER_H
#define OPTQCTL_RULE_ORDER_H

#include "policy_note.h"

/* The rules of a link in the order of its classes; see policy_order(). */
void rules_order(struct policy *policy, size_t link_index,
		 struct policy_notes *notes);

#endif
