#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What goes away in the middle of it: devices, their peers and namespaces under traffic
# from both processors, writers at once, trees that change under a reader, a program that
# is killed.  Nothing is half done, nothing stays behind.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"
. "$OPTQ_HERE/leak.sh"

WARM=3		# cycles that fill what stays
SPAN=8		# cycles between two looks at the memory in use

# ---- devices ----

# A policy of every kind of thing, on DEVICE in NAMESPACE: rules, hosts, a policer, filters, a child.
tree_on()
{
	tc -n "$1" -batch - <<-END || return 1
		qdisc add dev $2 root handle 1: optq default 20 rate 400mbit
		class add dev $2 parent 1: classid 1:1 optq rate 300mbit
		class add dev $2 parent 1:1 classid 1:10 optq rate 10mbit ceil 300mbit police 200mbit
		class add dev $2 parent 1:1 classid 1:20 optq rate 10mbit ceil 200mbit isolate triple
		class add dev $2 parent 1: classid 1:30 optq $HELD
		qdisc add dev $2 parent 1:10 handle 10: fq_codel
		filter add dev $2 parent 1: protocol ip prio 1 u32 match ip dport 6001 0xffff flowid 1:1
		filter add dev $2 parent 1:1 protocol all prio 1 matchall classid 1:10
	END
}

# Of optq's classes alone: tc reads a qdisc's own figures piece by piece while packets pass.
classes_balance()
{
	tc -n "$1" -s class show dev "$2" | awk '
		/^class / { here = $2 == "optq" ? $3 : "" }
		here && $1 == "Sent" { gsub(/[(,]/, ""); gone = $4 + $7 }
		here && $1 == "backlog" { waits = $3 + 0 }
		here && $1 == "enqueued" {
			seen++
			if ($2 != gone + waits) { print here ": " $2 " came, " gone " gone, " waits " wait"; bad = 1 }
		}
		END { exit bad || seen < 4 }'
}

gone_up()
{
	ip -n "$NS_C" link add gone0 numtxqueues 2 type veth peer name gone1 netns "$NS_S" &&
	ip -n "$NS_S" link set gone1 up &&
	ip -n "$NS_C" -batch - <<-END && tree_on "$NS_C" gone0
		link set gone0 txqueuelen 1000 up
		addr add 10.80.0.1/24 dev gone0
		neigh replace 10.80.0.2 lladdr 02:00:00:00:00:02 dev gone0 nud permanent
	END
}

gone_has_sent() { [[ $(tc -n "$NS_C" -s class show dev gone0 classid "$1") =~ Sent\ [0-9]+\ bytes\ ([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 100 ]; }

moves_away()
{
	ip -n "$NS_C" link set gone0 netns "$NS_S" &&
	ip -n "$NS_S" link set gone0 up && tree_on "$NS_S" gone0 &&
	ip -n "$NS_S" link set gone0 netns "$NS_C" && ip -n "$NS_C" link del gone0
}

# One way after the other in which a device goes.
goes()
{
	case $(($1 % 4)) in
	0)	ip -n "$NS_C" link del gone0 ;;
	1)	ip -n "$NS_S" link del gone1 ;;
	2)	moves_away ;;
	3)	ip -n "$NS_C" link set gone0 down && ip -n "$NS_C" link set gone0 mtu 1280 &&
		ip -n "$NS_C" link set gone0 txqueuelen 3 && ip -n "$NS_C" link set gone0 up &&
		ip -n "$NS_C" link del gone0 ;;
	esac
}

cycles()
{
	local end=$((cycle + $1))
	for (( ; cycle < end; cycle++)); do
		gone_up || { echo "cycle $cycle: no device"; return 1; }
		# What goes by 1:10 passes a filter of a class, and the qdisc below it.
		optq_wait_for 10 gone_has_sent 1:10 && optq_wait_for 10 gone_has_sent 1:20 ||
			{ echo "cycle $cycle: nothing passes"; tc -n "$NS_C" -s class show dev gone0; return 1; }
		classes_balance "$NS_C" gone0 || return 1
		goes $cycle || { echo "cycle $cycle: it does not go"; return 1; }
	done
}

on_cpu() { in_c taskset -c $(($1 % $(nproc))) "$UDP_LOAD" send -t 600 -r 20000 -f 6 "${@:2}"; }

devices_go()
{
	cycle=0
	# While there is no device to cross.
	in_c ip route replace 10.80.0.0/24 dev second0 metric 1000
	optq_bg on_cpu 0 -l 300 10.80.0.2 6001 >/dev/null
	optq_bg on_cpu 1 -l 900 -g 4 10.80.0.2 6002 >/dev/null
	optq_bg on_cpu 1 -l 200 -p 1:30 10.80.0.2 6003 >/dev/null
	cycles $WARM && leak_snapshot "$TMP/a" && cycles $SPAN && leak_snapshot "$TMP/b" &&
	cycles $SPAN && leak_snapshot "$TMP/c" && note "$cycle devices"
}

nothing_grows()
{
	leak_require_counts
	leak_growth "$TMP/a" "$TMP/b" "$TMP/c" $SPAN
}

# ---- namespaces ----

# Nobody runs in it, so it goes at once, in the middle of what it forwards.
forwarder()
{
	optq_veth "$NS_C" to0 "$1" from0 &&
	ip netns exec "$1" sysctl -qw net.ipv4.ip_forward=1 &&
	ip -n "$1" -batch - <<-END || return 1
		addr add 10.81.0.2/24 dev from0
		link add out0 type dummy
		link set out0 txqueuelen 1000 up
		addr add 10.82.0.1/24 dev out0
		neigh replace 10.82.0.2 lladdr 02:00:00:00:00:02 dev out0 nud permanent
	END
	ip -n "$NS_C" -batch - <<-END || return 1
		addr add 10.81.0.1/24 dev to0
		route replace 10.82.0.0/24 via 10.81.0.2
	END
	tree_on "$1" out0
}

forwards() { [[ $(tc -n "$1" -s qdisc show dev out0 root) =~ Sent\ [0-9]+\ bytes\ ([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 200 ]; }

namespaces_go()
{
	local i ns
	in_c ip route replace 10.82.0.0/24 dev second0 metric 1000
	optq_bg on_cpu 0 -l 300 10.82.0.2 6001 >/dev/null
	optq_bg on_cpu 1 -l 900 10.82.0.2 6002 >/dev/null
	for i in 1 2 3 4 5 6; do
		optq_add_ns "fwd$i" ns && forwarder "$ns" || return 1
		optq_wait_for 10 forwards "$ns" || { tc -n "$ns" -s qdisc show dev out0; return 1; }
		classes_balance "$ns" out0 && ip netns del "$ns" || return 1
		optq_wait_for 10 no_device to0 || { echo "the namespace stays"; return 1; }
	done
}

no_device() { ! in_c test -e "/sys/class/net/$1"; }

unused() { [ "$(cat /sys/module/sch_optq/refcnt)" -le "$1" ]; }

# ---- writers ----

# letter N: a tree of N classes, each of whose names begins with it
letter_tree()
{
	local i
	echo "link default=1 rate=125000000"
	for ((i = 1; i <= $2; i++)); do echo "class id=$i name=$1$i"; done
}

one_optq()
{
	tc_c qdisc del dev "$DEV" root 2>/dev/null
	tc_c qdisc add dev "$DEV" root handle 1: optq && letter_tree a "$1" >"$TMP/a.tree" &&
		letter_tree b "$1" >"$TMP/b.tree" &&
		quietly in_c "$OPTQ_NL" set "$DEV" <"$TMP/a.tree"
}

# letters: those of the classes that there are, and how many of each
letters()
{
	in_c "$OPTQ_NL" classes "$DEV" | awk '
		match($0, /[{ ]3=6[12]/) { n[substr($0, RSTART + 3, 2)]++ }
		/^(interrupted|refused)/ { n["-"]++ }
		END { for (l in n) printf "%s:%d ", l, n[l] }'
}

sets() { local i; for ((i = 0; i < $1; i++)); do "$OPTQ_NL" set "$DEV" <"$2" || return 1; done; }

export -f sets

writers()
{
	ip netns exec "$NS_C" bash -c "sets $1 $TMP/a.tree" >"$TMP/writer.a" &
	local a=$!
	ip netns exec "$NS_C" bash -c "sets $1 $TMP/b.tree" >"$TMP/writer.b" &
	local b=$! rc=0
	"${@:2}" "$a" "$b" || rc=1
	wait $a && wait $b && return $rc
	echo "a writer failed"
	cat "$TMP/writer.a" "$TMP/writer.b"
	return 1
}

# A dump is of one of the two, or says that it is not; none, of what was there throughout, lacks.
readers()
{
	local got whole=0 torn=0
	while kill -0 "$1" 2>/dev/null || kill -0 "$2" 2>/dev/null; do
		got=$(letters)
		case $got in
		"61:$CLASSES "|"62:$CLASSES ") whole=$((whole + 1)) ;;
		*-:*)	torn=$((torn + 1)) ;;
		*)	echo "a dump of both: $got"; return 1 ;;
		esac
	done
	note "$whole dumps were whole, $torn said that they were not"
}

two_writers()
{
	export OPTQ_NL DEV
	CLASSES=300
	one_optq $CLASSES && writers 20 readers || return 1
	case $(letters) in
	"61:$CLASSES "|"62:$CLASSES ") ;;
	*) echo "both: $(letters)"; return 1 ;;
	esac
}

# Whoever names a generation finds it or is refused: of two, one.
one_wins()
{
	local i a b won
	one_optq 50
	for ((i = 1; i <= 15; i++)); do
		{ cat "$TMP/a.tree"; echo "generation $i"; } >"$TMP/a.at"
		{ cat "$TMP/b.tree"; echo "generation $i"; } >"$TMP/b.at"
		in_c "$OPTQ_NL" set "$DEV" <"$TMP/a.at" >"$TMP/a.said" & a=$!
		in_c "$OPTQ_NL" set "$DEV" <"$TMP/b.at" >"$TMP/b.said" & b=$!
		wait $a; a=$?
		wait $b; b=$?
		[ $((a + b)) -eq 1 ] && grep -q "changed meanwhile" "$TMP/a.said" "$TMP/b.said" ||
			{ echo "round $i: $a and $b"; cat "$TMP/a.said" "$TMP/b.said"; return 1; }
		won=61:50; [ $a -eq 0 ] || won=62:50
		same "$won " "$(letters)" "the classes" || return 1
	done
}

tc_writes()
{
	local i
	for ((i = 0; i < $1; i++)); do
		printf 'class %s dev '"$DEV"' parent 1:%s classid 1:%s optq rate 1mbit\n' \
			replace 1 fff0 replace 2 fff0 replace fff0 fff1
		echo "class del dev $DEV classid 1:fff1"
		echo "class del dev $DEV classid 1:fff0"
	done | tc -n "$NS_C" -force -batch - >/dev/null 2>&1
}

# What tc does between two trees goes with the next: what is not there is refused, no more.
tc_and_genl()
{
	local tc
	one_optq 50 || return 1
	export OPTQ_NL DEV
	flood_start -t 600 -r 20000 -l 400 -f 6
	tc_writes 30 & tc=$!
	writers 30 wait && wait $tc && flood_stop
	quietly in_c "$OPTQ_NL" set "$DEV" <"$TMP/b.tree" && same "62:50 " "$(letters)" "the classes" &&
	optq_wait_for 10 no_backlog && balanced
}

policy()
{
	local dev
	echo "optq: 1"
	echo "links:"
	for dev in "$DEV" second0; do
		printf '  %s:\n    egress:\n      rate: %s\n      default: %s\n      classes:\n' "$dev" "$2" "$1"
		printf '        %s: { rate: 1mbit, match: "udp dport %s" }\n        x%s: { rate: 2mbit }\n' "$1" "$3" "$1"
	done
}

live()
{
	local dev
	for dev in "$DEV" second0; do
		in_c "$OPTQCTL" -j show "$dev" | jq -r '.[0] | "\(.rate_bps / 1000000) \([.classes[].name] | join(" "))"'
	done | paste -sd '|'
}

OLD="10 old xold|10 old xold"
NEW="20 new xnew|20 new xnew"

policies()
{
	policy old 10mbit 6001 >"$TMP/old.yaml"
	policy new 20mbit 6002 >"$TMP/new.yaml"
	tc_c qdisc del dev "$DEV" root 2>/dev/null
	quietly ctl apply "$TMP/old.yaml" && same "$OLD" "$(live)" "what runs"
}

# Both are told what became of theirs, and one of the two is there as a whole.
two_apply()
{
	local i pids got
	policies || return 1
	for ((i = 0; i < 6; i++)); do
		ctl apply "$TMP/old.yaml" >"$TMP/old.said" 2>&1 & pids=$!
		ctl apply "$TMP/new.yaml" >"$TMP/new.said" 2>&1 & pids+=" $!"
		# shellcheck disable=SC2086
		wait $pids
		got=$(live)
		[ "$got" = "$OLD" ] || [ "$got" = "$NEW" ] ||
			{ echo "round $i: $got"; cat "$TMP/old.said" "$TMP/new.said"; return 1; }
	done
}

# At every call of the system, or as many as time allows where programs start slowly.
killed_at_each_call()
{
	local calls stride=1 at got old=0 new=0
	policies || return 1
	in_c "$KILL_AT" 0 "$OPTQCTL" apply "$TMP/new.yaml" >"$TMP/calls" 2>/dev/null
	calls=$(sed -n 's/^calls //p' "$TMP/calls")
	[ "${calls:-0}" -ge 20 ] || { echo "not traced: $(cat "$TMP/calls")"; return 1; }
	stride=$((calls / ${OPTQ_KILLS:-24} + 1))
	quietly ctl apply "$TMP/old.yaml" || return 1
	for ((at = 1; at <= calls; at += stride)); do
		in_c "$KILL_AT" $at "$OPTQCTL" apply "$TMP/new.yaml" >/dev/null 2>&1
		got=$(live)
		case $got in
		"$OLD")	old=$((old + 1)) ;;
		"$NEW")	new=$((new + 1))
			quietly ctl apply "$TMP/old.yaml" || return 1 ;;
		*)	echo "killed at call $at of $calls: $got"; return 1 ;;
		esac
	done
	note "killed at $((old + new)) of $calls calls: $old old, $new new"
	[ $old -gt 0 ] && [ $new -gt 0 ] || return 1
	# Who comes after is not held up by what was left.
	quietly ctl apply "$TMP/new.yaml" && same "$NEW" "$(live)" "what runs"
}

# ---- a dump that is held ----

held() { in_c "$OPTQ_NL" held "$DEV" "$@" 2>&1 | paste -sd ' '; }

MANY=3000

many()
{
	tc_c qdisc del dev "$DEV" root 2>/dev/null
	tc_c qdisc add dev "$DEV" root handle 1: optq && letter_tree a $MANY >"$TMP/many" &&
		in_c "$OPTQ_NL" set "$DEV" <"$TMP/many" >/dev/null
}

# interrupted WHAT COMMAND...: in the middle of a dump, which says so
interrupted()
{
	local what=$1 got
	shift
	many && got=$(held "$@")
	[[ $got == *interrupted* || $got == *"refused E"* ]] && return
	echo "$what: $got"
	return 1
}

again()
{
	tc -n "$NS_C" qdisc del dev "$DEV" root
	tc -n "$NS_C" qdisc add dev "$DEV" root handle 1: optq
	ip netns exec "$NS_C" "$OPTQ_NL" set "$DEV" <"$1"
}

held_dumps()
{
	export -f again
	export NS_C DEV OPTQ_NL TC_LIB_DIR
	many && same $MANY "$(held true)" "classes, of a tree at rest" &&
	letter_tree b $MANY >"$TMP/other" && letter_tree a 1 >"$TMP/one" &&
	interrupted "another tree" bash -c "$OPTQ_NL set $DEV <$TMP/other" &&
	interrupted "a smaller tree" bash -c "$OPTQ_NL set $DEV <$TMP/one" &&
	interrupted "a class more" tc class add dev "$DEV" parent 1: classid 1:fff0 optq &&
	interrupted "a class less" tc class del dev "$DEV" classid 1:bb7 &&
	interrupted "a class told already is gone" tc class del dev "$DEV" classid 1:2 &&
	interrupted "another qdisc" tc qdisc replace dev "$DEV" root pfifo &&
	interrupted "a qdisc anew, with another tree" bash -c "again $TMP/other"
}

ktap_header
ktap_plan 11
optq_require_root
optq_require_cmd taskset
optq_require_module
optq_require_tc
optq_require_ctl
optq_setup_ns
quiet_link
optq_require_programs
ip -n "$NS_C" link add second0 type dummy && ip -n "$NS_C" link set second0 up ||
	{ echo "Bail out! no second device"; exit 1; }
log_mark

ktap_test "devices, peers and their place go under traffic" devices_go
ktap_test "no kernel memory grows with them" nothing_grows
ktap_test "namespaces go while they forward" namespaces_go
ktap_test "nothing holds the module" optq_wait_for 20 unused 0
ktap_test "two writers, and dumps beside them: all or nothing" two_writers
ktap_test "two writers of one generation: one wins" one_wins
ktap_test "tc and generic netlink against each other" tc_and_genl
ktap_test "a dump in the middle of which the tree changes says so" held_dumps
ktap_test "two optqctl apply at once" two_apply
ktap_test "optqctl apply killed at its calls: old or new on all devices" killed_at_each_call
ktap_test "no warning in the kernel's log" log_clean
ktap_done
