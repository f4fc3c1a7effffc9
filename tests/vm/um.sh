#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: um.sh SUITE
#
# Builds the user-mode kernel (ARCH=um) from that suite's linux-source, with the options in
# um.config, in the suite's root, /usr/src/um: a kernel that is a program, boots in a moment and
# runs at the host's speed without any virtualisation.  Kept until the options or the
# sources change.  Prints KTAP, one test.

. "$(dirname "$0")/common.sh"

suite=${1:?usage: um.sh SUITE}
suite_check "$suite"
root=$(suite_root "$suite")
dir=$root$GUEST_UM
log=$LOGS/um-$suite.log

tarball=$(cd "$root" && find usr/src -maxdepth 1 -name 'linux-source-*.tar.xz' | sort -V | tail -n 1)
[ -n "$tarball" ] || die "the root of $suite has no linux-source"
want=$(cat "$VM_HERE/um.config" "$root/var/lib/dpkg/info/$(basename "${tarball%.tar.xz}").md5sums" | sha256sum)

exec 9>"$VM/$suite/um.lock"
flock 9
mkdir -p "$LOGS"

configure()
{
	local line lost=0
	make -s -C "$1/source" O="$1/build" ARCH=um allnoconfig &&
	(cd "$1/build" && "$1/source/scripts/kconfig/merge_config.sh" -m -O . .config "$1/um.config") &&
	make -s -C "$1/build" ARCH=um olddefconfig || return 1
	while IFS= read -r line; do
		grep -qxF -- "$line" "$1/build/.config" && continue
		echo "this kernel cannot have $line"
		lost=1
	done < <(grep ^CONFIG_ "$1/um.config")
	return $lost
}

build()
{
	rm -rf --one-file-system "$dir"
	mkdir -p "$dir/source" && cp "$VM_HERE/um.config" "$dir/" &&
	tar -xf "$root/$tarball" -C "$dir/source" --strip-components=1 &&
	in_root "$suite" bash -c "$(declare -f configure); configure $GUEST_UM" &&
	in_root "$suite" make -C "$GUEST_UM/build" ARCH=um -j"$(nproc)" linux modules &&
	in_root "$suite" make -s -C "$GUEST_UM/build" ARCH=um modules_install
}

echo "1..1"
if [ "$(cat "$dir/stamp" 2>/dev/null)" != "$want" ]; then
	build >"$log" 2>&1 || {
		tail -n 30 "$log" | sed 's/^/# /'
		echo "not ok 1 $suite: a user-mode kernel"
		exit 1
	}
	printf '%s\n' "$want" >"$dir/stamp"
fi
echo "ok 1 $suite: a user-mode kernel, Linux $(cat "$dir/build/include/config/kernel.release")"
