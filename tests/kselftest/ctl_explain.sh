#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# explain --dev asks the kernel: it says what explain of the policy's file says, and what
# packets do.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"
. "$OPTQ_HERE/lib_frames.sh"

# policy [NAMES]: with a class by names that are told
policy()
{
	cat <<-END
		optq: 1
		sets:
		  lan: [10.77.0.0/24, "fd77::/64"]
		links:
		  wan:
		    device: $DEV
		    egress:
		      rate: 1gbit
		      default: rest
		      classes:
		        voice: {rate: 10mbit, delay: 5ms, match: [dscp ef, udp dport 16384-32767 and not mark 1]}
		        work:
		          rate: 100mbit
		          ceil: 500mbit
		          classes:
		            dns: {match: udp dport 53 src @lan}
		            $1
		            guests: {prio: 3, match: iif lo or vlan 7}
		            owned: {match: uid 4242 or mark 0x10/0xf0}
		        rest: {match: dst @lan and tcp}
	END
}

NAMES='video: {match: app meet or host tv}'
apply() { policy "${1:-$NAMES}" >"$TMP/p.yaml" && in_c "$OPTQCTL" apply "$TMP/p.yaml" >"$TMP/apply" 2>&1 || { cat "$TMP/apply"; return 1; }; }

live() { in_c "$OPTQCTL" -j explain --dev "$DEV" "$@"; }

# What both say; the link has another name.
core='{class, default, rule, path, tried, certain, depends_on, otherwise}'

# alike PACKET: of the file and of the kernel
alike()
{
	"$OPTQCTL" -j explain "$TMP/p.yaml" "$1" | jq -S "$core" >"$TMP/file" &&
	live "$1" | jq -S "$core" >"$TMP/live" || { echo "of: $1"; return 1; }
	[ -s "$TMP/file" ] && cmp -s "$TMP/file" "$TMP/live" && return
	echo "of \"$1\", the file and the kernel:"
	diff "$TMP/file" "$TMP/live"
	return 1
}

packets=("dscp ef" "src 10.77.0.9 udp dport 53 dscp 0 mark 0" "udp dport 20000 dscp 0"
	"udp dport 20000 dscp 0 mark 1" "tcp dst 10.77.0.2 dscp 0" "tcp" "ip6" "icmp type 8"
	"src 10.77.0.1 dst 10.77.0.2 tcp sport 5 dport 443 dscp 0 mark 0x13 not vlan"
	"vlan 7 tcp dscp 0" "iif lo tcp dscp 0 mark 0" "uid 4242 tcp dscp 0 mark 0 iif lo"
	"src fd77::5 dst fd77::2 tcp dscp 0 mark 0 not vlan uid 0" "src 192.0.2.1 udp dport 53 dscp 0 mark 0")

as_the_file()
{
	local p bad=0
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	# What the kernel is told of names a file does not know.
	apply "other: {match: ip6 tcp dport 443 not app meet}" || return 1
	in_c "$OPTQCTL" element add "$DEV" app meet udp src 10.1.1.1 sport 1 dst 10.1.1.2 dport 2 >/dev/null || return 1
	for p in "${packets[@]}"; do alike "$p" || bad=1; done
	return $bad
}

# A cgroup below one that rules name is in that.  Where /sys is the guest's own.
below_a_cgroup()
{
	mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup || return 1
	mkdir -p /sys/fs/cgroup/one/two /sys/fs/cgroup/else || return 1
	in_c() { nsenter --net="/run/netns/$NS_C" "$@"; }
	apply "grouped: {match: cgroup one}" && alike "cgroup one/two tcp dscp 0 mark 0" &&
	alike "cgroup one tcp dscp 0 mark 0" && alike "cgroup else tcp dscp 0 mark 0" &&
	goes work/grouped "cgroup one/two tcp dscp 0 mark 0 src 192.0.2.1 dst 192.0.2.2"
}

# goes CLASS PACKET
goes() { same "$1" "$(live "$2" | jq -r .class)" "the class of: $2"; }

# What the kernel was told of a flow and of a host counts without being said.
told()
{
	local flow="src 10.77.0.1 dst 10.77.0.2 udp sport 1234 dport 99"
	local rest="dscp 0 mark 0 not vlan uid 0 iif $DEV"
	apply && goes rest "$flow $rest" || return 1
	same true "$(live "$flow $rest" | jq .certain)" "that nobody was told of it" || return 1
	# shellcheck disable=SC2086	# word by word
	in_c "$OPTQCTL" element add "$DEV" app meet $flow >/dev/null || return 1
	goes work/video "$flow $rest" &&
	same true "$(live "$flow $rest" | jq .certain)" "that it is of the application" || return 1
	goes rest "src 10.77.0.1 dst 10.77.0.2 udp sport 1235 dport 99 $rest" || return 1
	# Without its ports it may be.
	same false "$(live "src 10.77.0.1 dst 10.77.0.2 udp $rest" | jq .certain)" "with ports not given" || return 1
	in_c "$OPTQCTL" element add "$DEV" host tv 10.9.9.9 >/dev/null &&
	goes work/video "src 10.9.9.9 dst 10.77.0.2 tcp sport 1 dport 2 $rest" &&
	goes work/video "dst 10.9.9.9 tcp sport 1 dport 2 $rest" || return 1
	# Said otherwise it is taken at its word.
	goes rest "$flow $rest app other"
}

# The packets that explain speaks of, sent.
as_packets_do()
{
	local class
	apply && look_from_now
	printf '%s\n' "$(frame4 "$(ip4 184 28 0 17 "$A4")$(udp 9)")" \
		"$(frame4 "$(ip4 0 28 0 17 "$A4")$(udp 53)")" "$(frame4 "$(ip4 0 28 0 17 "$A4")$(udp 20000)")" |
		in_c "$FRAME_SEND" "$DEV" && optq_wait_for 10 no_backlog || return 1
	for class in voice work/dns voice; do echo "$class"; done | sort | uniq -c >"$TMP/want"
	for p in "src 10.77.0.1 udp sport 1234 dport 9 dscp ef" \
		"src 10.77.0.1 udp sport 1234 dport 53 dscp 0 mark 0" \
		"src 10.77.0.1 udp sport 1234 dport 20000 dscp 0 mark 0"; do
		live "$p" | jq -r .class
	done | sort | uniq -c >"$TMP/said"
	in_c "$OPTQCTL" -j show "$DEV" | jq -r '.[].classes[] | select(.leaf and .stats.packets > 0) | .stats.packets as $n | range($n) as $i | .path' 2>"$TMP/jq" |
		sort | uniq -c >"$TMP/sent"
	cmp -s "$TMP/want" "$TMP/said" && cmp -s "$TMP/want" "$TMP/sent" && return
	cat "$TMP/jq"
	paste "$TMP/want" "$TMP/said" "$TMP/sent"
	return 1
}

# A tree that tc has made, and one without a default
without_names()
{
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	tc_batch <<-END || return 1
		qdisc add dev $DEV root handle 1: optq
		class add dev $DEV parent 1: classid 1:10 optq rate 5mbit
	END
	goes direct "tcp" || return 1
	printf '%s\n' "link rate=1000000" "class id=7 rate=1000" "dim field=7" "set words=1 ranges=46,46" \
		"rule class=7 terms=0:0" | in_c "$OPTQ_NL" set "$DEV" >/dev/null || return 1
	goes 1:7 "dscp ef" && goes direct "dscp 0" &&
	in_c "$OPTQCTL" explain --dev "$DEV" dscp ef | grep -q "by rule 1: match"
}

errors()
{
	apply || return 1
	says "no such device" in_c "$OPTQCTL" explain --dev none0 tcp &&
	says "did you mean \"dport\"" in_c "$OPTQCTL" explain --dev "$DEV" tcp dprt 5 &&
	says "there is no interface \"none0\"" in_c "$OPTQCTL" explain --dev "$DEV" iif none0 &&
	in_c tc qdisc del dev "$DEV" root &&
	says "not optq" in_c "$OPTQCTL" explain --dev "$DEV" tcp || return 1
	in_c tc qdisc add dev "$DEV" root handle 1: optq && apply || return 1
	# What optqctl never sends.
	printf '%s\n' "dim @1=63" | refused_by "cannot read such a field" &&
	printf '%s\n' "dim field=7 @3=01" | refused_by "as many words as its field" &&
	printf '%s\n' "dim @9=00" | refused_by "" &&
	printf '%s\n' "dim field=7 @3=01000000" "class id=1" "dim field=7 @3=2e000000" | in_c "$OPTQ_NL" set "$DEV" |
		grep -q refused
}

refused_by()
{
	local got
	got=$(in_c "$OPTQ_NL" explain "$DEV")
	[[ $got == "refused "*"$1"* ]] || { echo "expected a refusal of $1, got: $got"; return 1; }
}

# A policy that changes meanwhile: an answer of one tree or the other, or none
changing()
{
	local i got
	apply && sed 's/dscp ef/dscp af11/; s/10mbit/11mbit/' "$TMP/p.yaml" >"$TMP/q.yaml" || return 1
	optq_bg ip netns exec "$NS_C" bash -c "while :; do $OPTQCTL apply $TMP/q.yaml; $OPTQCTL apply $TMP/p.yaml; done >/dev/null 2>&1"
	for i in $(seq 8); do
		got=$(live "dscp ef" 2>"$TMP/err" | jq -r '.class + " " + (.path[1].rate_bps | tostring)')
		case $got in
		"voice 10000000" | "rest "*) ;;
		*) grep -q "changed\|changing" "$TMP/err" || { echo "got: $got"; cat "$TMP/err"; return 1; } ;;
		esac
	done
}

ktap_header
ktap_plan 8
optq_require_root
optq_require_module
optq_require_tc
optq_require_ctl
optq_setup_ns
quiet_link
optq_require_programs
log_mark

ktap_test "the kernel says what the policy says" as_the_file
ktap_test "cgroups below those of rules" below_a_cgroup
ktap_test "applications and hosts as the kernel was told" told
ktap_test "packets go where it says" as_packets_do
ktap_test "classes without names, and no default" without_names
ktap_test "what is wrong is said" errors
ktap_test "while the policy changes" changing
ktap_test "no warning in the kernel's log" log_clean
ktap_done
