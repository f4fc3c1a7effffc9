/* SPDX-License-Identifier: GPL-2.0 */
/* Classes and matches in an order in which a policy can be written. */
#ifndef OPTQCTL_POLICY_ORDER_H
#define OPTQCTL_POLICY_ORDER_H

#include "policy_note.h"

/*
 * Brings the classes of each link, parents before children, into depth-first order, and
 * each link's rules, that are in the order in which they are tried, into that of their
 * classes: siblings stand in the order of their first rules.  Where a rule comes to stand
 * before one that was tried earlier, it says that it is not the other's packets it takes,
 * so that every packet goes where it went.  What cannot be kept so is noted.
 *
 * Indexes of classes change, in @notes too; rules are those of policy_add_match().
 */
void policy_order(struct policy *policy, struct policy_notes *notes);

#endif
