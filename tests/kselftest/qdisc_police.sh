#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Policers, at rates so low that next to nothing comes while a test runs: along the
# hierarchy, of super-packets segment by segment, with marks and moves, of each address;
# changed under traffic.  Rates and act_police beside it: det_police.sh.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

POLICE=32	# OPTQ_CLASS_A_POLICE

ctl() { in_c "$OPTQCTL" "$@"; }

# A tree from stdin, of egress; port 6000 is of the class a, 6001 of b, others of rest.
policy()
{
	{
		printf 'optq: 1\nlinks:\n  %s:\n    egress:\n      default: rest\n' "$DEV"
		sed 's/^/      /'
	} >"$TMP/policy.yaml"
	quietly ctl apply "$TMP/policy.yaml"
}

# A new qdisc: figures from 0.
fresh()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	OFFERED=0
	policy
}

# Three leaves, each with what is said of it; the fourth is the link's.
leaves()
{
	fresh <<-END
		${4:-sysfs: no}
		classes:
		  a: { rate: 1gbit, target: 10s, interval: 10s, match: "udp dport 6000"${1:+, police: $1} }
		  b: { rate: 1gbit, target: 10s, interval: 10s, match: "udp dport 6001"${2:+, police: $2} }
		  rest: { rate: 1gbit, target: 10s, interval: 10s${3:+, police: $3} }
	END
}

# send COUNT PORT [OPTION...]: frames of 1000 bytes
send()
{
	local count=$1 port=$2
	shift 2
	in_c "$UDP_LOAD" send -n "$count" -l 958 "$@" "${TO:-$S4}" "$port" >"$TMP/flood" || return 1
	OFFERED=$((OFFERED + $(awk '{ print $2 + $6 }' "$TMP/flood")))
}

# found PATH COUNTERS: green, yellow and red bytes, dropped, moved and refused packets
found()
{
	local path=$1 got
	shift
	got=$(ctl -j show "$DEV" | jq -r --arg p "$path" '.[0] |
		(if $p == "link" then . else .classes[] | select(.path == $p) end).police.stats |
		[.green_bytes, .yellow_bytes, .red_bytes, .dropped_packets, .moved_packets,
		 .refused_packets] | join(" ")')
	same "$*" "$got" "green yellow red dropped moved refused of $path"
}

of_class() { ctl -j show "$DEV" | jq -r --arg p "$1" '.[0].classes[] | select(.path == $p) | '"$2"; }

settles() { optq_wait_for 15 no_backlog && balanced; }

two_colours()
{
	leaves "{ cir: 8bit, cbs: 10000 }" && receiver && send 15 6000 && settles || return 1
	same 10 "$(received received)" "packets that arrived" &&
	found a 10000 0 5000 5 0 0 &&
	same "15 5" "$(of_class a '[.stats.enqueued_packets, .stats.drop_other_packets] | join(" ")')" "came, and dropped"
}

# What does not fit spends nothing.  The machine is slow: some bytes come meanwhile.
too_long()
{
	leaves "{ cir: 8bit, cbs: 10000 }" && send 9 6000 && send 1 6000 -l 1358 &&
	send 1 6000 && send 1 6000 && settles && found a 10000 0 2400 2 0 0
}

# RFC 2697: C, then E, then nothing; what is yellow has another DSCP.
three_colours()
{
	leaves "{ cir: 8bit, cbs: 4000, ebs: 3000, conform: dscp af11, exceed: dscp af12 }" &&
	receiver && send 10 6000 -q 2 && settles || return 1
	same 7 "$(received received)" "packets that arrived" &&
	same 12 "$(received dscp)" "DSCP of the last" &&
	same 0 "$(received corrupt)" "packets with another payload" &&
	found a 4000 3000 3000 3 0 0
}

# RFC 2698: what is green takes from the peak too; red is marked, and passes.
peak()
{
	leaves "{ cir: 8bit, cbs: 4000, pir: 8bit, pbs: 6000, exceed: dscp af12, violate: dscp cs1 }" &&
	receiver && send 10 6000 && settles || return 1
	same 10 "$(received received)" "packets that arrived" &&
	same 8 "$(received dscp)" "DSCP of the last" &&
	found a 4000 2000 4000 0 0 0
}

# RFC 4115: it does not.
excess()
{
	leaves "{ cir: 8bit, cbs: 4000, eir: 8bit, ebs: 3000, exceed: drop }" &&
	send 10 6000 && settles && found a 4000 3000 3000 6 0 0
}

# By the packet's DSCP: af12 is yellow, af13 red.
aware()
{
	leaves "{ cir: 8bit, cbs: 4000, ebs: 3000, colour: aware }" && receiver || return 1
	send 2 6000 -q $((12 << 2)) && send 2 6000 -q $((14 << 2)) && send 5 6000 -q $((10 << 2)) &&
	settles && same 7 "$(received received)" "packets that arrived" &&
	found a 4000 3000 2000 2 0 0
}

# A leaf of 5000, b of 2000, the link of 6000 committed and 2000 in excess.
stacked()
{
	leaves "{ cir: 8bit, cbs: 5000, ebs: 4000 }" "{ cir: 8bit, cbs: 2000 }" "" \
		"police: { cir: 8bit, cbs: 6000, ebs: 2000 }" || return 1
	# Five green, two yellow, and three that are yellow at a the link has no room for.
	send 10 6000 && settles &&
	found a 5000 2000 0 0 0 3 && found link 5000 2000 3000 3 0 0 || return 1
	# One is green in both; two are at b alone, which spends nothing for them.
	send 3 6001 && settles &&
	found b 1000 0 0 0 0 2 && found link 6000 2000 5000 5 0 0
}

moved()
{
	fresh <<-END || return 1
		classes:
		  a: { police: { cir: 8bit, cbs: 3000, ebs: 9000, exceed: dscp cs1 class b }, match: "udp dport 6000" }
		  b: { police: { cir: 8bit, cbs: 9000, ebs: 4000 } }
		  rest:
	END
	receiver && send 10 6000 && settles || return 1
	same 7 "$(received received)" "packets that arrived" &&
	same 8 "$(received dscp)" "DSCP of the last" &&
	# Yellow they came to b, and its excess holds four.
	found a 3000 4000 0 0 4 3 && found b 0 4000 3000 3 0 0 &&
	same "3 4" "$(of_class a .stats.packets) $(of_class b .stats.packets)" "sent by a, by b" &&
	says "policer moves packets" in_c tc class del dev "$DEV" classid "$(of_class b .classid)"
}

# 20 segments in one: ten fit, as if they had come one by one.
super_packets()
{
	leaves "{ cir: 8bit, cbs: 10000 }" && receiver || return 1
	send 20 6000 -g 20 && settles || return 1
	same 10 "$(received received)" "segments that arrived" &&
	found a 10000 0 10000 10 0 0
}

# What fits as a whole is not split.
whole()
{
	leaves "{ cir: 8bit, cbs: 20000 }" && receiver || return 1
	send 20 6000 -g 20 && optq_wait_for 10 no_backlog || return 1
	same 20 "$(received received)" "segments that arrived" &&
	found a 20000 0 0 0 0 0 && same 1 "$(of_class a .police.stats.green_packets)" "packets"
}

# Segments of one super-packet part: some pass, some move, some are dropped.
parted()
{
	leaves "{ cir: 8bit, cbs: 5000, ebs: 6000, exceed: class b }" "" "" &&
	receiver && send 20 6000 -g 20 && settles || return 1
	same 11 "$(received received)" "segments that arrived" &&
	found a 5000 6000 9000 9 6 0 &&
	same "5 6" "$(of_class a .stats.packets) $(of_class b .stats.packets)" "sent by a, by b"
}

# with_priority BYTES REORDER: the mark in the tag, be that beside the frame or in it
with_priority()
{
	local frame=$1 seen
	leaves "{ cir: 8bit, cbs: 4500, ebs: 3500, conform: pcp 5, exceed: dscp af12 pcp 2 }" &&
	in_c ip link add link "$DEV" name v7 type vlan id 7 reorder_hdr "$2" &&
	in_c ip addr add 198.51.100.1/24 dev v7 && in_c ip link set v7 up &&
	neighbour v7 198.51.100.2 || return 1
	in_s tc qdisc replace dev "$PEER" clsact || return 1
	in_s tc filter del dev "$PEER" ingress 2>/dev/null
	for seen in 5 2; do
		in_s tc filter add dev "$PEER" ingress pref "$seen" protocol 802.1Q flower \
			vlan_id 7 vlan_prio "$seen" vlan_ethtype ipv4 action pass || return 1
	done
	TO=198.51.100.2 send 7 6000 && settles &&
	found a $((4 * frame)) $((3 * frame)) 0 0 0 0 || return 1
	seen=$(in_s tc -s -j filter show dev "$PEER" ingress | jq -r '
		[.[] | select(.options.actions) | "\(.pref):\(.options.actions[0].stats.packets)"] |
		sort | join(" ")')
	same "2:3 5:4" "$seen" "frames of each priority"
}

priorities()
{
	local status=0
	with_priority 1000 on || status=1
	in_c ip link del v7 2>/dev/null
	# The device is left no way to add the tag: it stands in the frame.
	in_c ethtool -K "$DEV" txvlan off >/dev/null
	[ "$status" = 0 ] && { with_priority 1004 off || status=1; }
	in_c ip link del v7 2>/dev/null
	in_c ethtool -K "$DEV" txvlan on >/dev/null
	in_s tc qdisc del dev "$PEER" clsact 2>/dev/null
	return "$status"
}

# Twelve addresses, a burst for each, ports and all.
each_address()
{
	local i
	leaves "{ each: dst-host, cir: 8bit, cbs: 3000 }" || return 1
	for ((i = 1; i <= 12; i++)); do
		neighbour "$DEV" "${S4%.*}.$((100 + i))"
		TO=${S4%.*}.$((100 + i)) send 5 6000 || return 1
	done
	settles && found a 36000 0 24000 24 0 0 &&
	same "12 0" "$(of_class a '.police.stats | [.addresses, .shared_packets] | join(" ")')" \
		"addresses, packets without a meter of their own" || return 1
	# With three entries the others share one.
	leaves "{ each: dst-host, cir: 8bit, cbs: 3000, entries: 3 }" || return 1
	for ((i = 1; i <= 12; i++)); do
		TO=${S4%.*}.$((100 + i)) send 5 6000 || return 1
	done
	settles && found a 12000 0 48000 48 0 0 &&
	# A prefix is one address.
	leaves "{ each: dst-host, cir: 8bit, cbs: 3000, prefix4: 24 }" &&
	TO=${S4%.*}.101 send 5 6000 && TO=${S4%.*}.102 send 5 6000 && settles &&
	found a 3000 0 7000 7 0 0
}

# Four tables of the greatest size, and not one entry more; one that is gone makes room.
bounded()
{
	local i
	leaves "" "" "" || return 1
	in_c tc qdisc replace dev "$DEV" root handle 1: optq || return 1
	for i in 1 2 3 4; do
		in_c tc class add dev "$DEV" parent 1: classid "1:10$i" optq rate 1mbit \
			police each src-host 1mbit entries 1048576 || return 1
	done
	refused "4194304 at most" tc_c class add dev "$DEV" parent 1: classid 1:105 optq rate 1mbit \
		police each dst-host 1mbit entries 1 || return 1
	refused "4194304 at most" tc_c qdisc change dev "$DEV" root optq \
		police each src-host 1mbit entries 1 || return 1
	in_c tc class change dev "$DEV" classid 1:101 optq police each src-host 1mbit entries 1048575 &&
	in_c tc class add dev "$DEV" parent 1: classid 1:105 optq rate 1mbit \
		police each dst-host 1mbit entries 1 &&
	in_c tc class del dev "$DEV" classid 1:102 &&
	in_c tc qdisc change dev "$DEV" root optq police each src-host 1mbit entries 1048576 &&
	in_c tc qdisc change dev "$DEV" root optq police none
}

# From the first to the last generation a burst is a burst.
survives_a_change()
{
	leaves "{ cir: 8bit, cbs: 5000 }" && send 3 6000 || return 1
	policy <<-END || return 1
		classes:
		  rest:
		  b: { match: "udp dport 6001" }
		  a: { match: "udp dport 6000", police: { cir: 8bit, cbs: 9000 } }
	END
	send 5 6000 && settles && found a 5000 0 3000 3 0 0 || return 1
	policy <<-END || return 1
		classes:
		  rest:
		  a: { match: "udp dport 6000" }
	END
	send 5 6000 && settles && same null "$(of_class a .police)" "policer of a" &&
	same 10 "$(of_class a .stats.packets)" "packets of a"
}

# No frame is lost that is not counted, however often the policers change.
under_traffic()
{
	local i
	leaves "" "" "" && receiver || return 1
	flood_start -l 400 -g 10 -f 50
	for ((i = 0; i < 15; i++)); do
		policy <<-END || return 1
			rate: 50mbit
			police: { cir: $((i + 1))mbit, pir: 40mbit, exceed: dscp af12 pcp 1 }
			classes:
			  a:
			    match: "udp dport 6000"
			    police: { each: src-host, cir: 5mbit, ebs: $((i + 1))kb, exceed: class b, entries: $((i % 3 + 1)) }
			  b: { $([ $((i % 2)) = 0 ] && echo 'police: { eir: 1mbit, violate: pass }') }
			  rest:
		END
	done
	leaves "" "" "" 2>/dev/null
	flood_stop
	optq_wait_for 15 no_backlog
}

# mover ID: a class that polices a byte a second and moves what is red to class ID
mover()
{
	local cir=0c0001000100000000000000 cbs=0800020001000000
	printf '@%d=%s%s0c000a8008000400%02x000000' $((0x8000 | POLICE)) "$cir" "$cbs" "$1"
}

# trees a b: class 2 moves to class a, class 3 to class b
tree()
{
	printf '%s\n' "class id=1 name=rest" "class id=2 name=a $(mover "$1")" \
		"class id=3 name=b $(mover "$2")"
}

# not_taken TEXT: the tree on stdin is refused with it, and changes nothing
not_taken()
{
	if in_c "$OPTQ_NL" try "$DEV" >"$TMP/try" || ! grep -q "$1" "$TMP/try" ||
	   grep -q changed "$TMP/try"; then
		echo "taken, changed, or refused for another reason:"
		cat "$TMP/try"
		return 1
	fi
}

# What optqctl never sends.
circles()
{
	leaves "" "" "" && tree 1 2 | in_c "$OPTQ_NL" set "$DEV" >"$TMP/set" || return 1
	tree 3 2 | not_taken "would come back" && tree 3 9 | not_taken "to a leaf class" &&
	tree 3 0 | not_taken "out of range"
}

ktap_header
ktap_plan 18
optq_require_root
optq_require_module
optq_require_tc
optq_require_ctl
optq_require_cmd jq
optq_require_kmod 8021q sch_ingress cls_flower act_gact
optq_setup_ns
optq_require_programs
quiet_link

log_mark
ktap_test "two colours" two_colours
ktap_test "what does not fit spends nothing" too_long
ktap_test "RFC 2697, with a DSCP for each colour" three_colours
ktap_test "RFC 2698" peak
ktap_test "RFC 4115" excess
ktap_test "aware of the colour that packets came with" aware
ktap_test "a child's green spends the parent's" stacked
ktap_test "moved to another class" moved
ktap_test "super-packets, segment by segment" super_packets
ktap_test "super-packets that fit stay whole" whole
ktap_test "segments of one super-packet part" parted
ktap_test "priorities of VLAN tags" priorities
ktap_test "each address" each_address
ktap_test "tables are bounded" bounded
ktap_test "a change gives nothing" survives_a_change
ktap_test "circles are refused" circles
ktap_test "changed under traffic" under_traffic
ktap_test "no warning in the kernel's log" log_clean
ktap_done
