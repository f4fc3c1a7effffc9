// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "ingress_nl.h"
#include "mem.h"
#include "output.h"
#include "trees.h"

/* What comes in by the device has its tree on an ifb. */
static void list_ingress(struct nl_sock *route, int ifindex,
			 struct root_qdiscs *roots, struct nl_answer *answer)
{
	struct ingress in = { 0 };

	nl_answer_free(answer);
	ingress_find(route, ifindex, &in, answer);
	if (answer->error || !in.ifindex)
		return;
	nl_answer_free(answer);
	qdisc_list(route, in.ifindex, roots, answer);
}

void trees_list(struct nl_sock *route, int ifindex, struct root_qdiscs *roots,
		struct nl_answer *answer)
{
	qdisc_list(route, ifindex, roots, answer);
	if (!answer->error && ifindex)
		list_ingress(route, ifindex, roots, answer);
}

void complain_of_no_tree(const char *device, const struct root_qdiscs *roots)
{
	char *text;

	if (!device) {
		fputs("optqctl: no device has an optq at its root\n", stderr);
		return;
	}
	if (!roots->inner_handle) {
		complain(device, "has no optq: give it one with \"optqctl apply\"");
		return;
	}
	text = mem_printf("its optq %x: is not the root qdisc but below %x:%x: optqctl manages the root only, \"tc -s class show dev %s\" shows this one",
			  roots->inner_handle >> 16, roots->inner_parent >> 16,
			  roots->inner_parent & 0xffff, device);
	complain(device, text);
	free(text);
}
