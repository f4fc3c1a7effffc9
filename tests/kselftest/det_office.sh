#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The main job, gated: the demo's network and traffic, once unmanaged and once with
# examples/branch-office.yaml.

. "$(dirname "$0")/lib.sh"

DEMO=$OPTQ_TREE/tests/demo

# check ROW EXPRESSION: true of the row's figures
check() { jq -e "$2" "/tmp/demo/$1.json"; }

test_runs()
{
	"$DEMO/guest.sh" 12 unmanaged optq | grep -v '^demo-json'
	return "${PIPESTATUS[0]}"
}

ktap_header
ktap_plan 6
optq_require_root
optq_require_det
optq_require_module
optq_require_ctl
optq_require_cmd jq iperf3 irtt nginx curl chrt ethtool

ktap_test "the branch office's traffic, unmanaged and under OptQ" test_runs
ktap_test "unmanaged, a call waits behind the bulk: p99 above 100 ms" \
	check unmanaged '.voice_delay_ms.p99 > 100'
ktap_test "under OptQ its p99 is at most 5 ms" check optq '.voice_delay_ms.p99 <= 5'
ktap_test "under OptQ it loses nothing" \
	check optq '.voice_lost == 0 and .voice_sent >= 590'
ktap_test "bulk has at least 95 % of what is left of 20 Mbit/s" \
	check optq '.bulk_bps >= 0.95 * (2e7 - .voice_bps - .web_bps)'
ktap_test "all together never exceed 20 Mbit/s" \
	check optq '.bulk_bps + .voice_bps + .web_bps <= 2.01e7'
ktap_done
