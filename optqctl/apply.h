/* SPDX-License-Identifier: GPL-2.0 */
/* A policy on its way into the kernel. */
#ifndef OPTQCTL_APPLY_H
#define OPTQCTL_APPLY_H

#include "apply_view.h"
#include "model.h"
#include "nl.h"
#include "options.h"
#include "source.h"

struct apply {
	struct nl_sock *genl, *route;
	int family;
	struct source src;
	struct policy policy;
	struct diags d;
	struct apply_link *links;	/* one for each of the policy's */
};

/*
 * Leaves the links that --dev and --present ask for; the policy is what was read of it
 * no more.  False: none is left, with an error unless that is in order.
 */
bool apply_choose_links(struct apply *a, const struct options *opt);

/* What the kernel's refusal was about, at a place in the policy. */
void apply_report(struct apply *a, struct apply_link *al, struct span at,
		  const char *what, const struct nl_answer *answer);

/* Finds the policy's devices, and opens the ways to the kernel.  False with an error. */
bool apply_open(struct apply *a);
/*
 * What link @i's device, or its ifb that is perhaps not there yet, runs now, kept in its
 * live; from that the ids of the policy's classes, what goes, and the rules as this kernel
 * takes them.  False with an error.
 */
bool apply_look(struct apply *a, size_t i);
/* What the kernel says of one tree, kept in its checked.  False with an error. */
bool apply_check_tree(struct apply *a, struct apply_link *al);
/*
 * All of these, of all links; nothing is changed but that ifbs are made.  False with an
 * error.
 */
bool apply_prepare(struct apply *a);
/* Then loads all links, or none; what is wrong is said in the diagnostics. */
void apply_commit(struct apply *a);
void apply_free(struct apply *a);

/*
 * Of link @i, an ingress: finds its ifb, if there is one.  Of an egress: finds the
 * ingress that its device has and the policy has not.  False with an error.
 */
bool apply_seek_ingress(struct apply *a, size_t i);
/* Likewise; an ingress without an ifb gets one. */
bool apply_find_ingress(struct apply *a, size_t i);
/* Leads what comes in to the tree that has been loaded.  False with an error. */
bool apply_lead_ingress(struct apply *a, struct apply_link *al);
/* Takes away what was made for links that failed. */
void apply_undo_ingress(struct apply *a);
/* Takes away what the policy has no more. */
void apply_retire_ingress(struct apply *a);

#endif
