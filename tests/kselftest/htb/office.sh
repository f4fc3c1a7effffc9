#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2086,SC2046	# as such scripts are
# An office: everything HTB's keywords offer, fw and u32 filters, filters at an
# inner class, and changes to a tree that is in use.
DEV=${DEV:-eth0}
RATE=20mbit

tc qdisc del dev $DEV root 2>/dev/null || true
tc qdisc add dev $DEV root handle 1:0 htb default 0x40 r2q 10 direct_qlen 500

tc class add dev $DEV parent 1:0 classid 1:1 htb rate $RATE ceil $RATE burst 30k cburst 30k
tc class add dev $DEV parent 1:1 classid 1:10 htb rate 1mbit ceil 2mbit \
	prio 0 burst 4k cburst 3k quantum 1514 mtu 1514
tc class add dev $DEV parent 1:1 classid 1:20 htb rate 10mbit ceil $RATE \
	prio 1 buffer 15k cbuffer 15k quantum 3028
tc class add dev $DEV parent 1:20 classid 1:21 htb rate 6mbit ceil $RATE prio 1 maxburst 15k/8 cmaxburst 15k
tc class add dev $DEV parent 1:20 classid 1:22 htb rate 4mbit ceil $RATE prio 2 overhead 0 mpu 64 linklayer ethernet
tc class add dev $DEV parent 1:1 classid 1:30 htb rate 4mbit prio 3
tc class add dev $DEV parent 1:1 classid 1:40 htb rate 1mbit ceil $RATE prio 7
tc class add dev $DEV parent 1:1 classid 1:50 htb rate 64kbit

# marks set by the firewall
tc filter add dev $DEV parent 1:0 protocol ip prio 1 handle 10 fw flowid 1:10
tc filter add dev $DEV parent 1:0 protocol ip prio 1 handle 30 fw classid 1:30
# the servers: the inner class tells mail from the rest
tc filter add dev $DEV parent 1:0 protocol ip prio 2 u32 \
	match ip dst 10.79.0.0/16 flowid 1:20
tc filter add dev $DEV parent 1:20 protocol ip prio 1 u32 \
	match ip dport 25 0xffff flowid 1:22
tc filter add dev $DEV parent 1:20 protocol ip prio 2 u32 \
	match u32 0 0 flowid 1:21

# voice outgrew its class; guests share; the slow class goes
tc class change dev $DEV parent 1:1 classid 1:10 htb rate 2mbit ceil 3mbit \
	prio 0 burst 6k cburst 4k
tc class replace dev $DEV parent 1:1 classid 1:30 htb rate 3mbit ceil 5mbit prio 4
tc class replace dev $DEV parent 1:1 classid 1:60 htb rate 500kbit ceil 1mbit prio 5
tc class del dev $DEV classid 1:50
tc filter add dev $DEV parent 1:0 protocol ip prio 3 u32 \
	match ip tos 0x20 0xfc flowid 1:60
tc filter replace dev $DEV parent 1:0 protocol ip prio 1 handle 60 fw flowid 1:60
