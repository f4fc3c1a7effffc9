#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: root.sh SUITE
#
# Makes build/vm/SUITE/root: a Debian of that suite with its own compiler,
# kernel, headers and iproute2, to build in and to boot.  Kept until the list of
# packages changes.

. "$(dirname "$0")/common.sh"

suite=${1:?usage: root.sh SUITE}
suite_check "$suite"
[ "$(id -u)" -eq 0 ] || die "making a Debian root takes root"

root=$(suite_root "$suite")
stamp=$VM/$suite/root.stamp
want=$(suite_packages "$suite" | sha256sum)

ready() { [ -d "$root" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$want" ]; }

ready && exit 0

mkdir -p "$VM/$suite" "$LOGS"
exec 9>"$VM/$suite/lock"
flock 9
# Who waited for another finds it made.
ready && exit 0

mirror=$(debian_mirror) || exit 1
new=$root.new
log=$LOGS/root-$suite.log
rm -rf --one-file-system "$new" "$stamp"
start=$SECONDS
say "root $suite: unpacking Debian $suite ($(suite_packages "$suite" | wc -l) packages and what they need)"

# No initramfs of Debian's own is wanted: INITRD=No keeps the kernel's hook from
# making one.  sid's release file may have expired on a mirror frozen in time.
INITRD=No mmdebstrap --mode=root --variant=apt --architectures=amd64 \
	--components=main \
	--aptopt='Acquire::Check-Valid-Until "false"' \
	--aptopt='APT::Install-Recommends "false"' \
	--dpkgopt=force-unsafe-io \
	--dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' \
	--include="$(suite_packages "$suite" | paste -sd,)" \
	"$suite" "$new" "$mirror" >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		rm -rf --one-file-system "$new"
		die "no root of $suite; the whole log is $log"
	}

rm -rf --one-file-system "$root"
mv "$new" "$root"
printf '%s\n' "$want" >"$stamp"
say "root $suite: ready, Linux $(suite_kernel "$suite"), $((SECONDS - start)) s"
