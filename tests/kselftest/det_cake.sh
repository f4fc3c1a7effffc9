#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The words of tc-cake(8) mean what they mean under CAKE, to the byte, on devices whose
# packets begin with Ethernet's header, with a tag, with PPPoE's header and with IP.  It
# starts many programs, and the deterministic guest is the one where that is quick.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

# Payloads: one that an mpu fills up, and one of many cells.
SHORT=1
LONG=1010

named()
{
	cat <<-END
		conservative
		ipoa-vcmux
		ipoa-llcsnap
		bridged-vcmux
		bridged-llcsnap
		pppoa-vcmux
		pppoa-llc
		pppoe-vcmux
		pppoe-llcsnap
		pppoe-ptm
		bridged-ptm
		ethernet
		docsis
	END
}

# What has to do with the device's own header.
some()
{
	cat <<-END
		pppoe-ptm
		pppoe-llcsnap
		bridged-ptm ether-vlan
		ethernet ether-vlan ether-vlan
		docsis
		overhead -10 mpu 100 atm
		raw
		raw overhead 10 ptm
	END
}

more()
{
	cat <<-END
		raw mpu 96 overhead -14
		raw pppoe-vcmux
		overhead -20
		overhead 256 mpu 256
		mpu 64
		mpu 64 atm
		overhead 0
		overhead 0 atm
		noatm
		ptm
		conservative ether-vlan
		ether-vlan conservative
		overhead 10 pppoe-ptm
		pppoe-ptm overhead 10
	END
}

# class_of DEVICE: packets and bytes
class_of()
{
	tc_c -s class show dev "$1" classid 1:10 | awk '$1 == "Sent" { print $4, $2 }'
}

bytes_of() { local all; all=$(class_of "$1") && echo "${all#* }"; }

send_to() { send_udp 1 "$2" "$1" 9; }

# Bytes that each counts for a short and a long packet: DEVICE ADDRESS WORDS
cake_counts()
{
	# shellcheck disable=SC2086	# words
	tc_c qdisc replace dev "$1" root handle 8: cake besteffort $3 &&
	send_to "$2" "$SHORT" && send_to "$2" "$LONG" || return 1
	tc_c -s -j qdisc show dev "$1" root |
		jq -r '.[0] | "\(.min_adj_size) \(.max_adj_size)"'
}

optq_counts()
{
	local short both
	tc_batch <<-END && send_to "$2" "$SHORT" || return 1
		qdisc replace dev $1 root handle 1: optq default 10 $3
		class add dev $1 parent 1: classid 1:10 optq
	END
	short=$(bytes_of "$1") && send_to "$2" "$LONG" && both=$(bytes_of "$1") &&
	echo "$short $((both - short))"
}

# as_cake DEVICE ADDRESS < lines of words
as_cake()
{
	local dev=$1 to=$2 words cake optq bad=0 n=0
	while read -r words; do
		cake=$(cake_counts "$dev" "$to" "$words")
		optq=$(optq_counts "$dev" "$to" "$words")
		echo "$words: $cake, OptQ $optq"
		[[ $cake =~ ^[1-9][0-9]*\ [1-9][0-9]*$ ]] && [ "$cake" = "$optq" ] || bad=1
		n=$((n + 1))
	done
	tc_c qdisc del dev "$dev" root
	[ "$n" -gt 0 ] && return "$bad"
}

on_ethernet() { { named; some; more; } | as_cake "$DEV" "$S4"; }

tagged() { some | as_cake "$1" "10.82.$2.2"; }

# point_to_point NAME NET: up, and what is sent to NET.2 goes there
point_to_point()
{
	in_c sysctl -qw "net.ipv6.conf.$1.disable_ipv6=1" &&
	ip -n "$NS_C" addr add "$2.1" peer "$2.2" dev "$1" &&
	ip -n "$NS_C" link set "$1" up
}

# line NAME-OF-A-FILE ARGUMENT...: a device of line_dev's; its name goes to $LINE
line()
{
	local out=$TMP/$1
	shift
	optq_bg ip netns exec "$NS_C" "$(dirname "$UDP_LOAD")/line_dev" "$@" >"$out"
	optq_wait_for 10 test -s "$out" && LINE=$(<"$out")
}

on_tun()
{
	line tun tun tun0 && point_to_point "$LINE" 10.83.0 &&
	some | as_cake "$LINE" 10.83.0.2
}

on_pppoe()
{
	line pppoe pppoe "$DEV" "$(in_s cat "/sys/class/net/$PEER/address")" &&
	point_to_point "$LINE" 10.84.0 || return 1
	case $1 in
	above) some | as_cake "$LINE" 10.84.0.2 ;;
	below) some | as_cake "$DEV" 10.84.0.2 ;;
	esac
}

ktap_header
ktap_plan 9
optq_require_root
optq_require_module
optq_require_tc
optq_require_det
optq_require_kmod sch_cake 8021q tun pppoe
optq_setup_ns
quiet_link
optq_require_programs
log_mark
vlan tag5 5
vlan tag6 6 reorder_hdr off

ktap_test "as CAKE on Ethernet" on_ethernet
ktap_test "as CAKE on Ethernet, of tagged packets" tagged "$DEV" 5
ktap_test "as CAKE on Ethernet, with the tag in the packet" tagged "$DEV" 6
ktap_test "as CAKE on a VLAN's device" tagged tag5 5
ktap_test "as CAKE on a VLAN's device that puts in the tag" tagged tag6 6
ktap_test "as CAKE on a device of raw IP" on_tun
ktap_test "as CAKE on a PPP device" on_pppoe above
ktap_test "as CAKE on Ethernet below PPPoE" on_pppoe below
ktap_test "no warning in the kernel's log" log_clean
ktap_done
