#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# optqctl show of trees that tc made: classes without names, all devices.
. "$(dirname "$0")/lib.sh"

ctl() { in_c "$OPTQCTL" "$@"; }
same() { [ "$1" = "$2" ] || { echo "$3: $1, wanted $2"; return 1; }; }

test_nothing_to_show()
{
	same "$(ctl show 2>&1)" "optqctl: no device has an optq at its root" "output" &&
	same "$(ctl -j show | jq -c .)" "[]" "JSON"
}

test_tree_of_tc()
{
	in_c tc qdisc add dev "$DEV" root handle 5: optq default 20 &&
	in_c tc class add dev "$DEV" parent 5: classid 5:1 optq rate 10mbit ceil 10mbit &&
	in_c tc class add dev "$DEV" parent 5:1 classid 5:10 optq rate 4mbit ceil 10mbit prio 1 &&
	in_c tc class add dev "$DEV" parent 5:1 classid 5:20 optq rate 6mbit ceil 10mbit &&
	in_c ping -q -c 3 -i 0.05 "$S4" >/dev/null || return 1
	ctl show "$DEV" >"$TMP/out" || return 1
	cat "$TMP/out"
	grep -q "^$DEV: optq 5: .* default 5:1/5:20\$" "$TMP/out" &&
	grep -q "^  5:1 .* 10mbit  *10mbit 0 " "$TMP/out" &&
	grep -q "^    5:10 .* 4mbit  *10mbit 1 " "$TMP/out" &&
	same "$(ctl -j show | jq -r '.[0].classes | map(.classid) | join(" ")')" \
		"5:1 5:10 5:20" "classes" &&
	[ "$(ctl -j show "$DEV" | jq '.[0].classes[2].stats.packets')" -ge 3 ]
}

# What tc counts and what the family counts is one and the same; neighbour
# discovery may add to it between one look and the next.
test_agrees_with_tc()
{
	local before tc after
	before=$(ctl -j show "$DEV" | jq '.[0].classes[2].stats.packets')
	tc=$(in_c tc -s -j class show dev "$DEV" classid 5:20 |
		jq '[.. | objects | select(has("packets")) | .packets][0]')
	after=$(ctl -j show "$DEV" | jq '.[0].classes[2].stats.packets')
	note "packets: $before $tc $after"
	[ "$before" -ge 3 ] && [ "$before" -le "$tc" ] && [ "$tc" -le "$after" ]
}

# Every packet that the class sent is in its histogram, and tc tells the same.
test_percentiles()
{
	local of='.[0].classes[2]' tc
	ctl -j show "$DEV" >"$TMP/json" || return 1
	jq -c "$of | [.stats.sojourn_max_ns, .sojourn_histogram_ns]" "$TMP/json"
	jq -e "$of | (.sojourn_histogram_ns | map(.[1]) | add) == .stats.packets" \
		"$TMP/json" &&
	jq -e "$of.stats | [0, .sojourn_p50_ns, .sojourn_p90_ns, .sojourn_p99_ns,
		.sojourn_p999_ns, .sojourn_max_ns] | . == sort and .[1] > 0" \
		"$TMP/json" &&
	same "$(jq -c '.[0].classes[1] | [.sojourn_histogram_ns, .stats.sojourn_p50_ns]' \
		"$TMP/json")" "[[],0]" "a class without traffic" || return 1
	tc=$(in_c tc -s class show dev "$DEV" classid 5:20)
	echo "$tc"
	echo "$tc" | grep -q 'sojourn: avg [0-9.]*[num]*s max .* p50 [1-9].* p99.9 [1-9]' &&
	head -n 2 "$TMP/out" | grep -q ' P50 *P99$'
}

# The sum of the histogram of the policy's class.
waited() { ctl -j show "$DEV" | jq '.[0].classes[0].sojourn_histogram_ns | map(.[1]) | add // 0'; }

test_histogram_lives_on()
{
	local before after
	in_c ping -q -c 3 -i 0.05 "$S4" >/dev/null || return 1
	before=$(waited)
	sed -i 's/1mbit/2mbit/' "$TMP/policy.yaml" && ctl apply "$TMP/policy.yaml" || return 1
	after=$(waited)
	note "packets: $before, after a change of the tree $after"
	[ "$before" -ge 3 ] && [ "$before" -le "$after" ]
}

# A policy takes over: classes without a name go, their ids are not used again.
test_policy_after_tc()
{
	cat >"$TMP/policy.yaml" <<-YAML
	optq: 1
	links:
	  $DEV: { egress: { default: a, classes: { a: { rate: 1mbit } } } }
	YAML
	ctl apply "$TMP/policy.yaml" || return 1
	same "$(ctl -j show | jq -r '.[0].classes | map("\(.path)=\(.id)") | join(" ")')" \
		"a=2" "classes" &&
	in_c tc qdisc show dev "$DEV" | grep -q "^qdisc optq 5: root"
}

test_all_devices()
{
	in_c ip link add dummy7 type dummy && in_c ip link set dummy7 up &&
	in_c tc qdisc add dev dummy7 root handle 7: optq || return 1
	same "$(ctl -j show | jq -r 'map(.device) | sort | join(" ")')" \
		"dummy7 $DEV" "devices" &&
	same "$(ctl show dummy7 | head -n 1)" \
		"dummy7: optq 7: generation $(ctl -j show dummy7 | jq '.[0].generation'), 0 classes, 0 rules, default none (direct)" "heading"
}

# Short and long: the C library knows the short ones only.
test_altnames()
{
	local name first
	first=$(ctl show "$DEV" | head -n 1)
	for name in wan-alt "wan-alt-$(printf '%090d' 7)"; do
		in_c ip link property add dev "$DEV" altname "$name" || return 1
		same "$(ctl show "$name" 2>&1 | head -n 1)" "$first" "$name" || return 1
	done
	same "$(ctl show "wan-alt-$(printf '%090d' 8)" 2>&1)" \
		"optqctl: wan-alt-$(printf '%090d' 8): there is no such device here" "no altname"
}

test_not_at_the_root()
{
	in_c tc qdisc del dev dummy7 root &&
	in_c tc qdisc add dev dummy7 root handle 1: prio &&
	in_c tc qdisc add dev dummy7 parent 1:2 handle 7: optq || return 1
	same "$(ctl show dummy7 2>&1)" \
		"optqctl: dummy7: its optq 7: is not the root qdisc but below 1:2: optqctl manages the root only, \"tc -s class show dev dummy7\" shows this one" "output"
}

ktap_header
ktap_plan 9
optq_require_root
optq_require_module
optq_require_ctl
optq_require_tc
optq_require_kmod dummy
optq_setup_ns
ktap_test "no device has an optq" test_nothing_to_show
ktap_test "a tree made by tc" test_tree_of_tc
ktap_test "the counters are those of tc" test_agrees_with_tc
ktap_test "percentiles and the histogram" test_percentiles
ktap_test "a policy in place of a tree made by tc" test_policy_after_tc
ktap_test "the histogram of a class that lives on" test_histogram_lives_on
ktap_test "every device that has one" test_all_devices
ktap_test "a device by its altnames" test_altnames
ktap_test "an optq that is not the root" test_not_at_the_root
ktap_done
