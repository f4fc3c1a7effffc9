# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# klog_complaints DIR MARK: what the kernel's log says since the line that ends in MARK that
# is in DIR/klog-detectors.  Fails if there is none.  Sourced.
#
# kmemleak_scan: what is younger than five seconds is not told, and what is in a register for a
# moment not found: two scans.
#
# A cgroup that is full has the kernel tell where it ended a process, with a trace: what a
# test filled on purpose is no complaint, and is left out.

KMEMLEAK=/sys/kernel/debug/kmemleak

kmemleak_scan() { echo scan >$KMEMLEAK && sleep 6 && echo scan >$KMEMLEAK; }

klog_complaints()
{
	dmesg | awk -v mark="$2" '
		substr($0, length($0) - length(mark) + 1) == mark { on = 1; next }
		!on { next }
		/invoked oom-killer: / { held = ""; oom = 1 }
		oom && /Memory cgroup out of memory: Killed/ { oom = 0; next }
		oom { held = held $0 "\n"; next }
		{ print }
		END { if (oom) printf "%s", held }' |
		grep -E -f "$1/klog-detectors"
}
