#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tc plugin in the machine's own tc, without the kernel module: what it
# sends and prints is caught and fed by tc_capture.c.  TC_CAPTURE_LIB names it
# ready-made where there is no compiler.
. "$(dirname "$0")/../kselftest/lib.sh"

unit_dir=$(cd "$(dirname "$0")" && pwd)
lib=${TC_CAPTURE_LIB:-$TMP/tc_capture.so}

# What tc said to the last ask_*, and the message it would have sent.
said=$TMP/out
msg=$TMP/msg

ask()
{
	rm -f "$msg"
	TC_CAPTURE=$msg LD_PRELOAD=$lib tc "$@" >"$said" 2>&1
}

ask_class() { ask class replace dev lo parent 1: classid 1:10 optq "$@"; }
ask_qdisc() { ask qdisc replace dev lo root handle 1: optq "$@"; }

# replay class|qdisc [TC OPTION...]: what tc prints for the last message
replay()
{
	local object=$1
	shift
	TC_REPLAY=$msg LD_PRELOAD=$lib tc "$@" "$object" show dev lo
}

shown_class() { replay class "$@" | sed -n '1s/^class optq 1:10 parent 1: //p'; }
shown_qdisc() { replay qdisc | sed -n '1s/^qdisc optq 1: root refcnt [0-9]* //p'; }

same()
{
	local got=${1% } want=$2
	[ "$got" = "$want" ] && return
	echo "want: $want"
	echo "got:  $got"
	return 1
}

# class_reads "WORDS" "SHOWN": the words are taken silently, shown as given, and
# what is shown is taken for the very same message.
class_reads()
{
	local first=$TMP/first
	# shellcheck disable=SC2086
	ask_class $1 || { cat "$said"; return 1; }
	[ -s "$said" ] && { echo "not silent: $(cat "$said")"; return 1; }
	same "$(shown_class)" "$2" || return 1
	cp "$msg" "$first"
	# shellcheck disable=SC2046
	ask_class $(shown_class) || { cat "$said"; return 1; }
	same "$(sort_attrs "$msg")" "$(sort_attrs "$first")"
}

# The order of attributes is no part of what they say.
sort_attrs() { od -An -v -tx1 -w4 "$1" | sort; }

qdisc_reads()
{
	# shellcheck disable=SC2086
	ask_qdisc $1 || { cat "$said"; return 1; }
	[ -s "$said" ] && { echo "not silent: $(cat "$said")"; return 1; }
	same "$(shown_qdisc)" "$2"
}

# class_warns "WORDS" "TEXT...": taken, with a warning that says so.
warns()
{
	local ask=$1 words=$2 part
	shift 2
	# shellcheck disable=SC2086
	$ask $words || { cat "$said"; return 1; }
	for part in "optq: warning: " "$@"; do
		grep -qF -- "$part" "$said" && continue
		echo "no \"$part\" in: $(cat "$said")"
		return 1
	done
}
class_warns() { warns ask_class "$@"; }
qdisc_warns() { warns ask_qdisc "$@"; }

# refuses ask_* "WORDS" PART...: exit 1, nothing sent, each PART in the reason
refuses()
{
	local ask=$1 words=$2 part rc
	shift 2
	# shellcheck disable=SC2086
	$ask $words
	rc=$?
	[ $rc -eq 1 ] || { echo "exit $rc: $(cat "$said")"; return 1; }
	[ -e "$msg" ] && { echo "sent all the same"; return 1; }
	for part in "$@"; do
		grep -qF -- "$part" "$said" && continue
		echo "no \"$part\" in: $(cat "$said")"
		return 1
	done
}

# One test per line of a here-document: WORDS | expectation [| expectation...]
each()
{
	local name=$1 line parts
	shift
	while IFS= read -r line; do
		[ -n "$line" ] || continue
		IFS='|' read -ra parts <<<"$line"
		ktap_test "$name: ${parts[0]}" "$@" "${parts[@]}"
	done
}

wire_form()
{
	ask_class prio 3 rate 8000000 name v ecn || { cat "$said"; return 1; }
	# nest TCA_OPTIONS; name(3), prio(9), rate(4), ecn(14), ceil(5): the ABI
	local want="34 00 02 80 06 00 03 00 76 00 00 00 08 00 09 00 03 00 00 00"
	want+=" 0c 00 04 00 40 42 0f 00 00 00 00 00 05 00 0e 00 01 00 00 00"
	want+=" 0c 00 05 00 40 42 0f 00 00 00 00 00"
	same "$(tail -c 52 "$msg" | od -An -v -tx1 | tr -s ' \n' ' ' |
		sed 's/^ //')" "$want"
}

# nest TCA_OPTIONS; layer(23) ptm, overhead(24) -2, mpu(25) 64: the ABI
link_layer_wire_form()
{
	ask_class ptm mpu 64 overhead -2 || { cat "$said"; return 1; }
	local want="1c 00 02 80 05 00 17 00 04 00 00 00 08 00 18 00 fe ff ff ff"
	want+=" 08 00 19 00 40 00 00 00"
	same "$(tail -c 28 "$msg" | od -An -v -tx1 | tr -s ' \n' ' ' |
		sed 's/^ //')" "$want"
}

empty_is_a_nest()
{
	ask_class || { cat "$said"; return 1; }
	same "$(tail -c 4 "$msg" | od -An -v -tx1 | tr -s ' ')" " 04 00 02 80" &&
	ask_qdisc || { cat "$said"; return 1; }
	same "$(tail -c 4 "$msg" | od -An -v -tx1 | tr -s ' ')" " 04 00 02 80"
}

details_show_all()
{
	local all="prio 0 rate 1Mbit ceil none burst auto cburst auto delay none weight auto"
	all+=" quantum auto limit auto target auto interval auto step_thresh auto inherit"
	ask_class rate 1mbit ceil none burst 0 weight auto target auto prio 0 ||
		{ cat "$said"; return 1; }
	same "$(shown_class)" "rate 1Mbit ceil none" &&
	same "$(shown_class -d)" "$all" || return 1
	# and is valid input all the same
	# shellcheck disable=SC2046
	ask_class $(shown_class -d) weight 5 2>/dev/null
	grep -q "weight after weight" "$said" || { cat "$said"; return 1; }
	# shellcheck disable=SC2046
	ask_class $(shown_class -d) || { cat "$said"; return 1; }
}

# The link's layer without one is raw; a class's is its parent's.
details_of_link_layers()
{
	ask_qdisc limit 5 || { cat "$said"; return 1; }
	same "$(replay qdisc -d | grep -o 'limit 5.*')" "limit 5 memory auto raw" || return 1
	ask_qdisc raw || { cat "$said"; return 1; }
	same "$(replay qdisc -d | grep -o 'burst.*')" "burst auto memory auto raw" || return 1
	ask_qdisc ptm || { cat "$said"; return 1; }
	same "$(replay qdisc -d | grep -o 'burst.*')" \
	     "burst auto memory auto raw overhead 0 mpu 0 ptm" || return 1
	ask_class || { cat "$said"; return 1; }
	same "$(shown_class -d | grep -oE ' (raw|noatm|atm|ptm|overhead|mpu|inherit).*')" " inherit" || return 1
	ask_class inherit || { cat "$said"; return 1; }
	same "$(shown_class)" ""
}

# layer(23) alone, and unspecified: what the class had is taken back
inherit_wire_form()
{
	ask_class inherit || { cat "$said"; return 1; }
	same "$(tail -c 12 "$msg" | od -An -v -tx1 | tr -s ' \n' ' ' |
		sed 's/^ //')" "0c 00 02 80 05 00 17 00 00 00 00 00"
}

# It is the initial value: told in details alone, and valid input then.
nonat_reads_back()
{
	local told
	ask_class isolate flow nonat || { cat "$said"; return 1; }
	told=$(shown_class -d)
	told=${told% }
	case " $told " in
	*" isolate flow nonat "*) ;;
	*) echo "details: $told"; return 1 ;;
	esac
	same "$(shown_class)" "" &&
	# shellcheck disable=SC2086
	ask_class $told && same "$(shown_class -d)" "$told"
}

iec_reads_back()
{
	ask_class rate 2048kibit || { cat "$said"; return 1; }
	same "$(shown_class -iec)" "rate 2Mibit ceil 2Mibit" &&
	same "$(shown_class)" "rate 2097152bit ceil 2097152bit"
}

stats_of()
{
	ask_class rate 1mbit || { cat "$said"; return 1; }
	TC_STATS=$1 replay class -s >"$said" || return 1
	shift
	for part in "$@"; do
		grep -qF -- "$part" "$said" && continue
		echo "no \"$part\" in: $(cat "$said")"
		return 1
	done
}

stats_shorter() { stats_of 44 "enqueued 1003" "aqm 1005" && ! grep -q other "$said"; }
stats_without_percentiles() { stats_of 120 "max 1015ns" && ! grep -q p50 "$said"; }
stats_without_missed() { stats_of 152 "p99.9 1019ns" && ! grep -q missed "$said"; }
stats_without_dscp() { stats_of 160 "guarantee missed" && ! grep -q dscp "$said"; }
stats_without_blue() { stats_of 176 "aqm 1005 other 1006" && ! grep -q 'blue\|l4s' "$said"; }
stats_without_hosts() { stats_of 192 "new_flows 1013" && ! grep -q hosts "$said"; }
stats_same()
{
	stats_of 232 "enqueued 1003 flows 1012 new_flows 1013 hosts 1025" \
		"overlimit 1004 aqm 1005 blue 1023 ack 1026 other 1006 ecn_marked 1007 l4s_marked 1024 dscp_changed 1021 dscp_failed 1022" \
		"memory: limit 1029b used 1027b most 1028b" \
		"guaranteed 1011b throttled 1010ns guarantee missed 1us ago" \
		"sojourn: avg 1014ns max 1015ns p50 1016ns p90 1017ns p99 1018ns p99.9 1019ns"
}
stats_longer() { stats_of 264 "p99.9 1019ns" && ! grep -q '103[0-9]' "$said"; }
stats_without_memory() { stats_of 208 "ack 1026" && ! grep -q memory "$said"; }
stats_without_acks() { stats_of 200 "dscp_failed 1022" "blue 1023 other 1006"; }

# missed NS AGO: so it is told; an empty AGO: not at all
missed()
{
	TC_LAST=$1 stats_of 160 "throttled 1010ns ${2:+guarantee missed $2 }" || return 1
	[ -n "$2" ] || ! grep -q missed "$said"
}

# tc of iproute2 6.1 has no JSON for classes, of any kind.
json_class()
{
	ask_class name a rate 8mbit burst 15k weight 3 target 5ms noecn \
		l4s step_thresh 2ms oversubscribe delay 20ms dscp AF41 \
		isolate triple nat ack-filter-aggressive || { cat "$said"; return 1; }
	TC_STATS=200 replay class -s -j >"$said"
	grep -q '^\[' "$said" || { echo "this tc has no JSON for classes"; return 4; }
	same "$(jq -c '.[0] | [.class, .name, .rate, .ceil, .burst, .weight,
		.target, .delay, .ecn, .l4s, .step_thresh, .oversubscribe, .dscp,
		.isolate, .nat, ."ack-filter", .stats.bytes, .stats.drop_aqm,
		.stats.sojourn_max_ns, .stats.sojourn_p50_ns,
		.stats.sojourn_p90_ns, .stats.sojourn_p99_ns,
		.stats.sojourn_p999_ns, .stats.guarantee_missed_ns,
		.stats.drop_blue, .stats.ecn_marks_l4s, .stats.hosts]' "$said")" \
	     '["optq","a",1000000,1000000,15360,3,5000000,20000000,false,true,2000000,true,"af41","triple",true,"aggressive",7000,1005,1015,1016,1017,1018,1019,1020,1023,1024,1025]'
}

# json_layer qdisc|class WORDS WANT: of a tc that has it
json_layer()
{
	local words=$2
	[ "$words" = none ] && words=
	# shellcheck disable=SC2086
	"ask_$1" $words || { cat "$said"; return 1; }
	replay "$1" -j >"$said"
	grep -q '^\[' "$said" || { echo "this tc has no JSON for classes"; return 4; }
	same "$(jq -c '.[0] | (.options // .) | [.layer, .overhead, .mpu]' "$said")" "$3"
}

json_qdisc()
{
	ask_qdisc default 10 rate 10mbit limit 5 sysfs on || { cat "$said"; return 1; }
	TC_STATS=120 replay qdisc -s -j >"$said"
	same "$(jq -c '.[0] | [.kind, .options.default, .options.rate,
		.options.limit, .options.sysfs, .bytes, .drop_aqm]' "$said")" \
	     '["optq","0x10",1250000,5,true,7000,1005]' || return 1
	# a key that tc itself prints would be lost to most JSON readers
	same "$(jq -c --stream 'select(length == 2) | .[0]' "$said" | sort | uniq -d)" ""
}

help_names_all()
{
	ask_class help
	[ $? -eq 1 ] || return 1
	for part in rate ceil prio burst buffer cburst delay weight quantum limit target \
		interval ecn noecn l4s nol4s step_thresh isolate nat nonat oversubscribe dscp wash nodscp nowash \
		ack-filter ack-filter-aggressive no-ack-filter ack-filter-inherit police cir cbs eir ebs pir pbs each conform exceed violate \
		name mtu mpu overhead linklayer raw noatm atm ptm conservative ipoa-vcmux ipoa-llcsnap bridged-vcmux \
		bridged-llcsnap pppoa-vcmux pppoa-llc pppoe-vcmux pppoe-llcsnap \
		pppoe-ptm bridged-ptm ethernet docsis ether-vlan; do
		grep -qw -- "$part" "$said" || { echo "no $part"; return 1; }
	done
}

percent_needs_a_speed() { refuses ask_class "rate 10%" 'optq: rate "10%"'; }

ktap_header
ktap_plan 350
optq_require_cmd tc jq od
optq_require_tc
if [ -z "${TC_CAPTURE_LIB:-}" ]; then
	optq_require_cmd cc
	cc -Wall -Wextra -Werror -O1 -shared -fPIC -o "$lib" \
		"$unit_dir/tc_capture.c" -ldl || exit 1
fi
note "$(tc -V)"

. "$unit_dir/tc_plugin_cases.sh"
ktap_done
