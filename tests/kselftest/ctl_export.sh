#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# optqctl export: the policy that it prints makes the very tree that is there, ids, values
# and matches, whoever made that; and what a policy cannot say is told.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

IFB=ifb-$DEV

# All that is configured on the devices: no figures, and not where a match was written.
config()
{
	ctl -j show | jq -S 'map(del(.stats, .generation, .ifindex, .police.stats) |
		.classes |= map(del(.stats, .sojourn_histogram_ns, .police.stats)))'
	ctl -j show --rules | jq -S 'map([.device, (.matches | map([.path, .class, .match]))])'
}

none() { ctl remove "$DEV" >/dev/null 2>&1; in_c tc qdisc del dev "$DEV" root 2>/dev/null; true; }

# exported: to $TMP/exported.yaml, without a word on standard error
exported()
{
	ctl export "$@" >"$TMP/exported.yaml" 2>"$TMP/said" && [ ! -s "$TMP/said" ] ||
		{ echo "export: exit $?"; cat "$TMP/said" "$TMP/exported.yaml"; return 1; }
}

# comes_back NAME FILE [OPTION...]: what FILE makes is exported, as YAML and as JSON, and
# makes the same: over what is there, and on a device that has nothing
comes_back()
{
	local name=$1 file=$2
	shift 2
	quietly ctl apply "$file" && config >"$TMP/before" && exported "$@" || return 1
	quietly ctl check "$TMP/exported.yaml" &&
	quietly ctl apply "$TMP/exported.yaml" && config >"$TMP/after" || return 1
	diff "$TMP/before" "$TMP/after" || { echo "$name: another tree"; cat "$TMP/exported.yaml"; return 1; }
	cp "$TMP/exported.yaml" "$TMP/first.yaml"
	ctl -j export "$@" >"$TMP/exported.json" || return 1
	none
	quietly ctl check "$TMP/exported.json" && quietly ctl apply "$TMP/exported.json" &&
	config >"$TMP/after" && diff "$TMP/before" "$TMP/after" ||
		{ echo "$name: another tree by JSON"; cat "$TMP/exported.json"; return 1; }
	exported "$@" && diff "$TMP/first.yaml" "$TMP/exported.yaml" || { echo "$name: another text"; return 1; }
	none
}

examples_come_back()
{
	local file dev n=0
	cp "$OPTQ_TREE"/examples/*.csv "$TMP/" || return 1
	for file in "$OPTQ_TREE"/examples/*.yaml; do
		# The examples' devices are the reader's: here they are all $DEV.
		sed -e '/^ *device:/d' -e "s/^  [a-z][a-z0-9]*:\( *#.*\)\?\$/  $DEV:/" "$file" >"$TMP/example.yaml"
		comes_back "${file##*/}" "$TMP/example.yaml" || return 1
		n=$((n + 1))
	done
	[ "$n" -ge 6 ] || { echo "$n examples"; return 1; }
}

presets_come_back()
{
	local preset n=0
	for preset in $(ctl preset | awk '{ print $1 }'); do
		printf 'optq: 1\nlinks:\n  %s:\n    egress: { rate: 33.333mbit, preset: %s }\n    ingress: { rate: 90mbit, preset: %s }\n' \
			"$DEV" "$preset" "$preset" >"$TMP/preset.yaml"
		comes_back "$preset" "$TMP/preset.yaml" "$DEV" || return 1
		n=$((n + 1))
	done
	[ "$n" -ge 3 ] || { echo "$n presets"; return 1; }
}

# Every key, the ones that have no effect left out.
cat >"$TMP/keys.yaml" <<YAML
optq: 1
links:
  $DEV:
    egress:
      rate: 1234567bit
      burst: 12345
      limit: 777
      memory: 70000
      oversubscribe: yes
      sysfs: yes
      wire: { layer: ptm, overhead: -3, mpu: 70 }
      dscp: wash
      ack-filter: conservative
      police: { cir: 3mbit, pir: 5mbit, pbs: 99999, colour: aware }
      default: a/b
      classes:
        voice:
          rate: 33%
          ceil: 1000003bit
          burst: 5001
          cburst: 70001
          delay: 123456789ns
          prio: 3
          quantum: 333
          limit: 33
          target: 1500us
          interval: 31ms
          ecn: no
          l4s: no
          isolate: dual-src
          nat: yes
          wire: raw
          dscp: 45
          ack-filter: off
          police: { each: dst-host, cir: 1mbit, cbs: 20001, ebs: 3, prefix4: 24, prefix6: 56, entries: 99, conform: dscp af11 pcp 3, exceed: class a/b, violate: pass }
          match:
            - dscp ef or mark 0x1/0xff
            - iif "lo"
        a:
          weight: 77
          oversubscribe: yes
          classes:
            b: { step_thresh: 2ms, dscp: keep, wire: { overhead: 4 } }
            c: { rate: 300kbit, police: { eir: 2mbit }, match: "tcp dport { 80, 443, 8000-8999 }" }
            d: { rate: 100kbit, ceil: 50%, police: 64kbit, match: "not ip" }
YAML

keys_come_back() { comes_back keys "$TMP/keys.yaml" "$DEV"; }

# Ids of classes that stay are of another order than the classes.
changes_come_back()
{
	none
	cat >"$TMP/change.yaml" <<-YAML
	optq: 1
	links: { $DEV: { egress: { default: z, classes: { z: , y: { match: udp dport 1 }, x: { match: udp } } } } }
	YAML
	quietly ctl apply "$TMP/change.yaml" || return 1
	cat >"$TMP/change.yaml" <<-YAML
	optq: 1
	links: { $DEV: { egress: { default: z, classes: { n: { match: udp dport 1-2 }, x: { match: udp dport 1-3 }, m: , y: { match: udp }, z: } } } }
	YAML
	quietly ctl apply "$TMP/change.yaml" && config >"$TMP/before" && exported "$DEV" &&
	quietly ctl apply "$TMP/exported.yaml" && config | jq -s 'map(.)' >"$TMP/after" &&
	diff <(jq -s 'map(.)' "$TMP/before") "$TMP/after" || { cat "$TMP/exported.yaml"; return 1; }
	same 'n x y' "$(ctl -j show --rules "$DEV" | jq -r '.[0].matches | map(.path) | join(" ")')" "order of matches"
	none
}

sets_come_from_a_policy()
{
	none
	mkdir -p "$TMP/conf"
	printf '10.1.0.0/16\n2001:db8::/32\n' >"$TMP/conf/office.txt"
	cat >"$TMP/conf/sets.yaml" <<-YAML
	optq: 1
	sets: { office: { file: office.txt }, web: [ 80, 443 ], ports: [ 1-9 ], long: [ 5 ] }
	links:
	  $DEV:
	    egress:
	      default: b
	      classes:
	        a: { match: [ src @office tcp dport @web, "udp dport { $(seq -s ', ' 1000 2 1600) }" ] }
	        b:
	YAML
	quietly ctl apply "$TMP/conf/sets.yaml" && config >"$TMP/before" || return 1
	ctl export "$DEV" >"$TMP/out" 2>"$TMP/said" && return 1
	[ ! -s "$TMP/out" ] && grep -q "^optqctl: $DEV: the match of a (.*sets.yaml:[0-9]*) names the set \"office\"" "$TMP/said" ||
		{ cat "$TMP/out" "$TMP/said"; return 1; }
	exported --sets-from "$TMP/conf/sets.yaml" "$DEV" || return 1
	same '2' "$(sed -n '/^sets:/,/^links:/{/^  /p}' "$TMP/exported.yaml" | wc -l)" "sets" &&
	mv "$TMP/exported.yaml" "$TMP/other.yaml" && cd / &&
	quietly ctl apply "$TMP/other.yaml" && config >"$TMP/after" && diff "$TMP/before" "$TMP/after" ||
		{ cat "$TMP/other.yaml"; return 1; }
	fails 'other.txt: ' ctl export --sets-from "$TMP/conf/other.txt" "$DEV" &&
	sed -i 's/1000, /1000, 1001, /' "$TMP/conf/sets.yaml" &&
	fails 'is longer than the 1023 bytes' ctl export --sets-from "$TMP/conf/sets.yaml" "$DEV"
	local rc=$?
	none
	return "$rc"
}

# A tree of tc's: no names, no default, more promised than there is, a qdisc below.
trees_of_tc()
{
	none
	tc_c qdisc add dev "$DEV" root handle 1: optq &&
	tc_c class add dev "$DEV" parent 1: classid 1:1 optq rate 10mbit &&
	tc_c class add dev "$DEV" parent 1:1 classid 1:10 optq rate 8mbit ceil 10mbit prio 1 quantum 1000 &&
	tc_c class add dev "$DEV" parent 1:1 classid 1:20 optq rate 4mbit ceil 10mbit weight 5000 &&
	tc_c qdisc add dev "$DEV" parent 1:10 pfifo &&
	tc_c filter add dev "$DEV" parent 1: protocol all matchall classid 1:20 || return 1
	ctl export "$DEV" >"$TMP/tc.yaml" 2>"$TMP/said" || { cat "$TMP/said" "$TMP/tc.yaml"; return 1; }
	cat "$TMP/tc.yaml"
	grep -q "^optqctl: $DEV: 3 classes were made by tc" "$TMP/said" &&
	grep -q "^optqctl: $DEV: c1-1/c1-10: tc put the qdisc pfifo under it" "$TMP/said" &&
	grep -q "^optqctl: $DEV: c1-1: more is promised below it" "$TMP/said" &&
	grep -q "^optqctl: $DEV: unclassified: there is no default" "$TMP/said" &&
	grep -q "^optqctl: $DEV: tc filters lead packets to its classes" "$TMP/said" || { cat "$TMP/said"; return 1; }
	in_c tc qdisc del dev "$DEV" parent 1:10 && in_c tc filter del dev "$DEV" parent 1: &&
	ctl -j show "$DEV" | jq -c '.[0].classes[] | del(.stats, .path, .name, .id, .classid, .parent, .qdisc, .sojourn_histogram_ns)' >"$TMP/before" &&
	quietly ctl apply "$TMP/tc.yaml" &&
	ctl -j show "$DEV" | jq -c '.[0].classes[] | select(.name != "unclassified") |
		del(.stats, .path, .name, .id, .classid, .parent, .qdisc, .sojourn_histogram_ns)' >"$TMP/after" || return 1
	# What was sold twice says so now.
	diff <(sed '1s/"oversubscribe":false/"oversubscribe":true/' "$TMP/before") "$TMP/after"
}

# Several devices in one file, in the order that was asked for, each once.
several_devices()
{
	none
	in_c ip link add optq-b type dummy && in_c ip link set optq-b up || return 1
	cat >"$TMP/two.yaml" <<-YAML
	optq: 1
	links:
	  optq-b: { egress: { rate: 2mbit, default: a, classes: { a: } } }
	  $DEV:
	    ingress: { rate: 3mbit, default: a, classes: { a: } }
	    egress: { rate: 1mbit, default: a, classes: { a: } }
	YAML
	comes_back two "$TMP/two.yaml" && quietly ctl apply "$TMP/two.yaml" &&
	exported "$DEV" optq-b "$DEV" "$IFB" &&
	same "$DEV optq-b" "$(sed -n 's/^  \([^ ]*\):$/\1/p' "$TMP/exported.yaml" | paste -sd' ')" "links" &&
	same 'egress ingress egress' "$(sed -n 's/^    \([a-z]*\):$/\1/p' "$TMP/exported.yaml" | paste -sd' ')" "trees" &&
	exported optq-b && same optq-b "$(sed -n 's/^  \([^ ]*\):$/\1/p' "$TMP/exported.yaml")" "link" &&
	exported && same 3 "$(grep -c gress: "$TMP/exported.yaml")" "trees of all"
	local rc=$?
	in_c ip link del optq-b
	none
	return "$rc"
}

errors_are_told()
{
	none
	fails "optqctl: none0: there is no such device here" ctl export none0 &&
	fails "optqctl: $DEV: has no optq" ctl export "$DEV" &&
	fails "optqctl: $DEV: has no optq" ctl export lo "$DEV" &&
	fails "no device has an optq at its root" ctl export
}

# The elements are not the policy's; that they are asked for is said.
elements_are_named()
{
	none
	printf 'optq: 1\nlinks: { %s: { egress: { default: b, classes: { a: { match: app zoom }, b: } } } }\n' "$DEV" >"$TMP/app.yaml"
	quietly ctl apply "$TMP/app.yaml" &&
	ctl export >"$TMP/out" 2>"$TMP/said" || { cat "$TMP/said"; return 1; }
	grep -q 'told to the kernel by "optqctl element"' "$TMP/said" && grep -q '^    # which flows' "$TMP/out" &&
	quietly ctl check "$TMP/out"
	local rc=$?
	none
	return "$rc"
}

ktap_header
ktap_plan 9
optq_require_root
optq_require_module
optq_require_tc
optq_require_ctl
optq_require_cmd jq
optq_setup_ns
ktap_test "examples come back" examples_come_back
ktap_test "presets come back, both ways" presets_come_back
ktap_test "every key comes back" keys_come_back
ktap_test "matches keep their order when ids do not" changes_come_back
ktap_test "sets come from a policy" sets_come_from_a_policy
ktap_test "a tree of tc's becomes a policy" trees_of_tc
ktap_test "several devices" several_devices
ktap_test "elements are named" elements_are_named
ktap_test "errors are told" errors_are_told
ktap_done
