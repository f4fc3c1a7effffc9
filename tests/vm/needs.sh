#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Installs what this host lacks to make and boot the VMs.  Nothing of the host's
# kernel is touched.

. "$(dirname "$0")/common.sh"

needs=(
	# command		Debian package
	mmdebstrap		mmdebstrap
	qemu-system-x86_64	qemu-system-x86
	cpio			cpio
	unshare			util-linux
	timeout			coreutils
	awk			mawk
	xz			xz-utils
	make			make
	patch			patch
)

missing=()
for ((i = 0; i < ${#needs[@]}; i += 2)); do
	command -v "${needs[i]}" >/dev/null || missing+=("${needs[i + 1]}")
done
[ -f /usr/share/keyrings/debian-archive-keyring.gpg ] ||
	missing+=(debian-archive-keyring)

[ ${#missing[@]} -gt 0 ] || exit 0
[ "$(id -u)" -eq 0 ] ||
	die "missing packages, and only root can install them: ${missing[*]}"

say "host packages: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
mkdir -p "$LOGS"
{
	apt-get -q update &&
	apt-get -q -y --no-install-recommends install "${missing[@]}"
} >"$LOGS/needs.log" 2>&1 || {
	tail -n 20 "$LOGS/needs.log" >&2
	die "apt-get could not install ${missing[*]}"
}
