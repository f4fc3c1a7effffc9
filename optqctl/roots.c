// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "ingress_nl.h"
#include "mem.h"
#include "roots.h"

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

void roots_find(struct nl_sock *route, int ifindex, struct root_qdiscs *roots,
		struct nl_answer *answer)
{
	size_t i, n = 0;

	qdisc_list(route, ifindex, roots, answer);
	if (!answer->error && ifindex)
		list_ingress(route, ifindex, roots, answer);
	for (i = 0; i < roots->n; i++)
		if (!strcmp(roots->list[i].kind, OPTQ_KIND))
			roots->list[n++] = roots->list[i];
	roots->n = n;
}

char *roots_none_text(const char *device, const struct root_qdiscs *roots)
{
	if (!device)
		return mem_printf("no device has an optq at its root");
	if (!roots->inner_handle)
		return mem_printf("has no optq: give it one with \"optqctl apply\"");
	return mem_printf("its optq %x: is not the root qdisc but below %x:%x: optqctl manages the root only, \"tc -s class show dev %s\" shows this one",
			  roots->inner_handle >> 16, roots->inner_parent >> 16,
			  roots->inner_parent & 0xffff, device);
}
