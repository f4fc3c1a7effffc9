#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The ACK filter on crafted segments: which of those that wait are dropped, how they
# are counted, here and at a parent, and what comes of it on the wire; words, changes
# and real connections under it.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

AGGRESSIVE=ack-filter-aggressive

link() { in_c tc qdisc del dev "$DEV" root 2>/dev/null; sed "s/DEV/dev $DEV/" | tc_batch; }

# held QDISC-WORDS CLASS-WORDS [DEVICE]: what comes waits, behind one packet
held()
{
	OFFERED=0
	link <<-END || return 1
		qdisc add DEV root handle 1: optq default 10 $1
		class add DEV parent 1: classid 1:10 optq $HELD $GENTLE $2
	END
	# A packet that leaves, and is in debt until it is let go.
	flood 1 1000
}

hear()
{
	rm -f "$TMP/wire"
	optq_bg ip netns exec "$NS_S" "$ACK_WIRE" recv "$PEER" 300 "$1" >"$TMP/wire"
	hearing=$!
	optq_wait_for 10 grep -qs listening "$TMP/wire" || { echo "no receiver"; return 1; }
}

# stay FAMILY WANT SEGMENT...: those of them, by place, that are not dropped, as they
# come: flow by flow
stay()
{
	local family=$1 want=$2 n
	shift 2
	n=$(wc -w <<<"$want")
	hear "$n" && in_c "$ACK_WIRE" send "$DEV" "$family" "$@" || return 1
	same $(($# - n)) "$(class_figure 1:10 drop_ack)" "acknowledgements dropped" &&
	same $(($# - n)) "$(link_figure drop_ack)" "of the link" &&
	same "$n" "$(cfigure 1:10 qlen)" "packets that wait" && balanced || return 1
	let_go 1:10 "rate 10mbit ceil 10mbit" && optq_wait_for 15 no_backlog && wait "$hearing"
	same "$want" "$(sed 1d "$TMP/wire" | xargs)" "what came" && balanced
}

# both WORDS WANT SEGMENT...: of IPv4 and of IPv6
both()
{
	local family words=$1
	shift
	for family in 4 6; do held "" "$words" && stay "$family" "$@" || return 1; done
}

# agg WANT SEGMENT...: IPv4 and IPv6 in turn, test by test
agg() { held "" "$AGGRESSIVE" && stay $((ktap_run % 2 ? 6 : 4)) "$@"; }

four() { held "" "$AGGRESSIVE" && stay 4 "$@"; }
six() { held "" "$AGGRESSIVE" && stay 6 "$@"; }

# Of the link, for a class that says nothing and for what no class takes.
of_the_link()
{
	held "$AGGRESSIVE" "" && stay 4 3 a,1 a,2 a,3 || return 1
	held "$AGGRESSIVE" no-ack-filter && stay 4 "1 2 3" a,1 a,2 a,3
}

words()
{
	link <<-END || return 1
		qdisc add DEV root handle 1: optq ack-filter
		class add DEV parent 1: classid 1:10 optq rate 1mbit ack-filter-aggressive
		class add DEV parent 1: classid 1:20 optq rate 1mbit
		class add DEV parent 1: classid 1:30 optq rate 1mbit no-ack-filter
	END
	same "ack-filter ack-filter-aggressive no-ack-filter" \
		"$({ tc_c qdisc show dev "$DEV"; tc_c class show dev "$DEV"; } |
			grep -o '[a-z-]*ack-filter[a-z-]*' | xargs)" "words" || return 1
	tc_batch <<-END || return 1
		class change dev $DEV classid 1:10 optq ack-filter-inherit
		qdisc change dev $DEV root handle 1: optq no-ack-filter
		class change dev $DEV classid 1:30 optq ack-filter
	END
	same "no-ack-filter ack-filter" \
		"$({ tc_c qdisc show dev "$DEV"; tc_c class show dev "$DEV"; } |
			grep -o '[a-z-]*ack-filter[a-z-]*' | xargs)" "words"
}

# Turned on while they wait, and off: what comes then counts.
changed()
{
	held "" "" || return 1
	in_c "$ACK_WIRE" send "$DEV" 4 a,1 a,2 a,3 &&
	tc_batch <<<"class change dev $DEV classid 1:10 optq $AGGRESSIVE" &&
	in_c "$ACK_WIRE" send "$DEV" 4 a,4 a,5 || return 1
	same 2 "$(class_figure 1:10 drop_ack)" "acknowledgements dropped" || return 1
	tc_batch <<<"class change dev $DEV classid 1:10 optq ack-filter-inherit" &&
	in_c "$ACK_WIRE" send "$DEV" 4 a,6 || return 1
	same 2 "$(class_figure 1:10 drop_ack)" "acknowledgements dropped" &&
	same 4 "$(cfigure 1:10 qlen)" "packets that wait" && balanced
}

# Parents know what has gone, and senders hear of no loss.
under_a_parent()
{
	link <<-END || return 1
		qdisc add DEV root handle 8: htb default 1
		class add DEV parent 8: classid 8:1 htb rate 1gbit
		qdisc add DEV parent 8:1 handle 1: optq default 10 limit 4
		class add DEV parent 1: classid 1:10 optq $HELD $GENTLE $AGGRESSIVE
	END
	OFFERED=0
	flood 1 1000 && in_c "$ACK_WIRE" send "$DEV" 4 a,1 a,1 a,2 a,3 a,4 a,5 a,6 || return 1
	same "3 3" "$(figure 1: qlen) $(figure 8: qlen)" "packets that wait, here and at the parent" &&
	same "$(figure 1: backlog)" "$(figure 8: backlog)" "bytes that wait at the parent" &&
	same 4 "$(figure 1: drops)" "drops" || return 1
	# At the limit room is made: nobody else's packet has to go.
	in_c "$ACK_WIRE" send "$DEV" 4 a,1,p,7 a,7 a,8 || return 1
	same 4 "$(figure 1: qlen)" "packets that wait, as many as may" &&
	same 0 "$(class_figure 1:10 drop_overlimit)" "packets over the limit" &&
	same "$(figure 1: qlen)" "$(figure 8: qlen)" "packets that wait" || return 1
	let_go 1:10 "rate 10mbit ceil 10mbit" && optq_wait_for 15 no_backlog
}

# Under real connections, changed meanwhile: every byte comes, and all adds up.
connections()
{
	local i
	link <<-END || return 1
		qdisc add DEV root handle 1: optq default 10 $AGGRESSIVE
		class add DEV parent 1: classid 1:10 optq rate 200kbit ceil 200kbit
	END
	in_s iperf3 -s -1 -D -p 5220 >/dev/null &&
	optq_wait_for 10 in_s sh -c 'ss -Hnlt "sport = :5220" | grep -q .' || return 1
	optq_bg ip netns exec "$NS_C" iperf3 -c "$S4" -p 5220 -R -P 4 -n 6M >"$TMP/iperf"
	local pid=$!
	for i in "$AGGRESSIVE" ack-filter no-ack-filter "$AGGRESSIVE"; do
		sleep 0.5
		tc_batch <<<"class change dev $DEV classid 1:10 optq $i" || return 1
	done
	wait "$pid" || { cat "$TMP/iperf"; return 1; }
	[ "$(class_figure 1:10 drop_ack)" -gt 0 ] || { echo "no acknowledgement dropped"; return 1; }
	optq_wait_for 15 no_backlog && balanced
}

ktap_header
ktap_plan 27
optq_require_root
optq_require_module
optq_require_tc
optq_setup_ns
optq_require_programs
optq_require_cmd jq
log_mark

if command -v iperf3 >/dev/null; then
	ktap_test "real connections, changed meanwhile" connections
else
	ktap_skip "real connections, changed meanwhile" "needs iperf3"
fi
quiet_link

ktap_test "off, all stay" both "" "1 2 3" a,1 a,2 a,3
ktap_test "aggressive, the last stays" agg 4 a,1 a,2 a,3 a,4
ktap_test "conservative, the last two" both ack-filter "3 4" a,1 a,2 a,3 a,4
ktap_test "numbers around 2^32" agg "2 3" a,0xffffffff a,5 a,0xfffffff0
ktap_test "duplicates stay" agg "2 3 4 6" a,1 a,2 a,2 a,2 a,3 a,4
ktap_test "the window alone stays" agg "1 2" a,1,w,5 a,1,w,9
ktap_test "timestamps: on, back, gone" agg "2 3 4" \
	a,1,t,7,e,3 a,2,t,7,e,4 a,3,t,6,e,4 a,4
ktap_test "SACK: told again, acknowledged, lost" agg "3 4" \
	a,1,k,10,l,20 a,2,k,10,l,30 a,3,k,10,l,30,k,40,l,50 a,4,k,10,l,30
ktap_test "SACK and timestamps" agg 3 \
	a,1,t,1,e,1,k,10,l,20 a,1,t,1,e,1,k,30,l,40,k,10,l,20 a,45,t,2,e,1
ktap_test "what came twice (RFC 2883)" agg "1 2" a,50,k,10,l,20 a,60
ktap_test "ECE stands where it was" agg "1 2 4" a,1 a,2,f,0x50 a,3 a,4
ktap_test "AccECN's count" agg "2 3" a,1,f,0x1d0 a,2,f,0x1d0 a,3,f,0x110
ktap_test "SYN, FIN, RST, PSH, URG and reserved bits" agg "1 2 3 4 5 6 7 8" \
	a,1,f,0x12 a,2,f,0x11 a,3,f,0x14 a,4,f,0x18 a,5,f,0x30 a,6,f,0x210 a,7,f,0 a,8
ktap_test "data, on either side" agg "1 4 5" a,1,d,1 a,2 a,3 a,4 a,5,d,9
ktap_test "options that say something else" agg "1 2 3" a,1,o,30 a,2,o,254 a,3
ktap_test "another connection" agg "3 4" a,1 a,1,p,7 a,2 a,2,p,7
ktap_test "marked by a router" agg "1 3" a,1,q,3 a,2,q,2 a,3,q,2
ktap_test "behind a tag in the packet" agg 3 a,1,v,1 a,2,v,1 a,3,v,1
ktap_test "IPv4: options, a fragment, another length" four "1 6 2" \
	a,1,x,3 a,2,x,1 a,3,x,2 a,4,x,2 a,5 a,6
ktap_test "IPv6: another length, a fragment, an extension header" six "1 3 5 2" \
	a,1,x,3 a,2,x,1 a,3,x,2 a,4 a,5
ktap_test "headers cut short, or of no sense" four "1 2 3 4 5 6 8" \
	a,1,c,39 a,2,c,25 a,3,h,4 a,4,h,15 a,5,t,1,e,1,c,45 a,6,h,6 a,7 a,8
ktap_test "of the link, unless a class says off" of_the_link
ktap_test "words, read back" words
ktap_test "turned on and off while they wait" changed
ktap_test "a parent's counts, and a limit" under_a_parent
ktap_test "no warning in the kernel's log" log_clean
ktap_done
