// SPDX-License-Identifier: GPL-2.0
/* Memory for hosts: none until the first class asks for it. */
#include "hosts.h"

void optq_host_mem_free(struct optq_host_mem *m)
{
	if (!m)
		return;
	kvfree(m->shares);
	kvfree(m->hosts);
	kvfree(m->buckets);
	kfree(m);
}

static int give_hosts(struct optq_sched *q)
{
	u32 flows = q->conf.flows, buckets = roundup_pow_of_two(flows);
	struct optq_host_mem *m;

	if (q->hosts)
		return 0;
	m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
	if (!m)
		return -ENOMEM;
	m->shares = kvcalloc(flows, sizeof(*m->shares), OPTQ_GFP_MANY);
	m->hosts = kvcalloc(2 * flows, sizeof(*m->hosts), OPTQ_GFP_MANY);
	m->buckets = kvcalloc(buckets, sizeof(*m->buckets), OPTQ_GFP_MANY);
	if (!m->shares || !m->hosts || !m->buckets) {
		optq_host_mem_free(m);
		return -ENOMEM;
	}
	/* Nothing looks at it before a class is configured, under the lock. */
	optq_flow_table_give_hosts(&q->tree.flows, m->shares, m->hosts,
				   m->buckets, buckets);
	q->hosts = m;
	return 0;
}

int optq_cl_give_shares(struct optq_sched *q, struct optq_class *c,
			const struct optq_class_conf *conf)
{
	struct optq_shares *shares;

	if (conf->isolate < OPTQ_ISOLATE_DUAL_SRC)
		return 0;
	if (!c->leaf.shares) {
		shares = kzalloc(sizeof(*shares), GFP_KERNEL_ACCOUNT);
		if (!shares)
			return -ENOMEM;
		optq_leaf_give_shares(&c->leaf, shares);
	}
	return give_hosts(q);
}
