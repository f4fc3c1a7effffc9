#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2086,SC2046	# as such scripts are
# A provider's access link: sixty customers on three plans below two areas, found
# by destination address through u32 hash tables, one table an area.
DEV=${DEV:-eth0}

tc qdisc del dev $DEV root 2>/dev/null || true
tc qdisc add dev $DEV root handle 1: htb default ffe r2q 20

tc class add dev $DEV parent 1: classid 1:1 htb rate 200mbit ceil 200mbit quantum 60000
tc class add dev $DEV parent 1:1 classid 1:2 htb rate 120mbit ceil 200mbit
tc class add dev $DEV parent 1:1 classid 1:3 htb rate 70mbit ceil 200mbit
tc class add dev $DEV parent 1:1 classid 1:ffe htb rate 1mbit ceil 10mbit prio 7

filter="tc filter add dev $DEV parent 1: protocol ip prio 5"
$filter u32
for area in 2 3; do
	$filter handle $area: u32 divisor 256
	$filter u32 ht 800:: match ip dst 10.78.$area.0/24 \
		hashkey mask 0x000000ff at 16 link $area:
done

plans=("2mbit 4mbit 3" "4mbit 10mbit 2" "3mbit 20mbit 1")
for customer in $(seq 1 60); do
	area=$((2 + customer % 2))
	read -r rate ceil prio <<<"${plans[customer % 3]}"
	id=$(printf %x $((0x100 + customer)))
	tc class add dev $DEV parent 1:$area classid 1:$id htb \
		rate $rate ceil $ceil burst 6k cburst 6k prio $prio
	tc qdisc add dev $DEV parent 1:$id handle $id: pfifo limit 100
	$filter u32 ht $area:$(printf %x $customer): \
		match ip dst 10.78.$area.$customer/32 flowid 1:$id
done
