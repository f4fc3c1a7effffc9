#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: canary.sh SUITE MODE
#
# Is the harness able to fail in this mode of boot.sh (smp, um or debug)?  Every fault below is
# a test that passes by its own account; it counts as ok here only if the run that
# contains it turns red.  Prints KTAP.
#
# A kernel without KASAN and lockdep cannot see reads after free, the order of locks or
# timers that were freed; what leaks from the general caches is kselftest/leak.sh's work there.

. "$(dirname "$0")/../vm/common.sh"

suite=${1:?usage: canary.sh SUITE MODE}
mode=${2:?usage: canary.sh SUITE MODE}
tap=$VM_HERE/tap.awk
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
boot() { "$VM_HERE/boot.sh" "$@"; }

# Each case leaves its verdict (exit status) and its output for result().
begin() { mkdir -p "$tmp/$1"; }
end() { echo "$2" >"$tmp/$1/status"; }

module=$(guest_module "$mode")
[ -n "$module" ] || die "no faults are made in mode '$mode': smp, um or debug"
run="export CANARY_KO=$GUEST_TREE/build/canary-$mode/optq_canary.ko"
run+=" OPTQ_KO=$module TC_LIB_DIR=$GUEST_TREE/tc-plugin"
run+="; tests/kselftest/run.sh ../canary/hit.sh"

# expect_red NAME WHY MODE SECONDS JOB: the run fails, and says WHY.
expect_red()
{
	local red=1 out=$tmp/$1/out
	begin "$1"
	boot "$3" "$suite" "canary-$mode-$1" "$4" "$5" 2>&1 |
		awk -v stage=canary -f "$tap" >"$out" || red=0
	[ "$red" = 0 ] && grep -q -E -- "$2" "$out"
	end "$1" $?
}

# complains KIND WHY [PARAMETER...]: a guest of its own, whose log shows why.
complains()
{
	local kind=$1 why=$2
	shift 2
	OPTQ_APPEND="$*" expect_red "$kind" "(console|kernel): .*$why" "$mode" 180 "KIND=$kind; export KIND; $run"
}

# What the guest survives: one boot, and each must be seen in its own test.
survivors=(use-after-free overrun double-free leak atomic-sleep reference)
[ "$mode" = debug ] &&
	survivors+=(read-after-free read-beyond leak-quietly timer-freed shift)
survive()
{
	local kind all=$tmp/survivors out
	OPTQ_APPEND=kasan_multi_shot boot "$mode" "$suite" "canary-$mode-survivors" 300 "
		echo 0 >/proc/sys/kernel/panic_on_warn
		echo 0 >/proc/sys/kernel/panic_on_oops
		for kind in ${survivors[*]}; do
			echo \"== \$kind\"; export KIND=\$kind; $run
		done; true" >"$all" 2>&1
	for kind in "${survivors[@]}"; do
		begin "$kind"
		out=$tmp/$kind/out
		sed -n "/^== $kind\$/,/^==/p" "$all" >"$out"
		grep -q '^ *ok 1 nothing noticed' "$out" &&
			grep -q -E '^not ok 1 .*(the kernel complained|memory leaked)' "$out"
		end "$kind" $?
	done
	begin console
	cp "$all" "$tmp/console/out"
	tail -n 1 "$all" | grep -q '^Bail out! .*the kernel complained'
	end console $?
}

fatal=(soft-lockup hard-lockup list-twice null-pointer warn invariant)
# After its first complaint lockdep looks no more: a boot for each.
[ "$mode" = debug ] && fatal+=(lock-order rcu-unlocked)
fatal()
{
	complains soft-lockup "soft lockup" watchdog_thresh=1
	hard_lockup
	complains list-twice "list_add double add"
	complains null-pointer "NULL pointer dereference|Kernel mode fault|KASAN: null-ptr-deref"
	complains warn WARNING
	complains invariant "WARNING: .*verify\.c"
	[ "$mode" = debug ] || return
	complains lock-order "possible circular locking"
	complains rcu-unlocked "suspicious RCU usage"
}

# Where the processor that is lost is the one that counts the time, only the run's own limit
# tells.
hard_lockup()
{
	local limit=180
	[ "$mode" = smp ] || limit=60
	OPTQ_APPEND=rcupdate.rcu_cpu_stall_timeout=3 expect_red hard-lockup \
		"console: .*rcu: INFO|no end within" "$mode" "$limit" \
		"KIND=hard-lockup; export KIND; $run"
}

silent=()
case $mode in
smp) silent=(no-verdict exit-status hang leak-general) bare=det ;;
um) silent=(no-verdict exit-status hang leak-general) bare=um ;;
esac
silent()
{
	local job='echo 1..1; echo "ok 1 fine";'
	[ ${#silent[@]} -gt 0 ] || return
	expect_red no-verdict "without a verdict" "$bare" 60 \
		"$job echo o >/proc/sysrq-trigger || busybox poweroff -f; sleep 60"
	expect_red exit-status "the guest failed, exit 3" "$bare" 60 "$job exit 3"
	expect_red hang "no end within" "$bare" 15 "$job while :; do :; done"
	# A leak that the kernel itself does not report.
	expect_red leak-general "slab objects" "$mode" 120 "KIND=leak-general; export KIND; $run"
}

result()
{
	local name=$1
	until [ -f "$tmp/$name/status" ]; do
		[ -n "$(jobs -rp)" ] || break
		sleep 0.3
	done
	n=$((n + 1))
	if [ "$(cat "$tmp/$name/status" 2>/dev/null)" = 0 ]; then
		echo "ok $n $mode: $name turns the run red"
	else
		failed=1
		tail -n 30 "$tmp/$name/out" | sed 's/^/# /'
		echo "not ok $n $mode: $name turns the run red"
	fi
}

# Two guests at a time; neither measures anything.
{ survive; silent; } &
fatal &

n=0 failed=0
cases=("${survivors[@]}" console "${fatal[@]}" "${silent[@]}")
echo "KTAP version 1"
echo "1..${#cases[@]}"
for name in "${cases[@]}"; do
	result "$name"
done
wait
exit $failed
