#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# optq below other classful qdiscs: whatever it drops, in enqueue or dequeue, its
# parent knows; both count the same, and it can go while packets wait.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

PACKETS=150

clear_dev() { OFFERED=0; in_c tc qdisc del dev "$DEV" root 2>/dev/null; :; }

# What each parent needs so that all packets go to its class 1:1.
parent_lines()
{
	local add="add dev $DEV"
	case $1 in
	htb)	echo "qdisc $add root handle 1: htb default 1"
		echo "class $add parent 1: classid 1:1 htb rate 4mbit burst 2k" ;;
	hfsc)	echo "qdisc $add root handle 1: hfsc default 1"
		echo "class $add parent 1: classid 1:1 hfsc sc rate 4mbit ul rate 4mbit" ;;
	drr)	echo "qdisc $add root handle 1: drr"
		echo "class $add parent 1: classid 1:1 drr"
		echo "filter $add parent 1: matchall flowid 1:1" ;;
	qfq)	echo "qdisc $add root handle 1: qfq"
		echo "class $add parent 1: classid 1:1 qfq weight 1 maxpkt 1514"
		echo "filter $add parent 1: matchall flowid 1:1" ;;
	prio)	echo "qdisc $add root handle 1: prio bands 2 priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0" ;;
	ets)	echo "qdisc $add root handle 1: ets bands 2 quanta 1500 1500 priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0" ;;
	tbf)	echo "qdisc $add root handle 1: tbf rate 4mbit burst 2k limit 1m" ;;
	esac
}

# optq as a child: its own tree limit, a class's limit, CoDel in each dequeue.
child_lines()
{
	local add="add dev $DEV" link="" leaf=""
	case $2 in
	limit1)	link="limit 1" ;;
	limit3)	link="limit 3" ;;
	leaf2)	leaf="limit 2" ;;
	codel)	leaf="target 1us interval 1us" ;;
	esac
	echo "qdisc $add parent $1 handle 2: optq default 10 $link"
	echo "class $add parent 2: classid 2:1 optq rate 2mbit"
	echo "class $add parent 2:1 classid 2:10 optq $HELD $leaf"
	echo "class $add parent 2:1 classid 2:20 optq rate 1mbit ceil 2mbit $leaf"
}

# below PARENT VARIANT: optq under another classful qdisc
below()
{
	local parent=1:1
	[ "$1" = tbf ] && parent=1:
	clear_dev
	{ parent_lines "$1"; child_lines $parent "$2"; } >"$TMP/lines"
	tc_batch <"$TMP/lines" || return 1
	# More than the variant lets stand, however slow the sender; then in and out.
	flood $PACKETS 400 -f 5 && let_go 2:10 "rate 1mbit ceil 2mbit" &&
	flood $PACKETS 400 -f 5 && settled 2: && settled 1: || return 1
	same "$(figure 1: packets)" "$(figure 2: packets)" "packets sent by 1: and 2:" ||
		return 1
	[ "$(figure 2: drops)" -gt 0 ] ||
		{ echo "nothing was dropped: nothing was tested"; return 1; }
	# More waits while the child goes.
	tc_batch <<<"class change dev $DEV classid 2:10 optq $HELD" &&
	flood 50 1000 -f 5 || return 1
	[ "$(figure 2: qlen)" -gt 0 ] || { echo "nothing waits"; return 1; }
	in_c tc class del dev "$DEV" classid 2:20 &&
	in_c tc qdisc del dev "$DEV" parent $parent handle 2: || return 1
	optq_wait_for 10 no_backlog ||
		{ in_c tc -s qdisc show dev "$DEV"; return 1; }
	in_c tc qdisc del dev "$DEV" root
}

# The packet that a parent has peeked at counts until it is gone.
shrink_under_tbf()
{
	clear_dev
	tc_batch <<-END || return 1
		qdisc add dev $DEV root handle 9: tbf rate 8bit burst 150b latency 1s
		qdisc add dev $DEV parent 9: handle 1: optq limit 1000
	END
	# The burst is the first one's; the tbf peeks at the second for a minute.
	flood 5 64 || return 1
	same 4 "$(figure 9: qlen)" "packets that wait" || return 1
	in_c tc qdisc change dev "$DEV" parent 9: handle 1: optq limit 1 || return 1
	[ "$(figure 9: qlen)" = "$(figure 1: qlen)" ] ||
		{ in_c tc -s qdisc show dev "$DEV"; return 1; }
	in_c tc qdisc del dev "$DEV" parent 9: handle 1: &&
	same 0 "$(figure 9: qlen)" "packets in the tbf" &&
	same 0 "$(figure 9: backlog)" "bytes in the tbf" &&
	in_c tc qdisc del dev "$DEV" root
}

parents=(htb hfsc drr qfq prio ets tbf)
variants=(limit1 leaf2 codel)

ktap_header
ktap_plan $((${#parents[@]} * ${#variants[@]} + 2))
optq_require_root
optq_require_module
optq_require_tc
optq_require_kmod cls_matchall
optq_setup_ns
quiet_link
optq_require_programs
log_mark

for parent in "${parents[@]}"; do
	for variant in "${variants[@]}"; do
		name="under $parent, $variant"
		if modprobe -q "sch_$parent"; then
			ktap_test "$name" below "$parent" "$variant"
		else
			ktap_skip "$name" "needs the kernel module sch_$parent"
		fi
	done
done
ktap_test "a limit that shrinks under a tbf that has peeked" shrink_under_tbf
ktap_test "no warning in the kernel's log" log_clean
ktap_done
