#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Names of flows and of hosts: told by netlink while packets flow, for a time, by those
# who may, and no more of them than there is room for.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"
. "$OPTQ_HERE/lib_frames.sh"

V4=00000000000000000000ffff
FLOW="elem field=18 proto=17 sport=1234 dport=99 @3=$V4$A4 @4=${V4}0a4d0002"
FROM4="elem field=19 @3=${V4}0a090909"
FROM6="elem field=19 @3=fd77000000000000000000000000abcd"
TO6="elem field=19 @3=fd770000000000000000000000000002"

# Classes: 1 the rest, 2 an application, 3 from a host, 4 to it
names()
{
	printf '%s\n' "link rate=1250000000 default=1" "class id=1" "class id=2" "class id=3" \
		"class id=4" "dim field=18" "dim field=19" "dim field=19 param=1" \
		"set words=1 ranges=5,5" "set words=1 ranges=9,9" \
		"rule class=2 terms=0:0" "rule class=3 terms=1:1" "rule class=4 terms=1:2" |
		in_c "$OPTQ_NL" set "$DEV" >"$TMP/set" || { cat "$TMP/set"; return 1; }
}

fresh()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	in_c tc qdisc add dev "$DEV" root handle 1: optq && names && look_from_now
}

# elem elem|noelem LINE...: an answer that is not ok is told
elem()
{
	local verb=$1 got
	shift
	got=$(printf '%s\n' "$@" | in_c "$OPTQ_NL" "$verb" "$DEV")
	[ "$got" = ok ] || { echo "$got"; return 1; }
}

# A flow of an application, one like it, two that come from a host, one to it
send()
{
	local u
	u=$(udp 99)
	printf '%s\n' "$(frame4 "$(ip4 0 28 0 17 "$A4")$u")" "$(frame4 "$(ip4 0 28 0 17 "$A4")$(udp 98)")" \
		"$(frame4 "$(ip4 0 28 0 17 0a090909)$u")" "$(frame6 "$(ip6 0 0 59 fd77000000000000000000000000abcd)")" \
		"$(frame6 "$(ip6 0 0 59 "$A6")")" | in_c "$FRAME_SEND" "$DEV" &&
	optq_wait_for 10 no_backlog
}

# sent_to WANT: all that was sent up to now
sent_to() { send && look && same "$1" "$text" "by name"; }

by_name()
{
	fresh && sent_to "1=5" || return 1
	# Both packets of IPv6 go to the one host, and one comes from another.
	elem elem "$FLOW id=5" "$FROM4 id=9" "$FROM6 id=9" "$TO6 id=9" || return 1
	sent_to "1=6 2=1 3=2 4=1" || return 1
	# Another name for what is there, and one that is taken out
	elem elem "$FLOW id=6" && elem noelem "$TO6" && sent_to "1=9 2=1 3=4 4=1" || return 1
	# Of another name by now: it stays.
	says "no such element" elem noelem "$FROM4 id=6" && elem noelem "$FROM4 id=9" &&
	sent_to "1=13 2=1 3=5 4=1"
}

# One of the protocol without ports, and a flow that has them in its first fragment only
other_flows()
{
	local f
	fresh || return 1
	elem elem "elem field=18 id=5 proto=50 @3=$V4$A4 @4=${V4}0a4d0002" \
		"elem field=18 id=5 proto=17 sport=1234 dport=99 @3=$A6 @4=fd770000000000000000000000000002" \
		"$FLOW id=5" || return 1
	f=$(udp 99)
	printf '%s\n' "$(frame4 "$(ip4 0 20 0 50 "$A4")")" "$(frame6 "$(ip6 0 8 17 "$A6")$f")" \
		"$(frame6 "$(ip6 0 16 60 "$A6")1100010400000000$f")" \
		"$(frame4 "$(ip4 0 28 0x2000 17 "$A4")$f")" "$(frame4 "$(ip4 0 28 0x2001 17 "$A4")$f")" |
		in_c "$FRAME_SEND" "$DEV" &&
	optq_wait_for 10 no_backlog && look && same "1=1 2=4" "$text" "flows of all kinds"
}

times_out()
{
	fresh && elem elem "$FROM4 id=9 timeout=200" "$FROM6 id=9 timeout=200" || return 1
	# Renewed for as good as ever, before it has run out or after
	elem elem "$FROM6 id=9 timeout=86400000" || return 1
	sleep 2
	sent_to "1=4 3=1" || return 1
	says "no such element" elem noelem "$FROM4" || return 1
	elem elem "$FROM4 id=9" && sent_to "1=7 3=3" || return 1
	# Without a time from now on
	elem elem "$FROM4 id=9 timeout=200" && elem elem "$FROM4 id=9" || return 1
	sleep 2
	sent_to "1=10 3=5"
}

wrong()
{
	local got bad=0 text verb line
	fresh || return 1
	while read -r verb text line; do
		got=$(elem "$verb" "$line") && { echo "taken: $line"; bad=1; }
		[[ $got == *"${text//_/ }"* ]] || { echo "wanted $text, got $got for $line"; bad=1; }
	done <<-END
		elem app_or_host elem field=1 id=1 @3=$V4$A4
		elem app_or_host elem id=1 @3=$V4$A4
		elem id_of_a_name elem field=19 @3=$V4$A4
		elem out_of_range elem field=19 id=0 @3=$V4$A4
		elem must_have_a_source elem field=19 id=1
		elem address_alone elem field=19 id=1 @3=$V4$A4 proto=17
		elem address_alone elem field=19 id=1 @3=$V4$A4 sport=17
		elem both_ports elem field=18 id=1 @3=$V4$A4 @4=$V4$A4 proto=17 sport=1
		elem is_a_flow elem field=18 id=1 @3=$V4$A4
		elem one_family elem field=18 id=1 @3=$V4$A4 @4=$A6 proto=50
		elem refused elem field=19 id=1 @3=$A4
		elem refused elem field=19 id=1 @3=$V4${A4}00
		elem refused elem field=19 id=1 @3=$V4$A4 @9=00
		elem at_most_86400000_ms elem field=19 id=1 @3=$V4$A4 timeout=86400001
		elem no_element
		noelem no_such $TO6
		noelem no_element
		noelem must_have_a_source elem field=18
	END
	# All are looked at before any is taken.
	elem elem "$FROM4 id=9" "elem field=19" >/dev/null && bad=1
	sent_to "1=5" || bad=1
	# Those before one that is not there are gone.
	elem elem "$FROM4 id=9" "$FROM6 id=9" || bad=1
	elem noelem "$FROM4" "$TO6" "$FROM6" >/dev/null && bad=1
	sent_to "1=9 3=1" || bad=1
	in_c tc qdisc replace dev "$DEV" root pfifo &&
	says "is not optq" elem elem "$FROM4 id=9" && return "$bad"
}

# elems WHICH TIMEOUT [COUNT]: 65536 of them
elems()
{
	awk -v p="$V4" -v i="$1" -v t="$2" -v n="${3:-65536}" 'BEGIN { for (v = 0; v < n; v++)
		printf "elem field=19 id=9 timeout=%d @3=%s%02x%04x07\n", t, p, i, v }'
}

tell() { in_c "$OPTQ_NL" elem "$DEV" <"$TMP/elems" >"$TMP/told"; }

# Far more than there is room for, with packets that ask for them meanwhile.
many()
{
	local i
	fresh && elem elem "elem field=19 id=9 @3=${V4}0a4d0001" || return 1
	OFFERED=0
	flood_start -t 600 -r 500
	for i in 0 1 2 3; do
		elems "$i" 86400000 >"$TMP/elems"
		tell || break
	done
	note "$(cat "$TMP/told")"
	grep -q "at most 262144 elements" "$TMP/told" || return 1
	# A renewal needs no room, and another has none until one has run out.
	elems 0 86400000 2000 >"$TMP/elems"
	tell || { cat "$TMP/told"; return 1; }
	says "at most 262144" elem elem "$TO6 id=9" || return 1
	elems 0 100 2000 >"$TMP/elems"
	tell || { cat "$TMP/told"; return 1; }
	optq_wait_for 20 elem elem "$TO6 id=9" || return 1
	elems 1 1 | sed 's/ id=9 timeout=1//' >"$TMP/elems"
	in_c "$OPTQ_NL" noelem "$DEV" <"$TMP/elems" || return 1
	flood_stop
	settled 1: && look && same "3=$OFFERED" "$text" "of the host that was named all along"
}

# With elements that run out and packets that ask, a qdisc goes and another comes.
goes_with_qdisc()
{
	local i
	flood_start -t 600 -r 500
	elems 7 3000 5000 >"$TMP/elems"
	for i in 1 2 3; do
		fresh && tell || { cat "$TMP/told"; return 1; }
	done
	flood_stop
	fresh && says "no such element" elem noelem "elem field=19 @3=${V4}07000107" &&
	elem elem "$FROM4 id=9" && fresh && sent_to "1=5"
}

not_privileged()
{
	local verb got
	fresh && elem elem "$FROM4 id=9" || return 1
	echo "$FROM4 id=5" >"$TMP/line"
	for verb in elem noelem; do
		got=$(as_nobody_c "$OPTQ_NL" "$verb" "$DEV" <"$TMP/line")
		[[ $got == *"refused EPERM"* ]] || { echo "$verb: $got"; return 1; }
	done
	got=$(as_nobody unshare -Urn \
		"$OPTQ_NL" elem lo <"$TMP/line")
	[[ $got == *"closed to user namespaces"* ]] || { echo "namespace: $got"; return 1; }
	sent_to "1=4 3=1"
}

ctl() { in_c "$OPTQCTL" "$@"; }

policy()
{
	cat >"$TMP/policy.yaml" <<-END
	optq: 1
	links:
	  $DEV:
	    egress:
	      rate: $1
	      default: rest
	      classes:
	        zoom: { rate: 1mbit, match: app zoom }
	        from: { rate: 1mbit, match: shost Example.com }
	        to: { rate: 1mbit, match: dhost example.com. }
	        rest: { rate: 1mbit }
	    ingress: { rate: 50mbit, default: in, classes: { in: { match: host x } } }
	END
	ctl apply "$TMP/policy.yaml" >"$TMP/said" 2>&1 || { cat "$TMP/said"; return 1; }
}

# classes WANT: packets of zoom, from, to and rest since the policy came
classes()
{
	send || return 1
	same "$1" "$(ctl -j show "$DEV" | jq -r '[.[0].classes[] | .stats.packets] | join(" ")')" \
		"by optqctl's names"
}

by_optqctl()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	policy 20mbit && classes "0 0 0 5" || return 1
	ctl element add "$DEV" app zoom udp src 10.77.0.1 sport 1234 dst 10.77.0.2 dport 99 timeout 1h &&
	ctl element add "$DEV" host EXAMPLE.com fd77::2 && classes "1 0 2 7" || return 1
	# Names are what they were in the tree that follows.
	policy 30mbit && classes "2 0 4 9" || return 1
	printf '# a comment\n\nhost example.com 10.9.9.9 timeout 1h\nhost example.com fd77::abcd\n' |
		ctl -j element add "$DEV" - | jq -e '.added == 2' >"$TMP/said" || return 1
	classes "3 2 5 10" || return 1
	ctl element delete "$DEV" app zoom udp src 10.77.0.1 sport 1234 dst 10.77.0.2 dport 99 &&
	classes "3 4 6 12"
}

optqctl_refuses()
{
	local bad=0
	says "no such element" ctl element delete "$DEV" host example.com 192.0.2.1 || bad=1
	says "there is no such device" ctl element add nothere0 host example.com 192.0.2.1 || bad=1
	printf 'host example.com 10.9.9.9\nhost example.com 192.0.2.1\n' >"$TMP/lines"
	says "line 2: there is no such element; the 1 before it are gone" \
		in_c sh -c '"$1" element delete "$2" - <"$3"' sh "$OPTQCTL" "$DEV" "$TMP/lines" || bad=1
	printf 'host example.com 10.9.9.9\nhost example.com\n' >"$TMP/lines"
	says "<stdin>:2: an address is missing" \
		in_c sh -c '"$1" element add "$2" - <"$3"' sh "$OPTQCTL" "$DEV" "$TMP/lines" || bad=1
	says "no such element" ctl element delete "$DEV" host example.com 10.9.9.9 || bad=1
	# Each direction has its own.
	ctl element add "$DEV" ingress host x 192.0.2.5 || bad=1
	says "no such element" ctl element delete "$DEV" host x 192.0.2.5 || bad=1
	ctl element delete "$DEV" ingress host x 192.0.2.5 || bad=1
	ctl remove "$DEV" || bad=1
	says "has no ingress" ctl element add "$DEV" ingress host x 192.0.2.5 || bad=1
	says "is not optq" ctl element add "$DEV" host x 192.0.2.5 || bad=1
	return "$bad"
}

# More than a message has room for.
many_by_optqctl()
{
	policy 20mbit || return 1
	awk 'BEGIN { for (i = 0; i < 3000; i++)
		printf "host example.com 10.9.%d.%d\n", i / 256, i % 256 }' >"$TMP/lines"
	in_c sh -c '"$1" element add "$2" - <"$3"' sh "$OPTQCTL" "$DEV" "$TMP/lines" &&
	classes "0 1 0 4" &&
	in_c sh -c '"$1" -j element delete "$2" - <"$3"' sh "$OPTQCTL" "$DEV" "$TMP/lines" >"$TMP/said" &&
	same 3000 "$(jq .deleted "$TMP/said")" "deleted" && classes "0 1 0 9"
}

ktap_header
ktap_plan 12
optq_require_root
optq_require_module
optq_require_tc
optq_require_ctl
optq_require_cmd setpriv unshare
optq_require_kmod ifb sch_ingress cls_matchall act_mirred
optq_setup_ns
quiet_link
optq_require_programs
as_nobody_c test -x "$OPTQ_NL" || ktap_skip_all "nobody cannot run $OPTQ_NL"
log_mark

ktap_test "names of flows and of hosts" by_name
ktap_test "flows without ports, of IPv6, in fragments" other_flows
ktap_test "names for a time" times_out
ktap_test "what is wrong is refused" wrong
ktap_test "more than there is room for, under traffic" many
ktap_test "they go with the qdisc, under traffic" goes_with_qdisc
ktap_test "not by those who may not" not_privileged
ktap_test "by optqctl, from one policy to the next" by_optqctl
ktap_test "what optqctl refuses, and each direction by itself" optqctl_refuses
ktap_test "many by optqctl" many_by_optqctl
ktap_test "every packet is where it was counted" balanced
ktap_test "no warning in the kernel's log" log_clean
ktap_done
