#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Link layers: a super-packet counts as its segments do, on any of them; they change
# under traffic; a delay that has no room for a longer packet is kept.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

# class_of DEVICE: packets and bytes
class_of()
{
	tc_c -s class show dev "$1" classid 1:10 | awk '$1 == "Sent" { print $4, $2 }'
}

offloads()
{
	local feature
	for feature in gso tso tx-udp-segmentation; do
		in_c ethtool -K "$1" "$feature" "$2" >/dev/null 2>&1
	done
}

# Whole super-packets: the class's ceiling lets them pass.
whole_tree()
{
	tc_c qdisc del dev "$1" root 2>/dev/null
	# shellcheck disable=SC2086
	tc_batch <<-END
		qdisc add dev $1 root handle 1: optq default 10
		class add dev $1 parent 1: classid 1:10 optq rate 1gbit $2 $GENTLE
	END
}

# supers DEVICE ADDRESS PAYLOAD SEGMENTS WORDS EACH: of a packet on the wire
supers()
{
	offloads "$1" on
	offloads tag5 on
	whole_tree "$1" "$5" || return 1
	in_c "$UDP_LOAD" send -n $((10 * $4)) -l "$3" -g "$4" "$2" 6000 || return 1
	optq_wait_for 10 drained || return 1
	same "10 $((10 * $4 * $6))" "$(class_of "$1")" "super-packets and bytes"
}

# TCP's segments are of many lengths.  The qdisc counts them with Ethernet's header for
# each, as the kernel does, and so does the class when that is its overhead.
tcp()
{
	local root class packets
	offloads "$DEV" on
	whole_tree "$DEV" "overhead 14 noatm" || return 1
	head -c 3000000 /dev/urandom >"$TMP/sent"
	optq_bg ip netns exec "$NS_S" iperf3 -s -1 -B "$1" >/dev/null
	optq_wait_for 10 in_s_listens || return 1
	in_c iperf3 -c "$1" -F "$TMP/sent" -n 3000000 >"$TMP/iperf3" 2>&1 ||
		{ cat "$TMP/iperf3"; return 1; }
	optq_wait_for 10 no_backlog
	read -r packets class < <(class_of "$DEV")
	root=$(figure 1: bytes)
	echo "$packets super-packets of $(figure 1: packets) segments, $root bytes"
	# Some were super-packets, or there was nothing to see.
	[ $((packets + 100)) -lt "$(figure 1: packets)" ] &&
	[ "$root" -gt 3000000 ] && same "$root" "$class" "bytes of the class"
}

in_s_listens() { in_s ss -Hnlt "sport = :5201" | grep -q .; }

tcp6()
{
	local ns dev
	for ns in "$NS_C" "$NS_S"; do
		[ "$ns" = "$NS_C" ] && dev=$DEV || dev=$PEER
		ip netns exec "$ns" sysctl -qw "net.ipv6.conf.$dev.disable_ipv6=0" || return 1
	done
	ip -n "$NS_C" addr replace "$C6/64" dev "$DEV" nodad &&
	ip -n "$NS_S" addr replace "$S6/64" dev "$PEER" nodad && tcp "$S6"
}

# The qdisc counts segments as sent, the class what came: super-packets.
class_balanced()
{
	local bad
	bad=$(balanced | grep -v '^qdisc 1:')
	[ -z "$bad" ] && return
	echo "$bad"
	return 1
}

# Each packet counts by what was in force when it came, and no count is lost.
changes_under_traffic()
{
	local i words class=(conservative raw inherit pppoe-ptm "overhead 4 mpu 64")
	local link=("overhead 9" "raw overhead 9 atm" raw)
	offloads "$DEV" on
	whole_tree "$DEV" "" && receiver || return 1
	flood_start -l 1000 -g 10 -f 8
	flood_start -l 200 -f 8
	for i in {1..40}; do
		read -ra words <<<"${class[i % 5]}"
		tc_c class change dev "$DEV" classid 1:10 optq "${words[@]}" || return 1
		read -ra words <<<"${link[i % 3]}"
		tc_c qdisc change dev "$DEV" root handle 1: optq "${words[@]}" || return 1
	done
	flood_stop
	[ "$(received received)" -gt 0 ] && optq_wait_for 15 no_backlog && class_balanced
}

# A longer packet is a longer burst, for which a delay may have no room.
delays_are_kept()
{
	local least
	tc_c qdisc del dev "$DEV" root 2>/dev/null
	tc_batch <<-END || return 1
		qdisc add dev $DEV root handle 1: optq rate 8mbit
		class add dev $DEV parent 1: classid 1:10 optq rate 4mbit
		class add dev $DEV parent 1: classid 1:20 optq rate 1mbit
	END
	for least in {10..80}00us none; do
		set_class 10 delay "$least" 2>/dev/null && break
	done
	[ "$least" != none ] || { echo "no delay was accepted"; return 1; }
	refused delay set_class 10 conservative &&
	refused delay set_class 20 conservative &&
	refused delay set_link conservative &&
	set_class 10 delay 100ms && set_class 20 conservative &&
	refused delay set_class 10 delay "$least" &&
	set_class 20 inherit && set_class 10 delay "$least" &&
	set_class 10 delay 100ms && set_class 20 conservative &&
	tc_c class del dev "$DEV" classid 1:20 && set_class 10 delay "$least"
}

set_class() { local id=$1; shift; tc_c class change dev "$DEV" classid "1:$id" optq "$@"; }
set_link() { tc_c qdisc change dev "$DEV" root handle 1: optq "$@"; }

ktap_header
ktap_plan 10
optq_require_root
optq_require_module
optq_require_tc
optq_require_cmd iperf3
optq_require_kmod 8021q
optq_setup_ns
quiet_link
optq_require_programs
log_mark
vlan tag5 5

# 28 bytes of UDP and IP; 1000 + 28 + 40 are 23 cells, with Ethernet's 14 too.
ktap_test "super-packets: overhead of each segment" \
	supers "$DEV" "$S4" 1000 20 "overhead 30 noatm" $((1028 + 30))
ktap_test "super-packets: cells of each segment" \
	supers "$DEV" "$S4" 1000 20 pppoe-llcsnap $((23 * 53))
ktap_test "super-packets: mpu of each segment" supers "$DEV" "$S4" 16 40 ethernet 84
ktap_test "super-packets: on top of the device's length" \
	supers "$DEV" "$S4" 1000 20 "overhead 4 linklayer atm" $((22 * 53))
ktap_test "super-packets with a tag" \
	supers "$DEV" 10.82.5.2 1000 20 "ethernet ether-vlan" $((1028 + 42))
ktap_test "super-packets of TCP, IPv4" tcp "$S4"
ktap_test "super-packets of TCP, IPv6" tcp6
ktap_test "a longer packet that a delay has no room for" delays_are_kept
ktap_test "changes under traffic" changes_under_traffic
ktap_test "no warning in the kernel's log" log_clean
ktap_done
