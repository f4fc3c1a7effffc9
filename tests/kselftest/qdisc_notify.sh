#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The family's events: each change of a tree is told once, after it, with what came of it
# and who made it, to those who may know.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

# Attributes as $OPTQ_LISTEN prints them: the user root, and "tc", "optq_nl".
UID_ROOT="14=00000000"
BY_TC="$UID_ROOT 15=746300"
BY_NL="$UID_ROOT 15=6f7074715f6e6c00"

le32() { printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24)); }

# ifindex and generation, as each begins
head_of() { echo "1=$(le32 "$INDEX") 6=$(le32 "$1")"; }

# link CLASSES: its nest, the handle being 1:
link() { echo "3={ 8=00000100 9=$(le32 "$1") }"; }

# Listens in the client's namespace from now on.
listen()
{
	: >"$TMP/told"
	optq_bg ip netns exec "$NS_C" "$OPTQ_LISTEN" "$@" >"$TMP/told"
	listener=$!
	optq_wait_for 5 grep -q . "$TMP/told"
	grep -q '^joined' "$TMP/told"
}

# What a change is told of comes after it, if only by a moment.
has_told() { [ "$(grep -c ' from ' "$TMP/told")" -ge "$1" ]; }

# Of a class's parameters only the rate: they are those of CLASS_GET.
heard() { sed 's/ 17=//g; s/^\(class-.* 4={ 1=[^ ]* 2=[^ ]* 4=[^ ]*\) .* }$/\1 ... }/' "$TMP/told"; }

# told LINES...: these messages, and no other
told()
{
	optq_wait_for 5 has_told $#
	sleep 0.2
	same "$(printf '%s\n' joined "$@")" "$(heard)" "messages"
}

by_tc()
{
	listen || return 1
	tc_batch <<-END || return 1
		qdisc add dev $DEV root handle 1: optq default 10
		class add dev $DEV parent 1: classid 1:1 optq rate 8mbit
		class change dev $DEV parent 1: classid 1:1 optq rate 16mbit
		qdisc change dev $DEV root handle 1: optq default 10 limit 100
		class del dev $DEV classid 1:1
		qdisc del dev $DEV root
	END
	told "tree-add from 0 $(head_of 0) $BY_TC $(link 0)" \
		"class-add from 0 $(head_of 1) $BY_TC 4={ 1=01000000 2=00000000 4=$(le32 1000000)00000000 ... }" \
		"class-change from 0 $(head_of 2) $BY_TC 4={ 1=01000000 2=00000000 4=$(le32 2000000)00000000 ... }" \
		"tree-change from 0 $(head_of 3) $BY_TC $(link 1) 8=00000000" \
		"class-del from 0 $(head_of 4) $BY_TC 4={ 1=01000000 2=00000000 }" \
		"tree-del from 0 $(head_of 4) $BY_TC $(link 0)"
}

# Names are told; the number of who asked, too.
by_netlink()
{
	local line
	in_c tc qdisc add dev "$DEV" root handle 1: optq && listen || return 1
	nl_set "link default=1" "class id=1 name=top" "class id=2 name=b" || return 1
	in_c tc class del dev "$DEV" classid 1:2 || return 1
	optq_wait_for 5 has_told 2
	line=$(sed -n 2p "$TMP/told")
	[[ $line =~ ^tree-set\ from\ ([0-9]+)\ (.*)$ ]] && [ "${BASH_REMATCH[1]}" -gt 0 ] ||
		{ echo "not so: $line"; return 1; }
	same "$(head_of 1) $BY_NL $(link 2) 8=00000000" "${BASH_REMATCH[2]}" "the tree" &&
	same "class-del from 0 $(head_of 2) $BY_TC 4={ 1=02000000 2=00000000 3=6200 }" \
		"$(sed -n 3p "$TMP/told")" "the class"
}

# A check, a refusal and a reading change nothing, and nothing is told.
silent()
{
	listen || return 1
	printf '%s\n' "flags 1" "class id=7" | in_c "$OPTQ_NL" set "$DEV" || return 1
	printf '%s\n' "class id=7 parent=7" | in_c "$OPTQ_NL" set "$DEV" && return 1
	in_c "$OPTQ_NL" dump "$DEV" >"$TMP/dump" || return 1
	in_c tc class add dev "$DEV" parent 1:9 classid 1:3 optq 2>/dev/null && return 1
	in_c tc class del dev "$DEV" classid 1:99 2>/dev/null && return 1
	told
}

# How many of what waited had no room afterwards.
drops_told()
{
	nl_set "link default=1" "class id=1 rate=1 ceil=1 burst=1600 cburst=1600" &&
	flood 40 400 -f 8 && listen || return 1
	in_c tc qdisc change dev "$DEV" root handle 1: optq default 1 limit 7 || return 1
	optq_wait_for 5 has_told 1
	grep -q ' 8=[1-9a-f].000000$\| 8=.[1-9a-f]000000$' "$TMP/told" ||
		{ cat "$TMP/told"; return 1; }
}

# The same of another namespace is that one's affair.
other_namespace()
{
	listen || return 1
	in_s tc qdisc add dev "$PEER" root handle 1: optq &&
	in_s tc class add dev "$PEER" parent 1: classid 1:1 optq &&
	in_s tc qdisc del dev "$PEER" root || return 1
	told
}

# An optq below another qdisc has no part in the family.
not_the_root()
{
	listen || return 1
	in_c tc qdisc replace dev "$DEV" root handle 9: prio &&
	in_c tc qdisc add dev "$DEV" parent 9:1 handle 1: optq &&
	in_c tc class add dev "$DEV" parent 1: classid 1:1 optq &&
	in_c tc qdisc del dev "$DEV" root || return 1
	optq_wait_for 5 has_told 1
	sleep 0.2
	# That of the tests before is gone.
	same tree-del "$(sed -n 's/ from .*//p' "$TMP/told")" "messages"
}

# With its device, by who deletes that; with its namespace, by the kernel.
device_goes()
{
	local index ns
	in_c ip link add dummy7 type dummy || return 1
	index=$(in_c cat /sys/class/net/dummy7/ifindex)
	in_c tc qdisc add dev dummy7 root handle 1: optq && listen || return 1
	in_c ip link del dummy7 || return 1
	told "tree-del from 0 1=$(le32 "$index") 6=00000000 $UID_ROOT 15=697000 $(link 0)" || return 1
	optq_add_ns gone ns && ip -n "$ns" link add dummy8 type dummy &&
	ip netns exec "$ns" tc qdisc add dev dummy8 root optq && ip netns del "$ns"
}

# A qdisc that cannot be made never was.
failed_creation()
{
	listen || return 1
	in_c tc qdisc add dev "$DEV" root handle 1: optq flows 4294967295 2>/dev/null && return 1
	told
}

# Names of classes are in it.
needs_privilege()
{
	same "refused EPERM" "$(as_nobody_c "$OPTQ_LISTEN")" "who listens without the capability"
}

# Root of a user namespace hears of its own, and not what runs outside of it.
in_userns()
{
	local pid
	as_nobody unshare -Urn true ||
		ktap_skip_all "nobody can make a user namespace here"
	mkfifo "$TMP/go" && chmod 666 "$TMP/go" && chmod 711 "$TMP" || return 1
	: >"$TMP/told"
	sysctl -qw net.optq.allow_userns=1
	optq_bg setpriv --reuid 65534 --regid 65534 --clear-groups -- env \
		TC_LIB_DIR="${TC_LIB_DIR:-}" OPTQ_LISTEN="$OPTQ_LISTEN" unshare -Urn bash -c '
		ip link add own0 type dummy && "$OPTQ_LISTEN" & read -r _ <"$1"
		tc qdisc add dev own0 root handle 1: optq; read -r _ <"$1"; kill %1' bash "$TMP/go" >"$TMP/told"
	pid=$!
	optq_wait_for 10 grep -q joined "$TMP/told" && echo >"$TMP/go" &&
	optq_wait_for 10 has_told 1 &&
	nsenter -t "$pid" -n tc qdisc del dev own0 root &&
	optq_wait_for 10 has_told 2 || { cat "$TMP/told"; return 1; }
	echo >"$TMP/go"
	sysctl -qw net.optq.allow_userns=0
	grep -q "^tree-add .* $BY_TC " "$TMP/told" || { cat "$TMP/told"; return 1; }
	# Its user is none of the namespace's, and its name is not told.
	grep -q "^tree-del .* 14=feff0000 3=" "$TMP/told" || { cat "$TMP/told"; return 1; }
}

# Who does not read in time learns that there was more.
overrun()
{
	local i
	in_c tc qdisc add dev "$DEV" root handle 1: optq && listen 4096 || return 1
	kill -STOP "$listener"
	for i in $(seq 1 200); do
		printf 'class add dev %s parent 1: classid 1:%x optq\n' "$DEV" "$i"
	done >"$TMP/adds"
	in_c tc -batch "$TMP/adds" || return 1
	kill -CONT "$listener"
	optq_wait_for 5 grep -q '^lost' "$TMP/told" || { tail -n 3 "$TMP/told"; return 1; }
	note "$(grep -c '^class-add' "$TMP/told") of 200 messages fitted"
	in_c tc qdisc del dev "$DEV" root
	optq_wait_for 5 grep -q '^tree-del' "$TMP/told"
}

ktap_header
ktap_plan 13
optq_require_root
optq_require_module
optq_require_tc
optq_require_cmd setpriv unshare nsenter
optq_require_kmod dummy sch_prio
optq_setup_ns
quiet_link
optq_require_programs
log_mark
INDEX=$(in_c cat "/sys/class/net/$DEV/ifindex")

ktap_test "what tc does" by_tc
ktap_test "a tree by generic netlink" by_netlink
ktap_test "what changes nothing is not told" silent
ktap_test "packets that a change lost" drops_told
ktap_test "another namespace's is not heard" other_namespace
ktap_test "one that is not the root qdisc" not_the_root
ktap_test "one that goes with its device" device_goes
ktap_test "one that cannot be made" failed_creation
ktap_test "who may listen" needs_privilege
ktap_test "in a user namespace" in_userns
ktap_test "more than a listener reads" overrun
ktap_test "the device is free of it all" \
	same "" "$(in_c tc qdisc show dev "$DEV" | grep optq)" "qdiscs"
ktap_test "no warning in the kernel's log" log_clean
ktap_done
