#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every command of generic netlink, as the kernel itself lists them, and every operation of
# tc, by who asks: nobody where the device is; the root of a user namespace, while it is
# closed to those and when it is open; and there for a device that is not its own.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

CLOSED="closed to user namespaces"

# One namespace for the whole file, held by a process that does nothing.
hold_userns()
{
	# Without a shell in between: it is the process that is in them.
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn sleep 100000 &
	holder=$!
	optq_pids+=("$holder")
	optq_wait_for 20 holds_userns
}

# unshare has become sleep once it is in its namespaces.
holds_userns() { grep -q '^sleep' "/proc/$holder/comm" 2>/dev/null; }

inside() { nsenter -U -n -t "$holder" -- "$@"; }

plain_tree()
{
	sysctl -qw net.optq.allow_userns=1
	{ inside tc qdisc del dev own0 root || true; } 2>/dev/null
	quietly inside tc -batch - <<-END
		qdisc add dev own0 root handle 1: optq default 2
		class add dev own0 parent 1: classid 1:2 optq rate 1mbit
		class add dev own0 parent 1: classid 1:3 optq rate 1mbit
		class add dev own0 parent 1: classid 1:4 optq
		qdisc add dev own0 parent 1:3 handle 3: pfifo
		filter add dev own0 parent 1: protocol ip pref 1 handle 9 fw classid 1:2
		chain add dev own0 parent 1: chain 4
	END
}

# name, what nobody is told, the root of a namespace that is closed, and that is open, and of
# a device that is another's
genl_table()
{
	cat <<-END
	tree-set|EPERM:|EPERM: optq is $CLOSED|ok|ENODEV: no such device
	tree-get|EPERM:|ok|ok|ENODEV: no such device
	class-get|EPERM:|ok|ok|ENODEV: no such device
	rule-get|EPERM:|ok|ok|ENODEV: no such device
	flow-get|EPERM:|ok|ok|ENODEV: no such device
	elem-set|EPERM:|EPERM: optq is $CLOSED|ok|ENODEV: no such device
	elem-del|EPERM:|EPERM: optq is $CLOSED|ok|ENODEV: no such device
	explain|EPERM:|ok|ok|ENODEV: no such device
	listen-events|EPERM:|ok|ok|ok
	END
}

# genl_is COLUMN CMD...: what CMD says is that column, no line more and none less.
genl_is()
{
	local name want column=$1 rc=0
	shift
	"$@" >"$TMP/said" || rc=1
	while IFS='|' read -r name want; do
		grep -q "^$name $want" "$TMP/said" || { echo "no \"$name $want\""; rc=1; }
	done < <(genl_table | cut -d '|' -f "1,$column")
	same "$(genl_table | wc -l)" "$(wc -l <"$TMP/said")" "commands and groups" || rc=1
	[ $rc = 0 ] || cat "$TMP/said"
	return $rc
}

genl_nobody() { genl_is 2 as_nobody_c "$OPTQ_EVERY" "$DEV"; }

genl_closed()
{
	plain_tree || return 1
	sysctl -qw net.optq.allow_userns=0
	genl_is 3 inside "$OPTQ_EVERY" own0
}

genl_open() { plain_tree && genl_is 4 inside "$OPTQ_EVERY" own0; }

# By the number of a device that the namespace has not.
genl_foreign() { genl_is 5 inside "$OPTQ_EVERY" 4242; }

# what is done, to the device DEV with a plain tree | what the root of a closed namespace hears
tc_table()
{
	cat <<-END
	qdisc change dev DEV root handle 1: optq limit 5|$CLOSED
	qdisc replace dev DEV root handle 1: optq limit 6|$CLOSED
	qdisc replace dev DEV root handle 7: optq|$CLOSED
	class add dev DEV parent 1: classid 1:9 optq rate 1mbit|$CLOSED
	class change dev DEV classid 1:2 optq rate 9mbit|$CLOSED
	class replace dev DEV parent 1: classid 1:2 optq rate 8mbit|$CLOSED
	qdisc add dev DEV parent 1:2 handle 5: pfifo|$CLOSED
	qdisc replace dev DEV parent 1:3 handle 6: pfifo|$CLOSED
	qdisc add dev DEV parent 1:2 handle 8: optq|$CLOSED
	qdisc del dev DEV parent 1:3|$CLOSED
	filter add dev DEV parent 1: protocol ip pref 2 handle 8 fw classid 1:2|$CLOSED
	filter add dev DEV parent 1:2 protocol ip pref 2 handle 8 fw classid 1:2|$CLOSED
	filter replace dev DEV parent 1: protocol ip pref 1 handle 9 fw classid 1:3|$CLOSED
	filter del dev DEV parent 1: protocol ip pref 1 handle 9 fw|$CLOSED
	chain add dev DEV parent 1: chain 5|$CLOSED
	chain del dev DEV parent 1: chain 4|$CLOSED
	class del dev DEV classid 1:4|$CLOSED
	END
}

shape()
{
	"$@" tc -d qdisc show dev "$dev"; "$@" tc -d class show dev "$dev"
	"$@" tc filter show dev "$dev"; "$@" tc filter show dev "$dev" parent 1:2
	"$@" tc chain show dev "$dev"
}

# refused_all TEXT DEV CMD...: CMD's tc is told TEXT, or for '' what the table says.
refused_all()
{
	local text=$1 dev=$2 rc=0 line want before
	shift 2
	before=$(shape "$@")
	while IFS='|' read -r line want; do
		line=${line//DEV/$dev}
		# shellcheck disable=SC2086	# a command line
		"$@" tc $line >"$TMP/line" 2>&1 && { echo "done: tc $line"; rc=1; }
		grep -q "${text:-$want}" "$TMP/line" ||
			{ echo "tc $line says:"; cat "$TMP/line"; rc=1; }
	done < <(tc_table)
	same "$before" "$(shape "$@")" "the tree" || rc=1
	return $rc
}

tc_nobody() { refused_all "not permitted" "$DEV" as_nobody_c; }

tc_closed()
{
	plain_tree || return 1
	sysctl -qw net.optq.allow_userns=0
	refused_all "" own0 inside
}

tc_open()
{
	local rc=0 line rest
	while IFS='|' read -r line rest; do
		plain_tree || return 1
		# shellcheck disable=SC2086
		quietly inside tc ${line//DEV/own0} || rc=1
	done < <(tc_table)
	return $rc
}

ask_filter() { "$@" tc filter get dev "$DEV" parent 1:10 protocol ip pref 1 handle 9 fw 2>&1; }

# What filters stand in comes with the first: by what is said where it is there, and where not.
asking_makes_nothing()
{
	local there="Cannot find specified filter chain"
	ask_filter as_nobody_c >"$TMP/ask"
	grep -q "Invalid argument" "$TMP/ask" && ! grep -q "$there" "$TMP/ask" ||
		{ cat "$TMP/ask"; return 1; }
	tc_batch <<<"filter add dev $DEV parent 1:10 protocol ip pref 1 handle 8 fw classid 1:10" &&
	tc_batch <<<"filter del dev $DEV parent 1:10" || return 1
	ask_filter as_nobody_c >"$TMP/ask"
	grep -q "$there" "$TMP/ask" || { cat "$TMP/ask"; return 1; }
}

# The kernel gives every new device one, where the administrator said so.
default_qdisc()
{
	local old rc=0
	old=$(sysctl -n net.core.default_qdisc)
	sysctl -qw net.optq.allow_userns=0
	sysctl -qw net.core.default_qdisc=optq || return 1
	quietly inside ip link add def0 numtxqueues 1 type dummy &&
	quietly inside ip link set def0 txqueuelen 1000 up || rc=1
	sysctl -qw "net.core.default_qdisc=$old"
	inside tc qdisc show dev def0 >"$TMP/default"
	grep optq "$TMP/default" && rc=1
	inside ip link del def0
	return $rc
}

# Files of everybody say what tc lists for everybody; names do not.
sysfs_modes()
{
	local dir=/sys/class/net/$DEV/optq
	in_c bash -c "cd $dir && find . -type f ! -perm 444 ! -name path ||
		find . -name path ! -perm 400; find . -perm /222 -type f" >"$TMP/modes"
	! grep . "$TMP/modes" || return 1
	says "Permission denied" as_nobody_c cat "$dir/1:10/path" &&
	quietly as_nobody_c cat "$dir/1:10/bytes"
}

ktap_header
ktap_plan 10
optq_require_root
optq_require_module
optq_require_tc
optq_require_cmd unshare setpriv nsenter
optq_require_kmod dummy cls_fw
optq_setup_ns
quiet_link
optq_require_programs
as_nobody unshare -Urn true 2>/dev/null || ktap_skip_all "nobody can make a user namespace here"
as_nobody test -x "$OPTQ_EVERY" || ktap_skip_all "nobody cannot run $OPTQ_EVERY"
log_mark
tc_batch <<-END || { echo "Bail out! no tree"; exit 1; }
	qdisc add dev $DEV root handle 1: optq default 10 sysfs on
	class add dev $DEV parent 1: classid 1:10 optq rate 1mbit name ten
END
hold_userns && inside ip link add own0 type dummy && inside ip link set own0 up ||
	{ echo "Bail out! no user namespace"; exit 1; }

ktap_test "generic netlink: nobody" genl_nobody
ktap_test "generic netlink: closed" genl_closed
ktap_test "generic netlink: open" genl_open
ktap_test "generic netlink: another's device" genl_foreign
ktap_test "tc: nobody" tc_nobody
ktap_test "tc: closed" tc_closed
ktap_test "tc: open" tc_open
ktap_test "who asks for a filter makes nothing" asking_makes_nothing
ktap_test "a default qdisc is refused as well" default_qdisc
ktap_test "files in sysfs" sysfs_modes
sysctl -qw net.optq.allow_userns=0
ktap_done
