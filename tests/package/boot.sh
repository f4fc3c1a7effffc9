#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: boot.sh SCRIPT
#
# Boots the systemd of this root as that of a container, and in it, once it is up, runs
# SCRIPT.  Nothing that it writes stays but what is under /src.  Run by inside.sh.

if [ -z "${OPTQ_BOOT:-}" ]; then
	OPTQ_BOOT=1 exec timeout -k 5 90 unshare --mount --propagation private --pid --net \
		--uts --ipc --cgroup --fork --kill-child bash "$0" "$@"
fi

set -e
stage=/src/stage
mkdir -p $stage
for dir in etc var run tmp; do
	mount -n -t tmpfs -o mode=755 tmpfs $stage
	[ $dir != etc ] || cp -a /etc/. $stage
	mount -n --move $stage /$dir
done
mkdir /var/lib
mount -n -t proc proc /proc
mount -n -t sysfs sysfs /sys
mount -n -t cgroup2 cgroup2 /sys/fs/cgroup

# Without the machine's disks and terminals.
mount -n -t tmpfs -o mode=755 tmpfs $stage
mkdir $stage/pts $stage/shm
for node in null zero full random urandom tty; do
	: >$stage/$node
	mount -n --bind /dev/$node $stage/$node
done
mount -n -t devpts -o newinstance,ptmxmode=0666 devpts $stage/pts
ln -s pts/ptmx $stage/ptmx
mount -n --move $stage /dev

cat >/etc/systemd/system/look.service <<UNIT
[Unit]
After=basic.target
[Service]
Type=oneshot
StandardOutput=append:/src/look
StandardError=append:/src/look
ExecStart=/bin/bash $1
ExecStopPost=systemctl poweroff -f -f
UNIT
mkdir -p /etc/systemd/system/basic.target.wants
ln -s ../look.service /etc/systemd/system/basic.target.wants/look.service
# What the unit says is looked at too.
mkdir -p /etc/systemd/system/optq.service.d /etc/systemd/system/optq@.service.d /etc/optq
printf '[Service]\nStandardOutput=append:/src/said\nStandardError=append:/src/said\n' |
	tee /etc/systemd/system/optq.service.d/said.conf >/etc/systemd/system/optq@.service.d/said.conf
cat >/etc/optq/policy.yaml <<POLICY
optq: 1
links:
  wan0: { egress: { rate: 20mbit, default: a, classes: { a: } } }
POLICY
exec env -i container=other PATH=/usr/sbin:/usr/bin TERM=dumb /lib/systemd/systemd --system \
	--log-target=null --show-status=no --unit=basic.target </dev/null
