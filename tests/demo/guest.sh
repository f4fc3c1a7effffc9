#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: guest.sh SECONDS [ROW...]
#
# The demo itself, inside the guest: the same traffic under each kind of
# management in turn, a table of what came of it, the live classes, and on the
# last line all figures as JSON.

cd "$(dirname "$0")" || exit 1
. ./topology.sh
. ./traffic.sh
. ./rows.sh

seconds=${1:-12}
shift
[ $# -gt 0 ] || set -- unmanaged fq_codel htb optq

OPTQCTL=${OPTQCTL:-/optq/optqctl/optqctl}
POLICY=${POLICY:-/optq/examples/branch-office.yaml}
raw=/tmp/demo

declare -A title=(
	[unmanaged]="unmanaged" [fq_codel]="fq_codel"
	[htb]="HTB + fq_codel" [optq]="OptQ")

say() { printf '%s\n' "$*"; }

look()
{
	on_router "$OPTQCTL" show wan0 >"$raw/show" 2>&1 || return 1
	on_router "$OPTQCTL" -j show wan0 >"$raw/show.json" 2>/dev/null
}

one_row()
{
	local name=$1 middle=:
	say "   ${title[$name]}: $((WARM + seconds)) s of traffic ..."
	line_rate "${LINE_RATE:-20mbit}"
	on_router tc qdisc del dev wan0 root 2>/dev/null
	"row_$name" || { say "   ${title[$name]}: could not be set up"; return 1; }
	[ "$name" = optq ] && middle=look
	traffic "$raw/$name" "$seconds" $middle
	row "$raw/$name" "$name" >"$raw/$name.json" || return 1
	jq -r '"   -> voice p99 \(.voice_delay_ms.p99 * 10 | round / 10) ms, " +
		"\(.voice_lost) of \(.voice_sent) lost; " +
		"\(.pages) pages; bulk \(.bulk_bps / 1e4 | round / 100) Mbit/s"' \
		"$raw/$name.json"
}

table()
{
	local format='%-15s %8s %8s %8s   %8s %8s %7s   %8s %8s %6s\n'
	printf "$format" '' bulk voice web 'voice' 'voice' voice page page pages
	printf "$format" '' Mbit/s Mbit/s Mbit/s 'p50 ms' 'p99 ms' 'loss %' 'p50 ms' 'p95 ms' ''
	for name in "$@"; do
		jq -r --arg title "${title[$name]}" '
			def f(n): if . == null then "-" else
				. * pow(10; n) | round / pow(10; n) end;
			[$title, (.bulk_bps / 1e6 | f(2)), (.voice_bps / 1e6 | f(3)),
			 (.web_bps / 1e6 | f(2)), (.voice_delay_ms.p50 | f(2)),
			 (.voice_delay_ms.p99 | f(2)),
			 (.voice_lost * 100 / .voice_sent | f(2)),
			 (.page_ms.p50 | f(0)), (.page_ms.p95 | f(0)), .pages] |
			@tsv' "$raw/$name.json" |
		while IFS=$'\t' read -r -a cell; do
			printf "$format" "${cell[@]}"
		done
	done
}

# The two figures that the main job is judged by.
verdict()
{
	jq -r '"OptQ: voice p99 \(.voice_delay_ms.p99 * 100 | round / 100) ms, " +
		"\(.voice_lost) of \(.voice_sent) lost; bulk has " +
		"\(.bulk_bps / (2e7 - .voice_bps - .web_bps) * 1000 | round / 10) " +
		"% of what voice and web leave of 20 Mbit/s"' "$raw/optq.json"
}

mkdir -p $raw
if [ ! -d /sys/module/sch_optq ] && [ -f /optq/sch_optq.ko ]; then
	insmod /optq/sch_optq.ko || exit 1
fi
topology_up || exit 1
servers_up || exit 1
failed=0
for name in "$@"; do
	one_row "$name" || failed=1
done
[ $failed -eq 0 ] || exit 1

say ""
table "$@"
if [ -f $raw/show ]; then
	say ""
	verdict
	say ""
	say "optqctl show wan0, while the traffic ran:"
	cat $raw/show
fi
for name in "$@"; do
	cat "$raw/$name.json"
done | jq -s -c '{guest: {kernel: $kernel, seconds: $seconds}, rows: .}' \
	--arg kernel "$(uname -r)" --argjson seconds "$seconds" | sed 's/^/demo-json: /'
