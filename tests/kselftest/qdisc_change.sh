#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything that can change, changed while two processors send: nothing is
# lost that is not counted, nothing sticks, and the device can always go.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

ROUNDS=3
gentle=(target 10s interval 10s)

tree()
{
	OFFERED=0
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	tc_batch <<-END
		qdisc add dev $DEV root handle 1: optq default 20
		class add dev $DEV parent 1: classid 1:1 optq rate 4mbit ceil 8mbit
		class add dev $DEV parent 1:1 classid 1:10 optq rate 1mbit ceil 8mbit ${gentle[*]}
		class add dev $DEV parent 1:1 classid 1:20 optq rate 1mbit ceil 8mbit ${gentle[*]}
		class add dev $DEV parent 1: classid 1:2 optq rate 1mbit ceil 8mbit ${gentle[*]}
	END
}

# Each sender keeps less queued than any limit, so nothing need be dropped.
two_senders()
{
	receiver
	flood_start -t 600 -l 400 -p 1:10 -f 6 -b 20000
	flood_start -t 600 -l 900 -p 1:20 -f 6 -b 20000
	optq_wait_for 10 has_sent 50
}

something_waits() { [ "$(figure 1: qlen)" -gt 0 ]; }

# Loss-free: all that was offered arrived, none out of order.
nothing_lost()
{
	flood_stop
	settled 1: &&
	same 0 "$(figure 1: drops)" "packets dropped" &&
	same "$OFFERED" "$(received received)" "packets that arrived" &&
	note "$OFFERED packets meanwhile"
}

change() { quietly in_c tc class change dev "$DEV" "$@"; }

parameters()
{
	local i
	tree && two_senders || return 1
	for i in $(seq $ROUNDS); do
		change classid 1:10 optq rate 2mbit ceil 4mbit prio 0 weight 7 &&
		change classid 1:20 optq rate 8kbit ceil 6mbit prio 3 quantum 300 &&
		quietly in_c tc qdisc change dev "$DEV" root handle 1: optq rate 7mbit &&
		change classid 1:1 optq rate 3mbit ceil 5mbit &&
		change classid 1:10 optq rate 1mbit ceil 8mbit prio 7 &&
		change classid 1:1 optq rate 4mbit ceil 8mbit || return 1
	done
	nothing_lost
}

moves()
{
	local i
	tree && two_senders || return 1
	for i in $(seq $ROUNDS); do
		change parent 1: classid 1:10 optq &&
		change parent 1:2 classid 1:20 optq &&
		change parent 1:1 classid 1:2 optq &&
		change parent 1:1 classid 1:20 optq &&
		change parent 1: classid 1:2 optq &&
		change parent 1:1 classid 1:10 optq || return 1
	done
	nothing_lost
}

deletions()
{
	local i
	tree && two_senders || return 1
	for i in $(seq $ROUNDS); do
		# Its packets, and those sent to it meanwhile, take the default.
		in_c tc class del dev "$DEV" classid 1:10 &&
		quietly in_c tc class add dev "$DEV" parent 1:2 classid 1:10 optq rate 500kbit \
			ceil 8mbit "${gentle[@]}" &&
		in_c tc class del dev "$DEV" classid 1:10 &&
		quietly in_c tc class add dev "$DEV" parent 1:1 classid 1:10 optq rate 500kbit \
			ceil 8mbit "${gentle[@]}" || return 1
	done
	nothing_lost
}

# Whole trees, in which ids live on elsewhere, become inner, or are gone.
swaps()
{
	local i g="target=10000000000 interval=10000000000"
	tree && two_senders || return 1
	for i in $(seq $ROUNDS); do
		nl_set "link default=32 rate=1000000" "class id=1" \
			"class id=16 parent=1 rate=100000 $g" "class id=32 rate=5000 $g" &&
		nl_set "link default=32" "class id=16 rate=50000" \
			"class id=5 parent=16 $g" "class id=32 parent=16 ceil=800000 $g" &&
		nl_set "link default=9" "class id=9 $g" &&
		nl_set "link default=32" "class id=32 $g" "class id=1" \
			"class id=16 parent=1 $g" || return 1
	done
	nothing_lost
}

# A qdisc that goes takes its packets along: all are sent or counted dropped.
grafts()
{
	local i kind handle=100 kinds=("pfifo limit 1000" "fq_codel" "netem delay 3ms" "sfq")
	tree && two_senders || return 1
	for i in $(seq $ROUNDS); do
		for kind in "${kinds[@]}"; do
			handle=$((handle + 1))
			# shellcheck disable=SC2086
			quietly in_c tc qdisc replace dev "$DEV" parent 1:10 handle $handle: $kind ||
				return 1
		done
		in_c tc qdisc del dev "$DEV" parent 1:10 || return 1
	done
	flood_stop
	settled 1: &&
	same "$(figure 1: packets)" "$(received received)" "packets that arrived" &&
	note "$OFFERED packets meanwhile, $(figure 1: drops) dropped with their qdiscs"
}

everything_at_once()
{
	local i
	tree && two_senders || return 1
	optq_bg ip netns exec "$NS_C" bash -c "while :; do
		tc -s -d class show dev $DEV; tc -s qdisc show dev $DEV; done >/dev/null"
	optq_bg ip netns exec "$NS_C" bash -c "while :; do
		$OPTQ_NL dump $DEV; done >/dev/null"
	for i in $(seq $ROUNDS); do
		change parent 1:2 classid 1:10 optq rate ${i}mbit ceil 8mbit &&
		quietly in_c tc qdisc replace dev "$DEV" parent 1:10 handle 10: fq_codel limit 5 &&
		quietly in_c tc qdisc change dev "$DEV" parent 1:10 handle 10: fq_codel limit 2 &&
		quietly in_c tc class add dev "$DEV" parent 1:10 classid 1:11 optq rate 1mbit &&
		quietly in_c tc qdisc change dev "$DEV" root handle 1: optq limit $((i % 3 + 1)) &&
		in_c tc class del dev "$DEV" classid 1:11 &&
		quietly in_c tc qdisc change dev "$DEV" root handle 1: optq limit 10000 &&
		change parent 1:1 classid 1:10 optq || return 1
	done
	flood_stop
	settled 1:
}

# A link that comes back owes nothing to what it was before.
down_up()
{
	tree && tc_batch <<-END || return 1
		class change dev $DEV classid 1:1 optq $HELD
		class change dev $DEV classid 1:10 optq $HELD
	END
	# By the time the link goes nobody sends: what is on its way to a neighbour that
	# goes with the link waits for the next one, and takes the first turn.
	flood 30 1400 -p 1:10 -f 4
	something_waits || { echo "nothing waits"; return 1; }
	in_c ip link set "$DEV" down
	same 0 "$(figure 1: qlen)" "packets in a device that is down" &&
	same 0 "$(figure 1: backlog)" "bytes in a device that is down" || return 1
	in_c ip link set "$DEV" up
	quiet_link_again
	receiver
	# 1,400 s of debt, were it still there
	flood 1 1400 -p 1:10
	local first
	first=$(received first_us)
	note "the first packet took $first us"
	[ "$first" -gt 0 ] && [ "$first" -lt 30000000 ]
}

quiet_link_again()
{
	# The routes and neighbours went with the link.
	in_c ip neigh replace "$S4" lladdr "$(in_s cat "/sys/class/net/$PEER/address")" \
		dev "$DEV" nud permanent
	in_c ip route replace 10.78.0.0/16 via "$S4"
	in_c ip route replace 10.79.0.0/16 via "$S4"
	optq_wait_for 5 carrier
}

carrier() { [ "$(in_c cat "/sys/class/net/$DEV/carrier")" = 1 ]; }

down_up_often()
{
	local i sent
	tree || return 1
	for i in 1 2 3 4 5; do
		sent=$(figure 1: packets)
		flood_start -t 600 -l 400 -p 1:10 -f 6
		flood_start -t 600 -l 900 -p 1:20 -f 6
		optq_wait_for 10 has_sent $((sent + 20)) || return 1
		in_c ip link set "$DEV" down
		in_c ip link set "$DEV" up
		quiet_link_again || return 1
		sent=$(figure 1: packets)
		optq_wait_for 10 has_sent $((sent + 20)) || return 1
		flood_stop
	done
	optq_wait_for 10 no_backlog || { in_c tc -s class show dev "$DEV"; return 1; }
	receiver
	flood 10 400 -p 1:10
	same 10 "$(received received)" "packets after it all"
}

txqueuelen()
{
	local len
	tree && two_senders || return 1
	for len in 0 1 2 1000 4294967295 500; do
		in_c ip link set "$DEV" txqueuelen "$len" 2>/dev/null
	done
	flood_stop
	# The kernel resets a device's qdiscs for it: what waited then is gone.
	optq_wait_for 10 no_backlog || { in_c tc -s qdisc show dev "$DEV"; return 1; }
	same "$(figure 1: packets)" "$(received received)" "packets that arrived" || return 1
	# 0, and the most there is, when the qdisc is made
	for len in 0 1 4294967295 1000; do
		in_c ip link set "$DEV" txqueuelen "$len" 2>/dev/null
		tree || return 1
		OFFERED=0
		flood 20 400 -p 1:0
		settled 1: || return 1
	done
}

# A device with optq on it, beside; flooded until it is gone.
extra_dev()
{
	in_c ip link add extra0 mtu "$1" type dummy &&
	in_c ip addr add 10.80.0.1/24 dev extra0 &&
	in_c ip link set extra0 up || return 1
	shift
	in_c tc qdisc add dev extra0 root handle 1: "$@" &&
	quietly in_c tc class add dev extra0 parent 1: classid 1:1 optq rate 1mbit ceil 100mbit \
		"${gentle[@]}" &&
	quietly in_c tc class add dev extra0 parent 1: classid 1:2 optq rate 1kbit
}

extra_flood() { in_c "$UDP_LOAD" send -n "$1" -l "$2" "${@:3}" 10.80.0.2 6000 >/dev/null; }

extra_sent() { in_c tc -s -j qdisc show dev extra0 | jq -r '.[0].packets'; }

extra_has_sent() { [ "$(extra_sent)" -ge "$1" ]; }

mtu()
{
	local mtu
	for mtu in 68 1500 65535 0 2147483647; do
		extra_dev "$mtu" optq default 1 || { echo "no device with mtu $mtu"; return 1; }
		# IPv4 needs 68; a smaller one lets nothing of it pass.
		in_c ip link set extra0 mtu 1500
		in_c ip addr replace 10.80.0.1/24 dev extra0
		extra_flood 200 1400 -f 5
		optq_wait_for 10 extra_has_sent 200 ||
			{ echo "mtu $mtu:"; in_c tc -s class show dev extra0; return 1; }
		in_c ip link set extra0 mtu "$mtu"
		quietly in_c tc class change dev extra0 classid 1:1 optq rate 5mbit quantum 256 || return 1
		in_c ip link del extra0 || return 1
	done
}

# Size tables can make a packet seem to be of any length.
size_tables()
{
	local stab taken=0 tables=("overhead -1" "overhead 65535" "overhead -65535" \
		"mtu 2047 tsize 512 mpu 64 overhead 18 linklayer ethernet" \
		"linklayer atm overhead 40" "mtu 1500 tsize 2 linklayer adsl")
	for stab in "${tables[@]}"; do
		in_c tc qdisc del dev "$DEV" root 2>/dev/null
		# shellcheck disable=SC2086
		in_c tc qdisc add dev "$DEV" root handle 1: stab $stab optq default 10 2>"$TMP/stab" ||
			{ note "tc refuses stab $stab: $(head -n 1 "$TMP/stab")"; continue; }
		quietly in_c tc class add dev "$DEV" parent 1: classid 1:10 optq rate 10mbit \
			ceil 800mbit "${gentle[@]}" || return 1
		OFFERED=0
		flood 100 400 -f 3
		settled 1: || { echo "with stab $stab"; return 1; }
		taken=$((taken + 1))
	done
	[ $taken -ge 4 ] || { echo "$taken of ${#tables[@]} size tables were tried"; return 1; }
}

device_goes()
{
	extra_dev 1500 optq default 1 || return 1
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -t 600 -l 400 -f 9 10.80.0.2 6000 >/dev/null
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -t 600 -l 400 -p 1:2 10.80.0.2 6000 >/dev/null
	optq_wait_for 10 extra_has_sent 500 || { in_c tc -s qdisc show dev extra0; return 1; }
	in_c ip link del extra0
}

namespace_goes()
{
	local ns i
	for i in 1 2 3; do
		optq_add_ns "gone$i" ns &&
		ip -n "$ns" link add extra0 type dummy &&
		ip -n "$ns" addr add 10.80.0.1/24 dev extra0 &&
		ip -n "$ns" link set extra0 up &&
		tc -n "$ns" qdisc add dev extra0 root handle 1: optq default 2 &&
		tc -n "$ns" class add dev extra0 parent 1: classid 1:2 optq rate 256kbit || return 1
		ip netns exec "$ns" "$UDP_LOAD" send -t 600 -l 900 -b 30000 -f 5 \
			10.80.0.2 6000 >/dev/null &
		optq_wait_for 10 waits_in "$ns" || { kill $!; return 1; }
		ip netns del "$ns" || return 1
		kill $! 2>/dev/null
		wait $!
	done
	# A queued packet holds its socket, and that its namespace: all must leave.
	optq_wait_for 40 no_more_of_them
}

waits_in() { [[ $(tc -n "$1" -s qdisc show dev extra0 root) == *"backlog "[1-9]* ]]; }

# All that the module is still used for is the qdisc of $DEV.
no_more_of_them() { [ "$(cat /sys/module/sch_optq/refcnt)" -le 1 ]; }

default_qdisc()
{
	local was
	was=$(sysctl -n net.core.default_qdisc)
	sysctl -qw net.core.default_qdisc=optq || return 1
	in_c ip link add extra0 numtxqueues 2 numrxqueues 2 type veth peer name extra1 &&
	in_c ip addr add 10.80.0.1/24 dev extra0 &&
	in_c ip link set extra1 up && in_c ip link set extra0 txqueuelen 1000 &&
	in_c ip link set extra0 up
	# Virtual devices get noqueue unless one of their queues is asked for.
	quietly in_c tc qdisc replace dev extra0 root handle 7: mq 2>/dev/null ||
		quietly in_c tc qdisc replace dev extra0 root handle 7: prio
	in_c tc qdisc show dev extra0 >"$TMP/default"
	sysctl -qw net.core.default_qdisc="$was"
	grep -q "^qdisc optq .* parent 7:1" "$TMP/default" || { cat "$TMP/default"; was=; }
	in_c ip link del extra0
	[ -n "$was" ]
}

ktap_header
ktap_plan 16
optq_require_root
optq_require_module
optq_require_tc
optq_require_kmod dummy sch_netem
optq_setup_ns
quiet_link
optq_require_programs
log_mark

ktap_test "rates, prio, weight and the link's rate change" parameters
ktap_test "classes move" moves
ktap_test "classes go and come back" deletions
ktap_test "trees are swapped" swaps
ktap_test "leaf qdiscs are swapped" grafts
ktap_test "all of it, limits of 1, and dumps beside it" everything_at_once
ktap_test "link down and up: no packet and no debt stays" down_up
ktap_test "link down and up under traffic" down_up_often
ktap_test "txqueuelen" txqueuelen
ktap_test "mtu 68, 65535, 0 and 2 G" mtu
ktap_test "size tables" size_tables
in_c tc qdisc del dev "$DEV" root 2>/dev/null
ktap_test "as the default qdisc" default_qdisc
ktap_test "the device goes under traffic" device_goes
ktap_test "its namespace goes under traffic" namespace_goes
ktap_test "nothing holds the module" no_more_of_them
ktap_test "no warning in the kernel's log" log_clean
ktap_done
