#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Generic netlink, message by message: whatever is wrong with a tree is refused
# with a reason, and leaves every attribute of every answer as it was.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

MANY=10000

nl() { in_c "$OPTQ_NL" "$@"; }

# loads LINES: a tree, one line an argument
loads()
{
	printf '%s\n' "$@" | nl set "$DEV" | grep -v '^ok$'
	[ "${PIPESTATUS[1]}" -eq 0 ]
}

base_tree()
{
	loads "link default=3 rate=12500000" \
		"class id=1 name=top rate=12500000 ceil=12500000" \
		"class id=2 parent=1 name=voice rate=1250000 prio=0" \
		"class id=3 parent=1 name=rest rate=2500000 weight=3 ecn=1" \
		"class id=70000 parent=1 name=far rate=1000" \
		"dim field=7" "dim field=1" "dim field=2" "dim field=6" "dim field=3" \
		"set words=1 ranges=46,46" "set words=1 ranges=6,6" \
		"set words=1 ranges=17,17" "set words=1 ranges=53,60" \
		"set words=4 ranges_v4=0x0a000000,0x0affffff" \
		"set ranges=0x20010db8,0,0,0,0x20010db8,0,0,9" "set ranges_v4=0x0b000000,0x0b000000" \
		"rule class=2 terms=0:0 where=office.yaml:7 text=dscp_ef" \
		"rule class=3 terms=1:1,2:2,3:3 terms=3!3,2:2" \
		"rule class=70000 terms=4:4"
}

# refuses ERRNO TEXT LINES...: any errno if empty, but never without a reason
refuses()
{
	local errno=${1:-E*} text=$2 got
	shift 2
	got=$(printf '%s\n' "$@" | nl try "$DEV") && { echo "accepted: $*"; return 1; }
	# shellcheck disable=SC2254	# errno is a pattern
	case $got in
	*$'\nchanged')	echo "refused, but it changed what is there: $*" ;;
	refused\ E*:\ )	echo "refused without a reason: $*" ;;
	refused\ $errno:\ *"$text"*) return 0 ;;
	*)	echo "expected $errno with \"$text\", got: $got for $*" ;;
	esac
	return 1
}

# Several refusals are one test; each that is wrong is told.
bad=0
also() { "$@" || bad=1; }

cycles()
{
	also refuses ELOOP "its own parent" "class id=1 parent=1"
	also refuses ENOENT "parents go first" "class id=1 parent=2" "class id=2 parent=1"
	also refuses ENOENT "parents go first" "class id=1 parent=2" "class id=2"
	also refuses ENOENT "parents go first" "class id=1 parent=3" \
		"class id=2 parent=1" "class id=3 parent=2"
	also refuses ENOENT "parent is missing" "class id=1" "class id=2 parent=9"
	return $bad
}

duplicates()
{
	also refuses EEXIST "id is used twice" "class id=1" "class id=1"
	also refuses EEXIST "used twice under one parent" "class id=1 name=a" "class id=2 name=a"
	also refuses EEXIST "used twice under one parent" "class id=9 name=p" \
		"class id=1 parent=9 name=a" "class id=2 parent=9 name=a"
	return $bad
}

same_name_elsewhere()
{
	loads "class id=1 name=a" "class id=2 name=b" "class id=3 parent=1 name=x" \
		"class id=4 parent=2 name=x" && base_tree
}

ids()
{
	also refuses EINVAL "class has no id" "class name=a"
	also refuses EINVAL "1 to 4294967294" "class id=0"
	also refuses EINVAL "1 to 4294967294" "class id=4294967295"
	return $bad
}

names()
{
	local name
	for name in -a .a a/b @3=00 @3=0a00 @3=1b5b4100 @3=c3a400 @3=612000; do
		[ "${name#@}" = "$name" ] && name=name=$name
		also refuses EINVAL "name must be printable" "class id=1 $name"
	done
	also refuses "" "" "class id=1 name=$(printf 'x%.0s' {1..64})"
	# no end of the string
	also refuses "" "" "class id=1 @3=616263"
	return $bad
}

defaults()
{
	also refuses ENOENT "default class must be a leaf" "link default=9" "class id=1"
	also refuses ENOENT "default class must be a leaf" "link default=1" "class id=1" \
		"class id=2 parent=1"
	also refuses ENOENT "default class must be a leaf" "link default=1"
	return $bad
}

rules()
{
	local dims terms i
	for ((i = 1; i <= 25; i++)); do dims+=("dim field=11 param=$i"); done
	for ((i = 0; i < 65; i++)); do terms+=("terms="); done
	also refuses ENOENT "must name a leaf" "class id=1" "rule class=9"
	also refuses ENOENT "must name a leaf" "class id=1" "class id=2 parent=1" "rule class=1"
	also refuses EINVAL "must name its class" "class id=1" "rule terms="
	also refuses EINVAL "must name its field" "class id=1" "dim param=1"
	also refuses EINVAL "cannot read such a field" "class id=1" "dim field=200"
	also refuses EINVAL "no such parameter" "class id=1" "dim field=7 param=1"
	also refuses EINVAL "no such parameter" "class id=1" "dim field=11"
	also refuses EINVAL "given twice" "class id=1" "dim field=7" "dim field=7"
	also refuses E2BIG "at most 24 fields" "class id=1" "${dims[@]}"
	# The core's own test has all that can be wrong; these are the message's.
	also refuses EINVAL "how many words" "class id=1" "set ranges=1,2"
	also refuses EINVAL "1, 2 or 4" "class id=1" "set words=0 ranges=1,2"
	also refuses EINVAL "1, 2 or 4" "class id=1" "set words=3"
	also refuses EINVAL "1, 2 or 4" "class id=1" "set words=5 ranges=1,2"
	also refuses EINVAL "1, 2 or 4" "class id=1" "set words=1 ranges_v4=1,2"
	also refuses EINVAL "lowest and its highest" "class id=1" "set words=1 ranges=1,2,3"
	also refuses EINVAL "lowest and its highest" "class id=1" "set words=1 @3=010203"
	also refuses EINVAL "lowest and its highest" "class id=1" "set words=4 ranges=1,2"
	also refuses EINVAL "sorted" "class id=1" "set words=1 ranges=5,6" "set ranges=1,2"
	also refuses ERANGE "" "class id=1" "set words=1 absent=2"
	also refuses EINVAL "not among those" "class id=1" "rule class=1 terms=0:0"
	also refuses EINVAL "cannot have" "class id=1" "dim field=7" "set words=1 ranges=64,64" \
		"rule class=1 terms=0:0"
	also refuses EINVAL "two terms" "class id=1" "dim field=7" "set words=1 ranges=1,2" \
		"rule class=1 terms=0:0,0:0"
	also refuses EINVAL "whole terms" "class id=1" "rule class=1 @2=00000000"
	also refuses EINVAL "0 or 1" "class id=1" "rule class=1 @2=0000000000020000"
	also refuses EINVAL "what is unused" "class id=1" "rule class=1 @2=0000000000000100"
	also refuses EINVAL "at most 64 conjuncts" "class id=1" "rule class=1 ${terms[*]}"
	also refuses "" "" "class id=1" "rule class=1 where=$(printf 'x%.0s' {1..256})"
	return $bad
}

rates()
{
	also refuses ERANGE "the rates below it add up" \
		"class id=1 name=p rate=1000" "class id=2 parent=1 rate=600" \
		"class id=3 parent=1 rate=401"
	also refuses ERANGE "more than the link's rate" "link rate=1000" "class id=1 rate=600" \
		"class id=2 rate=401"
	# Through an inner class that has no rate of its own
	also refuses ERANGE "add up" "link rate=1000" "class id=1" \
		"class id=2 parent=1 rate=1001"
	# A sum beyond 64 bits is not reached: each is bounded.
	also refuses EINVAL "8bit to 1tbit" "class id=1 rate=125000000001"
	also refuses EINVAL "8bit to 1tbit" "class id=1 rate=18446744073709551615"
	also refuses ERANGE "8bit to 1tbit" "link rate=18446744073709551615"
	return $bad
}

oversubscribed()
{
	loads "class id=1 rate=1000 oversubscribe=1" "class id=2 parent=1 rate=600" \
		"class id=3 parent=1 rate=600" &&
	loads "link rate=1000 oversubscribe=1" "class id=1 rate=600" "class id=2 rate=600" &&
	base_tree
}

numbers()
{
	also refuses EINVAL "rate must not exceed ceil" "class id=1 rate=2000 ceil=1000"
	also refuses EINVAL "burst" "class id=1 burst=2147483648"
	also refuses EINVAL "burst" "class id=1 cburst=4294967295"
	also refuses EINVAL "prio must be 0 to 7" "class id=1 prio=8"
	also refuses EINVAL "quantum" "class id=1 quantum=255"
	also refuses EINVAL "quantum" "class id=1 quantum=1048577"
	also refuses EINVAL "limit" "class id=1 limit=4194305"
	also refuses EINVAL "target" "class id=1 target=999"
	also refuses EINVAL "interval" "class id=1 interval=10000000001"
	also refuses EINVAL "delay must be" "class id=1 rate=1000 delay=999"
	also refuses EINVAL "delay must be" "class id=1 rate=1000 delay=10000000001"
	also refuses EINVAL "needs a rate" "class id=1 delay=5000000"
	also refuses EINVAL "step_thresh must be 0 (automatic) or 1us to 1s" \
		"class id=1 step_thresh=999"
	also refuses EINVAL "step_thresh must be" "class id=1 step_thresh=4294967296000"
	also refuses EINVAL "isolate must be 0 to 5" "class id=1 isolate=6"
	also refuses EINVAL "isolate must be 0 to 5" "class id=1 isolate=255"
	# The rate of a class does not hold back the delays below it: 3 and 8.5 of 10.
	also refuses ERANGE "delay 20000us, kept as 18874us: 29054 bytes due, 23592 sent" \
		"link rate=1250000" "class id=1 rate=125000 oversubscribe=1" \
		"class id=2 parent=1 rate=125000 burst=3000 delay=20000000" \
		"class id=3 parent=1 rate=125000 burst=3000 delay=20000000" \
		"class id=4 parent=1 rate=125000 burst=3000 delay=20000000" \
		"class id=5 rate=1062500"
	also refuses ERANGE "" "class id=1 ecn=2"
	also refuses ERANGE "" "class id=1 l4s=2"
	also refuses ERANGE "" "class id=1 nat=2"
	also refuses ERANGE "" "class id=1 oversubscribe=2"
	also refuses ERANGE "limit must be" "link limit=0"
	also refuses ERANGE "limit must be" "link limit=4194305"
	also refuses ERANGE "direct_qlen" "link direct_limit=0"
	also refuses ERANGE "memory must be 0 (automatic) or 65536 to 2147483647 bytes" "link memory=65535"
	also refuses ERANGE "memory must be" "link memory=2147483648"
	also refuses ERANGE "memory must be" "link memory=1"
	also refuses ERANGE "burst" "link burst=2147483648"
	also refuses EOPNOTSUPP "when the qdisc is added" "link flows=7"
	also refuses ERANGE "flows" "link flows=0"
	return $bad
}

# Classes 1..N, each below the one before.
chain() { seq "$1" | awk '{ print "class id=" $1 " parent=" $1 - 1 }'; }

depth()
{
	local lines
	mapfile -t lines < <(chain 33)
	also refuses EINVAL "at most 32 levels" "${lines[@]}"
	mapfile -t lines < <(chain 32)
	also loads "${lines[@]}"
	also base_tree
	return $bad
}

# What does not parse: lengths, cut nests, attributes nobody knows, no nest flag.
shapes()
{
	also refuses "" "" "class @1=0100"			# 16 bits for an id
	also refuses "" "" "class @1=0100000000000000"	# 64 bits
	also refuses "" "" "class id=1 @4=01020304"		# 32 bits for a rate
	also refuses "" "" "class id=1 @9="			# none for a prio
	also refuses EINVAL "" "class id=1 @99=00"		# not in the header
	also refuses EINVAL "" "link @99=00"
	also refuses EINVAL "" "class id=1" "rule class=1 @99=00"
	also refuses EINVAL "" "class id=1 @17=$(printf '00%.0s' {1..152})" # reply only
	also refuses EINVAL "" "class id=1 @21=01000000"	# likewise
	also refuses EINVAL "" "raw 99 00"
	also refuses EINVAL "" "raw 0 00"
	also refuses EINVAL "" "raw 0x8004 0800010001000000ff"	# a byte too many
	also refuses "" "" "raw 0x8004 0800"			# less than a header
	also refuses "" "" "raw 0x8004 ff00010001000000"	# length beyond the nest
	also refuses "" "" "raw 0x8004 0300010001000000"	# length below a header
	also refuses "" "" "raw 0x8004 0000010001000000"
	also refuses EINVAL "" "raw 4 0800010001000000"		# a nest without the flag
	return $bad
}

flags()
{
	also refuses "" "" "flags 2" "class id=1"
	also refuses "" "" "flags 4294967295" "class id=1"
	also refuses "" "" "raw 2 0100" "class id=1"
	return $bad
}

check_only()
{
	local before
	before=$(nl dump "$DEV")
	also loads "flags 1" "class id=5 name=new rate=99"
	also refuses ENOENT "parent is missing" "flags 1" "class id=5 parent=6"
	also same "$before" "$(nl dump "$DEV")" "the tree after a check"
	return $bad
}

# checked WANT CLASS LINE...: 13=WANT in the answer to a check of a tree with that rule
checked()
{
	local want=$1 class=$2 got
	shift 2
	got=$(printf '%s\n' "flags 1" "class id=1" "class id=2" "dim field=11 param=255" "set words=1 $3" \
		"rule class=$class terms=0:0 $1" ${2:+"$2"} | nl echo "$DEV")
	case $got in
	*' 13='"$want"*ok*) ;;
	*)	echo "wanted 13=$want of $*: $got"; bad=1 ;;
	esac
}

# What decides counts, and not where it is written; where there is no optq, nothing is told.
check_of_rules()
{
	local got
	also loads "class id=1" "class id=2" "dim field=11 param=255" "set words=1 ranges=3,4" \
		"rule class=1 terms=0:0 where=a.yaml:7 text=mark_3-4"
	checked 01 1 "where=a.yaml:7 text=mark_3-4" "" ranges=3,4
	checked 01 1 "where=b.yaml:900" "" ranges=3,4
	checked 01 1 "" "" ranges=3,4
	checked 00 1 "" "" ranges=3,5
	checked 00 2 "" "" ranges=3,4
	checked 00 1 "" "rule class=2" ranges=3,4
	got=$(printf '%s\n' "flags 1" "class id=1" | nl echo "$DEV")
	case $got in *' 13=00'*ok*) ;; *) echo "no rules: $got"; bad=1 ;; esac
	got=$(printf '%s\n' "flags 1" "ifindex $(in_c cat /sys/class/net/lo/ifindex)" "class id=1" | nl echo "$DEV")
	case $got in *' 13='*) echo "of lo: $got"; bad=1 ;; *ok*) ;; *) echo "of lo: $got"; bad=1 ;; esac
	also base_tree
	return $bad
}

devices()
{
	local index
	also refuses ENODEV "no such device" "ifindex 999999" "class id=1"
	also refuses "" "" "ifindex 0" "class id=1"
	also refuses "" "" "ifindex 4294967295" "class id=1"
	# Of another namespace
	index=$(in_s cat "/sys/class/net/$PEER/ifindex")
	in_c ip -o link | grep -q "^$index:" ||
		also refuses ENODEV "no such device" "ifindex $index" "class id=1"
	index=$(in_c cat /sys/class/net/lo/ifindex)
	also refuses ENOENT "root qdisc is not optq" "ifindex $index" "class id=1"
	also same "refused EINVAL: ifindex is missing" \
		"$(echo "class id=1" | in_c "$OPTQ_NL" set -)" "no ifindex"
	for verb in get classes rules; do
		also same "refused ENOENT: the device's root qdisc is not optq" \
			"$(nl $verb lo)" "$verb of a device without optq"
	done
	return $bad
}

# The counter that tells changes apart, and the swap that compares it.
generation()
{
	local now
	now=$(nl get "$DEV" | sed 's/.* 6=\(..\)\(..\)\(..\)\(..\).*/0x\4\3\2\1/')
	also refuses EBUSY "changed meanwhile" "generation $((now - 1))" "class id=1"
	also loads "generation $((now))" "class id=1" "class id=2"
	also refuses EBUSY "changed meanwhile" "generation $((now))" "class id=1"
	# tc's changes count too.
	now=$((now + 1))
	in_c tc class change dev "$DEV" classid 1:2 optq rate 8kbit
	also refuses EBUSY "changed meanwhile" "generation $now" "class id=1"
	also loads "generation $((now + 1))" "class id=1"
	also base_tree
	return $bad
}

filter_keeps_class()
{
	in_c tc filter add dev "$DEV" parent 1: protocol ip u32 match ip dport 9 0xffff \
		flowid 1:2 || return 1
	also refuses EBUSY "tc filter points to " "class id=3"
	# Found by a check too, or several links would be applied by halves.
	also refuses EBUSY "tc filter points to " "flags 1" "class id=3"
	in_c tc filter del dev "$DEV" parent 1:
	also loads "class id=3"
	also base_tree
	return $bad
}

# cut_to COUNT LINK-OPTIONS: so many of COUNT packets that came have no room any more
cut_to()
{
	local got waited dropped
	loads "link default=1" "class id=1 rate=1 ceil=1 burst=1600 cburst=1600" || return 1
	OFFERED=0
	flood "$1" 400 -f 8 || return 1
	waited=$(figure 1: qlen) dropped=$(figure 1: drops)
	got=$(printf '%s\n' "link default=1 $2" \
		"class id=1 rate=1 ceil=1 burst=1600 cburst=1600" | nl echo "$DEV")
	case $got in
	*' 8='*) ;;
	*)	echo "no count in: $got"; bad=1 ;;
	esac
	also same "$waited" $(($(figure 1: qlen) + $(figure 1: drops) - dropped)) "waiting or dropped"
	also same $((waited - $(figure 1: qlen))) "$((0x$(printf '%s' "$got" |
		sed -n 's/.* 8=\(..\)\(..\)0000.*/\2\1/p')))" "packets that the answer counts"
}

# A smaller limit has no room for what waits, and the answer says for how much.
room()
{
	local got
	also cut_to 40 limit=7
	also same 7 "$(figure 1: qlen)" "packets left"
	also cut_to 200 memory=65536
	[ "$(link_figure memory_bytes)" -le 65536 ] && [ "$(figure 1: drops)" -gt 50 ] ||
		{ in_c tc -s qdisc show dev "$DEV"; bad=1; }
	# A change that drops nothing, and one that is refused, say that too.
	got=$(printf '%s\n' "class id=1" | nl echo "$DEV")
	case $got in *' 8=00000000'*ok*) ;; *) echo "not 0: $got"; bad=1 ;; esac
	got=$(printf '%s\n' "class id=1 parent=1" | nl echo "$DEV")
	case $got in "refused ELOOP: "*) ;; *) echo "not refused: $got"; bad=1 ;; esac
	also base_tree
	return $bad
}

came() { in_c tc -s qdisc show dev "$DEV" root | awk '$1 == "enqueued" { print $2; exit }'; }

# What is lost with a qdisc under a class that goes counts at the link.
graft_goes()
{
	local before drops
	loads "link default=1" "class id=1" "class id=3" &&
	quietly in_c tc qdisc add dev "$DEV" parent 1:1 handle 10: netem delay 200s ||
		return 1
	drops=$(figure 1: drops)
	flood 6 400 || return 1
	before=$(came)
	also same 6 "$(figure 1: qlen)" "packets that netem delays"
	also loads "link default=3" "class id=3"
	also same "$before" "$(came)" "packets that came to the link"
	also same 6 $(($(figure 1: drops) - drops)) "packets lost with netem"
	also base_tree
	return $bad
}

elapsed() { echo $((($(date +%s%N) - $1) / 1000000)); }

many()
{
	local start
	# 100 inner classes with 99 leaves each, and 100 more leaves: MANY in all
	awk -v many=$MANY 'BEGIN {
		print "link default=101"
		for (i = 1; i <= many; i++)
			print "class id=" i " parent=" (i <= 100 ? 0 : (i - 1) % 100 + 1) \
				" name=c" i " rate=" (i <= 100 ? 100000 : 1000)
	}' >"$TMP/many"
	start=$(date +%s%N)
	nl set "$DEV" <"$TMP/many" || return 1
	note "$MANY classes loaded in $(elapsed "$start") ms"
	start=$(date +%s%N)
	nl classes "$DEV" >"$TMP/dump" || return 1
	note "dumped in $(elapsed "$start") ms, $(wc -c <"$TMP/dump") bytes of text"
	same $MANY "$(wc -l <"$TMP/dump")" "classes in the dump" || return 1
	# Each once, in order.
	same "" "$(awk '{ print $4 }' "$TMP/dump" | sort | uniq -d)" "classes told twice"
	start=$(date +%s%N)
	nl set "$DEV" <"$TMP/many" || return 1
	note "loaded once more over themselves in $(elapsed "$start") ms"
}

# A dump that the deletion of classes overtakes says so, or is whole.
dump_while_deleting()
{
	local i out tries=0 interrupted=0 whole=0
	for i in $(seq 101 250); do
		printf 'class del dev %s classid 1:%x\n' "$DEV" "$i"
	done >"$TMP/dels"
	optq_bg ip netns exec "$NS_C" tc -batch "$TMP/dels"
	local deleter=$!
	while kill -0 "$deleter" 2>/dev/null && [ -e "/proc/$deleter/exe" ]; do
		out=$(nl classes "$DEV" 2>&1)
		tries=$((tries + 1))
		case $out in
		*interrupted*|*"refused EINTR"*) interrupted=$((interrupted + 1)) ;;
		*refused*|*optq_nl:*) echo "a dump failed: $(echo "$out" | tail -n 1)"; return 1 ;;
		*)	whole=$((whole + 1)) ;;
		esac
	done
	wait "$deleter" || { echo "the deletions failed"; return 1; }
	note "$tries dumps meanwhile: $whole whole, $interrupted told that they were not"
	same $((MANY - 150)) "$(nl classes "$DEV" | wc -l)" "classes left" &&
	[ $tries -gt 0 ] && base_tree
}

ktap_header
ktap_plan 25
optq_require_root
optq_require_module
optq_require_tc
optq_require_kmod sch_netem
optq_setup_ns
quiet_link
optq_require_programs
log_mark
in_c tc qdisc add dev "$DEV" root handle 1: optq || { echo "Bail out! no qdisc"; exit 1; }

ktap_test "a tree" base_tree
ktap_test "parents that are missing, later, or below" cycles
ktap_test "ids and names used twice" duplicates
ktap_test "a name may be used under two parents" same_name_elsewhere
ktap_test "ids that are none" ids
ktap_test "names that are none" names
ktap_test "defaults that are no leaf" defaults
ktap_test "rules" rules
ktap_test "rates that do not fit" rates
ktap_test "rates that need not fit" oversubscribed
ktap_test "numbers out of their range" numbers
ktap_test "32 levels, not 33" depth
ktap_test "attributes that do not parse" shapes
ktap_test "flags" flags
ktap_test "a check changes nothing" check_only
ktap_test "a check tells whether the rules are those in force" check_of_rules
ktap_test "devices" devices
ktap_test "a tree that has moved on" generation
ktap_test "a class that a tc filter names" filter_keeps_class
ktap_test "a limit too small for what waits" room
ktap_test "a class goes with the qdisc under it" graft_goes
ktap_test "$MANY classes" many
ktap_test "a dump while classes go" dump_while_deleting
ktap_test "the device is free of it all" in_c tc qdisc del dev "$DEV" root
ktap_test "no warning in the kernel's log" log_clean
ktap_done
