#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Scripts written for HTB, run under htb and then, with that one word replaced,
# under optq: every command succeeds and the same packets land in the same
# classes.  htb/NAME.sh is a script, htb/NAME.flows says what is sent and which
# class must see it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_tc.sh"

HTB=$(cd "$(dirname "$0")/htb" && pwd)
SCRIPTS=$(cd "$HTB" && echo *.sh)

# set_up KIND NAME
set_up()
{
	sed "s/\\bhtb\\b/$1/g" "$HTB/$2.sh" >"$TMP/$2.$1.sh"
	in_c env DEV="$DEV" bash -e "$TMP/$2.$1.sh"
}

tear_down() { tc_c qdisc del dev "$DEV" root; }

# The commands that send what the .flows file says; one shell runs them all.
sender()
{
	local count size class how to args
	# shellcheck disable=SC2034	# the class is for expected()
	while read -r count size class how to args; do
		case $count in '#'*|'') continue ;; esac
		case $how in
		udp)	udp_command "$count" "$size" "$to" "$args" ;;
		ping)	# shellcheck disable=SC2086
			ping_command "$count" "$size" "$to" $args ;;
		*)	echo "echo 'no way to send: $how'; false" ;;
		esac
	done <"$HTB/$1.flows"
}

send_flows() { sender "$1" | in_c bash -e; }

# Packets a class must have seen, from the .flows file.
expected()
{
	awk '/^[^#]/ { n[$3] += $1 } END { for (c in n) print c, n[c] }' \
		"$HTB/$1.flows" | sort
}

# CLASS PACKETS of each class that saw any; `direct` is what no class saw.
landed()
{
	{ tc_c -s qdisc show dev "$DEV" root; tc_c -s class show dev "$DEV"; } |
	awk '/^qdisc/ { id = ""; next }
	     /^class/ { id = $3; top = $4 == "root"; next }
	     $1 == "Sent" {
		if (id == "") direct = $4
		else { n[id] = $4; if (top) direct -= $4 }
	     }
	     END {
		if (direct) print "direct", direct
		for (id in n) if (n[id]) print id, n[id]
	     }' | sort
}

# The same with bytes, for comparing the two.
counters()
{
	tc_c -s class show dev "$DEV" |
		awk '/^class/ { id = $3 } $1 == "Sent" { print id, $4, $2 }' | sort
}

# carries KIND NAME: each packet lands in the class that the .flows file names
carries()
{
	set_up "$1" "$2" >"$TMP/setup" 2>&1 || { cat "$TMP/setup"; return 1; }
	send_flows "$2" || return 1
	optq_wait_for 10 drained || { tc_c -s qdisc show dev "$DEV"; return 1; }
	landed >"$TMP/landed"
	counters >"$TMP/$2.$1.counters"
	expected "$2" >"$TMP/expected"
	tear_down || return 1
	# inner classes are in `landed` only
	[ -s "$TMP/expected" ] || return 1
	[ -z "$(comm -23 "$TMP/expected" "$TMP/landed")" ] && return
	echo "expected, and landed:"
	comm -3 "$TMP/expected" "$TMP/landed"
	return 1
}

# Inner classes and bytes as well.
counts_alike()
{
	if [ ! -s "$TMP/$1.htb.counters" ] || [ ! -s "$TMP/$1.optq.counters" ]; then
		echo "one of the two did not run"
		return 1
	fi
	diff "$TMP/$1.htb.counters" "$TMP/$1.optq.counters"
}

ktap_header
# shellcheck disable=SC2086
ktap_plan $((3 * $(set -- $SCRIPTS; echo $#)))
optq_require_root
optq_require_module
optq_require_tc
optq_require_cmd ping
optq_require_kmod sch_htb cls_u32 cls_fw sch_sfq
optq_setup_ns
quiet_link

for script in $SCRIPTS; do
	name=${script%.sh}
	ktap_test "$name: htb carries it as written" carries htb "$name"
	ktap_test "$name: optq takes every command, packets land as written" \
		carries optq "$name"
	ktap_test "$name: packets and bytes of all classes as under htb" \
		counts_alike "$name"
done
ktap_done
