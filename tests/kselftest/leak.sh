# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Leaks that the kernel does not report by itself, found by their growth.  Sourced.
#
#	leak_snapshot FILE		how much of everything is in use now
#	leak_growth A B C TIMES		A, B and C were taken with TIMES repetitions of
#					the same work between each two; prints what
#					grew by about one or more a repetition in both
#					spans, and fails if anything did
#
# Noise rarely grows twice by the same amount; what a repetition leaves behind does.
# slub_debug makes the counts of slab objects exact; without it a cache may keep some
# on each CPU, so TIMES is to be large against the number of CPUs.

leak_snapshot()
{
	sync
	# Twice: what the first pass frees lets the second free more.
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.5
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.5
	{
		awk 'NR > 2 { print "slab objects in " $1, $2 }' /proc/slabinfo
		awk '$1 == "Percpu:" { print "percpu memory, KiB", $2 }
		     $1 == "VmallocUsed:" { print "vmalloc memory, KiB", $2 }
		     ' /proc/meminfo
		awk '{ n += 1 } END { print "vmalloc areas", n }' /proc/vmallocinfo
	} >"$1"
}

# KASAN keeps what is freed, for as long as there is room, and it counts as in use; what leaks
# there is kmemleak's, whom run.sh asks.  Skips, with lib.sh's means.
leak_require_counts()
{
	grep -q ' kasan_report$' /proc/kallsyms || return 0
	ktap_skip_all "KASAN keeps what is freed, and counts it as in use"
}

leak_growth()
{
	awk -v times="$4" '
		{ value = $NF; sub(/ [^ ]*$/, "") }
		FNR == 1 { file++ }
		{ seen[file, $0] = value; names[$0] = 1 }
		END {
			# A cache may be merged or new; then it began empty.
			for (name in names) {
				first = seen[2, name] - seen[1, name]
				second = seen[3, name] - seen[2, name]
				if (first >= 0.8 * times && second >= 0.8 * times) {
					print name ": +" first ", then +" second
					leaks = 1
				}
			}
			exit leaks
		}' "$1" "$2" "$3"
}
