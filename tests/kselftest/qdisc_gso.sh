#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Super-packets: split where the rate makes one last long, kept where it does
# not, counted in segments, and whole at the receiver.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

SEGMENT=1000
WIRE=$((SEGMENT + 42))	# with the headers of UDP over Ethernet
SEGMENTS=20

tree()
{
	OFFERED=0
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	sed "s/DEV/dev $DEV/" | tc_batch
}

# supers COUNT [OPTION...]: so many super-packets of $SEGMENTS segments
supers()
{
	local count=$1
	shift
	flood $((count * SEGMENTS)) $SEGMENT -g $SEGMENTS "$@"
}

# Sent as they are or split, what arrives is the same.
arrived_whole()
{
	same "$1" "$(received received)" "segments that arrived" &&
	same 0 "$(received corrupt)" "segments with another payload" &&
	same 0 "$(received late)" "segments out of order" &&
	same "$1" "$(figure 1: packets)" "segments sent by the root" &&
	same $(($1 * WIRE)) "$(figure 1: bytes)" "bytes sent by the root" &&
	same 0 "$(figure 1: drops)" "dropped"
}

split_at_1mbit()
{
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq default 10
		class add DEV parent 1: classid 1:10 optq rate 1mbit $GENTLE
	END
	receiver && supers 3 && arrived_whole $((3 * SEGMENTS)) &&
	same $((3 * SEGMENTS)) "$(sent 1:10)" "packets of the class"
}

kept_at_1gbit()
{
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq default 10
		class add DEV parent 1: classid 1:10 optq rate 1gbit $GENTLE
	END
	receiver && supers 30 && arrived_whole $((30 * SEGMENTS)) &&
	same 30 "$(sent 1:10)" "super-packets of the class" &&
	same $((30 * SEGMENTS * WIRE)) "$(cfigure 1:10 bytes)" "bytes of the class"
}

# The slowest ceiling on the way up decides.
split_for_parent()
{
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq default 10
		class add DEV parent 1: classid 1:1 optq rate 2mbit
		class add DEV parent 1:1 classid 1:10 optq rate 1mbit ceil 1gbit $GENTLE
	END
	receiver && supers 3 && arrived_whole $((3 * SEGMENTS)) &&
	same $((3 * SEGMENTS)) "$(sent 1:10)" "packets of the leaf" &&
	same $((3 * SEGMENTS)) "$(sent 1:1)" "packets above it"
}

split_for_link()
{
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq default 10 rate 2mbit
		class add DEV parent 1: classid 1:10 optq weight 1 $GENTLE
	END
	receiver && supers 3 && arrived_whole $((3 * SEGMENTS)) &&
	same $((3 * SEGMENTS)) "$(sent 1:10)" "packets of the leaf"
}

# limited LINK-OPTIONS LEAF-OPTIONS: the limit is hit in the middle of a burst
limited()
{
	local waits most=7
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq default 10 $1
		class add DEV parent 1: classid 1:10 optq $HELD $GENTLE $2
	END
	supers 1 && supers 1 || return 1
	waits=$(figure 1: qlen)
	same $most "$waits" "segments that wait" &&
	same $most "$(cfigure 1:10 qlen)" "segments that wait in the class" &&
	same $((most * WIRE)) "$(figure 1: backlog)" "bytes that wait" &&
	same $((2 * SEGMENTS)) $(($(figure 1: packets) + $(figure 1: drops) + waits)) \
		"sent, dropped and waiting" || return 1
	let_go 1:10 "rate 100mbit ceil 100mbit" && settled 1:
}

# A parent that counted one packet has many: it must know, and lose none.
below()
{
	local where=$1
	shift
	tree || return 1
	receiver && supers 4 -f 2 || return 1
	settled "$where" && settled 1: &&
	same "$(figure "$where" packets)" "$(received received)" "segments that arrived" &&
	same "$(figure "$where" bytes)" "$(figure 1: bytes)" "bytes of parent and child" &&
	in_c tc qdisc del dev "$DEV" root
}

below_htb()
{
	below 2: <<-END
		qdisc add DEV root handle 1: htb default 1
		class add DEV parent 1: classid 1:1 htb rate 100mbit
		qdisc add DEV parent 1:1 handle 2: optq default 10
		class add DEV parent 2: classid 2:10 optq rate 2mbit
	END
}

below_tbf()
{
	below 2: <<-END
		qdisc add DEV root handle 1: tbf rate 100mbit burst 90k limit 10m
		qdisc add DEV parent 1: handle 2: optq default 10
		class add DEV parent 2: classid 2:10 optq rate 2mbit
	END
}

below_drr()
{
	below 2: <<-END
		qdisc add DEV root handle 1: drr
		class add DEV parent 1: classid 1:1 drr
		filter add DEV parent 1: matchall flowid 1:1
		qdisc add DEV parent 1:1 handle 2: optq default 10
		class add DEV parent 2: classid 2:10 optq rate 2mbit
	END
}

# between < COMMANDS: split under a parent, into a qdisc that takes ten of
# the segments and drops the others by itself, telling all above.
between()
{
	local figure
	tree || return 1
	supers 1 && supers 1 || return 1
	for figure in qlen backlog; do
		same "$(figure 3: $figure)" "$(figure 2: $figure)" "$figure of optq and its child" ||
			return 1
	done
	same "$(figure 2: qlen)" "$(figure 1: qlen)" "qlen of the parent and optq" &&
	same "$(figure 2: backlog)" "$(figure 1: backlog)" "backlog of the parent and optq" &&
	[ "$(figure 2: qlen)" -gt 0 ] || { echo "nothing waits"; return 1; }
	let_go 2:10 "rate 100mbit ceil 100mbit" && settled 2: && settled 3: && in_c tc qdisc del dev "$DEV" root
}

between_htb()
{
	between <<-END
		qdisc add DEV root handle 1: htb default 1
		class add DEV parent 1: classid 1:1 htb rate 100mbit
		qdisc add DEV parent 1:1 handle 2: optq default 10
		class add DEV parent 2: classid 2:10 optq $HELD
		qdisc add DEV parent 2:10 handle 3: fq_codel limit 10
	END
}

between_drr()
{
	between <<-END
		qdisc add DEV root handle 1: drr
		class add DEV parent 1: classid 1:1 drr
		filter add DEV parent 1: matchall flowid 1:1
		qdisc add DEV parent 1:1 handle 2: optq default 10
		class add DEV parent 2: classid 2:10 optq $HELD
		qdisc add DEV parent 2:10 handle 3: sfq limit 10
	END
}

# A grafted qdisc gets the segments where the rate makes a super-packet last long.
above_fq_codel()
{
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq default 10
		class add DEV parent 1: classid 1:10 optq rate 50mbit
		qdisc add DEV parent 1:10 handle 10: fq_codel $GENTLE
	END
	receiver && supers 5 && arrived_whole $((5 * SEGMENTS))
}

# TCP's own, with its checksums left to the device: by a hash of the file.
# iperf3 ends when all is written, not when all has come: what came is compared.
tcp()
{
	local size
	tree <<-END || return 1
		qdisc add DEV root handle 1: optq default 10
		class add DEV parent 1: classid 1:10 optq rate 8mbit
	END
	head -c 1500000 /dev/urandom >"$TMP/sent"
	optq_bg ip netns exec "$NS_S" iperf3 -s -1 -F "$TMP/arrived" >"$TMP/iperf3.s" 2>&1
	local server=$!
	optq_wait_for 10 in_s_listens 5201 || return 1
	in_c iperf3 -c "$S4" -F "$TMP/sent" -n 1500000 >"$TMP/iperf3.c" 2>&1 ||
		{ cat "$TMP/iperf3.c"; return 1; }
	wait "$server"
	size=$(stat -c %s "$TMP/arrived")
	note "$size bytes arrived"
	[ "$size" -ge 1000000 ] && cmp -n "$size" "$TMP/sent" "$TMP/arrived" || return 1
	# Split: no packet above the MTU has left the class.
	[ $(($(cfigure 1:10 bytes) / $(sent 1:10))) -le 1514 ] ||
		{ in_c tc -s class show dev "$DEV"; return 1; }
	[ "$(cfigure 1:10 bytes)" -gt "$size" ]
}

in_s_listens() { in_s ss -Hnlt "sport = :$1" | grep -q .; }

ktap_header
ktap_plan 14
optq_require_root
optq_require_module
optq_require_tc
optq_require_cmd iperf3 cmp
optq_require_kmod cls_matchall sch_fq_codel sch_sfq sch_htb sch_drr
optq_setup_ns
quiet_link
optq_require_programs
log_mark
for feature in gso tso tx-udp-segmentation; do
	in_c ethtool -K "$DEV" $feature on >/dev/null 2>&1
done
in_c ethtool -k "$DEV" | grep -q '^generic-segmentation-offload: on' ||
	ktap_skip_all "$DEV has no segmentation offload"

ktap_test "split at 1 mbit" split_at_1mbit
ktap_test "kept at 1 gbit" kept_at_1gbit
ktap_test "split for a slow class above" split_for_parent
ktap_test "split for a slow link" split_for_link
ktap_test "a leaf's limit in the middle of a burst" limited "" "limit 7"
ktap_test "the tree's limit in the middle of a burst" limited "limit 7" ""
ktap_test "split below htb" below_htb
ktap_test "split below tbf, which peeks" below_tbf
ktap_test "split below drr" below_drr
ktap_test "split below htb, over an fq_codel that drops" between_htb
ktap_test "split below drr, over an sfq that drops" between_drr
ktap_test "over fq_codel" above_fq_codel
ktap_test "TCP" tcp
ktap_test "no warning in the kernel's log" log_clean
ktap_done
