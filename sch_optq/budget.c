// SPDX-License-Identifier: GPL-2.0
#include <linux/rtnetlink.h>

#include "budget.h"

/* Of a link that does not say how much: some 400 full frames. */
#define BUDGET_AUTO	(1U << 20)

/* What qdisc_alloc() rounds up to: a power of two, or whole pages. */
#define BUDGET_QDISC	roundup_pow_of_two(sizeof(struct Qdisc) + \
					   sizeof(struct optq_sched))

/* Thirty files at 128 bytes, the directory, and its names. */
#define BUDGET_DIR	4608U

/* As kmalloc() rounds it up.  Filters themselves are tc's, on whatever qdisc. */
#define BUDGET_BLOCK	roundup_pow_of_two(sizeof(struct tcf_block))

unsigned int optq_userns_memory = 32U << 20;
static u64 budget_used;

static int budget_take(struct optq_sched *q, u64 bytes,
		       struct netlink_ext_ack *extack)
{
	u64 most = READ_ONCE(optq_userns_memory);

	ASSERT_RTNL();
	if (!q->confined)
		return 0;
	if (budget_used + bytes > most) {
		NL_SET_ERR_MSG(extack,
			       "optq in user namespaces has no more memory for packets: see net.optq.userns_memory");
		return -ENOSPC;
	}
	budget_used += bytes;
	q->budget += bytes;
	return 0;
}

static void budget_give(struct optq_sched *q, u64 bytes)
{
	ASSERT_RTNL();
	if (!q->confined)
		return;
	budget_used -= bytes;
	q->budget -= bytes;
}

u32 optq_budget_memory(const struct optq_sched *q,
		       const struct optq_link_conf *conf)
{
	u32 bytes = optq_memory_auto(conf->limit, conf->rate);

	if (conf->memory)
		return conf->memory;
	return q->confined ? min(bytes, BUDGET_AUTO) : bytes;
}

int optq_budget_begin(struct optq_sched *q, struct netlink_ext_ack *extack)
{
	q->confined = dev_net(qdisc_dev(q->sch))->user_ns != &init_user_ns;
	return budget_take(q, BUDGET_QDISC, extack);
}

void optq_budget_end(struct optq_sched *q)
{
	budget_give(q, q->budget);
}

int optq_budget_fit(struct optq_sched *q, const struct optq_link_conf *conf,
		    struct netlink_ext_ack *extack)
{
	u32 bytes = optq_budget_memory(q, conf);
	int err;

	if (bytes <= q->budget_memory)
		return 0;
	err = budget_take(q, bytes - q->budget_memory, extack);
	if (!err)
		q->budget_memory = bytes;
	return err;
}

void optq_budget_settle(struct optq_sched *q)
{
	budget_give(q, q->budget_memory - q->tree.memory.limit);
	q->budget_memory = q->tree.memory.limit;
}

int optq_budget_block(struct optq_sched *q, struct netlink_ext_ack *extack)
{
	return budget_take(q, BUDGET_BLOCK, extack);
}

void optq_budget_block_gone(struct optq_sched *q)
{
	budget_give(q, BUDGET_BLOCK);
}

int optq_budget_dir(struct optq_sched *q)
{
	return budget_take(q, BUDGET_DIR, NULL);
}

void optq_budget_dir_gone(struct optq_sched *q)
{
	budget_give(q, BUDGET_DIR);
}
