#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# optqctl apply and show on a live device: what is loaded is what the policy
# says, a change keeps what lives on, and anything wrong changes nothing.
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

# What is live now; `shown` and `link_shown` read figures of the last look.
look() { ctl -j show "$DEV" >"$TMP/live"; }
shown() { jq -r --arg p "$1" '.[0].classes[] | select(.path == $p) | '"$2" "$TMP/live"; }
link_shown() { jq -r ".[0] | $1" "$TMP/live"; }

same() { [ "$1" = "$2" ] || { echo "$3: $1, wanted $2"; return 1; }; }

fingerprint() { in_c tc qdisc show dev "$DEV"; ctl -j show "$DEV" 2>/dev/null | jq -c '.[0] | [.generation, [.classes[] | [.path, .id, .rate_bps, .ceil_bps]]]'; }

# unchanged COMMAND...: it fails as `fails` says, and the device is as before
unchanged()
{
	local before
	before=$(fingerprint)
	fails "$@" || return 1
	same "$(fingerprint)" "$before" "the device changed"
}

policy office.yaml <<'YAML'
rate: 20mbit
limit: 5000
memory: 16mb
default: office/other
classes:
  voice: { rate: 1mbit, delay: 10ms, prio: 0, match: [dscp ef, "udp dport 5004"] }
  office:
    rate: 10mbit
    prio: 1
    classes:
      web: { rate: 6mbit, ceil: 15mbit, match: "tcp port { 80, 443 }" }
      other: { weight: 3000, limit: 500, target: 8ms, ecn: yes }
YAML

policy changed.yaml <<'YAML'
rate: 30mbit
default: office/other
classes:
  voice: { rate: 2mbit, prio: 0, match: dscp ef }
  office:
    rate: 12mbit
    classes:
      mail: { rate: 1mbit, match: "tcp port 25" }
      other: { weight: 500 }
YAML

test_first_apply()
{
	ctl apply "$TMP/office.yaml" >"$TMP/out" 2>&1 || { cat "$TMP/out"; return 1; }
	same "$(cat "$TMP/out")" "$DEV: applied: 4 classes, 3 rules" "output" &&
	in_c tc qdisc show dev "$DEV" | grep -q "^qdisc optq 1: root" &&
	look &&
	same "$(link_shown .rate_bps)" 20000000 "rate of the link" &&
	same "$(link_shown .limit_packets)" 5000 "limit of the link" &&
	same "$(link_shown .memory_limit_bytes)" 16777216 "memory of the link" &&
	same "$(link_shown '.classes | map(.path) | join(" ")')" \
		"voice office office/web office/other" "classes" &&
	same "$(link_shown '.classes | map(.id) | join(" ")')" "1 2 3 4" "ids" &&
	same "$(link_shown .default)" 4 "default" &&
	same "$(link_shown .rules)" 3 "rules" &&
	same "$(shown office/web .rate_bps)" 6000000 "rate of web" &&
	same "$(shown office/web .ceil_bps)" 15000000 "ceil of web" &&
	same "$(shown office/other .limit_packets)" 500 "limit of other" &&
	same "$(shown office/other .target_ns)" 8000000 "target of other" &&
	same "$(shown office/other .ecn)" true "ecn of other" &&
	same "$(shown office/other .delay_ns)" 0 "delay of other" &&
	same "$(shown voice .delay_ns)" 10000000 "delay of voice" &&
	same "$(shown voice .level,.leaf | paste -sd' ')" "1 true" "voice" &&
	same "$(shown office .level,.leaf | paste -sd' ')" "1 false" "office"
}

test_rules_take_traffic()
{
	local voice other
	look || return 1
	voice=$(shown voice .stats.packets)
	other=$(shown office/other .stats.packets)
	# 0xb8 is EF.
	in_c ping -q -c 5 -i 0.05 -Q 0xb8 "$S4" >/dev/null || return 1
	in_c ping -q -c 3 -i 0.05 -Q 0xb8 "$S6" >/dev/null || return 1
	in_c ping -q -c 4 -i 0.05 "$S4" >/dev/null || return 1
	in_c bash -c "echo test >/dev/udp/$S4/5004" || return 1
	look || return 1
	same $(($(shown voice .stats.packets) - voice)) 9 "packets in voice" || return 1
	ctl -j show --rules "$DEV" | jq -c '.[0].matches | map([.path, .match, .packets])' >"$TMP/rules" &&
	same "$(cat "$TMP/rules")" \
		'[["voice","dscp ef",8],["voice","udp dport 5004",1],["office/web","tcp port { 80, 443 }",0]]' \
		"what each match took" &&
	same "$(ctl -j show --rules "$DEV" | jq -r '.[0].matches[1].where')" \
		"$TMP/office.yaml:10" "where a match stands" &&
	ctl show --rules "$DEV" | grep -q '^  never office/web ' || return 1
	# ARP and neighbour discovery come on top of the four.
	[ $(($(shown office/other .stats.packets) - other)) -ge 4 ] ||
		{ echo "packets in office/other: $(shown office/other .stats.packets), before $other"; return 1; }
}

test_apply_again()
{
	local before ids
	look || return 1
	before=$(shown voice .stats.packets)
	ids=$(link_shown '.classes | map(.id) | join(" ")')
	[ "$before" -gt 0 ] || { echo "no packet to lose"; return 1; }
	ctl apply "$TMP/office.yaml" >/dev/null && look || return 1
	same "$(link_shown '.classes | map(.id) | join(" ")')" "$ids" "ids" &&
	same "$(shown voice .stats.packets)" "$before" "packets of voice" &&
	in_c tc qdisc show dev "$DEV" | grep -q "^qdisc optq 1: root"
}

test_change()
{
	local before
	look || return 1
	before=$(shown voice .stats.packets)
	ctl apply "$TMP/changed.yaml" && look || return 1
	same "$(link_shown .rate_bps)" 30000000 "rate of the link" || return 1
	# What the new policy does not say is the default again.
	[ "$(link_shown .limit_packets)" -ne 5000 ] || { echo "the limit stayed"; return 1; }
	same "$(shown voice .id,.rate_bps,.stats.packets | paste -sd' ')" \
		"1 2000000 $before" "voice" &&
	same "$(shown office/other .id)" 4 "id of other" &&
	same "$(shown office/web .id)" "" "web" &&
	same "$(link_shown .memory_limit_bytes)" 33554432 "memory of the link" &&
	# web's id 3 went with web: mail must not take over its counters.
	same "$(shown office/mail .id)" 5 "id of mail" &&
	same "$(shown office/mail .stats.packets)" 0 "packets of mail" &&
	same "$(link_shown .rules)" 2 "rules" &&
	ctl apply "$TMP/office.yaml" >/dev/null
}

# office/other stays a leaf and keeps its qdisc; voice gets children, web goes.
test_qdiscs_go()
{
	policy deeper.yaml <<-'YAML'
	rate: 20mbit
	default: office/other
	classes:
	  voice: { rate: 1mbit, classes: { sip: { match: dscp ef } } }
	  office: { rate: 10mbit, classes: { other: } }
	YAML
	local id
	for id in 1 3 4; do
		in_c tc qdisc add dev "$DEV" parent "1:$id" pfifo || return 1
	done
	ctl show "$DEV" >"$TMP/out"
	same "$(grep -c '^ *qdisc pfifo$' "$TMP/out")" 3 "qdiscs shown" &&
	ctl apply "$TMP/deeper.yaml" >"$TMP/out" || return 1
	cat "$TMP/out"
	same "$(tail -n +2 "$TMP/out")" \
		"$DEV: the qdisc pfifo under voice went: the class has classes below it now
$DEV: the qdisc pfifo under office/web went with its class" "output" &&
	same "$(in_c tc qdisc show dev "$DEV" | grep -c ' parent 1:4 ')" 1 "qdisc of other" || return 1
	in_c tc qdisc del dev "$DEV" parent 1:4 &&
	ctl apply "$TMP/office.yaml" >/dev/null
}

test_show_text()
{
	ctl show "$DEV" >"$TMP/out" || return 1
	cat "$TMP/out"
	grep -q "^$DEV: optq 1: generation" "$TMP/out" &&
	grep -q "^    web .* 6mbit  *15mbit 0 " "$TMP/out" &&
	! grep -q '.\{81\}' "$TMP/out"
}

test_bad_policy()
{
	policy bad.yaml <<-'YAML'
	rate: 20mbit
	default: a
	classes: { a: { rate: 30mbit } }
	YAML
	unchanged 'bad.yaml:7:29: error: rate 30mbit is above the 20mbit of the link' \
		ctl apply "$TMP/bad.yaml"
}

# A second link whose device is missing leaves the first one as it is.
# A policy of a second device that comes later, and of one that never does.
test_some_links()
{
	local late=late-$DEV out
	cat >"$TMP/some.yaml" <<-END
	optq: 1
	links:
	  $late: { egress: { rate: 3mbit, default: b, classes: { b: } } }
	  $DEV: { egress: { rate: 2mbit, default: a, classes: { a: } } }
	  never-there: { egress: { default: c, classes: { c: } } }
	END
	unchanged 'there is no device "never-there" here' ctl apply "$TMP/some.yaml" || return 1
	out=$(ctl apply --present "$TMP/some.yaml" 2>&1) || { echo "$out"; return 1; }
	grep -qF "warning: there is no device \"$late\" here: left out" <<<"$out" &&
	grep -qF "$DEV: applied: 1 class" <<<"$out" || { echo "$out"; return 1; }
	look && same 2000000 "$(link_shown .rate_bps)" "rate of what is here" || return 1

	in_c ip link add "$late" type ifb || return 1
	sed -i 's/rate: 2mbit/rate: 4mbit/' "$TMP/some.yaml"
	out=$(ctl apply --present --dev "$late" "$TMP/some.yaml" 2>&1) || { echo "$out"; return 1; }
	same "$late: applied: 1 class, 0 rules" "$out" "output" &&
	same 3000000 "$(ctl -j show "$late" | jq '.[0].rate_bps')" "rate of what came" &&
	look && same 2000000 "$(link_shown .rate_bps)" "rate of the other" || return 1
	in_c ip link del "$late"
	out=$(ctl apply --present --dev lo "$TMP/some.yaml" 2>&1) &&
	same "" "$out" "what is said of a device that the policy has not" &&
	unchanged 'there is no link on "lo"' ctl apply --dev lo "$TMP/some.yaml"
}

test_missing_device()
{
	{
		cat "$TMP/changed.yaml"
		printf '  nosuch0: { egress: { default: a, classes: { a: } } }\n'
	} >"$TMP/two.yaml"
	unchanged 'error: there is no device "nosuch0" here' ctl apply "$TMP/two.yaml" &&
	fails "nosuch0: there is no such device here" ctl show nosuch0
}

# The altname is another name of the same device; both lines are told.
test_one_device_twice()
{
	in_c ip link property add dev "$DEV" altname wan-alt || return 1
	{
		cat "$TMP/changed.yaml"
		printf '  wan-alt: { egress: { default: a, classes: { a: } } }\n'
	} >"$TMP/twice.yaml"
	unchanged "twice.yaml:$(grep -n wan-alt "$TMP/twice.yaml" | cut -d: -f1):3: error: \"wan-alt\" is the device of link \"$DEV\" in line 3 already" \
		ctl apply "$TMP/twice.yaml"
}

test_not_root()
{
	optq_require_cmd setpriv
	chmod 755 "$TMP"
	unchanged "needs CAP_NET_ADMIN" in_c setpriv --reuid 65534 --regid 65534 \
		--clear-groups --bounding-set=-all "$OPTQCTL" apply "$TMP/changed.yaml" &&
	fails "needs CAP_NET_ADMIN" in_c setpriv --reuid 65534 --regid 65534 \
		--clear-groups --bounding-set=-all "$OPTQCTL" show "$DEV"
}

# Another qdisc at the root, with the handle that ours would take.
test_replaces_another_qdisc()
{
	in_c tc qdisc replace dev "$DEV" root handle 2: tbf rate 5mbit burst 5kb latency 50ms &&
	in_c tc qdisc del dev "$DEV" root &&
	in_c tc qdisc add dev "$DEV" root handle 1: tbf rate 5mbit burst 5kb latency 50ms || return 1
	fails "$DEV: has no optq" ctl show "$DEV" || return 1
	# Wrong policies do not cost the old qdisc either.
	unchanged 'bad.yaml:7:29: error' ctl apply "$TMP/bad.yaml" || return 1
	same "$(ctl apply "$TMP/office.yaml")" \
		"$DEV: applied: 4 classes, 3 rules, in place of tbf" "output" &&
	in_c tc qdisc show dev "$DEV" | grep -q "^qdisc optq 2: root"
}

# Two writers at once: each either has its tree in or hears that it has not.
test_two_writers()
{
	local i pids=()
	for i in 1 2 3; do
		(
			n=0
			while [ "$n" -lt 8 ]; do
				n=$((n + 1))
				file=office.yaml
				[ $((n % 2)) -eq 0 ] && file=changed.yaml
				out=$(ctl apply "$TMP/$file" 2>&1) && continue
				grep -Eq "changed meanwhile|keeps changing" <<<"$out" && continue
				echo "$out"
				exit 1
			done
		) >"$TMP/writer.$i" 2>&1 &
		pids+=($!)
	done
	for i in 1 2 3; do
		wait "${pids[i - 1]}" || { cat "$TMP/writer.$i"; return 1; }
	done
	look || return 1
	case $(link_shown '.classes | map(.path) | join(" ")') in
	"voice office office/web office/other") ;;
	"voice office office/mail office/other") ;;
	"voice office office/other office/mail") ;;
	*) ctl show "$DEV"; return 1 ;;
	esac
}

# A link on which all packets wait.  They would do so before they come to it, once the
# neighbour is to be asked again whether it is there and the question waits as well.
held()
{
	printf 'rate: 80bit\nlimit: 1000\ndefault: all\nclasses:\n  all: { rate: 80bit }\n' |
		policy slow.yaml
	ctl apply "$TMP/slow.yaml" >/dev/null && neighbour "$DEV" "$S4"
}

# What waits and has no room any more is dropped, and told.
test_smaller_limit()
{
	local out dropped
	printf 'rate: 80bit\nlimit: 5\ndefault: all\nclasses:\n  all: { rate: 80bit }\n' |
		policy small.yaml
	held && flood 60 400 || return 1
	out=$(ctl apply "$TMP/small.yaml") || { echo "$out"; return 1; }
	dropped=$(sed -n "s/.*: applied: 1 class, 0 rules, \([0-9]*\) waiting packets dropped\$/\1/p" <<<"$out")
	[ "${dropped:-0}" -ge 20 ] || { echo "of 60 packets: $out"; return 1; }
	look && same "$(link_shown .stats.backlog_packets)" 5 "packets left" &&
	same "$(ctl -j apply "$TMP/small.yaml" | jq '.links[0].dropped_packets')" 0 \
		"dropped by the same policy again"
}

test_less_memory()
{
	local out dropped
	printf 'rate: 80bit\nmemory: 64kb\ndefault: all\nclasses:\n  all: { rate: 80bit }\n' |
		policy less.yaml
	held && flood 200 400 -f 8 || return 1
	out=$(ctl apply "$TMP/less.yaml") || { echo "$out"; return 1; }
	dropped=$(sed -n "s/.*: applied: 1 class, 0 rules, \([0-9]*\) waiting packets dropped\$/\1/p" <<<"$out")
	[ "${dropped:-0}" -ge 50 ] || { echo "of 200 packets: $out"; return 1; }
	look && [ "$(link_shown .stats.memory_bytes)" -le 65536 ] ||
		{ link_shown .stats; return 1; }
	ctl show "$DEV" | grep -q '^  memory [0-9.]*k of 65.5k, most ' || { ctl show "$DEV"; return 1; }
}

test_many_classes()
{
	{
		printf 'default: c1\nclasses:\n'
		seq 5000 | sed 's/.*/  c&: { rate: 8kbit, match: mark & }/'
	} | policy many.yaml
	ctl apply "$TMP/many.yaml" >/dev/null && look || return 1
	same "$(link_shown '.classes | length')" 5000 "classes" &&
	same "$(link_shown .rules)" 5000 "rules" &&
	same "$(link_shown '.classes | map(.id) | unique | length')" 5000 "ids" &&
	ctl apply "$TMP/office.yaml" >/dev/null && look &&
	same "$(link_shown '.classes | length')" 4 "classes after"
}

test_examples_load()
{
	local file dev
	cp "$OPTQ_TREE"/examples/*.csv "$TMP/" || return 1
	for file in "$OPTQ_TREE"/examples/*.yaml; do
		# The examples' devices are the reader's: here they are all $DEV.
		sed -e '/^ *device:/d' -e "s/^  [a-z][a-z0-9]*:\$/  $DEV:/" \
			-e "s/^  [a-z][a-z0-9]*: *#.*/  $DEV:/" "$file" >"$TMP/example.yaml"
		ctl apply "$TMP/example.yaml" >/dev/null || return 1
	done
}

test_module_missing()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	if ! rmmod sch_optq 2>/dev/null; then
		echo "sch_optq is in use elsewhere"
		exit "$KSFT_SKIP"
	fi
	fails 'the kernel has no optq: load it with "modprobe sch_optq"' \
		ctl show "$DEV" &&
	unchanged 'the kernel has no optq' ctl apply "$TMP/office.yaml"
	local rc=$?
	optq_load || return 1
	return "$rc"
}

ktap_header
ktap_plan 18
optq_require_root
optq_require_module
optq_require_ctl
optq_require_cmd tc jq ping
optq_setup_ns
optq_require_programs
ktap_test "apply loads the whole policy" test_first_apply
ktap_test "rules lead packets to their classes" test_rules_take_traffic
ktap_test "the same policy again changes nothing" test_apply_again
ktap_test "a change keeps ids and counters of what lives on" test_change
ktap_test "qdiscs that a change takes away are named" test_qdiscs_go
ktap_test "show fits 80 columns" test_show_text
ktap_test "a bad policy changes nothing" test_bad_policy
ktap_test "a missing device changes nothing" test_missing_device
ktap_test "apply of what is here, and of one link" test_some_links
ktap_test "one device under two names" test_one_device_twice
ktap_test "without CAP_NET_ADMIN nothing is changed or shown" test_not_root
ktap_test "another qdisc is replaced by a good policy only" test_replaces_another_qdisc
ktap_test "writers collide cleanly" test_two_writers
ktap_test "a smaller limit tells what it cost" test_smaller_limit
ktap_test "less memory tells what it cost" test_less_memory
ktap_test "5000 classes in one transaction" test_many_classes
ktap_test "every example loads" test_examples_load
ktap_test "a kernel without optq is named" test_module_missing
ktap_done
