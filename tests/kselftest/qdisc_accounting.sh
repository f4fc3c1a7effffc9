#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every packet offered is sent, dropped or waiting, at each level, whatever the
# qdiscs grafted onto leaves do: drop in enqueue or dequeue, send packets twice,
# give nothing though they have packets.  Afterwards classes and qdiscs can go,
# and nothing waits anywhere.  qdisc_child.sh is about the qdiscs above.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

PACKETS=150

clear_dev() { OFFERED=0; in_c tc qdisc del dev "$DEV" root 2>/dev/null; :; }

# What is grafted onto 1:10, with the lines for classes of its own.
graft_lines()
{
	local on="add dev $DEV parent 1:10 handle 10:"
	case $1 in
	fq_codel)	echo "qdisc $on fq_codel limit 5 flows 4 memory_limit 3000" ;;
	fq_codel-drops)	echo "qdisc $on fq_codel target 1us interval 1us" ;;
	codel)		echo "qdisc $on codel limit 1000 target 1us interval 1us" ;;
	pfifo)		echo "qdisc $on pfifo limit 1" ;;
	sfq)		echo "qdisc $on sfq limit 3" ;;
	cake)		echo "qdisc $on cake memlimit 4000 rtt 1us" ;;
	netem)		echo "qdisc $on netem delay 10ms limit 20"
			# Without it netem has a class that ends every dump of classes.
			echo "qdisc add dev $DEV parent 10:1 handle 11: pfifo limit 100" ;;
	tbf)		echo "qdisc $on tbf rate 1mbit burst 2k limit 3000" ;;
	hfsc)		echo "qdisc $on hfsc default 1"
			echo "class add dev $DEV parent 10: classid 10:1 hfsc sc rate 1mbit ul rate 1mbit"
			echo "qdisc add dev $DEV parent 10:1 handle 11: pfifo limit 5" ;;
	drr)		echo "qdisc $on drr"
			echo "class add dev $DEV parent 10: classid 10:1 drr quantum 600"
			echo "filter add dev $DEV parent 10: matchall flowid 10:1"
			echo "qdisc add dev $DEV parent 10:1 handle 11: fq_codel limit 4 target 1us interval 1us" ;;
	qfq)		echo "qdisc $on qfq"
			echo "class add dev $DEV parent 10: classid 10:1 qfq weight 1 maxpkt 1514"
			echo "filter add dev $DEV parent 10: matchall flowid 10:1"
			echo "qdisc add dev $DEV parent 10:1 handle 11: pfifo limit 5" ;;
	optq)		echo "qdisc $on optq default 1 limit 3"
			echo "class add dev $DEV parent 10: classid 10:1 optq rate 1mbit" ;;
	plug)		echo "qdisc $on plug limit 1m" ;;
	blackhole)	echo "qdisc $on blackhole" ;;
	esac
}

# tree KIND [ROOT]: optq with KIND under 1:10 and a leaf of its own beside it;
# with ROOT "tbf" it stands under one, which peeks.
tree()
{
	local at="root"
	clear_dev
	if [ "${2:-}" = tbf ]; then
		echo "qdisc add dev $DEV root handle 9: tbf rate 100mbit burst 20k limit 1m"
		at="parent 9:"
	fi >"$TMP/lines"
	{
		echo "qdisc add dev $DEV $at handle 1: optq default 10"
		echo "class add dev $DEV parent 1: classid 1:1 optq rate 4mbit"
		echo "class add dev $DEV parent 1:1 classid 1:10 optq rate 2mbit ceil 4mbit"
		echo "class add dev $DEV parent 1:1 classid 1:20 optq rate 2mbit ceil 4mbit $GENTLE"
		graft_lines "$1"
	} >>"$TMP/lines"
	tc_batch <"$TMP/lines"
}

two_floods()
{
	local before=$OFFERED
	flood_start -n $PACKETS -l 400 -f 5 -p 1:20
	flood $PACKETS 400 -f 5 -p 1:10 || return 1
	wait "${flood_pids[@]}"
	flood_stop
	same $((2 * PACKETS)) $((OFFERED - before)) "packets offered"
}

take_away()
{
	flood 20 400 -p 1:10
	in_c tc class del dev "$DEV" classid 1:10 || return 1
	settled 1: && in_c tc qdisc del dev "$DEV" root
}

# above KIND [ROOT]
above()
{
	tree "$@" && two_floods || return 1
	if [ "$1" != blackhole ]; then
		settled 1: || return 1
	fi
	optq_wait_for 10 all_through $PACKETS 1:20 ||
		{ echo "the class beside it sent $(sent 1:20) of $PACKETS"; return 1; }
	take_away
}

# Drops of a change under a qdisc that nobody dequeues now.
shrink_while_waiting()
{
	tree "$1" || return 1
	in_c tc class change dev "$DEV" classid 1:10 optq rate 8bit ceil 8bit \
		burst 1600 cburst 1600 || return 1
	flood 40 400 -p 1:10 -f 4
	shift
	in_c tc qdisc change dev "$DEV" parent 1:10 handle 10: "$@" || return 1
	same "$(figure 10: qlen)" "$(figure 1: qlen)" "packets waiting in 10: and 1:" &&
	same "$(figure 10: backlog)" "$(figure 1: backlog)" "bytes waiting" || return 1
	# The class beside it goes on.
	flood 50 400 -p 1:20
	optq_wait_for 10 all_through 50 1:20 || { in_c tc -s class show dev "$DEV"; return 1; }
	same "$(figure 10: qlen)" "$(cfigure 1:10 qlen)" "packets of the class" &&
	balanced || return 1
	take_away
}

all_through() { [ "$(sent "$2")" -eq "$1" ]; }

# An enqueue within an enqueue: one ping is two packets of 98 bytes.
netem_twice()
{
	tree none && in_c tc qdisc add dev "$DEV" parent 1:10 handle 10: \
		netem duplicate 100% || return 1
	in_c ping -q -c 1 -I "$DEV" "$S4" >/dev/null
	OFFERED=2
	settled 1: || return 1
	same 2 "$(figure 1: packets)" "packets of the root" &&
	same 196 "$(figure 1: bytes)" "bytes of the root" &&
	same 2 "$(sent 1:10)" "packets of the class" || return 1
	# The class limits the rate, so that the copies queue beside each other.
	flood $PACKETS 400 -p 1:10
	OFFERED=$((2 * OFFERED - 2))
	settled 1: && same "$OFFERED" "$(figure 1: packets)" "packets with their copies" &&
	take_away_empty
}

take_away_empty()
{
	in_c tc class del dev "$DEV" classid 1:10 && in_c tc qdisc del dev "$DEV" root
}

# Packets that nobody lets go: they count at each level until their qdisc goes.
plugged()
{
	tree plug && flood 30 400 -p 1:10 || return 1
	same 30 "$(figure 10: qlen)" "packets in the plug" &&
	same 30 "$(figure 1: qlen)" "packets in the root" &&
	same 30 "$(cfigure 1:10 qlen)" "packets in the class" &&
	same "$(figure 10: backlog)" "$(figure 1: backlog)" "bytes in the root" &&
	balanced || return 1
	flood 50 400 -p 1:20
	optq_wait_for 10 all_through 50 1:20 || { in_c tc -s class show dev "$DEV"; return 1; }
	take_away
}

# The root's sums are those of its classes, while packets wait and after.
sums_of_levels()
{
	local id
	tree none || return 1
	for id in 1:10 1:20; do
		in_c tc class change dev "$DEV" classid $id optq rate 8bit ceil 8bit \
			burst 1600 cburst 1600 limit 7 || return 1
	done
	flood 100 300 -p 1:10 -f 4
	flood 100 500 -p 1:20 -f 4
	same $(($(cfigure 1:10 qlen) + $(cfigure 1:20 qlen))) \
		"$(figure 1: qlen)" "packets of the leaves, and of the root" &&
	same $(($(cfigure 1:10 backlog) + $(cfigure 1:20 backlog))) \
		"$(figure 1: backlog)" "bytes of the leaves, and of the root" &&
	same $(($(cfigure 1:10 drops) + $(cfigure 1:20 drops))) \
		"$(figure 1: drops)" "drops of the leaves, and of the root" &&
	same $(($(sent 1:10) + $(sent 1:20))) "$(sent 1:1)" \
		"packets of the leaves, and above them" &&
	same "$(sent 1:1)" "$(figure 1: packets)" "packets at the top, and of the root" &&
	same "$(cfigure 1:1 drops)" "$(figure 1: drops)" "drops at the top, and of the root" &&
	balanced &&
	same 200 $(($(figure 1: packets) + $(figure 1: drops) + $(figure 1: qlen))) \
		"sent, dropped and waiting" || return 1
	# What waits counts where it goes, and what is lost at once is lost there.
	in_c tc class del dev "$DEV" classid 1:10 && balanced &&
	in_c ip link set dev "$DEV" down && in_c ip link set dev "$DEV" up || return 1
	same 0 "$(figure 1: qlen)" "packets after the device was down" && balanced
}

grafts=(fq_codel fq_codel-drops codel pfifo sfq cake netem tbf hfsc drr qfq optq blackhole)
peeked=(netem codel qfq hfsc blackhole)

ktap_header
ktap_plan $((${#grafts[@]} + ${#peeked[@]} + 6))
optq_require_root
optq_require_module
optq_require_tc
optq_require_kmod cls_matchall sch_netem
optq_setup_ns
quiet_link
optq_require_programs
log_mark

# Some are part of the kernel itself.
needs()
{
	case $1 in
	pfifo|blackhole|optq) ;;
	*)	modprobe -q "sch_${1%%-*}" ;;
	esac
}

for kind in "${grafts[@]}"; do
	if needs "$kind"; then
		ktap_test "over $kind" above "$kind"
	else
		ktap_skip "over $kind" "needs the kernel module sch_$kind"
	fi
done
for kind in "${peeked[@]}"; do
	if needs "$kind"; then
		ktap_test "peeked at by tbf, over $kind" above "$kind" tbf
	else
		ktap_skip "peeked at by tbf, over $kind" "needs the kernel module sch_$kind"
	fi
done
ktap_test "a grafted fq_codel that shrinks while its packets wait" \
	shrink_while_waiting fq_codel-drops fq_codel limit 3
ktap_test "a grafted netem that is changed while its packets wait" \
	shrink_while_waiting netem netem delay 20ms limit 30
ktap_test "netem sends every packet twice" netem_twice
ktap_test "over a plug" plugged
ktap_test "the root's figures are the sums of its classes'" sums_of_levels
ktap_test "no warning in the kernel's log" log_clean
ktap_done
