// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <linux/genetlink.h>
#include <linux/optq.h>
#include <stdio.h>
#include <string.h>

#include "balance.h"
#include "devices.h"

struct look {
	uint32_t ifindex;
	uint64_t seen, wrong;
};

static void look_at(struct look *l, uint32_t id, const struct optq_stats *st)
{
	uint64_t drops = st->drop_overlimit + st->drop_aqm + st->drop_other +
			 st->drop_blue + st->drop_ack;
	uint64_t gone = st->packets + drops;

	l->seen++;
	if (st->enqueued == gone + st->backlog_packets)
		return;
	/* What the device gave back was sent, and waits at the link. */
	if (!id && st->enqueued >= gone && st->enqueued < gone + st->backlog_packets)
		return;
	l->wrong++;
	printf("device %u class %u: %" PRIu64 " came, %" PRIu64 " sent, %" PRIu64
	       " dropped, %" PRIu64 " wait\n", l->ifindex, id, (uint64_t)st->enqueued,
	       (uint64_t)st->packets, drops, (uint64_t)st->backlog_packets);
}

static void take(const struct nlmsghdr *nlh, void *arg)
{
	const uint8_t *attrs = (const uint8_t *)NLMSG_DATA(nlh) + GENL_HDRLEN;
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN, room;
	const struct nlattr *nest = find_attr(attrs, len, OPTQ_A_CLASS), *st, *id = NULL;
	struct optq_stats stats = { 0 };
	bool link = !nest;

	if (link)
		nest = find_attr(attrs, len, OPTQ_A_LINK);
	if (!nest)
		return;
	attrs = (const uint8_t *)nest + NLA_HDRLEN;
	len = nest->nla_len - NLA_HDRLEN;
	st = find_attr(attrs, len, link ? OPTQ_LINK_A_STATS : OPTQ_CLASS_A_STATS);
	if (!link)
		id = find_attr(attrs, len, OPTQ_CLASS_A_ID);
	if (!st)
		return;
	room = st->nla_len - NLA_HDRLEN;
	memcpy(&stats, (const uint8_t *)st + NLA_HDRLEN,
	       room < sizeof(stats) ? room : sizeof(stats));
	look_at(arg, id ? attr_u32(id) : 0, &stats);
}

static void ask(struct sock *genl, uint8_t cmd, uint16_t flags, struct look *l)
{
	static struct request q;

	request_init(&q, 0, 0);
	q.genl = true;
	q.flags |= flags;
	q.head[0] = cmd;
	q.head[1] = OPTQ_GENL_VERSION;
	q.head_len = GENL_HDRLEN;
	put_u32(&q, OPTQ_A_IFINDEX, l->ifindex);
	sock_dump(genl, &q, take, l);
}

uint64_t balance_look(struct sock *genl, uint64_t *looks)
{
	uint64_t wrong = 0;
	uint32_t i;

	for (i = DEV_VETH; i <= DEV_DUMMY; i++) {
		struct look l = { .ifindex = i };

		ask(genl, OPTQ_CMD_TREE_GET, 0, &l);
		ask(genl, OPTQ_CMD_CLASS_GET, NLM_F_DUMP, &l);
		*looks += l.seen;
		wrong += l.wrong;
	}
	return wrong;
}
