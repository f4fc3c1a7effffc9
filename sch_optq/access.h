/* SPDX-License-Identifier: GPL-2.0 */
/* Who may configure: by default only the initial user namespace. */
#ifndef OPTQ_ACCESS_H
#define OPTQ_ACCESS_H

#include <linux/netlink.h>

/*
 * 0 when the caller may configure optq, else -EPERM with the reason.  Whether
 * the caller has CAP_NET_ADMIN over the device's namespace is asked before,
 * by rtnetlink and genetlink.
 */
int optq_may_configure(struct netlink_ext_ack *extack);

/* Likewise of who opened the socket that skb came by, not only who wrote it. */
int optq_sender_may_configure(const struct sk_buff *skb,
			      struct netlink_ext_ack *extack);

/* The administrator's switch, net.optq.allow_userns. */
int optq_access_init(void);
void optq_access_exit(void);

#endif /* OPTQ_ACCESS_H */
