#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: demo.sh [SECONDS]
#
# make demo: from a fresh clone on a Debian host to the table.  Builds in and
# boots a Debian root of its own under build/; every figure is measured inside
# the guest, in the guest's time, in this very run.  They go to build/demo.json
# and, drawn, to build/demo.svg as well.

. "$(dirname "$0")/../vm/common.sh"

suite=${SUITE:-trixie}
seconds=${1:-12}
began=$SECONDS

step() { say "[$((SECONDS - began)) s] $*"; }

build()
{
	"$VM_HERE/build.sh" "$suite" module plugin optqctl >"$LOGS/demo-build.tap" || {
		cat "$LOGS/demo-build.tap"
		die "the build failed"
	}
}

step "host packages"
"$VM_HERE/needs.sh" || exit 1
step "a Debian $suite to build in and to boot"
"$VM_HERE/root.sh" "$suite" || exit 1
mkdir -p "$LOGS"
step "building the module, the tc plugin and optqctl in it"
build
step "booting Linux $(suite_kernel "$suite") in software emulation, time counted in instructions"
cat <<END

  client ── router ── wan0 ═══ line ═══ server     20 Mbit/s, 2 ms each way

  The line sends at 20 Mbit/s from a buffer of 1000 packets, as a modem does, in
  every row.  "unmanaged" leaves the queue to that buffer; the others shape at the
  router to the same 20 Mbit/s, so that the queue builds where they manage it:
  fq_codel behind one shaper, HTB with the classes, rates and matches of
  examples/branch-office.yaml and fq_codel in each leaf, and OptQ with that file.
  Traffic, the same in each: eight bulk TCP transfers; a call's 50 packets a
  second, marked EF; a page of 100 KB fetched 2.5 times a second from the
  branch's server.  Mbit/s are of whole frames, counted at the server; the
  voice's delay is one way, 2 ms of it the line's own.

END
"$VM_HERE/boot.sh" det "$suite" demo 600 "tests/demo/guest.sh $seconds" 2>&1 |
	tee "$LOGS/demo.out" | grep --line-buffered -v -e '^demo-json: ' -e '^optq-boot: '
status=${PIPESTATUS[0]}
[ "$status" -eq 0 ] || die "the demo did not run to its end"
sed -n 's/^demo-json: //p' "$LOGS/demo.out" >"$BUILD/demo.json"
[ -s "$BUILD/demo.json" ] || die "the guest reported no figures"
in_root "$suite" jq -r -f "$GUEST_TREE/tests/demo/picture.jq" \
	<"$BUILD/demo.json" >"$BUILD/demo.svg" || die "no picture could be drawn"
step "done; all figures: ${BUILD#"$TOP"/}/demo.json; a picture: ${BUILD#"$TOP"/}/demo.svg"
