#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: insn.sh idle|backlogged [NAME...]
#
# Instructions per packet of a qdisc over those of a device without one, inside a
# det guest, where a nanosecond is an instruction.  Prints a line of JSON a peer.
#	idle		the queue never builds: each packet leaves before the next
#			comes
#	backlogged	the device takes nothing while BURST packets come, each of
#			which finds a queue; then it takes all, and each leaves a
#			queue behind.  Both are timed; the qdisc says in between how
#			many wait.  They wait for less than 5 ms: no AQM drops any.

cd "$(dirname "$0")" || exit 1
. ./common.sh
. ./pktgen.sh
. ./hold.sh
. ./peers.sh

COUNT=${COUNT:-20000}
BURST=${BURST:-500}

send()
{
	pktgen_set "$dev" "$COUNT"
	pktgen_go
	pktgen_ns "$dev"
}

cost_idle()
{
	insn=$(($(send) / COUNT))
}

cost_backlogged() { hold_cost "$BURST" || { echo "   $peer" >&2; return 1; }; }

# measure KIND PEER: twice, since the first time finds nothing warm.
measure()
{
	peer=$2
	peer_on "$dev" "$peer" && "cost_$1" && "cost_$1"
}

device_backlogged() { hold_device && dev=hold0; }

device_idle()
{
	dev=bench0
	modprobe dummy numdummies=0
	ip link add $dev type dummy
	ip link set $dev up mtu 1500 txqueuelen 10000
}

kind=${1:?usage: insn.sh idle|backlogged [NAME...]}
shift
[ $# -gt 0 ] || set -- "${PEERS[@]}"
modprobe pktgen
"device_$kind"
peer_on "$dev" noqueue
cost_idle
cost_idle
base=$insn
for peer in noqueue "$@"; do
	progress "$kind: $peer"
	if [ "$peer" = noqueue ]; then
		insn=0
		json "$kind" peer=noqueue instructions="$base"
	elif measure "$kind" "$peer"; then
		json "$kind" peer="$peer" instructions=$((insn - base)) \
			${queued:+queued="$queued" in="$in" out="$out"}
	else
		json "$kind" peer="$peer" error="no figure"
	fi
done
tc qdisc del dev "$dev" root 2>/dev/null
[ "$kind" = backlogged ] || ip link del "$dev"
