#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Classification: every classifier of tc, filters at inner classes,
# skb->priority, the default class, and filters that lead nowhere.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_tc.sh"

tree()
{
	tc_c qdisc add dev "$DEV" root handle 1: optq default 30 &&
	tc_c class add dev "$DEV" parent 1: classid 1:1 optq rate 100mbit &&
	tc_c class add dev "$DEV" parent 1:1 classid 1:10 optq rate 20mbit ceil 100mbit &&
	tc_c class add dev "$DEV" parent 1:1 classid 1:20 optq rate 20mbit ceil 100mbit &&
	tc_c class add dev "$DEV" parent 1:20 classid 1:21 optq rate 10mbit ceil 100mbit &&
	tc_c class add dev "$DEV" parent 1:1 classid 1:30 optq rate 20mbit ceil 100mbit
}

filter() { tc_c filter add dev "$DEV" parent 1: "$@"; }

no_filters()
{
	local at
	for at in 1: 1:1 1:20; do
		tc_c filter del dev "$DEV" parent "$at" || return 1
	done
}

# by KIND SENDER FILTER...: what the filter picks goes to 1:10, the rest to 1:30
by()
{
	local sender=$1
	shift
	filter "$@" || return 1
	lands 1:10 4 "$sender" && lands 1:30 3 send_udp 3 300 "$S4" 6000 &&
	no_filters || return 1
	lands 1:30 4 "$sender"
}

udp_5001() { send_udp 4 200 "$S4" 5001; }
mark_7() { send_ping 4 200 "$S4" -m 7; }
icmp() { send_ping 4 200 "$S4"; }

by_matchall()
{
	filter matchall flowid 1:10 || return 1
	lands 1:10 5 send_udp 5 300 "$S4" 6000 && no_filters
}

# A classic BPF program's result is the class itself.
by_bpf_result()
{
	filter protocol ip bpf bytecode '1,6 0 0 65552,' || return 1
	lands 1:10 5 send_udp 5 300 "$S4" 6000 && no_filters
}

at_inner_class()
{
	filter protocol ip u32 match ip dport 5001 0xffff flowid 1:20 || return 1
	# nothing below 1:20 decides yet: as under HTB, the default does
	lands 1:30 4 udp_5001 || return 1
	tc_c filter add dev "$DEV" parent 1:20 protocol ip matchall \
		flowid 1:21 || return 1
	lands 1:21 4 udp_5001 && no_filters
}

first_match_wins()
{
	filter protocol ip prio 2 matchall flowid 1:21 &&
	filter protocol ip prio 1 u32 match ip dport 5001 0xffff flowid 1:10 ||
		return 1
	lands 1:10 4 udp_5001 && lands 1:21 3 send_udp 3 300 "$S4" 6000 &&
	no_filters
}

class_that_is_not_there()
{
	filter protocol ip matchall flowid 1:77 || return 1
	lands 1:30 4 udp_5001 && no_filters
}

# Filters that send a packet round in circles must end somewhere.
circle()
{
	filter protocol ip matchall flowid 1:1 &&
	tc_c filter add dev "$DEV" parent 1:1 protocol ip matchall flowid 1:20 &&
	tc_c filter add dev "$DEV" parent 1:20 protocol ip matchall flowid 1:1 ||
		return 1
	lands 1:30 4 udp_5001 && no_filters
}

# An action decides over the packet, not over its class.
action_drop()
{
	local before after
	filter protocol ip u32 match ip dport 5001 0xffff flowid 1:10 \
		action drop || return 1
	before=$(qdisc_sent 1:)
	lands 1:10 0 udp_5001 || return 1
	after=$(qdisc_sent 1:)
	[ "$before" -eq "$after" ] || { echo "sent all the same"; return 1; }
	tc_c -s qdisc show dev "$DEV" root | grep -q 'dropped 4,' ||
		{ tc_c -s qdisc show dev "$DEV" root; return 1; }
	no_filters && lands 1:30 4 udp_5001
}

action_pass()
{
	filter protocol ip u32 match ip dport 5001 0xffff flowid 1:10 \
		action pass || return 1
	lands 1:10 4 udp_5001 && no_filters
}

chains()
{
	filter protocol ip prio 1 u32 match ip dport 5001 0xffff \
		action goto chain 5 &&
	filter protocol ip chain 5 matchall flowid 1:21 || return 1
	lands 1:21 4 udp_5001 || return 1
	no_filters
}

priority()	# CLASSID
{
	tc_c qdisc replace dev "$DEV" clsact &&
	tc_c filter del dev "$DEV" egress &&
	tc_c filter add dev "$DEV" egress pref 1 matchall \
		action skbedit priority "$1"
}

priority_names_leaf()
{
	priority 1:10 || return 1
	lands 1:10 4 udp_5001 || return 1
	# and beats the filters of the qdisc
	filter matchall flowid 1:21 || return 1
	lands 1:10 4 udp_5001 && no_filters
}

priority_names_inner()
{
	priority 1:20 || return 1
	lands 1:30 4 udp_5001 || return 1
	tc_c filter add dev "$DEV" parent 1:20 protocol ip matchall \
		flowid 1:21 || return 1
	lands 1:21 4 udp_5001 && no_filters
}

priority_names_nothing()
{
	priority 7:10 && lands 1:30 4 udp_5001 &&
	priority 1:99 && lands 1:30 4 udp_5001
}

no_default()
{
	local before
	tc_c qdisc del dev "$DEV" clsact || return 1
	tc_c qdisc change dev "$DEV" root handle 1: optq default none || return 1
	before=$(qdisc_sent 1:)
	lands 1:30 0 udp_5001 || return 1
	[ $(($(qdisc_sent 1:) - before)) -eq 4 ] || return 1
	tc_c qdisc change dev "$DEV" root handle 1: optq default 21 || return 1
	lands 1:21 4 udp_5001 || return 1
	# a class that cannot take packets is no default
	tc_c qdisc change dev "$DEV" root handle 1: optq default 20 || return 1
	lands 1:21 0 udp_5001 || return 1
	tc_c qdisc change dev "$DEV" root handle 1: optq default 30
}

deleted_with_filters()
{
	filter matchall flowid 1:10 || return 1
	says "" tc_c class del dev "$DEV" classid 1:10 || return 1
	lands 1:10 4 udp_5001 && tc_c qdisc del dev "$DEV" root && tree
}

ktap_header
ktap_plan 19
optq_require_root
optq_require_module
optq_require_tc
optq_require_cmd ping
optq_require_kmod cls_u32 cls_fw cls_flower cls_basic cls_matchall cls_bpf \
	em_cmp act_gact act_skbedit sch_ingress
optq_setup_ns
quiet_link
tree || { echo "Bail out! no tree"; exit 1; }

ktap_test "u32" by udp_5001 protocol ip u32 match ip dport 5001 0xffff flowid 1:10
ktap_test "fw" by mark_7 protocol ip handle 7 fw flowid 1:10
ktap_test "flower" by udp_5001 protocol ip flower ip_proto udp dst_port 5001 classid 1:10
ktap_test "basic" by icmp protocol ip basic match 'cmp(u8 at 9 layer network eq 1)' \
	classid 1:10
ktap_test "bpf, the filter names the class" by icmp protocol ip bpf \
	bytecode '4,48 0 0 23,21 0 1 1,6 0 0 4294967295,6 0 0 0,' flowid 1:10
ktap_test "bpf, the program names the class" by_bpf_result
ktap_test "matchall" by_matchall
ktap_test "filters at an inner class" at_inner_class
ktap_test "the first filter that matches wins" first_match_wins
ktap_test "a filter for a class that is not there" class_that_is_not_there
ktap_test "filters in a circle" circle
ktap_test "a filter that drops" action_drop
ktap_test "a filter that passes" action_pass
ktap_test "a filter chain" chains
ktap_test "skb->priority names a leaf" priority_names_leaf
ktap_test "skb->priority names an inner class" priority_names_inner
ktap_test "skb->priority names nothing of ours" priority_names_nothing
ktap_test "the default class comes, goes and is inner" no_default
ktap_test "a class that a filter names stays until the filter goes" \
	deleted_with_filters
ktap_done
