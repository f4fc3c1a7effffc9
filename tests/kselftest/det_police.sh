#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Policers in exact time: to the byte, and the rates that pass, of RFC 2697, 2698 and 4115;
# act_police beside them where it can do the same; a rate for each address.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

TOLERANCE=1000	# 0.1 %
SECONDS_EACH=4

# class WORDS...: one leaf, never short of anything, with a policer
class()
{
	tc_c qdisc del dev "$DEV" root 2>/dev/null
	tc_batch <<-END
		qdisc add dev $DEV root handle 1: optq default 10
		class add dev $DEV parent 1: classid 1:10 optq rate 1gbit $GENTLE $*
	END
}

# Action police at a filter of a qdisc that holds nothing back.
act()
{
	tc_c qdisc del dev "$DEV" root 2>/dev/null
	tc_batch <<-END
		qdisc add dev $DEV root handle 1: prio
		filter add dev $DEV parent 1: protocol ip matchall action police $*
	END
}

# burst LEN...: a frame of each length, back to back
burst()
{
	local len
	for len in "$@"; do
		in_c "$UDP_LOAD" send -n 1 -l $((len - HEADERS)) "$S4" 6000 >/dev/null || return 1
	done
}

# passed WORDS LEN...: how many bytes do, at a rate so low that no byte comes
passed()
{
	local words=$1
	shift
	# shellcheck disable=SC2086
	class $words && burst "$@" || return 1
	bytes=$(cfigure 1:10 bytes)
}

# A byte less than the burst, the burst, a byte more: of one frame, and of the last.
to_the_byte()
{
	local len
	for len in 999 1000 1001; do
		passed "police cir 8bit cbs 1000" "$len" || return 1
		same $((len > 1000 ? 0 : len)) "$bytes" "bytes of a frame of $len" || return 1
		passed "police cir 8bit cbs 3000" 1000 1000 "$len" || return 1
		same $((len > 1000 ? 2000 : 2000 + len)) "$bytes" "bytes with a last frame of $len" ||
			return 1
	done
}

# What the device gets of what is under way, in bits a second.
device_rate()
{
	local before after
	# The burst is spent by then.
	sleep 2
	before=$(tx)
	sleep "$SECONDS_EACH"
	after=$(tx)
	# shellcheck disable=SC2086	# bytes and microseconds, twice
	set -- $before $after
	awk -v bytes=$(($3 - $1)) -v us=$(($4 - $2)) 'BEGIN { printf "%.0f\n", bytes * 8e6 / us }'
}

# offered PPS FRAME: for a while; what the device got of it, in bits a second
offered()
{
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -l $(($2 - HEADERS)) -r "$1" \
		"$S4" 6000 >/dev/null
	device_rate
	optq_reap
}

# shellcheck disable=SC2016	# of the shell in the namespace
tx()
{
	in_c bash -c 'cd "/sys/class/net/$0/statistics" && read -r bytes <tx_bytes &&
		echo "$bytes ${EPOCHREALTIME/./}"' "$DEV"
}

# Twice the rate is offered, in frames of some lengths.
rate_of()
{
	local frame
	for frame in 100 999 1500; do
		class "police cir 8mbit cbs 20000 $1" || return 1
		near "$2" "$(offered $((2000000 / frame)) "$frame")" "frames of $frame" || return 1
	done
}

as_act_police()
{
	local frame ours theirs
	for frame in 100 1500; do
		class police cir 8mbit cbs 20000 || return 1
		ours=$(offered $((2000000 / frame)) "$frame")
		# It counts the frame; its overhead and its rounding are 0 here.
		act rate 8mbit burst 20000 conform-exceed drop/pass || return 1
		theirs=$(offered $((2000000 / frame)) "$frame")
		near 8000000 "$ours" "OptQ, frames of $frame" || return 1
		near 8000000 "$theirs" "act_police, frames of $frame" || return 1
	done
}

# A second of silence, and what is there at once then: the burst, and no more.
burst_as_act_police()
{
	local who
	for who in class act; do
		if [ "$who" = class ]; then
			class police cir 80kbit cbs 10000 || return 1
		else
			act rate 80kbit burst 10000 conform-exceed drop/pass || return 1
		fi
		in_c "$UDP_LOAD" send -n 20 -l $((1000 - HEADERS)) "$S4" 6000 >/dev/null
		sleep 2
		before=$(tx)
		in_c "$UDP_LOAD" send -n 20 -l $((1000 - HEADERS)) "$S4" 6000 >/dev/null
		after=$(tx)
		same 10000 $((${after% *} - ${before% *})) "bytes at once, $who" || return 1
	done
}

# Each of four addresses has its rate; a fifth that asks for less has what it asks for.
each_address()
{
	local i rate
	class police each dst-host 2mbit cbs 20000 || return 1
	for i in 1 2 3 4 5; do
		neighbour_of "${S4%.*}.$((100 + i))" || return 1
		optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -l $((1000 - HEADERS)) \
			-r $((i == 5 ? 100 : 500)) "${S4%.*}.$((100 + i))" 6000 >/dev/null
	done
	rate=$(device_rate)
	optq_reap
	near 8800000 "$rate" "five addresses together"
}

neighbour_of() { in_c ip neigh replace "$1" lladdr 02:00:00:00:00:01 dev "$DEV" nud permanent; }

ktap_header
ktap_plan 8
optq_require_root
optq_require_det
optq_require_module
optq_require_tc
optq_require_cmd jq
optq_require_kmod dummy act_police cls_matchall
det_dummy
optq_require_programs
neighbour_of "$S4"

ktap_test "to the byte" to_the_byte
ktap_test "RFC 2697: the rate" rate_of "" 8000000
ktap_test "RFC 2697: the excess adds no rate" rate_of "ebs 50000" 8000000
ktap_test "RFC 2698: green is cir, all is pir" rate_of "pir 12mbit pbs 20000" 12000000
ktap_test "RFC 4115: green and yellow add up" rate_of "eir 3mbit ebs 20000" 11000000
ktap_test "rates as act_police's" as_act_police
ktap_test "a burst as act_police's" burst_as_act_police
ktap_test "each address" each_address
ktap_done
