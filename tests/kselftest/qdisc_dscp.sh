#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The DSCP that packets leave with, as it is on the wire: ECN untouched, checksums
# right, behind VLAN tags, of super-packets whole; changed under traffic without a
# loss; CAKE's wash beside it.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

EF=46
ALL_TOS=$(seq 0 255)
VLAN=wan0.10
LOOSE=wan0.11

tree()
{
	OFFERED=0
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	sed "s/DEV/dev $DEV/" | tc_batch
}

# One leaf, with so much of everything that nothing waits long.
leaf()
{
	tree <<-END
		qdisc add DEV root handle 1: optq default 10 $2
		class add DEV parent 1: classid 1:10 optq rate 1gbit $GENTLE $1
	END
}

# hear COUNT: a receiver of so many, what comes goes to $TMP/wire
hear()
{
	rm -f "$TMP/wire"
	optq_bg ip netns exec "$NS_S" "$DSCP_WIRE" recv "$PEER" 60 "$1" >"$TMP/wire"
	hearing=$!
	optq_wait_for 10 grep -qs listening "$TMP/wire" || { echo "no receiver"; return 1; }
}

say() { in_c "$DSCP_WIRE" send "$@"; }

heard() { wait "$hearing"; sed -i 1d "$TMP/wire"; }

# wire COUNT DEVICE FAMILY TAGS CUT TOS...: what came, in $TMP/wire
wire()
{
	hear "$1" || return 1
	shift
	say "$@" && heard
}

# want FAMILY TAGS DSCP TOS...: each as it is to come; DSCP -: the one it had
want()
{
	local family=$1 tags=$2 dscp=$3 tos sum=
	shift 3
	[ "$family" = 4 ] && sum=" csum good"
	for tos in "$@"; do
		[ "$dscp" = - ] || tos=$((dscp << 2 | (tos & 3)))
		echo "ip $family tags $tags tos $tos$sum"
	done >"$TMP/want"
	diff "$TMP/want" "$TMP/wire" >"$TMP/diff" && return
	echo "what came differs from what was to come:"
	head -20 "$TMP/diff"
	return 1
}

# all FAMILY DSCP: every DSCP with every ECN; all but four of them are changed
all()
{
	# shellcheck disable=SC2086
	wire 256 "$DEV" "$1" 0 0 $ALL_TOS && want "$1" 0 "$2" $ALL_TOS || return 1
	same 252 "$(class_figure 1:10 dscp_changed)" "packets changed, of the class" &&
	same 252 "$(link_figure dscp_changed)" "packets changed, of the link" &&
	same 0 "$(link_figure dscp_failed)" "packets that could not be"
}

set_to() { leaf "dscp $2" && all "$1" "$3"; }

# Alone and by the link, for a class that says nothing, and what no class takes.
washed() { leaf "" wash && all "$1" 0; }

direct()
{
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq wash
	END
	wire 3 "$DEV" 4 0 0 184 185 3 && want 4 0 0 184 185 3 &&
	same 2 "$(link_figure dscp_changed)" "packets changed"
}

# As they came, byte by byte: a class may say so below what the link says.
left_alone()
{
	leaf "$1" "$2" || return 1
	# shellcheck disable=SC2086
	wire 256 "$DEV" 4 0 0 $ALL_TOS && want 4 0 - $ALL_TOS &&
	same 0 "$(link_figure dscp_changed)" "packets changed"
}

inherited()
{
	local i=0 want=(46 10 0 46)
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq default 10 dscp ef
		class add DEV parent 1: classid 1:1 optq rate 1gbit
		class add DEV parent 1:1 classid 1:10 optq rate 1mbit
	END
	for words in "classid 1:1 optq dscp inherit" "classid 1:1 optq dscp af11" \
		     "classid 1:10 optq wash" "parent 1: classid 1:10 optq dscp inherit"; do
		tc_batch <<<"class change dev $DEV $words" &&
		wire 1 "$DEV" 6 0 0 97 && want 6 0 "${want[i]}" 97 || return 1
		i=$((i + 1))
	done
}

# tagged DEVICE TAGS-IN-THE-FRAME TAGS-ON-THE-WIRE
tagged()
{
	local family
	leaf "dscp ef" || return 1
	for family in 4 6; do
		wire 5 "$1" "$family" "$2" 0 0 1 2 3 99 && want "$family" "$3" "$EF" 0 1 2 3 99 ||
			return 1
	done
	same 10 "$(class_figure 1:10 dscp_changed)" "packets changed"
}

# What is missing is not there to be read: frames as long as what is sent.
cut_short()
{
	local cut
	leaf "dscp ef" && hear 9 || return 1
	for cut in 1 2 8 19; do say "$DEV" 4 0 "$cut" 1 || return 1; done
	for cut in 1 2 39; do say "$DEV" 6 0 "$cut" 255 || return 1; done
	# A tag with a byte behind it is lost at the receiver, whoever sends it.
	say "$DEV" 4 1 2 1 && say "$DEV" 4 2 2 1 && heard || return 1
	# All of IPv4's first two bytes, all of IPv6's: the others have less.
	same "45 4501 4501003400000000 6f 6ff5" \
		"$(sed -n '1,3s/^other //p;5,6s/^other //p' "$TMP/wire" | xargs)" "what came first" &&
	same 9 "$(grep -cE '^other (45$|4501|6f$|6ff5)' "$TMP/wire")" "frames as they were sent" &&
	same 0 "$(link_figure dscp_changed)" "packets changed"
}

not_ip()
{
	leaf "dscp ef" && wire 2 "$DEV" other 0 0 1 184 || return 1
	same "4501 45b8" "$(sed 's/^other \(....\).*/\1/' "$TMP/wire" | xargs)" "what came" &&
	same 0 "$(link_figure dscp_changed)" "packets changed"
}

# Rules see what came, also behind tags that stand in the packet.
matched()
{
	printf '%s\n' "link rate=1250000000 default=1" "class id=1 name=rest" \
		"class id=2 name=voice dscp=0" "dim field=7" "set words=1 ranges=46,46" \
		"rule class=2 terms=0:0" |
		in_c "$OPTQ_NL" set "$DEV" >"$TMP/set" || { cat "$TMP/set"; return 1; }
	wire 2 "$1" 4 "$2" 0 185 101 || return 1
	printf 'ip 4 tags %d tos %d csum good\n' "$3" 1 "$3" 101 >"$TMP/want"
	diff "$TMP/want" "$TMP/wire"
}

grafted()
{
	leaf "dscp af21" && tc_batch <<<"qdisc add dev $DEV parent 1:10 handle 2: pfifo limit 1000" ||
		return 1
	# shellcheck disable=SC2086
	wire 256 "$DEV" 4 0 0 $ALL_TOS && want 4 0 18 $ALL_TOS &&
	same 252 "$(class_figure 1:10 dscp_changed)" "packets changed"
}

# They leave as they are, and every segment has it; IPv4's sum is made anew from it.
super_packets()
{
	local changed
	leaf "dscp ef" && RECEIVE_AT=$1 receiver || return 1
	in_c "$UDP_LOAD" send -n 600 -l 1000 -g 20 -q 2 "$1" 6000 >"$TMP/flood" || return 1
	same 600 "$(received received)" "segments that arrived" &&
	same 0 "$(received corrupt)" "segments with another payload" &&
	same "$EF" "$(received dscp)" "DSCP that arrived" &&
	same 0 "$(received ce)" "marks" && note "$(sent 1:10) packets of the class" || return 1
	[ "$(sent 1:10)" -lt 100 ] || { echo "they were split"; return 1; }
	changed=$(class_figure 1:10 dscp_changed)
	note "$changed packets changed"
	[ "$changed" -ge 30 ] && [ "$(link_figure dscp_changed)" -ge "$changed" ]
}

# Both at once: marked by CoDel, too seldom for drops, and given another DSCP.
marked_too()
{
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq default 20
		class add DEV parent 1: classid 1:10 optq $HELD target 1ms interval 200ms ecn dscp af41
		class add DEV parent 1: classid 1:20 optq rate 100mbit
	END
	receiver || return 1
	in_c "$UDP_LOAD" send -n 600 -l 400 -q 186 -p 1:10 -b 2000000 "$S4" 6000 >"$TMP/flood" &&
	let_go 1:10 "rate 4mbit ceil 4mbit" || return 1
	same 600 "$(received received)" "packets that arrived" &&
	same 34 "$(received dscp)" "DSCP that arrived" &&
	same "$(class_figure 1:10 ecn_marks)" "$(received ce)" "marks" &&
	note "$(received ce) of them marked" && [ "$(received ce)" -gt 0 ]
}

# Nothing is lost, nothing out of order, whatever is said while it goes.
changed_under_traffic()
{
	local i changed
	tree <<-END && received_in_order && receiver || return 1
		qdisc add DEV root handle 1: optq default 20
		class add DEV parent 1: classid 1:1 optq rate 8mbit
		class add DEV parent 1:1 classid 1:10 optq rate 4mbit $GENTLE
		class add DEV parent 1:1 classid 1:20 optq rate 4mbit $GENTLE
	END
	flood_start -t 600 -l 400 -p 1:10 -f 6 -b 20000
	flood_start -t 600 -l 900 -p 1:20 -f 6 -b 20000
	optq_wait_for 10 has_sent 50
	for i in 1 2 3 4 5; do
		tc_batch <<-END || return 1
			class change dev $DEV classid 1:10 optq dscp $i
			class change dev $DEV classid 1:1 optq wash
			class change dev $DEV classid 1:20 optq dscp cs$i
			qdisc change dev $DEV root handle 1: optq dscp ef
			class change dev $DEV classid 1:1 optq dscp inherit
			class change dev $DEV classid 1:20 optq dscp inherit
			class change dev $DEV classid 1:10 optq nodscp
			qdisc change dev $DEV root handle 1: optq nowash
		END
	done
	changed=$(link_figure dscp_changed)
	flood_stop
	settled 1: && same 0 "$(figure 1: drops)" "packets dropped" &&
	same "$OFFERED" "$(received received)" "packets that arrived" &&
	same 0 "$(received late)" "packets out of order" &&
	note "$OFFERED packets meanwhile, $changed of them changed"
}

# set_tree LINK CLASS: attributes, beside those that any tree has
set_tree()
{
	printf '%s\n' "link rate=1250000 default=1 $1" "class id=1 name=a $2" |
		in_c "$OPTQ_NL" set "$DEV" 2>&1
}

refuses_through_genl()
{
	local value text="dscp must be 0 to 63, 64 (keep) or 255 (as above)"
	leaf "" || return 1
	for value in 65 128 254; do
		refused "$text" set_tree "dscp=$value" "" &&
		refused "$text" set_tree "" "dscp=$value" || return 1
	done
	quietly set_tree dscp=255 dscp=64
}

# The same packets through both: what comes out is the same.
as_cake_washes()
{
	local family
	for family in 4 6; do
		tree <<<"qdisc add DEV root handle 1: cake bandwidth 1gbit diffserv4 wash interplanetary" || return 1
		# shellcheck disable=SC2086
		wire 256 "$DEV" $family 0 0 $ALL_TOS || return 1
		sort "$TMP/wire" >"$TMP/cake"
		# shellcheck disable=SC2086
		leaf "" wash && wire 256 "$DEV" $family 0 0 $ALL_TOS || return 1
		sort "$TMP/wire" >"$TMP/optq"
		same 256 "$(wc -l <"$TMP/cake")" "packets that CAKE sent" &&
		diff "$TMP/cake" "$TMP/optq" || return 1
	done
}

ktap_header
ktap_plan 28
optq_require_root
optq_require_module
optq_require_tc
optq_require_kmod sch_cake 8021q
optq_setup_ns
optq_require_programs
log_mark

# Before all but this is silenced, IPv6 too.
ktap_test "IPv4: super-packets whole" super_packets "$S4"
ktap_test "IPv6: super-packets whole" super_packets "$S6"

quiet_link
in_c ip link add link "$DEV" name $VLAN type vlan id 10
in_c ip link add link "$DEV" name $LOOSE type vlan id 0x501 reorder_hdr off
in_c ip link set $VLAN up
in_c ip link set $LOOSE up
for dev in $VLAN $LOOSE; do in_c sysctl -qw "net/ipv6/conf/$dev/disable_ipv6=1"; done

ktap_test "IPv4: every DSCP becomes EF" set_to 4 ef $EF
ktap_test "IPv6: every DSCP becomes EF" set_to 6 ef $EF
ktap_test "a number without a name" set_to 4 63 63
ktap_test "a class washes" set_to 4 cs0 0
ktap_test "IPv4: the link washes" washed 4
ktap_test "IPv6: the link washes" washed 6
ktap_test "what no class takes is washed as well" direct
ktap_test "off, every packet leaves as it came" left_alone "" ""
ktap_test "nodscp below a link that washes" left_alone nodscp wash
ktap_test "inherited, overridden, moved" inherited
ktap_test "behind a tag that the device sends" tagged $VLAN 0 1
ktap_test "behind a tag in the packet" tagged "$DEV" 1 1
ktap_test "behind two tags in the packet" tagged "$DEV" 2 2
ktap_test "behind a tag that is the network header" tagged $LOOSE 0 1
ktap_test "packets cut short" cut_short
ktap_test "not IP" not_ip
ktap_test "rules see what came" matched "$DEV" 0 0
ktap_test "rules see it behind a tag that the device sends" matched $VLAN 0 1
ktap_test "rules see it behind two tags" matched "$DEV" 2 2
ktap_test "rules see it behind a tag that is the network header" matched $LOOSE 0 1
ktap_test "behind a grafted qdisc" grafted
ktap_test "marked by CoDel as well" marked_too
ktap_test "changed under traffic" changed_under_traffic
ktap_test "refused through generic netlink" refuses_through_genl
ktap_test "as CAKE washes" as_cake_washes
ktap_test "no warning in the kernel's log" log_clean
ktap_done
