# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the qdisc_*.sh and det_*.sh tests share beyond lib.sh and lib_tc.sh:
#	optq_require_programs	skips the file unless udp_load and optq_nl (see
#				their first lines) are there or can be built
#	$UDP_LOAD $OPTQ_NL $OPTQ_LISTEN $OPTQ_EVERY $DSCP_WIRE $ACK_WIRE $FLOW_FLOOD
#	$FRAME_SEND $FAIL_WALK $KILL_AT $NL_FUZZ
#				where they are
#	tc_batch		runs tc commands from its input in the client's
#				namespace; lines are as for tc -batch
#	ctl WORD...		optqctl in the client's namespace
#	nl_set LINE...		a tree by optq_nl; what it says is shown when it fails
#	has_sent N		the qdisc 1: of $DEV has, so many packets
#	quietly CMD...		what CMD says is shown only when it fails
#	figure HANDLE FIELD	of a qdisc of $DEV: packets bytes drops qlen backlog
#	cfigure CLASSID FIELD	of a class of $DEV: likewise
#	class_figure CLASSID FIELD	of a class of optq: what tc's JSON has
#	link_figure FIELD	likewise, of the qdisc
#	same WANT GOT WHAT	fails, and says both, unless they are equal
#	refused TEXT CMD...	CMD fails, says TEXT, and changes nothing that
#				tc -d shows of $DEV
#	flood COUNT SIZE [OPTION...]	sends COUNT packets to port 6000 of the
#				server as fast as they are taken; $OFFERED
#	flood_start OPTION...	udp_load send to $PORT, or 6000, in the background
#	flood_stop		ends what flood_start started; $OFFERED sums it up
#	receiver		counts at the server what comes to ports 6000-6009,
#				of $RECEIVE_AT instead of $S4 if set
#	received_in_order	from now on what the client's device sends in order comes
#				in order
#	received FIELD [PORT]	a figure of it, once nothing waits at $DEV; ends it
#	settled HANDLE		all offered are sent or dropped, nothing waits
#	balanced		at the link and each class of optq, what came is what
#				was sent, dropped or waits
#	all_told		likewise where super-packets are sent whole
#	$HELD			words of a class that sends one packet and holds what
#				follows: its queue stands however slow the sender is
#	let_go CLASSID WORDS	gives such a class rates at which it sends
#	$GENTLE			words of a class whose CoDel drops nothing, however
#				slow the machine is at taking packets out
#	vlan NAME ID [OPTION...]	a VLAN's device over $DEV; what is sent to
#				10.82.ID.2 crosses it, and no ARP does
#	as_nobody CMD...	as an unprivileged user; as_nobody_c: without any
#				capability, in the client's namespace
#	log_mark, log_clean	what the kernel said since

. "$OPTQ_HERE/lib_tc.sh"
. "$OPTQ_HERE/klog.sh"

programs_dir()
{
	local dir
	for dir in "$OPTQ_HERE" "$OPTQ_TREE/build/kselftest"; do
		[ -x "$dir/udp_load" ] && [ -x "$dir/optq_nl" ] && echo "$dir" && return
	done
	command -v make >/dev/null && command -v cc >/dev/null &&
		make -s -f "$OPTQ_HERE/programs.mk" OUT="$TMP" >"$TMP/programs.log" 2>&1 &&
		echo "$TMP"
}

optq_require_programs()
{
	local dir
	dir=$(programs_dir) ||
		ktap_skip_all "needs udp_load and optq_nl: make -f programs.mk"
	UDP_LOAD=$dir/udp_load
	OPTQ_NL=$dir/optq_nl
	# shellcheck disable=SC2034	# for the tests
	OPTQ_LISTEN=$dir/optq_listen OPTQ_EVERY=$dir/optq_every
	# shellcheck disable=SC2034	# for the tests
	DSCP_WIRE=$dir/dscp_wire ACK_WIRE=$dir/ack_wire
	# shellcheck disable=SC2034
	FLOW_FLOOD=$dir/flow_flood FRAME_SEND=$dir/frame_send NL_FUZZ=$dir/nl_fuzz
	# shellcheck disable=SC2034
	FAIL_WALK=$dir/fail_walk KILL_AT=$dir/kill_at
}

ctl() { in_c "$OPTQCTL" "$@"; }

as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups -- "$@"; }

as_nobody_c()
{
	in_c setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
		--bounding-set=-all -- "$@"
}

nl_set()
{
	printf '%s\n' "$@" | in_c "$OPTQ_NL" set "$DEV" >"$TMP/set" ||
		{ cat "$TMP/set"; return 1; }
}

has_sent() { [ "$(figure 1: packets)" -ge "$1" ]; }

# Warnings are for users; what a command says counts when it fails.
quietly()
{
	"$@" >"$TMP/quietly" 2>&1 && return
	echo "failed: $*"
	cat "$TMP/quietly"
	return 1
}

tc_batch() { quietly tc_c -batch -; }

# shellcheck disable=SC2034	# for the tests
{
	HELD="rate 8bit ceil 8bit burst 1600 cburst 1600"
	GENTLE="target 10s interval 10s"
}

let_go() { tc_batch <<<"class change dev $DEV classid $1 optq burst auto cburst auto $2"; }

# From the text: what tc prints of hfsc and qfq with -j is no JSON.
text_figure()
{
	awk -v id="$1" -v field="$2" '
		/^(qdisc|class) / { here = $3 == id }
		here && $1 == "Sent" {
			gsub(/[(,]/, "")
			v["bytes"] = $2; v["packets"] = $4; v["drops"] = $7
		}
		here && $1 == "backlog" { v["qlen"] = $3 + 0; found = 1; here = 0 }
		END { if (!found || !(field in v)) exit 1; print v[field] }'
}

# Bytes that wait are rounded in the text, and exact in JSON.
json_backlog()
{
	jq -r --arg h "$1" '[.[] | select(.handle == $h) | .. | objects |
		select(has("backlog")) | .backlog][0] // 0'
}

figure()
{
	case $2 in
	backlog) tc_c -s -j qdisc show dev "$DEV" | json_backlog "$1" ;;
	*)	tc_c -s qdisc show dev "$DEV" | text_figure "$1" "$2" ;;
	esac
}

cfigure()
{
	case $2 in
	backlog) tc_c -s -j class show dev "$DEV" | json_backlog "$1" ;;
	*)	tc_c -s class show dev "$DEV" | text_figure "$1" "$2" ;;
	esac
}

class_figure()
{
	tc_c -s -j class show dev "$DEV" | jq -r --arg h "$1" --arg f "$2" \
		'[.[] | select(.handle == $h) | .. | objects | select(has($f)) | .[$f]][0] // 0'
}

link_figure() { tc_c -s -j qdisc show dev "$DEV" | jq -r --arg f "$1" '.[0] | .. | objects | select(has($f)) | .[$f]'; }

same()
{
	[ "$1" = "$2" ] && return
	echo "$3: expected $1, got $2"
	return 1
}

# fails PATTERN COMMAND...: exit 1, and the pattern in what it prints
fails()
{
	local pattern=$1 out rc
	shift
	out=$("$@" 2>&1)
	rc=$?
	if [ "$rc" -ne 1 ] || ! grep -qF -- "$pattern" <<<"$out"; then
		printf 'exit %s, wanted 1 and "%s":\n%s\n' "$rc" "$pattern" "$out"
		return 1
	fi
}

state_of_dev() { tc_c -d qdisc show dev "$DEV"; tc_c -d class show dev "$DEV"; }

refused()
{
	local before after text=$1 rc=0
	shift
	before=$(state_of_dev)
	says "$text" "$@" || rc=1
	after=$(state_of_dev)
	[ "$before" = "$after" ] && return $rc
	echo "changed by a command that was refused: $*"
	diff <(echo "$before") <(echo "$after")
	return 1
}

OFFERED=0
flood()
{
	local count=$1 size=$2
	shift 2
	in_c "$UDP_LOAD" send -n "$count" -l "$size" "$@" "$S4" 6000 >"$TMP/flood" ||
		return 1
	OFFERED=$((OFFERED + $(awk '{ print $2 + $6 }' "$TMP/flood")))
}

floods=0
flood_pids=()
flood_start()
{
	floods=$((floods + 1))
	# Not through in_c: the process whose id is kept must be the sender.
	optq_bg ip netns exec "$NS_C" "$UDP_LOAD" send "$@" "$S4" "${PORT:-6000}" \
		>"$TMP/flood.$floods"
	flood_pids+=($!)
}

flood_stop()
{
	local pid
	for pid in "${flood_pids[@]}"; do
		kill -TERM "$pid" 2>/dev/null
		wait "$pid"
	done
	OFFERED=$((OFFERED + $(cat "$TMP"/flood.[0-9]* | awk '{ n += $2 + $6 } END { print n + 0 }')))
	rm -f "$TMP"/flood.[0-9]*
	flood_pids=()
	floods=0
}

receiver()
{
	rm -f "$TMP/received"
	# Nothing may be lost behind the device that is looked at.
	sysctl -qw net.core.netdev_max_backlog=100000
	optq_bg ip netns exec "$NS_S" "$UDP_LOAD" recv -t 600 "${RECEIVE_AT:-$S4}" 6000-6009 \
		>"$TMP/received"
	receiver_pid=$!
	optq_wait_for 10 receiver_listens
}

# On one processor: two would mix up on their own what the other side of a veth gets.
received_in_order()
{
	[ "$(nproc)" -gt 1 ] || return 0
	in_s sh -c 'for q in /sys/class/net/"$1"/queues/rx-*; do echo 1 >"$q/rps_cpus" || exit; done' \
		sh "$PEER"
}

receiver_listens() { in_s ss -Hnlu "sport = :6009" | grep -q .; }

receiver_ended() { grep -qs '^end' "$TMP/received"; }

received()
{
	if ! receiver_ended; then
		optq_wait_for 10 no_backlog
		optq_wait_for 10 nothing_under_way
		sleep 0.3
		kill -TERM "$receiver_pid"
		# It may be no child of this shell: its last line tells its end.
		optq_wait_for 20 receiver_ended || return 1
	fi
	awk -v port="${2:-6000}" -v field="$1" '
		$2 == port { for (i = 1; i < NF; i++) if ($i == field) { print $(i + 1); found = 1 } }
		END { if (!found) print 0 }' "$TMP/received"
}

# What veth has handed over waits for the other side's softirq.
nothing_under_way() { ! awk '{ print $12 }' /proc/net/softnet_stat | grep -q '[^0]'; }

no_backlog()
{
	! { tc_c -s qdisc show dev "$DEV"; tc_c -s class show dev "$DEV"; } |
		grep '^ backlog ' | grep -qv '^ backlog 0b 0p'
}

balanced()
{
	{ tc_c -s qdisc show dev "$DEV"; tc_c -s class show dev "$DEV"; } | awk '
		/^(qdisc|class) / { here = $2 == "optq" ? $1 " " $3 : "" }
		here && $1 == "Sent" { gsub(/[(,]/, ""); gone = $4 + $7 }
		here && $1 == "backlog" { waits = $3 + 0 }
		here && $1 == "enqueued" {
			seen++
			if ($2 == gone + waits) next
			print here ": " $2 " came, " gone " gone, " waits " wait"
			bad = 1
		}
		END { if (!seen) print "no optq: nothing was compared"; exit bad || !seen }'
}

settled()
{
	local sent drops
	optq_wait_for "${SETTLE:-15}" no_backlog || {
		echo "something still waits:"
		tc_c -s qdisc show dev "$DEV"
		tc_c -s class show dev "$DEV"
		return 1
	}
	sent=$(figure "$1" packets)
	drops=$(figure "$1" drops)
	same "$OFFERED" $((sent + drops)) "offered, and sent $sent + dropped $drops of $1" ||
		{ tc_c -s qdisc show dev "$DEV"; return 1; }
	[ "$1" != 1: ] || balanced
}

# Of super-packets tc's own count of what was sent is of segments: by optq's.
all_told()
{
	{ tc_c -s -j qdisc show dev "$DEV"; tc_c -s -j class show dev "$DEV"; } |
		jq -s -e '[.. | objects | select(has("enqueued")) | .enqueued == .sent_packets +
			.backlog_packets + ([to_entries[] | select(.key | test("^drop_")) |
			.value] | add)] | length > 0 and all' >"$TMP/told" && return
	echo "came other than what was sent, dropped or waits:"
	tc_c -s qdisc show dev "$DEV"
	tc_c -s class show dev "$DEV"
	return 1
}

neighbour()
{
	in_c ip neigh replace "$2" lladdr "$(in_s cat "/sys/class/net/$PEER/address")" \
		dev "$1" nud permanent
}

vlan()
{
	local name=$1 id=$2
	shift 2
	ip -n "$NS_C" link add link "$DEV" name "$name" type vlan id "$id" "$@" &&
	in_c sysctl -qw "net.ipv6.conf.$name.disable_ipv6=1" &&
	ip -n "$NS_C" addr add "10.82.$id.1/24" dev "$name" &&
	ip -n "$NS_C" link set "$name" up && neighbour "$name" "10.82.$id.2"
}

log_mark()
{
	mark="optq $(basename "$0") $$"
	echo "$mark" >/dev/kmsg
}

log_clean() { ! klog_complaints "$OPTQ_HERE" "$mark"; }
