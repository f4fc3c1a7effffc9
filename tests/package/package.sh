#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: package.sh SUITE
#
# Builds the Debian packages in the suite's root, installs them there, looks at what
# they brought, and takes them off again.  The root itself stays as it is: two layers
# lie over it, one with the tools, which is kept, and one for this run.

. "$(dirname "$0")/../vm/common.sh"

suite=${1:?usage: package.sh SUITE}
suite_check "$suite"
[ "$(id -u)" -eq 0 ] || die "packages are built in a root of their own, which takes root"

# The layers are mounted where nobody else sees them.
if [ -z "${OPTQ_PACKAGE_MOUNTS:-}" ]; then
	OPTQ_PACKAGE_MOUNTS=1 exec unshare --mount --propagation private bash "$0" "$@"
fi

kernel=$(suite_kernel "$suite")
[ -n "$kernel" ] || die "the root of $suite has no kernel with headers"
root=$(suite_root "$suite")
own=$VM/$suite/package
tools=$own/tools
merged=$own/merged
log=$LOGS/package-$suite.log
list=$(dirname "$0")/packages

suite_root() { say "$merged"; }

# layer UPPER LOWER...: what is seen in $merged
layer()
{
	local upper=$1 lower=$2
	shift 2
	for dir; do lower+=:$dir; done
	mkdir -p "$merged" "$upper/upper" "$upper/work"
	mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper/upper,workdir=$upper/work" "$merged" ||
		die "no overlay can be mounted in $own"
}

packages() { sed -e 's/#.*//' "$list" | tr -s ' \t' '\n' | sed '/^$/d'; }

# Manuals and documents are wanted here.
# shellcheck disable=SC2046	# a list of names
install_tools()
{
	cp -L /etc/resolv.conf "$merged/etc/resolv.conf" &&
	rm -f "$merged"/etc/dpkg/dpkg.cfg.d/*mmdebstrap* &&
	echo force-unsafe-io >"$merged/etc/dpkg/dpkg.cfg.d/fast" &&
	in_root "$suite" env DEBIAN_FRONTEND=noninteractive sh -c '
		apt-get -q update && apt-get -q -y --no-install-recommends install "$@" &&
		apt-get clean' sh $(packages)
}

make_tools()
{
	local want
	want=$(packages | cat - "$VM/$suite/root.stamp" | sha256sum)
	[ "$(cat "$own/stamp" 2>/dev/null)" = "$want" ] && return
	rm -rf --one-file-system "$tools" "$own/stamp"
	layer "$tools" "$root"
	install_tools >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die "no tools for packages; the whole log is $log"
	}
	umount "$merged" && echo "$want" >"$own/stamp"
}

# What a release would hold: no object, nothing that git does not know.
export_sources()
{
	rm -rf "$merged/src" && mkdir -p "$merged/src/optq" &&
	(cd "$TOP" && source_list | tar c --no-recursion -T -) |
		tar x -C "$merged/src/optq"
}

mkdir -p "$own" "$LOGS"
exec 9>"$own/lock"
flock 9
make_tools
rm -rf --one-file-system "$own/run"
layer "$own/run" "$tools/upper" "$root"
export_sources || die "copying the sources"
in_root "$suite" bash /src/optq/tests/package/inside.sh "$kernel"
status=$?
umount "$merged"
rm -rf --one-file-system "$own/run"
exit $status
