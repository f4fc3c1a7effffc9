#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who gets how much of one class: hosts of one flow and of a hundred under each way
# of `isolate`, and 32 TCP flows of mixed round-trip times.  CAKE and fq_codel run
# beside, for comparison.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

LINK=50		# Mbit/s
HOST_SECONDS=8
ONE=10.78.1.1 MANY=10.78.1.2	# whom each host sends to

TCP_SECONDS=10
TCP_SETTLE=3
RTT_MS=(5 10 20 30 40 60 80 100)
STREAMS=4	# to each of those

# --- hosts: UDP that always wants more, on a device that takes all ---

# Each host is an address of the sender's, picked by where the packets go.
hosts_up()
{
	det_dummy
	ip -n "$NS_C" addr add 10.78.0.11/32 dev "$DEV" &&
	ip -n "$NS_C" addr add 10.78.0.12/32 dev "$DEV" &&
	ip -n "$NS_C" route add $ONE dev "$DEV" src 10.78.0.11 &&
	ip -n "$NS_C" route add $MANY dev "$DEV" src 10.78.0.12
}

use()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	sed "s/DEV/dev $DEV/" | tc_batch
}

optq_isolates()
{
	use <<-END
		qdisc add DEV root handle 1: optq default 10
		class add DEV parent 1: classid 1:10 optq rate ${LINK}mbit $GENTLE limit 10000 isolate $1
	END
}

cake_isolates()
{
	use <<<"qdisc add DEV root handle 1: cake bandwidth ${LINK}mbit interplanetary memlimit 64mb $1"
}

# As little queued as a socket may have: what waits at the end counts as sent.
send_to() { in_c "$UDP_LOAD" send -t "$HOST_SECONDS" -b 4000 -l 1472 "${@:2}" "$1" 6000; }

# Into one, many: packets that either host sent.
race()
{
	send_to "$MANY" -f 100 >"$TMP/many" &
	send_to "$ONE" >"$TMP/one"
	wait $!
	one=$(awk '{ print $2 }' "$TMP/one")
	many=$(awk '{ print $2 }' "$TMP/many")
	[ "$one" -gt 0 ] && [ "$many" -gt 0 ]
}

# ratio LEAST MOST: of many to one, in percent, and what it was
ratio()
{
	awk -v one="$one" -v many="$many" -v least="$1" -v most="$2" 'BEGIN {
		r = 100 * many / one
		printf "host of 1 flow %d packets, of 100 flows %d: %.1f %%\n", one, many, r
		exit r < least || r > most
	}'
}

optq_even() { optq_isolates "$1" && race && ratio 95 105; }

flows_are_even() { optq_isolates flow && race && ratio 5000 20000; }

dual_dst_is_even()
{
	local hosts
	optq_isolates dual-dst && race && ratio 95 105 || return 1
	hosts=$(tc_c -s -j class show dev "$DEV" | jq '[.. | .hosts? // empty] | max')
	note "hosts at the end: $hosts"
}

cake_is_what()
{
	cake_isolates dual-srchost && race || return 1
	note "CAKE, dual-srchost: $(ratio 0 100000)"
	cake_isolates flows && race || return 1
	note "CAKE, flows: $(ratio 0 100000)"
}

# --- TCP: senders, a router whose line is full, receivers at some distance ---

A=$NS_C-a R=$NS_C-r B=$NS_C-b

# wire NS1 DEV1 ADDRESS1 NS2 DEV2 ADDRESS2
wire()
{
	local side ns dev feature
	ip -n "$1" link add "$2" type veth peer name "$5" netns "$4" &&
	ip -n "$1" addr add "$3" dev "$2" &&
	ip -n "$4" addr add "$6" dev "$5" || return 1
	for side in "$1 $2" "$4 $5"; do
		read -r ns dev <<<"$side"
		# A super-packet would pass a hop as one, and no real line has them.
		for feature in tso gso gro; do
			ip netns exec "$ns" ethtool -K "$dev" $feature off
		done
		ip -n "$ns" link set "$dev" up txqueuelen 1000 || return 1
	done
}

# An answer comes back as late as its receiver's address says.
distances()
{
	local i tc="ip netns exec $B tc"
	$tc qdisc add dev b0 root handle 1: prio bands 9 priomap 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8 || return 1
	for i in "${!RTT_MS[@]}"; do
		ip -n "$B" addr add 10.78.3.1$i/32 dev b0 &&
		$tc qdisc add dev b0 parent 1:$((i + 1)) netem delay ${RTT_MS[i]}ms limit 10000 &&
		$tc filter add dev b0 parent 1: protocol ip u32 \
			match ip src 10.78.3.1$i flowid 1:$((i + 1)) || return 1
	done
}

tcp_up()
{
	local ns
	for ns in "$A" "$R" "$B"; do
		optq_add_named_ns "$ns" && ip -n "$ns" link set lo up || return 1
	done
	wire "$A" a0 10.78.1.1/24 "$R" r0 10.78.1.254/24 &&
	wire "$R" r1 10.78.2.254/24 "$B" b0 10.78.2.1/24 &&
	ip netns exec "$R" sysctl -qw net.ipv4.ip_forward=1 &&
	ip -n "$R" route add 10.78.3.0/24 via 10.78.2.1 &&
	ip -n "$A" route add default via 10.78.1.254 &&
	ip -n "$B" route add default via 10.78.2.254 &&
	distances
}

listen()
{
	local i
	for i in "${!RTT_MS[@]}"; do
		ip netns exec "$B" iperf3 -s -1 -D -B 10.78.3.1$i || return 1
	done
	sleep 1
}

talk()
{
	local i pids=()
	for i in "${!RTT_MS[@]}"; do
		ip netns exec "$A" iperf3 -J -c 10.78.3.1$i -P $STREAMS \
			-O $TCP_SETTLE -t $TCP_SECONDS >"$TMP/tcp.$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# Jain's index of what the flows got (Jain, Chiu, Hawe, DEC-TR-301, 1984)
index()
{
	for i in "${!RTT_MS[@]}"; do
		jq -r --arg rtt "${RTT_MS[i]}" '.end.streams[].receiver |
			"\($rtt) \(.bits_per_second)"' "$TMP/tcp.$i"
	done | awk -v name="$1" -v want="$2" '
		{ n++; sum += $2; squares += $2 * $2; by[$1] += $2; count[$1]++ }
		END {
			if (n != 32) { printf "%s: %d flows\n", name, n; exit 1 }
			printf "%s: %.1f Mbit/s, Jain %.4f; Mbit/s by RTT:", name, sum / 1e6, sum * sum / n / squares
			for (rtt = 1; rtt <= 100; rtt++)
				if (rtt in by) printf " %d ms %.2f", rtt, by[rtt] / count[rtt] / 1e6
			printf "\n"
			exit sum * sum / n / squares < want || sum < want * 0.9 * '$LINK'e6
		}'
}

# tcp_under NAME INDEX < tc commands
tcp_under()
{
	ip netns exec "$R" tc qdisc del dev r1 root 2>/dev/null
	sed "s/DEV/dev r1/" | quietly ip netns exec "$R" tc -batch - || return 1
	listen && talk
	index "$@" >"$TMP/index"
	local rc=$?
	note "$(cat "$TMP/index")"
	return $rc
}

tcp_optq()
{
	tcp_under "optq, isolate $1" 0.99 <<-END
		qdisc add DEV root handle 1: optq default 10
		class add DEV parent 1: classid 1:10 optq rate ${LINK}mbit isolate $1
	END
}

tcp_others()
{
	tcp_under "cake, flows" 0 <<<"qdisc add DEV root cake bandwidth ${LINK}mbit flows"
	tcp_under "htb + fq_codel" 0 <<-END
		qdisc add DEV root handle 1: htb default 10
		class add DEV parent 1: classid 1:10 htb rate ${LINK}mbit
		qdisc add DEV parent 1:10 fq_codel
	END
}

ktap_header
ktap_plan 8
optq_require_root
optq_require_det
optq_require_module
optq_require_programs
optq_require_cmd jq iperf3 ethtool
hosts_up || { echo "Bail out! no hosts"; exit 1; }
tcp_up || { echo "Bail out! no TCP"; exit 1; }

ktap_test "by flow, a host of 100 flows has a hundred times as much" flows_are_even
ktap_test "src-host: a host of 1 flow has what one of 100 has, within 5 %" optq_even src-host
ktap_test "dual-src: likewise" optq_even dual-src
ktap_test "triple: likewise" optq_even triple
ktap_test "dual-dst: likewise, by whom they send to" dual_dst_is_even
ktap_test "what CAKE does of the same" cake_is_what
ktap_test "32 TCP flows, RTT 5 to 100 ms: Jain's index at least 0.99" tcp_optq flow
ktap_test "what CAKE and fq_codel do of the same" tcp_others
ktap_done
