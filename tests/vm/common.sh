# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the VM scripts share: places, suites, messages.  Sourced, never run.

set -u -o pipefail

VM_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$VM_HERE/../.." && pwd)
BUILD=${OPTQ_BUILD:-$TOP/build}
VM=$BUILD/vm
LOGS=$VM/logs

# Where the project lies inside every root.
# shellcheck disable=SC2034
GUEST_TREE=/optq
# shellcheck disable=SC2034
GUEST_UM=/usr/src/um
# ARCH=um has two CPUs since Linux 7.0; of the older suites a user-mode kernel has one.
# shellcheck disable=SC2034
UM_NEWEST=sid

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() { warn "error: $*"; exit 1; }

suite_check()
{
	case $1 in
	bookworm|trixie|sid) ;;
	*) die "unknown suite '$1': bookworm, trixie or sid" ;;
	esac
}

# Where in a guest of that mode the module lies that checks itself at every packet; rates and
# delays are those of the module as it is installed, in the tree's own place.
guest_module()
{
	case $1 in
	smp) say "$GUEST_TREE/build/debug/sch_optq.ko" ;;
	um) say "$GUEST_TREE/build/um/sch_optq.ko" ;;
	debug) say "$GUEST_TREE/build/um-debug/sch_optq.ko" ;;
	esac
}

suite_root() { say "$VM/$1/root"; }

# The kernel that a root carries: the newest with headers to build against.
suite_kernel()
{
	local root
	root=$(suite_root "$1")
	find "$root/lib/modules" -mindepth 1 -maxdepth 1 -printf '%f\n' |
		sort -V | while read -r ver; do
			[ -d "$root/usr/src/linux-headers-$ver" ] && say "$ver"
		done | tail -n 1
}

# package_names LIST...: those of packages/ that there are
package_names()
{
	(cd "$VM_HERE/packages" && sed -e 's/#.*//' "$@" 2>/dev/null) |
		tr -s ' \t' '\n' | sed '/^$/d' | sort -u
}

# All that a root of this suite holds beside Debian's essential packages.  What a user-mode
# kernel is built from is large: elsewhere um.sh brings it when it is asked for.
suite_packages()
{
	local lists=(all "$1")
	[ "$1" = "$UM_NEWEST" ] && lists+=(um)
	package_names "${lists[@]}"
}

# The mirror is the one this host's own apt uses: deb822 and one-line alike.
debian_mirror()
{
	local mirror=${OPTQ_MIRROR:-}

	[ -n "$mirror" ] || mirror=$(apt-get indextargets \
		--format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' |
		awk '$3 == "main" && $2 ~ /^(bookworm|trixie|forky|sid|stable|oldstable|testing|unstable)$/ { print $1; exit }')
	[ -n "$mirror" ] ||
		die "this host's apt sources name no Debian mirror; set OPTQ_MIRROR"
	say "$mirror"
}

# Whether the mirror has it, or a root of it is there already.
suite_had()
{
	local mirror probe rc
	[ -e "$VM/$1/root.stamp" ] && return
	mirror=$(debian_mirror) && probe=$(mktemp) || return 1
	/usr/lib/apt/apt-helper download-file "${mirror%/}/dists/$1/InRelease" "$probe" >/dev/null 2>&1
	rc=$?
	rm -f "$probe"
	return $rc
}

# The sources as they are here, without what is built from them.
source_list()
{
	if git -C "$TOP" rev-parse --git-dir >/dev/null 2>&1; then
		git -C "$TOP" -c core.quotePath=off \
			ls-files --cached --others --exclude-standard
	else
		(cd "$TOP" && find . \( -name build -o -name .git \) -prune -o \
			\( -type f -o -type l \) -print | sed 's,^\./,,')
	fi | sort -u | while IFS= read -r file; do
		[ -e "$TOP/$file" ] || [ -L "$TOP/$file" ] || continue
		printf '%s\n' "$file"
	done
}

# Runs a command in a suite's root.  Mounts live in a namespace of their own, so
# an interrupted run leaves none behind.
in_root() { (exec_in_root "$@"); }

# Likewise, in the place of the shell that calls it.
exec_in_root()
{
	local root
	root=$(suite_root "$1")
	shift
	exec unshare --mount --pid --fork --kill-child -- \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
		OPTQ_IN_ROOT="$root" bash -c '
			set -e
			mount --make-rprivate /
			mount -t proc proc "$OPTQ_IN_ROOT/proc"
			mount --rbind /dev "$OPTQ_IN_ROOT/dev"
			mount -t tmpfs tmpfs "$OPTQ_IN_ROOT/tmp"
			# A user-mode guest has its memory there.
			if [ -d "$OPTQ_IN_ROOT/dev/shm" ]; then
				mount -t tmpfs tmpfs "$OPTQ_IN_ROOT/dev/shm"
			fi
			root=$OPTQ_IN_ROOT; unset OPTQ_IN_ROOT
			exec chroot "$root" "$@"' in_root "$@"
}
