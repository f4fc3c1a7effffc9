# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every OptQ kernel test sources first:
#
#	#!/bin/bash
#	# SPDX-License-Identifier: GPL-2.0
#	. "$(dirname "$0")/lib.sh"
#
#	test_voice_first() { ...; [ "$got" = "$want" ]; }
#
#	ktap_header
#	ktap_plan 2			# how many results follow, said beforehand
#	optq_require_root		# each optq_require_* skips the whole file
#	optq_require_module		# (exit 4) when what it needs is not there
#	optq_require_tc
#	ktap_test "voice goes first" test_voice_first
#	...
#	ktap_done			# totals; exit 0, 1 (failed), 4 (all skipped)
#
# Results, one per test, names unique within a file and without '#':
#	ktap_ok NAME | ktap_fail NAME [WHY] | ktap_skip NAME WHY
#	ktap_test NAME COMMAND [ARG...]	runs COMMAND in a subshell; what it prints
#					becomes '# ' lines; exit 0 ok, 4 skip (its
#					last line says why), anything else not ok
#	ktap_skip_all WHY		the whole file, exit 4
#	note TEXT...			a '# ' line
#
# Needs:
#	optq_require_root | optq_require_module | optq_require_tc
#	optq_require_ctl | optq_require_cmd NAME... | optq_require_det
#	optq_require_kmod NAME...	other kernel modules, e.g. sch_netem
#
# Network: two namespaces joined by a veth pair, segmentation offloads off.
#	optq_setup_ns		makes them; the client's device is $DEV (wan0), where
#				the qdisc goes; the server's is $PEER (lan0).
#	$NS_C $NS_S		names of the namespaces
#	in_c CMD..., in_s CMD...	run a command in the client's, the server's
#	$C4 $C6 $S4 $S6		addresses: 10.77.0.1 fd77::1 10.77.0.2 fd77::2
#	optq_add_ns NAME VAR	one more namespace, removed at the end; its full name
#				goes into the shell variable VAR
#	optq_veth NS1 DEV1 NS2 DEV2	one more pair, offloads off, both up
#	optq_bg CMD...		starts it in the background, killed at the end of
#				the ktap_test it is in, or of the file; $!
#	optq_reap		stops everything that optq_bg started
#	optq_wait_for SECONDS CMD...	until CMD succeeds: SECONDS of an idle machine,
#				a busy one is given $OPTQ_SLACK times as many
#	$TMP			a directory of this test's own, removed at the end
#
# tc and optqctl:
#	tc ...			the function finds the plugin ($TC_LIB_DIR or the
#				tree's); use it as `in_c tc ...` as well
#	class_get CLASSID FIELD	a figure of a class on $DEV, by name in tc -s -j
#				(e.g. class_get 1:10 bytes)
#	qdisc_get HANDLE FIELD	likewise of a qdisc
#	$OPTQCTL		the optqctl in use
#
# Environment: OPTQ_KO (the module file; the tree's, else modprobe sch_optq),
# TC_LIB_DIR, OPTQCTL, OPTQ_DET=1 in the deterministic VM, the only place where
# rates and delays may be gated.

readonly KSFT_SKIP=4
OPTQ_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
OPTQ_TREE=$(cd "$OPTQ_HERE/../.." 2>/dev/null && pwd)

ktap_planned=
ktap_run=0
ktap_failed=0
ktap_skipped=0

ktap_header() { echo "KTAP version 1"; }

ktap_plan() { ktap_planned=$1; echo "1..$1"; }

note() { printf '%s\n' "$*" | sed 's/^/# /'; }

ktap_ok()
{
	ktap_run=$((ktap_run + 1))
	echo "ok $ktap_run $1"
}

ktap_fail()
{
	ktap_run=$((ktap_run + 1))
	ktap_failed=$((ktap_failed + 1))
	[ -n "${2:-}" ] && note "$2"
	echo "not ok $ktap_run $1"
}

ktap_skip()
{
	ktap_run=$((ktap_run + 1))
	ktap_skipped=$((ktap_skipped + 1))
	echo "ok $ktap_run $1 # SKIP ${2:-no reason given}"
}

ktap_skip_all()
{
	# A plan that was already printed must still be kept.
	if [ "$BASH_SUBSHELL" -gt 0 ]; then
		echo "$1"	# inside ktap_test: that test alone is skipped
	elif [ -n "$ktap_planned" ]; then
		while [ "$ktap_run" -lt "$ktap_planned" ]; do
			ktap_skip "$(basename "$0" .sh).$((ktap_run + 1))" "$1"
		done
	else
		echo "1..0 # SKIP $1"
	fi
	exit $KSFT_SKIP
}

ktap_test()
{
	local name=$1 rc out
	shift
	# Not $(...): it would wait for what the test leaves in the background.
	(
		optq_pids=()
		trap optq_reap EXIT
		"$@"
	) >"$TMP/.output" 2>&1
	rc=$?
	out=$(cat "$TMP/.output")
	case $rc in
	0)	[ -n "$out" ] && note "$out"
		ktap_ok "$name" ;;
	"$KSFT_SKIP")
		ktap_skip "$name" "$(printf '%s\n' "$out" | tail -n 1)" ;;
	*)	[ -n "$out" ] && note "$out"
		ktap_fail "$name" "exit status $rc" ;;
	esac
}

ktap_done()
{
	echo "# Totals: pass:$((ktap_run - ktap_failed - ktap_skipped))" \
	     "fail:$ktap_failed xfail:0 xpass:0 skip:$ktap_skipped error:0"
	if [ -n "$ktap_planned" ] && [ "$ktap_planned" -ne "$ktap_run" ]; then
		note "planned $ktap_planned, ran $ktap_run"
		exit 1
	fi
	[ "$ktap_failed" -eq 0 ] || exit 1
	[ "$ktap_run" -gt "$ktap_skipped" ] || exit $KSFT_SKIP
	exit 0
}

optq_require_root()
{
	[ "$(id -u)" -eq 0 ] || ktap_skip_all "needs root"
}

optq_require_cmd()
{
	local cmd
	for cmd in "$@"; do
		command -v "$cmd" >/dev/null || ktap_skip_all "needs the command $cmd"
	done
}

optq_require_kmod()
{
	local mod
	for mod in "$@"; do
		modprobe -q "$mod" || ktap_skip_all "needs the kernel module $mod"
	done
}

optq_require_det()
{
	[ "${OPTQ_DET:-0}" = 1 ] ||
		ktap_skip_all "rates and delays are gated in the deterministic VM only"
}

optq_load()
{
	[ -d /sys/module/sch_optq ] && return 0
	if [ -n "${OPTQ_KO:-}" ]; then
		insmod "$OPTQ_KO"
	elif [ -f "$OPTQ_TREE/sch_optq.ko" ]; then
		insmod "$OPTQ_TREE/sch_optq.ko"
	else
		modprobe -q sch_optq
	fi
}

optq_require_module()
{
	local why

	# A module that is there and does not load is a failure, not a skip.
	if [ -n "${OPTQ_KO:-}" ] || [ -f "$OPTQ_TREE/sch_optq.ko" ]; then
		why=$(optq_load 2>&1) && return 0
		echo "Bail out! sch_optq does not load: $why"
		exit 1
	fi
	optq_load || ktap_skip_all "needs the kernel module sch_optq"
}

if [ -z "${TC_LIB_DIR:-}" ] && [ -f "$OPTQ_TREE/tc-plugin/q_optq.so" ]; then
	TC_LIB_DIR=$OPTQ_TREE/tc-plugin
fi
[ -n "${TC_LIB_DIR:-}" ] && export TC_LIB_DIR

optq_require_tc()
{
	local dir=${TC_LIB_DIR:-/usr/lib/$(uname -m)-linux-gnu/tc}

	optq_require_cmd tc jq
	[ -f "$dir/q_optq.so" ] || ktap_skip_all "needs the tc plugin q_optq.so"
}

if [ -z "${OPTQCTL:-}" ]; then
	if [ -x "$OPTQ_TREE/optqctl/optqctl" ]; then
		OPTQCTL=$OPTQ_TREE/optqctl/optqctl
	else
		OPTQCTL=$(command -v optqctl)
	fi
fi
export OPTQCTL

optq_require_ctl()
{
	[ -x "$OPTQCTL" ] || ktap_skip_all "needs optqctl"
}

TMP=$(mktemp -d "${TMPDIR:-/tmp}/optq.XXXXXX")
optq_namespaces=()
optq_pids=()

# shellcheck disable=SC2034	# for the tests
{
	DEV=wan0
	PEER=lan0
	NS_C=optq-c-$$
	NS_S=optq-s-$$
	C4=10.77.0.1 C6=fd77::1
	S4=10.77.0.2 S6=fd77::2
}

in_c() { ip netns exec "$NS_C" "$@"; }
in_s() { ip netns exec "$NS_S" "$@"; }

# Without a shell in between, whose end its command would outlive.
optq_bg()
{
	case $1 in
	in_c) shift; ip netns exec "$NS_C" "$@" & ;;
	in_s) shift; ip netns exec "$NS_S" "$@" & ;;
	*) "$@" & ;;
	esac
	optq_pids+=($!)
}

optq_reap()
{
	local pid
	for pid in "${optq_pids[@]}"; do
		pkill -P "$pid" 2>/dev/null	# of a function's shell
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	optq_pids=()
}

optq_cleanup()
{
	local ns
	optq_reap
	for ns in "${optq_namespaces[@]}"; do
		ip netns pids "$ns" 2>/dev/null | xargs -r kill -9 2>/dev/null
		ip netns del "$ns" 2>/dev/null
	done
	optq_namespaces=()
	rm -rf "$TMP"
}
trap optq_cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Guests are emulated, several at a time, on whatever else is busy.
OPTQ_SLACK=6
optq_wait_for()
{
	local end=$((SECONDS + $1 * OPTQ_SLACK))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

optq_offloads_off()
{
	# What one device lacks another has: features are turned off one by one.
	local feature
	for feature in tso gso gro; do
		ip netns exec "$1" ethtool -K "$2" $feature off >/dev/null 2>&1
	done
	ip netns exec "$1" ethtool -k "$2" 2>/dev/null |
		grep -q '^generic-segmentation-offload: on' || return 0
	note "segmentation offloads stay on at $2"
	return 1
}

optq_add_named_ns()
{
	ip netns add "$1" || return 1
	optq_namespaces+=("$1")
	ip -n "$1" link set lo up
}

optq_add_ns()
{
	optq_add_named_ns "optq-$1-$$" && printf -v "$2" %s "optq-$1-$$"
}

optq_veth()
{
	ip -n "$1" link add "$2" type veth peer name "$4" netns "$3" || return 1
	optq_offloads_off "$1" "$2"
	optq_offloads_off "$3" "$4"
	ip -n "$1" link set "$2" txqueuelen 1000 up
	ip -n "$3" link set "$4" txqueuelen 1000 up
}

optq_setup_ns()
{
	optq_require_cmd ip ethtool
	optq_add_named_ns "$NS_C" &&
	optq_add_named_ns "$NS_S" &&
	optq_veth "$NS_C" "$DEV" "$NS_S" "$PEER" &&
	ip -n "$NS_C" addr add $C4/24 dev "$DEV" &&
	ip -n "$NS_S" addr add $S4/24 dev "$PEER" &&
	ip -n "$NS_C" addr add $C6/64 dev "$DEV" nodad &&
	ip -n "$NS_S" addr add $S6/64 dev "$PEER" nodad && return 0
	echo "Bail out! the test's namespaces could not be set up"
	exit 1
}

class_get()
{
	in_c tc -s -j class show dev "$DEV" classid "$1" |
		jq -r --arg f "$2" '[.. | objects | select(has($f)) | .[$f]][0]'
}

qdisc_get()
{
	in_c tc -s -j qdisc show dev "$DEV" |
		jq -r --arg h "$1" --arg f "$2" \
			'[.[] | select(.handle == $h) | .. | objects |
			  select(has($f)) | .[$f]][0]'
}
