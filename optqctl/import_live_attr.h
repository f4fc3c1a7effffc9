/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel's attributes say, in the model of what is imported. */
#ifndef OPTQCTL_IMPORT_LIVE_ATTR_H
#define OPTQCTL_IMPORT_LIVE_ATTR_H

#include "foreign.h"
#include "nl_attr.h"

/* @options and @stab may be NULL. */
void live_qdisc_options(struct foreign_qdisc *q, struct nlattr *options,
			struct nlattr *stab);
void live_class_options(struct foreign_class *c, struct nlattr *options);
void live_filter_options(struct foreign_filter *f, struct nlattr *options);
void live_flower_options(struct foreign_filter *f, struct nlattr *options);
void live_basic_options(struct foreign_filter *f, struct nlattr *ematches);

#endif
