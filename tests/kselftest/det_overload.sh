#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A class of 500 kbit/s at a link of 2 Mbit/s, flooded with packets of 64 bytes, each of
# a flow of its own, at 10 and 40 times its rate: what flows that behave get in each
# second, in the same class and in the other, beside HTB + fq_codel and CAKE.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

CALL=50		# packets a second of 200 bytes
FILM=10		# of 1514: together 201 kbit/s of the flooded class
OTHER=83	# of 1514 in the other class: 1 Mbit/s
BEFORE=1	# seconds
FLOODED=6
MEMORY=		# of OptQ's link; empty: its own

fresh()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	sed "s/DEV/dev $DEV/" | tc_batch
}

classes()
{
	cat <<-END
		qdisc add DEV root handle 1: $1 default 10 $3
		class add DEV parent 1: classid 1:1 $1 rate 2mbit ceil 2mbit $2
		class add DEV parent 1:1 classid 1:10 $1 rate 500kbit ceil 500kbit $2
		class add DEV parent 1:1 classid 1:20 $1 rate 1500kbit ceil 2mbit $2
	END
}

setup_optq() { classes optq "" "${MEMORY:+memory $MEMORY}"; }

setup_htb()
{
	classes htb "quantum 1514"
	echo "qdisc add DEV parent 1:10 handle 10: fq_codel"
	echo "qdisc add DEV parent 1:20 handle 20: fq_codel"
}

# The other class is the tin of AF41.
setup_cake() { echo "qdisc add DEV root handle 1: cake bandwidth 2mbit diffserv4"; }

steady()
{
	local port=$1 pps=$2 payload=$3
	shift 3
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -r "$pps" -l "$payload" \
		-t $((BEFORE + FLOODED)) "$@" "$S4" "$port" >/dev/null
}

receive()
{
	rm -f "$TMP/received"
	optq_bg ip netns exec "$NS_S" "$UDP_LOAD" recv -t 600 -s 1 "$S4" 6000-6009 \
		>"$TMP/received"
	receiver_pid=$!
	optq_wait_for 10 receiver_listens
}

# per_second PORT PPS: per cent of what was sent, one a second of the flood
per_second()
{
	awk -v port="$1" -v pps="$2" -v from=$BEFORE -v to=$((BEFORE + FLOODED)) '
		$1 == "at" && $4 == port && $2 > from + 0.5 && $2 < to + 0.5 {
			printf "%s%.0f", sep, $6 * 100 / pps; sep = " " }' "$TMP/received"
}

p99_us() { awk -v port="$1" '$1 == "port" && $2 == port {
	for (i = 1; i < NF; i++) if ($i == "delay_us") print $(i + 3) }' "$TMP/received"; }

kernel_kb() { awk '/^(SUnreclaim|VmallocUsed|Percpu):/ { kb += $2 } END { print kb }' /proc/meminfo; }

# What the kernel holds in the middle of the flood, over what it held before.
watch_memory()
{
	local before
	before=$(kernel_kb)
	sleep $((FLOODED / 2))
	held_kb=$(($(kernel_kb) - before))
	held_packets=$(figure 1: qlen)
}

# flooded PEER TIMES: into $call, $film, $other, per cent of each second
flooded()
{
	local peer=$1 times=$2 mac
	mac=$(in_s cat "/sys/class/net/$PEER/address")
	"setup_$peer" | fresh && receive || return 1
	steady 6001 $CALL 158 -p 1:10
	steady 6002 $FILM 1472 -p 1:10
	steady 6003 $OTHER 1472 -q 0x88 -p 1:20
	sleep $BEFORE
	optq_bg ip netns exec "$NS_C" "$FLOW_FLOOD" -t $FLOODED -p 1:10 \
		-r $((times * 500000 / 512)) "$DEV" "$mac" 10.78.0.1 >"$TMP/flooded"
	flood_pid=$!
	watch_memory
	wait "$flood_pid"
	sleep 1
	kill -TERM "$receiver_pid"
	optq_wait_for 20 receiver_ended || return 1
	call=$(per_second 6001 $CALL) film=$(per_second 6002 $FILM)
	other=$(per_second 6003 $OTHER)
	note "$peer, $times times: $(cat "$TMP/flooded"); in the middle $held_packets packets wait, $held_kb kB held"
	note "  other class, % a second: $other; p99 $(p99_us 6003) us"
	note "  film in the same class:  $film; p99 $(p99_us 6002) us"
	note "  call in the same class:  $call; p99 $(p99_us 6001) us"
	optq_reap
}

# at_least PER-CENT WHAT SECOND...: in none of them less
at_least()
{
	local least=$1 what=$2 second
	shift 2
	[ $# -ge $((FLOODED - 1)) ] || { echo "$what: $# seconds"; return 1; }
	for second in "$@"; do
		[ "$second" -ge "$least" ] && continue
		echo "$what: $second % in a second, at least $least wanted: $*"
		return 1
	done
}

# In the first second the flood begins, and flows have to be seen before.
# shellcheck disable=SC2086	# a list of seconds
optq_flooded()
{
	flooded optq "$1" || return 1
	at_least 98 "other class" $other &&
	at_least 90 "film" ${film#* } &&
	at_least 94 "call" ${call#* } || return 1
	[ "$held_packets" -le 2000 ] || { echo "$held_packets packets wait"; return 1; }
	[ "$held_kb" -le 4096 ] || { echo "$held_kb kB held"; return 1; }
	[ "$(p99_us 6003)" -le 15000 ] || { echo "the other class waits $(p99_us 6003) us"; return 1; }
	memory_kept
}

# Never more than one packet above it: a frame takes most here.
memory_kept()
{
	local most limit
	most=$(link_figure memory_max_bytes) limit=$(link_figure memory_limit_bytes)
	note "  memory: $most bytes at most, of $limit"
	[ "$most" -gt $((held_packets * 512)) ] && [ "$most" -le $((limit + 4096)) ] ||
		{ echo "memory of $held_packets packets: $most bytes, of $limit"; return 1; }
	[ -z "$MEMORY" ] || [ "$most" -gt $((limit - 4096)) ] ||
		{ echo "the flood never met the bound"; return 1; }
}

# Less than the flooded class holds at its limit: memory is what runs out.
short_of_memory()
{
	local MEMORY=393216
	optq_flooded "$1"
}

# No gate: what those do is theirs.
peer_flooded() { flooded "$1" "$2" && [ -n "$other" ]; }

ktap_header
ktap_plan 8
optq_require_root
optq_require_module
optq_require_tc
optq_require_det
optq_require_kmod veth
optq_require_programs
optq_setup_ns
quiet_link

ktap_test "a class flooded at 10 times its rate" optq_flooded 10
ktap_test "a class flooded at 40 times its rate" optq_flooded 40
ktap_test "likewise at 10 times, short of memory" short_of_memory 10
ktap_test "likewise at 40 times, short of memory" short_of_memory 40
ktap_test "for comparison: htb + fq_codel at 10 times" peer_flooded htb 10
ktap_test "for comparison: htb + fq_codel at 40 times" peer_flooded htb 40
ktap_test "for comparison: cake at 10 times" peer_flooded cake 10
ktap_test "for comparison: cake at 40 times" peer_flooded cake 40
ktap_done
