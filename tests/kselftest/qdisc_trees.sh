#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several trees in one message: all of them or none, whatever is wrong with one.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

DEVS=3

nl() { in_c "$OPTQ_NL" "$@"; }
index_of() { in_c cat "/sys/class/net/$1/ifindex"; }

# sends LINE...: one message; "ok", or why not
sends() { printf '%s\n' "$@" | nl set -; }

devices_make()
{
	local i
	# Nothing is sent but what a test sends.
	in_c sysctl -qw net.ipv6.conf.default.disable_ipv6=1
	for ((i = 0; i < DEVS; i++)); do
		in_c ip link add "t$i" type dummy && in_c ip link set "t$i" up &&
			tc_c qdisc add dev "t$i" root handle 1: optq || return 1
		INDEX[i]=$(index_of "t$i")
	done
}

# A tree of device $1 whose class has the name $2.
tree() { printf '%s\n' "ifindex ${INDEX[$1]}" "link default=1" "class id=1 name=$2 rate=1000"; }

three() { local lines; mapfile -t lines < <(tree 0 "$1"; tree 1 "$2"; tree 2 "$3"); sends "${lines[@]}"; }

shows() { same "$1" "$(live_names)" "the classes of all devices"; }

live_names()
{
	local i
	for ((i = 0; i < DEVS; i++)); do
		in_c "$OPTQCTL" -j show "t$i" | jq -r '.[0].classes[].name'
	done | paste -sd' '
}

all_together()
{
	same ok "$(three a b c)" "three trees" && shows "a b c" &&
	same ok "$(three a b d)" "over themselves" && shows "a b d"
}

all_of_them()
{
	local i
	for ((i = 0; i < DEVS; i++)); do nl dump "t$i"; done
}

# refuses TEXT LINE...: with that reason, and all trees stay
refuses()
{
	local text=$1 before got
	shift
	before=$(all_of_them)
	got=$(sends "$@") && { echo "accepted: $*"; return 1; }
	[[ $got == *"$text"* ]] || { echo "expected \"$text\", got: $got"; return 1; }
	[ "$before" = "$(all_of_them)" ] || { echo "refused ($text), but changed"; return 1; }
}

# What is wrong with one of three, first, in the middle and last.
none_of_them()
{
	local at lines
	for at in 0 1 2; do
		lines=()
		for ((i = 0; i < DEVS; i++)); do
			mapfile -t -O "${#lines[@]}" lines < <(tree $i "n$i"; [ $i -ne $at ] || printf '%s\n' "$@")
		done
		refuses "$WHY" "${lines[@]}" || { echo "in tree $at"; return 1; }
	done
}

wrong_ones()
{
	WHY="class id is used twice" none_of_them "class id=1" &&
	WHY="a rule must name a leaf class" none_of_them "rule class=9" &&
	WHY="the tree has been changed meanwhile" none_of_them "generation 12345" &&
	WHY="the default class must be a leaf" none_of_them "link default=7" &&
	WHY="flows" none_of_them "link flows=512"
}

no_optq_there()
{
	local lines
	tc_c qdisc del dev t2 root || return 1
	mapfile -t lines < <(tree 0 x; tree 1 x; tree 2 x)
	got=$(sends "${lines[@]}")
	tc_c qdisc add dev t2 root handle 1: optq
	[[ $got == *"the device's root qdisc is not optq"* ]] || { echo "got: $got"; return 1; }
	same "a b" "$(DEVS=2; live_names)" "the other devices" || return 1
	# To be checked it need not be there.
	tc_c qdisc del dev t2 root
	same ok "$(sends "flags 1" "${lines[@]}")" "a check"; rc=$?
	tc_c qdisc add dev t2 root handle 1: optq
	same ok "$(three a b c)" "as before" && return $rc
}

a_filter_holds_a_class()
{
	local lines
	tc_c filter add dev t1 parent 1: protocol all prio 1 matchall classid 1:1 || return 1
	mapfile -t lines < <(tree 0 x; printf '%s\n' "ifindex ${INDEX[1]}" "class id=2 name=y"; tree 2 x)
	refuses "points to class 1:1" "${lines[@]}"
	rc=$?
	tc_c filter del dev t1 parent 1: prio 1
	return $rc
}

twice_and_bare()
{
	local lines
	mapfile -t lines < <(tree 0 x; tree 1 x; tree 0 y)
	refuses "a device has one tree" "${lines[@]}" || return 1
	mapfile -t lines < <(tree 0 x; tree 1 x)
	refuses "each begins with its ifindex" "class id=7" "${lines[@]}" &&
	refuses "no such device" "${lines[@]}" "ifindex 99999" &&
	mapfile -t lines < <(for ((i = 0; i <= 1024; i++)); do echo "ifindex ${INDEX[2]}"; done)
	refuses "at most 1024 trees" "${lines[@]}"
}

# So many that one attribute would not hold a tree.
many()
{
	local i j lines=() got
	for ((i = 0; i < DEVS; i++)); do
		lines+=("ifindex ${INDEX[i]}")
		for ((j = 1; j <= 3000; j++)); do lines+=("class id=$j name=class-number-$j rate=10"); done
	done
	same ok "$(sends "${lines[@]}")" "3 times 3000 classes" || return 1
	for ((i = 0; i < DEVS; i++)); do
		got=$(nl count "t$i")
		[ "$got" = 3000 ] || { echo "t$i has $got classes"; return 1; }
	done
	three a b c >/dev/null
}

# Two processors send while the trees change: nothing is lost, none stands still.
under_traffic()
{
	local i pids=() dropped
	for ((i = 0; i < DEVS; i++)); do
		in_c ip addr add "10.9$i.0.1/24" dev "t$i"
		in_c ip neigh add "10.9$i.0.2" lladdr 02:00:00:00:00:02 dev "t$i"
		ip netns exec "$NS_C" "$UDP_LOAD" send -r 20000 -t 20 -l 200 "10.9$i.0.2" 6000 >"$TMP/load$i" &
		pids+=($!)
	done
	for ((i = 0; i < 100; i++)); do
		three "a$i" "b$i" "c$i" >"$TMP/three" || { cat "$TMP/three"; break; }
	done
	kill -TERM "${pids[@]}" 2>/dev/null
	wait "${pids[@]}"
	shows "a99 b99 c99" || return 1
	for ((i = 0; i < DEVS; i++)); do
		dropped=$(in_c "$OPTQCTL" -j show "t$i" | jq '[.[0].stats | to_entries[] | select(.key | startswith("drop_")).value] | add')
		same 0 "$dropped" "packets lost at t$i" || return 1
	done
}

ktap_header
optq_require_root
optq_require_cmd ip tc jq
optq_require_module
optq_require_tc
optq_require_ctl
optq_require_programs
optq_setup_ns || { echo "Bail out! no namespaces"; exit 1; }
declare -a INDEX
devices_make || { echo "Bail out! no devices"; exit 1; }
ktap_plan 8
log_mark
ktap_test "three trees in one message" all_together
ktap_test "one that is wrong, in each place: none is loaded" wrong_ones
ktap_test "a device without optq: none is loaded; a check may be" no_optq_there
ktap_test "a tc filter holds a class of one: none is loaded" a_filter_holds_a_class
ktap_test "a device twice, what stands before the first, too many" twice_and_bare
ktap_test "9000 classes" many
ktap_test "a hundred times under traffic" under_traffic
ktap_test "no warning in the kernel's log" log_clean
ktap_done
