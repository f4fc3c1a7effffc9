#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The units at work, under a systemd that has just booted: what it prints ends in "good".

of() { systemctl show -P "$2" "$1"; }
said() { cat /src/said; rm -f /src/said; }
fail() { echo "$*"; systemctl status --no-pager optq.service 'optq@*'; exit 1; }

# It has been asked for at boot; this waits for it.
systemctl start optq.service || fail "optq.service: $(said)"
for ((i = 0; i < 100; i++)); do
	[ "$(of network-pre.target ActiveState)" = active ] && break
	sleep 0.1
done
said | grep 'policy.yaml:3:3: warning: there is no device "wan0" here: left out' ||
	fail "what it says of a device that is not there"
[ "$(of network-pre.target ActiveState)" = active ] &&
	[ "$(of optq.service ActiveEnterTimestampMonotonic)" -le \
	"$(of network-pre.target ActiveEnterTimestampMonotonic)" ] ||
	fail "the network was up before"

# A mistake changes nothing, and the unit stays.
sed -i.good 's/default: a/default: b/' /etc/optq/policy.yaml
systemctl reload optq.service && fail "a bad policy was taken"
said | grep 'policy.yaml:3:44: error: default: there is no class "b"' || fail "no reason"
[ "$(of optq.service ActiveState)" = active ] || fail "a bad policy ended the unit"
mv /etc/optq/policy.yaml.good /etc/optq/policy.yaml

# In a container systemd has no unit of a device: without, the rest is as it is.
sed '/^BindsTo=/d; s/sys-subsystem[^ ]* //' /usr/lib/systemd/system/optq@.service \
	>/etc/systemd/system/optq@.service
systemctl daemon-reload
systemctl start optq@lo.service || fail "a device that the policy has not"
[ ! -s /src/said ] || fail "it has something to say: $(said)"
# udev is to start it.  The host's kernel may have the module or not.
ip link set lo name wan0 && echo add >/sys/class/net/wan0/uevent
for ((i = 0; i < 100; i++)); do [ -s /src/said ] && break; sleep 0.1; done
said | grep 'wan0: applied: \|the kernel has no optq' || fail "nothing started it"

systemctl disable optq.service
systemctl stop optq@wan0.service
systemctl start optq@wan0.service || fail "that it is disabled is no mistake"
[ ! -s /src/said ] && [ "$(of optq@wan0.service ActiveState)" = inactive ] ||
	fail "it runs where it is disabled: $(said)"
[ "$(stat -c %a /var/lib/optq)" = 700 ] || fail "who may read the history"
echo good
