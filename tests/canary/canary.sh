#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: canary.sh SUITE
#
# Is the harness able to fail?  Every fault below is a test that passes by its own
# account; it counts as ok here only if the run that contains it turns red.
# Prints KTAP.  The stock kernel cannot see: a leak from the general caches (that
# is kselftest/leak.sh's work, shown here too), reads after free, uninitialised reads,
# lock order and data races; those need a kernel built with KASAN and lockdep.

. "$(dirname "$0")/../vm/common.sh"

suite=${1:?usage: canary.sh SUITE}
tap=$VM_HERE/tap.awk
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
boot() { "$VM_HERE/boot.sh" "$@"; }

# Each case leaves its verdict (exit status) and its output for result().
begin() { mkdir -p "$tmp/$1"; }
end() { echo "$2" >"$tmp/$1/status"; }

# expect_red NAME WHY MODE SECONDS JOB: the run fails, and says WHY.
expect_red()
{
	local red=1 out=$tmp/$1/out
	begin "$1"
	boot "$3" "$suite" "canary-$1" "$4" "$5" 2>&1 |
		awk -v stage=canary -f "$tap" >"$out" || red=0
	[ "$red" = 0 ] && grep -q -E -- "$2" "$out"
	end "$1" $?
}

run='tests/kselftest/run.sh ../canary/hit.sh'

# What the guest survives: one boot, and each must be seen in its own test.
survivors=(use-after-free overrun double-free leak atomic-sleep reference)
survive()
{
	local kind all=$tmp/survivors out
	boot smp "$suite" canary-survivors 240 "
		echo 0 >/proc/sys/kernel/panic_on_warn
		echo 0 >/proc/sys/kernel/panic_on_oops
		for kind in ${survivors[*]}; do
			echo \"== \$kind\"; KIND=\$kind $run
		done; true" >"$all" 2>&1
	for kind in "${survivors[@]}"; do
		begin "$kind"
		out=$tmp/$kind/out
		sed -n "/^== $kind\$/,/^==/p" "$all" >"$out"
		grep -q '^ *ok 1 nothing noticed' "$out" &&
			grep -q '^not ok 1 .*the kernel complained' "$out"
		end "$kind" $?
	done
	begin console
	cp "$all" "$tmp/console/out"
	tail -n 1 "$all" | grep -q '^Bail out! .*the kernel complained'
	end console $?
}

fatal=(soft-lockup hard-lockup list-twice null-pointer warn)
fatal()
{
	OPTQ_APPEND="watchdog_thresh=1" expect_red soft-lockup \
		"console: .*soft lockup" smp 180 "KIND=soft-lockup $run"
	OPTQ_APPEND="rcupdate.rcu_cpu_stall_timeout=3" expect_red hard-lockup \
		"console: .*rcu: INFO" smp 180 "KIND=hard-lockup $run"
	expect_red list-twice "console: .*list_add double add" \
		smp 180 "KIND=list-twice $run"
	expect_red null-pointer "console: .*NULL pointer dereference" \
		smp 180 "KIND=null-pointer $run"
	expect_red warn "console: .*WARNING" smp 180 "KIND=warn $run"
}

silent=(no-verdict exit-status hang leak-general)
silent()
{
	local job='echo 1..1; echo "ok 1 fine";'
	expect_red no-verdict "without a verdict" det 60 \
		"$job echo o >/proc/sysrq-trigger; sleep 60"
	expect_red exit-status "the guest failed, exit 3" det 60 "$job exit 3"
	expect_red hang "no end within" det 15 "$job while :; do :; done"
	# A leak that the kernel itself does not report.
	expect_red leak-general "slab objects" smp 120 "KIND=leak-general $run"
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
		echo "ok $n $name turns the run red"
	else
		failed=1
		tail -n 30 "$tmp/$name/out" | sed 's/^/# /'
		echo "not ok $n $name turns the run red"
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
