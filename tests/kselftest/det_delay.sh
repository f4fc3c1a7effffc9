#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Delays at a 10 Mbit/s link that bulk traffic wants whole: of a guaranteed class
# beside saturating ones, of a sparse flow among bulk flows in one leaf, and,
# for comparison, of the same under htb + fq_codel and under fq_codel alone.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

LINK=10		# Mbit/s
MTU_US=$((1514 * 8 / LINK))
PPS=100
PACKETS=800

# The bulk traffic goes to an address that the server has not: it need not answer.
bulk()
{
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -l 1472 "$@" 10.78.0.1 6001 >/dev/null
}

# probe [OPTION...]: small packets at a steady pace; the delays they had, into
# min avg p99 max
probe()
{
	receiver || return 1
	sleep 1
	in_c "$UDP_LOAD" send -n $PACKETS -r $PPS -l 100 "$@" "$S4" 6000 >/dev/null || return 1
	sleep 0.5
	kill -TERM "$receiver_pid"
	optq_wait_for 20 receiver_ended || return 1
	awk '$2 == 6000 {
		for (i = 1; i < NF; i++)
			if ($i == "delay_us") print $4, $(i + 1), $(i + 2), $(i + 3), $(i + 4)
	}' "$TMP/received" >"$TMP/delays"
	read -r got min avg p99 max <"$TMP/delays" || { echo "nothing came"; return 1; }
}

tell() { note "$1: one-way delay min $min avg $avg p99 $p99 max $max us, $got of $PACKETS"; }

at_most()
{
	[ "$1" -le "$2" ] && return
	echo "$3: $1 us, more than $2"
	return 1
}

fresh()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	sed "s/DEV/dev $DEV/" | tc_batch
}

sojourn_ns()
{
	in_c tc -s -j class show dev "$DEV" | jq -r --arg h "$1" --arg f "$2" \
		'[.[] | select(.handle == $h) | .. | objects |
		  select(has($f)) | .[$f]][0] // "none"'
}

# guaranteed PRIO: the class asks for less than its rate
guaranteed()
{
	local worst
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq rate ${LINK}mbit
		class add DEV parent 1: classid 1:10 optq rate 1mbit ceil ${LINK}mbit prio $1
		class add DEV parent 1: classid 1:2 optq rate 6mbit ceil ${LINK}mbit prio 1
		class add DEV parent 1:2 classid 1:20 optq rate 4mbit ceil ${LINK}mbit prio 1
		class add DEV parent 1:2 classid 1:30 optq rate 2mbit ceil ${LINK}mbit prio 1
		class add DEV parent 1: classid 1:40 optq rate 3mbit ceil ${LINK}mbit prio 0
	END
	bulk -p 1:20 -f 3
	bulk -p 1:30
	bulk -p 1:40
	probe -p 1:10 || return 1
	tell "guaranteed class, prio $1"
	worst=$(sojourn_ns 1:10 sojourn_max_ns)
	note "its sojourn: avg $(sojourn_ns 1:10 sojourn_avg_ns) max $worst ns"
	same $PACKETS "$got" "packets that arrived" &&
	# The longest way has what the one CPU took, that senders and receiver share.
	at_most "$p99" $((2 * MTU_US + 100)) "p99 of the one-way delay, two packets of the link" &&
	at_most $((worst / 1000)) $((2 * MTU_US + 100)) "longest sojourn"
}

# low_rate DELAY: by its rate of 128 kbit/s a packet is due within 8.9 ms, and the
# others' guaranteed packets are due before
low_rate()
{
	fresh <<-END
		qdisc add DEV root handle 1: optq rate ${LINK}mbit
		class add DEV parent 1: classid 1:10 optq rate 128kbit burst 300 ceil ${LINK}mbit prio 7 $1
		class add DEV parent 1: classid 1:20 optq rate 6mbit burst 200k ceil ${LINK}mbit
		class add DEV parent 1: classid 1:30 optq rate 2mbit burst 200k ceil ${LINK}mbit
	END
}

# Two seconds without traffic fill the others' bursts; then all come at once.
low_rate_probe()
{
	low_rate "$1" || return 1
	sleep 2
	bulk -p 1:20 -f 3
	bulk -p 1:30
	probe -p 1:10 || return 1
	tell "rate 128kbit prio 7 $1"
	same $PACKETS "$got" "packets that arrived"
}

delay_kept()
{
	local wait
	low_rate_probe "delay 3ms" || return 1
	wait=$(sojourn_ns 1:10 sojourn_max_ns)
	at_most "$max" $((3000 + MTU_US + 100)) "longest one-way delay, 3 ms and a packet of the link" &&
	at_most $((wait / 1000)) $((3000 + 100)) "longest sojourn" &&
	same 0 "$(sojourn_ns 1:10 guarantee_missed_ns)" "time since its guarantee was missed"
}

no_delay() { low_rate_probe "" && [ "$got" -gt 0 ]; }

# 2.88 ms send 3603 bytes: 2929 by the rates, 2982 of a burst of 3028.
delay_refused()
{
	local said
	low_rate "" || return 1
	said=$(in_c tc class change dev "$DEV" parent 1: classid 1:10 optq rate 128kbit \
		burst 3028 ceil ${LINK}mbit delay 3ms 2>&1) && { echo "accepted"; return 1; }
	case $said in
	*"delay 3000us, kept as 2883us: 5911 bytes due, 3603 sent"*) ;;
	*) echo "$said"; return 1 ;;
	esac
	! in_c tc class show dev "$DEV" classid 1:10 | grep " delay " && return
	echo "the class has it all the same"
	return 1
}

sparse_optq()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq rate ${LINK}mbit default 10
		class add DEV parent 1: classid 1:10 optq
	END
	bulk -f 8
	probe || return 1
	tell "sparse flow among 8 bulk flows, optq"
	same $PACKETS "$got" "packets that arrived" &&
	at_most "$p99" $((3 * MTU_US)) "p99 of a sparse flow"
}

# No gate: what those do is theirs.
sparse_htb()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: htb default 10
		class add DEV parent 1: classid 1:10 htb rate ${LINK}mbit
		qdisc add DEV parent 1:10 handle 10: fq_codel
	END
	bulk -f 8
	probe && tell "sparse flow among 8 bulk flows, htb + fq_codel" && [ "$got" -gt 0 ]
}

sparse_fq_codel()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: tbf rate ${LINK}mbit burst 3028 limit 1m
		qdisc add DEV parent 1: handle 10: fq_codel
	END
	bulk -f 8
	probe && tell "sparse flow among 8 bulk flows, fq_codel in a tbf" && [ "$got" -gt 0 ]
}

sparse_fifo()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: tbf rate ${LINK}mbit burst 3028 limit 250k
	END
	# Less than fits: a sender whose packets are dropped never waits.
	bulk -f 8 -b 40000
	probe && tell "sparse flow among 8 bulk flows, one fifo" && [ "$got" -gt 0 ]
}

# One packet of 1400 bytes at 8 kbit/s leaves a debt of 1.4 s; a link that went
# down and came up has none.
after_down_up()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq default 10
		class add DEV parent 1: classid 1:10 optq rate 8kbit ceil 8kbit cburst 1514
	END
	flood_start -n 20 -l 1400 -f 2
	sleep 3
	[ "$(figure 1: qlen)" -gt 0 ] || { echo "nothing waits"; return 1; }
	in_c ip link set "$DEV" down
	same 0 "$(figure 1: qlen)" "packets in a device that is down" || return 1
	in_c ip link set "$DEV" up
	optq_wait_for 5 carrier || return 1
	in_c ip neigh replace "$S4" lladdr "$(in_s cat "/sys/class/net/$PEER/address")" \
		dev "$DEV" nud permanent
	receiver || return 1
	in_c "$UDP_LOAD" send -n 1 -l 1400 "$S4" 6000 >/dev/null
	local first
	first=$(received first_us)
	note "the first packet after link up took $first us"
	[ "$first" -gt 0 ] && at_most "$first" 10000 "the first packet"
}

carrier() { [ "$(in_c cat "/sys/class/net/$DEV/carrier")" = 1 ]; }

ktap_header
ktap_plan 10
optq_require_root
optq_require_module
optq_require_tc
optq_require_det
optq_require_kmod veth
optq_require_programs
optq_setup_ns
quiet_link

ktap_test "a guaranteed class in band 0" guaranteed 0
ktap_test "a guaranteed class in band 7" guaranteed 7
ktap_test "a delay is kept" delay_kept
ktap_test "for comparison: without one" no_delay
ktap_test "a delay that cannot be kept is refused" delay_refused
ktap_test "a sparse flow among bulk flows of its leaf" sparse_optq
ktap_test "for comparison: htb + fq_codel" sparse_htb
ktap_test "for comparison: fq_codel" sparse_fq_codel
ktap_test "for comparison: a fifo" sparse_fifo
ktap_test "the first packet after link down and up" after_down_up
ktap_done
