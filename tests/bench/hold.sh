# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a packet costs that finds a queue and leaves one, sourced: hold0 takes
# nothing while packets come, and then takes all.  They wait for less than 5 ms:
# no AQM drops any.
#
#	hold_device		makes it
#	hold_cost BURST		sets insn, in and out, instructions a packet with the
#				making of it, and queued; fails, and says why, when not
#				all waited

HOLD_US=4000	# longer than the packets take to come
hold=/sys/module/optq_hold/parameters

hold_device()
{
	insmod ./optq_hold.ko
	# One run of the queue sends all of it.
	sysctl -qw net.core.dev_weight=100000
	sysctl -qw net.ipv6.conf.hold0.disable_ipv6=1
	# Nothing but interrupts while pktgen waits for its last packet: what it says
	# of the time that it waited would count others' twice.
	chrt -f -p 50 "$(pgrep -x kpktgend_0)" >/dev/null
	ip link set hold0 up
}

# The first packet is the one that fills the device.
hold_cost()
{
	echo $HOLD_US >$hold/hold_us
	pktgen_set hold0 $(($1 + 1))
	pktgen_go
	in=$(($(pktgen_ns hold0) / ($1 + 1)))
	out=$(($(cat $hold/sent_ns) / $1))
	# shellcheck disable=SC2034	# for who sources it
	insn=$((in + out))
	queued=$(cat $hold/queued)
	[ "$queued" = "$1" ] && [ "$(cat $hold/sent)" = "$1" ] && return
	echo "of $1 packets $queued waited, $(cat $hold/sent) left" >&2
	return 1
}
