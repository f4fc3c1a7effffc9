/* SPDX-License-Identifier: GPL-2.0 */
/* Events, a line each. */
#ifndef OPTQCTL_MONITOR_VIEW_H
#define OPTQCTL_MONITOR_VIEW_H

#include <stdio.h>
#include <time.h>

#include "monitor_events.h"

struct json_object;

#define TIME_TEXT_MAX	48

/* "2026-11-27T01:02:03.456+01:00", as RFC 3339 has it. */
const char *event_time(const struct timespec *when, char buf[TIME_TEXT_MAX]);

void event_print(FILE *out, const struct event *ev, const struct timespec *when);
struct json_object *event_json(const struct event *ev, const struct timespec *when);

#endif
