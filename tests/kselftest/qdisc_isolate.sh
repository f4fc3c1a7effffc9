#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is one flow and one host to a leaf, as `optqctl show --flows` tells, and that a
# change of `isolate` under traffic loses and reorders nothing.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

FAR1=10.77.1.1 FAR2=10.77.1.2	# behind the server, each asked from another address
INSIDE1=10.77.0.11 INSIDE2=10.77.0.12

hosts_up()
{
	local i
	for i in 1 2; do
		ip -n "$NS_C" addr add 10.77.0.1$i/24 dev "$DEV" &&
		ip -n "$NS_C" route add 10.77.1.$i via $S4 src 10.77.0.1$i &&
		ip -n "$NS_S" addr add 10.77.1.$i/32 dev "$PEER" || return 1
	done
	in_c ping -c 1 -W 5 $FAR1 >"$TMP/ping" && in_c ping -c 1 -W 5 $FAR2 >"$TMP/ping"
}

# tree WORDS: a class that holds all but one packet of what comes, and nothing yet
tree()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	tc_batch <<-END
		qdisc add dev $DEV root handle 1: optq default 20 flows ${FLOWS:-4096}
		class add dev $DEV parent 1: classid 1:10 optq $HELD $1
		class add dev $DEV parent 1: classid 1:20 optq rate 100mbit
	END
}

send() { in_c "$UDP_LOAD" send -p 1:10 "$@" >/dev/null; }

# flows JQ: of the flows that wait in 1:10, without what is sent at once
flows()
{
	in_c "$OPTQCTL" -j show --flows "$DEV" >"$TMP/flows.json" || return 1
	jq -c "[.[0].flows[] | select(.class == 16 and .packets > 0)] | $1" "$TMP/flows.json"
}

hosts()
{
	in_c "$OPTQCTL" -j show "$DEV" |
		jq '[.[0].classes[] | select(.id == 16) | .stats.hosts][0]'
}

# two MODE: packets of five flows of one host and three of another
two()
{
	tree "isolate $1" &&
	send -n 20 -f 5 -l 200 $FAR1 6000 &&
	send -n 20 -f 3 -l 200 $FAR2 6000
}

# told MODE FLOWS HOSTS: how many it makes of them
told()
{
	two "$1" || return 1
	same "$2" "$(flows length)" "flows, $1" && same "$3" "$(hosts)" "hosts, $1"
}

counted()
{
	told flow 8 0 && told src-host 2 0 && told dst-host 2 0 &&
	told dual-src 8 2 && told dual-dst 8 2 && told triple 8 4 || return 1
	same '[3,5]' "$(flows '[.[].host_flows] | unique')" "flows of each host"
}

told_whole()
{
	two dual-src || return 1
	local want='{"proto":"udp","src":"'$INSIDE2'","dst":"'$FAR2'","dport":6000,"new":true,"shared":false}'
	same "$want" "$(flows "map(select(.dst == \"$FAR2\")) | sort_by(.packets)[-1] |
		{proto, src, dst, dport, new, shared}")" "a flow" &&
	same true "$(flows 'all(.wait_ns > 0 and .bytes == .packets * 242 and .sport > 0)')" \
		"figures of all flows" || return 1
	in_c "$OPTQCTL" show --flows "$DEV" >"$TMP/flows.txt" &&
	same 0 "$(awk 'length > 80' "$TMP/flows.txt" | wc -l)" "lines of more than 80 columns" &&
	same 8 "$(grep -c " udp $INSIDE1:\| udp $INSIDE2:" "$TMP/flows.txt")" "flows in the table"
}

fragments_are_one()
{
	tree "isolate flow" && send -n 9 -l 4000 $FAR1 6000 || return 1
	# One of them has been sent.
	same 1 "$(flows length)" "flows of fragments" &&
	same false "$(flows '.[0] | has("sport")')" "whether fragments have ports" &&
	[ "$(flows '.[0].packets')" -ge 26 ]
}

# The server's packet finds nobody: the error is of the flow that an answer would be.
error_is_of_its_flow()
{
	tree "isolate $1" || return 1
	# What is sent at once, and what holds the rest.
	send -n 1 -l 200 $FAR1 6000
	send -n 3 -l 200 $FAR1 6000
	in_c tc filter add dev "$DEV" parent 1: protocol ip prio 1 u32 \
		match ip protocol 1 0xff flowid 1:10 || return 1
	in_s "$UDP_LOAD" send -n 1 -l 200 $INSIDE1 6999 >/dev/null
	optq_wait_for 10 error_waits || { cat "$TMP/flows.json"; return 1; }
}

error_waits()
{
	[ "$(flows "map(select(.proto == \"udp\" and .sport == 6999 and
		.src == \"$INSIDE1\" and .dst == \"$S4\")) | length")" = 1 ]
}

tunnel_is_what_is_in_it()
{
	tree "isolate dual-dst" || return 1
	ip -n "$NS_C" tunnel add t0 mode "$1" local $C4 remote $S4 &&
	ip -n "$NS_C" addr add 10.77.9.1/24 dev t0 && ip -n "$NS_C" link set t0 up || return 1
	send -n 12 -f 4 -l 200 10.77.9.2 6000
	send -n 12 -f 4 -l 200 10.77.9.3 6000
	same 8 "$(flows 'map(select(.proto == "udp" and (.dst | startswith("10.77.9.")))) | length')" \
		"flows within the tunnel" && same 2 "$(hosts)" "hosts within the tunnel"
	local rc=$?
	ip -n "$NS_C" link del t0
	return $rc
}

# Both hosts leave as one: the class sees two with nat, one without.
nat_is_undone()
{
	local rc=0
	in_c tc qdisc add dev "$DEV" clsact &&
	in_c tc filter add dev "$DEV" egress protocol ip prio 1 flower ip_proto udp \
		action ct commit nat src addr 10.77.0.99 pipe || return 1
	two "dual-src nonat" &&
	same 1 "$(hosts)" "hosts without nat" &&
	same '["10.77.0.99"]' "$(flows '[.[].src] | unique')" "addresses without nat" &&
	two "dual-src nat" &&
	same 2 "$(hosts)" "hosts with nat" &&
	same "[\"$INSIDE1\",\"$INSIDE2\"]" "$(flows '[.[].src] | unique')" "addresses with nat" || rc=1
	in_c tc qdisc del dev "$DEV" clsact
	return $rc
}

# Packets of 40 flows go on while the way that they are told apart changes.
changes_lose_nothing()
{
	local mode round
	OFFERED=0
	tree "" && let_go 1:10 "rate 8mbit ceil 8mbit limit 20000 $GENTLE" &&
	receiver || return 1
	flood_start -n 6000 -r 1500 -f 40 -l 400 -p 1:10
	for round in 1 2 3; do
		for mode in triple src-host "dual-dst nat" dst-host "dual-src nonat" flow; do
			tc_batch <<<"class change dev $DEV classid 1:10 optq isolate $mode" || return 1
			sleep 0.1
		done
	done
	optq_wait_for 120 flood_over
	flood_stop
	# Beside them there may be a packet of IPv6's own.
	optq_wait_for 60 no_backlog && balanced || return 1
	note "$OFFERED packets, $(received received) came"
	same "$OFFERED" "$(received received)" "packets that came" &&
	same 0 "$(received late)" "packets that were overtaken" &&
	same 0 "$(cfigure 1:10 drops)" "drops"
}

flood_over() { ! kill -0 "${flood_pids[0]}" 2>/dev/null; }

# The table is small, and flows come and go while they are told.
dump_under_load()
{
	local i
	FLOWS=64 tree "isolate triple" &&
	let_go 1:10 "rate 4mbit ceil 4mbit $GENTLE" || return 1
	OFFERED=0
	flood_start -t 60 -r 2000 -f 500 -l 100 -p 1:10
	for i in 1 2 3 4 5 6 7 8; do
		in_c "$OPTQCTL" -j show --flows "$DEV" >"$TMP/flows.json" || return 1
	done
	flood_stop
	same true "$(jq '.[0].flows | length > 0 and length <= 66' "$TMP/flows.json")" \
		"whether there are flows, as many as the table has at most" &&
	same true "$(jq '[.[0].flows[] | select(.shared)] | length <= 1' "$TMP/flows.json")" \
		"whether those without an entry are one"
}

ktap_header
ktap_plan 11
optq_require_root
optq_require_module
optq_require_programs
optq_require_ctl
optq_require_cmd jq
optq_setup_ns
hosts_up || { echo "Bail out! no hosts"; exit 1; }

ktap_test "flows and hosts of each way" counted
ktap_test "a flow is told whole, in 80 columns" told_whole
ktap_test "fragments are of one flow" fragments_are_one
ktap_test "an ICMP error is of the flow that it is about" error_is_of_its_flow flow
ktap_test "also where hosts have their share" error_is_of_its_flow dual-src
if modprobe -q ipip; then
	ktap_test "IP in IP is what is in it" tunnel_is_what_is_in_it ipip
else
	ktap_skip "IP in IP is what is in it" "no ipip"
fi
if modprobe -q ip_gre; then
	ktap_test "GRE is what is in it" tunnel_is_what_is_in_it gre
else
	ktap_skip "GRE is what is in it" "no ip_gre"
fi
if modprobe -q act_ct; then
	ktap_test "NAT is undone" nat_is_undone
else
	ktap_skip "NAT is undone" "no act_ct"
fi
ktap_test "changes under traffic lose and reorder nothing" changes_lose_nothing
ktap_test "flows are told while they come and go" dump_under_load
ktap_test "all is in order after that" balanced
ktap_done
