# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tc_*.sh tests share beyond lib.sh:
#	quiet_link		nothing but the test's packets crosses $DEV; packets
#				to 10.78.0.0/16 and 10.79.0.0/16 cross it as well
#	tc_c ...		tc at work in the client's namespace.  In the VM each
#				program that starts takes a tenth of a second, and so
#				these tests start few: no `ip netns exec tc`, no awk
#	sent CLASSID		packets that left through a class
#	qdisc_sent HANDLE	likewise through a qdisc
#	send_udp COUNT SIZE ADDRESS PORT
#	send_ping COUNT SIZE ADDRESS [PING OPTION...]
#	drained			whether nothing waits at $DEV
#	lands CLASSID COUNT CMD...	CMD sends packets, COUNT of which, and no more
#				or less, leave through the class
#	says TEXT CMD...	CMD fails and says TEXT

quiet_link()
{
	local mac_s mac_c
	mac_s=$(in_s cat "/sys/class/net/$PEER/address")
	mac_c=$(in_c cat "/sys/class/net/$DEV/address")
	in_c ip neigh replace "$S4" lladdr "$mac_s" dev "$DEV" nud permanent &&
	in_s ip neigh replace "$C4" lladdr "$mac_c" dev "$PEER" nud permanent &&
	in_c sysctl -qw "net.ipv6.conf.$DEV.disable_ipv6=1" &&
	in_s sysctl -qw "net.ipv6.conf.$PEER.disable_ipv6=1" &&
	in_c ip route add 10.78.0.0/16 via "$S4" &&
	in_c ip route add 10.79.0.0/16 via "$S4" && return
	echo "Bail out! the link could not be made quiet"
	exit 1
}

tc_c() { tc -n "$NS_C" "$@"; }

# The packets of the first "Sent" line after the one that begins with $1.
sent_after()
{
	local line here=
	while IFS= read -r line; do
		case $line in
		"$1"*)	here=1 ;;
		class*|qdisc*) here= ;;
		" Sent "*" pkt "*)
			[ -n "$here" ] || continue
			line=${line%% pkt *}
			echo "${line##* }"
			return ;;
		esac
	done
	echo none
}

sent() { tc_c -s class show dev "$DEV" | sent_after "class optq $1 "; }

# The kind in between may be any.
qdisc_sent()
{
	local line
	while IFS= read -r line; do
		[[ $line == qdisc\ *\ "$1"\ * ]] && line="qdisc $1 "
		printf '%s\n' "$line"
	done < <(tc_c -s qdisc show dev "$DEV") | sent_after "qdisc $1 "
}

# What prints the commands that send, for a shell in the client's namespace.
udp_command()
{
	echo "for i in {1..$1}; do printf %0$2d 0 >/dev/udp/$3/$4; done"
}

# Without an answer, as from an address nobody has, ping fails.
ping_command()
{
	local count=$1 size=$2 to=$3
	shift 3
	echo "ping -q -n -c $count -s $size -i 0.02 -W 1 $* $to |" \
	     "grep -q '^$count packets transmitted'"
}

send_udp() { udp_command "$@" | in_c bash -e; }
send_ping() { ping_command "$@" | in_c bash -e; }

drained() { [[ $(tc_c -s qdisc show dev "$DEV" root) == *"backlog 0b 0p"* ]]; }

lands()
{
	local id=$1 want=$2 before after
	shift 2
	before=$(sent "$id")
	"$@" || { echo "not sent: $*"; return 1; }
	optq_wait_for 10 drained || { tc_c -s qdisc show dev "$DEV"; return 1; }
	after=$(sent "$id")
	[ $((after - before)) -eq "$want" ] && return
	echo "$id: $before packets before, $after after, $want sent"
	tc_c -s class show dev "$DEV"
	return 1
}

says()
{
	local text=$1
	shift
	local said
	if said=$("$@" 2>&1); then
		echo "succeeded: $*"
		return 1
	fi
	[[ $said == *"$text"* ]] && return
	echo "no \"$text\" in: $said"
	return 1
}
