/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_EXPORT_FIT_H
#define OPTQCTL_EXPORT_FIT_H

#include "policy_note.h"

/*
 * tc lets guarantees exceed what is above them, a policy says so: the link's are made to
 * keep to it, with a note of each that is another now.  What keeps to it stays as it is.
 */
void export_fit(struct link *link, size_t link_index, struct policy_notes *notes);

#endif
