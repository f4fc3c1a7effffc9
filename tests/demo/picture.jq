# SPDX-License-Identifier: GPL-2.0
#
# build/demo.json -> SVG, two panels on logarithmic scales: the voice call's
# delay and the time of a page, under each kind of management.
#
#	jq -r -f picture.jq build/demo.json

def titles: {unmanaged: "unmanaged", fq_codel: "fq_codel",
	     htb: "HTB + fq_codel", optq: "OptQ"};
def row: 42; def top: 84; def width: 190;
def num: if . < 100 then . * 10 | round / 10 else round end;
def colour: if . == "optq" then "#1f77b4" else "#9aa5b1" end;

# One panel: a bar up to .high, a mark at .mid, what .text says behind it.
def panel($left; $title; $from; $decades; bar):
	def x(ms): $left + width * (([ms, $from] | max) / $from | log10) / $decades;
	.rows as $rows | (top + ($rows | length) * row) as $bottom |
	"<text x=\"\($left)\" y=\"62\" font-weight=\"bold\">\($title)</text>",
	(range(0; $decades + 1) | $from * pow(10; .) |
	 "<line x1=\"\(x(.))\" y1=\"\(top - 8)\" x2=\"\(x(.))\" y2=\"\($bottom)\" stroke=\"#dddddd\"/>",
	 "<text x=\"\(x(.))\" y=\"\($bottom + 16)\" text-anchor=\"middle\" fill=\"#555555\" font-size=\"12\">\(.)</text>"),
	($rows | to_entries[] | (top + .key * row) as $y | .value |
	 .name as $name | bar |
	 "<rect x=\"\($left)\" y=\"\($y)\" width=\"\(x(.high) - $left)\" height=\"24\" fill=\"\($name | colour)\"/>",
	 "<line x1=\"\(x(.mid))\" y1=\"\($y)\" x2=\"\(x(.mid))\" y2=\"\($y + 24)\" stroke=\"#ffffff\" stroke-width=\"3\"/>",
	 "<text x=\"\(x(.high) + 6)\" y=\"\($y + 17)\">\(.text)</text>");

(top + (.rows | length) * row) as $bottom |
"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 \($bottom + 62)\" font-family=\"sans-serif\" font-size=\"13\">",
"<rect width=\"760\" height=\"\($bottom + 62)\" fill=\"#ffffff\"/>",
"<text x=\"16\" y=\"28\" font-size=\"17\" font-weight=\"bold\">A full 20 Mbit/s link: a voice call and web pages beside eight transfers</text>",
(.rows | to_entries[] |
 "<text x=\"128\" y=\"\(top + .key * row + 17)\" text-anchor=\"end\">\(titles[.value.name])</text>"),
panel(140; "voice, one-way delay, ms"; 1; 3;
      {high: .voice_delay_ms.p99, mid: .voice_delay_ms.p50,
       text: (if .voice_lost > 0 then
		"\(.voice_delay_ms.p99 | num), \(.voice_lost * 100 / .voice_sent | num) % lost"
	      else "\(.voice_delay_ms.p99 | num)" end)}),
panel(466; "page of 100 KB, ms"; 10; 3;
      {high: .page_ms.p95, mid: .page_ms.p50,
       text: "\(.page_ms.p95 | num), \(.pages) pages"}),
"<text x=\"16\" y=\"\($bottom + 38)\" fill=\"#555555\" font-size=\"12\">bar: 99th percentile of the delay, 95th of the page time; mark: median; logarithmic scales</text>",
"<text x=\"16\" y=\"\($bottom + 54)\" fill=\"#555555\" font-size=\"12\">make demo, Linux \(.guest.kernel); 2 ms of each delay is the line itself</text>",
"</svg>"
