/* SPDX-License-Identifier: GPL-2.0 */
/* The key "wire": what of a packet is counted. */
#ifndef OPTQCTL_POLICY_WIRE_H
#define OPTQCTL_POLICY_WIRE_H

#include "core/wire.h"
#include "diag.h"
#include "yaml.h"

/* False, with errors and *wire as it was, when the value cannot be meant. */
bool read_wire(const struct ynode *value, struct optq_wire *wire,
	       struct diags *d);
/* What a name such as pppoe-ptm stands for, without what is behind it; NULL: it is none. */
const struct optq_wire *wire_find_name(const char *text);

#endif
