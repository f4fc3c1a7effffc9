#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: check.sh STAGE...
#
# Runs the stages named, in order, and sums up.  Every stage prints TAP, which
# tap.awk counts; the last line says how it all ended.
#
#	harness	what the results hang on: tap.awk, faults made on purpose; make guest
#	build	module, plugin, optqctl in the default suite
#	unit	user-space tests under ASAN and UBSAN, in the default suite
#	um	the user-mode kernel: faults made on purpose, the kernel tests
#	tdc	the kernel's own tdc.py there, with the cases in tests/tdc
#	debug	as um, the one with KASAN, lockdep, kmemleak and the rest
#	vm	kernel tests in guests with two CPUs
#	some	likewise, those only that say most about another kernel
#	det	rates and delays in guests whose time is exact
#	suites	the build on the oldest and the newest kernel supported
#	package	Debian packages in the default suite: built, installed, purged
#	kernels	what the table of suites says, on each of them
#	soak	traffic and random policies in the debug kernel, SOAK_SECONDS (1800) long
#
# Environment: SUITE (trixie), UM_SUITE (sid: whose user-mode kernel), TESTS (names of
# kernel tests instead of all), VERBOSE=1 (what the tests say even when they pass)

. "$(dirname "$0")/common.sh"

suite=${SUITE:-trixie}
others=(bookworm sid)
um_suite=${UM_SUITE:-$UM_NEWEST}
passed=0 failed=0 skipped=0
began=$SECONDS
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

in_build() { in_root "$suite" make --no-print-directory -C "$GUEST_TREE" "$@"; }

kernel_tests()
{
	local test
	for test in ${TESTS:-$(make -s --no-print-directory -C "$TOP/tests/kselftest" list)}; do
		case $test in
		det_*) [ "$1" = det ] && printf '%s ' "$test" ;;
		*) [ "$1" != det ] && printf '%s ' "$test" ;;
		esac
	done
}

# boot_tests MODE SECONDS NAME TEST...
boot_tests()
{
	local mode=$1 limit=$2 name=$3 in=$suite
	shift 3
	if [ $# -eq 0 ]; then
		echo "1..0 # SKIP no test of this kind"
		return
	fi
	case $mode in um|debug) in=$um_suite ;; esac
	"$VM_HERE/boot.sh" "$mode" "$in" "$name" "$limit" \
		"export OPTQ_KO=$(guest_module "$mode"); tests/kselftest/run.sh $*"
}

# boot_each MODE GUESTS: a guest for each test, so many side by side.  Tests take from ten
# seconds to minutes, and a guest is there in six.
boot_each()
{
	local mode=$1 guests=$2 test
	# shellcheck disable=SC2046	# a list of names
	set -- $(kernel_tests "$mode")
	[ $# -gt 0 ] || boot_tests "$mode" 0 none
	for test; do
		while [ "$(jobs -rp | wc -l)" -ge "$guests" ]; do wait -n; done
		{
			boot_tests "$mode" 3600 "check-${test%.sh}-$mode" "$test" \
				>"$tmp/$test" 2>&1 || touch "$tmp/failed-$mode"
			flock "$tmp" cat "$tmp/$test"
		} &
	done
	wait
	! [ -e "$tmp/failed-$mode" ]
}

# A stage that fails without a failed test has failed all the same.
of_suite=
run_stage()
{
	local name=$of_suite$1 start=$SECONDS counts=$tmp/counts status p=0 f=1 s=0
	shift
	say "== $name"
	rm -f "$counts"
	"$@" 2>&1 | tee "$LOGS/stage-$name.log" |
		awk -v stage="$name" -v counts="$counts" \
			-v verbose="${VERBOSE:-0}" -f "$VM_HERE/tap.awk"
	status=${PIPESTATUS[0]}
	[ -f "$counts" ] && read -r p f s <"$counts"
	if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
		say "FAIL $name: exit status $status, and no test says why"
		f=1
	fi
	[ "$f" -eq 0 ] || say "     the whole output: ${LOGS#"$TOP"/}/stage-$name.log"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	say "== $name: $p passed, $f failed, $s skipped, $((SECONDS - start)) s"
}

stage_harness()
{
	run_stage tap "$VM_HERE/tap-test.sh"
	run_stage guest-job "$VM_HERE/guest-job-test.sh"
	canary "$suite" smp
}

# canary SUITE MODE
canary()
{
	run_stage "canary-$2-build" "$VM_HERE/build.sh" "$1" "canary-$2"
	run_stage "canary-$2" "$TOP/tests/canary/canary.sh" "$@"
}

stage_build() { run_stage build "$VM_HERE/build.sh" "$suite"; }

stage_unit() { run_stage unit in_build -j"$(nproc)" unit; }

# Most of such a test is a shell that starts programs, one after the other: a guest keeps
# one processor busy, not two.
stage_vm() { run_stage vm boot_each smp 2; }

# What leans on the kernel's own code most, where all of it would take an hour.
stage_some()
{
	TESTS=${TESTS:-qdisc_gso.sh ctl_ingress.sh} stage_vm
}

# user_kernel MODE FLAVOUR MODULE: for whichever stage comes first.
user_kernel()
{
	case " ${made:-} " in *" $um_suite-$1 "*) return 0 ;; esac
	"$VM_HERE/root.sh" "$um_suite" || { failed=$((failed + 1)); return 1; }
	run_stage "$1-kernel" "$VM_HERE/um.sh" "$um_suite" "$2"
	run_stage "$1-build" "$VM_HERE/build.sh" "$um_suite" "$3" plugin optqctl programs
	made+=" $um_suite-$1"
}

plain_kernel() { user_kernel um plain module-um; }
debug_kernel() { user_kernel debug debug module-um-debug; }

stage_um()
{
	plain_kernel || return
	canary "$um_suite" um
	run_stage um boot_each um 2
}

stage_debug()
{
	debug_kernel || return
	canary "$um_suite" debug
	run_stage debug boot_each debug 2
}

# First that it can fail.
boot_tdc()
{
	"$VM_HERE/boot.sh" um "$um_suite" check-tdc 3600 "
		export OPTQ_KO=$(guest_module um)
		tests/tdc/tdc-test.sh; rc=\$?
		tests/tdc/tdc.sh && exit \$rc"
}

stage_tdc() { plain_kernel && run_stage tdc boot_tdc; }

# Time counted in instructions has one CPU by nature.
stage_det() { run_stage det boot_each det 2; }

# The plugin of the oldest suite in every suite's tc: one binary for all.
one_plugin()
{
	local first="${others[0]}" where so=/build/plugin-of-oldest
	for where in "${others[@]}" "$suite"; do
		mkdir -p "$(suite_root "$where")$GUEST_TREE$so"
		cp "$(suite_root "$first")$GUEST_TREE/tc-plugin/q_optq.so" \
			"$(suite_root "$where")$GUEST_TREE$so/" || return 1
		in_root "$where" env TC_LIB_DIR="$GUEST_TREE$so" \
			bash "$GUEST_TREE/tests/unit/tc_plugin.sh" || return 1
	done
}

stage_suites()
{
	local other
	for other in "${others[@]}"; do
		"$VM_HERE/root.sh" "$other" || { failed=$((failed + 1)); continue; }
		run_stage "build-$other" "$VM_HERE/build.sh" "$other" \
			module plugin optqctl
	done
	run_stage one-plugin one_plugin
}

stage_kernels()
{
	local stages stage
	while read -r suite stages; do
		of_suite=$suite- um_suite=$suite
		if ! suite_had "$suite"; then
			run_stage root echo "1..0 # SKIP no mirror has $suite"
			continue
		fi
		"$VM_HERE/root.sh" "$suite" || { failed=$((failed + 1)); continue; }
		for stage in $stages; do
			"stage_$stage" </dev/null
		done
	done < <(sed 's/#.*//; /^$/d' "$VM_HERE/suites")
}

stage_soak()
{
	local seconds=${SOAK_SECONDS:-1800}
	debug_kernel && run_stage soak "$VM_HERE/boot.sh" debug "$um_suite" soak $((seconds * 2 + 1200)) "
		export OPTQ_KO=$(guest_module debug) SOAK_SECONDS=$seconds
		export SOAK_SEED=${SOAK_SEED:-$(date +%s)} OPTQ_TEST_TIMEOUT=$((seconds * 2 + 900))
		tests/kselftest/run.sh ../soak/soak.sh"
}

stage_package() { run_stage package "$TOP/tests/package/package.sh" "$suite"; }

"$VM_HERE/needs.sh" || exit 1
# Unpacking waits more than it works: by the time they are asked for the others are there.
case " $* " in
*" suites "*)
	for other in "${others[@]}"; do
		("$VM_HERE/root.sh" "$other" >/dev/null 2>&1 &)
	done ;;
esac
"$VM_HERE/root.sh" "$suite" || exit 1
mkdir -p "$LOGS"
for stage in "$@"; do
	case $stage in
	harness|build|unit|um|tdc|debug|vm|some|det|suites|package|kernels|soak) ;;
	*) die "unknown stage '$stage'" ;;
	esac
	"stage_$stage"
done

say "the check took $((SECONDS - began)) s"
line="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || line+=", $skipped skipped"
say "$line"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
