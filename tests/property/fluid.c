// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "fluid.h"

#define BANDS	8

/*
 * Pours amount over members, each up to its room, in proportion to weight:
 * whoever is full stops taking, and the others go on in proportion.  Returns
 * what nobody had room for.
 */
static double pour(double amount, int n, const double *weight,
		   const double *room, double *got)
{
	bool *full = calloc((size_t)n, sizeof(*full));
	bool again = true;
	int i;

	while (again && amount > 0) {
		double sum = 0, level;

		for (i = 0; i < n; i++) {
			if (!full[i])
				sum += weight[i];
		}
		if (sum <= 0)
			break;
		level = amount / sum;
		again = false;
		/* Those who fill up at this level take their room and leave. */
		for (i = 0; i < n; i++) {
			if (full[i] || room[i] > level * weight[i])
				continue;
			got[i] += room[i];
			amount -= room[i];
			full[i] = true;
			again = true;
		}
		if (again)
			continue;
		for (i = 0; i < n; i++) {
			if (!full[i])
				got[i] += level * weight[i];
		}
		amount = 0;
	}
	free(full);
	return amount > 0 ? amount : 0;
}

/* From the leaves upwards: what each can use, needs, and may claim. */
static void gather(struct fluid *f, int n)
{
	bool *inner = calloc((size_t)n, sizeof(*inner));
	double *use = calloc((size_t)n, sizeof(*use));
	double *below = calloc((size_t)n, sizeof(*below));
	double *claims = calloc((size_t)n, sizeof(*claims));
	int i;

	for (i = n - 1; i >= 0; i--) {
		double usable = inner[i] ? use[i] :
				f[i].backlogged ? FLUID_NONE : 0;
		double wants = f[i].rate > claims[i] ? f[i].rate : claims[i];

		f[i].most = usable < f[i].ceil ? usable : f[i].ceil;
		f[i].need = f[i].rate > 0 ? f[i].rate : below[i];
		f[i].claim = wants < f[i].most ? wants : f[i].most;
		if (f[i].parent < 0)
			continue;
		inner[f[i].parent] = true;
		use[f[i].parent] += f[i].most;
		below[f[i].parent] += f[i].need;
		claims[f[i].parent] += f[i].claim;
	}
	free(inner);
	free(use);
	free(below);
	free(claims);
}

/* One class's share among its children: guarantees, then band by band. */
static void spread(struct fluid *f, int parent, const int *child, int n)
{
	double *weight = calloc((size_t)n, sizeof(*weight));
	double *room = calloc((size_t)n, sizeof(*room));
	double *got = calloc((size_t)n, sizeof(*got));
	double left;
	int i, prio;

	for (i = 0; i < n; i++) {
		weight[i] = f[child[i]].need;
		room[i] = f[child[i]].claim;
	}
	left = pour(f[parent].share, n, weight, room, got);
	for (prio = 0; prio < BANDS; prio++) {
		for (i = 0; i < n; i++) {
			const struct fluid *c = &f[child[i]];

			weight[i] = c->prio == prio ? c->weight : 0;
			room[i] = c->prio == prio ? c->most - got[i] : 0;
		}
		left = pour(left, n, weight, room, got);
	}
	for (i = 0; i < n; i++)
		f[child[i]].share = got[i];
	free(weight);
	free(room);
	free(got);
}

void fluid_solve(struct fluid *f, int n, double line)
{
	int *child = calloc((size_t)n, sizeof(*child));
	int i, c;

	gather(f, n);
	f[0].share = f[0].most < line ? f[0].most : line;
	for (i = 0; i < n; i++) {
		int children = 0;

		for (c = i + 1; c < n; c++) {
			if (f[c].parent == i)
				child[children++] = c;
		}
		if (children)
			spread(f, i, child, children);
	}
	free(child);
}
