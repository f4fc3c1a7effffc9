#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: rates.sh
#
# How exact a ceiling is, inside a det guest: one class at its ceil, or a device
# at its rate, 1500-byte packets, more of them than it takes.  What counts are the
# bytes that the device sent over guest time, whatever the qdisc says of itself;
# one Ethernet header and no more is part of each packet, as it is for qdiscs.

cd "$(dirname "$0")" || exit 1
. ../kselftest/lib.sh
. ../kselftest/lib_det.sh
. ./common.sh

# A second at 1 gbit/s is a minute of the host's.
declare -A seconds=([1mbit]=20 [10mbit]=5 [100mbit]=0.5 [1gbit]=0.2)
declare -A bits=([1mbit]=1000000 [10mbit]=10000000 [100mbit]=100000000
	[1gbit]=1000000000)

class() { echo "class add DEV parent 1: classid 1:10 $*"; }
rate_optq() { echo "qdisc add DEV root handle 1: optq default 10"; class optq rate "$1" ceil "$1"; }
rate_htb() { echo "qdisc add DEV root handle 1: htb default 10"; class htb rate "$1" ceil "$1"; }
rate_hfsc() { echo "qdisc add DEV root handle 1: hfsc default 10"; class hfsc sc rate "$1" ul rate "$1"; }
rate_cake() { echo "qdisc add DEV root cake bandwidth $1 besteffort"; }

# Bytes that have left, and when, without a program in between.
read_counter()
{
	read -r bytes <"/sys/class/net/$DEV/statistics/tx_bytes"
	now=${EPOCHREALTIME/./}
}

# sent RATE: into bps, over as long as is affordable at that rate
sent()
{
	local from since
	sleep 1
	read_counter
	from=$bytes since=$now
	sleep "${seconds[$1]}"
	read_counter
	bps=$(((bytes - from) * 8000000 / (now - since)))
}

one()
{
	local peer=$1 rate=$2
	progress "rate: $peer at $rate"
	tc qdisc del dev "$DEV" root 2>/dev/null
	"rate_$peer" "$rate" | sed "s/DEV/dev $DEV/" | batch || return 1
	optq_bg "$UDP_LOAD" send -l $((1500 - HEADERS)) -f 4 "$S4" 6000 >/dev/null
	sent "$rate"
	optq_reap
	json rate peer="$peer" rate="${bits[$rate]}" measured="$bps"
}

optq_require_programs
ip link add "$DEV" type dummy
sysctl -qw "net.ipv6.conf.$DEV.disable_ipv6=1"
ip addr add $C4/24 dev "$DEV"
ip link set "$DEV" txqueuelen 1000 up
for peer in optq htb hfsc cake; do
	for rate in 1mbit 10mbit 100mbit 1gbit; do
		one $peer $rate
	done
done
