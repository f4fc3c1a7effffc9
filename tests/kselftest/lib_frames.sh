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
#	look				what each class has sent since $TMP/was: "ID=N ..." by
#					id to $text, all of it to $sum; $TMP/now is what to
#					copy there
#	look_from_now			of a qdisc that has just been made

hex() { printf "%0$((2 * $1))x" "$2"; }
zeros() { printf "%0$((2 * $1))d" 0; }

ip4() { echo "4${6:-5}$(hex 1 "$1")$(hex 2 "$2")0001$(hex 2 "$3")40$(hex 1 "$4")0000${5}0a4d0002"; }
ip6() { echo "6$(hex 1 "$1")00000$(hex 2 "$2")$(hex 1 "$3")40${4}fd770000000000000000000000000002"; }
udp() { echo "04d2$(hex 2 "$1")00080000"; }

ETH=020000000001020000000002
# shellcheck disable=SC2034	# for the tests
A4=0a4d0001 A6=fd770000000000000000000000000001
frame() { local IFS=; echo "$ETH$*"; }
frame4() { frame 0800 "$@"; }
frame6() { frame 86dd "$@"; }

look_from_now() { echo '[]' >"$TMP/was"; }

look()
{
	tc_c -s -j class show dev "$DEV" >"$TMP/now" || return 1
	{ read -r sum; read -r text; } < <(jq -rs '
		def hex: reduce explode[] as $c (0; . * 16 + if $c > 96 then $c - 87 else $c - 48 end);
		def sent: map({ key: .handle, value: ([.. | objects | select(has("packets")) | .packets][0] // 0) });
		(.[0] | sent | from_entries) as $was |
		(.[1] | sent | map(.value -= ($was[.key] // 0) | select(.value > 0) |
			.key |= (ltrimstr("1:") | hex)) | sort_by(.key)) |
		(map(.value) | add // 0), (map("\(.key)=\(.value)") | join(" "))' "$TMP/was" "$TMP/now")
}
