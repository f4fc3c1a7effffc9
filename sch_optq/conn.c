// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#endif

#include "conn.h"
#include "dscp.h"

#if IS_ENABLED(CONFIG_NF_CONNTRACK) && defined(CONFIG_NF_CONNTRACK_MARK)

/* Asked for by name, so that this module does without that of connection tracking. */
static typeof(&nf_conntrack_find_get) conn_find;
static typeof(&nf_ct_get_tuplepr) conn_tuple;
static DEFINE_MUTEX(conn_lock);

void optq_conn_use(void)
{
	mutex_lock(&conn_lock);
	if (!conn_tuple)
		WRITE_ONCE(conn_tuple, symbol_request(nf_ct_get_tuplepr));
	if (!conn_find)
		WRITE_ONCE(conn_find, symbol_request(nf_conntrack_find_get));
	mutex_unlock(&conn_lock);
}

void optq_conn_exit(void)
{
	if (conn_tuple)
		symbol_put(nf_ct_get_tuplepr);
	if (conn_find)
		symbol_put(nf_conntrack_find_get);
}

/* In the default zone, as what comes in from a line is. */
static bool conn_look_up(const struct sk_buff *skb, u32 *mark)
{
	static const struct nf_conntrack_zone zone = {
		.id = NF_CT_DEFAULT_ZONE_ID,
		.dir = NF_CT_DEFAULT_ZONE_DIR,
	};
	typeof(conn_tuple) get_tuple = READ_ONCE(conn_tuple);
	typeof(conn_find) find = READ_ONCE(conn_find);
	struct net *net = dev_net(skb->dev);
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_tuple tuple;
	struct nf_conn *ct;
	__be16 proto;
	int offset = optq_l3_offset(skb, &proto);

	if (!get_tuple || !find ||
	    (proto != htons(ETH_P_IP) && proto != htons(ETH_P_IPV6)) ||
	    !get_tuple(skb, offset, proto == htons(ETH_P_IP) ? NFPROTO_IPV4 :
		       NFPROTO_IPV6, net, &tuple))
		return false;
	h = find(net, &zone, &tuple);
	if (!h)
		return false;
	ct = nf_ct_tuplehash_to_ctrack(h);
	*mark = READ_ONCE(ct->mark);
	/* nf_ct_put() is of the module of connection tracking. */
	nf_conntrack_put(&ct->ct_general);
	return true;
}

bool optq_conn_mark(const struct sk_buff *skb, u32 *mark)
{
	enum ip_conntrack_info info;
	const struct nf_conn *ct = nf_ct_get(skb, &info);

	if (!ct)
		return info != IP_CT_UNTRACKED && conn_look_up(skb, mark);
	if (nf_ct_is_template(ct))
		return false;
	*mark = READ_ONCE(ct->mark);
	return true;
}

#else

void optq_conn_use(void) { }

void optq_conn_exit(void) { }

bool optq_conn_mark(const struct sk_buff *skb, u32 *mark)
{
	return false;
}

#endif
