#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: load.sh [PEER WAY]
#
# What many classes cost, inside a det guest: the kernel's memory that a tree of
# them takes, and guest time to load and to dump it.  The classes are leaves below
# one, each with a rate and a ceil: by `tc -batch` for all, and for OptQ as one
# policy too (optqctl) and as one netlink message without a policy's parser
# (optq_nl).  Memory is the growth of Slab, VmallocUsed and Percpu.

cd "$(dirname "$0")" || exit 1
. ./common.sh

OPTQ_NL=${OPTQ_NL:-/optq/build/kselftest/optq_nl}
dev=bench0
dir=/tmp/load
PATIENCE=${PATIENCE:-12}	# seconds of guest time that one load may take

kernel_kb()
{
	# Freed by RCU and by workers, soon.
	sleep 1
	awk '/^(Slab|VmallocUsed|Percpu):/ { kb += $2 } END { print kb }' /proc/meminfo
}

now_us() { echo "${EPOCHREALTIME/./}"; }

# batch_of KIND COUNT [LEAF]: class ids are hexadecimal, and 1:1 is the one above
batch_of()
{
	local scheduling='rate 1mbit ceil 10mbit'
	[ "$1" = hfsc ] && scheduling='sc rate 1mbit ul rate 10mbit'
	echo "qdisc add dev $dev root handle 1: $1"
	awk -v kind="$1" -v n="$2" -v leaf="${3:-}" -v s="$scheduling" -v dev=$dev 'BEGIN {
		add = "class add dev " dev " parent 1:"
		top = s; gsub(/10?mbit/, "10gbit", top)
		print add " classid 1:1 " kind " " top
		for (i = 2; i <= n + 1; i++) {
			printf "%s1 classid 1:%x %s %s\n", add, i, kind, s
			if (leaf)
				printf "qdisc add dev %s parent 1:%x handle %x: %s\n", \
					dev, i, i + 256, leaf
		}
	}'
}

policy_of()
{
	printf 'optq: 1\nlinks:\n  %s:\n    egress:\n      rate: 10gbit\n' $dev
	echo "      default: c1"
	echo "      classes:"
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++)
		print "        c" i ": { rate: 1mbit, ceil: 10mbit }" }'
}

message_of()
{
	echo "link rate=1250000000 oversubscribe=1"
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++)
		print "class id=" i " name=c" i " rate=125000 ceil=1250000 burst=3000 cburst=3000 weight=1" }'
}

make_tc() { batch_of "$kind" "$1" ${leaf:+"$leaf"} >$dir/in; }
load_tc() { timeout -s KILL "$PATIENCE" tc -batch $dir/in >$dir/said 2>&1; }
dump_tc() { tc class show dev $dev >$dir/out; }
make_policy() { policy_of "$1" >$dir/in; }
load_policy() { timeout -s KILL "$PATIENCE" "$OPTQCTL" apply $dir/in >$dir/said 2>&1; }
dump_policy() { "$OPTQCTL" -j show $dev >$dir/out; }
make_message() { message_of "$1" >$dir/in; }
load_message()
{
	tc qdisc add dev $dev root handle 1: optq
	timeout -s KILL "$PATIENCE" "$OPTQ_NL" timed $dev <$dir/in >$dir/said 2>&1
}
# Counted, not shown: what the kernel gives out, whatever is made of it.
dump_message() { [ "$("$OPTQ_NL" count $dev)" = "$(grep -c '^class' $dir/in)" ]; }

# load PEER WAY COUNT
load()
{
	local peer=$1 way=$2 count=$3 before start load dump kb transaction
	tc qdisc del dev $dev root 2>/dev/null
	"make_$way" "$count"
	before=$(kernel_kb)
	start=$(now_us)
	TIMEFORMAT=%3S
	if ! { time "load_$way"; } 2>$dir/system_time; then
		load=$(($(now_us) - start))
		json load peer="$peer" way="$way" classes="$count" load_us=$load \
			error="$(head -n 1 $dir/said | tr -cd 'a-zA-Z0-9 .,:()_-')"
		return 1
	fi
	load=$(($(now_us) - start))
	transaction=$(sed -n 's/^us //p' $dir/said)
	kb=$(($(kernel_kb) - before))
	start=$(now_us)
	"dump_$way" || return 1
	dump=$(($(now_us) - start))
	json load peer="$peer" way="$way" classes="$count" load_us=$load \
		system_us="${transaction:-$(awk '{ printf "%d", $1 * 1e6 }' $dir/system_time)}" \
		dump_us=$dump kb=$kb
}

series()
{
	local peer=$1 way=$2 count
	[ -z "$only" ] || [ "$only" = "$peer $way" ] || return 0
	kind=${3%% *} leaf=
	[ "$peer" = "$kind" ] || leaf=${peer#"$kind"_}
	shift 3
	for count in "$@"; do
		progress "load: $peer by $way, $count classes"
		# What did not fit in the time will not with more classes.
		load "$peer" "$way" "$count" || break
	done
}

only=$*
mkdir -p $dir
ip link add $dev type dummy
ip link set $dev up mtu 1500 txqueuelen 1000
series optq tc optq 10 1000 10000
series htb tc htb 10 1000 10000
series htb_fq_codel tc htb 10 1000 10000
series hfsc tc hfsc 10 1000 10000
series hfsc_fq_codel tc hfsc 10 1000 10000
series optq policy optq 10 1000 10000
# The last: nothing came for long after it, and the guest ends without more.
series optq message optq 10 1000 10000 100000
