#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2086,SC2046	# as such scripts are
# No default: what nothing classifies goes out directly.
DEV=${DEV:-eth0}

tc qdisc del dev $DEV root 2>/dev/null || true
tc qdisc add dev $DEV root handle 8001: htb
tc class add dev $DEV parent 8001: classid 8001:a htb rate 128kbit
tc class add dev $DEV parent 8001: classid 8001:b htb rate 256kbit ceil 512kbit
tc filter add dev $DEV parent 8001: protocol ip pref 10 u32 match ip dport 7000 0xffff flowid 8001:a
tc filter add dev $DEV parent 8001: protocol ip pref 10 u32 match ip dport 7001 0xffff flowid 8001:b
