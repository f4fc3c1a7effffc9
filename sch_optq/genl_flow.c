// SPDX-License-Identifier: GPL-2.0
/* Flows one by one, a few under the lock at a time. */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "genl.h"
#include "tuple.h"

/* Flows, and entries of the table, looked at in one go. */
#define FLOW_ROWS	32
#define FLOW_SCAN	256

struct flow_row {
	u32 at;			/* of the table */
	u32 class_id;
	u32 hash;
	u32 flags;
	u32 packets;
	u32 drops;
	u32 host_flows;
	s32 deficit;
	u64 bytes;
	u64 wait_ns;
	struct optq_tuple tuple;
};

/* What a dump keeps between messages. */
enum {
	ARG_STEP,		/* the table; a class; nothing more */
	ARG_AT,			/* entry of the table; id of the class, 0: first */
};

enum {
	STEP_TABLE,
	STEP_SHARED,
	STEP_DONE,
};

/* Tree lock held. */
static void row_fill(struct optq_sched *q, const struct optq_flow *f, u64 now,
		     struct flow_row *row)
{
	const struct optq_leaf *l = f->leaf;

	memset(row, 0, sizeof(*row));
	row->class_id = optq_class_id(q, container_of(l, struct optq_class, leaf));
	row->hash = f->hash;
	row->flags = (f->fresh ? OPTQ_FLOW_NEW : 0) |
		     (f->codel.dropping ? OPTQ_FLOW_DROPPING : 0) |
		     (f->hashed ? 0 : OPTQ_FLOW_SHARED);
	row->packets = f->packets;
	row->bytes = f->bytes;
	row->deficit = f->deficit;
	row->drops = f->codel.count;
	if (l->by_host)
		row->host_flows = optq_share_load(optq_share_of(&q->tree.flows,
								l, f));
	if (!f->head)
		return;
	row->wait_ns = max_t(s64, now - f->head->enqueue_ns, 0) ?: 1;
	optq_tuple_read(optq_skb(f->head), l->nat, &row->tuple);
}

static u32 rows_of_table(struct optq_sched *q, u32 *at, struct flow_row *rows)
{
	const struct optq_flow_table *t = &q->tree.flows;
	u32 n = 0, seen = 0;
	u64 now;

	sch_tree_lock(q->sch);
	now = ktime_get_ns();
	for (; *at < t->size && n < FLOW_ROWS && seen < FLOW_SCAN; (*at)++) {
		seen++;
		if (!t->flows[*at].hashed)
			continue;
		row_fill(q, &t->flows[*at], now, &rows[n]);
		rows[n++].at = *at;
	}
	sch_tree_unlock(q->sch);
	return n;
}

/* The queue that c's packets share, if there are any. */
static bool row_of_shared(struct optq_sched *q, const struct optq_class *c,
			  struct flow_row *row)
{
	bool waits;

	sch_tree_lock(q->sch);
	waits = c->leaf.shared.packets;
	if (waits)
		row_fill(q, &c->leaf.shared, ktime_get_ns(), row);
	sch_tree_unlock(q->sch);
	return waits;
}

static int put_tuple(struct sk_buff *skb, const struct optq_tuple *t)
{
	int len = t->family == 4 ? 4 : 16;

	if (!t->family)
		return 0;
	if (nla_put_u8(skb, OPTQ_FLOW_A_FAMILY, t->family) ||
	    nla_put_u8(skb, OPTQ_FLOW_A_PROTO, t->proto) ||
	    nla_put(skb, OPTQ_FLOW_A_SRC, len, t->src) ||
	    nla_put(skb, OPTQ_FLOW_A_DST, len, t->dst))
		return -EMSGSIZE;
	if (!optq_tuple_has_ports(t))
		return 0;
	return nla_put_u16(skb, OPTQ_FLOW_A_SPORT, ntohs(t->port[0])) ||
	       nla_put_u16(skb, OPTQ_FLOW_A_DPORT, ntohs(t->port[1]));
}

static int put_row(struct sk_buff *skb, const struct flow_row *row)
{
	struct nlattr *nest = nla_nest_start(skb, OPTQ_A_FLOW);

	if (!nest ||
	    nla_put_u32(skb, OPTQ_FLOW_A_CLASS, row->class_id) ||
	    nla_put_u32(skb, OPTQ_FLOW_A_HASH, row->hash) ||
	    nla_put_u32(skb, OPTQ_FLOW_A_FLAGS, row->flags) ||
	    nla_put_u32(skb, OPTQ_FLOW_A_PACKETS, row->packets) ||
	    nla_put_u64_64bit(skb, OPTQ_FLOW_A_BYTES, row->bytes,
			      OPTQ_FLOW_A_PAD) ||
	    nla_put_s32(skb, OPTQ_FLOW_A_DEFICIT, row->deficit) ||
	    nla_put_u32(skb, OPTQ_FLOW_A_DROPS, row->drops))
		return -EMSGSIZE;
	if (row->wait_ns &&
	    nla_put_u64_64bit(skb, OPTQ_FLOW_A_WAIT, row->wait_ns,
			      OPTQ_FLOW_A_PAD))
		return -EMSGSIZE;
	if (row->host_flows &&
	    nla_put_u32(skb, OPTQ_FLOW_A_HOST_FLOWS, row->host_flows))
		return -EMSGSIZE;
	if (put_tuple(skb, &row->tuple))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_message(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct optq_sched *q, const struct flow_row *row)
{
	void *hdr = optq_dump_begin(skb, cb, q, OPTQ_CMD_FLOW_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_row(skb, row)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Returns whether the message has room for more. */
static bool dump_table(struct sk_buff *skb, struct netlink_callback *cb,
		       struct optq_sched *q, struct flow_row *rows)
{
	u32 at = cb->args[ARG_AT], n, i;

	while (at < q->tree.flows.size) {
		n = rows_of_table(q, &at, rows);
		for (i = 0; i < n; i++) {
			if (!put_message(skb, cb, q, &rows[i]))
				continue;
			cb->args[ARG_AT] = rows[i].at;
			return false;
		}
		cond_resched();
	}
	cb->args[ARG_STEP] = STEP_SHARED;
	cb->args[ARG_AT] = 0;
	return true;
}

static int dump_shared(struct sk_buff *skb, struct netlink_callback *cb,
		       struct optq_sched *q, struct flow_row *row)
{
	struct optq_cl *cl;

	if (cb->args[ARG_AT]) {
		cl = optq_find(q, (u32)cb->args[ARG_AT]);
		/* What was told is stale. */
		if (!cl)
			return -EINTR;
	} else {
		if (row_of_shared(q, &q->tree.direct, row) &&
		    put_message(skb, cb, q, row))
			return 0;
		cl = list_first_entry(&q->classes, struct optq_cl, link);
	}
	list_for_each_entry_from(cl, &q->classes, link) {
		if (!row_of_shared(q, &cl->core, row) ||
		    !put_message(skb, cb, q, row))
			continue;
		cb->args[ARG_AT] = cl->common.classid;
		return 0;
	}
	cb->args[ARG_STEP] = STEP_DONE;
	return 0;
}

static int flow_dump_locked(struct sk_buff *skb, struct netlink_callback *cb,
			    struct flow_row *rows)
{
	struct optq_sched *q = optq_dump_sched(skb, cb);
	int err = 0;

	if (IS_ERR(q))
		return PTR_ERR(q);
	if (cb->args[ARG_STEP] == STEP_TABLE && !dump_table(skb, cb, q, rows))
		return skb->len;
	if (cb->args[ARG_STEP] == STEP_SHARED)
		err = dump_shared(skb, cb, q, rows);
	return err ?: skb->len;
}

int optq_genl_flow_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct flow_row *rows;
	int err;

	rows = kmalloc_array(FLOW_ROWS, sizeof(*rows), GFP_KERNEL_ACCOUNT);
	if (!rows)
		return -ENOMEM;
	rtnl_lock();
	err = flow_dump_locked(skb, cb, rows);
	rtnl_unlock();
	kfree(rows);
	return err;
}
