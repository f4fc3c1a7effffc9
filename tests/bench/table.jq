# SPDX-License-Identifier: GPL-2.0
#
# build/bench.json -> tables, as Markdown and narrow enough for a terminal.

def title: {pfifo: "pfifo", fq_codel: "fq_codel", fq: "fq", drr: "drr", qfq: "qfq",
	    htb: "htb", hfsc: "hfsc", htb_fq_codel: "htb + fq_codel",
	    hfsc_fq_codel: "hfsc + fq_codel", cake: "cake besteffort",
	    cake_diffserv4: "cake diffserv4", optq: "**OptQ**",
	    optq_as_htb: "OptQ, by the commands of HTB"}[.] // .;
def way: {tc: "tc -batch", policy: "optqctl apply", message: "one message"}[.];

def fixed(n): if . == null then "-" else
	(if . < 0 then "-" else "" end) + (fabs * pow(10; n) | round | tostring |
	if n == 0 then . else
		(if length <= n then "0" * (n + 1 - length) + . else . end) |
		.[:-n] + "." + .[-n:] end) end;
def signed(n): if . == null then "-" elif . > 0 then "+" + fixed(n) else fixed(n) end;
def thousands: if . == null then "-" else tostring |
	if length > 3 then .[:-3] + "," + .[-3:] else . end end;
def pad(n): . + (if length < n then " " * (n - length) else "" end);
def lead(n): (if length < n then " " * (n - length) else "" end) + .;

# Rows of cells; the first column to the left, the others to the right.
def table(heads): [heads] + . | transpose |
	map((map(length) | max) as $w | .[0] as $h | $w) as $widths | transpose |
	map([., $widths] | transpose | to_entries |
	    map(if .key == 0 then .value[0] | pad($widths[0])
		else .value as [$cell, $w] | $cell | lead($w) end) |
	    "| " + join(" | ") + " |") |
	.[0],
	("| " + ([$widths | to_entries[] |
		if .key == 0 then "-" * .value else "-" * (.value - 1) + ":" end] |
		join(" | ")) + " |"),
	.[1:][];

def insn: .idle as $idle | .backlogged as $full |
	$idle | map(select(.peer != "noqueue") | .peer as $p |
		[($p | title), (.instructions | thousands),
		 ([$full[]? | select(.peer == $p) | .instructions][0] | thousands)]) |
	table(["instructions a packet", "idle", "backlogged"]);

def rate_table: .rate as $all | ($all | [.[].rate] | unique) as $rates |
	$all | reduce .[].peer as $p ([]; if index($p) then . else . + [$p] end) |
	map(. as $p | [title] + ($rates | map(. as $r |
		[$all[] | select(.peer == $p and .rate == $r)][0] |
		if . == null or .measured == null then "-"
		else (.measured - .rate) / .rate * 100 | signed(3) end))) |
	table(["error, %"] + ($rates | map({"1000000": "1mbit", "10000000": "10mbit",
		"100000000": "100mbit", "1000000000": "1gbit"}[tostring])));

def delay: .delay | map([(.peer | title), (.p50_us / 1000 | fixed(2)),
	(.p99_us / 1000 | fixed(2)), (.max_us / 1000 | fixed(2)),
	((.sent - .received) * 100 / .sent | fixed(1))]) |
	table(["one-way delay, ms", "p50", "p99", "max", "lost, %"]);

def flat: .flat | map([(.classes | thousands), .levels, (.instructions | thousands)] |
	map(tostring)) |
	table(["classes of OptQ", "levels", "instructions, backlogged"]);

def finder: {optq: "**OptQ**, rules", flower: "htb, flower with 4 masks", nft: "htb, a map of nftables"}[.];
def classify: .classify as $all | ($all | [.[].rules] | unique) as $rules |
	$all | reduce .[].peer as $p ([]; if index($p) then . else . + [$p] end) |
	map(. as $p | ["known", "new"][] as $f | [($p | finder), $f] + ($rules | map(. as $r |
		[$all[] | select(.peer == $p and .flow == $f and .rules == $r) |
		 .instructions][0] | thousands))) |
	table(["instructions to find the class", "flow"] + ($rules | map("\(thousands) rules")));

def load: .load | map([(.peer | title) + ", " + (.way | way), (.classes | thousands),
	(if .kb == null then "-" else .kb / .classes | fixed(1) end),
	(if .error then "over " else "" end) + (.load_us / 1e6 | fixed(3)),
	(if .system_us == null then "-" else .system_us / 1e6 | fixed(3) end),
	(if .dump_us == null then "-" else .dump_us / 1e6 | fixed(3) end)]) |
	table(["loaded", "classes", "kB a class", "load, s", "in the kernel", "dump, s"]);

"Linux \(.kernel), OptQ \(.version), `make bench`.",
(.figures |
 (if .idle then "", insn else empty end),
 (if .rate then "", rate_table else empty end),
 (if .delay then "", delay else empty end),
 (if .flat then "", flat else empty end),
 (if .classify then "", classify else empty end),
 (if .load then "", load else empty end))
