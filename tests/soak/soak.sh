#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: [SOAK_SECONDS=1800] [SOAK_SEED=N] soak.sh
#
# Mixed traffic in both directions while the whole policy changes at random every 100 ms, and tc,
# optqctl, readers and the device itself get in between.  In the debug guest: make soak.
# The last of the '# soak:' lines is what docs/testing.md keeps.
. "$(dirname "$0")/../kselftest/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"
. "$OPTQ_HERE/leak.sh"

SECONDS_IN_ALL=${SOAK_SECONDS:-1800}
SEED=${SOAK_SEED:-$(date +%s)}
RANDOM=$((SEED % 32768))

# ---- traffic ----

traffic()
{
	local i
	optq_bg in_s iperf3 -s >/dev/null
	optq_bg in_s "$UDP_LOAD" recv -t $((SECONDS_IN_ALL * 20)) 0.0.0.0 6000-6009 >/dev/null
	sleep 2
	PORT=6001 flood_start -l 160 -r 100 -f 4 -q 184
	PORT=6002 flood_start -l 64 -r 400 -f 200
	PORT=6003 flood_start -l 1400 -r 200 -f 32 -p 1:7
	PORT=6004 flood_start -l 1000 -g 40 -r 20 -f 8
	PORT=6005 flood_start -l 1200 -r 200 -f 16 -q 1
	for i in "" "-R"; do
		# shellcheck disable=SC2086
		(while :; do in_c iperf3 -c "$S4" -t 60 -P 4 -b 2m $i; sleep 1; done >/dev/null 2>&1) &
		optq_pids+=($!)
	done
	optq_bg in_c ping -q -i 0.1 -s 800 "$S4" >/dev/null
	optq_bg in_c ping -6 -q -i 0.1 -s 800 "$S6" >/dev/null
}

# ---- what gets in between; whether a class is there is chance ----

some_class() { printf '1:%x' $((RANDOM % 99 + 1)); }

graft()
{
	local at kinds=(pfifo bfifo fq_codel codel netem)
	at=$(some_class)
	in_c tc qdisc add dev "$DEV" parent "$at" handle 77: "${kinds[RANDOM % 5]}" limit 200 &&
	sleep 0.3 && in_c tc qdisc del dev "$DEV" parent "$at"
}

filter()
{
	in_c tc filter add dev "$DEV" parent 1: protocol ip prio 9 u32 \
		match ip dport $((6000 + RANDOM % 10)) 0xffff flowid "$(some_class)"
	sleep 0.3
	in_c tc filter del dev "$DEV" parent 1: prio 9
}

one_class()
{
	in_c tc class replace dev "$DEV" parent 1: classid "$(some_class)" optq \
		rate $((RANDOM + 8))kbit prio $((RANDOM % 8))
	in_c tc class del dev "$DEV" classid "$(some_class)"
}

device()
{
	case $((RANDOM % 5)) in
	0) in_c ip link set "$DEV" down && in_c ip link set "$DEV" up ;;
	1) in_c ip link set "$DEV" mtu $((1300 + RANDOM % 8000)) ;;
	2) in_c ip link set "$DEV" txqueuelen $((1 + RANDOM % 2000)) ;;
	3) in_c ethtool -K "$DEV" gso on ;;
	4) in_c ethtool -K "$DEV" gso off ;;
	esac
}

look()
{
	case $((RANDOM % 5)) in
	0) in_c "$OPTQ_NL" dump "$DEV" ;;
	1) in_c tc -s -j class show dev "$DEV" ;;
	2) in_c "$OPTQCTL" show "$DEV" -j ;;
	3) in_c "$OPTQCTL" export "$DEV" ;;
	4) in_c find "/sys/class/net/$DEV/optq" -type f -exec cat {} + ;;
	esac
}

link_parameters()
{
	in_c tc qdisc change dev "$DEV" root handle 1: optq limit $((RANDOM + 1)) \
		rate $((RANDOM + 100))kbit
}

# A policy of people's in the place of a random one.
policy()
{
	local all=("$OPTQ_TREE"/examples/*.yaml)
	in_c "$OPTQCTL" apply "${all[RANDOM % ${#all[@]}]}" --dev "$DEV"
}

meddle()
{
	local ops=(graft filter one_class one_class device look look look link_parameters policy) n=0
	while :; do
		"${ops[RANDOM % ${#ops[@]}]}"
		n=$((n + 1))
		echo $n >"$TMP/meddled"
		sleep 0.5
	done >/dev/null 2>&1
}

# ---- the run ----

storm()
{
	local begin=$SECONDS part=$((SECONDS_IN_ALL / 4)) file pid
	in_c "$POLICY_STORM" -s "$SEED" -t "$SECONDS_IN_ALL" "$DEV" >"$TMP/storm" 2>&1 &
	pid=$!
	for file in a b c; do
		while [ $((SECONDS - begin)) -lt "$part" ]; do
			sleep 10
			tail -n 1 "$TMP/storm" | sed 's/^/# /' >&3
			kill -0 "$pid" 2>/dev/null || break 2
		done
		leak_snapshot "$TMP/$file"
		awk '$1 == "storm" { n = $5 } END { print n }' "$TMP/storm" >"$TMP/$file.changes"
		part=$((part + SECONDS_IN_ALL / 4))
	done
	wait "$pid" || { tail -n 20 "$TMP/storm"; return 1; }
}

# What each fourth change loses is seen beside what traffic has in use; less is kmemleak's.
memory()
{
	local a b
	a=$(<"$TMP/a.changes") b=$(<"$TMP/c.changes")
	leak_growth "$TMP/a" "$TMP/b" "$TMP/c" $(((b - a) / 4 + 4000))
}

came_to_rest()
{
	in_c ip link set "$DEV" mtu 1500
	nl_set "link default=1 rate=1250000000" "class id=1" || return 1
	optq_wait_for 60 no_backlog && all_told
}

all_gone()
{
	in_c tc qdisc del dev "$DEV" root && optq_wait_for 20 rmmod sch_optq
}

summary()
{
	note "soak: | $(date -u +%F) | $(uname -r) | $SECONDS_IN_ALL | $SEED |" \
		"$(awk '$1 == "storm" { n = $5 " (" $7 " refused)" } END { print n }' "$TMP/storm") |" \
		"$(cat "$TMP/meddled") | $(figure 1: packets) | $(figure 1: drops) |"
}

ktap_header
ktap_plan 5
optq_require_root
optq_require_module
optq_require_tc
optq_require_ctl
optq_require_cmd iperf3 ethtool ping
optq_setup_ns
optq_require_programs
POLICY_STORM=$(dirname "$UDP_LOAD")/policy_storm
[ -x "$POLICY_STORM" ] || ktap_skip_all "needs policy_storm"
exec 3>&1
log_mark
note "soak: $SECONDS_IN_ALL s, seed $SEED"
tc_batch <<<"qdisc add dev $DEV root handle 1: optq default 1" || exit 1
traffic
meddle &
optq_pids+=($!)

ktap_test "changes, traffic and all that gets in between" storm
optq_reap
ktap_test "it comes to rest, and everything was counted" came_to_rest
summary
ktap_test "no kernel memory grows" memory
ktap_test "all of it goes" all_gone
ktap_test "no warning in the kernel's log" log_clean
ktap_done
