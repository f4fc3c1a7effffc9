#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# optqctl monitor: what happens is told as it does, once, and what lasts once more when
# it is over.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

# watch [OPTION...]: from now on, as JSON; the device has no optq, and that is said once
# the monitor is at work.
monitor=
watch()
{
	[ -z "$monitor" ] || { kill "$monitor" && wait "$monitor"; } 2>/dev/null
	: >"$TMP/events" && : >"$TMP/err" || return 1
	optq_bg ip netns exec "$NS_C" "$OPTQCTL" -j monitor "$@" \
		>"$TMP/events" 2>"$TMP/err"
	monitor=$!
	optq_wait_for 5 grep -q 'no optq yet\|no device has an optq yet' "$TMP/err" && return
	cat "$TMP/err"
	return 1
}

seen() { jq -e -s "any(.[]; .event == \"$1\" and (${2:-true}))" "$TMP/events" >/dev/null 2>&1; }

# tells EVENT [CONDITION]: of its members; with what there is instead when it does not come
tells()
{
	optq_wait_for "${PATIENCE:-5}" seen "$@" && return
	echo "no $1 ${2:-}:"
	cat "$TMP/events" "$TMP/err"
	return 1
}

# The events so far, without those of the link.
told() { jq -r '.event' "$TMP/events" | grep -v '^link-' | paste -sd' '; }

how_many() { jq -c "select(.event == \"$1\")" "$TMP/events" | wc -l; }

# policy [CLASS...]: of the device, each class as in YAML
policy()
{
	printf 'optq: 1\nlinks:\n  %s:\n    egress:\n      rate: 20mbit\n      oversubscribe: yes\n      default: rest\n      classes:\n        rest: { rate: 1mbit }\n' "$DEV"
	[ $# -eq 0 ] || printf '        %s\n' "$@"
}

applies() { policy "$@" >"$TMP/policy.yaml" && quietly ctl apply "$TMP/policy.yaml"; }

# What a test before has left.
clean()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	in_c ip link del dummy7 2>/dev/null
	true
}

changes_are_told()
{
	clean
	watch && applies 'office: { rate: 4mbit, classes: { web: { rate: 2mbit } } }' || return 1
	tells qdisc-created '.device == "wan0" and .by.comm == "optqctl" and .by.uid == 0' &&
	tells policy-changed '.generation == 1 and .classes == 3 and .dropped_packets == 0
		and .by.comm == "optqctl" and .by.portid > 0 and (.seen_late | not)' &&
	applies 'office: { rate: 4mbit, classes: { web: { rate: 3mbit }, mail: { } } }' &&
	tells policy-changed '.generation == 2 and .classes == 4' || return 1
	in_c tc class change dev "$DEV" classid 1:3 optq rate 2mbit &&
	tells class-changed '.path == "office/web" and .id == 3 and .rate_bps == 2000000
		and .generation == 3 and .by.comm == "tc" and (.by | has("portid") | not)' &&
	in_c tc class add dev "$DEV" parent 1:2 classid 1:99 optq rate 1mbit &&
	tells class-added '.path == "office/1:99" and .by.comm == "tc"' &&
	in_c tc class del dev "$DEV" classid 1:99 &&
	tells class-deleted '.path == "office/1:99"' &&
	in_c tc qdisc change dev "$DEV" root handle 1: optq limit 500 &&
	tells qdisc-changed '.handle == 1 and .classes == 4' &&
	in_c tc qdisc replace dev "$DEV" root handle 7: optq &&
	tells qdisc-replaced '.handle == 7 and .replaced_handle == 1' &&
	clean && tells qdisc-gone '.handle == 7' || return 1
	same "qdisc-created policy-changed policy-changed class-changed class-added class-deleted qdisc-changed qdisc-replaced qdisc-gone" \
		"$(told)" "all events"
}

# The same for people, a line each.
lines_of_text()
{
	local line
	clean
	optq_bg ip netns exec "$NS_C" "$OPTQCTL" monitor "$DEV" >"$TMP/text" 2>"$TMP/err"
	optq_wait_for 5 grep -q "optqctl: $DEV: has no optq yet" "$TMP/err" &&
	applies 'office: { rate: 4mbit }' &&
	in_c tc class change dev "$DEV" classid 1:2 optq rate 5mbit ceil 6mbit &&
	in_c ip link set "$DEV" down && in_c ip link set "$DEV" up || return 1
	optq_wait_for 5 grep -q 'link up' "$TMP/text" || { cat "$TMP/text"; return 1; }
	while IFS= read -r line; do
		[[ $line =~ ^20[0-9-]{8}T[0-9:]{8}\.[0-9]{3}[+-][0-9]{2}:[0-9]{2}\ (.*) ]] ||
			{ echo "no time: $line"; return 1; }
		echo "${BASH_REMATCH[1]}"
	done <"$TMP/text" >"$TMP/plain"
	same "$(cat <<-END
	wan0 - qdisc 1: created, by optqctl (uid 0)
	wan0 - policy changed: generation 1, 2 classes, 0 packets dropped, by optqctl (uid 0)
	wan0 office class changed: generation 2, rate 5mbit, ceil 6mbit, by tc (uid 0)
	wan0 - link down: switched off
	wan0 - link up
	END
	)" "$(grep -v ' no carrier$' "$TMP/plain" | uniq)" "lines"
}

links_and_devices()
{
	clean
	in_c ip link add mon0 type veth peer name mon1 && in_c ip link set mon0 up &&
	in_c ip link set mon1 up && watch mon0 || return 1
	in_c ip link set mon1 down && tells link-down '.device == "mon0" and .reason == "no-carrier"' &&
	in_c ip link set mon1 up && tells link-up &&
	in_c ip link set mon0 down && tells link-down '.reason == "switched-off"' &&
	in_c tc qdisc add dev mon0 root handle 1: optq && tells qdisc-created &&
	in_c ip link del mon0 && tells device-gone || return 1
	# What is watched by its name is watched again.
	in_c ip link add mon0 type dummy && tells device-came &&
	in_c tc qdisc add dev mon0 root handle 2: optq && tells qdisc-created '.handle == 2' || return 1
	same "qdisc-created qdisc-gone device-gone device-came qdisc-created" "$(told)" "events" || return 1
	in_c ip link del mon0
}

# One device's events, and not another's; without a name, all.
one_device()
{
	clean
	in_c ip link add dummy7 type dummy && in_c ip link set dummy7 up && watch "$DEV" || return 1
	in_c tc qdisc add dev dummy7 root optq && in_c ip link set dummy7 down &&
	in_c tc qdisc add dev "$DEV" root optq && tells qdisc-created || return 1
	same "qdisc-created" "$(told)" "events of $DEV" || return 1
	same "0" "$(how_many link-down)" "of the other's link" || return 1
	clean
	in_c ip link add dummy7 type dummy && watch &&
	in_c tc qdisc add dev dummy7 root optq && in_c ip link set dummy7 up &&
	in_c tc qdisc add dev "$DEV" root optq || return 1
	tells qdisc-created '.device == "dummy7"' && tells link-up '.device == "dummy7"' &&
	tells qdisc-created '.device == "wan0"' || return 1
	in_c ip link del dummy7
	tells device-gone '.device == "dummy7"'
}

# Twice what it may send; each of the two is told once, with all that was lost.
drops_begin_and_end()
{
	local drops
	clean
	watch --interval 200ms && applies 'slow: { rate: 100kbit, ceil: 800kbit, limit: 20, match: udp dport 6000 }' &&
	tells policy-changed || return 1
	flood_start -r 400 -l 500
	tells drops-began '.path == "slow" and .dropped_packets > 0 and .duration_ns > 0' || return 1
	sleep 2
	flood_stop
	tells drops-over '.path == "slow" and (.class_gone | not)' || return 1
	same "1 1" "$(how_many drops-began) $(how_many drops-over)" "beginnings and ends" || return 1
	drops=$(ctl -j show "$DEV" | jq '[.[0].classes[] | select(.path == "slow").stats |
		.drop_overlimit_packets + .drop_aqm_packets + .drop_blue_packets][0]')
	note "$drops dropped, $(jq -c 'select(.event == "drops-over")' "$TMP/events")"
	# What came before the first look, or in a sample below the threshold, is not in it.
	tells drops-over ".dropped_packets <= $drops and .dropped_packets >= $drops * 0.8"
}

# The same flood is no event where more is allowed.
drops_below_the_threshold()
{
	clean
	watch --interval 200ms --drops 100000/s && applies 'slow: { rate: 100kbit, ceil: 800kbit, limit: 20, match: udp dport 6000 }' || return 1
	flood 300 500 -r 400
	optq_wait_for 10 no_backlog
	sleep 1
	same 0 "$(how_many drops-began)" "beginnings"
}

# Two of 800 kbit/s in 1 Mbit/s; a class that asks for nothing misses nothing.
guarantee_missed()
{
	clean
	watch --interval 300ms --drops 100% && applies || return 1
	sed -i 's/rate: 20mbit/rate: 1mbit/; s/rest: .*/rest: { rate: 800kbit, limit: 50 }/' "$TMP/policy.yaml" &&
	cat >>"$TMP/policy.yaml" <<-'YAML'
	        a: { rate: 800kbit, limit: 50, match: udp dport 6001 }
	        idle: { rate: 100kbit }
	YAML
	quietly ctl apply "$TMP/policy.yaml" || return 1
	PORT=6000 flood_start -r 400 -l 500
	PORT=6001 flood_start -r 400 -l 500
	tells guarantee-missed '.path == "rest" and .rate_bps == 800000' &&
	tells guarantee-missed '.path == "a" and .bytes * 8 < .rate_bps * .duration_ns / 1e9' || return 1
	flood_stop
	PATIENCE=15 tells guarantee-met '.path == "a"' && tells guarantee-met '.path == "rest"' || return 1
	same "2 2" "$(how_many guarantee-missed) $(how_many guarantee-met)" "beginnings and ends"
}

# A class that its own ceiling holds back gets what it was promised.
guarantee_kept()
{
	clean
	watch --interval 300ms && applies 'slow: { rate: 400kbit, ceil: 500kbit, limit: 50, match: udp dport 6000 }' || return 1
	flood_start -r 400 -l 500
	tells drops-began || return 1
	sleep 2
	flood_stop
	same 0 "$(how_many guarantee-missed)" "missed"
}

ends_with_its_class()
{
	clean
	watch --interval 200ms && applies 'slow: { rate: 100kbit, ceil: 200kbit, limit: 20, match: udp dport 6000 }' || return 1
	flood_start -r 400 -l 500
	tells drops-began || return 1
	applies && tells drops-over '.path == "slow" and .class_gone' || return 1
	flood_stop
}

two_namespaces()
{
	clean
	: >"$TMP/other"
	optq_bg ip netns exec "$NS_S" "$OPTQCTL" -j monitor >"$TMP/other" 2>"$TMP/other.err"
	optq_wait_for 5 grep -q 'no optq yet\|no device' "$TMP/other.err" && watch &&
	applies && tells policy-changed && clean && tells qdisc-gone || return 1
	sleep 0.3
	same "" "$(cat "$TMP/other")" "what the other heard"
}

# Reading the figures needs the capability, and so does this.
needs_privilege()
{
	local said rc
	said=$(as_nobody_c "$OPTQCTL" monitor "$DEV" 2>&1)
	rc=$?
	same "1 optqctl: needs CAP_NET_ADMIN: run as root" "$rc $said" "exit and text"
}

# What does not fit is said, and what it led to is told.
events_are_lost()
{
	local i
	clean
	watch --interval 1h && applies && tells policy-changed || return 1
	for i in $(seq 256 2000); do
		printf 'class add dev %s parent 1: classid 1:%x optq\n' "$DEV" "$i"
	done >"$TMP/adds"
	kill -STOP "$monitor"
	in_c tc -batch "$TMP/adds" || return 1
	kill -CONT "$monitor"
	tells events-lost && tells policy-changed '.seen_late and .classes == 1746 and .by == null' || return 1
	same 1 "$(how_many events-lost)" "losses told"
	note "$(how_many class-added) of 1745 were told one by one"
	in_c tc class change dev "$DEV" classid 1:100 optq rate 1mbit &&
	tells class-changed '.path == "1:100" and .generation == 1747' || return 1
	# Gone and come back unseen.
	kill -STOP "$monitor"
	in_c tc -batch <(sed 's/add/change/' "$TMP/adds") && clean && kill -CONT "$monitor" || return 1
	tells qdisc-gone
}

# A line is there at once, and who reads no more ends it.
pipes()
{
	local line began
	clean
	exec 7< <(in_c timeout 60 "$OPTQCTL" monitor "$DEV" 2>"$TMP/err" | head -n 1; echo "${PIPESTATUS[*]}")
	optq_wait_for 5 grep -q 'no optq yet' "$TMP/err" && in_c tc qdisc add dev "$DEV" root handle 1: optq || return 1
	began=$SECONDS
	read -r -t 60 line <&7
	[[ $line == *"qdisc 1: created"* ]] || { echo "read: $line"; return 1; }
	# Nothing more happens, and it ends all the same.
	read -r -t 60 line <&7
	exec 7<&-
	same "0 0" "$line" "exit of monitor and head" &&
	same "" "$(grep -v 'no optq yet' "$TMP/err")" "complaints" &&
	[ $((SECONDS - began)) -lt 50 ]
}

how_it_ends()
{
	local rc sig
	clean
	watch --count 2 && applies || return 1
	wait "$monitor"
	rc=$?
	monitor=
	same "0 2" "$rc $(wc -l <"$TMP/events")" "exit and lines with --count" || return 1
	for sig in INT TERM; do
		clean
		watch && kill -$sig "$monitor" || return 1
		wait "$monitor"
		rc=$?
		monitor=
		same 0 $rc "exit after SIG$sig" || return 1
	done
	ctl monitor >/dev/full 2>"$TMP/err" &
	monitor=$!
	optq_wait_for 5 grep -q optq "$TMP/err" && in_c tc qdisc add dev "$DEV" root optq || return 1
	wait "$monitor"
	same 1 $? "exit when nothing can be written" && grep -q 'No space left' "$TMP/err"
}

# The tree of what comes in is told with the device that it serves.
ingress()
{
	clean
	watch "$DEV" || return 1
	cat >"$TMP/in.yaml" <<-YAML
	optq: 1
	links:
	  $DEV: { ingress: { rate: 10mbit, default: a, classes: { a: } } }
	YAML
	quietly ctl apply "$TMP/in.yaml" &&
	tells policy-changed '.ingress_of == "wan0" and .device == "ifb-wan0"' &&
	quietly ctl remove "$DEV" && tells qdisc-gone '.ingress_of == "wan0"'
}

# Its user's name, whatever that is, is neither a command to the terminal nor bad JSON.
odd_names()
{
	clean
	watch && cp "$(command -v tc)" "$TMP/"$'t\xffc\033[2J"' &&
	in_c "$TMP/"$'t\xffc\033[2J"' qdisc add dev "$DEV" root handle 1: optq || return 1
	tells qdisc-created '.by.comm == "t?c\u001b[2J\""'
}

module_comes_and_goes()
{
	clean
	watch && rmmod sch_optq && tells module-gone && optq_load && tells module-came || return 1
	in_c tc qdisc add dev "$DEV" root handle 1: optq && tells qdisc-created || return 1
	clean
	same "module-gone module-came" "$(told | cut -d' ' -f 1,2)" "events"
}

every_line_is_json()
{
	[ -s "$TMP/all" ] && same "$(wc -l <"$TMP/all")" "$(jq -R 'fromjson? | select(.time and .event) | 1' \
		"$TMP/all" | wc -l)" "lines that are JSON, of all"
}

# Every line of every test is kept for the last one.
told_test()
{
	: >"$TMP/events"
	ktap_test "$@"
	cat "$TMP/events" >>"$TMP/all"
}

ktap_header
ktap_plan 19
optq_require_root
optq_require_module
optq_require_ctl
optq_require_tc
optq_require_cmd setpriv
optq_require_kmod dummy ifb act_mirred cls_matchall
optq_setup_ns
quiet_link
optq_require_programs
log_mark

told_test "changes, by optqctl and by tc" changes_are_told
told_test "lines for people" lines_of_text
told_test "links and devices" links_and_devices
told_test "one device or all" one_device
told_test "drops begin and end" drops_begin_and_end
told_test "drops below the threshold" drops_below_the_threshold
told_test "guarantees that are missed" guarantee_missed
told_test "a guarantee below a ceiling" guarantee_kept
told_test "drops of a class that goes" ends_with_its_class
told_test "two namespaces" two_namespaces
told_test "who may listen" needs_privilege
told_test "events that are lost" events_are_lost
told_test "into a pipe" pipes
told_test "how it ends" how_it_ends
told_test "what comes in" ingress
told_test "odd names" odd_names
told_test "the module comes and goes" module_comes_and_goes
ktap_test "every line is JSON" every_line_is_json
ktap_test "no warning in the kernel's log" log_clean
ktap_done
