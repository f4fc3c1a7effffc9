/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fluid model of the scheduler: what every class gets, in bytes per
 * second, while a given set of leaves has traffic without end.  It knows no
 * packets, bursts or time, so it can be read as the definition of the shares.
 */
#ifndef FLUID_H
#define FLUID_H

#include <stdbool.h>

#define FLUID_NONE	1e18	/* no ceiling */

struct fluid {
	/* Asked of a class; the first is the link. */
	int parent;		/* index, -1 for the link */
	double rate;		/* 0 for none */
	double ceil;		/* FLUID_NONE for none */
	double weight;
	int prio;
	bool backlogged;	/* of a leaf */

	/* Computed. */
	double most;		/* what it can use */
	double need;		/* its weight when guarantees do not fit */
	double claim;		/* what it takes of guarantees while they fit */
	double share;		/* what it gets */
};

/*
 * Fills in what n classes get on a link of line bytes per second.  A parent
 * stands before its children.
 */
void fluid_solve(struct fluid *f, int n, double line);

#endif /* FLUID_H */
