# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# counted PROGRAM ARG...: instructions, misses of a cache of 32 KiB and of one of 8 MiB, by
# valgrind's cachegrind.

counted()
{
	valgrind --tool=cachegrind --cache-sim=yes --cachegrind-out-file=/dev/null \
		--D1=32768,8,64 --I1=32768,8,64 --LL=8388608,16,64 \
		"$@" 2>&1 >/dev/null | awk '
		{ gsub(",", "") }
		/I +refs:/ { i = $NF }
		/D1 +misses:/ { d = $4 }
		/LLd misses:/ { l = $4 }
		END { print i, d, l }'
}

command -v valgrind >/dev/null || die "valgrind is missing: apt-get install valgrind"
