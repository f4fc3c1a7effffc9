#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: report.sh build|docs
#
# From build/bench.json: tables and drawings, under build/, or as the pages under
# docs/.  make bench-docs refreshes those from the last make bench.

. "$(dirname "$0")/../vm/common.sh"

suite=${SUITE:-trixie}
json=$BUILD/bench.json
here=$TOP/tests/bench

run_jq() { in_root "$suite" jq -r "$@" <"$json"; }

draw()
{
	local plot part
	for plot in insn delay load; do
		part=${plot/insn/backlogged}
		# A run of some parts has no figures of others.
		run_jq -e ".figures.$part" >/dev/null || continue
		run_jq --arg plot $plot "$(cat "$here/plot.jq")" >"$1/bench-$plot.svg" ||
			die "no picture of $plot could be drawn"
	done
}

[ -s "$json" ] || die "no ${json#"$TOP"/}: make bench"
tables=$(run_jq "$(cat "$here/table.jq")") || die "no table could be made"
case ${1:-} in
build)
	say "$tables" >"$BUILD/bench.md"
	draw "$BUILD" ;;
docs)
	{
		cat "$here/intro.md"
		say "$tables"
		for part in core match; do
			[ -s "$BUILD/bench-$part.md" ] || continue
			say ""
			cat "$here/$part.md" "$BUILD/bench-$part.md"
		done
	} >"$TOP/docs/benchmarks.md"
	draw "$TOP/docs" ;;
*) die "usage: report.sh build|docs" ;;
esac
