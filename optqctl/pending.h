/* SPDX-License-Identifier: GPL-2.0 */
/* What is taken back unless it is confirmed in time; in the state directory. */
#ifndef OPTQCTL_PENDING_H
#define OPTQCTL_PENDING_H

#include <stdbool.h>
#include <stdint.h>

struct pending {
	unsigned int number;	/* of the history's entry; 0: nothing waits */
	uint64_t deadline_ns;	/* CLOCK_BOOTTIME */
	int64_t until;		/* the same, seconds since the epoch */
	bool other_boot;	/* its time is over, and its tree gone */
};

void pending_read(struct pending *p, const char *state);
/* NULL or what is wrong, to be freed. */
char *pending_write(const struct pending *p, const char *state);
/* Likewise. */
char *pending_clear(const char *state);

uint64_t boottime_ns(void);
bool pending_is_over(const struct pending *p);

#endif
