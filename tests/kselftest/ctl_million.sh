#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A set of a million prefixes out of a file, in which some lie in others and some stand
# twice, loaded and asked by packets.
. "$(dirname "$0")/lib.sh"
. "$OPTQ_HERE/lib_qdisc.sh"
. "$OPTQ_HERE/lib_frames.sh"

MANY=1000000

# Spread over 11.0.0.0 to 126.255.255.255, /20 to /32; one in ten comes again, and one in
# twenty is of IPv6.  Behind them one of each family that is asked for.
prefixes()
{
	awk -v n=$((MANY - 2)) 'BEGIN {
		srand(7)
		for (i = 0; i < n; i++) {
			if (i % 10 == 9) { print last; continue }
			r = int(rand() * 2 ^ 31)
			if (i % 20 == 0) {
				last = sprintf("2001:db8:%x:%x::/64", r % 65536, int(r / 65536))
			} else {
				size = 2 ^ int(rand() * 13)
				r = int((11 * 2 ^ 24 + r % (116 * 2 ^ 24)) / size) * size
				last = int(r / 2 ^ 24) "." int(r / 65536) % 256 "." int(r / 256) % 256 "." \
					r % 256 "/" 32 - log(size) / log(2)
			}
			print last
		}
		print "203.0.113.0/24"
		print "2001:db9::/64"
	}'
}

policy()
{
	cat <<-END
		optq: 1
		sets:
		  many: {file: $TMP/many}
		links:
		  wan:
		    device: $DEV
		    egress:
		      rate: 10gbit
		      default: rest
		      classes:
		        known: {match: src @many}
		        other: {match: "not dst @many and udp dport 53"}
		        rest:
	END
}

load()
{
	local before after
	prefixes >"$TMP/many" && policy >"$TMP/p.yaml" || return 1
	same $MANY "$(wc -l <"$TMP/many")" "lines" || return 1
	in_c tc qdisc del dev "$DEV" root 2>/dev/null
	before=$(awk '/^(Slab|VmallocUsed):/ { kb += $2 } END { print kb }' /proc/meminfo)
	in_c "$OPTQCTL" apply "$TMP/p.yaml" >"$TMP/apply" 2>&1 || { cat "$TMP/apply"; return 1; }
	after=$(awk '/^(Slab|VmallocUsed):/ { kb += $2 } END { print kb }' /proc/meminfo)
	note "the kernel holds $(((after - before) / 1024)) MB for them"
	[ $((after - before)) -lt $((256 * 1024)) ]
}

# Addresses in the set, beside it, and in a prefix that only IPv6 has
asked()
{
	local u
	u=$(udp 9)
	look_from_now
	printf '%s\n' "$(frame4 "$(ip4 0 28 0 17 cb007107)$u")" "$(frame4 "$(ip4 0 28 0 17 cb0071ff)$u")" \
		"$(frame4 "$(ip4 0 28 0 17 cb007200)$u")" "$(frame4 "$(ip4 0 28 0 17 c6336407)$(udp 53)")" \
		"$(frame6 "$(ip6 0 8 17 20010db9000000000000000000000005)$u")" \
		"$(frame6 "$(ip6 0 8 17 20010db9000000010000000000000005)$u")" |
		in_c "$FRAME_SEND" "$DEV" && optq_wait_for 10 no_backlog && look || return 1
	same "1=3 2=1 3=2" "$text" "packets of each class"
}

explained() { same "known" "$(in_c "$OPTQCTL" -j explain --dev "$DEV" src 203.0.113.77 udp sport 1 dport 9 | jq -r .class)" "the class"; }

ktap_header
ktap_plan 4
optq_require_root
optq_require_module
optq_require_tc
optq_require_ctl
optq_setup_ns
quiet_link
optq_require_programs
log_mark

ktap_test "a million prefixes are loaded" load
ktap_test "packets are found in them" asked
ktap_test "and explained" explained
ktap_test "no warning in the kernel's log" log_clean
ktap_done
