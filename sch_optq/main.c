// SPDX-License-Identifier: GPL-2.0
#include <linux/init.h>
#include <linux/module.h>

#include "access.h"
#include "conn.h"
#include "genl.h"
#include "mtu.h"
#include "qdisc.h"
#include "verify.h"

static int __init optq_module_init(void)
{
	int err;

	BUILD_BUG_ON(sizeof(struct optq_pkt) > QDISC_CB_PRIV_LEN);

	err = optq_class_cache_init();
	if (err)
		return err;
	err = optq_access_init();
	if (err)
		goto err_cache;
	err = optq_mtu_init();
	if (err)
		goto err_access;
	err = optq_genl_init();
	if (err)
		goto err_mtu;
	/* Last: from here on there may be instances, which nothing undoes. */
	err = register_qdisc(&optq_qdisc_ops);
	if (err)
		goto err_genl;
	optq_fault_init();
	return 0;

err_genl:
	optq_genl_exit();
err_mtu:
	optq_mtu_exit();
err_access:
	optq_access_exit();
err_cache:
	optq_class_cache_exit();
	return err;
}

static void __exit optq_module_exit(void)
{
	optq_fault_exit();
	unregister_qdisc(&optq_qdisc_ops);
	optq_genl_exit();
	optq_mtu_exit();
	optq_access_exit();
	optq_conn_exit();
	optq_class_cache_exit();
}

module_init(optq_module_init);
module_exit(optq_module_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("OptQ: hierarchical traffic scheduler with flow queues");
MODULE_ALIAS_NET_SCH("optq");
MODULE_ALIAS_GENL_FAMILY("optq");
