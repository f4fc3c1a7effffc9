#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Set-ups of other qdiscs are taken over: what import reads from the kernel is what it
# reads from the script that set it up, check takes it, apply loads it, and what export
# prints then is taken again.
. "$(dirname "$0")/lib.sh"

SCRIPTS=$OPTQ_TREE/tests/import
# One is not as tc would take it, and not each kernel has connmark.
modprobe -q act_connmark && without=odd || without='odd\|connmark'
names=$(cd "$SCRIPTS" && ls -- *.tc | sed 's/\.tc$//' | grep -vx "$without")
NS=

inside() { ip netns exec "$NS" "$@"; }
ctl() { inside "$OPTQCTL" "$@"; }

# A namespace of its own, with the devices that the scripts are for.
fresh()
{
	local dev
	ns=$((${ns:-0} + 1))
	optq_add_ns "imp$ns" NS || return 1
	for dev in eth0 eth1 eth2; do
		inside ip link add "$dev" numtxqueues 2 numrxqueues 2 type dummy &&
		inside ip link set "$dev" up || return 1
	done
	inside ip link add ifb4eth0 type ifb && inside ip link set ifb4eth0 up
}

# run NAME: as its first line says
run()
{
	if head -n 1 "$SCRIPTS/$1.tc" | grep -q '^#!'; then
		inside sh "$SCRIPTS/$1.tc"
	else
		inside tc -batch "$SCRIPTS/$1.tc"
	fi
}

# Without what is said about it: places are not the same.
bare() { grep -v '^ *#' "$1"; }

same_files() { diff <(bare "$1") <(bare "$2"); }

# It may warn of classes that only filters of tc's lead to.
checked() { "$OPTQCTL" check "$1" >"$TMP/said" 2>&1 || { cat "$TMP/said"; return 1; }; }

# taken_over NAME
taken_over()
{
	run "$1" || return 1
	ctl import >"$TMP/live.yaml" 2>"$TMP/live.notes" || { cat "$TMP/live.notes"; return 1; }
	"$OPTQCTL" import --script "$SCRIPTS/$1.tc" >"$TMP/script.yaml" 2>"$TMP/script.notes" ||
		{ cat "$TMP/script.notes"; return 1; }
	same_files "$TMP/script.yaml" "$TMP/live.yaml" || return 1
	checked "$TMP/live.yaml" || return 1
	# As many things are said, but for options that the kernel does not tell again.
	[ "$(grep -c 'warning:' "$TMP/live.notes")" -le "$(grep -c 'warning:' "$TMP/script.notes")" ]
}

# round_trip NAME: the policy is loaded, and what is exported comes to the same tree
round_trip()
{
	local shown
	"$OPTQCTL" import --script "$SCRIPTS/$1.tc" >"$TMP/policy.yaml" 2>"$TMP/notes" || return 1
	ctl apply "$TMP/policy.yaml" >"$TMP/said" 2>&1 || { cat "$TMP/said"; return 1; }
	ctl export >"$TMP/exported.yaml" || return 1
	checked "$TMP/exported.yaml" || return 1
	shown=$(paths)
	ctl apply "$TMP/exported.yaml" >"$TMP/said" 2>&1 || { cat "$TMP/said"; return 1; }
	[ -n "$shown" ] && [ "$shown" = "$(paths)" ] || { echo "$shown"; paths; return 1; }
}

# Each class with what it gets.
paths()
{
	ctl -j show | jq -c '.[] | .ingress_of as $in | .classes[] |
		[$in, .path, .rate_bps, .ceil_bps, .prio, .weight, .burst_bytes]'
}

one_device()
{
	run cake-tins || return 1
	ctl import eth1 >"$TMP/out" 2>/dev/null || return 1
	same 1 "$(grep -c egress "$TMP/out")" "links" && grep -q '^  eth1:' "$TMP/out" &&
	! ctl import lo >"$TMP/out" 2>&1 && grep -q "no tree of another qdisc" "$TMP/out" &&
	! ctl import no-such >"$TMP/out" 2>&1 && grep -q "no such device" "$TMP/out"
}

same() { [ "$1" = "$2" ] || { echo "$3: $2, wanted $1"; return 1; }; }

as_json()
{
	run fireqos || return 1
	ctl -j import eth0 >"$TMP/out" || return 1
	jq -e '.policy | startswith("# What could not")' "$TMP/out" &&
	jq -e '.notes | length > 0' "$TMP/out" &&
	jq -e '[.notes[].object] | any(contains("filter parent 1: pref 25 u32"))' "$TMP/out"
}

# The device's own tree, once it has one, is export's.
own_tree()
{
	printf 'optq: 1\nlinks: { eth0: { egress: { rate: 1mbit, default: a, classes: { a: } } } }\n' |
		ctl apply - >/dev/null || return 1
	! ctl import eth0 >"$TMP/out" 2>&1 && cat "$TMP/out" && grep -q "optqctl export" "$TMP/out"
}

ktap_header
ktap_plan $((2 * $(echo "$names" | wc -l) + 3))
optq_require_root
optq_require_module
optq_require_ctl
optq_require_cmd jq
optq_require_kmod sch_htb sch_hfsc sch_cake cls_u32 cls_flower cls_basic
for name in $names; do
	fresh
	ktap_test "$name is taken over as it runs" taken_over "$name"
	fresh
	ktap_test "$name is loaded and exported" round_trip "$name"
done
fresh
ktap_test "one device" one_device
fresh
ktap_test "as JSON" as_json
fresh
ktap_test "a tree of optq's own" own_tree
ktap_done
