#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A download over a link of 50:1, its acknowledgements through 400 kbit/s: what it
# reaches without an ACK filter, and with OptQ's and CAKE's, alone and beside an upload.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

DOWN=20mbit
UP=400kbit
RTT=20ms
PORT=5210
WARM=2
SECONDS_EACH=4
BLOCK=1448		# bytes that iperf3 counts at once
FULL=18900000		# of 20 Mbit/s on the wire, 19.13 of data

# The way down is the same for all: what is looked at is the way back.
way_down()
{
	tc -n "$NS_S" qdisc replace dev "$PEER" root handle 1: netem rate "$DOWN" \
		delay "$RTT" limit 200
}

optq_up()
{
	sed "s/DEV/dev $DEV/" <<-END | tc_batch
		qdisc replace DEV root handle 1: optq default 10 rate $UP $1
		class add DEV parent 1: classid 1:10 optq rate $UP
	END
}

cake_up() { tc_batch <<<"qdisc replace dev $DEV root handle 1: cake bandwidth $UP besteffort $1"; }

serve()
{
	in_s iperf3 -s -1 -D -p "$1" >/dev/null &&
	optq_wait_for 10 listens "$1"
}

listens() { in_s ss -Hnlt "sport = :$1" | grep -q .; }

# upload SECONDS: bulk data beside the acknowledgements
upload()
{
	serve $((PORT + 1)) || return 1
	optq_bg ip netns exec "$NS_C" iperf3 -c "$S4" -p $((PORT + 1)) -t "$1" >/dev/null 2>&1
}

# download NAME alone|upload: bits per second, into $TMP/NAME
download()
{
	local ok=0
	[ "$2" = alone ] || upload $((WARM + SECONDS_EACH + 4)) || return 1
	serve "$PORT" &&
	in_c iperf3 -c "$S4" -p "$PORT" -R -l "$BLOCK" -O "$WARM" -t "$SECONDS_EACH" -J >"$TMP/iperf" || ok=1
	optq_reap
	[ "$ok" = 0 ] || { jq -r '.error // empty' "$TMP/iperf"; return 1; }
	jq '.end.sum_received.bits_per_second | floor' "$TMP/iperf" >"$TMP/$1"
	note "$1: $(<"$TMP/$1") bit/s, $(dropped) acknowledgements dropped"
}

dropped()
{
	tc_c -s -j qdisc show dev "$DEV" root | jq '[.. | objects |
		(.drop_ack // empty), (.tins? // empty | .[].ack_drops)] | add // 0'
}

# run optq|cake WORD alone|upload
run()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	way_down && "$1_up" "$2" && download "$1-$2-$3" "$3"
}

bps_of() { echo $(($(<"$TMP/$1"))); }

# Both fill the link, or nearly: what is between them then is when each packet came.
as_much_as_cake()
{
	local ours theirs
	run cake "$1" "$2" && run optq "$1" "$2" || return 1
	ours=$(bps_of "optq-$1-$2") theirs=$(bps_of "cake-$1-$2")
	[ $((ours * 1000)) -ge $((theirs * 999)) ] && [ "$ours" -ge "$FULL" ] && return
	echo "OptQ $ours bit/s, CAKE $theirs, wanted at least that, and $FULL"
	return 1
}

# less_without WORD alone|upload PERCENT: below it, so it is the filter that does it
less_without()
{
	local ours without
	run optq no-ack-filter "$2" || return 1
	without=$(bps_of "optq-no-ack-filter-$2") ours=$(bps_of "optq-$1-$2")
	[ $((without * 100)) -lt $((ours * $3)) ] && return
	echo "without the filter $without bit/s, with it $ours"
	return 1
}

ktap_header
ktap_plan 6
optq_require_root
optq_require_module
optq_require_tc
optq_require_det
optq_require_cmd iperf3 jq
optq_require_kmod sch_cake sch_netem
optq_setup_ns
log_mark

ktap_test "a download reaches what it reaches under CAKE" as_much_as_cake ack-filter alone
ktap_test "without the filter, less" less_without ack-filter alone 98
ktap_test "beside an upload it reaches what it reaches under CAKE" \
	as_much_as_cake ack-filter upload
ktap_test "beside an upload, without the filter, less" less_without ack-filter upload 97
ktap_test "aggressive, beside an upload, likewise" as_much_as_cake ack-filter-aggressive upload
ktap_test "no warning in the kernel's log" log_clean
ktap_done
