/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PROP_H
#define PROP_H

#include "gen.h"

struct property {
	const char *name;
	const char *what;
	int percent;		/* of the cases; 0: all that there are */
	bool (*run)(u64 seed, char *why, size_t len);
	u64 (*cases)(void);	/* how many there are, if so */
};

extern bool verbose;

bool prop_hostile(u64 seed, char *why, size_t len);
bool prop_guarantee(u64 seed, char *why, size_t len);
bool prop_delay(u64 seed, char *why, size_t len);
bool prop_rate(u64 seed, char *why, size_t len);
u64 prop_rate_cases(void);
bool prop_fluid(u64 seed, char *why, size_t len);
bool prop_change(u64 seed, char *why, size_t len);
bool prop_grid(u64 seed, char *why, size_t len);
u64 prop_grid_cases(void);

/*
 * After warm_up packets, what every class sends while packets more leave must be
 * within off, a fraction, and slack packets of the fluid.  Every source must be
 * greedy or off.
 */
void prop_fluid_check(struct sim *s, u64 warm_up, u64 packets, double off,
		      double slack);

/* No class fell further behind its rate than it may, s->check_lag being set. */
void prop_lag_check(struct sim *s);

/* Ends a case: false, with the reason, when it failed. */
bool prop_end(struct sim *s, char *why, size_t len);

/* A line's rate, bytes per second: 1 Mbit/s to 10 Gbit/s. */
double prop_line(u64 *seed);

#endif /* PROP_H */
