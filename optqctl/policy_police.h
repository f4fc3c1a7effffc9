/* SPDX-License-Identifier: GPL-2.0 */
/* The key "police". */
#ifndef OPTQCTL_POLICY_POLICE_H
#define OPTQCTL_POLICY_POLICE_H

#include "model.h"
#include "yaml.h"

/* False, with errors, when the value cannot be meant; *police is new, or as it was. */
bool read_police(const struct ynode *value, struct police **police,
		 struct diags *d);

/* Where packets are moved to: a leaf, and in no circle.  After all has been read. */
void check_police(struct link *link, struct diags *d);

#endif
