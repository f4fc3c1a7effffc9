#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may configure: not the root of a user namespace that anybody can make,
# until the administrator opens it, and then its own devices only.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

CLOSED="closed to user namespaces"

# What nobody runs, as root of namespaces of its own, with a device in them.
in_userns()
{
	as_nobody env TC_LIB_DIR="${TC_LIB_DIR:-}" OPTQ_NL="$OPTQ_NL" \
		unshare -Urn bash -c '
		ip link add own0 type dummy && ip link set own0 up || exit 99
		'"$1"
}

says_in_userns()
{
	local text=$1 out rc
	out=$(in_userns "$2" 2>&1)
	rc=$?
	[ $rc -ne 99 ] || { echo "no device in the namespace: $out"; return 1; }
	case $out in
	*"$text"*) return 0 ;;
	esac
	echo "no \"$text\" in (exit $rc): $out"
	return 1
}

allow() { sysctl -qw net.optq.allow_userns="$1"; }

closed_to_tc()
{
	allow 0
	says_in_userns "$CLOSED" 'tc qdisc add dev own0 root handle 1: optq; [ $? = 2 ]' &&
	says_in_userns "nothing there" 'tc qdisc add dev own0 root optq 2>/dev/null
		tc qdisc show dev own0 | grep -q optq || echo nothing there'
}

# Also below another qdisc, and on a veth.
closed_below()
{
	says_in_userns "$CLOSED" 'tc qdisc add dev own0 root handle 1: prio &&
		tc qdisc add dev own0 parent 1:1 optq'
}

closed_to_genl()
{
	says_in_userns "EPERM: optq is $CLOSED" 'echo "class id=1" | "$OPTQ_NL" set own0' &&
	says_in_userns "EPERM: optq is $CLOSED" 'printf "flags 1\nclass id=1\n" | "$OPTQ_NL" set own0'
}

switch_unseen()
{
	says_in_userns unseen '[ -e /proc/sys/net/optq ] || echo unseen'
}

switch_bounded()
{
	! sysctl -qw net.optq.allow_userns=2 2>/dev/null &&
	! sysctl -qw net.optq.allow_userns=-1 2>/dev/null &&
	! as_nobody sysctl -qw net.optq.allow_userns=1 2>/dev/null &&
	same 0 "$(sysctl -n net.optq.allow_userns)" "the switch"
}

opened()
{
	allow 1
	says_in_userns "all done" 'set -e
		tc qdisc add dev own0 root handle 1: optq default 2
		tc class add dev own0 parent 1: classid 1:2 optq rate 1mbit
		printf "link default=2\nclass id=2\nclass id=3\n" | "$OPTQ_NL" set own0
		[ "$("$OPTQ_NL" classes own0 | wc -l)" = 2 ]
		tc class del dev own0 classid 1:3
		echo all done'
}

# By index: the number of a device outside means none inside.
own_devices_only()
{
	local index before after
	index=$(in_c cat "/sys/class/net/$DEV/ifindex")
	before=$(in_c "$OPTQ_NL" dump "$DEV")
	says_in_userns "no such device" \
		"printf 'ifindex $((index + 1000))\nclass id=1\n' | \"\$OPTQ_NL\" set -" || return 1
	as_nobody env OPTQ_NL="$OPTQ_NL" unshare -Urn bash -c \
		"printf 'ifindex $index\nclass id=1\n' | \"\$OPTQ_NL\" set -" >"$TMP/other" 2>&1
	after=$(in_c "$OPTQ_NL" dump "$DEV")
	same "$before" "$after" "the tree outside" || return 1
	grep -qE "no such device|is not optq" "$TMP/other" || { cat "$TMP/other"; return 1; }
}

# To ask that the filters of a class go makes the block that they would be in: 2 kB that no
# cgroup is charged with.  They come out of the budget, and go back with their classes.
blocks_of_filters()
{
	local was rc
	was=$(sysctl -n net.optq.userns_memory)
	allow 1
	sysctl -qw net.optq.userns_memory=$((2 << 20))
	says_in_userns "all done" '
		of_each() { for ((n = 1; n <= $2; n++)); do printf "$1\n" "$n"; done | tc -batch -; }
		add="class add dev own0 parent 1: classid 1:%x optq"
		flush="filter del dev own0 parent 1:%x"
		tc qdisc add dev own0 root handle 1: optq flows 64 memory 64k &&
		of_each "$add" 1500 && of_each "$flush" 500 || exit
		said=$(of_each "$flush" 1500 2>&1) && { echo "all were made"; exit; }
		[[ $said == *"no more memory"* ]] || { echo "$said"; exit; }
		of_each "class del dev own0 classid 1:%x" 1500 &&
		of_each "$add" 500 && of_each "$flush" 500 && echo all done'
	rc=$?
	sysctl -qw net.optq.userns_memory="$was"
	return $rc
}

# A tree made while it was open stays, carries packets, and can go.
closed_again()
{
	local result
	mkfifo "$TMP/go"
	chmod 666 "$TMP/go"
	chmod 711 "$TMP"
	allow 1
	in_userns "tc qdisc add dev own0 root handle 1: optq default 2 &&
		tc class add dev own0 parent 1: classid 1:2 optq rate 1mbit &&
		echo ready && read -r _ <'$TMP/go'
		tc class change dev own0 classid 1:2 optq rate 2mbit && echo changed
		tc class del dev own0 classid 1:2 && echo deleted
		echo 'class id=7' | \"\$OPTQ_NL\" set own0
		ip addr add 10.9.0.1/24 dev own0
		echo >/dev/udp/10.9.0.2/9
		tc -s class show dev own0
		tc qdisc del dev own0 root && echo gone" >"$TMP/again" 2>&1 &
	optq_wait_for 20 grep -q ready "$TMP/again" || { cat "$TMP/again"; return 1; }
	allow 0
	echo >"$TMP/go"
	wait $!
	grep -q "^changed\|^deleted\|^ok" "$TMP/again" && { cat "$TMP/again"; return 1; }
	result=$(grep -c "$CLOSED" "$TMP/again")
	same 3 "$result" "refusals" && grep -q "rate 1Mbit" "$TMP/again" &&
	grep -q "^ Sent [1-9]" "$TMP/again" && grep -q '^gone' "$TMP/again" && return
	cat "$TMP/again"
	return 1
}

# Without the capability, where the device is.
not_privileged()
{
	local before after rc=0 line
	before=$(in_c tc -d class show dev "$DEV"; in_c "$OPTQ_NL" dump "$DEV")
	for line in "qdisc del dev $DEV root" "qdisc change dev $DEV root handle 1: optq limit 5" \
		"class add dev $DEV parent 1: classid 1:9 optq rate 1mbit" \
		"class change dev $DEV classid 1:10 optq rate 9mbit" \
		"class del dev $DEV classid 1:10"; do
		# shellcheck disable=SC2086
		says "not permitted" as_nobody_c tc $line || rc=1
	done
	for line in get classes rules; do
		says EPERM as_nobody_c "$OPTQ_NL" $line "$DEV" || rc=1
	done
	echo "class id=1" >"$TMP/lines"
	chmod 644 "$TMP/lines"
	as_nobody_c "$OPTQ_NL" set "$DEV" <"$TMP/lines" >"$TMP/set"
	grep -q "refused EPERM" "$TMP/set" || { cat "$TMP/set"; rc=1; }
	after=$(in_c tc -d class show dev "$DEV"; in_c "$OPTQ_NL" dump "$DEV")
	same "$before" "$after" "the tree" && return $rc
}

# Everybody may list qdiscs; there is nothing of the kernel's own in it.
listing_is_harmless()
{
	as_nobody_c tc -s -d class show dev "$DEV" >"$TMP/list" || return 1
	grep -q "class optq 1:10" "$TMP/list" || { cat "$TMP/list"; return 1; }
	! grep -E 'ffff[89a-f][0-9a-f]{7,}' "$TMP/list"
}

ktap_header
ktap_plan 12
optq_require_root
optq_require_module
optq_require_tc
optq_require_cmd unshare setpriv
optq_require_kmod dummy
optq_setup_ns
quiet_link
optq_require_programs
as_nobody unshare -Urn true 2>/dev/null || ktap_skip_all "nobody can make a user namespace here"
# nobody must reach what it runs
as_nobody test -x "$OPTQ_NL" || ktap_skip_all "nobody cannot run $OPTQ_NL"
log_mark
tc_batch <<-END || { echo "Bail out! no tree"; exit 1; }
	qdisc add dev $DEV root handle 1: optq default 10
	class add dev $DEV parent 1: classid 1:10 optq rate 1mbit
END

ktap_test "closed to tc at first" closed_to_tc
ktap_test "closed below another qdisc" closed_below
ktap_test "closed to generic netlink" closed_to_genl
ktap_test "the switch is not seen inside" switch_unseen
ktap_test "the switch takes 0 and 1, from root" switch_bounded
ktap_test "open: tc and generic netlink work" opened
ktap_test "open: for its own devices only" own_devices_only
ktap_test "open: what filters would stand in is bounded" blocks_of_filters
ktap_test "closed again: what is there stays, carries and can go" closed_again
allow 0
ktap_test "without the capability nothing is read or changed" not_privileged
ktap_test "what anybody may list tells nothing of the kernel" listing_is_harmless
ktap_test "no warning in the kernel's log" log_clean
ktap_done
