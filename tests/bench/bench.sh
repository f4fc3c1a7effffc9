#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: bench.sh [PART...]	parts as guest.sh takes them; all by default
#
# make bench: from a fresh clone on a Debian host to the tables.  Builds in and
# boots a Debian root of its own under build/; every figure is measured in the
# guest, where a nanosecond is an instruction.  They go to build/bench.json and,
# as tables and drawn, to build/bench.md and build/bench-*.svg.

. "$(dirname "$0")/../vm/common.sh"

suite=${SUITE:-trixie}
began=$SECONDS
here=$TOP/tests/bench

step() { say "[$((SECONDS - began)) s] $*"; }

build()
{
	local kdir log=$LOGS/bench-build.log
	kdir=/usr/src/linux-headers-$(suite_kernel "$suite")
	"$VM_HERE/build.sh" "$suite" module plugin optqctl programs >"$log" &&
		in_root "$suite" make -C "$GUEST_TREE/tests/bench" KDIR="$kdir" \
			module >>"$log" 2>&1 && return
	cat "$log"
	die "the build failed"
}

version() { git -C "$TOP" describe --always --dirty --tags 2>/dev/null || say unknown; }

step "host packages"
"$VM_HERE/needs.sh" || exit 1
step "a Debian $suite to build in and to boot"
"$VM_HERE/root.sh" "$suite" || exit 1
mkdir -p "$LOGS"
step "building the module, the tc plugin, optqctl and the device to hold packets"
build
step "booting Linux $(suite_kernel "$suite") in software emulation, time counted in instructions"
printf -v job '%q ' "$@"
[ $# -gt 0 ] || job=
"$VM_HERE/boot.sh" det "$suite" bench 1800 "tests/bench/guest.sh $job" 2>&1 |
	tee "$LOGS/bench.out" | grep --line-buffered -v -e '^{"part":' -e '^optq-boot: '
status=${PIPESTATUS[0]}
# shellcheck disable=SC2016	# the variable is jq's
grep '^{"part":' "$LOGS/bench.out" |
	in_root "$suite" jq -s --arg version "$(version)" '
	{version: $version, kernel: (map(select(.part == "guest"))[0].kernel),
	 figures: (map(select(.part != "guest")) | group_by(.part) |
		map({key: .[0].part, value: map(del(.part))}) | from_entries)}' \
	>"$BUILD/bench.json"
[ -s "$BUILD/bench.json" ] || die "the guest reported no figures"
"$here/report.sh" build || exit 1
say ""
cat "$BUILD/bench.md"
step "all figures: ${BUILD#"$TOP"/}/bench.json; drawn: ${BUILD#"$TOP"/}/bench-*.svg"
[ "$status" -eq 0 ] || die "the benchmark did not run to its end: these are the figures it has"
