#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: classify.sh [PEER...]	optq flower nft
#
# What it costs to find a packet's class, by the number of rules, inside a det guest:
# instructions over those of the same qdisc that sends all to its default class.
#	known	packets like those before: 200 flows by their source ports, to port 1000
#	new	each packet to another of 16 million addresses: of a flow that was never here
# optq has its rules; HTB filters of flower, over the same four masks; and HTB a map of
# nftables, at the device's egress, by address and port in one.  Fails when 10,000 rules of
# optq cost a known flow 2 % more than 10 do, or a new one twice as much.

cd "$(dirname "$0")" || exit 1
. ./common.sh
. ./pktgen.sh
. ./peers.sh

COUNT=${COUNT:-20000}
OPTQ_NL=${OPTQ_NL:-/optq/build/kselftest/optq_nl}
RULES=${RULES:-"10 1000 10000"}
dev=bench0
dir=/tmp/classify

# rules N: lines of a kind and its values, the four kinds in turns
#	net A.B.C.0/24		a destination's network
#	end A.B.C.D PORT	a destination and its port
#	src A.B.C.D		a source
#	port PORT		a port of UDP, from 1000 on: the first such rule takes all
rules()
{
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			k = int(i / 4); a = int(k / 250) % 250 + 1; b = k % 250 + 1
			if (i % 4 == 0) print "net 172.16." a "." b " " (k % 65536)
			if (i % 4 == 1) print "end 192.168." a "." b " " (k % 60000 + 1)
			if (i % 4 == 2) print "src 172.20." a "." b
			if (i % 4 == 3) print "port " k + 1000
		}
	}'
}

optq_rules()
{
	cat <<-END
		link default=48 rate=1250000000
		class id=48 rate=1000000000 ceil=1250000000
		class id=32 rate=125000000 ceil=1250000000
		dim field=4
		dim field=3
		dim field=2
		dim field=6
		set words=1 ranges=17,17
	END
	rules "$1" | awk '
		function num(a,  p) { split(a, p, "."); return ((p[1] * 256 + p[2]) * 256 + p[3]) * 256 + p[4] }
		function v4(lo, hi) { printf "set words=4 ranges_v4=%.0f,%.0f\n", lo, hi; return ++n }
		function word(v) { printf "set words=1 ranges=%d,%d\n", v, v; return ++n }
		$1 == "net" { # 16 addresses, one network beside the other
			lo = 172 * 16777216 + 1048576 + $3 * 16
			rule[++r] = v4(lo, lo + 15) ":0" }
		$1 == "end" { a = v4(num($2), num($2)); rule[++r] = a ":0,0:2," word($3) ":3" }
		$1 == "src" { rule[++r] = v4(num($2), num($2)) ":1" }
		$1 == "port" { rule[++r] = "0:2," word($2) ":3" }
		END { for (i = 1; i <= r; i++) print "rule class=32 terms=" rule[i] }'
}

flower_rules()
{
	rules "$1" | awk -v dev=$dev '
		{ f = "filter add dev " dev " parent 1: protocol ip prio 1 flower " }
		$1 == "net" { k = $3 * 16
			print f "dst_ip 172." 16 + int(k / 65536) "." int(k / 256) % 256 "." k % 256 "/28 classid 1:20" }
		$1 == "end" { print f "dst_ip " $2 " ip_proto udp dst_port " $3 " classid 1:20" }
		$1 == "src" { print f "src_ip " $2 " classid 1:20" }
		$1 == "port" { print f "ip_proto udp dst_port " $2 " classid 1:20" }'
}

# As many elements in one map: it has one mask.
nft_rules()
{
	echo "table netdev t { map m { type ipv4_addr . inet_service : classid; elements = {"
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
		print (i ? "192.168." int(i / 250) % 250 + 1 "." i % 250 + 1 : "10.0.0.2") " . " \
			1000 + i % 60000 " : 1:20," }'
	printf '%s\n' "}" "}" "chain c {" "type filter hook egress device $dev priority 0" \
		"meta priority set ip daddr . udp dport map @m" "}" "}"
}

two_classes()
{
	tc qdisc del dev $dev root 2>/dev/null
	batch <<-END
		qdisc add dev $dev root handle 1: $1 default 30
		class add dev $dev parent 1: classid 1:30 $1 rate 8gbit ceil 10gbit
		class add dev $dev parent 1: classid 1:20 $1 rate 1gbit ceil 10gbit
	END
}

# Without a rule: what the others are held against.
empty_optq() { two_classes optq; }
empty_flower() { two_classes htb; }
empty_nft() { nft delete table netdev t 2>/dev/null; two_classes htb; }

full_optq() { empty_optq && optq_rules "$1" >$dir/in && "$OPTQ_NL" set $dev <$dir/in >$dir/said 2>&1; }
full_flower() { empty_flower && flower_rules "$1" >$dir/in && tc -batch $dir/in >$dir/said 2>&1; }
full_nft() { empty_nft && nft_rules "$1" >$dir/in && nft -f $dir/in >$dir/said 2>&1; }

# send known|new: instructions a packet, of the second time
send()
{
	local i
	pktgen_set $dev "$COUNT"
	pg $dev "udp_dst_min 1000"
	pg $dev "udp_dst_max 1000"
	pg $dev "udp_src_min 1000"
	pg $dev "udp_src_max $((1000 + FLOWS))"
	if [ "$1" = new ]; then
		pg $dev "dst_min 10.0.0.1"
		pg $dev "dst_max 10.255.255.254"
		pg $dev "flag IPDST_RND"
	fi
	for i in 1 2; do pktgen_go; done
	insn=$(($(pktgen_ns $dev) / COUNT))
}

# By the first figure of a kind, and the last.
within()
{
	[ "$1" = known ] && [ $(($3 * 100)) -le $(($2 * 102)) ] && return
	[ "$1" = new ] && [ "$3" -le $((2 * $2)) ] && return
	echo "   optq, $1: $2 instructions, and $3 with more rules" >&2
	return 1
}

measure()
{
	local peer=$1 kind base rules first rc=0
	declare -A base first
	"empty_$peer" || return 1
	for kind in known new; do
		send $kind
		base[$kind]=$insn
	done
	for rules in $RULES; do
		progress "classify: $peer, $rules rules"
		"full_$peer" "$rules" || { head -n 3 $dir/said >&2; return 1; }
		for kind in known new; do
			send $kind
			insn=$((insn - base[$kind]))
			json classify peer="$peer" flow=$kind rules="$rules" instructions=$insn
			[ -n "${first[$kind]:-}" ] || first[$kind]=$insn
			[ "$peer" != optq ] || within $kind "${first[$kind]}" $insn || rc=1
		done
	done
	return $rc
}

mkdir -p $dir
modprobe pktgen
modprobe dummy numdummies=0
ip link add $dev type dummy
ip link set $dev up mtu 1500 txqueuelen 10000
[ $# -gt 0 ] || set -- optq flower nft
status=0
for peer; do
	measure "$peer" || status=1
done
command -v nft >/dev/null && nft delete table netdev t 2>/dev/null
ip link del $dev
exit $status
