#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module comes and goes 100 times with traffic on the wire: it refuses to go
# while a qdisc uses it, and leaves nothing behind when it goes.

. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/leak.sh"
. "$OPTQ_HERE/klog.sh"

WARM=10		# first loads fill caches that stay
SPAN=45		# loads between two looks at the memory in use
errors=0

complain() { note "load $cycle: $*"; errors=$((errors + 1)); }

# tc enters the namespace by itself: a program less to start, 400 times.
tree_up()
{
	tc -n "$NS_C" -batch - <<-END
		qdisc add dev $DEV root handle 1: optq default 20
		class add dev $DEV parent 1: classid 1:1 optq rate 50mbit ceil 100mbit
		class add dev $DEV parent 1:1 classid 1:10 optq rate 10mbit ceil 100mbit prio 0
		class add dev $DEV parent 1:1 classid 1:20 optq rate 40mbit ceil 100mbit prio 1
		filter add dev $DEV parent 1: protocol ip u32 match ip protocol 1 0xff flowid 1:10
	END
}

sent_packets()
{
	local word
	for word in $(tc -n "$NS_C" -s qdisc show dev "$DEV" root); do
		[ "$word" = pkt ] && break
		sent=$word
	done
}

something_passes()
{
	sent_packets
	[ "${sent:-0}" -gt 0 ] && passed=$((passed + sent))
}

one_load()
{
	optq_load || { complain "insmod"; return; }
	tree_up || complain "tc"
	optq_wait_for 5 something_passes || complain "nothing passes"
	rmmod sch_optq 2>/dev/null && complain "rmmod took a module in use away"
	tc -n "$NS_C" qdisc del dev "$DEV" root || complain "qdisc del"
	[ "$(</sys/module/sch_optq/refcnt)" = 0 ] || complain "refcount left"
	rmmod sch_optq || complain "rmmod"
}

loads()
{
	local end=$((cycle + $1))
	while [ "$cycle" -lt "$end" ]; do
		cycle=$((cycle + 1))
		one_load
	done
}

test_loads()
{
	errors=0 cycle=0 passed=0
	loads "$WARM"
	leak_snapshot "$TMP/a"
	loads "$SPAN"
	leak_snapshot "$TMP/b"
	loads "$SPAN"
	leak_snapshot "$TMP/c"
	note "$cycle loads, $passed packets seen in the qdisc"
	[ "$errors" -eq 0 ]
}

test_growth()
{
	leak_require_counts
	leak_growth "$TMP/a" "$TMP/b" "$TMP/c" "$SPAN"
}

test_vmalloc() { ! grep -F '[sch_optq]' /proc/vmallocinfo; }

test_namespace_goes()
{
	# With the qdisc in place: nothing may hold the device.
	optq_load && tree_up || return 1
	ip netns del "$NS_C" && ip netns del "$NS_S" || return 1
	optq_wait_for 10 rmmod sch_optq 2>/dev/null ||
		{ echo "the module stays in use"; return 1; }
}

test_log() { ! klog_complaints "$OPTQ_HERE" "$mark"; }

ktap_header
ktap_plan 5
optq_require_root
optq_require_module
optq_require_tc
optq_setup_ns
rmmod sch_optq || { echo "Bail out! sch_optq is in use"; exit 1; }

mark="optq module_load $$"
echo "$mark" >/dev/kmsg
optq_bg in_c ping -q -i 0.01 -s 1000 $S4 >/dev/null
optq_bg in_s iperf3 -s >/dev/null
sleep 1
optq_bg in_c iperf3 -c $S4 -b 5m -t 1000 >/dev/null

ktap_test "100 loads and unloads under traffic; no unload while in use" test_loads
ktap_test "no kernel memory grows with the loads" test_growth
ktap_test "no vmalloc area of the module is left" test_vmalloc
optq_reap
ktap_test "a namespace goes with its qdisc in place" test_namespace_goes
ktap_test "no warning in the kernel's log" test_log
ktap_done
