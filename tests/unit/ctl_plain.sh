#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Colours on a terminal alone, and none where NO_COLOR is set: of every verb; TAP on stdout.
#	ctl_plain.sh OPTQCTL TREE

# Verbs run that change what is live, and what is kept of it: where there is none of either.
kept=$(ls -d /var/lib/optq /run/optq 2>/dev/null)
if [ -z "$OPTQ_PLAIN_ALONE" ]; then
	for how in "" "--user --map-root-user"; do
		how="$how --net ${kept:+--mount}"
		# shellcheck disable=SC2086	# options
		unshare $how true 2>/dev/null &&
			OPTQ_PLAIN_ALONE=1 exec unshare $how bash "$0" "$@"
	done
	echo "1..0 # SKIP no network namespace to be had"
	exit 0
fi
for dir in $kept; do
	mount -t tmpfs tmpfs "$dir" || [ ! -d "$dir" ] || exit 1
done

ctl=$(realpath "$1") || exit 1
tree=$(realpath "$2") || exit 1
tmp=$(mktemp -d) || exit 1
export OPTQ_STATE_DIR="$tmp/state"
trap 'rm -rf "$tmp"' EXIT
export TERM=xterm-256color
unset NO_COLOR
esc=$(printf '\033')
n=0
failed=0

ok()
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		failed=$((failed + 1))
		echo "not ok $n - $2"
		cat -v "$tmp/out" | sed 's/^/# /'
	fi
}

# A verb that stays is ended.
off_terminal() { timeout -k 1 3 "$@" </dev/null >"$tmp/out" 2>&1; }
on_terminal() { off_terminal script -qec "$*" /dev/null; }

printf 'optq: 1\nlinks: { none0: { egress: { default: b, classes: { a: } } } }\n' >"$tmp/bad.yaml"

# Without this the rest would show nothing.
on_terminal "$ctl" check "$tmp/bad.yaml"
grep -q "$esc\[1;31m" "$tmp/out"
ok $? "an error is in colour on a terminal"

for verb in $("$ctl" complete "" | cut -f 1); do
	for arg in "" "$tmp/bad.yaml" "$tree/examples/home.yaml" none0; do
		off_terminal "$ctl" "$verb" ${arg:+"$arg"}
		[ -s "$tmp/out" ] && ! grep -q "$esc" "$tmp/out"
		ok $? "off a terminal: $verb ${arg##*/}"
		NO_COLOR=1 on_terminal "$ctl" "$verb" "$arg"
		# What fills the screen moves about it.
		[ -s "$tmp/out" ] && case $verb in
		top) ! grep -Eq "$esc\[([0-9]*;)*[349][0-7](;[0-9]*)*m" "$tmp/out" ;;
		*) ! grep -q "$esc" "$tmp/out" ;;
		esac
		ok $? "NO_COLOR: $verb ${arg##*/}"
	done
done
TERM=dumb on_terminal "$ctl" check "$tmp/bad.yaml"
grep -q "error:" "$tmp/out" && ! grep -q "$esc" "$tmp/out"
ok $? "a terminal that is dumb"
NO_COLOR='' on_terminal "$ctl" check "$tmp/bad.yaml"
grep -q "$esc\[1;31m" "$tmp/out"
ok $? "an empty NO_COLOR is none"
echo "1..$n"
[ "$failed" -eq 0 ]
