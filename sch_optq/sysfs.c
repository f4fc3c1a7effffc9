// SPDX-License-Identifier: GPL-2.0
/*
 * Directories come and go under RTNL alone.  kobject_del() waits for readers that
 * are in dir_show() and lets no other in, through a file that was opened before
 * neither.  Hence
 *   - a reader must not wait for RTNL, which may be held by who waits for it: it
 *     tries, and else has its system call begin anew, as net-sysfs does;
 *   - a reader finds qdisc and class anew from device and id, and RTNL keeps them
 *     while it looks: no order of what goes first can hurt it;
 *   - the device stays as long as a directory: it is the parent;
 *   - kobject_put() after kobject_del() is the last, as nobody else ever takes a
 *     reference: dir_release() has returned before the qdisc lets go of the module,
 *     and an open file holds the kernel's own structures, none of the module's.
 * A device that moves to another namespace loses its qdiscs first.
 */
#include <linux/kobject.h>
#include <linux/sched/signal.h>
#include <linux/sysfs.h>

#include "budget.h"
#include "stats.h"
#include "sysfs.h"

struct dir {
	struct kobject kobj;
	struct net_device *dev;
	u32 id;				/* 0: the link's */
};

/* What a file may show; a file that is not one of these is the path. */
struct figures {
	struct optq_stats st;
	u64 rate_bps;
	u64 ceil_bps;
	u64 prio;
	u64 weight;
	u64 classes;
};

struct figure {
	struct attribute attr;
	size_t at;
};

#define AT_PATH		SIZE_MAX

#define FIGURE(name_, mode_, at_)					\
static struct figure figure_##name_ = {					\
	.attr = { .name = #name_, .mode = (mode_) },			\
	.at = (at_),							\
}
#define STAT(name)	FIGURE(name, 0444, offsetof(struct figures, st.name))
#define CONF(name)	FIGURE(name, 0444, offsetof(struct figures, name))

/* Named and counted as in struct optq_stats. */
STAT(packets);
STAT(bytes);
STAT(enqueued);
STAT(drop_overlimit);
STAT(drop_aqm);
STAT(drop_ack);
STAT(drop_other);
STAT(ecn_marks);
STAT(dscp_changed);
STAT(dscp_failed);
STAT(backlog_bytes);
STAT(backlog_packets);
STAT(throttled_ns);
STAT(guaranteed_bytes);
STAT(flows);
STAT(flows_new);
STAT(hosts);
STAT(sojourn_avg_ns);
STAT(sojourn_max_ns);
STAT(sojourn_p50_ns);
STAT(sojourn_p90_ns);
STAT(sojourn_p99_ns);
STAT(sojourn_p999_ns);
STAT(guarantee_missed_ns);
STAT(drop_blue);
STAT(ecn_marks_l4s);
STAT(memory_bytes);
STAT(memory_max_bytes);
STAT(memory_limit_bytes);
/* Bits per second, as in optqctl's JSON; 0: none. */
CONF(rate_bps);
CONF(ceil_bps);
CONF(prio);
CONF(weight);
CONF(classes);
/* Names tell who the customers are: they are not for everybody. */
FIGURE(path, 0400, AT_PATH);

static struct attribute *link_attrs[] = {
	&figure_packets.attr,
	&figure_bytes.attr,
	&figure_enqueued.attr,
	&figure_drop_overlimit.attr,
	&figure_drop_aqm.attr,
	&figure_drop_blue.attr,
	&figure_drop_ack.attr,
	&figure_drop_other.attr,
	&figure_ecn_marks.attr,
	&figure_dscp_changed.attr,
	&figure_dscp_failed.attr,
	&figure_ecn_marks_l4s.attr,
	&figure_backlog_bytes.attr,
	&figure_backlog_packets.attr,
	&figure_throttled_ns.attr,
	&figure_flows.attr,
	&figure_memory_bytes.attr,
	&figure_memory_max_bytes.attr,
	&figure_memory_limit_bytes.attr,
	&figure_rate_bps.attr,
	&figure_classes.attr,
	NULL
};
ATTRIBUTE_GROUPS(link);

static struct attribute *class_attrs[] = {
	&figure_packets.attr,
	&figure_bytes.attr,
	&figure_enqueued.attr,
	&figure_drop_overlimit.attr,
	&figure_drop_aqm.attr,
	&figure_drop_blue.attr,
	&figure_drop_ack.attr,
	&figure_drop_other.attr,
	&figure_ecn_marks.attr,
	&figure_dscp_changed.attr,
	&figure_ecn_marks_l4s.attr,
	&figure_backlog_bytes.attr,
	&figure_backlog_packets.attr,
	&figure_throttled_ns.attr,
	&figure_guaranteed_bytes.attr,
	&figure_flows.attr,
	&figure_flows_new.attr,
	&figure_hosts.attr,
	&figure_sojourn_avg_ns.attr,
	&figure_sojourn_max_ns.attr,
	&figure_sojourn_p50_ns.attr,
	&figure_sojourn_p90_ns.attr,
	&figure_sojourn_p99_ns.attr,
	&figure_sojourn_p999_ns.attr,
	&figure_guarantee_missed_ns.attr,
	&figure_rate_bps.attr,
	&figure_ceil_bps.attr,
	&figure_prio.attr,
	&figure_weight.attr,
	&figure_path.attr,
	NULL
};
ATTRIBUTE_GROUPS(class);

/* Only these take a copy of the histogram. */
static bool is_percentile(size_t at)
{
	return at >= offsetof(struct figures, st.sojourn_p50_ns) &&
	       at <= offsetof(struct figures, st.sojourn_p999_ns);
}

static ssize_t show_figure(struct optq_sched *q, struct optq_class *c,
			   size_t at, char *buf)
{
	struct optq_hist hist;
	struct figures f;

	optq_get_stats(q, c, &f.st, is_percentile(at) ? &hist : NULL);
	f.rate_bps = (c == &q->tree.root ? q->conf.rate : c->conf.rate) * 8;
	f.ceil_bps = c->conf.ceil * 8;
	f.prio = c->conf.prio;
	f.weight = c->excess.weight;
	f.classes = q->n_classes;
	return sysfs_emit(buf, "%llu\n", *(u64 *)((char *)&f + at));
}

/* As optqctl writes it: what has no name by its id. */
static ssize_t show_path(struct optq_sched *q, const struct optq_class *c,
			 char *buf)
{
	const struct optq_class *up[OPTQ_DEPTH_MAX];
	u32 n = 0;
	int len = 0;

	for (; c->parent && n < ARRAY_SIZE(up); c = c->parent)
		up[n++] = c;
	while (n--) {
		const struct optq_cl *cl = optq_cl(up[n]);
		const char *end = n ? "/" : "\n";
		u32 id = cl->common.classid;

		if (cl->name)
			len += sysfs_emit_at(buf, len, "%s%s", cl->name, end);
		else if (id > 0xfffe)
			len += sysfs_emit_at(buf, len, "%u%s", id, end);
		else
			len += sysfs_emit_at(buf, len, "%x:%x%s",
					     TC_H_MAJ(q->sch->handle) >> 16,
					     id, end);
	}
	return len;
}

static ssize_t show_locked(const struct dir *dir, size_t at, char *buf)
{
	struct optq_sched *q = optq_dev_sched(dir->dev);
	struct optq_class *c = NULL;

	if (q && dir->id) {
		struct optq_cl *cl = optq_find(q, dir->id);

		c = cl ? &cl->core : NULL;
	} else if (q) {
		c = &q->tree.root;
	}
	if (!c)
		return -ENODEV;
	return at == AT_PATH ? show_path(q, c, buf) :
			       show_figure(q, c, at, buf);
}

static ssize_t dir_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	const struct figure *figure = container_of(attr, struct figure, attr);
	const struct dir *dir = container_of(kobj, struct dir, kobj);
	ssize_t len;

	if (!rtnl_trylock())
		return restart_syscall();
	len = show_locked(dir, figure->at, buf);
	rtnl_unlock();
	return len;
}

static void dir_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct dir, kobj));
}

/* The root of a container reads what its own devices have. */
static void dir_ownership(optq_owned_kobj *kobj, kuid_t *uid, kgid_t *gid)
{
	const struct dir *dir = container_of(kobj, struct dir, kobj);

	net_ns_get_ownership(dev_net(dir->dev), uid, gid);
}

static const struct sysfs_ops dir_ops = {
	.show		= dir_show,
};

static struct kobj_type link_type = {
	.release	= dir_release,
	.sysfs_ops	= &dir_ops,
	.default_groups	= link_groups,
	.get_ownership	= dir_ownership,
};

static struct kobj_type class_type = {
	.release	= dir_release,
	.sysfs_ops	= &dir_ops,
	.default_groups	= class_groups,
	.get_ownership	= dir_ownership,
};

static int dir_add(struct optq_sched *q, struct dir *dir)
{
	struct net_device *dev = qdisc_dev(q->sch);
	struct dir *link = xa_load(&q->dirs, 0);

	dir->dev = dev;
	if (!dir->id)
		return kobject_init_and_add(&dir->kobj, &link_type,
					    &dev->dev.kobj, "optq");
	/* As tc writes it, else as optqctl does. */
	if (dir->id > 0xfffe)
		return kobject_init_and_add(&dir->kobj, &class_type,
					    &link->kobj, "%u", dir->id);
	return kobject_init_and_add(&dir->kobj, &class_type, &link->kobj,
				    "%x:%x", TC_H_MAJ(q->sch->handle) >> 16,
				    dir->id);
}

/* id 0: the link's, before all others. */
static int dir_make(struct optq_sched *q, u32 id)
{
	struct dir *dir;
	int err = optq_budget_dir(q);

	if (err)
		return err;
	dir = kzalloc(sizeof(*dir), GFP_KERNEL_ACCOUNT);
	if (!dir) {
		optq_budget_dir_gone(q);
		return -ENOMEM;
	}
	dir->id = id;
	err = dir_add(q, dir);
	if (!err)
		err = xa_err(xa_store(&q->dirs, id, dir, GFP_KERNEL_ACCOUNT));
	if (err) {
		kobject_put(&dir->kobj);
		optq_budget_dir_gone(q);
		return err;
	}
	q->n_dirs += !!id;
	return 0;
}

static void dir_remove(struct optq_sched *q, u32 id)
{
	struct dir *dir = xa_erase(&q->dirs, id);

	if (!dir)
		return;
	q->n_dirs -= !!id;
	kobject_del(&dir->kobj);
	kobject_put(&dir->kobj);
	optq_budget_dir_gone(q);
}

static void remove_all(struct optq_sched *q)
{
	unsigned long id;
	struct dir *dir;

	xa_for_each_start(&q->dirs, id, dir, 1)
		dir_remove(q, id);
	dir_remove(q, 0);
}

int optq_sysfs_fits(u32 n, struct netlink_ext_ack *extack)
{
	if (n <= OPTQ_SYSFS_MAX)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "sysfs shows at most 1024 classes; netlink has no such bound");
	return -E2BIG;
}

int optq_sysfs_check(const struct optq_sched *q,
		     const struct optq_link_conf *conf,
		     struct netlink_ext_ack *extack)
{
	if (!conf->sysfs || q->conf.sysfs)
		return 0;
	/* A qdisc that is being made is not the device's yet. */
	if (q != optq_dev_sched(qdisc_dev(q->sch)) &&
	    q->sch->parent != TC_H_ROOT) {
		NL_SET_ERR_MSG(extack,
			       "sysfs shows the root qdisc of a device, and this is not one");
		return -EOPNOTSUPP;
	}
	return optq_sysfs_fits(q->n_classes, extack);
}

/* A tree works as well without: what fails is told, and undoes nothing. */
static int class_show(struct optq_sched *q, const struct optq_cl *cl,
		      struct netlink_ext_ack *extack)
{
	int err;

	if (xa_load(&q->dirs, cl->common.classid))
		return 0;
	if (q->n_dirs >= OPTQ_SYSFS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "not every class is in sysfs: it shows at most 1024");
		return -E2BIG;
	}
	err = dir_make(q, cl->common.classid);
	if (err)
		NL_SET_ERR_MSG(extack,
			       "not every class is in sysfs: a directory could not be made");
	return err;
}

void optq_sysfs_update(struct optq_sched *q, struct netlink_ext_ack *extack)
{
	struct optq_cl *cl;
	unsigned long id;
	struct dir *dir;

	if (!q->conf.sysfs) {
		remove_all(q);
		return;
	}
	if (!xa_load(&q->dirs, 0) && dir_make(q, 0)) {
		NL_SET_ERR_MSG(extack,
			       "nothing is in sysfs: the directory could not be made");
		return;
	}
	xa_for_each_start(&q->dirs, id, dir, 1) {
		if (!optq_find(q, id))
			dir_remove(q, id);
	}
	list_for_each_entry(cl, &q->classes, link) {
		if (class_show(q, cl, extack))
			return;
	}
}

void optq_sysfs_class_added(struct optq_sched *q, const struct optq_cl *cl,
			    struct netlink_ext_ack *extack)
{
	if (xa_load(&q->dirs, 0))
		class_show(q, cl, extack);
}

void optq_sysfs_class_gone(struct optq_sched *q, u32 id)
{
	dir_remove(q, id);
	/* Its place is another's, when there are more than have one. */
	if (q->n_dirs < q->n_classes)
		optq_sysfs_update(q, NULL);
}

void optq_sysfs_begin(struct optq_sched *q, struct netlink_ext_ack *extack)
{
	struct optq_sched *old = optq_dev_sched(qdisc_dev(q->sch));

	if (!q->conf.sysfs)
		return;
	/* The old qdisc goes after the new one has come: the name is needed now. */
	if (old)
		remove_all(old);
	optq_sysfs_update(q, extack);
}

void optq_sysfs_end(struct optq_sched *q)
{
	struct optq_sched *other;

	if (!q->conf.sysfs)
		return;
	/* What is below q may go with it, and must find nothing to bring back. */
	q->conf.sysfs = false;
	remove_all(q);
	/* Had q been made and not put in place, the old one's are missing. */
	other = optq_dev_sched(qdisc_dev(q->sch));
	if (other)
		optq_sysfs_update(other, NULL);
}
