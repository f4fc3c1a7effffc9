#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: run.sh [TEST...]
#
# Runs the tests (all of this directory without arguments) one after the other,
# each bounded in time, prints their KTAP nested in one, and fails a test after
# which the kernel's log shows one of klog-detectors, or kmemleak, where the kernel
# has it, a leak.  Exit 0 only if none failed.

cd "$(dirname "$0")" || exit 1

limit=$(sed -n 's/^timeout=//p' settings)
limit=${OPTQ_TEST_TIMEOUT:-${limit:-300}}

# shellcheck disable=SC2046,SC2086	# a list of names
[ $# -gt 0 ] || set -- ${OPTQ_TESTS:-$(make -s --no-print-directory list)}

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# Whatever a test leaves behind in its process group goes with it, so that it
# disturbs neither the next test nor the reading of its output; what even SIGKILL
# does not end, because the kernel never lets it go, is not waited for.
run_one()
{
	local pid reader rc patience=30
	rm -f "$tmp/out"
	mkfifo "$tmp/out"
	sed -u 's/^/    /' <"$tmp/out" &
	reader=$!
	timeout -k 10 "$limit" "./$1" >"$tmp/out" 2>&1 </dev/null &
	pid=$!
	wait "$pid"
	rc=$?
	kill -KILL -- "-$pid" 2>/dev/null
	while kill -0 "$reader" 2>/dev/null && [ $patience -gt 0 ]; do
		sleep 0.1
		patience=$((patience - 1))
	done
	kill "$reader" 2>/dev/null
	wait "$reader" 2>/dev/null
	return $rc
}

. ./klog.sh

log_mark() { echo "optq-test: $1" >/dev/kmsg; }

# What the kernel itself lost while it booted is not the tests'.
[ -w $KMEMLEAK ] && { kmemleak_scan; echo clear >$KMEMLEAK; }

# Each leak is told once; the kernel's log has the first words of it, which are a detector.
leaks_since()
{
	[ -w $KMEMLEAK ] || return
	kmemleak_scan
	cat $KMEMLEAK >"$tmp/leaks"
	echo clear >$KMEMLEAK
	[ -s "$tmp/leaks" ] && sed 's/^/# kmemleak: /' "$tmp/leaks" | head -n 60
}

n=0 failed=0 skipped=0
echo "KTAP version 1"
echo "1..$#"
for test in "$@"; do
	n=$((n + 1))
	echo "    # Subtest: $test"
	start=$SECONDS
	watch=
	log_mark "$n $test" 2>/dev/null && watch=1
	run_one "$test"
	rc=$?
	took="$((SECONDS - start)) s"

	if leaks_since; then
		failed=$((failed + 1))
		echo "not ok $n $test # memory leaked, $took"
		continue
	fi
	if [ -n "$watch" ] && klog_complaints . "optq-test: $n $test" >"$tmp/log"; then
		sed 's/^/# kernel: /' "$tmp/log" | head -n 40
		failed=$((failed + 1))
		echo "not ok $n $test # the kernel complained, $took"
		continue
	fi
	case $rc in
	0)	echo "ok $n $test # $took" ;;
	4)	skipped=$((skipped + 1))
		echo "ok $n $test # SKIP" ;;
	124|137)
		failed=$((failed + 1))
		echo "not ok $n $test # TIMEOUT, no end within $limit s" ;;
	*)	failed=$((failed + 1))
		echo "not ok $n $test # exit=$rc, $took" ;;
	esac
done
[ -n "${watch:-1}" ] || echo "# the kernel's log could not be read"
echo "# Totals: pass:$((n - failed - skipped)) fail:$failed xfail:0 xpass:0 skip:$skipped error:0"
[ "$failed" -eq 0 ]
