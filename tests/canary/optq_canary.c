// SPDX-License-Identifier: GPL-2.0
/*
 * A module that breaks the kernel on purpose, one way per load, so that the test
 * harness can be shown to notice.  Never load it outside a guest that is thrown
 * away.
 *
 *	insmod optq_canary.ko kind=KIND [dev=NETDEV]
 */
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

static char *kind = "";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "what to do wrong");

static char *dev = "lo";
module_param(dev, charp, 0444);
MODULE_PARM_DESC(dev, "device whose reference is lost (kind=reference)");

#define OBJECT_SIZE	192

static struct kmem_cache *cache;

/* Checks of a freed object happen when it is handed out again. */
static int use_after_free(void)
{
	unsigned char *object = kmem_cache_alloc(cache, GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	kmem_cache_free(cache, object);
	OPTIMIZER_HIDE_VAR(object);
	object[OBJECT_SIZE / 2] = 0x42;
	kmem_cache_shrink(cache);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	kmem_cache_free(cache, object);
	return 0;
}

/* Nothing but KASAN knows. */
static int read_after_free(void)
{
	unsigned char *object = kmalloc(OBJECT_SIZE, GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	kfree(object);
	OPTIMIZER_HIDE_VAR(object);
	pr_info("optq_canary: %u\n", READ_ONCE(object[OBJECT_SIZE / 2]));
	return 0;
}

/* Within its page: in the user-mode kernel a read of what is not mapped never ends. */
static int read_beyond(void)
{
	unsigned int size = PAGE_SIZE - 64, at = size + 16;
	unsigned char *object = vmalloc(size);

	if (!object)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(at);
	pr_info("optq_canary: %u\n", READ_ONCE(object[at]));
	vfree(object);
	return 0;
}

static int overrun(void)
{
	unsigned char *object = kmem_cache_alloc(cache, GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(object);
	object[OBJECT_SIZE] = 0x42;
	kmem_cache_free(cache, object);
	return 0;
}

static int double_free(void)
{
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	kmem_cache_free(cache, object);
	OPTIMIZER_HIDE_VAR(object);
	kmem_cache_free(cache, object);
	return 0;
}

static int leak(void)
{
	return kmem_cache_alloc(cache, GFP_KERNEL) ? 0 : -ENOMEM;
}

/* From the general caches: only a count of slab objects shows it. */
static int leak_general(void)
{
	int i;

	for (i = 0; i < 64; i++) {
		void *object = kmalloc(OBJECT_SIZE, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(object);
		if (!object)
			return -ENOMEM;
	}
	return 0;
}

static int list_twice(void)
{
	struct list_head head, item;

	INIT_LIST_HEAD(&head);
	list_add(&item, &head);
	list_add(&item, &head);
	return 0;
}

static int lose_reference(void)
{
	struct net_device *netdev = dev_get_by_name(&init_net, dev);

	return netdev ? 0 : -ENODEV;
}

static int sleep_in_atomic(void)
{
	preempt_disable();
	msleep(20);
	preempt_enable();
	return 0;
}

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);

/* One after the other: no deadlock comes of it here, and one could. */
static int lock_order(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);

	mutex_lock(&lock_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
	return 0;
}

static int __rcu *shared;

static int rcu_unlocked(void)
{
	return rcu_dereference(shared) ? -EINVAL : 0;
}

static void at_once(struct timer_list *unused)
{
}

static int timer_freed(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return -ENOMEM;
	timer_setup(timer, at_once, 0);
	mod_timer(timer, jiffies + 3600 * HZ);
	kfree(timer);
	return 0;
}

static int shift_too_far(void)
{
	unsigned int by = 40;

	OPTIMIZER_HIDE_VAR(by);
	pr_info("optq_canary: %u\n", 1U << by);
	return 0;
}

static int warn(void)
{
	WARN(1, "optq_canary: on purpose\n");
	return 0;
}

static int soft_lockup(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
	return 0;
}

static int hard_lockup(void)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
	return 0;
}

static int null_pointer(void)
{
	int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	*(volatile int *)nowhere = 1;
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} kinds[] = {
	{ "use-after-free", use_after_free },
	{ "read-after-free", read_after_free },
	{ "read-beyond", read_beyond },
	{ "overrun", overrun },
	{ "double-free", double_free },
	{ "leak", leak },
	{ "leak-general", leak_general },
	{ "list-twice", list_twice },
	{ "reference", lose_reference },
	{ "atomic-sleep", sleep_in_atomic },
	{ "lock-order", lock_order },
	{ "rcu-unlocked", rcu_unlocked },
	{ "timer-freed", timer_freed },
	{ "shift", shift_too_far },
	{ "warn", warn },
	{ "soft-lockup", soft_lockup },
	{ "hard-lockup", hard_lockup },
	{ "null-pointer", null_pointer },
};

static int __init canary_init(void)
{
	int i, ret = -EINVAL;

	cache = kmem_cache_create("optq_canary", OBJECT_SIZE, 0,
				  SLAB_POISON | SLAB_RED_ZONE |
				  SLAB_CONSISTENCY_CHECKS, NULL);
	if (!cache)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (sysfs_streq(kind, kinds[i].name))
			ret = kinds[i].run();
	if (ret)
		kmem_cache_destroy(cache);
	return ret;
}

static void __exit canary_exit(void)
{
	kmem_cache_destroy(cache);
}

module_init(canary_init);
module_exit(canary_exit);
MODULE_DESCRIPTION("Faults on purpose, to prove the OptQ test harness");
MODULE_LICENSE("GPL");
