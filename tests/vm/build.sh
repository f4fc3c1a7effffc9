#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: build.sh SUITE [TARGET...]
#
# Brings the sources into the suite's root and runs make there, against that
# suite's kernel headers, with W=1.  Prints KTAP, a test per target: a compiler
# warning fails it as an error does.  Only what has changed is copied and built.
# Made here, below build/: module-debug, the module with OPTQ_DEBUG=1; module-um and
# module-um-debug, likewise for the user-mode kernels; canary-MODE, the module that breaks
# things on purpose, for that mode of boot.sh; programs, what the kernel tests call.

. "$(dirname "$0")/common.sh"

suite=${1:?usage: build.sh SUITE [TARGET...]}
shift
suite_check "$suite"
[ $# -gt 0 ] || set -- module module-debug plugin optqctl programs
root=$(suite_root "$suite")
dst=$root$GUEST_TREE

# copy_changed FROM TO < names: what differs is copied, and new to make; a source's
# own time may lie before that of an object built from what it replaced.
copy_changed()
{
	local file
	while IFS= read -r file; do
		cmp -s "$1/$file" "$2/$file" && continue
		mkdir -p "$2/$(dirname "$file")"
		cp -P --remove-destination "$1/$file" "$2/$file" || return 1
	done
}

sync_sources()
{
	local list=$VM/$suite/sources
	mkdir -p "$dst"
	source_list >"$list.new"
	[ -s "$list.new" ] || die "no sources under $TOP"
	# A file that is gone here must not live on there.
	[ -f "$list" ] && comm -23 "$list" "$list.new" |
		(cd "$dst" && tr '\n' '\0' | xargs -0 -r rm -f --)
	copy_changed "$TOP" "$dst" <"$list.new" || die "copying the sources"
	mv "$list.new" "$list"
}

# module_apart DIR FROM MAKE-ARGUMENT...: the module whose Kbuild is in FROM, in a tree of its
# own, so that no build undoes another.
module_apart()
{
	local dir=build/$1 from=$2
	shift 2
	mkdir -p "$dst/$dir"
	(cd "$dst/$from" && find . -path ./sch_optq -prune -o -maxdepth 1 \( -name '*.[ch]' -o -name Kbuild \) -print
		[ ! -d sch_optq ] || find sch_optq -name '*.[ch]') |
		copy_changed "$dst/$from" "$dst/$dir" &&
	in_root "$suite" make -j"$(nproc)" M="$GUEST_TREE/$dir" OPTQ_DEBUG=1 W=1 "$@" modules
}

make_target()
{
	local kdir=/usr/src/linux-headers-$kernel

	case $1 in
	programs)
		in_root "$suite" make -C "$GUEST_TREE/tests/kselftest" \
			-f programs.mk programs ;;
	module-debug) module_apart debug . -C "$kdir" ;;
	module-um) module_apart um . -C "$GUEST_UM/plain" ARCH=um ;;
	module-um-debug) module_apart um-debug . -C "$GUEST_UM/debug" ARCH=um ;;
	canary-smp) module_apart canary-smp tests/canary -C "$kdir" ;;
	canary-um) module_apart canary-um tests/canary -C "$GUEST_UM/plain" ARCH=um ;;
	canary-debug) module_apart canary-debug tests/canary -C "$GUEST_UM/debug" ARCH=um ;;
	*)
		in_root "$suite" make -C "$GUEST_TREE" -j"$(nproc)" \
			KDIR="$kdir" W=1 "$1" ;;
	esac
}

build_target()
{
	local log=$LOGS/build-$suite-$1.log
	make_target "$1" >"$log" 2>&1 || {
		tail -n 30 "$log" | sed 's/^/# /'
		return 1
	}
	! grep -n 'warning:' "$log" | sed 's/^/# /' | grep .
}

mkdir -p "$LOGS"
kernel=$(suite_kernel "$suite")
[ -n "$kernel" ] || die "the root of $suite has no kernel with headers"
exec 9>"$VM/$suite/build.lock"
flock 9
sync_sources

n=0 failed=0
echo "KTAP version 1"
echo "1..$#"
for target in "$@"; do
	n=$((n + 1))
	if build_target "$target"; then
		echo "ok $n $suite: make $target, Linux ${kernel%-amd64}"
	else
		failed=1
		echo "not ok $n $suite: make $target, Linux ${kernel%-amd64}"
	fi
done
exit $failed
