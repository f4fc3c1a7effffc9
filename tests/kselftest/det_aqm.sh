#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Real TCP through one leaf of 10 Mbit/s: DCTCP, whose packets are made ECT(1) as
# they leave, beside cubic with ECN and without; and cubic beside a UDP flood that
# responds to nothing.  The same under fq_codel and CAKE, for comparison.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

LINK=10		# Mbit/s
L4S=${C4%.*}.77
RTT=10		# ms
SECONDS_EACH=12

fresh()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	sed "s/DEV/dev $DEV/" | tc_batch
}

tree()
{
	fresh <<-END
		qdisc add DEV root handle 1: optq default 10
		class add DEV parent 1: classid 1:10 optq rate ${LINK}mbit ceil ${LINK}mbit $1
	END
}

fq_codel()
{
	fresh <<-END
		qdisc add DEV root handle 1: htb default 10
		class add DEV parent 1: classid 1:10 htb rate ${LINK}mbit
		qdisc add DEV parent 1:10 handle 10: fq_codel $1
	END
}

cake() { fresh <<<"qdisc add DEV root handle 1: cake bandwidth ${LINK}mbit besteffort flows raw"; }

# The path back is as long as the round trip.  What comes from $L4S is L4S's: as it
# leaves it is made ECT(1), and DCTCP is at the other end to hear of each mark.
path()
{
	in_s tc qdisc add dev "$PEER" root netem delay ${RTT}ms limit 100000 &&
	in_c tc qdisc add dev "$DEV" clsact &&
	in_c tc filter add dev "$DEV" egress protocol ip flower ip_proto tcp src_ip $L4S \
		action pedit ex munge ip tos set 1 retain 3 pipe csum ip4h || return 1
	ip -n "$NS_C" addr add "$L4S/24" dev "$DEV" &&
	in_s ip neigh replace "$L4S" lladdr "$(in_c cat "/sys/class/net/$DEV/address")" \
		dev "$PEER" nud permanent || return 1
	# What a namespace may choose is said outside of all.
	sysctl -qw net.ipv4.tcp_allowed_congestion_control="reno cubic dctcp" || return 1
	for ns in "$NS_C" "$NS_S"; do
		ip netns exec "$ns" sysctl -qw net.ipv4.tcp_ecn=1 || return 1
		ip netns exec "$ns" ethtool -K "$([ "$ns" = "$NS_C" ] && echo "$DEV" || echo "$PEER")" \
			tso off gso off gro off >/dev/null
	done
}

serve()
{
	local port
	in_s ip route replace "$L4S/32" dev "$PEER" congctl dctcp || return 1
	for port in 5201 5202 5203; do
		optq_bg ip netns exec "$NS_S" iperf3 -s -p "$port" >/dev/null 2>&1
		optq_wait_for 10 listens "$port" || return 1
	done
}

listens() { in_s ss -Hnlt "sport = :$1" | grep -q .; }

# tcp PORT CC [ADDRESS]: in the background; its end is in $TMP/tcp.PORT
tcp()
{
	rm -f "$TMP/tcp.$1"
	optq_bg ip netns exec "$NS_C" iperf3 -c "$S4" -B "${3:-$C4}" -p "$1" -C "$2" \
		-t $SECONDS_EACH -O 3 -J >"$TMP/tcp.$1" 2>&1
	tcp_pids+=($!)
}

# Mbit/s that arrived, in thousandths; and the mean round trip in us
got_kbit() { jq -r '.end.sum_received.bits_per_second / 1000 | floor' "$TMP/tcp.$1"; }
rtt_us() { jq -r '.end.streams[0].sender.mean_rtt' "$TMP/tcp.$1"; }

tcp_done()
{
	local pid
	for pid in "${tcp_pids[@]}"; do
		wait "$pid" || { cat "$TMP"/tcp.*; return 1; }
	done
	tcp_pids=()
}

marks()
{
	in_c tc -s -j class show dev "$DEV" | jq -r --arg f "$1" \
		'[.[] | select(.handle == "1:10") | .. | objects | select(has($f)) | .[$f]][0] // 0'
}

# beside ECN WHAT: DCTCP and cubic, who is not to have less than 40 % each
beside()
{
	local a b sum
	tcp_pids=()
	in_c sysctl -qw net.ipv4.tcp_ecn="$1"
	tcp 5201 cubic
	sleep 1		# it has asked for what it is to have
	in_c sysctl -qw net.ipv4.tcp_ecn=1
	tcp 5202 dctcp "$L4S"
	tcp_done || return 1
	b=$(got_kbit 5201) a=$(got_kbit 5202)
	sum=$((a + b))
	note "$2: L4S $a kbit/s, round trip $(rtt_us 5202) us; cubic $b kbit/s, $(rtt_us 5201) us"
	share=$((100 * (a < b ? a : b) / sum))
	l4s_wait=$(($(rtt_us 5202) - RTT * 1000))
}

optq_beside()
{
	tree "" && beside "$1" "optq, cubic $2" || return 1
	note "of $(marks ecn_marks) marks $(marks ecn_marks_l4s) for L4S; CoDel dropped $(marks drop_aqm), BLUE $(marks drop_blue)"
	[ "$(marks ecn_marks_l4s)" -gt 100 ] || { echo "hardly a mark"; return 1; }
	[ "$share" -ge 40 ] || { echo "one has only $share %"; return 1; }
	[ "$l4s_wait" -le 8000 ] || { echo "L4S waits $l4s_wait us"; return 1; }
}

nol4s_beside() { tree nol4s && beside 1 "optq nol4s, cubic with ECN" && same 0 "$(marks ecn_marks_l4s)" "marks for L4S"; }
fq_codel_beside() { fq_codel "ce_threshold 1ms ce_threshold_selector 0x01/0x03" && beside 1 "fq_codel, cubic with ECN"; }
cake_beside() { cake && beside 1 "cake, cubic with ECN"; }

# flooded NAME [TOS]: cubic beside four times the line's rate of UDP, in one flow
flooded()
{
	tcp_pids=()
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -l 1472 -r $((4 * LINK * 1000000 / 8 / 1514)) \
		-b 16000000 -q "${2:-0}" 10.78.0.1 6001 >/dev/null
	sleep 1
	tcp 5203 cubic
	tcp_done || return 1
	note "$1: cubic beside the flood $(got_kbit 5203) kbit/s, round trip $(rtt_us 5203) us"
}

optq_flooded()
{
	tree "" && flooded "optq, ECN $1" "$1" || return 1
	note "the flood: CoDel dropped $(marks drop_aqm), BLUE $(marks drop_blue), the limit $(marks drop_overlimit); sojourn p99 $(marks sojourn_p99_ns) ns"
	[ "$(marks drop_blue)" -gt "$(marks drop_overlimit)" ] || { echo "BLUE has not taken over"; return 1; }
	[ "$(got_kbit 5203)" -ge $((LINK * 400)) ] || { echo "less than 40 %"; return 1; }
}

fq_codel_flooded() { fq_codel && flooded fq_codel; }
cake_flooded() { cake && flooded cake; }

ktap_header
ktap_plan 9
optq_require_root
optq_require_module
optq_require_tc
optq_require_det
optq_require_cmd iperf3 jq ethtool
optq_require_kmod veth tcp_dctcp act_pedit act_csum cls_flower sch_netem
optq_require_programs
optq_setup_ns
quiet_link
path && serve || { echo "Bail out! no path"; exit 1; }

ktap_test "L4S and cubic with ECN share a leaf" optq_beside 1 "with ECN"
ktap_test "L4S and cubic without ECN share a leaf" optq_beside 0 "without ECN"
ktap_test "for comparison: nol4s" nol4s_beside
ktap_test "for comparison: fq_codel with a threshold for ECT(1)" fq_codel_beside
ktap_test "for comparison: cake" cake_beside
ktap_test "cubic beside a flood" optq_flooded 0
ktap_test "cubic beside a flood that says L4S" optq_flooded 1
ktap_test "for comparison: fq_codel, flooded" fq_codel_flooded
ktap_test "for comparison: cake, flooded" cake_flooded
ktap_done
