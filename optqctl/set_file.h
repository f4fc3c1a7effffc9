/* SPDX-License-Identifier: GPL-2.0 */
/* Sets whose values stand in a file of their own, one a line. */
#ifndef OPTQCTL_SET_FILE_H
#define OPTQCTL_SET_FILE_H

#include "named_set.h"

/* False when it cannot be read or a line is wrong: that is reported. */
bool set_file_read(struct named_sets *sets, struct named_set *set,
		   enum optq_field field, struct match_names *names,
		   struct values *values);

/* Their paths, that count from where the policy lies, hold from anywhere. */
void set_files_make_absolute(struct named_sets *sets);

#endif
