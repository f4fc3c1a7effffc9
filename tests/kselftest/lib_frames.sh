# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Frames in hex for frame_send, and where they went.  Sourced behind lib_qdisc.sh.
#	hex BYTES NUMBER, zeros BYTES
#	ip4 TOS TOTLEN FRAG PROTO SOURCE [IHL]	a header of 20 bytes to 10.77.0.2, its sum
#					not right
#	ip6 TCLASS LENGTH NEXT SOURCE	likewise, to fd77::2
#	udp PORT			a header, from port 1234
#	frame4 HEX..., frame6 HEX...	Ethernet before it
#	$A4 $A6				10.77.0.1, fd77::1
#	counted				packets of each class that has any: ID=N ...

hex() { printf "%0$((2 * $1))x" "$2"; }
zeros() { printf "%0$((2 * $1))d" 0; }

ip4() { echo "4${6:-5}$(hex 1 "$1")$(hex 2 "$2")0001$(hex 2 "$3")40$(hex 1 "$4")0000${5}0a4d0002"; }
ip6() { echo "6$(hex 1 "$1")00000$(hex 2 "$2")$(hex 1 "$3")40${4}fd770000000000000000000000000002"; }
udp() { echo "04d2$(hex 2 "$1")00080000"; }

ETH=020000000001020000000002
# shellcheck disable=SC2034	# for the tests
A4=0a4d0001 A6=fd770000000000000000000000000001
frame4() { echo "${ETH}0800$*" | tr -d ' '; }
frame6() { echo "${ETH}86dd$*" | tr -d ' '; }

counted()
{
	local id n out=
	while read -r id n; do
		out+="$((16#${id#1:}))=$n "
	done < <(tc_c -s -j class show dev "$DEV" | jq -r '.[] | [.handle, ([.. | objects |
		select(has("packets")) | .packets][0] // 0)] | select(.[1] > 0) | join(" ")' |
		sort -t: -k2,2 | awk '{ print length($1), $0 }' | sort -n -s -k1,1 | cut -d' ' -f2-)
	echo "${out% }"
}
