#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The words of tc, with the kernel: what is set is shown, what is shown can be
# set again, a change changes what it names and nothing else, and what is
# refused leaves everything as it was.  What the plugin alone decides is tested
# by tests/unit/tc_plugin.sh.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_tc.sh"

qdisc() { local verb=$1; shift; tc_c qdisc "$verb" dev "$DEV" root handle 1: optq "$@"; }
class() { local verb=$1; shift; tc_c class "$verb" dev "$DEV" "$@"; }

tree()
{
	qdisc add default 30 && class add parent 1: classid 1:1 optq rate 1gbit &&
	class add parent 1:1 classid 1:30 optq rate 1mbit
}

# The options in what tc shows of one object, which the pattern leads up to.
options_after()
{
	local line
	read -r line
	[[ $line =~ $1(.*[^ ])\ *$ ]] && echo "${BASH_REMATCH[-1]}"
}

shown()
{
	tc_c class show dev "$DEV" classid "$1" |
		options_after '^class optq [^ ]+ (root |parent [^ ]+ )(leaf [^ ]+ )?'
}

shown_qdisc()
{
	tc_c qdisc show dev "$DEV" root |
		options_after '^qdisc optq 1: root refcnt [0-9]+ '
}

same()
{
	[ "$1" = "$2" ] && return
	echo "want: $2"
	echo "got:  $1"
	return 1
}

reads()	# WORDS SHOWN
{
	# shellcheck disable=SC2086
	class add parent 1:1 classid 1:10 optq $1 || return 1
	same "$(shown 1:10)" "$2" || return 1
	class del classid 1:10 || return 1
	# shellcheck disable=SC2086
	class replace parent 1:1 classid 1:10 optq $2 || return 1
	same "$(shown 1:10)" "$2" || return 1
	class del classid 1:10
}

qdisc_reads()	# WORDS SHOWN-IN-PART...
{
	local words=$1 part was
	shift
	# shellcheck disable=SC2086
	qdisc change $words || return 1
	was=$(shown_qdisc)
	for part in "$@"; do
		case " $was " in *" $part "*) ;; *) echo "no $part in $was"; return 1 ;; esac
	done
	# shellcheck disable=SC2086
	qdisc replace $was || return 1
	same "$(shown_qdisc)" "$was"
}

# changes WORDS CHANGE SHOWN
changes()
{
	# shellcheck disable=SC2086
	class add parent 1:1 classid 1:10 optq $1 &&
	class change parent 1:1 classid 1:10 optq $2 || return 1
	same "$(shown 1:10)" "$3" || return 1
	class del classid 1:10
}

everything() { tc_c -d qdisc show dev "$DEV"; tc_c -d class show dev "$DEV"; }

# refuses NAME TEXT WORDS: tc fails, says TEXT, and nothing has changed
refuses()
{
	local before after
	before=$(everything)
	# shellcheck disable=SC2086
	says "$2" tc_c $3 || return 1
	after=$(everything)
	same "$after" "$before"
}

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

refuses_line() { refuses "$1" "$2" "${3/DEV/dev $DEV}"; }

nests_32_deep()
{
	local i parent=1:1
	for i in $(seq 2 32); do
		class add parent "$parent" classid "1:$(printf 1%02x "$i")" optq || return 1
		parent=1:$(printf 1%02x "$i")
	done
	refuses deep "32 levels" "class add dev $DEV parent $parent classid 1:200 optq" ||
		return 1
	for i in $(seq 32 -1 2); do
		class del classid "1:$(printf 1%02x "$i")" || return 1
	done
}

# What the manual says of tc's output.
left_out_and_not()
{
	class add parent 1:1 classid 1:10 optq &&
	same "$(shown 1:10)" "ecn" || return 1
	tc_c -d class show dev "$DEV" classid 1:10 | grep -q 'prio 0 rate none ceil none burst auto cburst auto delay none weight auto quantum auto limit auto target auto interval auto ecn l4s step_thresh auto isolate flow nonat nooversubscribe inherit *$' ||
		{ tc_c -d class show dev "$DEV" classid 1:10; return 1; }
	class del classid 1:10 &&
	tc_c qdisc del dev "$DEV" root && qdisc add || return 1
	[[ $(shown_qdisc) =~ ^limit\ [0-9]+\ direct_qlen\ [0-9]+\ flows\ [0-9]+$ ]] ||
		{ shown_qdisc; return 1; }
	tc_c -d qdisc show dev "$DEV" root | grep -q ' default none rate none burst auto limit .* nooversubscribe sysfs off raw *$' ||
		{ tc_c -d qdisc show dev "$DEV" root; return 1; }
	tc_c qdisc del dev "$DEV" root && tree
}

moves()
{
	class add parent 1:1 classid 1:40 optq rate 2mbit &&
	class add parent 1:1 classid 1:50 optq rate 1mbit &&
	class change parent 1:40 classid 1:50 optq || return 1
	class show classid 1:50 | grep -q 'parent 1:40 ' || { class show; return 1; }
	refuses circle "below itself" \
		"class change dev $DEV parent 1:50 classid 1:40 optq" || return 1
	class del classid 1:50 && class del classid 1:40
}

warns_of_oversubscription()
{
	class add parent 1:1 classid 1:40 optq rate 2mbit &&
	class add parent 1:40 classid 1:41 optq rate 1mbit &&
	class add parent 1:40 classid 1:42 optq rate 1500kbit >"$TMP/warning" 2>&1 ||
		{ cat "$TMP/warning"; return 1; }
	grep -q 'exceed its own' "$TMP/warning" ||
		{ echo "no warning: $(cat "$TMP/warning")"; return 1; }
	class change classid 1:40 optq oversubscribe &&
	class change classid 1:42 optq rate 1600kbit >"$TMP/warning" 2>&1 || return 1
	[ -s "$TMP/warning" ] && { echo "warned all the same"; return 1; }
	class del classid 1:42 && class del classid 1:41 && class del classid 1:40
}

names_in_json()
{
	tc_c -s -d -j class show dev "$DEV" >"$TMP/json" || return 1
	grep -q '^\[' "$TMP/json" || { echo "this tc has no JSON for classes"; return 4; }
	same "$(jq -c '[.[] | select(.handle == "1:1") | .class, .rate, .ceil, .prio,
		.ecn, .l4s, .layer, .overhead, .mpu, (.stats.sojourn_max_ns | type),
		(.stats.bytes | type)]' \
		"$TMP/json")" \
	     '["optq",125000000,125000000,0,true,true,null,null,null,"number","number"]' || return 1
	same "$(jq -c --stream 'select(length == 2) | .[0]' "$TMP/json" | sort | uniq -d)" "" &&
	class add parent 1:1 classid 1:10 optq overhead -30 ptm &&
	class add parent 1:1 classid 1:20 optq raw || return 1
	tc_c -j class show dev "$DEV" >"$TMP/json"
	same "$(jq -c '[.[] | select(.handle == "1:10" or .handle == "1:20") |
		[.handle, .layer, .overhead, .mpu]] | sort' "$TMP/json")" \
	     '[["1:10","ptm",-30,0],["1:20","raw",null,null]]' || return 1
	class del classid 1:10 && class del classid 1:20
}

qdisc_in_json()
{
	tc_c -s -d -j qdisc show dev "$DEV" root >"$TMP/json" || return 1
	same "$(jq -c '.[0] | [.kind, .options.default, (.options.limit | type),
		(.options.flows | type), .options.layer, (.drop_aqm | type), .qlen]' "$TMP/json")" \
	     '["optq","0x30","number","number","raw","number",0]' || return 1
	same "$(jq -c --stream 'select(length == 2) | .[0]' "$TMP/json" | sort | uniq -d)" ""
}

figures_follow_traffic()
{
	lands 1:30 5 send_udp 5 400 "$S4" 9 || return 1
	tc_c -s class show dev "$DEV" classid 1:30 >"$TMP/stats"
	grep -q '^  enqueued 5 flows [0-9]* new_flows [1-5] *$' "$TMP/stats" &&
	grep -q 'dropped: overlimit 0 aqm 0 blue 0 other 0 ecn_marked 0 l4s_marked 0' "$TMP/stats" &&
	grep -q 'sojourn: avg [0-9]' "$TMP/stats" && return
	cat "$TMP/stats"
	return 1
}

# What a packet counts for: by tc's own size table, and by a link layer.
# BYTES WORDS-BEFORE-OPTQ LINK-WORDS CLASS-WORDS [PAYLOAD [WORDS-OF-A-CHANGE]]
overhead_counts()
{
	local want=$1 got
	tc_c qdisc del dev "$DEV" root || return 1
	# shellcheck disable=SC2086
	tc_c qdisc add dev "$DEV" root handle 1: $2 optq default 30 $3 &&
	class add parent 1: classid 1:30 optq rate 10mbit $4 || return 1
	# shellcheck disable=SC2086
	[ $# -lt 6 ] || class change classid 1:30 optq $6 || return 1
	lands 1:30 5 send_udp 5 "${5:-400}" "$S4" 9 || return 1
	got=$(tc_c -s class show dev "$DEV" classid 1:30 |
		awk '$1 == "Sent" { print $2 }')
	tc_c qdisc del dev "$DEV" root && tree && same "$got" "$want"
}

# sysfs, where the speed stands, is that of the namespace only in `in_c`.
percent_of_speed()
{
	local mbit
	mbit=$(in_c cat "/sys/class/net/$DEV/speed") || return 1
	in_c tc class add dev "$DEV" parent 1:1 classid 1:10 optq \
		rate 1% ceil 2.5% || return 1
	same "$(shown 1:10)" \
	     "rate $((mbit / 100))Mbit ceil $((mbit * 25 / 1000))Mbit ecn" || return 1
	class del classid 1:10
}

without_options()
{
	tc_c qdisc del dev "$DEV" root &&
	tc_c qdisc add dev "$DEV" root optq || return 1
	local handle
	handle=$(tc_c qdisc show dev "$DEV" root | awk '{ print $3 }')
	tc_c class add dev "$DEV" parent "$handle" classid "${handle}1" optq &&
	send_udp 2 300 "$S4" 9 && tc_c qdisc del dev "$DEV" root && tree
}

ktap_header
ktap_plan 102
optq_require_root
optq_require_module
optq_require_tc
optq_setup_ns
quiet_link
tree || { echo "Bail out! no tree"; exit 1; }

each "class" reads <<'END'
rate 10mbit|rate 10Mbit ceil 10Mbit ecn
rate 10mbit ceil 20mbit|rate 10Mbit ceil 20Mbit ecn
rate 10mbit ceil none|rate 10Mbit ceil none ecn
rate 12345672bit ceil 1tbit|rate 12345672bit ceil 1Tbit ecn
rate 8bit|rate 8bit ceil 8bit ecn
ceil 5mbit|ceil 5Mbit ecn
prio 7|prio 7 ecn
rate 1mbit burst 15k cburst 2147483647|rate 1Mbit ceil 1Mbit burst 15Kb cburst 2147483647b ecn
weight 1|weight 1 ecn
weight 4294967295 quantum 1048576|weight 4294967295 quantum 1048576 ecn
weight 3 quantum 256 limit 1|weight 3 quantum 256 limit 1 ecn
limit 4194304|limit 4194304 ecn
target 1us interval 10s ecn|target 1us interval 10s ecn
target 20 interval 1500001ns|target 20us interval 1500001ns ecn
name voice oversubscribe|name voice ecn oversubscribe
overhead 30 ptm|ecn overhead 30 mpu 0 ptm
overhead -64 mpu 256|ecn raw overhead -64 mpu 256
overhead -64 mpu 256 noatm|ecn overhead -64 mpu 256 noatm
raw overhead 8 atm|ecn raw overhead 8 mpu 0 atm
overhead 8 mpu 96 linklayer adsl|ecn raw overhead 8 mpu 96 atm
mpu 64 atm|ecn raw overhead 0 mpu 64 atm
ethernet ether-vlan|ecn overhead 42 mpu 84 noatm
name voice raw|name voice ecn raw
rate 1mbit ceil none delay 20ms|rate 1Mbit ceil none delay 20ms ecn
noecn nooversubscribe|noecn
isolate dual-src nat|ecn isolate dual-src nat
isolate flow nonat|ecn
END

each "change" changes <<'END'
rate 1mbit ceil 5mbit prio 2 burst 9k limit 9 ecn||prio 2 rate 1Mbit ceil 5Mbit burst 9Kb limit 9 ecn
rate 1mbit ceil 5mbit weight 7|prio 3|prio 3 rate 1Mbit ceil 5Mbit weight 7 ecn
rate 1mbit ceil 5mbit|rate 2mbit|rate 2Mbit ceil 2Mbit ecn
rate 1mbit ceil 5mbit|rate 2mbit ceil 6mbit|rate 2Mbit ceil 6Mbit ecn
rate 1mbit ceil 5mbit|ceil none|rate 1Mbit ceil none ecn
rate 1mbit burst 9k|burst auto rate none|ceil 1Mbit ecn
rate 1mbit ceil none delay 9ms|delay none|rate 1Mbit ceil none ecn
ecn target 9ms|noecn limit 12|limit 12 target 9ms noecn
oversubscribe|nooversubscribe|ecn
overhead 30 ptm|prio 3|prio 3 ecn overhead 30 mpu 0 ptm
docsis|overhead 20|ecn raw overhead 20 mpu 0
pppoe-ptm|inherit|ecn
raw overhead 9|inherit prio 3|prio 3 ecn
ethernet|pppoe-ptm|ecn overhead 30 mpu 0 ptm
pppoe-ptm|raw|ecn raw
raw|overhead 0 noatm|ecn overhead 0 mpu 0 noatm
nol4s step_thresh 3ms|l4s|ecn step_thresh 3ms
step_thresh 3ms|nol4s step_thresh auto|ecn nol4s
isolate triple nat|nonat|ecn isolate triple
isolate triple nat|isolate flow|ecn nat
END

each "qdisc" qdisc_reads <<'END'
default 10|default 0x10
default 1:20 rate 1gbit burst 64k|default 0x20|rate 1Gbit|burst 64Kb
rate none burst auto|default 0x20
limit 1 direct_qlen 1|limit 1|direct_qlen 1
memory 64k|memory 64Kb
memory 2147483647 limit 7|limit 7|memory 2147483647b
limit 4194304 direct_qlen 4194304|limit 4194304|direct_qlen 4194304
oversubscribe|oversubscribe
overhead 30 ptm|overhead 30 mpu 0 ptm
conservative|overhead 48 mpu 0 atm
limit 9|overhead 48 mpu 0 atm|limit 9
mpu 64|raw overhead 0 mpu 64
raw|default 0x20
raw overhead 9|raw overhead 9 mpu 0
nooversubscribe default 30 limit 10240 direct_qlen 1000|default 0x30|limit 10240
END

each "refused" refuses_line <<'END'
rate above ceil|rate must not exceed ceil|class add DEV parent 1:1 classid 1:10 optq rate 2mbit ceil 1mbit
ceil below the rate it has|rate must not exceed ceil|class change DEV classid 1:30 optq ceil 500kbit
a delay without a rate|needs a rate|class add DEV parent 1:1 classid 1:10 optq delay 5ms
a parent that is not there||class add DEV parent 1:99 classid 1:10 optq
a class of another qdisc||class add DEV parent 1:1 classid 2:10 optq
the minor kept for no class|minor|class add DEV parent 1:1 classid 1:ffff optq
added twice||class add DEV parent 1:1 classid 1:30 optq
changed before it is there||class change DEV parent 1:1 classid 1:10 optq rate 1mbit
a class with children goes|below it|class del DEV classid 1:1
a class that is not there goes||class del DEV classid 1:10
another name|name|class change DEV classid 1:30 optq name other
another flow table|only be set when|qdisc change DEV root handle 1: optq flows 17
the class's keyword at the qdisc|what is "ceil"|qdisc change DEV root handle 1: optq ceil 1mbit
a link layer that raw takes back|give raw first|class change DEV classid 1:30 optq overhead 4 raw
an overhead beyond its range|from -64 to 256|qdisc change DEV root handle 1: optq overhead 257
one bad value among good ones|rate must not exceed ceil|class change DEV classid 1:30 optq prio 5 weight 9 rate 3mbit ceil 1mbit
END

ktap_test "classes nest 32 deep" nests_32_deep
ktap_test "what is left out of the output, and what is not" left_out_and_not
ktap_test "a class moves to another parent" moves
ktap_test "oversubscription is warned of once it is there" warns_of_oversubscription
ktap_test "JSON of classes" names_in_json
ktap_test "JSON of the qdisc" qdisc_in_json
ktap_test "figures follow traffic" figures_follow_traffic
ktap_test "percent of the device's speed" percent_of_speed
# 400 bytes of payload are 442 on Ethernet, 428 of IP
ktap_test "stab: overhead" overhead_counts $((5 * (442 + 30))) "stab overhead 30" "" ""
ktap_test "stab: ATM cells" \
	overhead_counts $((5 * 10 * 53)) "stab overhead 24 linklayer atm" "" ""
ktap_test "stab: not with a link layer" \
	overhead_counts $((5 * (428 + 30))) "stab overhead 90" "overhead 30" ""
ktap_test "link layer: overhead" overhead_counts $((5 * (428 - 10))) "" "overhead -10" ""
ktap_test "link layer: mpu" overhead_counts $((5 * 256)) "" "mpu 256" "" 40
ktap_test "link layer: ATM cells" overhead_counts $((5 * 10 * 53)) "" "overhead 40 atm" ""
ktap_test "link layer: PTM" overhead_counts $((5 * (458 + 8))) "" pppoe-ptm ""
ktap_test "link layer of a class" overhead_counts $((5 * (428 + 20))) "" docsis "overhead 20 noatm"
ktap_test "link layer: a class that inherits again" \
	overhead_counts $((5 * (428 + 18))) "" docsis "overhead 20 noatm" 400 inherit
ktap_test "link layer: on top of the device's length" \
	overhead_counts $((5 * (442 + 20))) "" "raw overhead 20" ""
ktap_test "HTB's overhead" overhead_counts $((5 * (442 + 20))) "" docsis "overhead 20"
ktap_test "HTB's mpu" overhead_counts $((5 * 96)) "" "" "mpu 96" 40
ktap_test "HTB's mpu, of longer packets" overhead_counts $((5 * 442)) "" "" "mpu 96"
ktap_test "HTB's linklayer" \
	overhead_counts $((5 * 10 * 53)) "" "" "mpu 64 overhead 24 linklayer atm"
ktap_test "link layer: raw of a class" overhead_counts $((5 * 442)) "" pppoe-ptm raw
ktap_test "qdisc and class without options" without_options
ktap_done
