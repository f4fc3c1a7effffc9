#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `memory`: what waits takes no more of it than was said, by the kernel's own count,
# however large packets are, and the count is exact whatever becomes of a packet.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

LIMIT=524288
# More than any packet here takes: a super-packet's 60 kB in pages of 4 kB, and its head.
LARGEST=131072
# Super-packets go whole through twice their length at once, and then all is held.
HELD_WHOLE="rate 8bit ceil 8bit burst 200000 cburst 200000"

tree()
{
	OFFERED=0
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	sed "s/DEV/dev $DEV/" | tc_batch
}

two_held()
{
	tree <<-END
		qdisc add DEV root handle 1: optq default 10 memory $1
		class add DEV parent 1: classid 1:10 optq $HELD_WHOLE $GENTLE
		class add DEV parent 1: classid 1:20 optq $HELD $GENTLE
	END
}

go_on()
{
	tc_batch <<-END
		class change dev $DEV classid 1:10 optq burst auto cburst auto rate 100mbit ceil 100mbit
		class change dev $DEV classid 1:20 optq burst auto cburst auto rate 100mbit ceil 100mbit
	END
}

# limit_is WANT OPTION...: of a link with those
limit_is()
{
	local want=$1
	shift
	tree <<<"qdisc add DEV root handle 1: optq $*" &&
	same "$want" "$(link_figure memory_limit_bytes)" "memory of a link with ${*:-nothing}"
}

limits()
{
	limit_is 33554432 && limit_is 33554432 "rate 1mbit" &&
	limit_is 125000000 "rate 10gbit" && limit_is 268435456 "rate 1tbit" &&
	limit_is 307200000 "limit 100000" && limit_is 2147483647 "limit 4194304" &&
	limit_is 65536 "memory 64k limit 100000 rate 10gbit" || return 1
	quietly in_c tc qdisc change dev "$DEV" root handle 1: optq rate 1gbit &&
	same 65536 "$(link_figure memory_limit_bytes)" "memory after another change" &&
	quietly in_c tc qdisc change dev "$DEV" root handle 1: optq memory auto limit 10240 &&
	same 33554432 "$(link_figure memory_limit_bytes)" "memory that is automatic again"
}

# What is in use is what is there, and the most of it is not forgotten.
counted()
{
	local used
	two_held 32m && flood 50 400 -p 1:20 -f 5 || return 1
	used=$(link_figure memory_bytes)
	# The smallest skb takes 512 bytes and more, that of 442 bytes not three times that.
	[ "$used" -ge $((49 * 700)) ] && [ "$used" -le $((50 * 2304)) ] ||
		{ echo "49 packets of 442 bytes take $used"; return 1; }
	same 0 "$(class_figure 1:20 memory_bytes)" "memory of a class" &&
	go_on && settled 1: && same 0 "$(link_figure memory_bytes)" "memory at rest" || return 1
	[ "$(link_figure memory_max_bytes)" -ge "$used" ] ||
		{ echo "most was $(link_figure memory_max_bytes), before $used"; return 1; }
}

bound_held()
{
	local used most
	used=$(link_figure memory_bytes)
	most=$(link_figure memory_max_bytes)
	note "$used bytes in use, $most at most, of $LIMIT; $(figure 1: qlen) packets wait"
	[ "$used" -gt $((LIMIT / 2)) ] && [ "$most" -gt $((LIMIT - LARGEST)) ] ||
		{ echo "the bound was never met"; return 1; }
	[ "$most" -le $((LIMIT + LARGEST)) ] || { echo "more than one packet above it"; return 1; }
}

# Two senders on two processors, into two classes or one.
flooded()
{
	two_held $LIMIT || return 1
	flood_start -t 600 -l 1000 -g 60 -f 4 -p 1:10
	flood_start -t 600 -l 64 -f 32 -p "1:$1"
	optq_wait_for 20 has_dropped 2000
	bound_held || return 1
	[ "$(cfigure 1:10 drops)" -gt 0 ] || { echo "super-packets give up nothing"; return 1; }
	all_told || return 1
	go_on
	# Those that wait for room go on with it: nobody is held for ever.
	flood_stop
	optq_wait_for 20 no_backlog && all_told &&
	same 0 "$(link_figure memory_bytes)" "memory at rest"
}

has_dropped() { [ "$(figure 1: drops)" -ge "$1" ]; }

# A class that takes little loses nothing to one that takes most of it.
small_is_spared()
{
	two_held $LIMIT && flood 100 64 -p 1:20 -f 10 || return 1
	flood 3000 1000 -g 60 -f 8 -p 1:10 || return 1
	bound_held && same 0 "$(cfigure 1:20 drops)" "dropped of the small ones" &&
	go_on && optq_wait_for 20 no_backlog && all_told &&
	same 0 "$(link_figure memory_bytes)" "memory at rest"
}

# Super-packets that are split are charged for their segments.
split()
{
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq default 10 memory $LIMIT
		class add DEV parent 1: classid 1:10 optq $HELD $GENTLE
	END
	flood 6000 1000 -g 60 -f 8 || return 1
	bound_held && same 6000 $(($(figure 1: packets) + $(figure 1: drops) + $(figure 1: qlen))) \
		"sent, dropped and waiting" &&
	let_go 1:10 "rate 100mbit ceil 100mbit" && settled 1: &&
	same 0 "$(link_figure memory_bytes)" "memory at rest"
}

less()
{
	local before drops
	two_held 4m && flood 400 400 -p 1:20 -f 8 && flood 900 1000 -g 60 -f 4 -p 1:10 || return 1
	before=$(figure 1: qlen) drops=$(figure 1: drops)
	[ "$(link_figure memory_bytes)" -gt $LIMIT ] ||
		{ echo "only $(link_figure memory_bytes) bytes"; return 1; }
	quietly in_c tc qdisc change dev "$DEV" root handle 1: optq memory $LIMIT || return 1
	[ "$(link_figure memory_bytes)" -le $LIMIT ] ||
		{ echo "$(link_figure memory_bytes) bytes stayed"; return 1; }
	[ "$(link_figure memory_bytes)" -gt $((LIMIT - LARGEST)) ] ||
		{ echo "no more than $(link_figure memory_bytes) bytes stayed"; return 1; }
	[ "$(figure 1: drops)" -gt "$drops" ] && same "$before" \
		$(($(figure 1: qlen) + $(figure 1: drops) - drops)) "waiting or dropped" &&
	all_told && go_on && optq_wait_for 20 no_backlog && all_told &&
	same 0 "$(link_figure memory_bytes)" "memory at rest"
}

# Marks and DSCPs are written to a copy of the headers, of another size.
rewritten()
{
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq default 10 dscp af11
		class add DEV parent 1: classid 1:10 optq rate 2mbit target 1ms interval 2ms
	END
	flood 400 1000 -f 4 -q 2 || return 1
	settled 1: && same 0 "$(link_figure memory_bytes)" "memory at rest" &&
	[ "$(class_figure 1:10 ecn_marks)" -gt 0 ] && [ "$(class_figure 1:10 dscp_changed)" -gt 0 ]
}

# What a qdisc below holds is its own; handed back, it counts.
grafted()
{
	two_held 1m && quietly in_c tc qdisc add dev "$DEV" parent 1:20 handle 20: pfifo limit 100 || return 1
	flood 60 400 -p 1:20 -f 6 || return 1
	[ "$(figure 20: qlen)" -gt 40 ] || { echo "the child holds $(figure 20: qlen)"; return 1; }
	same 0 "$(link_figure memory_bytes)" "memory of what a child holds" &&
	quietly in_c tc qdisc del dev "$DEV" parent 1:20 || return 1
	[ "$(link_figure memory_bytes)" -gt $((40 * 700)) ] ||
		{ echo "handed back, $(link_figure memory_bytes) bytes"; return 1; }
	go_on && settled 1: && same 0 "$(link_figure memory_bytes)" "memory at rest"
}

# More than there is room for is handed back.
handed_back()
{
	two_held 64k && quietly in_c tc qdisc add dev "$DEV" parent 1:20 handle 20: pfifo limit 1000 || return 1
	flood 500 400 -p 1:20 -f 16 || return 1
	quietly in_c tc qdisc del dev "$DEV" parent 1:20 || return 1
	[ "$(link_figure memory_bytes)" -le 65536 ] && [ "$(figure 1: drops)" -gt 300 ] ||
		{ in_c tc -s qdisc show dev "$DEV"; return 1; }
	all_told && go_on && settled 1: && same 0 "$(link_figure memory_bytes)" "memory at rest"
}

device_down()
{
	two_held 1m && flood 100 400 -p 1:20 -f 8 || return 1
	[ "$(link_figure memory_bytes)" -gt 0 ] || { echo "nothing waits"; return 1; }
	in_c ip link set "$DEV" down && in_c ip link set "$DEV" up &&
	same 0 "$(link_figure memory_bytes)" "memory after the device was down"
}

ktap_header
ktap_plan 12
optq_require_root
optq_require_module
optq_require_tc
optq_require_kmod cls_matchall
optq_setup_ns
quiet_link
optq_require_programs
log_mark
for feature in gso tso tx-udp-segmentation; do
	in_c ethtool -K "$DEV" $feature on >/dev/null 2>&1
done

ktap_test "what is asked for, or follows from limit and rate" limits
ktap_test "used, and most" counted
ktap_test "super-packets and small ones, in two classes" flooded 20
ktap_test "super-packets and small ones, in one" flooded 10
ktap_test "a class that takes little is spared" small_is_spared
ktap_test "segments of what is split" split
ktap_test "less of it than waits" less
ktap_test "headers that are written anew" rewritten
ktap_test "a qdisc below has its own" grafted
ktap_test "more than fits is handed back" handed_back
ktap_test "the device goes down" device_down
ktap_test "no warning in the kernel's log" log_clean
ktap_done
