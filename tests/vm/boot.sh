#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: boot.sh MODE SUITE NAME SECONDS JOB
#
# Boots a guest, has it run the shell command JOB in the project's tree, and
# prints what the job prints, as it comes.
#   smp	two CPUs, stock kernel with every check it has: functions and races
#   um	two CPUs, the user-mode kernel of um.sh: as smp, and fast
#   debug	likewise the one with KASAN, lockdep, kmemleak and the rest
#   det	one CPU, time counted in instructions: every figure of rate or delay
#
# The verdict is fail-closed.  The run has passed (exit 0) only if the guest said
# so in its last line, within SECONDS of real time, and the kernel's log shows
# none of klog-detectors; anything else ends in a line 'Bail out! why', exit 1.
# Logs: build/vm/logs/NAME.console and NAME.result.
#
# Environment: OPTQ_APPEND (more kernel parameters), OPTQ_TRACE=1 (keep the
# kernel's messages verbose), OPTQ_FILES (more files of the tree for a det guest)

. "$(dirname "$0")/common.sh"

[ $# -eq 5 ] || die "usage: boot.sh MODE SUITE NAME SECONDS JOB"
mode=$1 suite=$2 name=$3 limit=$4 job=$5
suite_check "$suite"
root=$(suite_root "$suite")
kernel=$(suite_kernel "$suite")
detectors=$TOP/tests/kselftest/klog-detectors
console=$LOGS/$name.console
result=$LOGS/$name.result

qemu=(qemu-system-x86_64 -M q35 -display none -no-reboot -nodefaults -nic none
	-kernel "$root/boot/vmlinuz-$kernel"
	-serial "file:$console" -serial "file:$result")
checks="loglevel=5 oops=panic panic_on_warn=1 softlockup_panic=1"
checks+=" rcupdate.rcu_cpu_stall_timeout=20 sysctl.kernel.panic_on_rcu_stall=1"
slabs="slub_debug=FZPU page_poison=1"
append="console=ttyS0 panic=-1 oops=panic log_buf_len=4M net.ifnames=0"

case $mode in
smp)
	qemu+=(-accel "tcg,thread=multi" -smp 2 -cpu max -m 2048
		-fsdev "local,id=root,path=$root,readonly=on,security_model=none,multidevs=remap"
		-device "virtio-9p-pci,fsdev=root,mount_tag=root")
	append+=" $checks $slabs"
	;;
um|debug)
	um_kernel=$GUEST_UM/plain/linux
	# KASAN sees what a poisoned slab would show.
	[ "$mode" = debug ] && um_kernel=$GUEST_UM/debug/linux slabs="kmemleak=on"
	# Its root is that of the process; a reboot would begin anew, so panic stays 0.
	append="mem=2048M seccomp=on ncpus=2 root=/dev/root rootfstype=hostfs rootflags=/ ro"
	append+=" con0=null,fd:1 ssl0=null,fd:3 log_buf_len=4M $checks $slabs"
	append+=" init=$GUEST_TREE/tests/vm/guest/early-um OPTQ_JOB=/var/tmp/$name.job"
	;;
det)
	qemu+=(-accel "tcg,thread=single" -icount "shift=${OPTQ_SHIFT:-0},sleep=off"
		-rtc "clock=vm,base=2026-01-01" -smp 1 -cpu "max,-rdrand,-rdseed"
		-m 2048)
	append+=" quiet mitigations=off nokaslr norandmaps random.trust_cpu=off"
	append+=" loglevel=5"
	;;
*) die "unknown mode '$mode': smp, um, debug or det" ;;
esac
append+=" ${OPTQ_APPEND:-}"

# A det guest has no file system but its initramfs: it gets what was built and
# what the tests read.
det_tree()
{
	(cd "$root" && find ".$GUEST_TREE"/{sch_optq.ko,tc-plugin/q_optq.so} \
		".$GUEST_TREE"/{optqctl/optqctl,examples,tests/kselftest} \
		".$GUEST_TREE"/{tests/vm/guest,tests/demo,tests/bench,tests/policies} \
		".$GUEST_TREE"/build/kselftest \
		-type f 2>/dev/null | LC_ALL=C sort | with_directories |
		cpio --quiet --reproducible -R 0:0 -H newc -o)
}

with_directories()
{
	awk -F/ '{ path = $1; for (i = 2; i <= NF; i++) {
			path = path "/" $i; if (!seen[path]++) print path } }'
}

print_job()
{
	printf 'JOB=%q\n' "$job"
	[ "$mode" = det ] && echo 'export OPTQ_DET=1'
	echo "export OPTQ_MODE=$mode"
}

make_initrd()
{
	local dir=$VM/$suite/$name.job
	"$VM_HERE/image.sh" "$mode" "$suite" >&2 || return 1
	mkdir -p "$dir" &&
	print_job >"$dir/job" &&
	touch -d @0 "$dir/job" &&
	{
		cat "$VM/$suite/$mode.cpio"
		[ "$mode" = det ] && det_tree
		(cd "$dir" && echo job | cpio --quiet --reproducible -R 0:0 -H newc -o)
	} >"$dir/initrd" || return 1
	rm -f "$dir/job"
}

show()
{
	tr -d '\r' | grep --line-buffered -v '^optq-verdict: '
}

bail()
{
	grep -a -E -m 20 -f "$detectors" "$console" | tr -d '\r' |
		sed 's/^/# console: /'
	echo "# the whole log: ${console#"$TOP"/}"
	echo "Bail out! $name: $*"
	exit 1
}

run_qemu()
{
	exec timeout --foreground -k 5 "$limit" "${qemu[@]}" \
		-initrd "$VM/$suite/$name.job/initrd" -append "$append" \
		</dev/null >"$LOGS/$name.qemu" 2>&1
}

# It writes the console to its descriptor 1 and the result to 3.  As process 1, which the
# first in a root is, timeout does not work.
run_um()
{
	# shellcheck disable=SC2016,SC2086	# for the other shell; parameters
	exec_in_root "$suite" bash -c 'timeout -k 5 "$@"; exit $?' um \
		"$limit" "$um_kernel" $append \
		</dev/null >>"$console" 3>>"$result" 2>"$LOGS/$name.qemu"
}

# Sets rc.  What the guest prints is shown as it comes.
run_guest()
{
	: >"$console"
	: >"$result"
	if [ -n "${um_kernel:-}" ]; then run_um & else run_qemu & fi
	vm=$!
	trap 'kill "$vm" 2>/dev/null' EXIT
	tail -n +1 -s 0.2 -f --pid="$vm" "$result" 2>/dev/null | show
	wait "$vm"
	rc=$?
	trap - EXIT
}

# The kernel patches itself while it boots, through breakpoints, and QEMU's
# threads may run one that is gone already.  Before the job has begun that says
# nothing about the project; later it counts as any other complaint.
died_of_emulation()
{
	! grep -q -a '^optq-boot: ' "$result" && grep -q -a 'Oops: int3' "$console"
}

mkdir -p "$LOGS"
if [ -n "${um_kernel:-}" ]; then
	print_job >"$root/var/tmp/$name.job"
else
	make_initrd || bail "its initramfs could not be made"
fi
run_guest
if died_of_emulation; then
	echo "# $name: a stale breakpoint of the emulator ended the boot; once more"
	run_guest
fi
rm -rf "$VM/$suite/$name.job" "$root/var/tmp/$name.job"

verdict=$(tr -d '\r' <"$result" | tail -n 1)
[ "$rc" -eq 124 ] || [ "$rc" -eq 137 ] && bail "no end within $limit s"
[ "$rc" -eq 0 ] || bail "the guest's program: exit $rc: $(tail -n 1 "$LOGS/$name.qemu")"
grep -q -a -E -f "$detectors" "$console" &&
	bail "the kernel complained"
case $verdict in
"optq-verdict: 0") exit 0 ;;
"optq-verdict: "*) bail "the guest failed, exit ${verdict#optq-verdict: }" ;;
*) bail "the guest ended without a verdict" ;;
esac
