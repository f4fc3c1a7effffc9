#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Policies that were loaded are kept, can be loaded again, and are taken back when nobody
# confirms them, whatever becomes of who loaded them.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

ctl_json() { in_c "$OPTQCTL" -j "$@" | jq -r "${FILTER:-.}"; }

# policy FILE RATE CLASS...
policy()
{
	local file=$TMP/$1 rate=$2 class
	shift 2
	{
		printf 'optq: 1\nlinks:\n  %s:\n    egress:\n      rate: %s\n      default: %s\n      classes:\n' \
			"$DEV" "$rate" "$1"
		for class; do printf '        %s: { rate: 1mbit }\n' "$class"; done
	} >"$file"
}

# What runs on the device: "100mbit: a b", or "none"
live()
{
	local dev=${1:-$DEV} got
	got=$(in_c "$OPTQCTL" -j show "$dev" 2>/dev/null) || { echo none; return; }
	jq -r '.[0] | "\(.rate_bps / 1000000)mbit: \([.classes[].name] | join(" "))"' <<<"$got"
}

runs() { same "$1" "$(live "${2:-$DEV}")" "what runs"; }

is_live() { [ "$(live)" = "$1" ]; }

newest() { FILTER='.[0].number' ctl_json history; }

kept_and_listed()
{
	local got
	[ "$(ctl history)" = "No policy has been loaded yet." ] || return 1
	quietly ctl apply "$TMP/a.yaml" && quietly ctl apply "$TMP/b.yaml" && quietly ctl apply "$TMP/b.yaml" || return 1
	got=$(FILTER='.[] | "\(.number) \(.author) \(.what) \(.devices | join(",")) \(.in_force)"' ctl_json history)
	[ "$got" = "2 root apply $DEV true
1 root apply $DEV false" ] || { echo "listed: $got"; return 1; }
	ctl history 1 | cmp - "$TMP/a.yaml" || return 1
	ctl history | grep -Eq '^\* 2 +[0-9]{4}-[0-9-]+ [0-9:]+  root  apply .*b\.yaml: wan0$' ||
		{ ctl history; return 1; }
}

back_and_forth()
{
	quietly ctl rollback && runs "10mbit: a" &&
	quietly ctl rollback && runs none &&
	fails "there is no policy to take back" ctl rollback &&
	quietly ctl rollback 2 && runs "20mbit: b c" &&
	quietly ctl rollback 1 && runs "10mbit: a" &&
	[ "$(FILTER='.[0].what' ctl_json history)" = "rollback to 1" ] &&
	quietly ctl rollback && runs "20mbit: b c"
}

removed_and_back()
{
	quietly ctl remove "$DEV" && runs none && quietly ctl rollback && runs "20mbit: b c"
}

confirmed()
{
	quietly ctl apply "$TMP/a.yaml" || return 1
	ctl apply --confirm 2s "$TMP/b.yaml" >"$TMP/out" || return 1
	grep -q 'is taken back at .* unless "optqctl confirm" comes before' "$TMP/out" || { cat "$TMP/out"; return 1; }
	quietly ctl confirm && runs "20mbit: b c" || return 1
	sleep 4
	runs "20mbit: b c" && fails "nothing waits to be confirmed" ctl confirm
}

not_confirmed()
{
	quietly ctl apply "$TMP/a.yaml" && quietly ctl apply --confirm 2s "$TMP/b.yaml" &&
	runs "20mbit: b c" && optq_wait_for 10 is_live "10mbit: a" || return 1
	[ "$(FILTER='.[0].state' ctl_json history)" = "taken back" ] || { ctl history; return 1; }
	# The first one that a device has is taken off it.
	quietly ctl remove "$DEV" && quietly ctl apply --confirm 1s "$TMP/b.yaml" &&
	optq_wait_for 10 is_live none && quietly ctl apply "$TMP/a.yaml"
}

# Whoever loads it is killed at some moment: the old policy is there in the end.
killed_anywhere()
{
	local i pid
	for ((i = 0; i < 15; i++)); do
		ip netns exec "$NS_C" "$OPTQCTL" apply --confirm 1s "$TMP/b.yaml" >/dev/null 2>&1 &
		pid=$!
		sleep "0.0$((i * 7 % 10))$i"
		kill -KILL $pid 2>/dev/null
		wait $pid 2>/dev/null
		sleep 1.5
		optq_wait_for 5 is_live "10mbit: a" || { echo "killed in round $i: $(live)"; ctl history; return 1; }
		optq_wait_for 5 nothing_waits || { echo "still waits in round $i"; return 1; }
	done
}

nothing_waits() { ! ctl confirm >/dev/null 2>&1; }

terminal_gone()
{
	setsid bash -c "ip netns exec $NS_C $OPTQCTL apply --confirm 2s $TMP/b.yaml >/dev/null; kill -HUP 0; sleep 9" &
	optq_wait_for 5 is_live "20mbit: b c" || { echo "not applied"; return 1; }
	optq_wait_for 10 is_live "10mbit: a" || { echo "not taken back: $(live)"; return 1; }
}

guard_killed()
{
	quietly ctl apply --confirm 1s "$TMP/b.yaml" || return 1
	pkill -KILL -f "optqctl apply --confirm 1s $TMP/b.yaml" || { echo "no guard"; return 1; }
	sleep 2
	runs "20mbit: b c" && fails "nothing waits" ctl confirm && runs "10mbit: a"
}

one_at_a_time()
{
	quietly ctl apply --confirm 60s "$TMP/b.yaml" || return 1
	fails "waits to be confirmed until" ctl apply "$TMP/c.yaml" &&
	runs "20mbit: b c" && ctl history | grep -q "to be confirmed$" &&
	quietly ctl rollback && runs "10mbit: a" && fails "nothing waits" ctl confirm &&
	quietly ctl apply "$TMP/c.yaml" && runs "30mbit: d" &&
	quietly ctl rollback --confirm 60s "$(($(newest) - 2))" 2>/dev/null || return 1
	quietly ctl confirm
}

# What the policy names is kept with it, as it was.
files_are_kept()
{
	local number
	printf '10.1.1.0/24\n' >"$TMP/guests.txt"
	cat >"$TMP/sets.yaml" <<-YAML
		optq: 1
		sets: { guests: { file: guests.txt } }
		links:
		  $DEV:
		    egress:
		      default: rest
		      classes: { guests: { match: "src @guests" }, rest: }
	YAML
	quietly ctl apply "$TMP/sets.yaml" || return 1
	number=$(newest)
	printf '10.2.2.0/24\n' >"$TMP/guests.txt"
	quietly ctl apply "$TMP/sets.yaml" && [ "$(newest)" -gt "$number" ] || { echo "a changed set is a new policy"; return 1; }
	ctl history "$number" | grep -q '^10\.1\.1\.0/24' || return 1
	rm "$TMP/guests.txt" "$TMP/sets.yaml"
	quietly ctl rollback "$number" &&
	ctl explain --dev "$DEV" src 10.1.1.7 dst 10.9.9.9 | grep -q guests || { ctl explain --dev "$DEV" src 10.1.1.7; return 1; }
	# One that is gone from there is not looked for where it was.
	printf '10.3.3.0/24\n' >"$TMP/guests.txt"
	cp -r "/var/lib/optq/netns/$NS_C" "$TMP/torn"
	jq '.files |= .[:1]' "$TMP/torn/history/$number/meta.json" >"$TMP/meta" &&
	mv "$TMP/meta" "$TMP/torn/history/$number/meta.json" || return 1
	fails "was not kept" env OPTQ_STATE_DIR="$TMP/torn" ip netns exec "$NS_C" "$OPTQCTL" rollback "$number"
}

# Files that are included, tables too; and the guard reads them from there, from anywhere.
includes_are_kept()
{
	local number
	mkdir -p "$TMP/site"
	printf 'let: { up: 10mbit }\n' >"$TMP/site/base.yaml"
	printf 'name\na\n' >"$TMP/site/table.csv"
	cat >"$TMP/site/site.yaml" <<-YAML
		optq: 1
		include: base.yaml
		links:
		  $DEV: { egress: { rate: "\${up}", default: rest, classes: { for each table.csv: { "\${name}": { rate: 1mbit } }, rest: } } }
	YAML
	( cd "$TMP/site" && quietly ctl apply site.yaml ) && runs "10mbit: a rest" || return 1
	number=$(newest)
	printf 'let: { up: 40mbit }\n' >"$TMP/site/base.yaml"
	printf 'name\nz\n' >"$TMP/site/table.csv"
	( cd "$TMP/site" && quietly ctl apply --confirm 1s site.yaml ) && runs "40mbit: z rest" &&
	optq_wait_for 10 is_live "10mbit: a rest" || { echo "not as it was: $(live)"; return 1; }
	( cd "$TMP/site" && quietly ctl apply site.yaml ) && [ "$(newest)" -gt $((number + 1)) ] ||
		{ echo "a changed file is a new policy"; return 1; }
	rm -r "$TMP/site"
	quietly ctl rollback "$number" && runs "10mbit: a rest" && quietly ctl rollback && quietly ctl rollback
}

# What waited when the machine went down is over, and not what others are taken back to.
another_boot()
{
	local state=/var/lib/optq/netns/$NS_C number
	quietly ctl apply "$TMP/a.yaml"
	quietly ctl apply --confirm 60s "$TMP/b.yaml" && number=$(newest) || return 1
	jq '.boot = "another"' "$state/pending.json" >"$TMP/pending" && mv "$TMP/pending" "$state/pending.json" || return 1
	fails "nothing waits" ctl confirm &&
	[ "$(FILTER=".[] | select(.number == $number) | .state" ctl_json history)" = "taken back" ] &&
	quietly ctl apply "$TMP/a.yaml"
}

# A removal neither comes between nor is undone by what waits.
removal_waits()
{
	quietly ctl apply --confirm 60s "$TMP/b.yaml" || return 1
	fails "waits to be confirmed" ctl remove "$DEV" && runs "20mbit: b c" &&
	quietly ctl confirm && quietly ctl remove "$DEV" && quietly ctl rollback && runs "20mbit: b c" &&
	quietly ctl rollback && quietly ctl apply "$TMP/a.yaml"
}

# At once after another one was confirmed, and by an altname.
again_at_once()
{
	in_c ip link property add dev "$DEV" altname uplink || return 1
	sed "s/$DEV/uplink/" "$TMP/b.yaml" >"$TMP/alt.yaml"
	quietly ctl apply --confirm 60s "$TMP/b.yaml" && quietly ctl confirm &&
	quietly ctl apply --confirm 60s "$TMP/c.yaml" && quietly ctl rollback && runs "20mbit: b c" &&
	quietly ctl apply --confirm 1s "$TMP/alt.yaml" && optq_wait_for 10 nothing_waits &&
	runs "20mbit: b c" && quietly ctl apply "$TMP/a.yaml"
}

# Somebody reads the history slowly: nobody waits for that.
slow_reader()
{
	seq -f '# line %g of a long policy' 20000 >>"$TMP/c.yaml"
	quietly ctl apply "$TMP/c.yaml" || return 1
	{ ctl history "$(newest)"; } | { sleep 8; cat >/dev/null; } &
	sleep 0.5
	quietly ctl apply --confirm 1s "$TMP/b.yaml" && optq_wait_for 1 is_live "30mbit: d" || { live; return 1; }
	wait
	quietly ctl apply "$TMP/a.yaml"
}

by_device()
{
	in_c ip link add other0 type dummy && in_c ip link set other0 up || return 1
	sed "s/$DEV/other0/" "$TMP/c.yaml" >"$TMP/other.yaml"
	quietly ctl apply "$TMP/a.yaml" && quietly ctl apply "$TMP/other.yaml" && quietly ctl apply "$TMP/b.yaml" &&
	quietly ctl rollback && runs "10mbit: a" && runs "30mbit: d" other0 &&
	quietly ctl rollback && runs none other0 && runs "10mbit: a"
}

each_namespace_its_own()
{
	[ -d "/var/lib/optq/netns/$NS_C/history" ] || return 1
	[ "$(in_s "$OPTQCTL" history)" = "No policy has been loaded yet." ]
}

state_not_there()
{
	local out
	touch "$TMP/file"
	fails "nothing can be kept" env OPTQ_STATE_DIR="$TMP/file/x" ip netns exec "$NS_C" "$OPTQCTL" apply --confirm 9s "$TMP/b.yaml" &&
	runs "10mbit: a" || return 1
	out=$(OPTQ_STATE_DIR=$TMP/file/x ctl apply "$TMP/b.yaml" 2>&1) || { echo "$out"; return 1; }
	[[ $out == *"is not kept in the history"* ]] && runs "20mbit: b c" &&
	fails "nothing can be kept" env OPTQ_STATE_DIR="$TMP/file/x" ip netns exec "$NS_C" "$OPTQCTL" rollback 1
}

compared()
{
	local one two
	quietly ctl apply "$TMP/c.yaml" && quietly ctl apply "$TMP/a.yaml" && one=$(newest) && quietly ctl apply "$TMP/b.yaml" && two=$(newest) || return 1
	ctl diff "$one" "$two" >"$TMP/diff" && grep -Eq 'rate 10mbit (->|→) 20mbit' "$TMP/diff" &&
	cmp <(ctl diff "$TMP/a.yaml" "$two") "$TMP/diff" && ctl diff "$two" "$TMP/b.yaml" | grep -q "no difference" ||
		{ cat "$TMP/diff"; return 1; }
	fails "there is no policy 999" ctl diff "$one" 999 && quietly ctl apply "$TMP/b.yaml"
}

wrong_calls()
{
	fails "there is no policy 999: the history has" ctl rollback 999 &&
	fails "there is no policy 999" ctl history 999 &&
	fails "a number must come first" ctl rollback last &&
	says '"0s" is not between 1s and 24h' ctl apply --confirm 0s "$TMP/a.yaml" &&
	says '"25h" is not between 1s and 24h' ctl apply --confirm 25h "$TMP/a.yaml" &&
	says "--confirm" ctl apply --confirm soon "$TMP/a.yaml" &&
	says 'goes with "rollback N"' ctl rollback --confirm 9s &&
	says "goes with apply rollback" ctl show --confirm 9s
}

# A policy that is not good, or is refused, is not kept.
only_what_was_loaded()
{
	local before
	before=$(newest)
	sed 's/rate: 1mbit/rate: 1bogus/' "$TMP/a.yaml" >"$TMP/bad.yaml"
	fails "bogus" ctl apply --confirm 9s "$TMP/bad.yaml" &&
	[ "$before" = "$(newest)" ] && nothing_waits
}

ktap_header
optq_require_root
optq_require_cmd ip jq setsid pkill
optq_require_module
optq_require_ctl
optq_setup_ns || { echo "Bail out! no namespaces"; exit 1; }
policy a.yaml 10mbit a
policy b.yaml 20mbit b c
policy c.yaml 30mbit d
ktap_plan 21
ktap_test "what was loaded is kept and listed" kept_and_listed
ktap_test "taken back, and loaded again" back_and_forth
ktap_test "a removal is taken back" removed_and_back
ktap_test "confirmed in time" confirmed
ktap_test "not confirmed" not_confirmed
ktap_test "killed at any moment" killed_anywhere
ktap_test "the terminal goes" terminal_gone
ktap_test "even the guard is killed" guard_killed
ktap_test "one waits at a time, and can be taken back at once" one_at_a_time
ktap_test "files that a policy names are kept" files_are_kept
ktap_test "included files and tables are kept" includes_are_kept
ktap_test "another boot" another_boot
ktap_test "a removal while one waits" removal_waits
ktap_test "again at once, and by another name" again_at_once
ktap_test "nobody waits for who reads" slow_reader
ktap_test "each device gets what it had" by_device
ktap_test "each network namespace has its own" each_namespace_its_own
ktap_test "without a place to keep it" state_not_there
ktap_test "two of them are compared" compared
ktap_test "wrong calls" wrong_calls
ktap_test "only what was loaded is kept" only_what_was_loaded
rm -rf "/var/lib/optq/netns/$NS_C"
ktap_done
