#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The figures as files: there when asked for, the same as tc's, one directory for
# each class that there is; and nothing is held or hurt by who reads when a class,
# a qdisc, the device or the module goes.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

MOST=1024
ROUNDS=6
DIR=/sys/class/net/$DEV/optq

# Runs in the client's namespace, where programs start slowly: one shell for all.
in_dir() { in_c bash -c "cd $DIR${2:+/$2} || exit 1; $1"; }
there() { in_c test -d "$DIR${1:+/$1}"; }
absent() { ! there "$1" || { echo "there is $DIR/$1"; return 1; }; }
value() { in_c cat "$DIR/$1"; }
by_id() { LC_ALL=C sort -t= -k1,1 | xargs; }
dirs() { in_dir 'for d in */; do echo "${d%/}"; done' | by_id; }
paths() { in_dir 'for d in */; do echo "${d%/}=$(<"$d/path")"; done' | by_id; }

warned() { grep -q "$1" "$2" || { echo "no \"$1\" in: $(cat "$2")"; return 1; }; }

clear_dev() { tc_c qdisc del dev "$DEV" root 2>/dev/null; OFFERED=0; }

# tree WORDS...: of the qdisc
tree()
{
	clear_dev
	tc_batch <<-END
		qdisc add dev $DEV root handle 1: optq default 20 $*
		class add dev $DEV parent 1: classid 1:1 optq name office rate 8mbit ceil 9mbit
		class add dev $DEV parent 1:1 classid 1:10 optq name voice rate 1mbit ceil 9mbit prio 2 $GENTLE
		class add dev $DEV parent 1:1 classid 1:20 optq rate 5mbit ceil 9mbit weight 7 $GENTLE
	END
}

off_by_default()
{
	tree && absent && tc_c -d qdisc show dev "$DEV" | grep -q ' sysfs off ' &&
	! tc_c qdisc show dev "$DEV" | grep sysfs
}

on_and_off()
{
	local change=(qdisc change dev "$DEV" root handle 1: optq)
	tree sysfs on && same "1:1 1:10 1:20" "$(dirs)" "on at the start" &&
	tc_c qdisc show dev "$DEV" | grep -q ' sysfs on ' &&
	same true "$(tc_c -j qdisc show dev "$DEV" root | jq '.[0].options.sysfs')" "in JSON" &&
	quietly tc_c "${change[@]}" limit 500 && there 1:10 &&
	quietly tc_c "${change[@]}" sysfs on && there 1:10 &&
	quietly tc_c "${change[@]}" sysfs off && absent &&
	quietly tc_c "${change[@]}" sysfs off && absent &&
	quietly tc_c "${change[@]}" sysfs on && same "1:1 1:10 1:20" "$(dirs)" "on again" &&
	quietly tc_c qdisc del dev "$DEV" root && absent
}

# What the files say, and what tc says, in one form.
by_file() { in_dir 'for f in *; do [ -f "$f" ] && echo "$f $(<"$f")"; done' "$1" | sort; }

# shellcheck disable=SC2016	# jq's own
by_tc()
{
	tc_c -s -d -j class show dev "$DEV" | jq -r --arg id "$1" --arg path "$2" '
		.[] | select(.handle == $id) |
		(.stats | to_entries[] |
		 select(.key | test("^(enqueued|drop_|ecn_|dscp_changed|backlog_.*s$|throttled|guarantee|flows|hosts|sojourn)")) |
		 "\(.key) \(.value)"),
		"packets \(.stats.sent_packets)", "bytes \(.stats.sent_bytes)",
		"rate_bps \(.rate * 8)", "ceil_bps \(.ceil * 8)",
		"prio \(.prio)", "path \($path)"' | sort
}

# shellcheck disable=SC2016
by_ctl()
{
	in_c "$OPTQCTL" -j show "$DEV" | jq -r --arg id "$1" '
		.[0].classes[] | select(.classid == $id) |
		(.stats | to_entries[] | select(.key != "dscp_failed_packets") |
		 "\(.key | sub("^(?<name>enqueued|drop_.*|dscp_changed)_packets$"; "\(.name)")) \(.value)"),
		"rate_bps \(.rate_bps)", "ceil_bps \(.ceil_bps)",
		"weight \(.weight)", "prio \(.prio)", "path \(.path)"' | sort
}

# How long ago it is goes on; the weight that applies is optqctl's to say.
class_agrees()
{
	by_file "$1" | grep -v '^guarantee_missed_ns ' >"$TMP/files"
	[ "$(wc -l <"$TMP/files")" -ge 24 ] || { cat "$TMP/files"; return 1; }
	by_ctl "$1" | grep -v '^guarantee_missed_ns ' | diff "$TMP/files" - || return 1
	# tc of iproute2 6.1 has no JSON for classes, of any kind.
	tc_c -j class show dev "$DEV" | grep -q '^\[' || return 0
	by_tc "$1" "$2" | grep -v '^guarantee_missed_ns ' |
		diff <(grep -v '^weight ' "$TMP/files") -
}

link_agrees()
{
	by_file >"$TMP/files"
	# shellcheck disable=SC2016
	tc_c -s -d -j qdisc show dev "$DEV" root | jq -r '.[0] |
		"packets \(.sent_packets)", "bytes \(.sent_bytes)",
		"rate_bps \(.options.rate * 8)", "classes 3",
		(to_entries[] | select(.key | test("^(enqueued|drop_|ecn_|dscp_|backlog_.*s$|throttled|flows$|memory_)")) |
		 "\(.key) \(.value)")' | sort >"$TMP/tc"
	[ "$(wc -l <"$TMP/files")" -ge 13 ] || { cat "$TMP/files"; return 1; }
	diff "$TMP/files" "$TMP/tc"
}

figures()
{
	tree sysfs on rate 9mbit && flood 40 300 -p 1:10 && flood 60 500 -p 1:20 -f 5 &&
	settled 1: && class_agrees 1:1 office && class_agrees 1:10 office/voice &&
	class_agrees 1:20 office/1:20 && link_agrees &&
	same 40 "$(value 1:10/packets)" "packets of voice" &&
	same 100 "$(value packets)" "packets of the link" &&
	same "1000 7" "$(value 1:10/weight) $(value 1:20/weight)" "weights"
}

# With a queue that stands, and packets that found no room.
figures_of_a_queue()
{
	tree sysfs on &&
	tc_batch <<<"class change dev $DEV classid 1:20 optq $HELD limit 10" &&
	flood 30 400 -p 1:20 || return 1
	by_ctl 1:20 | grep -E '^(backlog|drop|enqueued|flows)' >"$TMP/ctl"
	by_file 1:20 | grep -E '^(backlog|drop|enqueued|flows)' | diff "$TMP/ctl" - || return 1
	same 10 "$(value 1:20/backlog_packets)" "packets that wait" &&
	same 19 "$(value drop_overlimit)" "drops at the link" &&
	[ "$(value 1:20/throttled_ns)" -gt 0 ] && let_go 1:20 "rate 5mbit ceil 9mbit"
}

classes_come_and_go()
{
	tree sysfs on &&
	tc_batch <<-END &&
		class add dev $DEV parent 1: classid 1:2 optq name shop rate 1mbit
		class add dev $DEV parent 1:2 classid 1:fffe optq name till rate 8kbit
	END
	same "1:1=office 1:10=office/voice 1:2=shop 1:20=office/1:20 1:fffe=shop/till" \
		"$(paths)" "two more" &&
	tc_batch <<-END &&
		class change dev $DEV parent 1:1 classid 1:2 optq
		class del dev $DEV classid 1:10
	END
	same "1:1=office 1:2=office/shop 1:20=office/1:20 1:fffe=office/shop/till" \
		"$(paths)" "one moved, one gone" &&
	tc_batch <<<"class add dev $DEV parent 1: classid 1:10 optq rate 1mbit" &&
	same 1:10 "$(value 1:10/path)" "back, without a name" &&
	same 0 "$(value 1:10/packets)" "and without a past" &&
	same 5 "$(value classes)" "classes"
}

trees()
{
	clear_dev
	tc_batch <<<"qdisc add dev $DEV root handle 1: optq" &&
	nl_set "link sysfs=1 rate=1000000" "class id=1 name=a" "class id=2 parent=1 name=b rate=1000" \
		"class id=70000 parent=1" &&
	same "1:1=a 1:2=a/b 70000=a/70000" "$(paths)" "a tree" &&
	same "8000000 8000" "$(value rate_bps) $(value 1:2/rate_bps)" "rates" &&
	nl_set "link sysfs=1" "class id=2 name=B" "class id=1 parent=2 name=A" "class id=4294967294 parent=2 name=z" &&
	same "1:1=B/A 1:2=B 4294967294=B/z" "$(paths)" "another" &&
	same 0 "$(value rate_bps)" "no rate" &&
	nl_set "class id=2" && absent &&
	nl_set "link sysfs=1" && same "*" "$(dirs)" "a link without classes" && there &&
	same 0 "$(value classes)" "classes"
}

policies()
{
	clear_dev
	printf 'optq: 1\nlinks:\n  %s:\n    egress:\n' "$DEV" >"$TMP/head"
	{ cat "$TMP/head"; echo '      { sysfs: yes, rate: 9mbit, default: a/x, classes: { a: { classes: { x: , y: { match: tcp } } } } }'; } >"$TMP/on.yaml"
	{ cat "$TMP/head"; echo '      { rate: 9mbit, default: a, classes: { a: } }'; } >"$TMP/off.yaml"
	quietly in_c "$OPTQCTL" apply "$TMP/on.yaml" &&
	same "a a/x a/y" "$(paths | tr ' ' '\n' | sed 's/.*=//' | xargs)" "paths" &&
	in_c "$OPTQCTL" show "$DEV" | head -n 1 | grep -q ', sysfs$' &&
	same true "$(in_c "$OPTQCTL" -j show "$DEV" | jq '.[0].sysfs')" "in JSON" &&
	same "$(in_c "$OPTQCTL" -j show "$DEV" | jq -r '.[0].classes[] | "\(.classid)=\(.path)"' | by_id)" \
		"$(paths)" "what show says" &&
	quietly in_c "$OPTQCTL" apply "$TMP/off.yaml" && absent
}

# The last of $1 classes has the minor $1, in hex.
many_lines() { seq 1 "$1" | awk '{ print "class id=" $1 }'; }

too_many()
{
	clear_dev
	tc_batch <<<"qdisc add dev $DEV root handle 1: optq sysfs on" || return 1
	{ echo "link sysfs=1"; many_lines $((MOST + 1)); } >"$TMP/many"
	in_c "$OPTQ_NL" try "$DEV" <"$TMP/many" >"$TMP/said" && return 1
	same "refused E2BIG: sysfs shows at most 1024 classes; netlink has no such bound" \
		"$(cat "$TMP/said")" "one too many" &&
	{ echo "flags 1"; cat "$TMP/many"; } | in_c "$OPTQ_NL" set "$DEV" | grep -q E2BIG &&
	{ echo "link sysfs=1"; many_lines $MOST; } | in_c "$OPTQ_NL" set "$DEV" >"$TMP/said" &&
	same $MOST "$(dirs | wc -w)" "directories"
}

# tc goes on beyond, with a warning; a place that is free is taken.
one_more_through_tc()
{
	local more
	more=1:$(printf %x $((MOST + 1)))
	quietly tc_c class add dev "$DEV" parent 1: classid "$more" optq rate 8kbit &&
	warned "not every class is in sysfs: it shows at most 1024" "$TMP/quietly" &&
	absent "$more" && same $((MOST + 1)) "$(value classes)" "classes" &&
	quietly tc_c qdisc change dev "$DEV" root handle 1: optq limit 300 &&
	quietly tc_c class del dev "$DEV" classid 1:7 && absent 1:7 && there "$more" &&
	quietly tc_c class add dev "$DEV" parent 1: classid 1:7 optq rate 8kbit && absent 1:7 &&
	quietly tc_c qdisc change dev "$DEV" root handle 1: optq sysfs off && absent &&
	refused "sysfs shows at most 1024 classes" \
		tc_c qdisc change dev "$DEV" root handle 1: optq sysfs on && absent
}

root_only()
{
	tree &&
	refused "sysfs shows the root qdisc of a device" \
		tc_c qdisc add dev "$DEV" parent 1:10 handle 20: optq sysfs on &&
	quietly tc_c qdisc add dev "$DEV" parent 1:10 handle 20: optq sysfs off &&
	refused "sysfs shows the root qdisc of a device" \
		tc_c qdisc change dev "$DEV" parent 1:10 handle 20: optq sysfs on &&
	quietly tc_c qdisc change dev "$DEV" root handle 1: optq sysfs on && there 1:10 &&
	quietly tc_c qdisc del dev "$DEV" parent 1:10 && there 1:10 &&
	quietly tc_c qdisc add dev "$DEV" parent 1:10 handle 20: optq &&
	quietly tc_c qdisc del dev "$DEV" root && absent
}

# A new qdisc is made before the old one goes.
replaced()
{
	local replace=(qdisc replace dev "$DEV" root handle)
	tree sysfs on && quietly tc_c "${replace[@]}" 2: optq sysfs on &&
	there && same "*" "$(dirs)" "the new one's classes" &&
	quietly tc_c class add dev "$DEV" parent 2: classid 2:5 optq rate 1mbit &&
	same 2:5 "$(dirs)" "its handle" &&
	quietly tc_c "${replace[@]}" 3: optq && absent &&
	quietly tc_c "${replace[@]}" 4: optq sysfs on && there &&
	quietly tc_c "${replace[@]}" 5: pfifo limit 1000 && absent &&
	quietly tc_c "${replace[@]}" 6: optq sysfs on && there &&
	quietly tc_c qdisc del dev "$DEV" root && absent
}

# A qdisc that is made and does not come to work after all, as it asks for an
# estimator that there cannot be: tc would not.
# shellcheck disable=SC2016	# perl's own
replace_in_vain()
{
	in_c perl -e '
		my ($u32, $index, $s, $reply) = (4294967295, shift);
		sub attr { my ($t, $v) = @_; my $a = pack("SS", 4 + length $v, $t) . $v; $a . "\0" x (-length($a) % 4) }
		my $sysfs = attr(13, pack("C", 1));
		my $m = pack("CxSlLLL", 0, 0, $index, 2 << 16, $u32, 0) .
			attr(1, "optq\0") . attr(2 | 0x8000, $sysfs) . attr(5, pack("cC", 100, 1));
		$m = pack("LSSLL", 16 + length $m, 36, 0x505, 1, 0) . $m;
		socket($s, 16, 3, 0) && syswrite($s, $m) && sysread($s, $reply, 8192) || exit 2;
		my $error = -unpack("l", substr($reply, 16, 4));
		print "errno $error\n"' "$(in_c cat "/sys/class/net/$DEV/ifindex")"
}

# That it is another directory tells that the new one had got that far.
not_replaced()
{
	local inode
	tree sysfs on && inode=$(in_c stat -c %i "$DIR") &&
	same "errno 22" "$(replace_in_vain)" "what the kernel says" &&
	[ "$inode" != "$(in_c stat -c %i "$DIR")" ] &&
	same "1:1 1:10 1:20" "$(dirs)" "what was there" &&
	same 3 "$(value classes)" "classes" && tree && replace_in_vain && absent
}

# The qdisc below becomes the root, and the old root goes without it.
child_becomes_root()
{
	tree sysfs on &&
	quietly tc_c qdisc add dev "$DEV" parent 1:10 handle 20: optq || return 1
	tc_c qdisc replace dev "$DEV" root handle 20: 2>"$TMP/said" ||
		{ cat "$TMP/said"; clear_dev; return 0; }
	absent && quietly tc_c qdisc change dev "$DEV" root handle 20: optq sysfs on &&
	there && clear_dev && absent
}

renamed()
{
	tree sysfs on && in_c ip link set "$DEV" down && there 1:10 &&
	in_c ip link set "$DEV" name other0 &&
	same 1:10 "$(in_c ls /sys/class/net/other0/optq | grep '^1:10$')" "under the new name" &&
	same 8000000 "$(in_c cat /sys/class/net/other0/optq/1:1/rate_bps)" "a figure there"
	local rc=$?
	in_c ip link set other0 name "$DEV"
	in_c ip link set "$DEV" up
	return $rc
}

moved()
{
	in_c ip link add mv0 type dummy && tc_c qdisc add dev mv0 root handle 1: optq sysfs on &&
	in_c test -d /sys/class/net/mv0/optq && in_c ip link set mv0 netns "$NS_S" &&
	! in_s test -e /sys/class/net/mv0/optq &&
	tc -n "$NS_S" qdisc add dev mv0 root handle 1: optq sysfs on &&
	in_s test -d /sys/class/net/mv0/optq && in_s ip link del mv0
}

powerless() { setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all -- "$@"; }

# Figures are everybody's; names, which tell who the customers are, root's.
names_are_roots()
{
	tree sysfs on && in_c setpriv --reuid 65534 --regid 65534 --clear-groups \
		cat "$DIR/1:10/rate_bps" "$DIR/packets" >/dev/null &&
	says "Permission denied" in_c setpriv --reuid 65534 --regid 65534 --clear-groups \
		cat "$DIR/1:10/path" &&
	says "" in_c bash -c "echo 1 >$DIR/packets"
}

# Also of a container's: of what is its own.
containers_own()
{
	local out
	sysctl -qw net.optq.allow_userns=1
	out=$(powerless env TC_LIB_DIR="${TC_LIB_DIR:-}" unshare -Urnm bash -c '
		mount -t sysfs none /sys && ip link add own0 type dummy &&
		tc qdisc add dev own0 root handle 1: optq sysfs on &&
		tc class add dev own0 parent 1: classid 1:5 optq name me rate 1mbit &&
		cat /sys/class/net/own0/optq/1:5/path' 2>&1)
	sysctl -qw net.optq.allow_userns=0
	same me "$out" "its own class"
	local rc=$?
	says "closed to user namespaces" powerless env TC_LIB_DIR="${TC_LIB_DIR:-}" unshare -Urn bash -c '
		ip link add own0 type dummy && tc qdisc add dev own0 root handle 1: optq sysfs on' &&
	return $rc
}

# A file that is open when what it shows goes: no more is read from it.
open_files()
{
	tree sysfs on || return 1
	# shellcheck disable=SC2016
	in_c env TC_LIB_DIR="${TC_LIB_DIR:-}" bash -c '
		cd '"$DIR"' && exec 5<1:10/packets 6<1:20/path 7<packets || exit 1
		cd / && read -r v <&5 && [ "$v" = 0 ] || exit 2
		tc class del dev '"$DEV"' classid 1:10 || exit 3
		exec 8<'"$DIR"'/1:20/packets
		read -r v <&8 || exit 4
		tc qdisc del dev '"$DEV"' root || exit 5
		rmmod sch_optq || exit 6
		for fd in 5 6 7 8; do read -r v <&$fd 2>/dev/null && exit 7; done
		for fd in 6 7; do head -c 1 /proc/self/fd/$fd 2>/dev/null && exit 8; done
		exit 0'
	local rc=$?
	optq_load && return $rc
}

# Everything, over and over, as a scraper would and faster.
readers_start()
{
	local i
	for i in 1 2; do
		# shellcheck disable=SC2016
		optq_bg ip netns exec "$NS_C" bash -c 'n=0
			while :; do
				for f in /sys/class/net/*/optq/* /sys/class/net/*/optq/*/*; do
					[ -f "$f" ] && read -r v <"$f" && n=$((n + 1)) && echo "$n" >"$0"
				done
			done 2>/dev/null' "$TMP/read.$i"
	done
	return 0
}

# The readers have read this many values since.
read_more()
{
	local now
	now=$(cat "$TMP"/read.[12] 2>/dev/null | awk '{ n += $1 } END { print n + 0 }')
	[ $((now - seen)) -ge "$1" ] && seen=$now
}

seen=0
busy() { optq_wait_for 20 read_more 30 || { echo "nothing is read"; return 1; }; }

all_goes_while_read()
{
	local i
	readers_start
	for i in $(seq $ROUNDS); do
		tree sysfs on && busy &&
		tc_batch <<-END &&
			class del dev $DEV classid 1:10
			class add dev $DEV parent 1:1 classid 1:10 optq rate 1mbit
			class del dev $DEV classid 1:10
			class del dev $DEV classid 1:20
		END
		nl_set "link sysfs=1" "class id=16 name=a" "class id=32 name=b" "class id=3 parent=32" &&
		busy && nl_set "link sysfs=1" "class id=32 name=c" && nl_set "class id=1" &&
		tc_batch <<-END && busy &&
			qdisc change dev $DEV root handle 1: optq sysfs on
			qdisc change dev $DEV root handle 1: optq sysfs off
			qdisc change dev $DEV root handle 1: optq sysfs on
			qdisc replace dev $DEV root handle 2: optq sysfs on
			qdisc replace dev $DEV root handle 1: optq sysfs on
			class add dev $DEV parent 1: classid 1:1 optq rate 1mbit
		END
		in_c ip link add gone0 type dummy && tc_batch <<-END && busy &&
			qdisc add dev gone0 root handle 1: optq sysfs on
			class add dev gone0 parent 1: classid 1:1 optq rate 1mbit
			class add dev gone0 parent 1: classid 1:2 optq rate 1mbit
		END
		in_c ip link del gone0 && tc_batch <<<"qdisc del dev $DEV root" &&
		rmmod sch_optq && optq_load || return 1
	done
	echo "$seen values read meanwhile"
}

# With the readers in it, and the devices that they read.
namespace_goes()
{
	local ns
	optq_add_ns r ns && ip -n "$ns" link add d0 type dummy &&
	tc -n "$ns" qdisc add dev d0 root handle 1: optq sysfs on &&
	tc -n "$ns" class add dev d0 parent 1: classid 1:1 optq rate 1mbit || return 1
	optq_bg ip netns exec "$ns" bash -c 'while :; do cat /sys/class/net/d0/optq/*/packets; done >/dev/null 2>&1'
	sleep 1
	ip netns del "$ns"
	optq_reap
	clear_dev
	optq_wait_for 20 rmmod sch_optq 2>/dev/null || { echo "the module stays in use"; return 1; }
	optq_load
}

ktap_header
ktap_plan 21
optq_require_root
optq_require_module
optq_require_tc
optq_require_ctl
optq_require_cmd unshare setpriv perl
optq_require_kmod dummy
optq_setup_ns
quiet_link
optq_require_programs
log_mark

ktap_test "off by default" off_by_default
ktap_test "on and off" on_and_off
ktap_test "figures are tc's" figures
ktap_test "figures of a queue that stands" figures_of_a_queue
ktap_test "classes come, move and go" classes_come_and_go
ktap_test "whole trees" trees
ktap_test "policies" policies
ktap_test "a tree of $MOST classes, and none of more" too_many
ktap_test "beyond, one by one through tc" one_more_through_tc
ktap_test "of the root qdisc only" root_only
ktap_test "one qdisc in place of another" replaced
ktap_test "one qdisc that does not come to its place" not_replaced
ktap_test "a qdisc from below becomes the root" child_becomes_root
ktap_test "a device is renamed" renamed
ktap_test "a device moves to another namespace" moved
ktap_test "names are root's to read" names_are_roots
ktap_test "a container reads its own" containers_own
ktap_test "files that are open when all goes" open_files
ktap_test "classes, qdiscs, devices, the module go while all is read" all_goes_while_read
ktap_test "a namespace goes while it is read" namespace_goes
ktap_test "no warning in the kernel's log" log_clean
ktap_done
