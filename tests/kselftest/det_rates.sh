#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rates, from the classes' byte counters over guest time: ceilings from 64 kbit/s
# to 10 gbit/s, guarantees, weights, bands, depth, and the whole link in use.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

fresh()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	sed "s/DEV/dev $DEV/" | tc_batch
}

# ceiling BIT/S FRAME SECONDS [SENDER OPTION...]
ceiling()
{
	local rate=$1 frame=$2 seconds=$3 TOLERANCE
	shift 3
	# 0.1 %, and a packet more or less at the ends.
	TOLERANCE=$(awk -v f="$frame" -v s="$seconds" -v r="$rate" \
		'BEGIN { printf "%d", 1000 + f * 8e6 / (s * r) }')
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq
		class add DEV parent 1: classid 1:10 optq rate ${rate}bit ceil ${rate}bit
	END
	saturate 1:10 "$frame" "$@"
	measure "$seconds" || return 1
	near "$rate" "$(bps 16)" "frames of $frame bytes"
}

# sums_up WANT ID...: what classes send together
sums_up()
{
	local sum=0 want=$1 id
	shift
	for id in "$@"; do
		sum=$((sum + $(bps "$id")))
	done
	near "$want" $sum "together"
}

three()
{
	saturate 1:10 1500
	saturate 1:20 1500 -f 3
	saturate 1:30 700
	measure 6
}

guarantees()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq rate 10mbit
		class add DEV parent 1: classid 1:10 optq rate 5mbit ceil 10mbit prio 2
		class add DEV parent 1: classid 1:20 optq rate 3mbit ceil 10mbit prio 1
		class add DEV parent 1: classid 1:30 optq rate 2mbit ceil 10mbit prio 0
	END
	three || return 1
	near 5000000 "$(bps 16)" "rate 5mbit" && near 3000000 "$(bps 32)" "rate 3mbit" &&
	near 2000000 "$(bps 48)" "rate 2mbit" && sums_up 10000000 16 32 48
}

weights()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq rate 7mbit
		class add DEV parent 1: classid 1:10 optq weight 1
		class add DEV parent 1: classid 1:20 optq weight 2
		class add DEV parent 1: classid 1:30 optq weight 4
	END
	three || return 1
	near 1000000 "$(bps 16)" "weight 1" && near 2000000 "$(bps 32)" "weight 2" &&
	near 4000000 "$(bps 48)" "weight 4" && sums_up 7000000 16 32 48
}

# The excess goes by weight, on top of what each is guaranteed.
guarantee_and_weight()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq rate 10mbit
		class add DEV parent 1: classid 1:10 optq rate 4mbit ceil 10mbit weight 1
		class add DEV parent 1: classid 1:20 optq rate 2mbit ceil 10mbit weight 1
		class add DEV parent 1: classid 1:30 optq weight 2
	END
	three || return 1
	near 5000000 "$(bps 16)" "rate 4mbit, weight 1" &&
	near 3000000 "$(bps 32)" "rate 2mbit, weight 1" &&
	near 2000000 "$(bps 48)" "weight 2" && sums_up 10000000 16 32 48
}

bands()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq rate 10mbit
		class add DEV parent 1: classid 1:10 optq rate 1mbit ceil 10mbit prio 0
		class add DEV parent 1: classid 1:20 optq rate 2mbit ceil 10mbit prio 1
		class add DEV parent 1: classid 1:30 optq rate 500kbit ceil 10mbit prio 7
	END
	three || return 1
	near 7500000 "$(bps 16)" "prio 0 takes the excess" &&
	near 2000000 "$(bps 32)" "prio 1 keeps its rate" &&
	near 500000 "$(bps 48)" "prio 7 keeps its rate" && sums_up 10000000 16 32 48
}

# The guarantee of an inner class whose leaves have none, against band 0.
inner_guarantee()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq rate 10mbit
		class add DEV parent 1: classid 1:10 optq rate 1mbit ceil 10mbit prio 0
		class add DEV parent 1: classid 1:2 optq rate 4mbit ceil 10mbit prio 3
		class add DEV parent 1:2 classid 1:20 optq weight 3 prio 3
		class add DEV parent 1:2 classid 1:30 optq weight 1 prio 3
	END
	three || return 1
	near 6000000 "$(bps 16)" "prio 0" && near 4000000 "$(bps 2)" "inner class, rate 4mbit" &&
	near 3000000 "$(bps 32)" "its leaf of weight 3" &&
	near 1000000 "$(bps 48)" "its leaf of weight 1"
}

# A ceiling in the middle, and one that leaves room to others.
inner_ceiling()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq rate 10mbit
		class add DEV parent 1: classid 1:1 optq rate 2mbit ceil 6mbit
		class add DEV parent 1:1 classid 1:10 optq rate 1mbit ceil 10mbit
		class add DEV parent 1:1 classid 1:20 optq rate 1mbit ceil 2mbit
		class add DEV parent 1: classid 1:30 optq rate 1mbit ceil 10mbit
	END
	three || return 1
	near 6000000 "$(bps 1)" "inner class, ceil 6mbit" &&
	near 2000000 "$(bps 32)" "leaf, ceil 2mbit" && near 4000000 "$(bps 16)" "leaf beside it" &&
	near 4000000 "$(bps 48)" "what the ceilings leave"
}

# 16 levels, a guarantee at the bottom against a leaf at the top.
deep()
{
	{
		echo "qdisc add DEV root handle 1: optq rate 10mbit"
		echo "class add DEV parent 1: classid 1:1 optq rate 3mbit ceil 10mbit prio 1"
		for i in $(seq 2 16); do
			printf 'class add DEV parent 1:%x classid 1:%x optq rate 3mbit ceil 10mbit prio 1\n' \
				$((i - 1)) "$i"
		done
		echo "class add DEV parent 1: classid 1:20 optq rate 1mbit ceil 10mbit prio 0"
	} | fresh || return 1
	saturate 1:10 1500
	saturate 1:20 1500
	measure 6 || return 1
	near 3000000 "$(bps 16)" "16 levels deep, rate 3mbit" &&
	near 3000000 "$(bps 1)" "at the top of the chain" &&
	near 7000000 "$(bps 32)" "beside the chain" || return 1
	optq_reap
	saturate 1:10 1500
	measure 5 || return 1
	near 10000000 "$(bps 16)" "alone, the whole link"
}

# What one leaves, the others get at once.
conserved()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq rate 10mbit
		class add DEV parent 1: classid 1:10 optq rate 6mbit ceil 10mbit
		class add DEV parent 1: classid 1:20 optq rate 3mbit ceil 10mbit
		class add DEV parent 1: classid 1:30 optq rate 1mbit ceil 10mbit
	END
	# 250 packets of 1000 bytes a second are 2 Mbit/s.
	saturate 1:10 1000 -r 250
	saturate 1:20 1500
	saturate 1:30 300
	measure 6 || return 1
	near 2000000 "$(bps 16)" "asks for 2mbit only" &&
	near 6000000 "$(bps 32)" "rate 3mbit" && near 2000000 "$(bps 48)" "rate 1mbit" &&
	sums_up 10000000 16 32 48
}

# More guaranteed than there is: in proportion.
oversubscribed()
{
	fresh <<-END || return 1
		qdisc add DEV root handle 1: optq rate 6mbit
		class add DEV parent 1: classid 1:10 optq rate 6mbit prio 7
		class add DEV parent 1: classid 1:20 optq rate 4mbit prio 0
		class add DEV parent 1: classid 1:30 optq rate 2mbit prio 0
	END
	three || return 1
	near 3000000 "$(bps 16)" "rate 6mbit" && near 2000000 "$(bps 32)" "rate 4mbit" &&
	near 1000000 "$(bps 48)" "rate 2mbit"
}

ktap_header
ktap_plan 21
optq_require_root
optq_require_module
optq_require_tc
optq_require_det
optq_require_kmod dummy
optq_require_programs
det_dummy

ktap_test "ceil 64kbit, 1500 bytes" ceiling 64000 1500 80
ktap_test "ceil 64kbit, 200 bytes" ceiling 64000 200 20
ktap_test "ceil 1mbit, 1500 bytes" ceiling 1000000 1500 10
ktap_test "ceil 1mbit, 200 bytes" ceiling 1000000 200 4
ktap_test "ceil 10mbit, 1500 bytes" ceiling 10000000 1500 5
ktap_test "ceil 10mbit, 200 bytes" ceiling 10000000 200 2
ktap_test "ceil 100mbit, 1500 bytes" ceiling 100000000 1500 1
ktap_test "ceil 100mbit, 200 bytes" ceiling 100000000 200 1
ktap_test "ceil 1gbit, 1500 bytes" ceiling 1000000000 1500 1 -z
# Faster than one processor can make them one by one.
ktap_test "ceil 1gbit, 200 bytes in super-packets" ceiling 1000000000 200 1 -g 40
ktap_test "ceil 10gbit, 1500 bytes in super-packets" ceiling 10000000000 1500 2 -g 40 -z
ktap_test "guarantees 5, 3 and 2 of 10mbit" guarantees
ktap_test "weights 1, 2 and 4" weights
ktap_test "guarantees, and the excess by weight" guarantee_and_weight
ktap_test "bands: excess to prio 0, guarantees of the others hold" bands
ktap_test "an inner class's guarantee against prio 0" inner_guarantee
ktap_test "ceilings of an inner class and a leaf" inner_ceiling
ktap_test "16 levels" deep
ktap_test "what one leaves, the others get" conserved
ktap_test "guarantees beyond the link, in proportion" oversubscribed
ktap_test "the device is free of it all" in_c tc qdisc del dev "$DEV" root
ktap_done
