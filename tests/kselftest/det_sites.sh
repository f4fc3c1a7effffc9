#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a table of 100,000 subscribers takes: read, checked and loaded within 5 s of guest
# time, and changed in as much.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

MANY=100000
MOST_US=5000000

# As an export of a provider's database is: more columns than are asked for.
table()
{
	awk -v n=$MANY -v rate="$1" 'BEGIN {
		print "id,name,contract,down,max,address"
		for (i = 1; i <= n; i++)
			printf "%d,s-%06d,\"Home, %d\",%s,10mbit,10.%d.%d.%d\n", i, i, i % 3, rate, \
				i / 65536, i / 256 % 256, i % 256
	}' >"$TMP/subscribers.csv"
	cat >"$TMP/isp.yaml" <<-END
		optq: 1
		let: { max: 10mbit }
		links:
		  wan:
		    device: $DEV
		    egress:
		      rate: 200gbit
		      default: other
		      classes:
		        for each subscribers.csv:
		          "\${name}": { rate: "\${down}", ceil: "\${max}" }
		        other:
	END
}

# load RATE: what it takes, in us, into $TMP/us
load()
{
	local from
	table "$1" || return 1
	from=${EPOCHREALTIME/./}
	quietly in_c "$OPTQCTL" apply "$TMP/isp.yaml" || return 1
	echo $((${EPOCHREALTIME/./} - from)) >"$TMP/us"
	echo "$MANY rows, rate $1: $(awk '{ printf "%.3f s", $1 / 1e6 }' "$TMP/us")"
	same "$((MANY + 1))" "$(in_c "$OPTQ_NL" count "$DEV")" "classes" &&
		[ "$(cat "$TMP/us")" -le $MOST_US ]
}

ktap_header
ktap_plan 2
optq_require_root
optq_require_det
optq_require_module
optq_require_ctl
optq_require_programs
det_dummy

ktap_test "100,000 rows are loaded within 5 s" load 1mbit
ktap_test "and changed within 5 s" load 1500kbit
ktap_done
