#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What comes in by a device is held to the rate of its ingress, and shared there.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

IFB=ifb-$DEV

set_up()
{
	cat >"$TMP/policy.yaml" <<-END
	optq: 1
	links:
	  $DEV:
	    ingress:
	      rate: 10mbit
	      default: rest
	      classes:
	        large: { weight: 3, match: udp dport 6001 }
	        small: { weight: 1, match: udp dport 6002 }
	        rest: { weight: 1 }
	END
	quietly in_c "$OPTQCTL" apply "$TMP/policy.yaml"
}

# From the other end, at more than the rate.
send_in() { optq_bg ip netns exec "$NS_S" "$UDP_LOAD" send -l 1458 -r 2000 "$C4" "$1" >/dev/null; }

# The sum over the classes, and each by its weight.
shared()
{
	local large small
	set_up || return 1
	send_in 6001
	send_in 6002
	sleep 1
	DEV=$IFB measure 6 || return 1
	cat "$TMP/rates"
	large=$(bps "$(class_id large)") small=$(bps "$(class_id small)")
	TOLERANCE=1000 near 10000000 $((large + small)) "the line" &&
	near 7500000 "$large" "weight 3 of 4" && near 2500000 "$small" "weight 1 of 4"
}

class_id() { in_c "$OPTQCTL" -j show "$IFB" | jq --arg p "$1" '.[0].classes[] | select(.path == $p) | .id'; }

ktap_header
ktap_plan 1
optq_require_root
optq_require_det
optq_require_module
optq_require_ctl
optq_require_kmod ifb sch_ingress cls_matchall act_mirred
optq_setup_ns
optq_require_programs

ktap_test "10 mbit/s of what comes in, shared 3 to 1" shared
ktap_done
