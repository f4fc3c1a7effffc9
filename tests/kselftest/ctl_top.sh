#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rates as optqctl show and top tell them, of traffic at a ceiling: as text, as JSON, and
# on a terminal, through changes of the tree and of the device.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

CEIL=4000000	# bits a second

# policy NAME...: leaves beside bulk, which takes what is sent to port 6000
policy()
{
	local name
	cat <<-YAML
	optq: 1
	links:
	  $DEV:
	    egress:
	      rate: 20mbit
	      default: rest
	      classes:
	        office:
	          classes:
	            bulk: { rate: 1mbit, ceil: 4mbit, limit: 100, match: udp dport 6000 }
	            web: { rate: 1mbit }
	        rest:
	YAML
	for name in "$@"; do echo "        $name:"; done
}

apply() { policy "$@" >"$TMP/policy.yaml"; quietly ctl apply "$TMP/policy.yaml"; }

# near BPS WHAT: the ceiling, as well as a machine of any speed can tell
near()
{
	note "$2: $1 bit/s of $CEIL"
	awk -v got="$1" -v want=$CEIL 'BEGIN { exit !(got >= want / 2 && got <= want * 1.2) }'
}

test_refused()
{
	local out
	out=$(ctl top "$DEV" 2>&1) && { echo "it ran"; return 1; }
	same "optqctl: $DEV: has no optq: give it one with \"optqctl apply\"" "$out" "without one" &&
	out=$(ctl top nosuch0 2>&1) && { echo "it ran"; return 1; }
	same "optqctl: nosuch0: there is no such device here" "$out" "without a device" &&
	out=$(ctl top 2>&1) && { echo "it ran"; return 1; }
	same "optqctl: no device has an optq at its root" "$out" "without any"
}

test_show()
{
	ctl show "$DEV" | grep -q '^  office .*bit ' || return 1
	ctl show --interval 2s "$DEV" >"$TMP/out" && cat "$TMP/out" &&
	grep -q '^    bulk  *[345][.0-9]*mbit  *1mbit  *4mbit 0 ' "$TMP/out" || return 1
	ctl -j show "$DEV" | jq -e '.[0] | has("rates") | not' >"$TMP/quiet" &&
	ctl -j show --interval 2s "$DEV" >"$TMP/json" &&
	near "$(jq '.[0].classes[] | select(.path == "office/bulk").rates.sent_bps' "$TMP/json")" "bulk" &&
	near "$(jq '.[0].classes[] | select(.path == "office").rates.sent_bps' "$TMP/json")" "office" &&
	jq -e '.[0] | .span_ns >= 2000000000 and (.classes[] | select(.path == "office/bulk").rates |
		.dropped_pps > 0 and .throttled_share > 0.5 and .sojourn_p50_ns <= .sojourn_p99_ns and
		.sojourn_p50_ns > 0)' "$TMP/json" >"$TMP/quiet"
}

test_json()
{
	ctl -j top --interval 1s --count 3 "$DEV" >"$TMP/json" || return 1
	same 3 "$(wc -l <"$TMP/json")" "lines" &&
	same 3 "$(jq -s 'map(select(.device == "'"$DEV"'" and .classes[0].path == "office")) | length' "$TMP/json")" \
		"objects, what goes most first" &&
	jq -s -e '[.[].time_ms] | . == sort' "$TMP/json" >"$TMP/quiet" &&
	near "$(jq -s '[.[].classes[] | select(.path == "office/bulk").rates.sent_bps] | add / length | round' \
		"$TMP/json")" "bulk"
}

test_plain()
{
	ctl top --count 2 --sort tree "$DEV" >"$TMP/out" </dev/null || return 1
	cat "$TMP/out"
	same 2 "$(grep -c '^CLASS  *SENT' "$TMP/out")" "frames" &&
	same "office   bulk   web rest" "$(sed -n '4,7s/^\( *[a-z]*\) .*/\1/p' "$TMP/out" | paste -sd ' ')" "tree" &&
	awk 'length($0) > 80 { bad = 1 } END { exit bad }' "$TMP/out"
}

# Whoever reads it may stop reading.
test_closed_pipe()
{
	timeout 20 ip netns exec "$NS_C" "$OPTQCTL" top --interval 100ms "$DEV" | head -n 3 >"$TMP/out"
	same 3 "$(wc -l <"$TMP/out")" "lines"
}

terminal() { in_c tmux -S "$TMP/tmux" -f /dev/null "$@"; }
screen() { terminal capture-pane -p; }
shows() { screen | grep -q -- "$1"; }
comes()
{
	optq_wait_for 20 shows "$1" && return
	echo "no \"$1\" in"
	screen
	return 1
}
bulk_is_near() { screen | awk '$1 ~ /bulk$/ { exit !($2 ~ /mbit$/ && $2 + 0 >= 2 && $2 + 0 <= 4.8) }'; }

test_terminal()
{
	local before
	terminal new-session -d -x 80 -y 24 "env LC_ALL=C.UTF-8 PS1='$ ' sh" || return 1
	terminal send-keys "stty -a >$TMP/before; $OPTQCTL top --interval 500ms $DEV; echo ended \$?; stty -a >$TMP/after" Enter
	comes "^office/bulk " && optq_wait_for 20 bulk_is_near || { screen; return 1; }
	before=$(screen)
	echo "$before" | head -n 10
	terminal send-keys Enter && comes "^in office, by rate" && comes "^bulk " || return 1
	apply video || return 1
	comes "changed: +1 -0" && terminal send-keys BSpace && comes "^video " || return 1
	quietly ctl remove "$DEV" || return 1
	comes "^$DEV: " && comes "optq" || return 1
	apply || return 1
	comes "^office/bulk " && optq_wait_for 20 bulk_is_near || { screen; return 1; }
	terminal send-keys q && comes "ended 0" &&
	optq_wait_for 10 cmp -s "$TMP/before" "$TMP/after"
}

# A device that goes, and one of its name that comes.
test_device_comes_and_goes()
{
	in_c ip link add dummy7 type dummy && in_c tc qdisc add dev dummy7 root handle 7: optq || return 1
	optq_bg ip netns exec "$NS_C" "$OPTQCTL" top --interval 200ms dummy7 >"$TMP/frames"
	optq_wait_for 20 grep -q '^CLASS' "$TMP/frames" &&
	in_c ip link del dummy7 &&
	optq_wait_for 20 grep -q ' dummy7: there is no such device here' "$TMP/frames" || return 1
	: >"$TMP/frames"
	in_c ip link add dummy7 type dummy && in_c tc qdisc add dev dummy7 root handle 8: optq &&
	in_c tc class add dev dummy7 parent 8: classid 8:1 optq rate 1mbit &&
	optq_wait_for 20 grep -q '^8:1 ' "$TMP/frames" || { cat "$TMP/frames"; return 1; }
	in_c ip link del dummy7
}

# 10,000 classes each second: it must keep up.
test_many()
{
	local i used
	{
		policy
		for i in $(seq 10000); do echo "        c$i:"; done
	} >"$TMP/policy.yaml"
	quietly ctl apply "$TMP/policy.yaml" || return 1
	used=$( { TIMEFORMAT='%U %S'; time ctl -j top --count 3 "$DEV" >"$TMP/json"; } 2>&1) || return 1
	same "10004 10004 10004" "$(jq -r '.classes | length' "$TMP/json" | paste -sd ' ')" "classes" &&
	note "user and system seconds of 4 snapshots: $used; apart: $(jq -c '.span_ns / 1e9' "$TMP/json" | paste -sd ' ')"
}

ktap_header
ktap_plan 8
optq_require_root
optq_require_module
optq_require_ctl
optq_require_programs
optq_require_kmod dummy
optq_setup_ns
ktap_test "no tree to show" test_refused
apply || exit 1
# Bounded, and ended with the file.
flood_start -t 900 -l 1000 -r 1500
ktap_test "show has the rates of an interval" test_show
ktap_test "top as JSON, a line each interval" test_json
ktap_test "top as text" test_plain
ktap_test "top in a pipe that is closed" test_closed_pipe
if command -v tmux >/dev/null; then
	ktap_test "top on a terminal" test_terminal
	terminal kill-server
else
	ktap_skip "top on a terminal" "needs the command tmux"
fi
ktap_test "a device that comes and goes" test_device_comes_and_goes
ktap_test "10,000 classes" test_many
flood_stop
ktap_done
