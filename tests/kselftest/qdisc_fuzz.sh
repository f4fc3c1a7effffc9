#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Netlink requests, most of them right and some changed on purpose (nl_fuzz), while
# packets flow: the kernel has nothing to say, all counts add up, nothing is left behind.
#
# OPTQ_FUZZ_MESSAGES	how many, instead of 12000 within a minute
# OPTQ_FUZZ_SEED	a number instead of 1, or 'random': the output tells which
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

MESSAGES=${OPTQ_FUZZ_MESSAGES:-12000}
bound=()
[ -n "${OPTQ_FUZZ_MESSAGES:-}" ] || bound=(--seconds 60)
# A check that fails is to fail again.
SEED=${OPTQ_FUZZ_SEED:-1}
[ "$SEED" != random ] || SEED=$((RANDOM << 15 | RANDOM))

nl_fuzz() { "$NL_FUZZ" "$@"; }

# How much of it came to something; a fuzzer that is refused all the time tests nothing.
accepted()
{
	awk '$1 == "seed" { sent = $4; taken = $6 }
		END { print taken + 0 " of " sent + 0 " were accepted"; exit !(sent && taken * 4 >= sent) }' \
		"$TMP/fuzz"
}

fuzz()
{
	nl_fuzz --seed "$SEED" --messages "$MESSAGES" "${bound[@]}" >"$TMP/fuzz"
	local rc=$?
	cat "$TMP/fuzz"
	[ "$rc" -eq 0 ] && accepted
}

# A slow machine has not come far enough to say.
commands()
{
	if awk '$1 == "seed" { exit $4 >= 5000 }' "$TMP/fuzz"; then
		echo "fewer than 5000 requests"
		return "$KSFT_SKIP"
	fi
	sed -n '/^{/p' "$TMP/fuzz" | jq -e -r '.commands | to_entries[] |
		select(.key != "other" and (.value.accepted == 0)) | .key' >"$TMP/never"
	[ -s "$TMP/never" ] || return 0
	echo "never accepted:"
	cat "$TMP/never"
	return 1
}

regressions()
{
	local seed from to why
	while read -r seed from to why; do
		case $seed in ''|'#'*) continue ;; esac
		echo "seed $seed, $from to $to: $why"
		nl_fuzz --seed "$seed" --from "$from" --to "$to" >"$TMP/again" ||
			{ cat "$TMP/again"; return 1; }
	done <"$OPTQ_HERE/nlfuzz/seeds"
}

# The same requests again leave what they left before, if they leave anything.
nothing_left()
{
	local i
	# shellcheck source=leak.sh
	. "$OPTQ_HERE/leak.sh"
	leak_require_counts
	for i in 0 1 2 3; do
		nl_fuzz --seed 1 --messages 1024 --alone >/dev/null || return 1
		leak_snapshot "$TMP/left.$i"
	done
	leak_growth "$TMP/left.1" "$TMP/left.2" "$TMP/left.3" 20
}

unused() { [ "$(cat /sys/module/sch_optq/refcnt)" = 0 ]; }

module_goes()
{
	optq_wait_for 10 unused ||
		{ echo "$(cat /sys/module/sch_optq/refcnt) references are left"; return 1; }
	rmmod sch_optq && optq_load
}

# An unknown kind is no reason to look for a module each time.
no_modprobe()
{
	modprobe=$(cat /proc/sys/kernel/modprobe)
	echo >/proc/sys/kernel/modprobe
}

ktap_header
ktap_plan 6
optq_require_root
optq_require_module
optq_require_cmd jq
optq_require_kmod sch_{netem,codel,fq_codel,tbf,plug,sfq,fq,pie,cake,drr,qfq,hfsc,htb,prio,ets} \
	cls_{matchall,u32,fw,basic} act_gact nf_conntrack dummy veth
optq_require_programs
[ -x "$NL_FUZZ" ] || ktap_skip_all "needs nl_fuzz: make -f programs.mk"
no_modprobe
trap 'echo "$modprobe" >/proc/sys/kernel/modprobe; optq_cleanup' EXIT
log_mark

ktap_test "requests, seed $SEED" fuzz
ktap_test "each command was taken" commands
ktap_test "what found something once" regressions
ktap_test "memory does not grow" nothing_left
ktap_test "the module can go" module_goes
ktap_test "no warning in the kernel's log" log_clean
ktap_done
