#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: core.sh
#
# What a packet costs in the core, counted by valgrind's cachegrind in user space:
# instructions, and misses of a cache of 32 KiB and of one of 8 MiB, for an enqueue
# and a dequeue with all leaves backlogged.  By classes and by levels: what grows
# with the classes is what their number does.  The difference of two runs, so that
# building the tree is not in it.  A table, to build/bench-core.md too.

cd "$(dirname "$0")" || exit 1
. ../vm/common.sh
. ./cachegrind.sh

mkdir -p "$BUILD"
cc -O2 -g -o "$BUILD/core_bench" core_bench.c ../../sch_optq/core/[a-z]*.c ||
	die "core_bench does not build"

# counts CLASSES LEVELS N: instructions, first-level and last-level misses
counts() { counted "$BUILD/core_bench" "$@"; }

# row CLASSES LEVELS
row()
{
	local n=$(($1 > 20000 ? 2 * $1 : 20000)) a b
	say "   core: $1 classes, $2 levels" >&2
	a=$(counts "$1" "$2" $n)
	b=$(counts "$1" "$2" $((2 * n)))
	echo "$1 $2 $n $a $b" | awk '{
		n = 2 * $3
		printf "| %d | %d | %.0f | %.1f | %.1f |\n", $1, $2, ($7 - $4) / n, ($8 - $5) / n, ($9 - $6) / n }'
}

{
	echo "| classes | levels | instructions | misses of 32 KiB | misses of 8 MiB |"
	echo "| ------: | -----: | -----------: | ---------------: | --------------: |"
	for classes in 20 1000 100000; do
		row $classes 3
	done
	for levels in 1 8 16; do
		row 1000 $levels
	done
} | tee "$BUILD/bench-core.md"
