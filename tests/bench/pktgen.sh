# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The packets whose instructions are counted, sourced: pktgen in the kernel sends
# through a device's qdisc, 200 bytes, 200 flows, one after the other.
#
#	pktgen_set DEV COUNT	what the next `pktgen_go` sends
#	pktgen_go		returns when the device has let the last one go
#	pktgen_ns DEV		how long it took, in which it did not wait

PACKET=200	# bytes
FLOWS=200

pg() { echo "$2" >"/proc/net/pktgen/$1"; }

pktgen_set()
{
	local line
	pg kpktgend_0 rem_device_all
	pg kpktgend_0 "add_device $1"
	for line in "count $2" "pkt_size $PACKET" "delay 0" "xmit_mode queue_xmit" \
		"dst 10.0.0.2" "dst_mac 02:00:00:00:00:02" "udp_dst_min 1000" \
		"udp_dst_max $((1000 + FLOWS))"; do
		pg "$1" "$line"
	done
}

pktgen_go() { pg pgctrl start; }

# "Result: OK: 123456(c123450+d6) usec, 20000 (200byte,0frags)": d is idle.
pktgen_ns()
{
	local us
	us=$(sed -n 's/^Result: OK: [0-9]*(c\([0-9]*\)+.*/\1/p' "/proc/net/pktgen/$1")
	[ -n "$us" ] && echo $((us * 1000))
}
