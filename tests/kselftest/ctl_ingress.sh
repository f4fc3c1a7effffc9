#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What comes in by a device goes through a tree of its own: set up, found again,
# changed in place and taken away, with what others have at the device left alone.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

IFB=ifb-$DEV

# policy RATE [egress]: to $TMP/policy.yaml
policy()
{
	local egress='egress: { rate: 50mbit, default: a, classes: { a: } }'
	cat >"$TMP/policy.yaml" <<-END
	optq: 1
	links:
	  $DEV:
	    ${2:+$egress}
	    ingress:
	      rate: $1
	      default: rest
	      classes:
	        voice: { rate: 100kbit, match: dscp ef }
	        rest: { rate: 100kbit, target: 5s, interval: 10s }
	END
}

apply() { ctl apply "$TMP/policy.yaml" >"$TMP/said" 2>&1 || { cat "$TMP/said"; return 1; }; }

# Of the ingress tree: what came to a class, of which none waits long.
came() { ctl -j show "$DEV" | jq --arg p "$1" 'last | .classes[] | select(.path == $p) | .stats.packets'; }

filters() { in_c tc filter show dev "$DEV" ingress | grep -c 'Redirect to device'; }

traces()
{
	in_c tc qdisc show dev "$DEV"
	in_c ip -o link show type ifb
	in_c tc filter show dev "$DEV" ingress 2>/dev/null
}

from_server() { in_s ping -q -i 0.02 -W 5 "$@" "$C4" >/dev/null; }

set_up()
{
	traces >"$TMP/before"
	policy 20mbit egress && apply || return 1
	cat "$TMP/said"
	grep -qx "$DEV: applied: 1 class, 0 rules" "$TMP/said" &&
	grep -qx "$DEV ingress: applied: 2 classes, 1 rule, by $IFB" "$TMP/said" &&
	same 1 "$(filters)" "filters that lead to the ifb" &&
	ctl show "$DEV" >"$TMP/out" && cat "$TMP/out" &&
	grep -q "^$DEV: optq 1: " "$TMP/out" &&
	grep -q "^$DEV ingress ($IFB): optq 1: " "$TMP/out" &&
	same "[null,\"$DEV\"]" "$(ctl -j show "$DEV" | jq -c 'map(.ingress_of)')" "ingress of" &&
	same 2 "$(ctl -j show | jq length)" "trees that are shown of all devices"
}

comes_to_its_class()
{
	local voice rest
	voice=$(came voice) rest=$(came rest)
	from_server -c 7 -Q 184 && from_server -c 5 || return 1
	same $((voice + 7)) "$(came voice)" "EF that came in" &&
	[ "$(came rest)" -ge $((rest + 5)) ]
}

# A ceiling holds what comes in, and nothing is lost that is not counted.
is_shaped()
{
	policy 500kbit egress && apply || return 1
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" recv -t 60 -i 3 "$C4" 6000 >"$TMP/received"
	sleep 0.5
	in_s "$UDP_LOAD" send -n 300 -l 1000 -b 1000000 "$C4" 6000 >"$TMP/sent" || return 1
	wait "${optq_pids[-1]}"
	cat "$TMP/sent" "$TMP/received"
	same 300 "$(awk '$1 == "port" { print $4 }' "$TMP/received")" "packets that arrived" &&
	awk '$1 == "port" { for (i = 1; i < NF; i++) if ($i == "delay_us") max = $(i + 4) }
		END { print "the last waited " max " us"; exit max < 3000000 }' "$TMP/received"
}

# By the mark that the connection got as it went out: what comes in has not met
# connection tracking when it is here.
by_connection()
{
	local voice rest
	policy 20mbit egress && sed -i 's/match: dscp ef/match: ctmark 0x109/' "$TMP/policy.yaml" && apply &&
	in_c tc filter add dev "$DEV" egress protocol ip flower ip_proto icmp \
		action ct commit mark 0x109 || return 1
	voice=$(came voice) rest=$(came rest)
	in_c ping -q -c 6 -i 0.02 -W 5 "$S4" >/dev/null || return 1
	in_c tc filter del dev "$DEV" egress
	in_s "$UDP_LOAD" send -n 4 -l 100 "$C4" 6000 >/dev/null &&
	same $((voice + 6)) "$(came voice)" "answers that came in" &&
	[ "$(came rest)" -ge $((rest + 4)) ]
}

changed_in_place()
{
	local index generation came
	index=$(in_c cat "/sys/class/net/$IFB/ifindex") || return 1
	generation=$(ctl -j show "$DEV" | jq 'last | .generation')
	came=$(came rest)
	policy 30mbit egress && apply &&
	same "$index" "$(in_c cat "/sys/class/net/$IFB/ifindex")" "the ifb" &&
	same 1 "$(filters)" "filters" &&
	[ "$(ctl -j show "$DEV" | jq 'last | .generation')" -gt "$generation" ] &&
	[ "$(came rest)" -ge "$came" ]
}

found_after_renaming()
{
	in_c ip link set "$DEV" down &&
	in_c ip link set "$DEV" name moved0 || return 1
	policy 20mbit && sed -i "s/^  $DEV:/  moved0:/" "$TMP/policy.yaml" && apply &&
	cat "$TMP/said" &&
	grep -q "^moved0 ingress: applied: .* by $IFB$" "$TMP/said" &&
	same 1 "$(in_c ip -o link show type ifb | grep -c 'alias optq')" "ifbs of ours"
	local rc=$?
	in_c ip link set moved0 name "$DEV" && in_c ip link set "$DEV" up && return "$rc"
}

# A filter of somebody else's comes first, and stays, with the clsact.
others_stay()
{
	local before
	in_c tc filter add dev "$DEV" ingress pref 10 protocol ip flower ip_proto icmp \
		src_ip "$S4" action pass || return 1
	before=$(came voice)
	from_server -c 3 -Q 184 && same "$before" "$(came voice)" "packets that the other filter kept" &&
	ctl remove "$DEV" >"$TMP/said" && cat "$TMP/said" &&
	grep -qx "$DEV ingress: removed, with $IFB" "$TMP/said" &&
	same 1 "$(in_c tc filter show dev "$DEV" ingress | grep -c ' flower .*handle')" "other filters" &&
	in_c tc filter del dev "$DEV" ingress &&
	policy 20mbit egress && apply
}

egress_alone()
{
	printf 'optq: 1\nlinks:\n  %s: { egress: { rate: 50mbit, default: a, classes: { a: } } }\n' \
		"$DEV" >"$TMP/policy.yaml"
}

gone_from_the_policy()
{
	egress_alone && apply && cat "$TMP/said" && grep -qx "$DEV ingress: removed, with $IFB" "$TMP/said" &&
	! in_c ip link show "$IFB" 2>/dev/null &&
	! in_c tc qdisc show dev "$DEV" | grep clsact
}

removed()
{
	policy 20mbit egress && apply &&
	same "{\"device\":\"$DEV\",\"egress_removed\":true,\"ingress_removed\":\"$IFB\"}" \
		"$(ctl -j remove "$DEV" | jq -c .)" "what is removed" &&
	traces >"$TMP/after" && diff "$TMP/before" "$TMP/after" &&
	says "nothing was removed" ctl remove "$DEV"
}

# Whatever goes wrong, nothing is there that was not before.
nothing_left()
{
	policy 20mbit &&
	in_c ip link add other type dummy || return 1
	# A filter holds the class that the policy has not: the kernel alone knows.
	tc_batch <<-END || return 1
		qdisc add dev other root handle 1: optq
		class add dev other parent 1: classid 1:10 optq rate 1mbit
		filter add dev other parent 1: matchall classid 1:10
	END
	echo "  other: { egress: { default: a, classes: { a: } } }" >>"$TMP/policy.yaml"
	says "filter" ctl apply "$TMP/policy.yaml" || return 1
	in_c ip link del other
	traces >"$TMP/after" && diff "$TMP/before" "$TMP/after"
}

in_the_way()
{
	in_c ip link add "$IFB" type dummy && policy 20mbit &&
	says "device \"$IFB\" is in the way" ctl apply "$TMP/policy.yaml" &&
	egress_alone && apply && same null "$(ctl -j show "$DEV" | jq -c '.[0].ingress_of')" "ingress" &&
	ctl remove "$DEV" && in_c ip link del "$IFB" && policy 20mbit &&
	traces >"$TMP/after" && diff "$TMP/before" "$TMP/after" || return 1
	in_c tc qdisc add dev "$DEV" clsact &&
	in_c tc filter add dev "$DEV" ingress pref 65280 matchall action pass &&
	says "preference 65280" ctl apply "$TMP/policy.yaml"
	local rc=$?
	in_c tc qdisc del dev "$DEV" clsact
	traces >"$TMP/after" && diff "$TMP/before" "$TMP/after" && return "$rc"
}

not_for_everybody()
{
	policy 20mbit && chmod 755 "$TMP" &&
	says "CAP_NET_ADMIN" in_c setpriv --reuid=65534 --regid=65534 --clear-groups \
		--bounding-set=-all "$OPTQCTL" apply "$TMP/policy.yaml" &&
	traces >"$TMP/after" && diff "$TMP/before" "$TMP/after"
}

ktap_header
ktap_plan 13
optq_require_root
optq_require_module
optq_require_tc
optq_require_ctl
optq_require_kmod ifb sch_ingress cls_matchall cls_flower act_mirred act_ct
optq_setup_ns
optq_require_programs
log_mark

ktap_test "a policy sets up both ways, and show tells them apart" set_up
ktap_test "what comes in comes to its class" comes_to_its_class
ktap_test "a ceiling holds what comes in, and loses nothing" is_shaped
ktap_test "what comes in is of its connection" by_connection
ktap_test "a change goes to the tree that is there" changed_in_place
ktap_test "it is found again after the device was renamed" found_after_renaming
ktap_test "filters of others come first, and stay" others_stay
ktap_test "what the policy has no more is taken away" gone_from_the_policy
ktap_test "remove takes both trees away, and all that led there" removed
ktap_test "a policy that fails leaves nothing behind" nothing_left
ktap_test "what is in the way is said" in_the_way
ktap_test "without the right nothing is made" not_for_everybody
ktap_test "no warning in the kernel's log" log_clean
ktap_done
