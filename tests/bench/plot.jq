# SPDX-License-Identifier: GPL-2.0
#
# build/bench.json -> SVG: bars from few figures, one drawing at a time.
#
#	jq -r --arg plot insn|delay|load -f plot.jq build/bench.json

def titles: {pfifo: "pfifo", fq_codel: "fq_codel", fq: "fq", drr: "drr", qfq: "qfq",
	     htb: "HTB", hfsc: "HFSC", htb_fq_codel: "HTB + fq_codel",
	     hfsc_fq_codel: "HFSC + fq_codel", cake: "CAKE besteffort",
	     cake_diffserv4: "CAKE diffserv4", optq: "OptQ",
	     optq_as_htb: "OptQ, as HTB"};
def ways: {tc: "tc -batch", policy: "optqctl", message: "netlink"};
def row: 28; def top: 84; def width: 190;
def num: if . < 100 then . * 10 | round / 10 else round end;
def colour: if startswith("optq") then "#1f77b4" else "#9aa5b1" end;

# A scale is {most, step}, or logarithmic: {from, decades}.
def place($s): if $s.decades then ([., $s.from] | max) / $s.from | log10 / $s.decades
	else . / $s.most end;
def marks($s): if $s.decades then [range(0; $s.decades + 1) | $s.from * pow(10; .)]
	else [range(0; $s.most + 1; $s.step)] end;

# $rows: {key, name, high, mid, text}; a bar up to .high, a mark at .mid if any.
def panel($left; $title; $s; $rows):
	(top + ($rows | length) * row) as $bottom |
	"<text x=\"\($left)\" y=\"62\" font-weight=\"bold\">\($title)</text>",
	(marks($s)[] | ($left + width * place($s)) as $x |
	 "<line x1=\"\($x)\" y1=\"\(top - 8)\" x2=\"\($x)\" y2=\"\($bottom)\" stroke=\"#dddddd\"/>",
	 "<text x=\"\($x)\" y=\"\($bottom + 16)\" text-anchor=\"middle\" fill=\"#555555\" font-size=\"12\">\(.)</text>"),
	($rows | to_entries[] | (top + .key * row) as $y | .value | select(.high != null) |
	 ($left + width * (.high | place($s))) as $x |
	 "<rect x=\"\($left)\" y=\"\($y)\" width=\"\($x - $left)\" height=\"18\" fill=\"\(.key | colour)\"/>",
	 (select(.mid != null) | ($left + width * (.mid | place($s))) as $m |
	  "<line x1=\"\($m)\" y1=\"\($y)\" x2=\"\($m)\" y2=\"\($y + 18)\" stroke=\"#ffffff\" stroke-width=\"3\"/>"),
	 "<text x=\"\($x + 6)\" y=\"\($y + 14)\">\(.text)</text>");

def names($rows; $x):
	$rows | to_entries[] |
	"<text x=\"\($x)\" y=\"\(top + .key * row + 14)\" text-anchor=\"end\">\(.value.name)</text>";

# Names end at $x.
def page($title; $note; $rows; $x; panels):
	(top + ($rows | length) * row) as $bottom |
	"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 \($bottom + 48)\" font-family=\"sans-serif\" font-size=\"13\">",
	"<rect width=\"760\" height=\"\($bottom + 48)\" fill=\"#ffffff\"/>",
	"<text x=\"16\" y=\"28\" font-size=\"17\" font-weight=\"bold\">\($title)</text>",
	names($rows; $x), panels,
	"<text x=\"16\" y=\"\($bottom + 38)\" fill=\"#555555\" font-size=\"12\">\($note)</text>",
	"</svg>";

def made: "make bench, Linux \(.kernel)";

def insn_rows($part): .figures[$part] | map(select(.peer != "noqueue") |
	{key: .peer, name: titles[.peer], high: .instructions,
	 text: (.instructions // "-" | tostring)});
def insn: made as $made | insn_rows("idle") as $idle | insn_rows("backlogged") as $full |
	{most: 5000, step: 1000} as $s |
	page("Instructions per packet, over a device without a qdisc"; "\($made); 200 bytes, 200 flows"; $idle; 168;
	     (panel(180; "the queue is empty"; $s; $idle),
	      panel(480; "the queue is never empty"; $s; $full)));

def delay: made as $made | (.figures.delay | map({key: .peer, name: titles[.peer],
	high: (.p99_us / 1000), mid: (.p50_us / 1000),
	text: ("\(.p99_us / 1000 | num)" + if .received < .sent then
		", \((.sent - .received) * 100 / .sent | num) % lost" else "" end)})) as $rows |
	page("One-way delay beside 13 bulk flows at 10 Mbit/s"; "\($made); bar: 99th percentile; mark: median; logarithmic scale"; $rows; 168;
	     panel(180; "ms"; {from: 0.1, decades: 4}; $rows));

# What was not loaded to the end has no bar.
def load: made as $made | [.figures.load[] | select(.classes == 10000) |
	. + {key: .peer, name: "\(titles[.peer]), \(ways[.way])"}] as $all |
	($all | map(. + if .error then {high: null} else
		{high: (.load_us / 1e6), text: "\(.load_us / 1e6 | . * 100 | round / 100)"} end)) as $time |
	($all | map(. + if .error then {high: null} else
		{high: (.kb / .classes), text: "\(.kb / .classes | num)"} end)) as $room |
	page("10,000 classes"; "\($made); logarithmic scales"; $all; 198;
	     (panel(210; "seconds to load"; {from: 0.01, decades: 4}; $time),
	      panel(490; "kB of kernel memory a class"; {from: 0.1, decades: 3}; $room)));

if $plot == "insn" then insn elif $plot == "delay" then delay else load end
