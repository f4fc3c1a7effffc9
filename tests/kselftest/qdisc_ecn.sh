#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Marks instead of drops: for those packets only that ask for it, IPv4 and IPv6,
# with checksums right, and never in the sender's own copy of the data.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"

PACKETS=600
ECT0=2 ECT1=1
INTERVAL=200ms	# 32 marks, the most before drops, take 2 s at least

# tree ECN: a class in which CoDel has work to do, once it may send
tree()
{
	OFFERED=0
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	tc_batch <<-END
		qdisc add dev $DEV root handle 1: optq default 20
		class add dev $DEV parent 1: classid 1:10 optq $HELD target 1ms interval $INTERVAL $1
		class add dev $DEV parent 1: classid 1:20 optq rate 100mbit
	END
}

# blast ECN TOS [ADDRESS]
blast()
{
	local RECEIVE_AT=${3:-$S4}
	tree "$1" && receiver || return 1
	in_c "$UDP_LOAD" send -n $PACKETS -l 400 -q "$2" -p 1:10 -b 2000000 \
		"$RECEIVE_AT" 6000 >"$TMP/flood" || return 1
	let_go 1:10 "rate 4mbit ceil 4mbit" || return 1
	got=$(received received) ce=$(received ce) bad=$(received corrupt)
	marks=$(class_figure 1:10 ecn_marks)
	aqm=$(class_figure 1:10 drop_aqm)
	note "$got arrived, $ce of them marked; the class marked $marks, CoDel dropped $aqm"
	same 0 "$bad" "packets with another payload"
}

marked()
{
	blast ecn "$@" || return 1
	[ "$ce" -gt 0 ] || { in_c tc -s class show dev "$DEV"; return 1; }
	same $PACKETS "$got" "packets that arrived" && same "$ce" "$marks" "marks" &&
	same 0 "$aqm" "drops by CoDel"
}

# Marks that do not help are followed by drops.
not_responding()
{
	local INTERVAL=5ms
	blast ecn "$@" || return 1
	[ "$marks" -ge 20 ] && [ "$marks" -le 40 ] && [ "$aqm" -gt 0 ] ||
		{ in_c tc -s class show dev "$DEV"; return 1; }
	same "$ce" "$marks" "marks" && same $((PACKETS - aqm)) "$got" "packets that arrived"
}

with_dscp()
{
	marked $((46 << 2 | ECT0)) && same 46 "$(received dscp)" "DSCP that arrived"
}

not_capable()
{
	blast ecn "$@" || return 1
	[ "$aqm" -gt 0 ] || { in_c tc -s class show dev "$DEV"; return 1; }
	same 0 "$ce" "packets marked" && same 0 "$marks" "marks" &&
	same $((PACKETS - aqm)) "$got" "packets that arrived"
}

not_asked()
{
	blast noecn "$@" || return 1
	[ "$aqm" -gt 0 ] || { in_c tc -s class show dev "$DEV"; return 1; }
	same 0 "$ce" "packets marked" && same $((PACKETS - aqm)) "$got" "packets that arrived"
}

# Files served by sendfile(): the pages on the wire are the file's own.
serve()
{
	mkdir -p "$TMP/www" "$TMP/nginx"
	head -c 400000 /dev/urandom >"$TMP/www/file"
	chmod -R a+rX "$TMP"
	cat >"$TMP/nginx.conf" <<-END
		daemon off; master_process off; user root; pid $TMP/nginx/pid;
		error_log $TMP/nginx/error.log;
		events {}
		http {
			access_log off; sendfile on; tcp_nopush on;
			client_body_temp_path $TMP/nginx/a; proxy_temp_path $TMP/nginx/b;
			fastcgi_temp_path $TMP/nginx/c; uwsgi_temp_path $TMP/nginx/d;
			scgi_temp_path $TMP/nginx/e;
			server { listen 8080; root $TMP/www; }
		}
	END
	optq_bg ip netns exec "$NS_C" nginx -c "$TMP/nginx.conf" >/dev/null 2>&1
	optq_wait_for 15 web_listens || { cat "$TMP/nginx/error.log"; return 1; }
}

web_listens() { in_c ss -Hnlt 'sport = :8080' | grep -q .; }

sendfile_intact()
{
	local before after i marks=0 curls=()
	in_c sysctl -qw net.ipv4.tcp_ecn=1
	in_s sysctl -qw net.ipv4.tcp_ecn=1
	tree ecn && in_c tc filter add dev "$DEV" parent 1: protocol ip u32 \
		match ip sport 8080 0xffff flowid 1:10 && serve || return 1
	# So slow that the senders' first windows stand in the queue.
	let_go 1:10 "rate 1mbit ceil 1mbit" || return 1
	before=$(sha256sum <"$TMP/www/file")
	for i in 1 2; do
		optq_bg ip netns exec "$NS_S" curl -s -m 300 -o "$TMP/got.$i" \
			"http://$C4:8080/file"
		curls+=($!)
	done
	wait "${curls[@]}" || { echo "curl: exit status $?"; return 1; }
	marks=$(class_figure 1:10 ecn_marks)
	after=$(sha256sum <"$TMP/www/file")
	note "$marks packets of it marked"
	same "$before" "$after" "the file, after it was sent" &&
	same "$before" "$(sha256sum <"$TMP/got.1")" "what arrived first" &&
	same "$before" "$(sha256sum <"$TMP/got.2")" "what arrived second" || return 1
	[ "$marks" -gt 0 ] || { in_c tc -s class show dev "$DEV"; return 1; }
}

ktap_header
ktap_plan 10
optq_require_root
optq_require_module
optq_require_tc
optq_require_cmd nginx curl sha256sum
optq_require_kmod cls_u32
optq_setup_ns
optq_require_programs
log_mark

ktap_test "IPv4, ECT(0): marked, not dropped" marked $ECT0
ktap_test "IPv4, ECT(1): marked, not dropped" marked $ECT1
ktap_test "IPv4, not ECN-capable: dropped" not_capable 0
ktap_test "IPv4, without ecn: dropped" not_asked $ECT0
ktap_test "IPv6, ECT(0): marked, not dropped" marked $ECT0 "$S6"
ktap_test "IPv6, not ECN-capable: dropped" not_capable 0 "$S6"
ktap_test "IPv4, ECT(0), does not slow down: dropped after marks" not_responding $ECT0
ktap_test "the DSCP beside it stays" with_dscp
ktap_test "a file sent by sendfile is unchanged, here and there" sendfile_intact
ktap_test "no warning in the kernel's log" log_clean
ktap_done
