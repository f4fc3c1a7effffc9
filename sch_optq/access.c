// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/sysctl.h>
#include <net/net_namespace.h>

#include "access.h"
#include "budget.h"
#include "compat/compat.h"

static int optq_allow_userns;
static struct ctl_table_header *optq_sysctl;

static struct ctl_table optq_sysctl_table[] = {
	{
		.procname	= "allow_userns",
		.data		= &optq_allow_userns,
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= proc_dointvec_minmax,
		.extra1		= SYSCTL_ZERO,
		.extra2		= SYSCTL_ONE,
	},
	{
		.procname	= "userns_memory",
		.data		= &optq_userns_memory,
		.maxlen		= sizeof(optq_userns_memory),
		.mode		= 0644,
		.proc_handler	= proc_douintvec,
	},
	OPTQ_CTL_TABLE_END
};

static int access_verdict(bool privileged, struct netlink_ext_ack *extack)
{
	if (privileged || READ_ONCE(optq_allow_userns))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "optq is closed to user namespaces; sysctl net.optq.allow_userns=1 opens it");
	return -EPERM;
}

int optq_may_configure(struct netlink_ext_ack *extack)
{
	return access_verdict(capable(CAP_NET_ADMIN), extack);
}

int optq_sender_may_configure(const struct sk_buff *skb,
			      struct netlink_ext_ack *extack)
{
	return access_verdict(netlink_capable(skb, CAP_NET_ADMIN), extack);
}

int optq_access_init(void)
{
	/* In the initial namespace only: nothing global is writable elsewhere. */
	optq_sysctl = register_net_sysctl(&init_net, "net/optq",
					  optq_sysctl_table);
	return optq_sysctl ? 0 : -ENOMEM;
}

void optq_access_exit(void)
{
	unregister_net_sysctl_table(optq_sysctl);
}
