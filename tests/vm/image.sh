#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: image.sh MODE SUITE
#
# Makes the cached part of a guest's initramfs, build/vm/SUITE/MODE.cpio:
#   smp	a busybox that mounts the suite's root over 9p and goes there
#   det	all programs and kernel modules that the tests run, so that no wait
#	for the host's disk shows in guest time

. "$(dirname "$0")/common.sh"

mode=${1:?usage: image.sh MODE SUITE}
suite=${2:?usage: image.sh MODE SUITE}
suite_check "$suite"
root=$(suite_root "$suite")
kernel=$(suite_kernel "$suite")
image=$VM/$suite/$mode.cpio
work=/var/tmp/optq-$mode

case $mode in
smp) inputs=("$VM_HERE/guest/early") ;;
det) inputs=("$VM_HERE/guest/det-files") ;;
*) die "unknown mode '$mode': smp or det" ;;
esac
# Guests that start side by side want the same image: one makes it.
exec 9>"$image.lock"
flock 9
want=$(cat "$VM/$suite/root.stamp" "$0" "${inputs[@]}" | sha256sum)
[ -f "$image" ] && [ "$(cat "$image.stamp" 2>/dev/null)" = "$want" ] && exit 0

say "image $mode $suite: collecting"
rm -rf --one-file-system "${root:?}$work" "$image.stamp"
mkdir -p "$root$work"

pack()
{
	(cd "$root$work" && find . -exec touch -h -d @0 {} + &&
		find . | LC_ALL=C sort |
		cpio --quiet --reproducible -R 0:0 -H newc -o) >"$image.new" &&
	mv "$image.new" "$image" && printf '%s\n' "$want" >"$image.stamp"
}

image_smp()
{
	local n=100 path
	mkdir -p "$root$work"/{bin,dev,modules,lower,rw,root}
	cp "$root/usr/bin/busybox" "$root$work/bin/"
	cp "$VM_HERE/guest/early" "$root$work/init"
	for name in virtio_pci 9pnet_virtio 9p overlay; do
		in_root "$suite" modprobe -S "$kernel" --show-depends $name
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
	while read -r path; do
		n=$((n + 1))
		copy_module "$path" "$root$work/modules/$n-$(basename "${path%.xz}")"
	done
}

copy_module()
{
	case $1 in
	*.xz) xz -dc "$root$1" >"$2" ;;
	*) cp "$root$1" "$2" ;;
	esac
}

# Programs with their libraries, files and modules named in guest/det-files, at
# the same places as in the root.
image_det()
{
	local path to
	mkdir -p "$root$work"/usr/{bin,sbin,lib,lib64}
	(cd "$root" && find bin sbin lib lib64 -maxdepth 0 -type l |
		cpio --quiet -pdm ".$work")
	in_root "$suite" bash -s "$GUEST_TREE/tests/vm/guest/det-files" \
		<"$VM_HERE/guest/det-closure" |
	(cd "$root" && LC_ALL=C sort -u | sed 's,^/,,' |
		cpio --quiet -pdmuL ".$work") || die "copying programs"

	sed -n 's/^module //p' "$VM_HERE/guest/det-files" | tr ' ' '\n' |
	while read -r name; do
		in_root "$suite" modprobe -S "$kernel" --show-depends "$name" ||
			warn "image: $suite has no module $name"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
	while read -r path; do
		to=$root$work/${path%.xz}
		mkdir -p "$(dirname "$to")"
		copy_module "$path" "$to"
	done
	cp "$root/lib/modules/$kernel"/modules.{order,builtin,builtin.modinfo} \
		"$root$work/usr/lib/modules/$kernel/"
	in_root "$suite" depmod -b "$work" "$kernel" || die "depmod"

	mkdir -p "$root$work"/{proc,sys,dev,tmp,run,root,var/log/nginx,var/lib/nginx}
	chmod 1777 "$root$work/tmp"
	in_root "$suite" ln -s "$GUEST_TREE/tests/vm/guest/init" "$work/init"
}

"image_$mode" || die "image $mode"
pack || die "packing the image"
rm -rf --one-file-system "${root:?}$work"
