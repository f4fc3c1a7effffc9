# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What manages the router's wan0 in each row of the table, sourced.

on_router() { ip netns exec router "$@"; }

row_unmanaged()
{
	on_router tc qdisc add dev wan0 root handle 1: pfifo limit 1000
}

# One shaper, one queue per flow: what "simplest.qos" of SQM sets up.
row_fq_codel()
{
	on_router tc -batch - <<-END
		qdisc add dev wan0 root handle 1: htb default 10
		class add dev wan0 parent 1: classid 1:10 htb rate 20mbit ceil 20mbit quantum 1514
		qdisc add dev wan0 parent 1:10 handle 10: fq_codel
	END
}

# The classes, rates and matches of branch-office.yaml, by a careful hand.
row_htb()
{
	on_router tc -batch - <<-END
		qdisc add dev wan0 root handle 1: htb default 30
		class add dev wan0 parent 1: classid 1:1 htb rate 20mbit ceil 20mbit quantum 1514
		class add dev wan0 parent 1:1 classid 1:10 htb rate 2mbit ceil 20mbit prio 0 quantum 1514
		class add dev wan0 parent 1:1 classid 1:20 htb rate 6mbit ceil 20mbit prio 1 quantum 1514
		class add dev wan0 parent 1:1 classid 1:30 htb rate 8mbit ceil 20mbit prio 1 quantum 1514
		qdisc add dev wan0 parent 1:10 handle 10: fq_codel
		qdisc add dev wan0 parent 1:20 handle 20: fq_codel
		qdisc add dev wan0 parent 1:30 handle 30: fq_codel
		filter add dev wan0 parent 1: protocol ip pref 1 flower ip_tos 0xb8/0xfc classid 1:10
		filter add dev wan0 parent 1: protocol ip pref 2 flower ip_proto udp dst_port 16384-32767 classid 1:10
		filter add dev wan0 parent 1: protocol ip pref 3 flower ip_proto tcp src_port 80 classid 1:20
		filter add dev wan0 parent 1: protocol ip pref 4 flower ip_proto tcp dst_port 80 classid 1:20
		filter add dev wan0 parent 1: protocol ip pref 5 flower ip_proto tcp src_port 443 classid 1:20
		filter add dev wan0 parent 1: protocol ip pref 6 flower ip_proto tcp dst_port 443 classid 1:20
	END
}

row_optq()
{
	on_router "$OPTQCTL" apply "$POLICY"
}
