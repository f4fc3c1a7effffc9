# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The demo's network, sourced: a branch office, its router, the provider's line.
#
#	client ──── lan0 router wan0 ──── line ──── server
#	              the qdisc ┘          └ 20 Mbit/s, 2 ms each way, and a deep
#	                under test           buffer, as a modem has
#
# Everything that is measured goes from the client's side to the server's.

LINE_DELAY=2ms
LINE_BUFFER=1000	# packets: 600 ms at 20 Mbit/s

# link NS1 DEV1 ADDRESS1 NS2 DEV2 ADDRESS2
link()
{
	local side ns dev feature
	ip -n "$1" link add "$2" type veth peer name "$5" netns "$4"
	ip -n "$1" addr add "$3" dev "$2"
	ip -n "$4" addr add "$6" dev "$5"
	for side in "$1 $2" "$4 $5"; do
		read -r ns dev <<<"$side"
		# A super-packet would pass a hop as one, and no real line has them.
		for feature in tso gso gro; do
			ip netns exec "$ns" ethtool -K "$dev" $feature off
		done
		ip -n "$ns" link set "$dev" up
	done
}

topology_up()
{
	local ns
	for ns in client router line server; do
		ip netns add $ns
		ip -n $ns link set lo up
		ip netns exec $ns sysctl -qw net.ipv4.ip_forward=1
	done
	link client eth0 10.1.0.2/24 router lan0 10.1.0.1/24
	link router wan0 10.2.0.1/24 line cpe 10.2.0.2/24
	link line isp 10.3.0.1/24 server eth0 10.3.0.2/24
	ip -n client route add default via 10.1.0.1
	ip -n router route add default via 10.2.0.2
	ip -n line route add 10.1.0.0/24 via 10.2.0.1
	ip -n server route add default via 10.3.0.1
	ip netns exec line tc qdisc add dev cpe root handle 1: \
		netem delay $LINE_DELAY limit 10000
	ip netns exec line tc qdisc add dev isp root handle 1: \
		netem delay $LINE_DELAY limit $LINE_BUFFER
	meters_up
}

line_rate()
{
	ip netns exec line tc qdisc change dev isp root handle 1: \
		netem rate "$1" delay $LINE_DELAY limit $LINE_BUFFER
}

# What arrives at the server, counted there, whatever the qdisc under test says.
meters_up()
{
	local add="ip netns exec server tc filter add dev eth0 ingress protocol ip"
	ip netns exec server tc qdisc add dev eth0 clsact
	$add pref 1 flower ip_proto udp dst_port 2112 action gact pass
	$add pref 2 flower ip_proto tcp src_port 80 action gact pass
	$add pref 3 flower ip_proto tcp dst_port 5201 action gact pass
}

# {"time", "voice": {"bytes", "packets"}, ...}, bytes with their Ethernet header
meters()
{
	local now=$EPOCHREALTIME
	ip netns exec server tc -s -j filter show dev eth0 ingress |
		jq -c --argjson now "$now" '
		{time: $now} + ([.[] | select(.options.actions) |
		 {key: {"1": "voice", "2": "web", "3": "bulk"}[.pref | tostring],
		  value: (.options.actions[0].stats |
			  {packets, bytes: (.bytes + 14 * .packets)})}] | from_entries)'
}
