#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Link layers: the packets that leave, counted at the device, take as much of a wire
# with that overhead as the link's rate says, each of a super-packet's segments too,
# under OptQ and, for comparison, under CAKE with the same keyword.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

RATE=2000000
SECONDS_EACH=5
ETHERNET=14

# keyword OVERHEAD MPU CELLS
layers()
{
	cat <<-END
		pppoe-llcsnap 40 0 atm
		ipoa-vcmux 8 0 atm
		pppoe-ptm 30 0 ptm
		docsis 18 64 none
		ethernet 38 84 none
	END
}

# on_wire IP-BYTES OVERHEAD MPU CELLS
on_wire()
{
	local len=$(($1 + $2))
	[ "$len" -ge "$3" ] || len=$3
	case $4 in
	atm) echo $(((len + 47) / 48 * 53)) ;;
	ptm) echo $((len + (len + 63) / 64)) ;;
	*) echo "$len" ;;
	esac
}

tx_bytes() { in_c cat "/sys/class/net/$DEV/statistics/tx_bytes"; }

# wire_bps FRAME SEGMENTS ON-WIRE: what the frames that leave take there
wire_bps()
{
	local frame=$1 segments=$2 each=$3 from since bytes
	sleep 1
	from=$(tx_bytes) since=${EPOCHREALTIME/./}
	sleep $SECONDS_EACH
	bytes=$(($(tx_bytes) - from))
	since=$((${EPOCHREALTIME/./} - since))
	# A super-packet has Ethernet's, IP's and UDP's headers once.
	awk -v b="$bytes" -v us="$since" -v f="$frame" -v n="$segments" -v e="$each" \
		-v h="$HEADERS" 'BEGIN {
		super = f + (n - 1) * (f - h)
		printf "%d\n", b / super * n * e * 8e6 / us
	}'
}

# holds FRAME SEGMENTS KEYWORD OVERHEAD MPU CELLS QDISC...
holds()
{
	local frame=$1 segments=$2 keyword=$3 each got TOLERANCE
	each=$(on_wire $((frame - ETHERNET)) "$4" "$5" "$6")
	shift 6
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	tc_c qdisc add dev "$DEV" root "$@" || return 1
	# 0.1 %, and a packet more or less at the ends.
	TOLERANCE=$((1000 + each * segments * 8000000 / SECONDS_EACH / RATE))
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -l $((frame - HEADERS)) \
		-g "$segments" -f 4 "$S4" 6000 >/dev/null
	got=$(wire_bps "$frame" "$segments" "$each")
	optq_reap
	near $RATE "$got" "$keyword, frames of $frame bytes, $segments at a time"
}

all_layers()
{
	local keyword overhead mpu cells frame segments
	while read -r keyword overhead mpu cells; do
		for frame in 1514 90 46; do
			for segments in 1 20; do
				holds $frame $segments "$keyword" "$overhead" \
					"$mpu" "$cells" "$@" "$keyword" || return 1
			done
		done
	done < <(layers)
}

optq_holds() { all_layers handle 1: optq rate ${RATE}bit; }

cake_holds() { all_layers cake besteffort bandwidth ${RATE}bit; }

# A class that counts otherwise than the link.
class_holds()
{
	local got each
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	tc_c qdisc add dev "$DEV" root handle 1: optq default 10 pppoe-ptm &&
	tc_c class add dev "$DEV" parent 1: classid 1:10 optq rate ${RATE}bit \
		ceil ${RATE}bit pppoe-llcsnap || return 1
	each=$(on_wire 100 40 0 atm)
	TOLERANCE=1500
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send -l 72 -f 4 "$S4" 6000 >/dev/null
	got=$(wire_bps 114 1 "$each")
	optq_reap
	near $RATE "$got" "class with pppoe-llcsnap below a link with pppoe-ptm"
}

ktap_header
ktap_plan 4
optq_require_root
optq_require_module
optq_require_tc
optq_require_det
optq_require_kmod dummy
optq_require_programs
det_dummy

ktap_test "the wire has what the rate says, under OptQ" optq_holds
ktap_test "for comparison: under CAKE" cake_holds
ktap_test "a class of its own kind" class_holds
ktap_test "the device is free of it all" in_c tc qdisc del dev "$DEV" root
ktap_done
