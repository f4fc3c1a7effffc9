#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Presets on a device: each of the 64 DSCPs, IPv4 and IPv6, comes to the class that
# docs/policy.md says, and together with those that CAKE has in one tin.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

DOC=$OPTQ_TREE/docs/policy.md

declare -A number=([cs0]=0 [le]=1 [va]=44 [ef]=46)
for i in 1 2 3 4 5 6 7; do number[cs$i]=$((i * 8)); done
for i in 1 2 3 4; do
	for j in 1 2 3; do number[af$i$j]=$((i * 8 + j * 2)); done
done

# Lines of a class and its DSCPs, from the table of the document's Presets.
documented()
{
	local preset=$1 column rest points class dscp left
	local -A of=()
	column=$(sed -n 's/^| | \(`diffserv4`.*\)$/\1/p' "$DOC" | tr -d ' `' | tr '|' '\n' |
		grep -nx "$preset" | cut -d: -f1)
	rest=$(sed -n "s/^| \`$preset\` | .*(\`\([a-z-]*\)\`).*/\1/p" "$DOC")
	while IFS='|' read -r _ points left; do
		class=$(cut -d'|' -f"$column" <<<"$left" | tr -d ' `')
		for dscp in ${points//\`/}; do
			[ -n "$class" ] && of[${number[$dscp]:-$dscp}]=$class
		done
	done < <(sed -n '/^| | `diffserv4` |/,/^$/{/^| [`0-9]/p}' "$DOC")
	for dscp in $(seq 0 63); do echo "${of[$dscp]:-$rest} $dscp"; done |
		awk '{ d[$1] = d[$1] " " $2 } END { for (c in d) print c d[c] }' | sort
}

policy() { printf 'optq: 1\nlinks:\n  %s:\n    egress:\n      rate: %s\n      preset: %s\n' "$DEV" "$2" "$1"; }

apply() { policy "$@" >"$TMP/policy.yaml"; quietly in_c "$OPTQCTL" apply "$TMP/policy.yaml"; }

counts() { in_c "$OPTQCTL" -j show "$DEV" | jq -r 'first(.. | objects | select(has("classes"))) | .classes[] | "\(.path) \(.stats.packets)"'; }

tins() { tc_c -s -j qdisc show dev "$DEV" | jq -r '.[0].tins | to_entries[] | "\(.key) \(.value.sent_packets)"'; }

# Lines of what rose from $1 to $2, and by how much.
risen() { awk 'NR == FNR { was[$1] = $2; next } $2 != was[$1] { print $1, $2 - was[$1] }' "$1" "$2"; }

# send FAMILY DSCP...
send()
{
	local family=$1 tos=()
	shift
	for dscp in "$@"; do tos+=($((dscp << 2 | family % 4))); done
	in_c "$DSCP_WIRE" send "$DEV" "$family" 0 0 "${tos[@]}" && optq_wait_for 10 no_backlog
}

comes_to_its_class()
{
	local preset=$1 family=$2 class points all=0
	apply "$preset" 100mbit && counts >"$TMP/before" || return 1
	while read -r class points; do
		# shellcheck disable=SC2086
		set -- $points
		send "$family" "$@" && counts >"$TMP/after" || return 1
		same "$class $#" "$(risen "$TMP/before" "$TMP/after")" "packets of $points" ||
			return 1
		mv "$TMP/after" "$TMP/before"
		all=$((all + $#))
	done < <(documented "$preset")
	same 64 "$all" "DSCPs"
}

# Each class is one tin, and no tin is two classes.
as_cake_has_it()
{
	local preset=$1 class points tin all=0
	local -A seen=()
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	tc_batch <<<"qdisc add dev $DEV root handle 9: cake bandwidth 100mbit $preset" || return 1
	tins >"$TMP/before"
	while read -r class points; do
		# shellcheck disable=SC2086
		set -- $points
		send 4 "$@" && tins >"$TMP/after" || return 1
		tin=$(risen "$TMP/before" "$TMP/after")
		note "$class: tin and packets $tin"
		same $# "${tin#* }" "packets of $points in one tin of CAKE" || return 1
		[ -z "${seen[${tin% *}]}" ] ||
			{ echo "CAKE has $class and ${seen[${tin% *}]} in one tin"; return 1; }
		seen[${tin% *}]=$class
		mv "$TMP/after" "$TMP/before"
		all=$((all + $#))
	done < <(documented "$preset")
	same 64 "$all" "DSCPs"
}

# The kernel takes what check takes, at both ends.
kernel_takes_it()
{
	local rate
	for rate in 1mbit 3.3mbit 10gbit; do
		apply "$1" "$rate" || return 1
	done
	note "$(in_c "$OPTQCTL" show "$DEV" | head -1)"
}

# changed_under_traffic PRESET...: one after the other, while packets wait.  None is lost.
changed_under_traffic()
{
	local preset rate
	OFFERED=0
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	apply diffserv4 4mbit && received_in_order && receiver || return 1
	flood_start -t 600 -l 400 -f 6 -b 20000 -q 184
	flood_start -t 600 -l 900 -f 6 -b 20000 -q 0
	optq_wait_for 10 has_sent 50
	for rate in 3mbit 5mbit; do
		for preset; do apply "$preset" "$rate" || return 1; done
	done
	flood_stop
	settled 1: && note "$OFFERED packets meanwhile, $(figure 1: drops) dropped by CoDel" &&
	same "$(aqm)" "$(figure 1: drops)" "dropped, but for CoDel" &&
	same $((OFFERED - $(figure 1: drops))) "$(received received)" "packets that arrived"
}

# What waits in a class that goes leaves by the default, behind what comes anew; where
# all classes stay no flow passes itself.
in_order() { changed_under_traffic "$@" && same 0 "$(received late)" "packets out of order"; }

aqm() { tc_c -s -j qdisc show dev "$DEV" | jq -r '.[0] | .. | objects | select(has("drop_aqm")) | .drop_aqm'; }

ktap_header
ktap_plan 12
optq_require_root
optq_require_module
optq_require_tc
optq_require_ctl
optq_require_kmod sch_cake
[ -r "$DOC" ] || ktap_skip_all "docs/policy.md is not here"
optq_setup_ns
optq_require_programs
quiet_link
log_mark

for preset in diffserv4 diffserv8 rfc4594; do
	ktap_test "$preset: IPv4, every DSCP comes to its class" comes_to_its_class $preset 4
	ktap_test "$preset: the kernel takes it from 1mbit to 10gbit" kernel_takes_it $preset
done
ktap_test "diffserv4: IPv6, every DSCP comes to its class" comes_to_its_class diffserv4 6
ktap_test "diffserv4: a class is a tin of CAKE" as_cake_has_it diffserv4
ktap_test "diffserv8: a class is a tin of CAKE" as_cake_has_it diffserv8
ktap_test "one preset for another under traffic" changed_under_traffic rfc4594 diffserv8 diffserv4
ktap_test "a preset at another rate under traffic" in_order diffserv4 diffserv4 diffserv4
ktap_test "no warning in the kernel's log" log_clean
ktap_done
