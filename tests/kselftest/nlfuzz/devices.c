// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sched.h>
#include <string.h>

#include "devices.h"
#include "sock.h"

static struct request setup;

static void link_request(uint16_t type, uint16_t flags, uint32_t ifindex, bool up)
{
	struct ifinfomsg ifi = {
		.ifi_index = (int)ifindex,
		.ifi_change = IFF_UP,
		.ifi_flags = up ? IFF_UP : 0,
	};

	request_init(&setup, 0, 0);
	setup.type = type;
	setup.flags |= flags;
	setup.head_len = sizeof(ifi);
	memcpy(setup.head, &ifi, sizeof(ifi));
}

static void link_send(struct sock *s, const char *what)
{
	int err = sock_ask(s, &setup);

	if (err)
		die(what, err);
}

static void link_up(struct sock *s, uint32_t ifindex, bool up)
{
	link_request(RTM_NEWLINK, 0, ifindex, up);
	link_send(s, "device up or down");
}

static void with_socket(void (*make)(struct sock *s))
{
	static struct sock s;

	sock_open(&s, NETLINK_ROUTE);
	make(&s);
	sock_close(&s);
}

static void make_dummy(struct sock *s, uint32_t ifindex, const char *name)
{
	link_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifindex, true);
	put_string(&setup, IFLA_IFNAME, name);
	nest_begin(&setup, IFLA_LINKINFO, NULL, 0);
	put_string(&setup, IFLA_INFO_KIND, "dummy");
	nest_end(&setup);
	link_send(s, "dummy device");
}

static void make_veth(struct sock *s)
{
	struct ifinfomsg peer = { .ifi_index = DEV_PEER };

	link_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, DEV_VETH, false);
	put_string(&setup, IFLA_IFNAME, "fz0");
	nest_begin(&setup, IFLA_LINKINFO, NULL, 0);
	put_string(&setup, IFLA_INFO_KIND, "veth");
	nest_begin(&setup, IFLA_INFO_DATA, NULL, 0);
	nest_begin(&setup, VETH_INFO_PEER, &peer, sizeof(peer));
	put_string(&setup, IFLA_IFNAME, "fzp");
	nest_end(&setup);
	nest_end(&setup);
	nest_end(&setup);
	link_send(s, "veth device");
	/* One that has no peer yet does not come up. */
	link_up(s, DEV_PEER, true);
	link_up(s, DEV_VETH, true);
}

static void make_foreign(struct sock *s) { make_dummy(s, DEV_FOREIGN, "other"); }

static void make_own(struct sock *s)
{
	make_veth(s);
	make_dummy(s, DEV_DUMMY, "fz1");
}

static void delete_own(struct sock *s)
{
	static const uint32_t own[] = { DEV_VETH, DEV_DUMMY };
	int i;

	for (i = 0; i < 2; i++) {
		link_request(RTM_DELLINK, 0, own[i], false);
		link_send(s, "deletion of a device");
	}
}

void devices_init(void)
{
	if (unshare(CLONE_NEWNET))
		die("network namespace", errno);
	with_socket(make_foreign);
	/* It stays as long as a socket of it is open. */
	keep_namespace();
	if (unshare(CLONE_NEWNET))
		die("network namespace", errno);
}

void devices_make(void) { with_socket(make_own); }

void devices_delete(void) { with_socket(delete_own); }

void device_set(uint32_t ifindex, bool up)
{
	static struct sock s;

	sock_open(&s, NETLINK_ROUTE);
	link_up(&s, ifindex, up);
	sock_close(&s);
}

uint32_t own_ifindex(struct rnd *r)
{
	return below(r, 4) ? DEV_VETH : DEV_DUMMY;
}

uint32_t any_ifindex(struct rnd *r)
{
	static const uint32_t all[] = {
		DEV_VETH, DEV_DUMMY, DEV_PEER, DEV_FOREIGN, 0, 1, 2, 12345,
		0x7fffffff, 0x80000000, 0xffffffff,
	};

	return all[below(r, sizeof(all) / sizeof(*all))];
}
