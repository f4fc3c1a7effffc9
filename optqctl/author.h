/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_AUTHOR_H
#define OPTQCTL_AUTHOR_H

/* Who runs this, behind sudo and su too, as far as the system knows; to be freed. */
char *author_name(void);

#endif
