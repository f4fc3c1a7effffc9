#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Instructions per packet of a qdisc, inside a det guest, where a nanosecond is
# an instruction: pktgen sends through the device's queue, 200 bytes, 200 flows;
# what a device without a qdisc costs is taken off.
#
# usage: insn.sh [NAME...]	prints a line of JSON per peer

export TC_LIB_DIR=${TC_LIB_DIR:-/optq/tc-plugin}
COUNT=${COUNT:-20000}
dev=bench0

pg() { echo "$2" >"/proc/net/pktgen/$1"; }

leaves()
{
	case $1 in
	fifo) ;;
	*) tc qdisc add dev $dev parent 1:30 handle 30: "$1" ;;
	esac
}

setup_noqueue() { :; }	# what a dummy device has
setup_pfifo() { tc qdisc replace dev $dev root pfifo limit 1000; }
setup_fq_codel() { tc qdisc replace dev $dev root fq_codel; }
setup_fq() { tc qdisc replace dev $dev root fq; }
setup_cake() { tc qdisc replace dev $dev root cake besteffort; }
setup_tree()
{
	tc qdisc replace dev $dev root handle 1: "$1" default 30
	tc class add dev $dev parent 1: classid 1:1 "$1" rate 10gbit
	tc class add dev $dev parent 1:1 classid 1:10 "$1" rate 9gbit ceil 10gbit
	tc class add dev $dev parent 1:10 classid 1:30 "$1" rate 8gbit ceil 10gbit
}
setup_htb() { setup_tree htb; }
setup_htb_fq_codel() { setup_tree htb && leaves fq_codel; }
setup_optq() { setup_tree optq; }
setup_hfsc()
{
	tc qdisc replace dev $dev root handle 1: hfsc default 30
	tc class add dev $dev parent 1: classid 1:1 hfsc sc rate 10gbit ul rate 10gbit
	tc class add dev $dev parent 1:1 classid 1:10 hfsc sc rate 9gbit ul rate 10gbit
	tc class add dev $dev parent 1:10 classid 1:30 hfsc sc rate 8gbit ul rate 10gbit
}

run()
{
	pg kpktgend_0 rem_device_all
	pg kpktgend_0 "add_device $dev"
	pg $dev "count $COUNT"
	pg $dev "pkt_size 200"
	pg $dev "delay 0"
	pg $dev "xmit_mode queue_xmit"
	pg $dev "dst 10.0.0.2"
	pg $dev "dst_mac 02:00:00:00:00:02"
	pg $dev "udp_dst_min 1000"
	pg $dev "udp_dst_max 1200"
	pg $dev "flag UDPDST_RND"
	pg pgctrl start
	# "Result: OK: 123456(c123456+d0) usec, 20000 (200byte,0frags)"
	sed -n 's/^Result: OK: \([0-9]*\)(c.*/\1/p' "/proc/net/pktgen/$dev"
}

per_packet()
{
	tc qdisc del dev $dev root 2>/dev/null
	"setup_$1" || return 1
	run >/dev/null
	echo $(($(run) * 1000 / COUNT))
}

modprobe pktgen 2>/dev/null
modprobe dummy 2>/dev/null
[ -d /sys/module/sch_optq ] || insmod "${OPTQ_KO:-/optq/sch_optq.ko}"
ip link add $dev type dummy
ip link set $dev up mtu 1500
[ $# -gt 0 ] || set -- pfifo fq_codel fq htb hfsc htb_fq_codel cake optq
base=$(per_packet noqueue)
echo "{\"peer\":\"noqueue\",\"instructions\":$base}"
for peer in "$@"; do
	n=$(per_packet "$peer") || continue
	echo "{\"peer\":\"$peer\",\"instructions_over_noqueue\":$((n - base))}"
done
ip link del $dev
