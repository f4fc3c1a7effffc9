#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2086,SC2046	# as such scripts are
# A home's uplink of 6 Mbit/s: interactive, web, and the rest, each with an own
# leaf qdisc; ports and TOS tell them apart.
DEV=${DEV:-eth0}

tc qdisc del dev $DEV root 2>/dev/null || true
tc qdisc add dev $DEV root handle 1: htb default 30

tc class add dev $DEV parent 1: classid 1:1 htb rate 6mbit burst 15k
tc class add dev $DEV parent 1:1 classid 1:10 htb rate 2mbit ceil 6mbit burst 15k prio 0
tc class add dev $DEV parent 1:1 classid 1:20 htb rate 3mbit ceil 6mbit burst 15k prio 1
tc class add dev $DEV parent 1:1 classid 1:30 htb rate 1mbit ceil 6mbit burst 15k prio 2

tc qdisc add dev $DEV parent 1:10 handle 10: pfifo limit 50
tc qdisc add dev $DEV parent 1:20 handle 20: sfq perturb 10
tc qdisc add dev $DEV parent 1:30 handle 30: sfq perturb 10

U32="tc filter add dev $DEV protocol ip parent 1:0 prio 1 u32"
$U32 match ip tos 0x10 0xff flowid 1:10
$U32 match ip protocol 1 0xff flowid 1:10
$U32 match ip dport 53 0xffff match ip protocol 17 0xff flowid 1:10
$U32 match ip dport 80 0xffff flowid 1:20
$U32 match ip dport 443 0xffff flowid 1:20
