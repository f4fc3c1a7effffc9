#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The scheduler's promises on random trees, with the kernel's own packets, GSO
# among them: guarantees, ceilings, and a link that is never idle.  The same
# properties as tests/property holds of the core alone, there with every packet
# watched.  SEED=N CASES=1 replays one.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_det.sh"

SEED=${SEED:-1}
CASES=${CASES:-12}
SECONDS_EACH=2

# A tree of one or two levels whose guarantees fit: tc's commands into $TMP/tree,
# and into $TMP/facts a line a class: ID PARENT RATE CEIL BURST CBURST FRAME GSO
# (rates in kbit/s, FRAME 0: not a leaf).
random_tree()
{
	awk -v seed="$1" -v facts="$TMP/facts" '
	function within(lo, hi) { return lo + int(rand() * (hi - lo + 1)) }
	function class(id, parent, rate, most, leaf,	ceil, burst, cburst, frame, gso) {
		ceil = rand() < 0.4 ? most : within(rate, most)
		burst = within(3028, 30000)
		# What a ceiling holds back it must be able to save.
		cburst = within(24, 40) * 1514
		frame = leaf ? within(200, 1500) : 0
		gso = leaf && rand() < 0.4 ? within(2, 20) : 0
		printf "class add DEV parent 1:%s classid 1:%x optq rate %dkbit ceil %dkbit burst %d cburst %d weight %d prio %d\n", \
			parent ? sprintf("%x", parent) : "", id, rate, ceil, burst, cburst, within(1, 10), within(0, 3)
		print id, parent, rate, ceil, burst, cburst, frame, gso >facts
		return ceil
	}
	BEGIN {
		srand(seed)
		link = within(8000, 40000)
		printf "qdisc add DEV root handle 1: optq rate %dkbit\n", link
		print 0, -1, link, link, 0, 0, 0, 0 >facts
		left = int(link * 0.95)
		n = within(2, 4)
		for (i = 1; i <= n; i++) {
			rate = within(200, int(left / (n - i + 1)))
			left -= rate
			inner = rand() < 0.6
			ceil = class(i, 0, rate, link, !inner)
			if (!inner)
				continue
			m = within(2, 3)
			below = rate
			for (k = 1; k <= m; k++) {
				r = within(64, int(below / (m - k + 1)))
				below -= r
				class(16 * i + k, i, r, ceil, 1)
			}
		}
	}' >"$TMP/tree"
}

send_all()
{
	local id parent rate ceil burst cburst frame gso
	while read -r id parent rate ceil burst cburst frame gso; do
		[ "$frame" -gt 0 ] || continue
		# shellcheck disable=SC2046
		saturate "$(printf '1:%x' "$id")" "$frame" -f 2 \
			$([ "$gso" -eq 0 ] || echo "-g $gso")
	done <"$TMP/facts"
}

# A packet and what passes between the reads of two classes is the slack.
promises_hold()
{
	awk '
	function most(id,	i, sum) {
		if (frame[id])
			return ceil[id]
		for (i = 1; i <= n; i++)
			if (parent[of[i]] == id)
				sum += most(of[i])
		return sum < ceil[id] ? sum : ceil[id]
	}
	function bad(id, what, limit) {
		printf "class %x sent %d bytes in %.3f s, %s %d\n", id, bytes[id], t, what, limit
		failed = 1
	}
	NR == FNR {
		of[++n] = $1; parent[$1] = $2; rate[$1] = $3; ceil[$1] = $4
		burst[$1] = $5; cburst[$1] = $6; frame[$1] = $7
		next
	}
	{ bytes[$1] = $2; t = $4 / 1e9 }
	END {
		if (!t) { print "nothing was sent"; exit 1 }
		for (i = 1; i <= n; i++) {
			id = of[i]
			want = rate[id] * 125 * t - burst[id] - 2 * 1514
			if (id && bytes[id] < want)
				bad(id, "its guarantee is", want)
			limit = ceil[id] * 125 * t + cburst[id] + 2 * 1514
			if (id && bytes[id] > limit)
				bad(id, "its ceiling is", limit)
		}
		for (i = 1; i <= n; i++)
			if (parent[of[i]] == 0)
				bytes[0] += bytes[of[i]]
		want = most(0) * 125 * t * 0.998 - 2 * 1514
		if (bytes[0] < want)
			bad(0, "it could have sent", want)
		printf "%d classes, the link sent %.0f of %d kbit/s\n", n - 1, bytes[0] / 125 / t, most(0)
		exit failed
	}' "$TMP/facts" "$TMP/rates"
}

one()
{
	random_tree "$1" || return 1
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	sed "s/DEV/dev $DEV/" "$TMP/tree" | tc_batch || return 1
	send_all
	measure "$SECONDS_EACH" || return 1
	promises_hold && return
	cat "$TMP/tree"
	echo "replay: SEED=$1 CASES=1 det_props.sh"
	return 1
}

ktap_header
ktap_plan "$CASES"
optq_require_root
optq_require_module
optq_require_tc
optq_require_det
optq_require_programs
det_dummy

for ((seed = SEED; seed < SEED + CASES; seed++)); do
	ktap_test "random tree $seed" one $seed
done
ktap_done
