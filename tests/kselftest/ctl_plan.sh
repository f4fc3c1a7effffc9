#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# optqctl plan on a live device: it says what apply would change and what becomes of the
# packets that wait, finds what tc has altered, and changes nothing itself.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

# policy FILE: from stdin, below the head that all share
policy()
{
	{
		printf 'optq: 1\nlinks:\n  %s:\n    egress:\n' "$DEV"
		sed 's/^/      /'
	} >"$TMP/$1"
}

policy office.yaml <<'YAML'
rate: 20mbit
default: office/other
classes:
  voice: { rate: 1mbit, delay: 10ms, prio: 0, match: [dscp ef, "udp dport 5004"] }
  office:
    rate: 10mbit
    prio: 1
    classes:
      web: { rate: 6mbit, ceil: 15mbit, match: "tcp port { 80, 443 }" }
      other: { weight: 3000, limit: 500 }
YAML

traces()
{
	in_c tc -d qdisc show dev "$DEV"
	in_c ip -o link show type ifb
	ctl -j show 2>/dev/null |
		jq -c '.[] | [.device, .generation, [.classes[] | del(.stats, .sojourn_histogram_ns)]]'
}

# plans STATUS FILE [LINE...]: exit status and output, and that nothing was changed
plans()
{
	local want=$1 file=$2 rc before
	shift 2
	before=$(traces)
	ctl plan "$TMP/$file" >"$TMP/out" 2>&1
	rc=$?
	printf '%s\n' "$@" >"$TMP/want"
	if [ "$rc" -ne "$want" ] || { [ $# -gt 0 ] && ! cmp -s "$TMP/want" "$TMP/out"; }; then
		echo "exit $rc, wanted $want:"
		cat "$TMP/out"
		[ $# -eq 0 ] || { echo "wanted:"; cat "$TMP/want"; }
		return 1
	fi
	same "$before" "$(traces)" "what the device has after a plan"
}

nothing_to_do() { plans 0 "$1" "$DEV: nothing to do"; }

apply() { quietly ctl apply "$TMP/$1"; }

# id_of NAME: of a live class, as tc has it
id_of() { ctl -j show "$DEV" | jq -r --arg n "$1" '.[0].classes[] | select(.name == $n) | .classid'; }

# said FILTER: of the JSON of the last `plans_json FILE`
plans_json() { ctl -j plan "$TMP/$1" >"$TMP/json"; [ $? -eq 3 ]; }
said() { jq -c ".[0] | $1" "$TMP/json"; }

first_plan()
{
	in_c tc qdisc add dev "$DEV" root pfifo || return 1
	plans 3 office.yaml \
		"$DEV: optq in place of pfifo: 4 to add, 3 matches" \
		"  + link          rate 20mbit, default office/other" \
		"  + voice         rate 1mbit, delay 10ms" \
		"  + office        rate 10mbit, prio 1" \
		"  + office/web    rate 6mbit, ceil 15mbit" \
		"  + office/other  weight 3000, limit 500" \
		"  + voice         match dscp ef" \
		"  + voice         match udp dport 5004" \
		"  + office/web    match tcp port { 80, 443 }" &&
	in_c tc qdisc show dev "$DEV" | grep -q '^qdisc pfifo .* root' &&
	plans_json office.yaml &&
	same '[true,"pfifo",["add","add","add","add"],false]' \
		"$(said '[.create, .replaces, (.changes | map(.op)), .nothing_to_do]')" "JSON" &&
	in_c ping -q -c 1 "$S4" >/dev/null &&
	quietly in_c tc qdisc replace dev "$DEV" root netem delay 200s && flood 6 400 &&
	plans 3 office.yaml && head -1 "$TMP/out" &&
	grep -Eq "^$DEV: optq in place of netem, which loses ([6-9]|1.) packets: 4 to add, 3 matches$" "$TMP/out" &&
	in_c tc qdisc del dev "$DEV" root &&
	plans 3 office.yaml && cat "$TMP/out" &&
	grep -q "^$DEV: optq, which is not there yet: 4 to add, 3 matches$" "$TMP/out"
}

applied()
{
	apply office.yaml && nothing_to_do office.yaml &&
	# Lines may move, and the file may have another name.
	sed 's/^optq: 1/# first\n\noptq: 1/' "$TMP/office.yaml" >"$TMP/moved.yaml" &&
	nothing_to_do moved.yaml &&
	ctl -j plan "$TMP/office.yaml" >"$TMP/json" &&
	same '[true,[],[],[],false]' \
		"$(said '[.nothing_to_do, .changes, .fields, .matches, .sets_differ]')" "JSON"
}

changes_are_told()
{
	policy changed.yaml <<-'YAML'
	rate: 30mbit
	default: bulk/other
	memory: 8mb
	police: { cir: 25mbit }
	classes:
	  voice: { rate: 2mbit, prio: 0, match: [udp dport 5004, dscp ef] }
	  office: { rate: 10mbit, prio: 1, isolate: triple, match: "tcp port { 80, 443 }" }
	  bulk: { classes: { other: { weight: 3000, limit: 500 } } }
	YAML
	plans 3 changed.yaml \
		"$DEV: 4 keys of the link, 1 to add, 2 to change, 1 to remove, 1 to move," \
		"    2 matches; nothing waits" \
		"  ~ link                 rate 20mbit → 30mbit, memory auto → 8mb," \
		"                         police cir 25mbit, police cbs 312500b" \
		"  ~ voice                rate 1mbit → 2mbit, delay 10ms → none" \
		"  ~ office               leaf no → yes, isolate flow → triple" \
		"  + bulk                 weight 2000" \
		"  → office/other → bulk/other" \
		"  - office/web" \
		"  ~ voice                match udp dport 5004 (place 2 → 1)" \
		"  → office/web → office  match tcp port { 80, 443 }" || return 1
	! grep -q '.\{81\}' "$TMP/out" &&
	LC_ALL=C ctl plan "$TMP/changed.yaml" >"$TMP/out"
	grep -q '^  -> office/other -> bulk/other$' "$TMP/out" &&
	grep -q '^  ~  voice  *rate 1mbit -> 2mbit, delay 10ms -> none$' "$TMP/out" &&
	apply changed.yaml && nothing_to_do changed.yaml &&
	plans 3 office.yaml && apply office.yaml && nothing_to_do office.yaml
}

# Id and counters go where a class goes, with those below it.
moves_are_made()
{
	policy deep.yaml <<-'YAML'
	rate: 20mbit
	default: top/office/other
	classes:
	  top:
	    rate: 11mbit
	    classes:
	      voice: { rate: 1mbit, delay: 10ms, prio: 0, match: [dscp ef, "udp dport 5004"] }
	      office:
	        rate: 10mbit
	        prio: 1
	        classes:
	          web: { rate: 6mbit, ceil: 15mbit, match: "tcp port { 80, 443 }" }
	          other: { weight: 3000, limit: 500 }
	YAML
	local before after figures='.[0].classes[] | select(.name == "other") | [.id, .stats.packets]'
	in_c ping -q -c 4 -i 0.05 "$S4" >/dev/null || return 1
	before=$(ctl -j show "$DEV" | jq -c "$figures")
	[ "$(jq '.[1]' <<<"$before")" -ge 4 ] || { echo "no packet to lose"; return 1; }
	plans 3 deep.yaml "$DEV: 1 to add, 2 to move; nothing waits" \
		"  + top                  rate 11mbit" \
		"  → voice → top/voice" \
		"  → office → top/office" || return 1
	plans_json deep.yaml &&
	same '[["top",null],["top/voice","voice"],["top/office","office"]]' \
		"$(said '.changes | map([.path, .old_path])')" "paths" &&
	apply deep.yaml && nothing_to_do deep.yaml || return 1
	# A packet of ARP may have come since.
	after=$(ctl -j show "$DEV" | jq -c "$figures")
	jq -en "$before as \$b | $after as \$a | \$a[0] == \$b[0] and \$a[1] >= \$b[1]" >/dev/null ||
		{ echo "other: $before before, then $after"; return 1; }
	apply office.yaml && nothing_to_do office.yaml
}

# What a set stands for is not in the rule's text.
sets_are_compared()
{
	printf '10.1.0.0/16\n' >"$TMP/hosts.txt"
	{
		printf 'optq: 1\nsets:\n  hosts: { file: hosts.txt }\n'
		sed -e 1d -e 's/tcp port { 80, 443 }/src @hosts/' "$TMP/office.yaml"
	} >"$TMP/sets.yaml"
	apply sets.yaml && nothing_to_do sets.yaml || return 1
	printf '10.1.0.0/16\n10.3.0.0/16\n' >"$TMP/hosts.txt"
	plans 3 sets.yaml "$DEV: what matches stand for; nothing waits" \
		"    The matches read the same and take other packets: a set, or what a name in" \
		"    them stands for, has changed." &&
	plans_json sets.yaml && same true "$(said .sets_differ)" "sets_differ" &&
	apply sets.yaml && nothing_to_do sets.yaml && apply office.yaml
}

drift_is_found()
{
	tc_batch <<-TC || return 1
	class change dev $DEV classid 1:1 optq rate 3mbit
	class add dev $DEV parent 1:2 classid 1:78 optq rate 100kbit
	qdisc add dev $DEV parent 1:3 pfifo
	qdisc change dev $DEV root optq limit 4000 direct_qlen 50
	TC
	plans 3 office.yaml \
		"$DEV: 2 keys of the link, 1 to change, 1 to remove, 1 with a qdisc of tc's;" \
		"    nothing waits" \
		"  ~ link         limit 4000 → 10240, direct_qlen 50 → 1000" \
		"  ~ voice        rate 3mbit → 1mbit, ceil 3mbit → none" \
		"  ! office/web   qdisc pfifo stays: tc put it there" \
		"  - office/1:78" || return 1
	apply office.yaml &&
	plans 3 office.yaml "$DEV: 1 with a qdisc of tc's; nothing waits" \
		"  ! office/web  qdisc pfifo stays: tc put it there" || return 1
	tc_batch <<<"qdisc del dev $DEV parent 1:3" && nothing_to_do office.yaml || return 1
	tc_batch <<-TC || return 1
	class change dev $DEV classid 1:4 optq weight 10 limit 1000 target 7ms noecn
	TC
	plans 3 office.yaml "$DEV: 1 to change; nothing waits" \
		"  ~ office/other  weight 10 → 3000, limit 1000 → 500, target 7ms → auto," \
		"                  ecn no → yes" &&
	apply office.yaml && nothing_to_do office.yaml
}

# waits_at PATH: many packets, $waiting
waits_at()
{
	waiting=$(ctl -j show "$DEV" | jq --arg p "$1" '.[0].classes[] | select(.path == $p) | .stats.backlog_packets')
	[ "${waiting:-0}" -ge 20 ] || { echo "${waiting:-none} wait at $1"; return 1; }
}

# A class that is held, with what has been sent to it and waits.
held()
{
	policy held.yaml <<-'YAML'
	rate: 20mbit
	default: rest
	classes:
	  top: { rate: 1mbit, classes: { held: { rate: 8bit, ceil: 8bit, burst: 3200b, cburst: 3200b, target: 1s, interval: 10s, match: udp dport 6000 } } }
	  rest: { rate: 1mbit, target: 1s, interval: 10s }
	YAML
	apply held.yaml && flood 40 500 || return 1
	waits_at top/held
}

# fate FILE FILTER: of the class that holds packets
fate() { plans_json "$1" && said ".changes[] | select(.packets_waiting > 0) | $2"; }

packets_are_told_of()
{
	local waiting old dropped
	held || return 1
	nothing_to_do held.yaml || return 1

	# Kept, with another ceiling.
	sed 's/ceil: 8bit/ceil: 16bit/' "$TMP/held.yaml" >"$TMP/next.yaml"
	plans 3 next.yaml "$DEV: 1 to change; $waiting packets wait, none is lost" \
		"  ~ top/held  ceil 8bit → 16bit" "              $waiting packets wait: kept" || return 1
	same '["kept",0]' "$(fate next.yaml '[.packets, .packets_lost_at_most]')" "kept" || return 1

	# They go with their class.
	sed 's/top: { rate: 1mbit, classes: { \(held: { .* }\) } }/\1/' "$TMP/held.yaml" >"$TMP/next.yaml"
	plans 3 next.yaml "$DEV: 1 to remove, 1 to move; $waiting packets wait, none is lost" \
		"  → top/held → held  $waiting packets wait: kept" "  - top" &&
	apply next.yaml && nothing_to_do next.yaml &&
	old=$waiting && waits_at held && same "$old" "$waiting" "packets that wait after a move" &&
	apply held.yaml && nothing_to_do held.yaml || return 1

	# A class changes places with the one above it.
	policy next.yaml <<-'YAML'
	rate: 20mbit
	default: rest
	classes:
	  held: { rate: 1mbit, classes: { top: { rate: 8bit, ceil: 8bit, burst: 3200b, cburst: 3200b, target: 1s, interval: 10s, match: udp dport 6000 } } }
	  rest: { rate: 1mbit, target: 1s, interval: 10s }
	YAML
	same '["move","handed_down","held/top",true]' \
		"$(fate next.yaml '[.op, .packets, .packets_to, .packets_matched_anew]')" "inverted" &&
	dropped=$(figure 1: drops) &&
	apply next.yaml && nothing_to_do next.yaml &&
	waits_at held/top && apply held.yaml && nothing_to_do held.yaml &&
	waits_at top/held && balanced && same "$dropped" "$(figure 1: drops)" "packets dropped" || return 1

	# A smaller limit of the class.
	sed 's/ceil: 8bit/ceil: 8bit, limit: 10/' "$TMP/held.yaml" >"$TMP/next.yaml"
	plans 3 next.yaml "$DEV: 1 to change; $waiting packets wait, up to $((waiting - 10)) may be lost" \
		"  ~ top/held  limit 1000 → 10" \
		"              $waiting packets wait: up to $((waiting - 10)) may be dropped" || return 1

	# Another match takes them elsewhere.
	sed 's/dport 6000/dport 6001/' "$TMP/held.yaml" >"$TMP/next.yaml"
	plans 3 next.yaml "$DEV: 2 matches; $waiting packets wait, none is lost" \
		"  + top/held  match udp dport 6001" "  - top/held  match udp dport 6000" \
		"    Waiting packets that a match, or the default class, took go where the new" \
		"    ones put them." || return 1

	# The link's limit: that many go, as said.
	sed 's/^\( *\)rate: 20mbit/&\n\1limit: 12/' "$TMP/held.yaml" >"$TMP/next.yaml"
	plans 3 next.yaml "$DEV: 1 key of the link; $waiting packets wait, up to $((waiting - 12)) may be lost" \
		"  ~ link  limit 10240 → 12" || return 1
	ctl apply "$TMP/next.yaml" >"$TMP/out" &&
	grep -q ", $((waiting - 12)) waiting packets dropped$" "$TMP/out" || { cat "$TMP/out"; return 1; }
	waiting=12

	# The class becomes inner.
	sed 's/held: { .* } } }/held: { rate: 8bit, classes: { x: { ceil: 8bit, cburst: 3200b, target: 1s, interval: 10s } } } } }/' \
		"$TMP/held.yaml" >"$TMP/next.yaml"
	same '["handed_down","top/held/x",true]' \
		"$(fate next.yaml '[.packets, .packets_to, .packets_matched_anew]')" "inner" || return 1

	# It goes: they drain.
	sed '/held/d' "$TMP/held.yaml" >"$TMP/next.yaml"
	same '["drained","rest"]' "$(fate next.yaml '[.packets, .packets_to]')" "gone" || return 1
	old=$(ctl -j show "$DEV" | jq '.[0].classes[] | select(.name == "rest") | .stats.packets')
	ctl apply "$TMP/next.yaml" >"$TMP/out" && ! grep dropped "$TMP/out" &&
	optq_wait_for 10 no_backlog &&
	[ "$(ctl -j show "$DEV" | jq '.[0].classes[] | select(.name == "rest") | .stats.packets')" -ge $((old + 12)) ] || return 1

	# Those in a qdisc of tc's go with it.
	held && tc_batch <<<"qdisc add dev $DEV parent $(id_of held) pfifo limit 100" &&
	flood 20 500 || return 1
	same '["lost",true]' "$(fate next.yaml '[.packets, .packets_lost_at_most == .packets_waiting]')" \
		"with a qdisc" || return 1
	apply office.yaml && nothing_to_do office.yaml
}

devices()
{
	local name
	for name in enp1s0 bond0 ppp0 ens5f0 eth0.100 lan0 a0 a1 a2 guest0 eth0 eth1; do
		in_c ip link show "$name" >/dev/null 2>&1 ||
			in_c ip link add "$name" type dummy || return 1
	done
}

# What was applied needs nothing more, whatever a policy leaves out.
every_policy_is_settled()
{
	local file preset n=0 rc
	devices || return 1
	mkdir -p "$TMP/good" && cp "$OPTQ_TREE"/examples/*.csv "$TMP/good/" &&
	cp -r "$OPTQ_TREE"/tests/policies/sets "$OPTQ_TREE"/tests/policies/parts "$TMP/" || return 1
	for file in "$OPTQ_TREE"/examples/*.yaml "$OPTQ_TREE"/tests/policies/good/*.yaml; do
		# A namespace has another /sys, and no cgroups in it.
		sed '/- cgroup /d' "$file" >"$TMP/good/policy.yaml"
		ctl apply "$TMP/good/policy.yaml" >"$TMP/out" 2>&1 || { echo "$file"; cat "$TMP/out"; return 1; }
		ctl plan "$TMP/good/policy.yaml" >"$TMP/out" 2>&1
		rc=$?
		[ "$rc" -eq 0 ] || { echo "$file: exit $rc"; cat "$TMP/out"; return 1; }
		n=$((n + 1))
	done
	for preset in $(ctl -j preset | jq -r '.[].name'); do
		printf 'rate: 50mbit\npreset: %s\n' "$preset" | policy preset.yaml
		apply preset.yaml && nothing_to_do preset.yaml || { echo "$preset"; return 1; }
		n=$((n + 1))
	done
	echo "$n policies"
	[ "$n" -ge 14 ] && apply office.yaml
}

# Both ways: an ifb that is not there yet is not made, and one that goes stays until then.
ingress_is_planned()
{
	{
		cat "$TMP/office.yaml"
		printf '    ingress: { rate: 50mbit, default: all, classes: { all: } }\n'
	} >"$TMP/both.yaml"
	plans 3 both.yaml "$DEV: nothing to do" \
		"$DEV ingress: a new ifb with optq: 1 to add" \
		"  + link  rate 50mbit, default all" "  + all   weight 1" || return 1
	apply both.yaml &&
	plans 0 both.yaml "$DEV: nothing to do" "$DEV ingress: nothing to do" &&
	plans 3 office.yaml "$DEV: nothing to do" "$DEV ingress: to remove, with ifb-$DEV" &&
	plans_json office.yaml && same '"ifb-'"$DEV"'"' "$(said .ingress_removed)" "JSON" || return 1
	in_c tc filter del dev "$DEV" ingress || return 1
	plans 3 both.yaml "$DEV: nothing to do" \
		"$DEV ingress: what comes in is to be led to ifb-$DEV: its filter is missing" &&
	apply both.yaml && plans 0 both.yaml &&
	apply office.yaml && nothing_to_do office.yaml
}

# errs PATTERN FILE: exit 1, and the pattern in what it says
errs()
{
	plans 1 "$2" || return 1
	grep -qF -- "$1" "$TMP/out" || { cat "$TMP/out"; return 1; }
}

errors_are_told()
{
	local id
	errs "No such file" missing.yaml || return 1
	sed 's/^\( *\)rate: 20mbit/\1rate: 2mbit/' "$TMP/office.yaml" >"$TMP/bad.yaml"
	errs "error: rate 10mbit is above the 2mbit of the link" bad.yaml || return 1
	sed "s/^  $DEV:/  nosuch0:/" "$TMP/office.yaml" >"$TMP/nosuch.yaml"
	errs 'error: there is no device "nosuch0" here' nosuch.yaml || return 1
	# What the kernel would refuse, and what it would be about.
	id=$(id_of web)
	tc_batch <<-TC || return 1
	filter add dev $DEV parent 1: protocol ip prio 1 u32 match ip dport 99 0xffff flowid $id
	TC
	sed '/ web:/d' "$TMP/office.yaml" >"$TMP/gone.yaml"
	errs "a tc filter points to class $id, which would go" gone.yaml &&
	grep -q '^  - office/web$' "$TMP/out" || { cat "$TMP/out"; return 1; }
	tc_batch <<<"filter del dev $DEV parent 1:" &&
	plans 3 gone.yaml || return 1
	ctl -j plan "$TMP/nosuch.yaml" >"$TMP/json" 2>"$TMP/out"
	same 1 "$?" "exit with -j" &&
	same '["there is no device \"nosuch0\" here",null]' "$(said '[.error, .changes]')" "error in JSON" &&
	grep -q 'error: there is no device' "$TMP/out" &&
	ctl plan >/dev/null 2>&1
	same 2 "$?" "exit without a file"
}

needs_a_capability()
{
	optq_require_cmd setpriv
	chmod 755 "$TMP"
	in_c setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all \
		"$OPTQCTL" plan "$TMP/office.yaml" >"$TMP/out" 2>&1
	same 1 "$?" "exit" && grep -q "error: $DEV: needs CAP_NET_ADMIN" "$TMP/out" ||
		{ cat "$TMP/out"; return 1; }
}

many_classes()
{
	{
		printf 'rate: 900mbit\ndefault: c0\nclasses:\n'
		for i in $(seq 0 9999); do echo "  c$i: { rate: 50kbit, match: mark $i }"; done
	} | policy many.yaml
	apply many.yaml && nothing_to_do many.yaml || return 1
	sed 's/rate: 50kbit/rate: 51kbit/' "$TMP/many.yaml" >"$TMP/next.yaml"
	plans 3 next.yaml && head -2 "$TMP/out" &&
	grep -qx "$DEV: 10000 to change; nothing waits" "$TMP/out" &&
	same 10001 "$(wc -l <"$TMP/out")" "lines"
}

export LC_ALL=C.UTF-8
ktap_header
ktap_plan 13
optq_require_root
optq_require_module
optq_require_ctl
optq_require_cmd tc jq ping
optq_require_kmod sch_netem
optq_setup_ns
quiet_link
optq_require_programs
ktap_test "a device without optq" first_plan
ktap_test "after apply there is nothing to do" applied
ktap_test "changes are told, each with both values" changes_are_told
ktap_test "a class that moves keeps its id and its counters" moves_are_made
ktap_test "a set that has changed is seen" sets_are_compared
ktap_test "what tc has altered is found" drift_is_found
ktap_test "what becomes of packets that wait" packets_are_told_of
ktap_test "every policy is settled once it is applied" every_policy_is_settled
ktap_test "both ways of a link" ingress_is_planned
ktap_test "errors, and what the kernel would refuse" errors_are_told
ktap_test "without CAP_NET_ADMIN nothing is told" needs_a_capability
ktap_test "10000 classes" many_classes
optq_reap
ktap_test "apply of what was planned leaves nothing to do" applied
ktap_done
