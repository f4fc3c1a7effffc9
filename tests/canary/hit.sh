#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: KIND=... CANARY_KO=... hit.sh
#
# Looks like any other test, passes by its own account, and breaks the kernel on
# the way: whoever runs it must call the run failed.

cd "$(dirname "$0")" || exit 1
echo "KTAP version 1"
echo "1..1"
case $KIND in
reference)
	ip link add canary0 type dummy
	insmod "$CANARY_KO" kind="$KIND" dev=canary0
	# Freed by nobody: the device's removal never ends.
	ip link del canary0 &
	sleep 13 ;;
hard-lockup)
	# The other CPU notices when it waits for a grace period.
	while :; do
		ip link add canary0 type dummy
		ip link del canary0
	done &
	insmod "$CANARY_KO" kind="$KIND" ;;
# OptQ's own check of itself, in a module built with OPTQ_DEBUG=1.
invariant)
	insmod "$OPTQ_KO"
	ip link add canary0 type dummy
	tc qdisc add dev canary0 root handle 1: optq
	mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
	echo "canary0 qlen stays" >/sys/kernel/debug/optq/fault
	tc qdisc change dev canary0 handle 1: root optq limit 100 ;;
# Gone with nobody to count it: kmemleak's alone.
leak-quietly)
	insmod "$CANARY_KO" kind=leak-general
	rmmod optq_canary ;;
leak-general)
	. ../kselftest/leak.sh
	tmp=$(mktemp -d)
	for snapshot in a b c; do
		for ((i = 0; i < 10; i++)); do
			insmod "$CANARY_KO" kind="$KIND" && rmmod optq_canary
		done
		leak_snapshot "$tmp/$snapshot"
	done
	leak_growth "$tmp"/{a,b,c} 10 | sed 's/^/# /'
	[ "${PIPESTATUS[0]}" = 0 ] || echo "not ok 1 memory grows"
	exit ;;
*)
	insmod "$CANARY_KO" kind="$KIND"
	rmmod optq_canary 2>/dev/null ;;
esac
echo "ok 1 nothing noticed"
exit 0
