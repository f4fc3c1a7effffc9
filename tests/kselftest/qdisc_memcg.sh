#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: qdisc_memcg.sh [CASE...]
#
# What a user namespace can pin: in a cgroup of 64 MiB its root makes of everything as much as
# it gets.  The machine is left what it had, but for those 64 MiB and what no cgroup is ever
# charged with, which net.optq.userns_memory bounds; then all of it comes back.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"
. "$OPTQ_HERE/leak.sh"

MIB=1024			# of kB, as the kernel counts here
MAX=$((64 * MIB))
BUDGET=$((16 * MIB))
# What a slab that is debugged puts around a packet is twice what it takes.
grep -q slub_debug /proc/cmdline && PACKED=3 || PACKED=1
# The namespaces, sockets, per-processor lists: what any qdisc costs there.
SLACK=$((8 * MIB))
CGROOT=/sys/fs/cgroup

USED=0
used()
{
	local key kb rest free=0
	while read -r key kb rest; do
		case $key in
		MemTotal:) free=$((free + kb)) ;;
		MemFree:|Buffers:|Cached:|SReclaimable:) free=$((free - kb)) ;;
		esac
	done </proc/meminfo
	USED=$free
}

cgroups()
{
	if [ ! -f $CGROOT/cgroup.controllers ]; then
		mount -t cgroup2 none $CGROOT 2>/dev/null || ktap_skip_all "needs cgroup v2"
	fi
	echo +memory >$CGROOT/cgroup.subtree_control 2>/dev/null
	grep -q memory $CGROOT/cgroup.subtree_control || ktap_skip_all "needs the memory controller"
	grep -q '^SwapTotal: *0 kB' /proc/meminfo || ktap_skip_all "needs a machine without swap"
}


# What the namespace's root has at hand, and what it makes until it is refused or killed.
# shellcheck disable=SC2016	# for the other shell
WORDS='
dev() { ip link add "$1" ${2:-} type dummy && ip link set "$1" up; }
root() { dev "$1" && tc qdisc add dev "$1" root handle 1: optq flows 64 memory 64k; }
# Without end, each on a device of its own: what $1 makes of an optq
each_dev() { local i=1; while root "d$i" && "$1" "d$i"; do i=$((i + 1)); done; }
nl() { "$OPTQ_NL" "$@"; }
trees() {
	tree() { for ((n = 1; n <= 3000; n++)); do echo "class id=$n rate=1000"; done | nl set "$1"; }
	each_dev tree
}
classes() {
	some() { for ((n = 1; n <= 300; n++)); do
		echo "class add dev $1 parent 1: classid 1:$n optq rate 8kbit isolate dual-src name c$n"
	done | tc -batch -; }
	each_dev some
}
# Made and taken away again: what grew with them must not stay.
gone() {
	come() { for ((n = 1; n <= 4000; n++)); do echo "class id=$n"; done | nl set "$1" &&
		echo "class id=1" | nl set "$1"; }
	each_dev come
}
# Below one another, as the device costs more than they do.
qdiscs() {
	root d0 || return
	for ((n = 1; n <= 400; n++)); do
		printf "class add dev d0 parent 1: classid 1:%x optq\n" "$n"
		printf "qdisc add dev d0 parent 1:%x optq flows 4096 memory 64k\n" "$n"
	done | tc -batch -
}
policers() {
	some() { for ((n = 1; n <= 64; n++)); do
		echo "class add dev $1 parent 1: classid 1:$n optq rate 8kbit police each src-host 1mbit entries 16384"
	done | tc -batch -; }
	each_dev some
}
rules() {
	some() {
		echo "class id=2"
		echo "dim field=5"
		for ((s = 0; s < 16; s++)); do
			printf "set words=1 ranges="
			for ((n = 0; n < 1000; n++)); do
				printf "%u,%u," $((n * 64 + s)) $((n * 64 + s + 1))
			done
			printf "\nrule class=2 terms=%u:0\n" "$s"
		done
	}
	tree() { some | nl set "$1"; }
	each_dev tree
}
elements() {
	part() { for ((n = 0; n < 3000; n++)); do
		printf "elem field=19 id=5 @3=00000000000000000000ffff%08x\n" $(($2 * 3000 + n))
	done | nl elem "$1"; }
	fill() { local p; for ((p = 0; p < 80; p++)); do part "$1" $p || return 1; done; }
	each_dev fill
}
# Tables, then traffic of more flows and hosts than they have.
flows() {
	dev d0 && tc qdisc add dev d0 root handle 1: optq flows 16384 default 2 &&
	tc class add dev d0 parent 1: classid 1:2 optq isolate triple rate 100mbit &&
	ip addr add 10.9.0.1/24 dev d0 || return
	for ((n = 2; n < 100; n++)); do "$UDP_LOAD" send -n 1600 -f 400 10.9.0.$n 9; done >/dev/null
	each_dev true
}
# As much as waits, on as many devices as there may be.  It leaves by itself at last: what
# waits holds its socket, and that the namespace, under any qdisc.
packets() {
	held() {
		tc qdisc change dev "$1" root handle 1: optq default 2 memory auto &&
		tc class add dev "$1" parent 1: classid 1:2 optq rate 1mbit ceil 1mbit limit 100000 target 10s interval 10s &&
		ip addr add "10.9.$i.1/24" dev "$1" &&
		"$UDP_LOAD" send -n 4000 -f 16 "10.9.$i.2" 9
	}
	each_dev held
}
sysfs() {
	shown() { { echo "link sysfs=1"; for ((n = 1; n <= 1000; n++)); do echo "class id=$n"; done; } |
		nl set "$1"; }
	each_dev shown
}
'

# Stays until it is told to go, where it has not been killed: what it has is looked at.
work='
exec >>"$SAID" 2>&1
eval "$WORDS"
"$1"
echo held
read -r _ <"$GO"
'

# shellcheck disable=SC2317	# by ktap_test
start()
{
	CG=$CGROOT/optq-$1
	SAID=$TMP/said-$1
	mkdir "$CG" && echo 64M >"$CG/memory.max" || return 1
	[ ! -f "$CG/memory.swap.max" ] || echo 0 >"$CG/memory.swap.max"
	: >"$SAID"
	chmod 666 "$SAID"
	export WORDS OPTQ_NL OPTQ_LISTEN UDP_LOAD FLOW_FLOOD SAID GO
	CG=$CG bash -c 'echo $$ >"$CG/cgroup.procs"
		exec setpriv --reuid 65534 --regid 65534 --clear-groups \
			unshare -Urn bash -c "$1" worker "$2"' starter "$work" "$1" &
	worker=$!
}

ended() { ! kill -0 "$worker" 2>/dev/null || grep -q '^held' "$SAID"; }

# The most that is taken while it goes on.
watch()
{
	local end=$((SECONDS + 240))
	most=0
	until ended || [ $SECONDS -ge $end ]; do
		used
		[ $((USED - before)) -le $most ] || most=$((USED - before))
		read -r -t 0.05 _ <>"$NEVER"
	done
	ended || { echo "no end of it"; return 1; }
	used
	[ $((USED - before)) -le $most ] || most=$((USED - before))
}

all_back()
{
	echo 3 >/proc/sys/vm/drop_caches
	used
	[ $((USED - before)) -le $SLACK ]
}

finish()
{
	local pid
	while read -r pid; do kill -9 "$pid"; done <"$CG/cgroup.procs" 2>/dev/null
	wait "$worker" 2>/dev/null
	optq_wait_for 20 rmdir "$CG" 2>/dev/null || { echo "the cgroup stays"; return 1; }
	optq_wait_for 20 all_back ||
		{ echo "$((USED - before)) kB are not given back"; return 1; }
}

# holds CASE SLACK: with so much, kB, that no cgroup is charged with
holds()
{
	local most peak kills rc=0
	echo 3 >/proc/sys/vm/drop_caches
	used
	before=$USED
	start "$1" && watch || rc=1
	peak=$(($(cat "$CG/memory.peak" 2>/dev/null || echo 0) / 1024))
	kills=$(awk '$1 == "oom_kill" { print $2 }' "$CG/memory.events")
	note "the machine has $most kB less; the cgroup $peak; killed $kills: $(tail -n 2 "$SAID" | tr '\n' ' ')"
	finish || rc=1
	[ "$most" -le $((MAX + $2)) ] ||
		{ echo "$most kB are more than $((MAX + $2))"; rc=1; }
	# A bound that was not met shows nothing.
	[ "$kills" -gt 0 ] || [ "$peak" -ge $((MAX - 4 * MIB)) ] ||
		grep -q "no more memory for packets\|ENOMEM\|Cannot allocate" "$SAID" ||
		{ echo "nothing was refused"; cat "$SAID"; rc=1; }
	harmless || rc=1
	return $rc
}

# Outside nothing is killed, refused or lost.
harmless()
{
	! dmesg | sed -n "/$mark/,\$p" | grep "^[^a-z]*Out of memory: Killed" || return 1
	quietly in_c tc class change dev "$DEV" classid 1:10 optq rate 2mbit &&
	quietly in_c ping -c 1 -W 10 $S4
}

quiet_console() { dmesg -n "$1"; }

ktap_header
cases=(trees classes gone qdiscs policers rules elements flows packets sysfs)
# Those named alone.
[ $# -eq 0 ] || cases=("$@")
ktap_plan $((${#cases[@]} + 1))
optq_require_root
optq_require_module
optq_require_tc
optq_require_cmd unshare setpriv ping
optq_require_kmod dummy
leak_require_counts
cgroups
optq_setup_ns
quiet_link
optq_require_programs
as_nobody unshare -Urn true 2>/dev/null ||
	ktap_skip_all "nobody can make a user namespace here"
GO=$TMP/go NEVER=$TMP/never
mkfifo "$GO" "$NEVER"
chmod 711 "$TMP"
chmod 666 "$GO"
log_mark
tc_batch <<-END || { echo "Bail out! no tree"; exit 1; }
	qdisc add dev $DEV root handle 1: optq default 10
	class add dev $DEV parent 1: classid 1:10 optq rate 1mbit
END
# A kill in the cgroup has a trace, which is no complaint; a warning still ends the guest.
level=$(cut -f 1 /proc/sys/kernel/printk)
quiet_console 1
sysctl -qw net.optq.allow_userns=1 "net.optq.userns_memory=$((BUDGET * 1024))"

for case in "${cases[@]}"; do
	ktap_test "a cgroup of 64 MiB holds: $case" holds "$case" $((SLACK + BUDGET * PACKED))
done
sysctl -qw net.optq.allow_userns=0
quiet_console "$level"
ktap_test "no warning in the kernel's log" log_clean
ktap_done
