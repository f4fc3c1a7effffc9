#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Policies of several files on a device: sites that share a base, values of the command line,
# and a class for each row of a table, up to 100,000 of them.  How long these take: det_sites.sh.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"
. "$OPTQ_HERE/lib_frames.sh"

MANY=100000

apply() { quietly in_c "$OPTQCTL" apply "$@"; }

classes() { in_c "$OPTQCTL" -j show "$DEV" | jq -r 'first(.. | objects | select(has("classes"))) | .classes[] | "\(.path) \(.rate_bps // 0)"'; }

# What a line of show has of a class.
figures() { awk -v name="$1" '$1 == name { print $3, $4 }' "$TMP/shown"; }

rate() { classes | awk -v path="$1" '$1 == path { print $2 }'; }

base()
{
	cat >"$TMP/base.yaml" <<-END
		optq: 1
		let: { device: $DEV, up: 20mbit, calls: 1mbit }
		links:
		  wan:
		    device: \${device}
		    egress:
		      rate: \${up}
		      default: other
		      classes:
		        voice: { rate: "\${calls}", match: udp dport 5060 }
		        web: { rate: 2mbit, match: "tcp port { 80, 443 }" }
		        other:
	END
	printf 'include: base.yaml\nlet: { up: 50mbit, calls: 3mbit }\n' >"$TMP/north.yaml"
	printf '%s\n' 'include: base.yaml' 'links:' '  wan:' '    egress:' '      classes:' \
		'        cash: { rate: 4mbit, match: udp dport 7000 }' '        web: { rate: 5mbit }' >"$TMP/south.yaml"
}

a_site_has_its_values()
{
	apply "$TMP/north.yaml" || return 1
	same 3000000 "$(rate voice)" "the rate of voice" && same 2000000 "$(rate web)" "that of web" &&
		same 50000000 "$(in_c "$OPTQCTL" -j show "$DEV" | jq '[.. | objects | select(has("rate_bps"))][0].rate_bps')" \
			"that of the link"
}

another_has_a_class_more()
{
	apply "$TMP/south.yaml" || return 1
	same "$(printf '%s\n' "cash 4000000" "voice 1000000" "web 5000000" "other 0" | sort)" \
		"$(classes | sort)" "the classes"
}

the_command_line_counts()
{
	apply --let calls=700kbit "$TMP/south.yaml" || return 1
	same 700000 "$(rate voice)" "the rate of voice"
}

# Nothing is touched by a policy that is wrong, whichever of its files is.
what_is_wrong_is_told()
{
	local before
	before=$(classes)
	echo 'optq: one' >"$TMP/broken.yaml"
	echo 'include: [ base.yaml, broken.yaml ]' >"$TMP/west.yaml"
	in_c "$OPTQCTL" apply "$TMP/west.yaml" >"$TMP/said" 2>&1 && return 1
	grep -q "^$TMP/broken.yaml:1:7: error: " "$TMP/said" || { cat "$TMP/said"; return 1; }
	in_c "$OPTQCTL" apply --let up=fast "$TMP/south.yaml" >"$TMP/said" 2>&1 && return 1
	grep -q '^--let:1:4: error: rate: ' "$TMP/said" && grep -q "^$TMP/base.yaml:7:13: note: " "$TMP/said" ||
		{ cat "$TMP/said"; return 1; }
	same "$before" "$(classes)" "the classes"
}

table()
{
	cat >"$TMP/isp.yaml" <<-END
		optq: 1
		links:
		  wan:
		    device: $DEV
		    egress:
		      rate: 100gbit
		      default: other
		      classes:
		        for each subscribers.csv:
		          "\${name}": { rate: "\${down}", ceil: "\${max}", match: "src \${address}" }
		        other:
	END
	printf '%s\r\n' 'name,address,down,max' 'anna,10.99.0.1,2mbit,10mbit' '"bob","10.99.0.2/31",3mbit,' \
		'carla,2001:db8:7::/48,4mbit,9mbit' >"$TMP/subscribers.csv"
}

rows_are_classes()
{
	table
	apply "$TMP/isp.yaml" || return 1
	same "$(printf '%s\n' "anna 2000000" "bob 3000000" "carla 4000000" "other 0")" "$(classes)" "the classes"
}

# Of anna, two of bob, of carla, and of nobody
packets_come_to_them()
{
	local u
	u=$(udp 9)
	printf '%s\n' "$(frame4 "$(ip4 0 28 0 17 0a630001)$u")" "$(frame4 "$(ip4 0 28 0 17 0a630002)$u")" \
		"$(frame4 "$(ip4 0 28 0 17 0a630003)$u")" "$(frame6 "$(ip6 0 8 17 20010db8000700000000000000000005)$u")" \
		"$(frame4 "$(ip4 0 28 0 17 0a630004)$u")" |
		in_c "$FRAME_SEND" "$DEV" && optq_wait_for 10 no_backlog || return 1
	same "$(printf '%s\n' "anna 1" "bob 2" "carla 1" "other 1")" \
		"$(in_c "$OPTQCTL" -j show "$DEV" | jq -r 'first(.. | objects | select(has("classes"))) | .classes[] | "\(.path) \(.stats.packets)"')" \
		"packets of each class"
}

a_row_that_is_wrong_is_told()
{
	local before
	before=$(classes)
	printf 'dora,10.99.0.300,4mbit,9mbit\r\n' >>"$TMP/subscribers.csv"
	in_c "$OPTQCTL" apply "$TMP/isp.yaml" >"$TMP/said" 2>&1 && return 1
	grep -q "^$TMP/subscribers.csv:5:6: error: match: " "$TMP/said" && grep -q "^$TMP/isp.yaml:10:[0-9]*: note: " "$TMP/said" ||
		{ cat "$TMP/said"; return 1; }
	same "$before" "$(classes)" "the classes"
}

# Without their matches, of which a link has 32,768.
many_rows()
{
	sed -i 's/, match: "[^"]*"//; s/"\${max}"/10mbit/' "$TMP/isp.yaml"
	awk -v n=$MANY 'BEGIN { print "name,down"; for (i = 1; i <= n; i++) print "s-" i "," 2 - i % 2 "mbit" }' \
		>"$TMP/subscribers.csv"
	sed -i 's/rate: 100gbit/rate: 200gbit/' "$TMP/isp.yaml"
	apply "$TMP/isp.yaml" || return 1
	# Too much JSON for jq.
	in_c "$OPTQCTL" show "$DEV" >"$TMP/shown" || return 1
	same "$((MANY + 1))" "$(in_c "$OPTQ_NL" count "$DEV")" "classes" &&
		same "1mbit 10mbit" "$(figures s-77777)" "rate and ceil of one" &&
		same "2mbit 10mbit" "$(figures s-$MANY)" "those of the last"
}

too_many_rows()
{
	awk 'BEGIN { print "name,down"; for (i = 1; i <= 1000000; i++) print "s-" i ",1mbit" }' >"$TMP/subscribers.csv"
	in_c "$OPTQCTL" apply "$TMP/isp.yaml" >"$TMP/said" 2>&1 && return 1
	grep -q "^$TMP/isp.yaml:9:9: error: for each: 1000000 rows .* at most 131072 classes" "$TMP/said" ||
		{ cat "$TMP/said"; return 1; }
}

ktap_header
ktap_plan 10
optq_require_root
optq_require_module
optq_require_tc
optq_require_ctl
optq_setup_ns
quiet_link
optq_require_programs
log_mark
base

ktap_test "a site has what its base says, and its own values" a_site_has_its_values
ktap_test "another has a class more and a rate of its own" another_has_a_class_more
ktap_test "values of the command line count before both" the_command_line_counts
ktap_test "what is wrong is told in its file, and changes nothing" what_is_wrong_is_told
ktap_test "rows of a table are classes" rows_are_classes
ktap_test "packets come to them" packets_come_to_them
ktap_test "what is wrong in a row is told there, and changes nothing" a_row_that_is_wrong_is_told
ktap_test "a table of 100,000 rows" many_rows
ktap_test "a table of a million is refused" too_many_rows
ktap_test "no warning in the kernel's log" log_clean
ktap_done
