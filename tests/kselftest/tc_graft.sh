#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Other qdiscs in place of a leaf's own queue.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_tc.sh"

tree()
{
	tc_c qdisc add dev "$DEV" root handle 1: optq default 20 &&
	tc_c class add dev "$DEV" parent 1: classid 1:1 optq rate 100mbit &&
	tc_c class add dev "$DEV" parent 1:1 classid 1:10 optq rate 20mbit ceil 100mbit &&
	tc_c class add dev "$DEV" parent 1:1 classid 1:20 optq rate 20mbit ceil 100mbit &&
	tc_c filter add dev "$DEV" parent 1: protocol ip u32 \
		match ip dport 5001 0xffff flowid 1:10
}

udp_5001() { send_udp "$1" 400 "$S4" 5001; }

leaf_of()
{
	[[ $(tc_c class show dev "$DEV" classid "$1") =~ \ leaf\ ([0-9a-f]+:) ]] &&
		echo "${BASH_REMATCH[1]}"
}

# carries KIND [OPTION...]: added, used, seen, replaced by itself, deleted
carries()
{
	local kind=$1
	tc_c qdisc add dev "$DEV" parent 1:10 handle 10: "$@" || return 1
	[ "$(leaf_of 1:10)" = 10: ] || { tc_c class show dev "$DEV"; return 1; }
	lands 1:10 6 udp_5001 6 || return 1
	[ "$(qdisc_sent 10:)" -eq 6 ] ||
		{ echo "$kind saw $(qdisc_sent 10:) of 6"; return 1; }
	tc_c qdisc replace dev "$DEV" parent 1:10 handle 11: "$@" || return 1
	[ "$(leaf_of 1:10)" = 11: ] || return 1
	lands 1:10 6 udp_5001 6 && [ "$(qdisc_sent 11:)" -eq 6 ] || return 1
	tc_c qdisc del dev "$DEV" parent 1:10 handle 11: || return 1
	[ -z "$(leaf_of 1:10)" ] || return 1
	lands 1:10 6 udp_5001 6
}

inner_class_refuses()
{
	says "leaf" tc_c qdisc add dev "$DEV" parent 1:1 handle 10: pfifo
}

missing_class_refuses()
{
	says "" tc_c qdisc add dev "$DEV" parent 1:99 handle 10: pfifo
}

goes_with_class()
{
	tc_c class add dev "$DEV" parent 1:1 classid 1:40 optq rate 1mbit &&
	tc_c qdisc add dev "$DEV" parent 1:40 handle 40: fq_codel &&
	tc_c class del dev "$DEV" classid 1:40 || return 1
	! tc_c qdisc show dev "$DEV" | grep -q '40:'
}

# A leaf that gets a child hands its packets on and drops its qdisc, as in HTB.
becomes_inner()
{
	tc_c class add dev "$DEV" parent 1:1 classid 1:50 optq rate 1mbit &&
	tc_c qdisc add dev "$DEV" parent 1:50 handle 50: pfifo &&
	tc_c class add dev "$DEV" parent 1:50 classid 1:51 optq rate 1mbit || return 1
	[ -z "$(leaf_of 1:50)" ] || return 1
	tc_c class del dev "$DEV" classid 1:51 &&
	tc_c qdisc add dev "$DEV" parent 1:50 handle 50: pfifo &&
	tc_c class del dev "$DEV" classid 1:50
}

# What is queued leaves, in either queue, while they are swapped.  A class that
# sends one packet and holds the rest has a queue, however slow the sender is.
swapped_under_load()
{
	tc_c class change dev "$DEV" classid 1:10 optq rate 8bit ceil 8bit \
		burst 1600 cburst 1600 target 10s interval 10s || return 1
	lands 1:10 60 swap_while_sending
}

swap_while_sending()
{
	udp_5001 20 &&
	tc_c qdisc add dev "$DEV" parent 1:10 handle 10: pfifo limit 100 &&
	udp_5001 20 || return 1
	drained && { echo "nothing waits"; return 1; }
	tc_c class change dev "$DEV" classid 1:10 optq rate 20mbit ceil 100mbit \
		burst auto cburst auto && optq_wait_for 10 drained &&
	tc_c qdisc del dev "$DEV" parent 1:10 &&
	udp_5001 20
}

ktap_header
kinds=("pfifo limit 50" "bfifo limit 50000" "fq_codel" "cake" "sfq perturb 10"
	"prio" "tbf rate 50mbit burst 5k limit 50k" "codel" "netem delay 2ms" "fq")
ktap_plan $((${#kinds[@]} + 5))
optq_require_root
optq_require_module
optq_require_tc
optq_setup_ns
quiet_link
tree || { echo "Bail out! no tree"; exit 1; }

for kind in "${kinds[@]}"; do
	# shellcheck disable=SC2086
	if modprobe -q "sch_${kind%% *}" || [[ $kind == ?fifo* ]]; then
		ktap_test "$kind" carries $kind
	else
		ktap_skip "$kind" "needs the kernel module sch_${kind%% *}"
	fi
done
ktap_test "an inner class takes none" inner_class_refuses
ktap_test "a class that is not there takes none" missing_class_refuses
ktap_test "it goes with its class" goes_with_class
ktap_test "it goes when its class becomes inner" becomes_inner
ktap_test "swapped while packets wait" swapped_under_load
ktap_done
