#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A call beside eight TCP uploads in one leaf of 10 Mbit/s: how much longer its packets
# take than over the same link when it is empty.  Likewise under CAKE, fq_codel and fq.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

LINK=10		# Mbit/s
MTU_US=$((1514 * 8 / LINK))
CALL=50		# packets a second of 200 bytes, in both cases
PACKETS=500
UPLOADS=8

setup_optq()
{
	cat <<-END
		qdisc add DEV root handle 1: optq rate ${LINK}mbit default 10
		class add DEV parent 1: classid 1:10 optq
	END
}

setup_cake() { echo "qdisc add DEV root handle 1: cake bandwidth ${LINK}mbit besteffort"; }

shaped()
{
	cat <<-END
		qdisc add DEV root handle 1: htb default 10
		class add DEV parent 1: classid 1:10 htb rate ${LINK}mbit quantum 1514
		qdisc add DEV parent 1:10 handle 10: $1
	END
}

setup_fq_codel() { shaped fq_codel; }
setup_fq() { shaped fq; }

fresh()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	sed "s/DEV/dev $DEV/" | tc_batch
}

# Into got min avg p99 max.
call()
{
	receiver || return 1
	in_c "$UDP_LOAD" send -n $PACKETS -r $CALL -l 158 "$S4" 6000 >/dev/null || return 1
	sleep 0.5
	# shellcheck disable=SC2154	# receiver sets it
	kill -TERM "$receiver_pid"
	optq_wait_for 20 receiver_ended || return 1
	awk '$2 == 6000 {
		for (i = 1; i < NF; i++)
			if ($i == "delay_us") print $4, $(i + 1), $(i + 2), $(i + 3), $(i + 4)
	}' "$TMP/received" >"$TMP/delays"
	read -r got min avg p99 max <"$TMP/delays" || { echo "nothing came"; return 1; }
}

listens() { in_s ss -Hnlt "sport = :5201" | grep -q .; }

uploads()
{
	optq_bg ip netns exec "$NS_S" iperf3 -s -p 5201 >/dev/null 2>&1
	optq_wait_for 10 listens || return 1
	optq_bg ip netns exec "$NS_C" iperf3 -c "$S4" -p 5201 -P $UPLOADS -C cubic -t 60 \
		>"$TMP/uploads" 2>&1
	sleep 3
}

tell() { note "$1: one-way delay min $min avg $avg p99 $p99 max $max us, $got of $PACKETS"; }

sent_bytes() { figure 1: bytes; }
now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

# beside PEER: into $over, what its p99 is above the empty link's
beside()
{
	local empty before since
	"setup_$1" | fresh && call || return 1
	tell "$1, empty link"
	empty=$p99
	uploads || return 1
	before=$(sent_bytes) since=$(now_ms)
	call || return 1
	used=$((($(sent_bytes) - before) * 8 / ($(now_ms) - since)))
	over=$((p99 - empty))
	tell "$1, $UPLOADS uploads"
	note "$1: p99 is $over us above the empty link's, $((over * 100 / MTU_US)) % of an MTU's time; $used kbit/s used"
	optq_reap
}

optq_beside()
{
	beside optq || return 1
	same $PACKETS "$got" "packets of the call that arrived" || return 1
	[ "$used" -ge $((LINK * 950)) ] || { echo "the uploads do not fill the link"; return 1; }
	[ "$over" -le $((2 * MTU_US)) ] && return
	echo "more than two packets of the link, $((2 * MTU_US)) us"
	return 1
}

# No gate: what those do is theirs.
peer_beside() { beside "$1" && [ "$got" -gt 0 ]; }

ktap_header
ktap_plan 4
optq_require_root
optq_require_module
optq_require_tc
optq_require_det
optq_require_cmd iperf3
optq_require_kmod veth
optq_require_programs
optq_setup_ns
quiet_link

ktap_test "a call beside eight uploads in its leaf" optq_beside
ktap_test "for comparison: cake" peer_beside cake
ktap_test "for comparison: htb + fq_codel" peer_beside fq_codel
ktap_test "for comparison: htb + fq" peer_beside fq
ktap_done
