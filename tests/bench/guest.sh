#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: guest.sh [PART...]
#
# The benchmark inside the guest: its parts, one after the other, and on the last
# line all figures as JSON.  A part that fails leaves out what it could not
# measure, and fails the run.

cd "$(dirname "$0")" || exit 1
lines=/tmp/bench.lines
[ $# -gt 0 ] || set -- "insn.sh idle" "insn.sh backlogged" rates.sh delay.sh load.sh

status=0
for part in "$@"; do
	# shellcheck disable=SC2086	# a program and its argument
	./$part >>$lines || {
		echo "   $part failed"
		status=1
	}
done
# What is not JSON is told, and left out.
grep -v '^{"part":' $lines
grep '^{"part":' $lines | jq -s -c --arg kernel "$(uname -r)" '
	{kernel: $kernel, figures: (group_by(.part) |
	 map({key: .[0].part, value: map(del(.part))}) | from_entries)}' |
	sed 's/^/bench-json: /'
exit $status
