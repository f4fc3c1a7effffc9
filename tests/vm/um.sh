#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: um.sh SUITE [debug]
#
# Builds the user-mode kernel (ARCH=um) from that suite's linux-source in the suite's root,
# /usr/src/um: a kernel that is a program, boots in a moment and runs at the host's speed
# without any virtualisation.  Its options are those in um.config and, as far as it can have
# them, in um-newest.config; with 'debug' those in um-debug.config too, in a build of its own.
# Kept until the options or the sources change.  Prints KTAP, one test.

. "$(dirname "$0")/common.sh"

suite=${1:?usage: um.sh SUITE [debug]}
flavour=${2:-plain}
suite_check "$suite"
case $flavour in
plain) configs=("$VM_HERE"/um{,-newest}.config) ;;
debug) configs=("$VM_HERE"/um{,-newest,-debug}.config) ;;
*) die "unknown user-mode kernel '$flavour': plain or debug" ;;
esac
root=$(suite_root "$suite")
source=$GUEST_UM/source
dir=$GUEST_UM/$flavour
log=$LOGS/um-$flavour-$suite.log

exec 9>"$VM/$suite/um.lock"
flock 9
mkdir -p "$LOGS"

find_source() { (cd "$root" && find usr/src -maxdepth 1 -name 'linux-source-*.tar.xz' | sort -V | tail -n 1); }

install_source()
{
	# shellcheck disable=SC2046	# a list of names
	in_root "$suite" env DEBIAN_FRONTEND=noninteractive bash -c '
		apt-get -q -o Acquire::Check-Valid-Until=false update &&
		apt-get -q -y --no-install-recommends install "$@"' um $(package_names um)
}

tarball=$(find_source)
[ -n "$tarball" ] || {
	install_source >"$log" 2>&1 || tail -n 20 "$log" >&2
	tarball=$(find_source)
}
[ -n "$tarball" ] || die "the root of $suite has no linux-source"
sums=$root/var/lib/dpkg/info/$(basename "${tarball%.tar.xz}").md5sums

stamped() { [ "$(cat "$root$1/stamp" 2>/dev/null)" = "$2" ]; }

# Another release may not take the patch, nor need it.
patched()
{
	patch -d "$root$source" -p1 --dry-run -f <"$VM_HERE/um.patch" ||
		{ echo "um.patch does not fit this kernel: it is built without"; return; }
	patch -d "$root$source" -p1 -f <"$VM_HERE/um.patch"
}

unpack()
{
	local want
	want=$(cat "$sums" "$VM_HERE/um.patch" | sha256sum)
	stamped "$source" "$want" && return
	rm -rf --one-file-system "${root:?}$source" && mkdir -p "$root$source" &&
	tar -xf "$root/$tarball" -C "$root$source" --strip-components=1 && patched &&
	printf '%s\n' "$want" >"$root$source/stamp"
}

# Of an option that stands twice the last is the one; allnoconfig leaves out the others, and
# what it made of them goes: of a kernel of 32 bits an older Makefile finds its parts no more.
configure()
{
	local source=$1 dir=$2 lost
	make -s -C "$source" O="$dir" ARCH=um allnoconfig &&
	(cd "$dir" && "$source/scripts/kconfig/merge_config.sh" -m -O . .config um.config) &&
	make -s -C "$dir" ARCH=um olddefconfig && rm -rf "$dir/include/config" || return 1
	lost=$(tac "$dir/um.config" | grep -E '^CONFIG_|^# CONFIG_' |
		awk '{ name = $0; sub(/^# /, "", name); sub(/[ =].*/, "", name) }
			!seen[name]++' | grep -vxFf "$dir/.config" -f "$dir/optional.config")
	[ -z "$lost" ] || { echo "this kernel cannot have: $lost"; return 1; }
}

# An empty list of patterns matches nothing.
optional()
{
	[ "$suite" = "$UM_NEWEST" ] || cat "$VM_HERE/um-newest.config"
}

build()
{
	rm -rf --one-file-system "${root:?}$dir"
	mkdir -p "$root$dir" && unpack && cat "${configs[@]}" >"$root$dir/um.config" &&
	optional >"$root$dir/optional.config" &&
	in_root "$suite" bash -c "$(declare -f configure); configure $source $dir" &&
	in_root "$suite" make -C "$dir" ARCH=um -j"$(nproc)" linux modules &&
	in_root "$suite" make -s -C "$dir" ARCH=um modules_install
}

echo "1..1"
want=$(cat "${configs[@]}" "$sums" "$VM_HERE/um.patch" | sha256sum)
if ! stamped "$dir" "$want"; then
	build >"$log" 2>&1 || {
		tail -n 30 "$log" | sed 's/^/# /'
		echo "not ok 1 $suite: a user-mode kernel, $flavour"
		exit 1
	}
	printf '%s\n' "$want" >"$root$dir/stamp"
fi
echo "ok 1 $suite: a user-mode kernel, $flavour, Linux $(cat "$root$dir/include/config/kernel.release")"
