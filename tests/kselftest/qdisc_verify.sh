#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a module built with OPTQ_DEBUG=1 looks at after each operation: every check is made to
# fail once, by a fault that is made in a live qdisc and mended before anything else sees it.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

FAULT=/sys/kernel/debug/optq/fault

faults()
{
	cat <<-END
	qlen|qlen of the qdisc and of the tree differ
	backlog|backlog of the qdisc and its packets differ
	tree|qlen of the tree and of its classes differ
	drops|packets were given up and not freed
	count|classes are counted wrong
	hash|a class is listed and not found by its id
	sent|a class sent, dropped and holds other than came
	policers|policers are counted wrong, or packets not shown to them
	tokens|a policer has more tokens than its bursts
	rule|a rule names a class that is not there
	default|the default class is another by now
	timer|packets wait after a change, and are looked at later
	idle-timer|packets wait, and nothing wakes the qdisc
	late-timer|the timer is set to a later time
	stuck|a packet waits that nothing holds
	no-event|packets wait for no event
	late-event|the next look is after the first event
	END
}

held_tree()
{
	nl_set "link rate=100000000 default=10" "class id=10 rate=1 ceil=1 burst=1600 cburst=1600" \
		"class id=20 rate=1000" "dim field=7" "set words=1 ranges=46,46" \
		"rule class=20 terms=0:0" &&
	tc_batch <<<"qdisc change dev $DEV root handle 1: optq police 100mbit" &&
	flood 8 400 -p 1:10
}

told()
{
	local said
	# ip netns mounts sysfs anew: in from outside it, by an open file.
	in_c bash -c "echo '$DEV $1' >&9" 9>$FAULT || { echo "the fault was not made"; return 1; }
	said=$(cat $FAULT)
	same "$2" "$said" "said of $1"
}

# The next operation finds nothing: each has been mended.
mended()
{
	quietly in_c tc class change dev "$DEV" classid 1:14 optq rate 9kbit && log_clean
}

ktap_header
mapfile -t table < <(faults)
ktap_plan $((${#table[@]} + 1))
optq_require_root
optq_require_module
optq_require_tc
mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug 2>/dev/null
[ -e "$FAULT" ] || ktap_skip_all "needs the module built with OPTQ_DEBUG=1"
optq_setup_ns
quiet_link
optq_require_programs
log_mark
tc_batch <<<"qdisc add dev $DEV root handle 1: optq" && held_tree ||
	{ echo "Bail out! no tree"; exit 1; }
for fault in "${table[@]}"; do
	ktap_test "told: ${fault%%|*}" told "${fault%%|*}" "${fault#*|}"
done
ktap_test "nothing is broken afterwards" mended
ktap_done
