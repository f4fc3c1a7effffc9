/* SPDX-License-Identifier: GPL-2.0 */
/* What verbs print that have no view of their own. */
#ifndef OPTQCTL_OUTPUT_H
#define OPTQCTL_OUTPUT_H

struct json_object;
struct nl_answer;

/* "optqctl: eth0: TEXT" for people; @device may be NULL. */
void complain(const char *device, const char *text);
/* Likewise, why the kernel refused; @answer is freed. */
void complain_of_answer(const char *device, struct nl_answer *answer);
/* Prints @o and lets it go. */
void print_json(struct json_object *o);

#endif
