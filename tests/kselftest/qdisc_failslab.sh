#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory that is not there: each allocation of each operation fails once, alone and with all
# that follow it, and those of the packet path now and then.  What fails changes nothing,
# what is done is done, and nothing leaks.  Needs a kernel with fault injection.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

DEBUGFS=/sys/kernel/debug

require_faults()
{
	[ -e /proc/self/fail-nth ] || ktap_skip_all "needs a kernel with fault injection (/proc/self/fail-nth)"
	mountpoint -q "$DEBUGFS" || mount -t debugfs debugfs "$DEBUGFS"
	[ -d "$DEBUGFS/failslab" ] && [ -d "$DEBUGFS/fail_page_alloc" ] ||
		ktap_skip_all "needs failslab and fail_page_alloc in debugfs"
}

set_knob() { echo "$2" >"$DEBUGFS/failslab/$1" && echo "$2" >"$DEBUGFS/fail_page_alloc/$1"; }

# Whether the kernel may wait for memory makes no difference; a failure is no news.
faults_ready()
{
	set_knob probability 0 && set_knob task-filter Y && set_knob ignore-gfp-wait N &&
	set_knob times -1 && set_knob verbose 0 && set_knob interval 1 &&
	echo 0 >"$DEBUGFS/fail_page_alloc/min-order" && return
	echo "Bail out! fault injection cannot be set up"
	exit 1
}

# Every instance of what is the default is made by what makes it, and so may fail there.
walk()
{
	local was rc
	was=$(sysctl -n net.core.default_qdisc)
	sysctl -qw net.core.default_qdisc=optq || return 1
	set_knob probability "$2"
	in_c "$FAIL_WALK" "$DEV" second0 "$S4" "$1"
	rc=$?
	set_knob probability 0
	sysctl -qw net.core.default_qdisc="$was"
	return $rc
}

# ---- the packet path ----

faulty_tree()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	tc_batch <<-END
		qdisc add dev $DEV root handle 1: optq default 10 rate 100mbit
		class add dev $DEV parent 1: classid 1:10 optq rate 40mbit dscp 46 isolate triple ecn
		class add dev $DEV parent 1: classid 1:20 optq rate 20mbit burst 4000 cburst 4000 police 15mbit exceed drop
		class add dev $DEV parent 1: classid 1:30 optq rate 20mbit
		qdisc add dev $DEV parent 1:30 handle 30: fq_codel
	END
}

# What the processes of the namespace are refused from now on: 1, or no more: 0
fails_for_them()
{
	local pid task
	for pid in $(ip netns pids "$NS_C"); do
		for task in "/proc/$pid/task"/*/make-it-fail; do
			echo "$1" >"$task"
		done
	done 2>/dev/null
	return 0
}

faults_left() { cat "$DEBUGFS/failslab/times" "$DEBUGFS/fail_page_alloc/times" | paste -sd + | bc; }

packets_short_of_memory()
{
	local most=1000000 sent failed
	faulty_tree || return 1
	optq_bg in_s iperf3 -s >/dev/null
	optq_wait_for 10 in_s sh -c 'ss -Hnlt "sport = :5201" | grep -q .' || return 1
	flood_start -t 600 -l 1200 -g 8 -r 4000 -p 1:20
	flood_start -t 600 -l 600 -r 4000 -f 4 -p 1:30
	optq_bg in_c iperf3 -c "$S4" -t 600 >/dev/null
	optq_wait_for 10 has_sent 500 || return 1
	set_knob times $most && fails_for_them 1 && set_knob probability 10
	sent=$(figure 1: packets)
	optq_wait_for 20 has_sent $((sent + 5000))
	sent=$?
	set_knob probability 0
	fails_for_them 0
	failed=$((2 * most - $(faults_left)))
	set_knob times -1
	[ $sent -eq 0 ] && [ $failed -gt 50 ] || { echo "$failed failed: too few packets, or failures"; return 1; }
	optq_wait_for 10 has_sent $(($(figure 1: packets) + 500)) || { echo "nothing passes any more"; return 1; }
	optq_reap
	optq_wait_for 10 no_backlog && all_told && note "$failed allocations failed"
}

# ---- what stays behind ----

leaks_forgotten() { [ ! -e "$KMEMLEAK" ] || { kmemleak_scan && echo clear >"$KMEMLEAK"; }; }

nothing_leaks()
{
	[ -e "$KMEMLEAK" ] || { echo "needs kmemleak"; return "$KSFT_SKIP"; }
	in_c tc qdisc del dev "$DEV" root
	in_c tc qdisc del dev second0 root 2>/dev/null
	kmemleak_scan && ! grep . "$KMEMLEAK"
}

module_goes() { optq_wait_for 10 rmmod sch_optq 2>/dev/null; }

ktap_header
ktap_plan 6
optq_require_root
require_faults
optq_require_module
optq_require_tc
optq_setup_ns
quiet_link
optq_require_programs
ip -n "$NS_C" link add second0 numtxqueues 2 type dummy && ip -n "$NS_C" link set second0 up ||
	{ echo "Bail out! no second device"; exit 1; }
# So that all of mq's are made of the default qdisc: the kernel's own complain of no memory.
in_c ethtool -L "$DEV" tx 2 rx 2 >/dev/null 2>&1
faults_ready
leaks_forgotten
log_mark

ktap_test "each allocation fails" walk one 0
ktap_test "each allocation fails, and all after it" walk rest 100
ktap_test "packets, one in ten allocations for them fails" packets_short_of_memory
ktap_test "nothing leaks" nothing_leaks
ktap_test "the module goes" module_goes
ktap_test "no warning in the kernel's log" log_clean
ktap_done
