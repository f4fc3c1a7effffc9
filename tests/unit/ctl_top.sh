#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Top in a terminal, as it is used: keys go in, and what stands on the screen is read.
# TAP on stdout.
#	ctl_top.sh TOP_FAKE
fake=$(realpath "$1")
n=0
failed=0

if ! command -v tmux >/dev/null; then
	echo "1..0 # SKIP needs tmux"
	exit 0
fi
tmp=$(mktemp -d) || exit 1
terminals=0
terminal() { tmux -S "$tmp/tmux.$terminals" -f /dev/null "$@" 2>/dev/null; }
trap 'terminal kill-server; rm -rf "$tmp"' EXIT

screen() { terminal capture-pane -p; }
keys() { terminal send-keys "$@"; }
line() { screen | sed -n "$1p"; }

# Until the command succeeds; a machine may be slow.
comes()
{
	i=0
	while ! "$@" >/dev/null; do
		i=$((i + 1))
		[ $i -lt 150 ] || return 1
		sleep 0.1
	done
}

shows() { screen | grep -q -- "$1"; }
# The names of the classes, from the top down.
order() { screen | sed -n '6,$p' | awk 'NF { print $1 }' | paste -sd ' '; }
ordered() { [ "$(order)" = "$1" ]; }

# ok NAME COMMAND...: it succeeds by and by
ok()
{
	name=$1
	shift
	n=$((n + 1))
	if comes "$@"; then
		echo "ok $n - $name"
	else
		failed=$((failed + 1))
		echo "not ok $n - $name"
		echo "# $*"
		screen | sed 's/^/# /'
	fi
}

colored() { terminal capture-pane -e -p | grep -q "$(printf '\033')\[.*35m.*4[.0-9]*mbit"; }
plain() { shows "^CLASS" && ! terminal capture-pane -e -p | grep -q "$(printf '\033')\[3[1-7]m"; }

# start [VARIABLE=VALUE...]: in a shell that stays, to ask it for its terminal afterwards
start()
{
	: >"$tmp/tree"
	terminals=$((terminals + 1))
	terminal new-session -d -x 80 -y 24 "env -u NO_COLOR LC_ALL=C.UTF-8 PS1='$ ' $* sh"
	keys "stty -a >$tmp/before; tput cup 0 0; clear" Enter
	comes test -s "$tmp/before"
	run
}

run() { keys " $fake $tmp/tree screen 200; echo ended \$?; stty -a >$tmp/after" Enter; }

sane()
{
	comes test -s "$tmp/after" && shows "ended $1" && cmp -s "$tmp/before" "$tmp/after" &&
		! shows "CLASS" && rm "$tmp/after"
}

# figure CLASS COLUMN: as the screen has it
figure() { screen | awk -v class="$1" -v column="$2" '$1 == class { print $column }'; }

# near CLASS LOW HIGH: its rate in kbit/s
near()
{
	rate=$(figure "$1" 2)
	case $rate in
	*mbit) rate=$(echo "$rate" | awk '{ print $1 * 1000 }') ;;
	*kbit) rate=$(echo "$rate" | awk '{ print $1 + 0 }') ;;
	*) return 1 ;;
	esac
	awk -v rate="$rate" -v low="$2" -v high="$3" 'BEGIN { exit !(rate >= low && rate <= high) }'
}

narrow()
{
	[ "$(screen | wc -l)" -eq 10 ] && screen | sed 's/…/./g' | awk 'length($0) > 40 { exit 1 }' &&
		line 5 | grep -q '^CLASS  *SENT .*P99$' && line 6 | grep -q '^office '
}

start
ok "what goes most stands first" ordered "office office/…servers office/web office/mail voice idle"
ok "the link is said" shows "^wan0: generation 7, 6 classes, 0 rules "
ok "rates are those of the classes" near office/web 700 900
ok "of inner classes too" near office 4400 5600
ok "the link's use" shows '^[45][.0-9]*mbit of 10mbit, [45][0-9]% \[||||'
ok "a ceiling that is reached has a colour" colored
ok "figures change" sh -c '! [ "$1" = "$2" ]' sh "$(sleep 1; screen)" "$(sleep 2; screen)"
ok "a sparkline grows" shows "office/web .*[▁▂▃▄▅▆▇█]"
keys s
ok "by backlog" ordered "office/mail office/…servers office office/web voice idle"
keys s
ok "by drops" ordered "office/…servers office office/web office/mail voice idle"
keys s
ok "by wait" ordered "voice office/mail office/…servers office/web office idle"
keys s r
ok "by name, reversed" ordered "voice office/web office/mail office/…servers office idle"
keys s
ok "by tree" ordered "office web backup…ervers mail voice idle"
keys Enter
ok "into a class" ordered "web backup-…servers mail"
ok "which is said" shows "^in office, by tree"
keys BSpace
ok "out of it" ordered "office web backup…ervers mail voice idle"
keys i
ok "idle ones left out" ordered "office web backup…ervers mail voice"
keys i / W e b
ok "what is looked for" ordered "web"
ok "and typed" shows "^/Web_"
keys Escape
ok "and no more" ordered "office web backup…ervers mail voice idle"
keys '?'
ok "help" shows "^Backspace  *one class up again"
keys x
ok "back from it" shows "^CLASS"
keys Space
ok "stopped" shows "STOPPED"
before=$(screen)
sleep 1
ok "nothing moves then" [ "$before" = "$(screen)" ]
keys Space Down Down
echo more >"$tmp/tree"
ok "a change of the tree" shows "changed: +1 -0 classes"
ok "is in the list" ordered "office web backup…ervers mail voice idle video"
ok "and the generation" shows "generation 8, 7 classes"
echo gone >"$tmp/tree"
ok "a device that goes" shows "^wan0: there is no such device here"
echo >"$tmp/tree"
ok "and comes back" shows "it is back"
keys Tab
ok "the other tree" shows "^wan0 ingress (ifb-wan0): generation 7"
keys Tab S S S S S
terminal resize-window -x 40 -y 10
ok "a small window" narrow
terminal resize-window -x 3 -y 1
sleep 0.5
terminal resize-window -x 80 -y 24
ok "as it was, whatever was between" shows "^CLASS  *SENT  *RATE  *CEIL QUEUE DROPS  *P50  *P99 MINUTE$"
echo many >"$tmp/tree"
ok "10,000 classes" shows "^subscri.*r-09999 "
keys End
ok "down to the last" shows "^subscri.*r-000[0-9][0-9] "
keys q
ok "q leaves the terminal as it was" sane 0
echo >"$tmp/tree"
run
ok "again" shows "^CLASS"
keys C-c
ok "so does Ctrl-C" sane 0
run
ok "and again" shows "^CLASS"
# The test's own: the child of its terminal's shell.
kill -TERM "$(ps -o pid= --ppid "$(terminal display-message -p '#{pane_pid}')")"
ok "so does a signal" sane 0
run
ok "a last time" shows "^CLASS"
keys C-z
ok "Ctrl-Z gives the terminal back" shows "Stopped"
keys fg Enter
ok "fg goes on" shows "^CLASS"
keys q
ok "to its end" sane 0
terminal kill-server
start LC_ALL=C NO_COLOR=1
ok "plain signs where there are no others" ordered "office office...ervers office/web office/mail voice idle"
ok "no colours where they are not wanted" plain
ok "sparklines too" shows "^office .* [.:=+*%#-]*#$"
keys q
terminal kill-server
echo "1..$n"
[ "$failed" -eq 0 ]
