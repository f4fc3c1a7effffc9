/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel runs on a device, as other qdiscs tell it. */
#ifndef OPTQCTL_IMPORT_LIVE_H
#define OPTQCTL_IMPORT_LIVE_H

#include "foreign.h"
#include "import_notes.h"
#include "nl.h"

/*
 * The trees of the device and, where its ingress leads to other devices, theirs, to @f,
 * not settled.
 */
void import_live(struct nl_sock *route, const char *device, struct foreign *f,
		 struct nl_answer *answer);

#endif
