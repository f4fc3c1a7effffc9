#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Link layers: the packets that leave, counted at the device, take as much of a wire
# with that overhead as the rate says, to 0.1 %: packets, super-packets that are split
# and that are not, tagged packets; under OptQ, and under CAKE and HTB with their words.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

TOLERANCE=1000
SECONDS_EACH=2
SETTLE_TIME=0.6
ETHERNET=14
TAGGED=10.82.5.2

# keyword OVERHEAD MPU CELLS
layers()
{
	cat <<-END
		pppoe-llcsnap 40 0 atm
		ipoa-vcmux 8 0 atm
		pppoe-ptm 30 0 ptm
		docsis 18 64 none
		ethernet 38 84 none
	END
}

# on_wire BYTES OVERHEAD MPU CELLS
on_wire()
{
	local len=$(($1 + $2))
	[ "$len" -ge "$3" ] || len=$3
	# shellcheck disable=SC2017	# cells are whole
	case $4 in
	atm) echo $(((len + 47) / 48 * 53)) ;;
	ptm) echo $((len + (len + 63) / 64)) ;;
	*) echo "$len" ;;
	esac
}

# Packets and bytes that the device got, and when, in microseconds: just after a packet,
# so that none is counted in part.  What is read at two times, because somebody else had
# the CPU, is read again.
# shellcheck disable=SC2016	# of the shell in the namespace
SAMPLE='cd "/sys/class/net/$0/statistics" || exit 1
read -r before <tx_packets
for _ in {1..10000}; do
	t=${EPOCHREALTIME/./}
	read -r packets <tx_packets
	read -r bytes <tx_bytes
	now=${EPOCHREALTIME/./}
	[ "$packets" != "$before" ] && [ $((now - t)) -le 200 ] && break
done
echo "$packets $bytes $now"'

tx() { in_c bash -c "$SAMPLE" "$DEV"; }

# of_length LEN PACKETS BYTES: one may have gone between the two being read, at both ends
of_length()
{
	local off=$(($3 - $1 * $2))
	[ "$2" -gt 100 ] && [ "${off#-}" -le $((2 * $1)) ] && return
	echo "$2 packets of $1 bytes, and $3 bytes"
	return 1
}

# goes_out RATE LEN EACH WHAT ADDRESS SENDER-OPTION...: packets of LEN bytes leave the
# device, EACH bytes of the wire in each
goes_out()
{
	local rate=$1 len=$2 each=$3 what=$4 to=$5 from now packets bytes got
	shift 5
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -f 4 "$@" "$to" 6000 >/dev/null
	sleep "$SETTLE_TIME"
	read -ra from < <(tx)
	sleep "$SECONDS_EACH"
	read -ra now < <(tx)
	optq_reap
	optq_pids=()
	packets=$((now[0] - from[0])) bytes=$((now[1] - from[1]))
	of_length "$len" "$packets" "$bytes" || return 1
	got=$((bytes * each * 8000000 / len / (now[2] - from[2])))
	near "$rate" "$got" "$what"
}

root() { in_c tc qdisc del dev "$DEV" root 2>/dev/null; tc_c qdisc add dev "$DEV" root "$@"; }

# The two that are compared: rate, words, and whether super-packets are to stay whole.
optq_root()
{
	local whole=()
	[ "$3" = whole ] && whole=(burst 200k)
	# shellcheck disable=SC2086	# words
	root handle 1: optq rate "${1}bit" "${whole[@]}" $2
}

cake_root()
{
	local gso=split-gso
	[ "$3" = whole ] && gso=no-split-gso
	# shellcheck disable=SC2086
	root cake besteffort bandwidth "${1}bit" $gso $2
}

# Short frames are many: less of them.
rate_of() { echo $(($1 > 1000 ? 20000000 : 5000000)); }

# single KIND KEYWORD FRAME EACH
single()
{
	local rate
	rate=$(rate_of "$3")
	"$1_root" "$rate" "$2" split &&
	goes_out "$rate" "$3" "$4" "$1 $2, frames of $3 bytes" "$S4" -l $(($3 - HEADERS))
}

# supers KIND KEYWORD FRAME EACH SEGMENTS split|whole
supers()
{
	local rate=25000000 len=$3 each=$4
	# A super-packet has the headers once.
	[ "$6" = whole ] && len=$(($5 * ($3 - HEADERS) + HEADERS)) each=$(($5 * $4))
	"$1_root" "$rate" "$2" "$6" &&
	goes_out "$rate" "$len" "$each" "$1 $2, $5 segments of $3 bytes, $6" "$S4" \
		-l $(($3 - HEADERS)) -g "$5"
}

packets_hold()
{
	local keyword wire frame
	while read -r keyword wire; do
		for frame in 1514 58; do
			# shellcheck disable=SC2086
			single "$1" "$keyword" "$frame" \
				"$(on_wire $((frame - ETHERNET)) $wire)" || return 1
		done
	done < <(layers)
}

# KIND SEGMENTS split|whole
supers_hold()
{
	local keyword wire
	while read -r keyword wire; do
		# shellcheck disable=SC2086
		supers "$1" "$keyword" 300 "$(on_wire $((300 - ETHERNET)) $wire)" "$2" "$3" ||
			return 1
	done < <(layers)
}

# The device puts the tag in after the qdisc; the wire has it, and the words say so.
tagged_hold()
{
	local keyword wire frame rate
	while read -r keyword wire; do
		for frame in 1514 58; do
			rate=$(rate_of "$frame")
			# shellcheck disable=SC2086
			"$1_root" "$rate" "$keyword ether-vlan" split &&
			goes_out "$rate" $((frame + 4)) \
				"$(on_wire $((frame - ETHERNET + 4)) $wire)" \
				"$1 $keyword ether-vlan, tagged frames of $frame bytes" \
				$TAGGED -l $((frame - HEADERS)) || return 1
		done
	done < <(layers | grep -e ethernet -e ptm)
}

# KIND: HTB counts on top of what the device counts.
htb_words_hold()
{
	local frame rate
	for frame in 1514 58; do
		rate=$(rate_of "$frame")
		root handle 1: "$1" default 10 &&
		tc_c class add dev "$DEV" parent 1: classid 1:10 "$1" rate "${rate}bit" \
			ceil "${rate}bit" overhead 10 mpu 97 linklayer atm &&
		goes_out "$rate" "$frame" "$(on_wire "$frame" 10 97 atm)" \
			"$1 overhead 10 mpu 97 linklayer atm, frames of $frame bytes" \
			"$S4" -l $((frame - HEADERS)) || return 1
	done
}

# A class that counts otherwise than the link.
class_holds()
{
	local rate=5000000
	root handle 1: optq default 10 pppoe-ptm &&
	tc_c class add dev "$DEV" parent 1: classid 1:10 optq rate "${rate}bit" \
		ceil "${rate}bit" pppoe-llcsnap &&
	goes_out "$rate" 114 "$(on_wire 100 40 0 atm)" \
		"class with pppoe-llcsnap below a link with pppoe-ptm" "$S4" -l 72
}

# What all of it is for; and the measure tells the wrong from the right.
wrong_word_overruns()
{
	local rate=5000000
	root handle 1: optq rate "${rate}bit" raw || return 1
	goes_out "$rate" 58 "$(on_wire 44 40 0 atm)" "raw, on a wire of pppoe-llcsnap" \
		"$S4" -l 16 >"$TMP/wrong"
	cat "$TMP/wrong"
	grep -q 'error +[1-9][0-9][0-9.]* %' "$TMP/wrong"
}

add_vlan()
{
	ip -n "$NS_C" link add link "$DEV" name tag5 type vlan id 5 &&
	in_c sysctl -qw net.ipv6.conf.tag5.disable_ipv6=1 &&
	ip -n "$NS_C" addr add "${TAGGED%.*}.1/24" dev tag5 &&
	ip -n "$NS_C" link set tag5 up && return
	echo "Bail out! no VLAN over the dummy device"
	exit 1
}

ktap_header
ktap_plan 13
optq_require_root
optq_require_module
optq_require_tc
optq_require_det
optq_require_kmod dummy 8021q sch_cake sch_htb
optq_require_programs
det_dummy
add_vlan

for kind in optq cake; do
	ktap_test "$kind: the wire has what the rate says" packets_hold $kind
	ktap_test "$kind: super-packets, split" supers_hold $kind 15 split
	ktap_test "$kind: super-packets, whole" supers_hold $kind 5 whole
	ktap_test "$kind: tagged packets" tagged_hold $kind
done
ktap_test "optq: HTB's words" htb_words_hold optq
ktap_test "htb: HTB's words" htb_words_hold htb
ktap_test "optq: a class of its own kind" class_holds
ktap_test "the wrong word overruns the wire" wrong_word_overruns
ktap_test "the device is free of it all" in_c tc qdisc del dev "$DEV" root
ktap_done
