#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does tdc.sh turn red when it should?  Runs the cases of wrong.json, which go wrong in
# each way, and compares what is said of each.  Prints KTAP.
. "$(dirname "$0")/../kselftest/lib.sh"

here=$(cd "$(dirname "$0")" && pwd)

# What a run printed, a word for each case in order.
verdicts()
{
	sed -n -e 's/^ok [0-9]* \([0-9a-f]\{4\}\) .* # SKIP needs .*/\1 skip/p' -e t \
		-e 's/^ok [0-9]* \([0-9a-f]\{4\}\) .*/\1 ok/p' \
		-e 's/^not ok [0-9]* \([0-9a-f]\{4\}\) .*/\1 red/p' "$1" | paste -sd' '
}

# as_wanted EXIT VERDICTS FILE TEXT...: of the cases in FILE; each text is said
as_wanted()
{
	local want=$1 verdicts=$2 file=$3 text rc
	shift 3
	TMPDIR=$TMP "$here/tdc.sh" "$file" >"$TMP/out" 2>&1
	rc=$?
	if [ "$rc" -ne "$want" ] || [ "$(verdicts "$TMP/out")" != "$verdicts" ]; then
		echo "exit $rc"
		cat "$TMP/out"
		return 1
	fi
	for text; do
		grep -q -e "$text" "$TMP/out" || { echo "no \"$text\""; cat "$TMP/out"; return 1; }
	done
}

every_way()
{
	as_wanted 1 "00d1 ok 00d2 red 00d3 red 00d4 red 00d5 red 00d6 skip 00d7 red 00d8 red" \
		"$here/wrong.json" '^1..9$' 'Command exited with 2, expected 0' \
		'Could not match regex' "Value doesn't match: packets" \
		'kernel complained' 'needs test -e /nowhere' 'Could not execute: ' \
		'previous setup failed'
}

# tdc.py trips over a list of numbers.
ends_early()
{
	jq '.[:2] | .[1] += {cmdUnderTest: "true", verifyCmd: "echo [[1]]", matchJSON: [[1]]}' \
		"$here/wrong.json" >"$TMP/cases.json" &&
	as_wanted 1 "00d1 red 00d2 red" "$TMP/cases.json" '^1..3$' 'ended early' 'no result'
}

taken_id()
{
	jq '.[:1] | .[0].id = "ca5e"' "$here/wrong.json" >"$TMP/cases.json" &&
	as_wanted 1 "ca5e ok" "$TMP/cases.json" "or the kernel's: ca5e"
}

ktap_header
ktap_plan 3
optq_require_root
optq_require_module
ktap_test "cases that go wrong in each way" every_way
ktap_test "a run that ends early" ends_early
ktap_test "an id that is the kernel's" taken_id
ktap_done
