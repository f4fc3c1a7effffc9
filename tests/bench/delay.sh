#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: delay.sh
#
# The delay of what is to be fast, inside a det guest: 100 packets a second of
# 142 bytes, marked EF, beside senders that want all of a link of 10 Mbit/s:
# 1500-byte packets of 13 flows.  A class with a guarantee of its own where there
# are classes; CAKE's tin for EF; what flow queues give a sparse flow in fq_codel
# and fq, which HTB shapes.  One-way delays between two ends of one clock.
#
# Behind the qdisc is a line of the same 10 Mbit/s: HTB and HFSC send what is
# guaranteed at once, over the rate of the class above, and it waits there.

cd "$(dirname "$0")" || exit 1
. ../kselftest/lib.sh
. ../kselftest/lib_det.sh
. ./common.sh

PPS=100
PACKETS=800	# as many as 8 s hold

classes()
{
	cat <<-END
		qdisc add DEV root handle 1: $1 default 40
		class add DEV parent 1: classid 1:1 $1 rate 10mbit ceil 10mbit $2
		class add DEV parent 1:1 classid 1:10 $1 rate 1mbit ceil 10mbit prio 0 $2
		class add DEV parent 1:1 classid 1:20 $1 rate 6mbit ceil 10mbit prio 1 $2
		class add DEV parent 1:1 classid 1:40 $1 rate 3mbit ceil 10mbit prio 1 $2
	END
}

leaves()
{
	local id
	for id in 10 20 40; do
		echo "qdisc add DEV parent 1:$id handle $id: fq_codel"
	done
}

# A burst of three of its packets within two and a half milliseconds.
delay_optq()
{
	cat <<-END
		qdisc add DEV root handle 1: optq rate 10mbit default 40
		class add DEV parent 1: classid 1:10 optq rate 1mbit burst 500 ceil 10mbit prio 0 delay 2.5ms
		class add DEV parent 1: classid 1:20 optq rate 6mbit ceil 10mbit prio 1
		class add DEV parent 1: classid 1:40 optq rate 2mbit ceil 10mbit prio 1
	END
}

# The same commands as HTB's.
delay_optq_as_htb() { classes optq; }
delay_htb_fq_codel() { classes htb "quantum 1514"; leaves; }

# A burst of two packets within a millisecond: a curve that is made for delay.
delay_hfsc_fq_codel()
{
	cat <<-END
		qdisc add DEV root handle 1: hfsc default 40
		class add DEV parent 1: classid 1:1 hfsc sc rate 10mbit ul rate 10mbit
		class add DEV parent 1:1 classid 1:10 hfsc sc umax 1514b dmax 2ms rate 1mbit
		class add DEV parent 1:1 classid 1:20 hfsc ls rate 6mbit
		class add DEV parent 1:1 classid 1:40 hfsc ls rate 3mbit
	END
	leaves
}

delay_cake_diffserv4() { echo "qdisc add DEV root handle 8001: cake bandwidth 10mbit diffserv4"; }
delay_cake() { echo "qdisc add DEV root handle 8001: cake bandwidth 10mbit besteffort"; }

shaped()
{
	cat <<-END
		qdisc add DEV root handle 9: htb default 1
		class add DEV parent 9: classid 9:1 htb rate 10mbit ceil 10mbit quantum 1514
		qdisc add DEV parent 9:1 handle 91: $1
	END
}

delay_fq_codel() { shaped fq_codel; }
delay_fq() { shaped fq; }
delay_pfifo() { shaped "pfifo limit 1000"; }

# What comes to the server passes a line first.
line_up()
{
	in_s ip link add line type ifb
	in_s ip link set line up
	in_s tc -batch - <<-END
		qdisc add dev line root netem rate 10mbit limit 10000
		qdisc add dev $PEER ingress
		filter add dev $PEER ingress matchall action mirred egress redirect dev line
	END
}

# It goes to an address that the server has not: nobody answers.
bulk()
{
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -l 1458 "$@" 10.78.0.1 6001 >/dev/null
}

# Into p50, p99, max, got, lost.
probe()
{
	receiver || return 1
	sleep 1
	in_c "$UDP_LOAD" send -n $PACKETS -r $PPS -l 100 -q 0xb8 -p 1:10 "$S4" 6000 >/dev/null
	sleep 1
	# shellcheck disable=SC2154	# receiver sets it
	kill -TERM "$receiver_pid"
	optq_wait_for 20 receiver_ended || return 1
	read -r got p50 p99 max < <(awk '$2 == 6000 {
		for (i = 1; i < NF; i++)
			v[$i] = i
		print $(v["received"] + 1), $(v["p50_us"] + 1), \
			$(v["delay_us"] + 3), $(v["delay_us"] + 4) }' "$TMP/received")
}

one()
{
	progress "delay: $1"
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	"delay_$1" | sed "s/DEV/dev $DEV/" | tc_batch || return 1
	bulk -p 1:20 -f 8
	bulk -p 1:40 -f 5
	probe && json delay peer="$1" p50_us="$p50" p99_us="$p99" max_us="$max" \
		sent=$PACKETS received="$got"
	optq_reap
}

optq_require_programs
optq_setup_ns
quiet_link
modprobe ifb numifbs=0
line_up || exit 1
for peer in optq optq_as_htb htb_fq_codel hfsc_fq_codel cake_diffserv4 cake fq_codel fq pfifo; do
	one $peer
done
