#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A policy is changed while two flows keep their queues full: nothing is lost by it, nothing
# overtakes, and at no moment more passes than the link's rate and its burst.  Beside it what
# HTB does in the same steps, by what tc can do to it.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

RATE=8000000
BURST=8000
SECONDS_EACH=0.9

# What a flow keeps in its queue is bounded by its socket, so no limit is ever reached.
start()
{
	receiver || return 1
	optq_bg ip netns exec "$NS_S" "$BURST_WATCH" "$PEER" $RATE 6000-6001 >"$TMP/watch"
	watch_pid=$!
	PORT=6000 flood_start -l 1000 -b 40000
	PORT=6001 flood_start -l 1000 -b 40000
	sleep 0.4
}

# "LOST LATE MOST": what became of it
stop()
{
	flood_stop
	quietly optq_wait_for 10 no_backlog || return 1
	lost=$(($(received lost) + $(received lost 6001)))
	# What was lost at the very end leaves no gap.
	local end=$((OFFERED - $(received received) - $(received received 6001)))
	[ $end -gt $lost ] && lost=$end
	late=$(($(received late) + $(received late 6001)))
	kill -TERM "$watch_pid"
	wait "$watch_pid"
	most=$(awk '{ print $6 }' "$TMP/watch")
	OFFERED=0
}

# policy A B [MORE]: the words of two classes, and other classes
policy()
{
	cat >"$TMP/policy.yaml" <<-YAML
		optq: 1
		links:
		  $DEV:
		    egress:
		      rate: ${RATE}bit
		      burst: $BURST
		      default: rest
		      classes:
		        $1
		        $2
		        rest: { rate: 100kbit, $Q }
		        ${3:-}
	YAML
	quietly in_c "$OPTQCTL" apply "$TMP/policy.yaml"
}

# CoDel would drop of a queue that stands, whatever is changed.
Q="target: 10s, interval: 10s"
A="a: { rate: 1mbit, match: udp dport 6000, $Q }"
B="b: { rate: 2mbit, match: udp dport 6001, $Q }"
base() { policy "$A" "$B"; }

# What each step makes of it.
optq_rate() { policy "a: { rate: 3mbit, match: udp dport 6000, $Q }" "$B"; }
optq_weight() { policy "a: { rate: 1mbit, weight: 9000, match: udp dport 6000, $Q }" "$B"; }
optq_ceil() { policy "a: { rate: 1mbit, ceil: 2mbit, match: udp dport 6000, $Q }" "$B"; }
optq_prio() { policy "a: { rate: 1mbit, prio: 3, match: udp dport 6000, $Q }" "$B"; }
optq_delay() { policy "a: { rate: 1mbit, burst: 3000, delay: 20ms, match: udp dport 6000, $Q }" "$B"; }
optq_inner() { policy "a: { rate: 1mbit, classes: { x: { match: udp dport 6000, $Q }, y: } }" "$B"; }
optq_leaf() { optq_inner && sleep 0.3 && base; }
optq_added() { policy "$A" "$B" "c: { rate: 1mbit, prio: 1 }"; }
optq_deleted() { policy "$A" ""; }
optq_moved() { policy "$A" "" "other: { rate: 3mbit, classes: { b: { rate: 2mbit, match: udp dport 6001, $Q } } }"; }
optq_replaced() { policy "one: { rate: 2mbit, match: udp dport 6001, $Q }" "two: { prio: 2, match: udp dport 6000, $Q }"; }

htb_leaf_words() { echo "htb rate $1 ceil ${RATE}bit burst $BURST cburst $BURST prio ${2:-0}"; }
port() { echo "u32 match ip protocol 17 0xff match ip dport $1 0xffff flowid $2"; }
htb_base()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	tc_batch <<-END
		qdisc add dev $DEV root handle 1: htb default 30
		class add dev $DEV parent 1: classid 1:1 htb rate ${RATE}bit burst $BURST cburst $BURST
		class add dev $DEV parent 1:1 classid 1:10 $(htb_leaf_words 1mbit)
		class add dev $DEV parent 1:1 classid 1:20 $(htb_leaf_words 2mbit)
		class add dev $DEV parent 1:1 classid 1:30 $(htb_leaf_words 100kbit)
		filter add dev $DEV parent 1: protocol ip prio 1 $(port 6000 1:10)
		filter add dev $DEV parent 1: protocol ip prio 2 $(port 6001 1:20)
	END
}

change_a() { tc_batch <<<"class change dev $DEV parent 1:1 classid 1:10 $*"; }
htb_rate() { change_a "$(htb_leaf_words 3mbit)"; }
htb_weight() { change_a "$(htb_leaf_words 1mbit) quantum 60000"; }
htb_ceil() { change_a "htb rate 1mbit ceil 2mbit burst $BURST cburst $BURST"; }
htb_prio() { change_a "$(htb_leaf_words 1mbit 3)"; }
htb_inner()
{
	tc_batch <<-END
		class add dev $DEV parent 1:10 classid 1:11 $(htb_leaf_words 1mbit)
		filter replace dev $DEV parent 1: protocol ip prio 3 $(port 6000 1:11)
		filter del dev $DEV parent 1: protocol ip prio 1
	END
}
htb_leaf()
{
	htb_inner && sleep 0.3 && tc_batch <<-END
		filter add dev $DEV parent 1: protocol ip prio 1 $(port 6000 1:10)
		filter del dev $DEV parent 1: protocol ip prio 3
		class del dev $DEV classid 1:11
	END
}
htb_added() { tc_batch <<<"class add dev $DEV parent 1:1 classid 1:40 $(htb_leaf_words 1mbit 1)"; }
htb_deleted()
{
	tc_batch <<-END
		filter del dev $DEV parent 1: protocol ip prio 2
		class del dev $DEV classid 1:20
	END
}
htb_moved()
{
	tc_batch <<-END
		class add dev $DEV parent 1:1 classid 1:50 $(htb_leaf_words 3mbit)
		class add dev $DEV parent 1:50 classid 1:51 $(htb_leaf_words 2mbit)
		filter add dev $DEV parent 1: protocol ip prio 3 $(port 6001 1:51)
		filter del dev $DEV parent 1: protocol ip prio 2
		class del dev $DEV classid 1:20
	END
}
htb_replaced() { htb_base; }

# step KIND NAME: sets lost, late, most
step()
{
	"$1_base" && start && "$1_$2" && sleep $SECONDS_EACH && stop
}
optq_base() { base; }

lossless()
{
	step optq "$1" || return 1
	note "lost $lost late $late most $most bytes"
	same 0 "$lost" "packets lost" && same 0 "$late" "packets overtaken" || return 1
	# The frame that empties the bucket may be under way.
	[ "$most" -le $((BURST + 1042)) ] && return
	echo "more than the rate and a burst of $BURST: $most bytes"
	return 1
}

# Not gated: what another does is told.
beside()
{
	local name rows=()
	in_c tc qdisc del dev "$DEV" root
	for name in rate weight ceil prio inner leaf added deleted moved replaced; do
		step htb "$name" || return 1
		rows+=("$(printf '%-9s lost %4d late %4d most %6d' "$name" "$lost" "$late" "$most")")
	done
	printf 'htb: %s\n' "${rows[@]}"
}

ktap_header
ktap_plan 13
optq_require_root
optq_require_det
optq_require_module
optq_require_tc
optq_require_ctl
optq_require_kmod sch_htb cls_u32
optq_setup_ns
optq_require_programs
BURST_WATCH=$(dirname "$UDP_LOAD")/burst_watch
log_mark
for name in rate weight ceil prio delay inner leaf added deleted moved replaced; do
	ktap_test "under load: $name" lossless $name
done
ktap_test "for comparison: htb in the same steps" beside
ktap_test "no warning in the kernel's log" log_clean
ktap_done
