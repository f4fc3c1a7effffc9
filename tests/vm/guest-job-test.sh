#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What make guest hands to the guest, whatever is in it.  Prints TAP.

cd "$(dirname "$0")/../.." || exit 1

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0 failed=0

for script in needs root build; do
	printf '#!/bin/sh\n' >"$tmp/$script.sh"
done
# shellcheck disable=SC2016
printf '#!/bin/sh\nprintf "%%s|" "$@"\n' >"$tmp/boot.sh"
chmod +x "$tmp"/*.sh

# expect NAME WANT VARIABLE=VALUE...
expect()
{
	local name=$1 want=$2 got
	shift 2
	n=$((n + 1))
	got=$(MAKEFLAGS='' make -s guest VM_DIR="$tmp" SUITE=trixie "$@")
	if [ "$got" = "$want" ]; then
		echo "ok $n $name"
	else
		failed=1
		echo "# wanted $want, got $got"
		echo "not ok $n $name"
	fi
}

job='for i in 1 2; do echo "it'\''s $i of ${x:-$(id -u)}" | cat -; done # `x` \n'

echo "TAP version 13"
echo "1..3"
expect "a command" "smp|trixie|guest|600|tc qdisc show|" JOB="tc qdisc show"
expect "quotes and dollars" "smp|trixie|guest|600|$job|" JOB="$job"
expect "mode and limit" "det|trixie|guest|90|true|" JOB=true MODE=det LIMIT=90
exit $failed
