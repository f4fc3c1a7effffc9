#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tree: how deep and how large it may be, what is refused, and packets that
# wait while leaves become inner classes and go.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

DEEPEST=32

qdisc_del() { in_c tc qdisc del dev "$DEV" root 2>/dev/null; }

# A chain of classes 1:1 .. 1:COUNT, each below the one before.
chain()
{
	local i parent=1:
	for i in $(seq "$1"); do
		printf 'class add dev %s parent %s classid 1:%x optq rate 10mbit %s\n' \
			"$DEV" "$parent" "$i" "$GENTLE"
		parent=$(printf '1:%x' "$i")
	done
}

deep_chain()
{
	in_c tc qdisc add dev "$DEV" root handle 1: optq default 20 &&
	chain $DEEPEST | tc_batch || return 1
	same $DEEPEST "$(in_c tc -j class show dev "$DEV" | jq length)" "classes" ||
		return 1
	receiver
	flood 20 400 || return 1
	same 20 "$(received received)" "packets through the deepest leaf" &&
	same 20 "$(sent 1:1)" "packets at the top" &&
	same 20 "$(sent 1:20)" "packets at the bottom"
}

deeper_refused()
{
	refused "at most $DEEPEST levels" \
		in_c tc class add dev "$DEV" parent 1:20 classid 1:21 optq rate 1mbit
}

deeper_by_move_refused()
{
	in_c tc class add dev "$DEV" parent 1: classid 1:100 optq rate 1mbit &&
	refused "at most $DEEPEST levels" \
		in_c tc class change dev "$DEV" parent 1:100 classid 1:1 optq
	same 1 "$(in_c tc class show dev "$DEV" classid 1:1 | grep -c ' root ')" \
		"1:1 still at the top"
}

thousand()
{
	local i
	qdisc_del
	in_c tc qdisc add dev "$DEV" root handle 1: optq default 3e8 || return 1
	for i in $(seq 1000); do
		printf 'class add dev %s parent 1: classid 1:%x optq rate 100kbit ceil 1gbit %s\n' \
			"$DEV" "$i" "$GENTLE"
	done | tc_batch || return 1
	same 1000 "$(in_c tc -j class show dev "$DEV" | jq length)" "classes" || return 1
	receiver
	flood 50 400 || return 1
	flood 50 400 -p 1:1
	same 100 "$(received received)" "packets through the first and the last" &&
	same 50 "$(sent 1:1)" "packets of the first" &&
	same 50 "$(sent 1:3e8)" "packets of the last" || return 1
	for i in $(seq 1 20 1000); do
		printf 'class del dev %s classid 1:%x\n' "$DEV" "$i"
	done | tc_batch || return 1
	same 950 "$(in_c tc -j class show dev "$DEV" | jq length)" "classes left" &&
	in_c tc qdisc del dev "$DEV" root
}

small_tree()
{
	qdisc_del
	tc_batch <<-END
		qdisc add dev $DEV root handle 1: optq default 20
		class add dev $DEV parent 1: classid 1:1 optq rate 50mbit ceil 100mbit
		class add dev $DEV parent 1:1 classid 1:2 optq rate 20mbit ceil 100mbit
		class add dev $DEV parent 1:2 classid 1:10 optq rate 5mbit ceil 100mbit
		class add dev $DEV parent 1:1 classid 1:20 optq rate 5mbit ceil 100mbit name rest $GENTLE
		filter add dev $DEV parent 1: protocol ip u32 match ip dport 6001 0xffff flowid 1:10
	END
}

add() { quietly in_c tc class add dev "$DEV" "$@"; }
change() { quietly in_c tc class change dev "$DEV" "$@"; }
delete() { quietly in_c tc class del dev "$DEV" "$@"; }

no_parent() { refused "parent class does not exist" add parent 1:77 classid 1:78 optq rate 1mbit; }
other_parent() { refused "" add parent 2:1 classid 1:78 optq rate 1mbit; }
below_child() { refused "cannot be below itself" change parent 1:10 classid 1:1 optq; }
below_itself() { refused "cannot be below itself" change parent 1:2 classid 1:2 optq; }
twice() { refused "File exists" add parent 1:1 classid 1:20 optq rate 1mbit; }
minor_0() { refused "" add parent 1:1 classid 1:0 optq rate 1mbit; }
minor_ffff() { refused "minor 1 to fffe" add parent 1:1 classid 1:ffff optq rate 1mbit; }
with_children() { refused "classes below it" delete classid 1:2; }
with_filter() { refused "filter points to the class" delete classid 1:10; }
with_rule()
{
	quietly in_c tc filter del dev "$DEV" parent 1: || return 1
	{ echo "link default=32"; echo "class id=1"; echo "class id=16 parent=1"
	  echo "class id=32 parent=1"; echo "rule class=16 terms="; } |
		in_c "$OPTQ_NL" set "$DEV" >/dev/null &&
	refused "a rule of the policy names the class" delete classid 1:10 || return 1
	# Scripts written for HTB do that; they are told what it means.
	in_c tc class del dev "$DEV" classid 1:20 >"$TMP/del" 2>&1 || { cat "$TMP/del"; return 1; }
	grep -q 'this was the default class' "$TMP/del" || { cat "$TMP/del"; return 1; }
	small_tree
}

# Another kind's options, as a script half turned to optq has them.
of_htb()
{
	refused "another qdisc's options" in_c tc class add dev "$DEV" parent 1: \
		classid 1:30 htb rate 1mbit
}

# A tree grows class by class, so it is a warning; kernels before 6.2 name no class.
too_much()
{
	in_c tc class add dev "$DEV" parent 1:2 classid 1:11 optq rate 30mbit >"$TMP/said" 2>&1 &&
	grep -Eq 'rates below (class 1:2|a class) exceed its own' "$TMP/said" &&
	delete classid 1:11 && return
	cat "$TMP/said"
	return 1
}

absent() { refused "" delete classid 1:77; }

# What -force does is go on after an error; the errors are errors all the same.
forced()
{
	cat >"$TMP/batch" <<-END
		class del dev $DEV classid 1:2
		class del dev $DEV classid 1:10
		class add dev $DEV parent 1:77 classid 1:78 optq rate 1mbit
	END
	refused "Command failed" in_c tc -force -batch "$TMP/batch"
}

# Parameters that only the kernel can judge: with what the class has already.
bad_change()
{
	local rc=0
	refused "rate must not exceed ceil" change parent 1:1 classid 1:20 optq ceil 1mbit || rc=1
	refused "keeps the name" change parent 1:1 classid 1:20 optq name other || rc=1
	refused "flows can only be set" in_c tc qdisc change dev "$DEV" root handle 1: optq flows 77 ||
		rc=1
	refused "" change parent 1:1 classid 1:20 optq rate 2mbit ceil 1mbit || rc=1
	refused "" in_c tc class change dev "$DEV" parent 1:1 classid 1:20 optq \
		estimator 1sec 8sec rate 3mbit || rc=1
	return $rc
}

waiting() { cfigure "$1" qlen; }

# hold COUNT: a leaf 1:30 too slow to send what waits in it
hold()
{
	small_tree &&
	tc_batch <<<"class add dev $DEV parent 1: classid 1:30 optq $HELD $GENTLE" &&
	receiver && flood "$1" 400 -p 1:30 -f 4
}

# What waits, wherever it is, leaves when its classes may send again.
release()
{
	local id want=$1
	shift
	for id in "$@"; do
		let_go "$id" "rate 100mbit ceil 100mbit" || return 1
	done
	same "$want" "$(received received)" "packets that arrived" || return 1
	same 0 "$(received late)" "packets out of order" || return 1
	settled 1:
}

leaf_to_inner()
{
	OFFERED=0
	hold 60 || return 1
	local held
	held=$(waiting 1:30)
	[ "$held" -ge 55 ] || { echo "expected about 59 to wait, $held do"; return 1; }
	tc_batch <<<"class add dev $DEV parent 1:30 classid 1:31 optq $HELD $GENTLE" || return 1
	same "$held" "$(figure 1: qlen)" "packets in the qdisc after the split" &&
	same "$held" "$(waiting 1:31)" "packets in the new leaf" || return 1
	# One more level, with a second leaf beside: all go to the first.
	tc_batch <<-END || return 1
		class add dev $DEV parent 1:31 classid 1:32 optq $HELD $GENTLE
		class add dev $DEV parent 1:31 classid 1:33 optq $HELD $GENTLE
	END
	same "$held" "$(waiting 1:32)" "packets one level deeper" || return 1
	release 60 1:30 1:31 1:32
}

inner_to_leaf()
{
	OFFERED=0
	hold 60 || return 1
	add parent 1:30 classid 1:31 optq rate 8bit ceil 8bit || return 1
	delete classid 1:31 || return 1
	# The default class takes them.
	release 60 1:30
}

reparented()
{
	OFFERED=0
	hold 60 || return 1
	local held
	held=$(waiting 1:30)
	change parent 1:2 classid 1:30 optq || return 1
	same "$held" "$(waiting 1:30)" "packets that moved with their class" || return 1
	release 60 1:30
}

# No CoDel, and senders that keep less queued than any limit: nothing is lost.
under_traffic()
{
	local i slow=(target 10s interval 10s)
	OFFERED=0
	small_tree && change classid 1:20 optq "${slow[@]}" || return 1
	add parent 1: classid 1:30 optq rate 2mbit ceil 5mbit "${slow[@]}" || return 1
	receiver
	flood_start -t 600 -l 400 -p 1:30 -f 8 -b 20000
	for i in $(seq 10); do
		add parent 1:30 classid 1:31 optq rate 1mbit ceil 4mbit "${slow[@]}" &&
		add parent 1:30 classid 1:32 optq rate 1mbit ceil 4mbit "${slow[@]}" &&
		change parent 1:1 classid 1:30 optq &&
		delete classid 1:31 && delete classid 1:32 &&
		change parent 1: classid 1:30 optq || return 1
	done
	flood_stop
	note "$OFFERED packets sent during $i rounds of changes"
	settled 1: &&
	same 0 "$(figure 1: drops)" "packets dropped" &&
	same "$OFFERED" "$(received received)" "packets that arrived"
}

ktap_header
ktap_plan 24
optq_require_root
optq_require_module
optq_require_tc
optq_require_kmod cls_u32
optq_setup_ns
quiet_link
optq_require_programs
log_mark

ktap_test "$DEEPEST levels carry packets" deep_chain
ktap_test "one level more is refused" deeper_refused
ktap_test "a move that would go deeper is refused" deeper_by_move_refused
ktap_test "1000 classes come, carry packets and go" thousand
ktap_test "the tree of the next tests" small_tree
ktap_test "a missing parent is refused" no_parent
ktap_test "a parent of another qdisc is refused" other_parent
ktap_test "a class cannot go below its grandchild" below_child
ktap_test "a class cannot go below itself" below_itself
ktap_test "a class cannot be added twice" twice
ktap_test "minor 0 is refused" minor_0
ktap_test "minor ffff is refused" minor_ffff
ktap_test "a class with children stays" with_children
ktap_test "a class that a filter names stays" with_filter
ktap_test "a class that a rule names stays, the default may go" with_rule
ktap_test "a class with htb's options is told so" of_htb
ktap_test "rates that do not fit are told with the class" too_much
ktap_test "a class that is not there cannot be deleted" absent
ktap_test "tc -force changes nothing of that" forced
ktap_test "a failed change leaves everything as it was" bad_change
ktap_test "a leaf with packets becomes inner: all leave, in order" leaf_to_inner
ktap_test "and a leaf again: all leave, in order" inner_to_leaf
ktap_test "a leaf with packets moves: all leave, in order" reparented
ktap_test "splits and moves under traffic lose nothing" under_traffic
ktap_done
