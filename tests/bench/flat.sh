#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: flat.sh
#
# What a packet costs in the qdisc by the number of classes and of levels, inside a
# det guest: instructions over those of a device without a qdisc, of packets that
# find a queue and leave one, in turns of eight leaves among all that there are, which
# eight rules tell apart.

cd "$(dirname "$0")" || exit 1
. ./common.sh
. ./pktgen.sh
. ./hold.sh

OPTQ_NL=${OPTQ_NL:-/optq/build/kselftest/optq_nl}
BURST=500
FLOWS=8		# a leaf each
dir=/tmp/flat

# tree_of CLASSES LEVELS: inner classes of one child each down to all the leaves,
# and a rule for each flow to one of those, from all over
tree_of()
{
	echo "link rate=1250000000"
	awk -v n="$1" -v levels="$2" -v flows=$FLOWS 'BEGIN {
		for (i = 1; i < levels; i++)
			printf "class id=%d name=i%d rate=1125000000%s\n", i, i,
				(i > 1 ? " parent=" i - 1 : "")
		for (i = levels; i <= n; i++)
			printf "class id=%d name=l%d rate=5000 ceil=1250000000%s\n", i, i,
				(levels > 1 ? " parent=" levels - 1 : "")
		step = int((n - levels + 1) / flows)
		print "dim field=2\ndim field=6\nset words=1 ranges=17,17"
		for (i = 0; i < flows; i++)
			printf "set words=1 ranges=%d,%d\nrule class=%d terms=0:0,%d:1\n",
				1000 + i, 1000 + i, levels + i * step, i + 1
	}'
}

# row CLASSES LEVELS: twice, since the first time finds nothing warm
row()
{
	local classes=$1 levels=$2
	progress "flat: $classes classes, $levels levels"
	tc qdisc del dev hold0 root 2>/dev/null
	tc qdisc add dev hold0 root handle 1: optq || return 1
	tree_of "$classes" "$levels" >$dir/tree
	"$OPTQ_NL" set hold0 <$dir/tree >$dir/said 2>&1 || { cat $dir/said >&2; return 1; }
	hold_cost $BURST && hold_cost $BURST || return 1
	json flat classes="$classes" levels="$levels" instructions=$((insn - base)) \
		queued="$queued" in="$in" out="$out"
}

mkdir -p $dir
modprobe pktgen
hold_device
pktgen_set hold0 $((BURST * 4))
pktgen_go
pktgen_go
base=$(($(pktgen_ns hold0) / (BURST * 4)))
status=0
for classes in 10 1000 100000; do
	row "$classes" 3 || status=1
done
for levels in 1 2 8 16 32; do
	row 1000 "$levels" || status=1
done
exit $status
