#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: guest.sh [PART...]
#
# The benchmark inside the guest: its parts, one after the other.  Each figure is
# a line of JSON, printed when it is there.  A part that fails leaves out what it
# could not measure, and fails the run.

cd "$(dirname "$0")" || exit 1
[ $# -gt 0 ] || set -- "insn.sh idle" "insn.sh backlogged" rates.sh delay.sh flat.sh classify.sh load.sh

echo "{\"part\":\"guest\",\"kernel\":\"$(uname -r)\"}"
status=0
for part in "$@"; do
	# shellcheck disable=SC2086	# a program and its argument
	./$part || {
		echo "   $part failed"
		status=1
	}
done
exit $status
