#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the README shows runs as it stands there, in its order: the policy, then
# the tc commands.
. "$(dirname "$0")/lib.sh"

readme=$OPTQ_TREE/README.md

# The indented or fenced lines of one section that begin with a command.
commands()
{
	sed -n "/^## $1/,/^## /p" "$readme" |
		sed -n -E "s/^    (($2) .*)/\1/p"
}

test_policy()
{
	sed -n '/^```yaml/,/^```/p' "$readme" | sed '1d;$d' >"$TMP/office.yaml"
	[ -s "$TMP/office.yaml" ] || return 1
	in_c ip link set "$DEV" down
	in_c ip link set "$DEV" name eth0 up || return 1
	commands "A first policy" optqctl >"$TMP/ctl"
	[ "$(wc -l <"$TMP/ctl")" -eq 7 ] || { cat "$TMP/ctl"; return 1; }
	while read -r _ words; do
		words=${words%%#*}
		# It would not end.
		[[ $words == top* ]] && words+=" --count 1"
		echo "optqctl $words"
		# shellcheck disable=SC2086
		(cd "$TMP" && in_c "$OPTQCTL" $words) || [[ $? -eq 3 && $words == plan* ]] || return 1
	done <"$TMP/ctl"
	quietly_back
}

# What "rollback" took off.
quietly_back()
{
	(cd "$TMP" && in_c "$OPTQCTL" apply office.yaml >/dev/null 2>&1)
}

test_removal()
{
	in_c tc qdisc del dev eth0 root &&
	! in_c "$OPTQCTL" show eth0 2>/dev/null
}

test_tc()
{
	commands "With tc" tc >"$TMP/tc"
	[ "$(wc -l <"$TMP/tc")" -ge 5 ] || { cat "$TMP/tc"; return 1; }
	while read -r _ words; do
		echo "tc $words"
		# shellcheck disable=SC2086
		in_c tc $words >"$TMP/out" 2>&1 || { cat "$TMP/out"; return 1; }
	done <"$TMP/tc"
	grep -q "class optq 1:20" "$TMP/out"
}

ktap_header
ktap_plan 3
optq_require_root
optq_require_module
optq_require_tc
optq_require_ctl
optq_setup_ns
ktap_test "the first policy is checked, applied, shown and explained" test_policy
ktap_test "tc takes it off again" test_removal
ktap_test "the tc commands" test_tc
ktap_done
