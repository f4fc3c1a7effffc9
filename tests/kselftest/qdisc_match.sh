#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What rules read of a packet, also of one that is cut short, malformed or nested: a
# right class or the default, and never what is behind the packet's end.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"
. "$OPTQ_HERE/lib_frames.sh"

# Classes, by what leads to them; the first that holds.
REST=1 TAGGED=2 DNS=3 NOPORT=4 ECHO=5 LOST=6 NET=7 EF=8 CE=9 OWNER=10 CG=11 CT=12 MARKED=13

# Fields: see enum optq_field.
rules()
{
	cat <<-END
		link rate=1250000000 default=1
		$(for ((i = 1; i <= 13; i++)); do echo "class id=$i"; done)
		dim field=9
		dim field=10
		dim field=2
		dim field=6
		dim field=16
		dim field=17
		dim field=1
		dim field=3
		dim field=7
		dim field=8
		dim field=14
		dim field=15 param=1
		dim field=12 param=0xff
		dim field=11 param=0xf0
		set words=1 ranges=7,7
		set words=1 ranges=5,5
		set words=1 ranges=17,17
		set words=1 ranges=53,60
		set words=1 ranges=0,65535
		set words=1 ranges=8,8
		set words=1 ranges=128,128
		set words=1 ranges=0,255
		set words=1 ranges=6,6
		set words=4 ranges_v4=0x0a090000,0x0a09ffff ranges=0x20010db8,0,0,0,0x20010db8,0xffffffff,0xffffffff,0xffffffff
		set words=1 ranges=46,46
		set words=1 ranges=3,3
		set words=1 ranges=4242,4242
		set words=2 ranges=$((CGROUP >> 32)),$((CGROUP & 0xffffffff)),$((CGROUP >> 32)),$((CGROUP & 0xffffffff))
		set words=1 ranges=9,9
		set words=1 ranges=0x30,0x40
		rule class=$TAGGED terms=0:0,1:1
		rule class=$OWNER terms=12:10
		rule class=$CG terms=13:11
		rule class=$CT terms=14:12
		rule class=$MARKED terms=15:13
		rule class=$DNS terms=2:2,3:3
		rule class=$ECHO terms=5:4 terms=6:5
		rule class=$NOPORT terms=2:2,4!3
		rule class=$LOST terms=8:6,7!2
		rule class=$NET terms=9:7
		rule class=$EF terms=10:8
		rule class=$CE terms=11:9
	END
}

load()
{
	rules | in_c "$OPTQ_NL" set "$DEV" >"$TMP/set" || { cat "$TMP/set"; return 1; }
}

out() { look && [ "$sum" -ge "$1" ]; }

# counted WANT COUNT WHAT: so many packets went to the classes that WANT says
counted()
{
	optq_wait_for 10 out "$2"
	cp "$TMP/now" "$TMP/was"
	same "$1" "$text" "$3"
}

# goes CLASS WHAT FRAME...: each of them to the class, and no other
goes()
{
	local class=$1 what=$2
	shift 2
	printf '%s\n' "$@" | in_c "$FRAME_SEND" "$DEV" || return 1
	counted "$class=$#" $# "$what"
}

load_fresh()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	in_c tc qdisc add dev "$DEV" root handle 1: optq && load && look_from_now
}

bad=0
also() { "$@" || bad=1; }

whole()
{
	local u
	load_fresh || return 1
	u=$(udp 53)
	also goes $DNS "UDP of both families" "$(frame4 "$(ip4 0 28 0 17 $A4)$u")" \
		"$(frame6 "$(ip6 0 8 17 $A6)$u")" "$(frame4 "$(ip4 0 28 0x2000 17 $A4)$u")"
	also goes $ECHO "echo of both families" "$(frame4 "$(ip4 0 28 0 1 $A4)0800000000000000")" \
		"$(frame6 "$(ip6 0 8 58 $A6)8000000000000000")"
	also goes $REST "one's type under the other" \
		"$(frame4 "$(ip4 0 28 0 58 $A4)8000000000000000")" \
		"$(frame6 "$(ip6 0 8 1 $A6)0800000000000000")"
	also goes $NET "both families by source" "$(frame4 "$(ip4 0 20 0 6 0a09ff01)")" \
		"$(frame6 "$(ip6 0 0 59 20010db8000000000000000000000001)")"
	also goes $EF "DSCP" "$(frame4 "$(ip4 184 20 0 6 $A4)")" "$(frame6 "$(ip6 184 0 59 $A6)")"
	also goes $CE "ECN" "$(frame4 "$(ip4 3 20 0 6 $A4)")"
	also goes $REST "neither IP" "${ETH}0806$(zeros 28)" "${ETH}88b5$(ip4 184 20 0 6 $A4)"
	return $bad
}

# cut_short FRAME HEX HEADER: its bytes up to each, a header of so many and one of UDP; a class
# by whether the header is whole, and the ports
cut_short()
{
	local frame=$1 all=$2 header=$3 i part rest=() noport=() dns=()
	load_fresh || return 1
	for ((i = 0; i <= header + 8; i++)); do
		part=$("$frame" "${all:0:$((2 * i))}")
		if [ $i -lt "$header" ]; then rest+=("$part")
		elif [ $i -lt $((header + 4)) ]; then noport+=("$part")
		else dns+=("$part"); fi
	done
	also goes $REST "less than a header" "${rest[@]}"
	also goes $NOPORT "a header without ports" "${noport[@]}"
	also goes $DNS "with ports" "${dns[@]}"
	return $bad
}

cut_ipv4() { cut_short frame4 "$(ip4 0 28 0 17 "$A4")$(udp 53)" 20; }
cut_ipv6() { cut_short frame6 "$(ip6 0 8 17 "$A6")$(udp 53)" 40; }

# What the header says of itself does not hold.
bogus()
{
	local u ihl rest=()
	load_fresh || return 1
	u=$(udp 53)
	for ihl in 0 1 2 3 4; do rest+=("$(frame4 "$(ip4 0 28 0 17 $A4 $ihl)$u")"); done
	also goes $REST "a header shorter than a header" "${rest[@]}" \
		"${ETH}0800$(ip6 184 8 17 $A6)" "${ETH}86dd$(ip4 184 28 0 17 $A4)$u"
	also goes $NOPORT "a header longer than the packet" "$(frame4 "$(ip4 0 28 0 17 $A4 f)$u")" \
		"$(frame4 "$(ip4 0 28 0 17 $A4 7)$u")"
	also goes $DNS "options" "$(frame4 "$(ip4 0 32 0 17 $A4 6)01010101$u")"
	also goes $NOPORT "ports in the padding" "$(frame4 "$(ip4 0 20 0 17 $A4)$u")" \
		"$(frame4 "$(ip4 0 23 0 17 $A4)$u")" "$(frame6 "$(ip6 0 3 17 $A6)$u")"
	also goes $NOPORT "later fragments" "$(frame4 "$(ip4 0 28 0x2001 17 $A4)$u")" \
		"$(frame4 "$(ip4 0 28 1 17 $A4)$u")" \
		"$(frame6 "$(ip6 0 16 44 $A6)1100000800000001$u")"
	also goes $DNS "a first fragment of IPv6" "$(frame6 "$(ip6 0 16 44 $A6)1100000100000001$u")"
	also goes $REST "echo without a type" "$(frame4 "$(ip4 0 20 0 1 $A4)")" \
		"$(frame4 "$(ip4 0 20 0 1 $A4)08")" "$(frame6 "$(ip6 0 0 58 $A6)")"
	return $bad
}

# chain N [LAST]: N headers of options before UDP, or before LAST
chain()
{
	local i out=
	for ((i = 1; i < $1; i++)); do out+="3c00010400000000"; done
	[ "$1" = 0 ] || out+="${2:-11}00010400000000"
	echo "$out"
}

extended()
{
	local u n dns=() lost=()
	load_fresh || return 1
	u=$(udp 53)
	for n in 1 2 15 16; do
		dns+=("$(frame6 "$(ip6 0 $((8 * n + 8)) 60 $A6)$(chain $n)$u")")
	done
	# One more than is followed, a deep one, and as deep as a frame can be.
	for n in 17 60 180; do
		lost+=("$(frame6 "$(ip6 0 $((8 * n + 8)) 60 $A6)$(chain $n)$u")")
	done
	also goes $DNS "up to 16 headers" "${dns[@]}" \
		"$(frame6 "$(ip6 0 32 51 $A6)1104000000000000$(zeros 16)$u")" \
		"$(frame6 "$(ip6 0 32 0 $A6)2b00010400000000""1101000000000000$(zeros 8)$u")"
	also goes $LOST "more" "${lost[@]}"
	n=$(chain 3)
	also goes $LOST "a chain that is cut" "$(frame6 "$(ip6 0 32 60 $A6)")" \
		"$(frame6 "$(ip6 0 32 60 $A6)3c")" "$(frame6 "$(ip6 0 32 60 $A6)${n:0:34}")" \
		"$(frame6 "$(ip6 0 16 44 $A6)1100")" \
		"$(frame6 "$(ip6 0 16 44 $A6)3c00000800000001$u")"
	also goes $NOPORT "a header longer than the packet" \
		"$(frame6 "$(ip6 0 16 60 $A6)11ff010400000000$u")"
	return $bad
}

tagged()
{
	local ip tag=8100a007 other=81006009
	load_fresh || return 1
	ip="0800$(ip4 0 28 0 17 $A4)$(udp 53)"
	also goes $TAGGED "a tag in the frame" "$ETH$tag$ip" "${ETH}88a8a007$ip" \
		"$ETH$tag$other$ip" "$ETH$tag$tag$tag$ip" "$ETH$tag"
	also goes $DNS "another tag outside of it" "$ETH$other$ip" "$ETH$other$tag$ip"
	also goes $REST "a tag that is cut" "${ETH}8100" "${ETH}8100a0"
	return $bad
}

socket_owner()
{
	command -v setpriv >/dev/null || { echo "no setpriv"; return 1; }
	load_fresh || return 1
	in_c setpriv --reuid 4242 --clear-groups "$UDP_LOAD" send -n 20 "$S4" 6000 >/dev/null &&
	in_c "$UDP_LOAD" send -n 5 "$S4" 6000 >/dev/null &&
	counted "$REST=5 $OWNER=20" 25 "by owner"
}

# Of the class is what is below it, at any depth.
cgroup()
{
	grep -qw cgroup_sk_alloc /proc/kallsyms ||
		{ echo "this kernel knows no cgroup of a socket"; exit "$KSFT_SKIP"; }
	[ -n "$CGROUP_DIR" ] || { echo "no cgroup2"; return 1; }
	load_fresh || return 1
	( echo $BASHPID >"$CGROUP_DIR/one/two/cgroup.procs" &&
	  in_c "$UDP_LOAD" send -n 20 "$S4" 6000 >/dev/null ) &&
	( echo $BASHPID >"$CGROUP_DIR/other/cgroup.procs" &&
	  in_c "$UDP_LOAD" send -n 7 "$S4" 6000 >/dev/null ) &&
	in_c "$UDP_LOAD" send -n 5 "$S4" 6000 >/dev/null &&
	counted "$REST=12 $CG=20" 32 "by cgroup"
}

marks()
{
	load_fresh || return 1
	tc_batch <<-END || return 1
		qdisc add dev $DEV clsact
		filter add dev $DEV egress protocol ip flower ip_proto udp dst_port 6001 action ct commit mark 0x109
		filter add dev $DEV egress protocol ip flower ip_proto udp dst_port 6002 action skbedit mark 0x13f
		filter add dev $DEV egress protocol ip flower ip_proto udp dst_port 6003 action skbedit mark 0x5f
	END
	in_c "$UDP_LOAD" send -n 20 "$S4" 6001 >/dev/null &&
	in_c "$UDP_LOAD" send -n 6 "$S4" 6002 >/dev/null &&
	in_c "$UDP_LOAD" send -n 4 "$S4" 6003 >/dev/null &&
	counted "$REST=4 $CT=20 $MARKED=6" 30 "by mark"
	local rc=$?
	in_c tc qdisc del dev "$DEV" clsact
	return $rc
}

# A rule's hits are its packets, and it says where it stands.
hits()
{
	load_fresh || return 1
	printf '%s\n' "link default=1" "class id=1" "class id=2" "dim field=7" \
		"set words=1 ranges=46,46" "rule class=2 terms=0:0 where=a.yaml:9 text=dscp_ef" |
		in_c "$OPTQ_NL" set "$DEV" >/dev/null || return 1
	printf '%s\n' "$(frame4 "$(ip4 184 20 0 6 $A4)")" "$(frame4 "$(ip4 184 20 0 6 $A4)")" \
		"$(frame4 "$(ip4 0 20 0 6 $A4)")" | in_c "$FRAME_SEND" "$DEV" || return 1
	in_c "$OPTQ_NL" rules "$DEV" >"$TMP/rules" || return 1
	note "$(cat "$TMP/rules")"
	grep -q "$(printf 'a.yaml:9' | od -An -tx1 | tr -d ' \n')" "$TMP/rules" &&
	grep -q "$(printf 'dscp_ef' | od -An -tx1 | tr -d ' \n')" "$TMP/rules" &&
	grep -q 0200000000000000 "$TMP/rules"
}

CGROUP=1 CGROUP_DIR=
cgroup_make()
{
	mkdir -p "$TMP/cgroup" && mount -t cgroup2 none "$TMP/cgroup" || return
	CGROUP_DIR=$TMP/cgroup
	mkdir -p "$CGROUP_DIR/one/two" "$CGROUP_DIR/other" &&
	CGROUP=$(stat -c %i "$CGROUP_DIR/one")
}

cgroup_end()
{
	[ -z "$CGROUP_DIR" ] && return
	rmdir "$CGROUP_DIR"/one/two "$CGROUP_DIR"/one "$CGROUP_DIR"/other
	umount "$CGROUP_DIR"
}

ktap_header
ktap_plan 12
optq_require_root
optq_require_module
optq_require_tc
optq_require_kmod act_ct act_skbedit cls_flower
optq_setup_ns
quiet_link
optq_require_programs
cgroup_make
log_mark

ktap_test "whole packets" whole
ktap_test "IPv4, cut at each byte" cut_ipv4
ktap_test "IPv6, cut at each byte" cut_ipv6
ktap_test "headers that say what is not so, and fragments" bogus
ktap_test "chains of extension headers" extended
ktap_test "VLAN tags, nested" tagged
ktap_test "the socket's owner" socket_owner
ktap_test "the socket's cgroup" cgroup
ktap_test "marks of the packet and of the connection" marks
ktap_test "hits, and where a rule stands" hits
ktap_test "every packet is where it was counted" balanced
ktap_test "no warning in the kernel's log" log_clean
cgroup_end
ktap_done
