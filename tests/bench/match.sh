#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: match.sh
#
# What it costs to find the rule of a packet of a new flow, by number and kind of
# rules (match_bench.c): instructions, and misses of a cache of 32 KiB and of one of
# 8 MiB, counted by valgrind's cachegrind in user space, the difference of two runs;
# likewise the instructions of a known flow; what the compiled rules take, and how long it
# takes to compile them.  A table, to build/bench-match.md too.  Fails when 10,000 rules
# cost a new flow more than twice what 10 do, or a known one 2 % more.

cd "$(dirname "$0")" || exit 1
. ../vm/common.sh
. ./cachegrind.sh

mkdir -p "$BUILD"
cc -O2 -g -o "$BUILD/match_bench" match_bench.c ../match/made.c ../match/plain.c \
	../../sch_optq/core/match*.c ../../sch_optq/core/exact.c || die "match_bench does not build"

# counts KIND RULES N [known]: instructions, first-level and last-level misses
counts() { counted "$BUILD/match_bench" "$@"; }

# row KIND RULES
row()
{
	local n=40000
	say "   match: $1, $2" >&2
	echo "$1 $2 $n $(counts "$1" "$2" $n) $(counts "$1" "$2" $((2 * n)))" \
		"$("$BUILD/match_bench" "$1" "$2" 0)" "$(counts "$1" "$2" $n known)" \
		"$(counts "$1" "$2" $((2 * n)) known)" | awk '{
		printf "| %s | %d | %d | %.0f | %.1f | %.1f | %.0f | %.0f | %.0f |\n", $1, $2,
			$10, ($7 - $4) / $3, ($8 - $5) / $3, ($9 - $6) / $3,
			($18 - $15) / $3, $11 / 1024, $12 }'
}

{
	echo "| kind | rules | ranges | instructions | misses of 32 KiB | misses of 8 MiB | known flow | KiB | ms to compile |"
	echo "| :--- | ----: | -----: | -----------: | ---------------: | --------------: | ---------: | --: | ------------: |"
	for kind in mixed hosts cross; do
		for rules in 10 100 1000 10000; do
			row $kind $rules
		done
	done
	for kind in set set6; do
		for ranges in 10 10000 1000000; do
			row $kind $ranges
		done
	done
} | tee "$BUILD/bench-match.md"

awk -F '|' '$3 == 10 { few[$2] = $5 }
	$3 == 10 { known[$2] = $8 }
	$3 == 10000 && ($5 > 2 * few[$2] || $8 > 1.02 * known[$2]) {
		print "too many instructions:", $0; bad = 1 }
	END { exit bad }' "$BUILD/bench-match.md"
