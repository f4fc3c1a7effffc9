#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of tap.awk, which decides what every other test run is worth.  Prints TAP.

cd "$(dirname "$0")" || exit 1

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0 failed=0

# expect NAME "PASSED FAILED SKIPPED" LINE...
expect()
{
	local name=$1 want=$2 got
	shift 2
	n=$((n + 1))
	rm -f "$tmp/counts"
	for line in "$@"; do
		printf '%s\n' "$line"
	done | awk -v stage=t -v counts="$tmp/counts" -f tap.awk >"$tmp/out"
	got=$(cat "$tmp/counts")
	if [ "$got" = "$want" ]; then
		echo "ok $n $name"
	else
		failed=1
		echo "# wanted $want, got $got"
		sed 's/^/# /' "$tmp/out"
		echo "not ok $n $name"
	fi
}

echo "TAP version 13"
echo "1..21"

expect "a plain plan that is kept" "2 0 0" 1..2 'ok 1 - a' 'ok 2 - b'
expect "not ok" "1 1 0" 1..2 'ok 1 a' 'not ok 2 b'
expect "tests missing at the end" "2 1 0" 1..3 'ok 1 a' 'ok 2 b'
expect "no plan" "2 1 0" 'ok 1 a' 'ok 2 b'
expect "a plan after its tests" "2 0 0" 'ok 1 a' 'ok 2 b' 1..2
expect "no output at all" "0 1 0"
expect "output without a test" "0 1 0" "sh: 1: not found"
expect "Bail out!" "1 2 0" 1..2 'ok 1 a' 'Bail out! no memory'
expect "one skipped" "1 0 1" 1..2 'ok 1 a' 'ok 2 b # SKIP no tc'
expect "all skipped" "0 0 1" '1..0 # SKIP no module'
expect "a plan of nothing" "0 1 0" 1..0
expect "a number left out" "2 1 0" 1..3 'ok 1 a' 'ok 3 c'
expect "more tests than planned" "2 1 0" 1..1 'ok 1 a' 'ok 2 b'
expect "two documents in a row" "2 1 0" \
	1..1 'ok 1 a' 1..2 'ok 1 b' 'not ok 2 c'
expect "a document cut off by the next" "2 1 0" \
	1..2 'ok 1 a' 'TAP version 13' 1..1 'ok 1 b'
expect "carriage returns of a serial line" "1 0 0" $'1..1\r' $'ok 1 a\r'
expect "nested: the sum is not counted again" "1 1 0" \
	'KTAP version 1' 1..1 '    # Subtest: f.sh' '    KTAP version 1' \
	'    1..2' '    ok 1 a' '    not ok 2 b' 'not ok 1 f.sh # exit=1'
expect "nested: all ok, yet the file is not" "2 1 0" \
	'KTAP version 1' 1..1 '    # Subtest: f.sh' '    KTAP version 1' \
	'    1..2' '    ok 1 a' '    ok 2 b' 'not ok 1 f.sh # the kernel complained'
expect "nested: a crash in the middle, then silence" "1 2 0" \
	'KTAP version 1' 1..2 '    # Subtest: f.sh' '    KTAP version 1' \
	'    1..2' '    ok 1 a' 'not ok 1 f.sh # exit=139' \
	'    # Subtest: g.sh' 'ok 2 g.sh'
expect "nested: a whole file skipped" "1 0 1" \
	'KTAP version 1' 1..2 '    # Subtest: f.sh' '    1..1' '    ok 1 a' \
	'ok 1 f.sh' '    # Subtest: g.sh' '    1..0 # SKIP no tc' 'ok 2 g.sh # SKIP'
expect "nested: the guest died in a test" "1 3 0" \
	'KTAP version 1' 1..2 '    # Subtest: f.sh' '    1..1' '    ok 1 a' \
	'ok 1 f.sh' '    # Subtest: g.sh' 'Bail out! no verdict'
exit $failed
