# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The demo's traffic and what is measured of it, sourced after topology.sh.
#
#	bulk	eight TCP transfers, client to server
#	voice	one side of a G.711 call: 50 packets a second of 172 bytes (160 and
#		RTP's header), DSCP EF; irtt stamps them at both ends of one clock
#	web	a page of 100 KB on the branch's server, fetched from outside over a
#		new connection, two and a half times a second

WARM=3		# seconds of bulk alone before anything is measured
PAGE_KB=100

servers_up()
{
	mkdir -p /run/www /var/lib/nginx /var/log/nginx
	head -c $((PAGE_KB * 1024)) /dev/zero | tr '\0' 'x' >/run/www/page
	cat >/run/nginx.conf <<-END
		user root;
		worker_processes 1;
		pid /run/nginx.pid;
		error_log /run/nginx.log;
		events { worker_connections 64; }
		http { access_log off; sendfile on;
			server { listen 80; root /run/www; } }
	END
	ip netns exec client nginx -e /run/nginx.log -c /run/nginx.conf
	ip netns exec server iperf3 -s -D --logfile /run/iperf3.log
	# Before all others on the CPU: what is measured is the network.
	ip netns exec server chrt -f 10 irtt server -b 10.3.0.2 \
		>/run/irtt-server.log 2>&1 &
	sleep 1
}

# traffic DIR SECONDS [COMMAND]: runs it all, leaves the raw results in DIR; in
# the middle of it runs COMMAND.
traffic()
{
	local dir=$1 seconds=$2 bulk voice web
	mkdir -p "$dir"
	ip netns exec client iperf3 -c 10.3.0.2 -P 8 -t $((WARM + seconds + 1)) \
		-J >"$dir/bulk.json" 2>&1 &
	bulk=$!
	sleep $WARM

	meters >"$dir/before"
	ip netns exec client chrt -f 10 irtt client -Q -i 20ms -d "${seconds}s" -l 172 \
		--dscp=0xb8 --wait=2s -o "$dir/voice.json" 10.3.0.2 \
		>"$dir/voice.log" 2>&1 &
	voice=$!
	ip netns exec server stdbuf -oL curl -s -o /dev/null --rate 150/m \
		-H 'Connection: close' -w '%{http_code} %{time_total}\n' \
		"http://10.1.0.2/page?[1-999]" >"$dir/web" 2>"$dir/web.log" &
	web=$!

	sleep $((seconds / 2))
	[ $# -lt 3 ] || eval "$3"
	sleep $((seconds - seconds / 2))
	meters >"$dir/after"
	kill $web
	wait $voice $bulk
	wait $web 2>/dev/null
}

# One row of the table as JSON, from the raw results.
row()
{
	local dir=$1 name=$2
	jq -n -c --arg name "$name" \
		--slurpfile before "$dir/before" --slurpfile after "$dir/after" \
		--slurpfile voice "$dir/voice.json" --rawfile web "$dir/web" '
	def percentile(p): sort | if length == 0 then null
		else .[([(length * p | ceil) - 1, 0] | max)] end;
	def rate(c): ($after[0][c].bytes - $before[0][c].bytes) * 8 /
		($after[0].time - $before[0].time);
	($voice[0].round_trips) as $calls |
	[$calls[] | select(.timestamps.server.receive.wall != null and
			   .timestamps.server.receive.wall != 0) |
		(.timestamps.server.receive.wall - .timestamps.client.send.wall)
		/ 1e6] as $delay |
	[$web | split("\n")[] | select(startswith("200 ")) |
		split(" ")[1] | tonumber * 1000] as $pages |
	{name: $name,
	 bulk_bps: rate("bulk"), voice_bps: rate("voice"), web_bps: rate("web"),
	 voice_sent: ($calls | length),
	 voice_lost: (($calls | length) - ($delay | length)),
	 voice_delay_ms: {p50: ($delay | percentile(0.5)),
			  p99: ($delay | percentile(0.99)), max: ($delay | max)},
	 pages: ($pages | length),
	 page_ms: {p50: ($pages | percentile(0.5)), p95: ($pages | percentile(0.95))}}'
}
