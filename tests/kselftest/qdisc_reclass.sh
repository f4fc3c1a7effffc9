#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules change while packets wait: they go where the new rules say, none is lost and none
# overtaken; and what the rules did not decide stays.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

held="rate=1 ceil=1 burst=1600 cburst=1600 target=10000000000 interval=10000000000"
gentle="target=10000000000 interval=10000000000"

# rules PORT=CLASS...: by the port that a packet goes to
rules()
{
	local i=0 rule
	echo "dim field=6"
	for rule; do
		echo "set words=1 ranges=${rule%=*},${rule%=*}"
		echo "rule class=${rule#*=} terms=$((i++)):0"
	done
}

fresh()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	in_c tc qdisc add dev "$DEV" root handle 1: optq
	OFFERED=0
}

# Classes that stand still: one packet leaves of each, and what comes after it waits.
still() { printf '%s\n' "link default=1 rate=1000000" "class id=1 $held" "class id=2 $held" "class id=3 $held"; }

send_to()
{
	in_c "$UDP_LOAD" send -n "$2" -l 400 "${@:3}" "$S4" "$1" >"$TMP/flood" &&
	OFFERED=$((OFFERED + $2))
}

# waiting ONE TWO THREE WHAT: packets in each
waiting()
{
	same "$1 $2 $3" "$(cfigure 1:1 qlen) $(cfigure 1:2 qlen) $(cfigure 1:3 qlen)" "$4" &&
	same 0 "$(figure 1: drops)" "packets dropped" && balanced
}

follows()
{
	fresh
	nl_set "$(still)" && send_to 6000 20 && send_to 6001 30 -f 5 || return 1
	waiting 49 0 0 "without rules" || return 1
	nl_set "$(still)" "$(rules 6001=2)" || return 1
	waiting 19 29 0 "one port to class 2" || return 1
	nl_set "$(still)" "$(rules 6000=2 6001=3)" || return 1
	waiting 0 19 28 "each to another" || return 1
	nl_set "$(still)" "$(rules 6000=2 6001=3)" || return 1
	waiting 0 19 28 "the same again" || return 1
	nl_set "$(still | sed s/default=1/default=3/)" || return 1
	waiting 0 0 47 "another default and no rules" || return 1
	# A class that goes: by the rules where they know, else to the default.
	nl_set "link default=1 rate=1000000" "class id=1 $held" "class id=2 $held" "$(rules 6001=2)" &&
	same "19 28" "$(cfigure 1:1 qlen) $(cfigure 1:2 qlen)" "where the class of all went" &&
	balanced
}

# From a leaf that becomes an inner class, into the direct queue and out of it.
shapes()
{
	fresh
	nl_set "link default=1 rate=1000000" "class id=1 $held" && send_to 6000 20 && send_to 6001 10 || return 1
	nl_set "link default=2 rate=1000000" "class id=1 ${held//=1 /=10 }" "class id=2 parent=1 $held" \
		"class id=3 parent=1 $held" "$(rules 6001=3)" || return 1
	same "19 10" "$(cfigure 1:2 qlen) $(cfigure 1:3 qlen)" "below what was a leaf" || return 1
	# Nothing leaves: the link has one byte a second.
	nl_set "link default=0 rate=8" "class id=3 $held" "$(rules 6000=3)" || return 1
	same 19 "$(cfigure 1:3 qlen)" "one port to a class" &&
	same 0 "$(figure 1: drops)" "packets dropped" && balanced
}

others_decide()
{
	fresh
	nl_set "$(still)" "$(rules 6000=3)" && send_to 6001 10 -p 1:2 && send_to 6002 10 || return 1
	waiting 9 9 0 "by priority, and the default" || return 1
	nl_set "$(still)" "$(rules 6001=3)" || return 1
	waiting 9 9 0 "what a priority decided" || return 1
	tc_batch <<<"filter add dev $DEV parent 1: protocol ip u32 match u8 0 0 flowid 1:2" || return 1
	nl_set "$(still)" "$(rules 6002=3)" || return 1
	waiting 9 9 0 "what a filter may have decided" || return 1
	tc_batch <<<"filter del dev $DEV parent 1:" || return 1
	nl_set "$(still)" && nl_set "$(still)" "$(rules 6002=2)" || return 1
	waiting 0 18 0 "once it is gone"
}

# A slow class and a fast one: what came later is ready long before what waits.
town() { printf '%s\n' "link default=3 rate=1000000" "class id=1 ceil=60000 $gentle" \
	"class id=2 ceil=500000 $gentle" "class id=3 ceil=400000 delay=30000000 rate=100000 $gentle"; }

under_traffic()
{
	local i sent
	fresh
	received_in_order && receiver && nl_set "$(town)" "$(rules 6000=1 6001=2)" || return 1
	flood_start -t 600 -l 400 -f 6 -b 20000
	PORT=6001 flood_start -t 600 -l 900 -f 6 -b 20000
	for i in $(seq 5); do
		sent=$(figure 1: packets)
		optq_wait_for 10 has_sent $((sent + 60)) || return 1
		nl_set "$(town)" "$(rules 6000=2 6001=1)" || return 1
		optq_wait_for 10 has_sent $((sent + 120)) || return 1
		nl_set "$(town)" "$(rules 6000=3)" || return 1
		nl_set "$(town)" "$(rules 6000=1 6001=2)" || return 1
	done
	flood_stop
	settled 1: &&
	same 0 "$(figure 1: drops)" "packets dropped" &&
	same "$OFFERED" $(($(received received) + $(received received 6001))) "packets that arrived" &&
	same "0 0" "$(received late) $(received late 6001)" "packets that were overtaken" &&
	note "$OFFERED packets meanwhile"
}

ktap_header
ktap_plan 6
optq_require_root
optq_require_module
optq_require_tc
optq_require_kmod cls_u32
optq_setup_ns
quiet_link
optq_require_programs
log_mark

ktap_test "what waits goes where the new rules say" follows
ktap_test "leaves become inner, and the direct queue" shapes
ktap_test "what a priority or a filter decided stays" others_decide
ktap_test "under traffic: none lost, none overtaken" under_traffic
ktap_test "every packet is where it was counted" balanced
ktap_test "no warning in the kernel's log" log_clean
ktap_done
