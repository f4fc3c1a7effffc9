# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the det_*.sh tests share beyond lib_qdisc.sh: traffic that always wants
# more than it gets, and rates read from the classes' own counters.
#	det_dummy		$DEV in $NS_C is a device that takes whatever it gets
#	saturate CLASSID FRAME [OPTION...]	packets of FRAME bytes, as many as the
#				class takes, until the test ends or optq_reap
#	measure SECONDS		after a moment of settling, into $TMP/rates: lines
#				of class id, bytes, packets, nanoseconds
#	bps ID			of a class, from the last measure; classes by number
#	near WANT GOT WHAT	within $TOLERANCE parts in a million; prints the error

. "$OPTQ_HERE/lib_qdisc.sh"

TOLERANCE=10000
HEADERS=42	# of a UDP packet over Ethernet

det_dummy()
{
	optq_add_named_ns "$NS_C" &&
	ip -n "$NS_C" link add "$DEV" type dummy &&
	in_c sysctl -qw "net.ipv6.conf.$DEV.disable_ipv6=1" &&
	ip -n "$NS_C" addr add $C4/24 dev "$DEV" &&
	ip -n "$NS_C" link set "$DEV" txqueuelen 1000 up && return
	echo "Bail out! no dummy device"
	exit 1
}

saturate()
{
	local id=$1 frame=$2
	shift 2
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -l $((frame - HEADERS)) \
		-p "$id" "$@" "$S4" 6000 >/dev/null
}

measure()
{
	sleep "${SETTLE_TIME:-1}"
	in_c "$OPTQ_NL" rate "$DEV" "$1" >"$TMP/rates"
}

bps()
{
	awk -v id="$1" '$1 == id { printf "%.0f\n", $2 * 8e9 / $4; found = 1 }
		END { if (!found) print 0 }' "$TMP/rates"
}

near()
{
	awk -v want="$1" -v got="$2" -v most="$TOLERANCE" -v what="$3" 'BEGIN {
		ppm = (got - want) / want * 1e6
		printf "%s: %.0f bit/s, %.0f wanted, error %+.3f %%\n", what, got, want, ppm / 1e4
		exit ppm > most || ppm < -most
	}'
}
