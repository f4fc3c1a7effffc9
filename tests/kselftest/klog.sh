# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# klog_complaints DIR MARK: what the kernel's log says since the line that ends in MARK that
# is in DIR/klog-detectors.  Fails if there is none.  Sourced.
#
# A cgroup that is full has the kernel tell where it ended a process, with a trace: what a
# test filled on purpose is no complaint, and is left out.

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
