// SPDX-License-Identifier: GPL-2.0
/*
 * A check that cannot fail shows nothing.  "DEV FAULT" written to optq/fault in debugfs breaks
 * that qdisc in that way, and mends it before the lock is let go; reading gives what was said of
 * it.  "DEV FAULT stays" leaves it broken: the next operation is to warn.
 */
#include <linux/debugfs.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

#include "police.h"
#include "verify.h"

static struct dentry *fault_dir;
static char fault_said[128];

/* The first of all; such a fault needs one. */
static struct optq_cl *first_class(struct optq_sched *q)
{
	return list_first_entry_or_null(&q->classes, struct optq_cl, link);
}

static bool fault_qlen(struct optq_sched *q, int by)
{
	q->sch->q.qlen += by;
	return true;
}

static bool fault_backlog(struct optq_sched *q, int by)
{
	q->sch->qstats.backlog += by;
	return true;
}

static bool fault_tree(struct optq_sched *q, int by)
{
	q->tree.qlen += by;
	return true;
}

static bool fault_drops(struct optq_sched *q, int by)
{
	static struct optq_pkt lost;

	q->drops.head = by > 0 ? &lost : NULL;
	return true;
}

static bool fault_count(struct optq_sched *q, int by)
{
	q->n_classes += by;
	return true;
}

static bool fault_hash(struct optq_sched *q, int by)
{
	struct optq_cl *cl = first_class(q);

	if (!cl)
		return false;
	if (by > 0)
		optq_clhash_remove(&q->clhash, &cl->common);
	else
		optq_clhash_insert(&q->clhash, &cl->common);
	return true;
}

static bool fault_sent(struct optq_sched *q, int by)
{
	struct optq_cl *cl = first_class(q);

	if (cl)
		cl->core.count.enqueued += by;
	return cl;
}

static bool fault_policers(struct optq_sched *q, int by)
{
	q->n_policers += by;
	return true;
}

static bool fault_tokens(struct optq_sched *q, int by)
{
	struct optq_police *p = optq_class_police(&q->tree.root);
	static u64 kept;

	if (!p)
		return false;
	if (by > 0) {
		kept = p->meter.c;
		p->meter.c = p->rates.c_cap + 1;
	} else {
		p->meter.c = kept;
	}
	return true;
}

static bool fault_rule(struct optq_sched *q, int by)
{
	if (!q->rules || !q->rules->n)
		return false;
	q->rules->slot[0].class_id += by * 0x10000;
	return true;
}

static bool fault_default(struct optq_sched *q, int by)
{
	q->fallback = by > 0 ? NULL : optq_find_leaf(q, q->conf.default_id) ?:
				      &q->tree.direct;
	return true;
}

/* Packets wait for a ceiling: none does, or the timer is of no use. */
static bool fault_timer(struct optq_sched *q, int by)
{
	u64 now = ktime_get_ns();

	if (!q->sch->q.qlen)
		return false;
	hrtimer_cancel(&q->watchdog.timer);
	if (by < 0)
		qdisc_watchdog_schedule_ns(&q->watchdog, now);
	return true;
}

static bool fault_late(struct optq_sched *q, int by)
{
	if (!fault_timer(q, by))
		return false;
	if (by > 0)
		qdisc_watchdog_schedule_ns(&q->watchdog, ktime_get_ns() + 3600 * NSEC_PER_SEC);
	return true;
}

/* As if something were free to go that nothing looks at. */
static bool fault_stuck(struct optq_sched *q, int by)
{
	struct optq_cl *cl;

	list_for_each_entry(cl, &q->classes, link) {
		if (cl->core.own_qlen && (by > 0 ? cl->core.red : !cl->core.red)) {
			cl->core.red = by < 0;
			return true;
		}
	}
	return false;
}

static bool fault_none(struct optq_sched *q, int by)
{
	return q->sch->q.qlen;
}

enum fault_check { CHECK_CHANGE, CHECK_IDLE, CHECK_NO_EVENT, CHECK_LATE_EVENT };

static const struct fault {
	const char *name;
	bool (*make)(struct optq_sched *q, int by);
	enum fault_check check;
} faults[] = {
	{ "qlen", fault_qlen }, { "backlog", fault_backlog }, { "tree", fault_tree },
	{ "drops", fault_drops }, { "count", fault_count }, { "hash", fault_hash },
	{ "sent", fault_sent }, { "policers", fault_policers },
	{ "tokens", fault_tokens }, { "rule", fault_rule }, { "default", fault_default },
	{ "timer", fault_late }, { "idle-timer", fault_timer, CHECK_IDLE },
	{ "late-timer", fault_late, CHECK_IDLE }, { "stuck", fault_stuck, CHECK_IDLE },
	{ "no-event", fault_none, CHECK_NO_EVENT },
	{ "late-event", fault_none, CHECK_LATE_EVENT },
};

static const char *fault_look(struct optq_sched *q, enum fault_check check)
{
	u64 now = ktime_get_ns();

	switch (check) {
	case CHECK_IDLE:
		return optq_idle_why(q, optq_next_event(&q->tree, now));
	case CHECK_NO_EVENT:
		return optq_idle_why(q, 0);
	case CHECK_LATE_EVENT:
		return optq_idle_why(q, U64_MAX);
	default:
		return optq_verify_why(q, true);
	}
}

static int fault_make(struct optq_sched *q, const struct fault *f, bool stays)
{
	const char *why = NULL;
	int err = 0;

	sch_tree_lock(q->sch);
	if (!f->make(q, 1)) {
		err = -ENOENT;
	} else {
		why = fault_look(q, f->check);
		if (!stays)
			f->make(q, -1);
	}
	sch_tree_unlock(q->sch);
	snprintf(fault_said, sizeof(fault_said), "%s\n", why ?: "nothing");
	return err;
}

static int fault_at(const char *dev_name, const char *name, bool stays)
{
	struct net_device *dev = __dev_get_by_name(current->nsproxy->net_ns, dev_name);
	struct optq_sched *q = dev ? optq_dev_sched(dev) : NULL;
	u32 i;

	if (!q)
		return -ENODEV;
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!strcmp(faults[i].name, name))
			return fault_make(q, &faults[i], stays);
	}
	return -EINVAL;
}

static ssize_t fault_write(struct file *file, const char __user *from, size_t len,
			   loff_t *at)
{
	char line[64], dev[IFNAMSIZ], name[32], stays[8] = "";
	int err;

	if (len >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, len))
		return -EFAULT;
	line[len] = '\0';
	if (sscanf(line, "%15s %31s %7s", dev, name, stays) < 2)
		return -EINVAL;
	rtnl_lock();
	err = fault_at(dev, name, !strcmp(stays, "stays"));
	rtnl_unlock();
	return err ?: len;
}

static ssize_t fault_read(struct file *file, char __user *to, size_t len, loff_t *at)
{
	return simple_read_from_buffer(to, len, at, fault_said, strlen(fault_said));
}

static const struct file_operations fault_ops = {
	.owner	= THIS_MODULE,
	.read	= fault_read,
	.write	= fault_write,
};

void optq_fault_init(void)
{
	fault_dir = debugfs_create_dir("optq", NULL);
	debugfs_create_file("fault", 0600, fault_dir, NULL, &fault_ops);
}

void optq_fault_exit(void)
{
	debugfs_remove(fault_dir);
}
