#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The command line without a kernel that has optq: TAP on stdout.
#	ctl_cli.sh OPTQCTL TREE
ctl=$1
tree=$2
tmp=$(mktemp -d) || exit 1
export OPTQ_STATE_DIR="$tmp/state"
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0

# expect NAME STATUS PATTERN COMMAND...: the pattern is looked for in all output
expect()
{
	name=$1 status=$2 pattern=$3
	shift 3
	"$@" >"$tmp/out" 2>&1
	got=$?
	n=$((n + 1))
	if [ "$got" -eq "$status" ] && grep -q -- "$pattern" "$tmp/out"; then
		echo "ok $n - $name"
	else
		failed=$((failed + 1))
		echo "not ok $n - $name"
		echo "# exit $got, wanted $status and \"$pattern\":"
		sed 's/^/# /' "$tmp/out"
	fi
}

# absent NAME PATTERN: it is not in the output of the command before
absent()
{
	n=$((n + 1))
	if [ -s "$tmp/out" ] && ! grep -Eq -- "$2" "$tmp/out"; then
		echo "ok $n - $1"
	else
		failed=$((failed + 1))
		echo "not ok $n - $1"
	fi
}

cat >"$tmp/good.yaml" <<'YAML'
optq: 1
links:
  optq-no-device:
    egress: { default: a, classes: { a: } }
YAML
sed 's/default: a/default: b/' "$tmp/good.yaml" >"$tmp/bad.yaml"
cat "$tmp/good.yaml" - >"$tmp/both.yaml" <<'YAML'
    ingress: { rate: 10mbit, default: a, classes: { a: } }
  optq-none:
    egress: { default: a, classes: { a: } }
YAML
head -c 10485760 /dev/zero | tr '\0' '#' >"$tmp/big.yaml"

expect "help" 0 "^Usage: optqctl" "$ctl" help
expect "--help" 0 "^Usage: optqctl" "$ctl" --help
expect "--version" 0 "^optqctl [0-9]" "$ctl" --version
expect "no verb" 2 "^Usage: optqctl" "$ctl"
expect "unknown verb" 2 'did you mean "check"' "$ctl" chekc
expect "unknown option" 2 "^Usage: optqctl" "$ctl" --bogus
expect "a word for removal" 2 "optqctl remove DEVICE" "$ctl" delete
expect "missing file argument" 2 "check FILE" "$ctl" check
expect "too many arguments" 2 "check FILE" "$ctl" check a b
expect "good policy" 0 "ok: 1 link, 1 class, 0 rules" "$ctl" check "$tmp/good.yaml"
expect "good policy as JSON" 0 '^\[' "$ctl" -j check "$tmp/good.yaml"
expect "strict check" 0 "ok: 1 link" "$ctl" check --strict "$tmp/good.yaml"
expect "strict is of check" 2 "goes with check" "$ctl" show --strict
expect "packet in words" 0 "the default: no match takes it" "$ctl" explain "$tmp/good.yaml" tcp dport 22
expect "packet in quotes" 0 '"certain":true' "$ctl" -j explain "$tmp/good.yaml" "tcp dport 22"
expect "no packet" 2 "explain FILE PACKET" "$ctl" explain "$tmp/good.yaml"
expect "a packet alone" 2 "with --dev DEVICE" "$ctl" explain "tcp dport 22"
expect "of a device that is not there" 1 "there is no such device" "$ctl" explain --dev none0 tcp dport 22
expect "wrong packet" 1 'packet:1:5: error: unknown word "dprt"' "$ctl" explain "$tmp/good.yaml" tcp dprt 22
expect "packet on no link" 1 'no link on "eth7"' "$ctl" explain --dev eth7 "$tmp/good.yaml" tcp
expect "device is of explain" 2 "goes with apply explain" "$ctl" check --dev eth0 "$tmp/good.yaml"
expect "option after the verb" 0 '^\[' "$ctl" check -j "$tmp/good.yaml"
expect "element without one" 2 "app NAME PROTO src ADDRESS" "$ctl" element add eth0
expect "element without a verb" 2 "element add|delete DEVICE" "$ctl" element
expect "element by another verb" 2 "element add|delete DEVICE" "$ctl" element show eth0 host a 192.0.2.1
expect "wrong element" 1 'element: "192.0.2.0/24" is more than one address' "$ctl" element add eth0 host a 192.0.2.0/24
expect "element of no device" 1 "optq-no-device: there is no such device here" \
	"$ctl" element delete optq-no-device host a 192.0.2.1
expect "wrong elements on standard input" 1 "<stdin>:3: an address is missing" \
	sh -c 'printf "# one\nhost a ::1\nhost b\n" | "$1" element add eth0 -' sh "$ctl"
expect "an element's escape codes are not printed" 1 '.x1b' "$ctl" element add eth0 host a "$(printf '\033[2J')"
absent "not as such" "$(printf '\033')"
expect "bad policy" 1 'bad.yaml:4:24: error: default: there is no class "b"' \
	"$ctl" check "$tmp/bad.yaml"
expect "bad policy as JSON" 1 '"line":4' "$ctl" --json check "$tmp/bad.yaml"
expect "policy on standard input" 0 "<stdin>: ok: 1 link" sh -c '"$1" check - <"$2"' sh "$ctl" "$tmp/good.yaml"
expect "bad policy on standard input" 1 "<stdin>:4:24: error" \
	sh -c '"$1" check - <"$2"' sh "$ctl" "$tmp/bad.yaml"
expect "10 MB on standard input" 1 "<stdin>: error: is too long" \
	sh -c '"$1" check - <"$2"' sh "$ctl" "$tmp/big.yaml"
expect "apply from standard input" 1 '<stdin>:3:3: error: there is no device' \
	sh -c '"$1" apply - <"$2"' sh "$ctl" "$tmp/good.yaml"
expect "missing file" 1 "none.yaml: error: cannot be opened: No such file" \
	"$ctl" check "$tmp/none.yaml"
expect "10 MB policy" 1 "big.yaml: error: holds 10485760 bytes" \
	timeout 1 "$ctl" check "$tmp/big.yaml"
expect "device as policy" 1 "not a regular file" timeout 1 "$ctl" check /dev/zero
absent "no escape codes off a terminal" "$(printf '\033')"
expect "apply: bad policy" 1 "bad.yaml:4:24: error: default" "$ctl" apply "$tmp/bad.yaml"
expect "apply: no such device" 1 'good.yaml:3:3: error: there is no device "optq-no-device"' \
	"$ctl" apply "$tmp/good.yaml"
expect "apply: no such device as JSON" 1 '"applied":false' "$ctl" -j apply "$tmp/good.yaml"
absent "no counts of what was not changed" '"(removed|classes|rules)":'
expect "apply: what is here alone" 0 'good.yaml:3:3: warning: there is no device "optq-no-device" here: left out' \
	"$ctl" apply --present "$tmp/good.yaml"
expect "apply: one warning of both trees" 0 "^2$" sh -c '"$1" apply --present "$2" 2>&1 | grep -c warning' \
	sh "$ctl" "$tmp/both.yaml"
expect "apply: one link, which is not here" 1 'error: there is no device "optq-none"' \
	"$ctl" apply --dev optq-none "$tmp/both.yaml"
absent "nothing of the other" "optq-no-device"
expect "apply: no such link" 1 'both.yaml: error: there is no link on "eth7"' \
	"$ctl" apply --dev eth7 "$tmp/both.yaml"
expect "apply: a device that is no link's, if it is one" 0 "^$" \
	sh -c '"$1" apply --present --dev eth7 "$2" && echo' sh "$ctl" "$tmp/both.yaml"
absent "not a word of it" "eth7|[Nn]othing"
expect "apply: none of the links is here, as JSON" 0 '"severity":"warning"' \
	"$ctl" -j apply --present "$tmp/good.yaml"
expect "apply: why not as JSON" 1 '"error":"there is no device' "$ctl" -j apply "$tmp/good.yaml"
expect "plan without a file" 2 "plan FILE" "$ctl" plan
expect "plan: bad policy" 1 "bad.yaml:4:24: error: default" "$ctl" plan "$tmp/bad.yaml"
expect "plan: bad policy as JSON" 1 '^\[' "$ctl" -j plan "$tmp/bad.yaml"
expect "plan: no such device" 1 'good.yaml:3:3: error: there is no device "optq-no-device"' \
	"$ctl" plan "$tmp/good.yaml"
expect "plan: why not as JSON" 1 '"error":"there is no device' "$ctl" -j plan "$tmp/good.yaml"
absent "no plan of what is not there" '"(nothing_to_do|changes)":'
cat >"$tmp/other.yaml" <<'YAML'
optq: 1
links:
  optq-no-device:
    egress: { rate: 1mbit, default: in/a, classes: { in: { classes: { a: { limit: 5 } } }, b: { match: dscp ef } } }
  another: { egress: { default: a, classes: { a: } } }
YAML
expect "diff without a second file" 2 "diff FILE|N FILE|N" "$ctl" diff "$tmp/good.yaml"
expect "diff of the same" 0 "^optq-no-device: no difference$" "$ctl" diff "$tmp/good.yaml" "$tmp/good.yaml"
LC_ALL=C expect "diff" 0 "^  -> a -> in/a  limit 1000 -> 5$" "$ctl" diff "$tmp/good.yaml" "$tmp/other.yaml"
absent "no escape codes in it" "$(printf '\033')"
expect "diff of a link that is new" 0 "^another: a new link: 1 added$" "$ctl" diff "$tmp/good.yaml" "$tmp/other.yaml"
expect "diff of a link that is gone" 0 "^another: no more: 1 removed$" "$ctl" diff "$tmp/other.yaml" "$tmp/good.yaml"
expect "diff as JSON" 0 '"old_path":"a"' "$ctl" -j diff "$tmp/good.yaml" "$tmp/other.yaml"
expect "diff of a bad policy" 1 "bad.yaml:4:24: error: default" "$ctl" diff "$tmp/good.yaml" "$tmp/bad.yaml"
expect "monitor: no such device" 1 "optq-no-device: there is no such device here" "$ctl" monitor optq-no-device
expect "monitor: an interval without a unit" 2 "--interval: a unit is missing" "$ctl" monitor --interval 5
expect "monitor: too short an interval" 2 "--interval: must be 10ms to 1d" "$ctl" monitor --interval 1ms
expect "monitor: no threshold" 2 '--drops: "5 %" is no threshold: packets an interval as in 100' "$ctl" monitor --drops "5 %"
expect "monitor: no count" 2 "--count: must be at least 1" "$ctl" monitor --count 0
expect "count is of monitor" 2 "count goes with" "$ctl" show --count 3
expect "monitor: two devices" 2 "monitor .DEVICE." "$ctl" monitor a b
expect "show: no such device" 1 "no such device" "$ctl" show optq-no-device
expect "export: no such device" 1 "^optqctl: optq-no-device: there is no such device here" \
	"$ctl" export lo optq-no-device
expect "export: sets from a file that is none" 1 "none.yaml: error: " "$ctl" export --sets-from "$tmp/none.yaml"
expect "export: sets from a bad policy" 1 'bad.yaml:4:.* no class "b"' "$ctl" export --sets-from "$tmp/bad.yaml"
expect "sets are of export" 2 "goes with export" "$ctl" show --sets-from "$tmp/good.yaml"
expect "show: an interval of nothing" 2 "interval 0s: from 100ms to 1h is needed" "$ctl" show --interval 0s
expect "show: no unit" 2 "interval 5: " "$ctl" show --interval 5
expect "interval is of show and top" 2 "interval goes with monitor show top" "$ctl" check --interval 1s "$tmp/good.yaml"
expect "top: an interval that is too long" 2 "interval 2h: from 100ms to 1h is needed" "$ctl" top --interval 2h
expect "top: a count of nothing" 2 "count 0: at least 1" "$ctl" top --count 0
expect "top: a count in words" 2 "count two: " "$ctl" top --count two
expect "top: an unknown key" 2 "sort size: rate, backlog, drops, p99, name or tree is needed" "$ctl" top --sort size
expect "output that cannot be written" 1 "No space left" \
	sh -c '"$1" help >/dev/full' sh "$ctl"
expect "import: a script" 0 "^    egress:" "$ctl" import --script "$tree/tests/import/fireqos.tc"
expect "import: what is lost" 0 "fireqos.tc:30:1: warning: eth0: filter parent 1: pref 25" \
	"$ctl" import --script "$tree/tests/import/fireqos.tc"
expect "import: as JSON" 0 '"notes":\[' "$ctl" -j import --script "$tree/tests/import/fireqos.tc"
expect "import: one device of a script" 0 "^  eth1:" "$ctl" import --script "$tree/tests/import/cake-tins.tc" eth1
absent "not the others" "eth0"
expect "import: standard input" 0 "isolate: triple" \
	sh -c 'echo qdisc add dev eth0 root cake besteffort | "$1" import --script -' sh "$ctl"
expect "import: nothing there" 1 "there is no tree of another qdisc" "$ctl" import --script "$tmp/good.yaml"
expect "import: no such script" 1 "cannot be opened" "$ctl" import --script "$tmp/none"
expect "import: a script too large" 1 "a script is at most" \
	sh -c 'head -c 70000000 /dev/zero | "$1" import --script -' sh "$ctl"
expect "import: no such device" 1 "optq-no-device: no such device" "$ctl" import optq-no-device
expect "--script is of import" 2 "goes with import" "$ctl" check --script x "$tmp/good.yaml"
for f in "$tree"/examples/*.yaml; do
	expect "example $(basename "$f")" 0 ": ok: " "$ctl" check "$f"
	absent "no warning in $(basename "$f")" "warning"
done
# The whole policies that the documents show.
for doc in docs/policy.md docs/man/optqctl.8; do
	rm -f "$tmp"/doc*.yaml
	awk -v to="$tmp/doc" '/^optq: 1/ { n++; inside = 1 }
		/^```$|^\.RE$/ { inside = 0 }
		inside { gsub(/\\-/, "-"); print >(to n ".yaml") }' "$tree/$doc"
	for f in "$tmp"/doc1.yaml "$tmp"/doc[2-9].yaml; do
		[ -e "$f" ] || [ "$f" = "$tmp/doc1.yaml" ] || continue
		expect "the policy in $doc" 0 "doc[0-9].yaml: ok: " "$ctl" check "$f"
		absent "no warning in it" "warning"
	done
done

# Variables of the command line, and files of each other.
mkdir "$tmp/sites"
cp "$tree"/examples/sites/*.yaml "$tmp/sites"
site=$tmp/sites/lyon.yaml
expect "a site" 0 "lyon.yaml: ok: 2 links, 7 classes" "$ctl" check "$site"
expect "a variable of the command line" 0 "lyon.yaml: ok" "$ctl" check --let up=500mbit "$site"
expect "it counts" 1 "^--let:1:4: error: rate: the smallest rate is 8bit" "$ctl" check --let up=1bit "$site"
expect "and where it is used is told" 1 "base.yaml:16:13: note: is used here" "$ctl" check --let up=1bit "$site"
expect "the last of a name counts" 0 "lyon.yaml: ok" "$ctl" check --let up=1bit --let up=500mbit "$site"
expect "explain takes them too" 0 "rate 500mbit" "$ctl" explain --let=up=500mbit --dev wan0 "$site" dscp ef
expect "and apply" 1 "^--let:1:4: error: rate: the smallest rate is 8bit" "$ctl" apply --let up=1bit "$site"
expect "the place as JSON" 1 '"file":"--let","line":1,"column":4,"used":{"file":"[^"]*base.yaml","line":16,"column":13}' \
	sh -c '"$1" -j check --let up=1bit "$2" | tr -d " \n"; exit 1' sh "$ctl" "$site"
expect "a variable that the policy does not have" 1 'no variable "upp": did you mean "up"' "$ctl" check --let upp=5mbit "$site"
expect "a variable without a value" 2 "a name and its value are needed, as in --let rate=50mbit" "$ctl" check --let up "$site"
expect "a variable without a name" 2 "a name and its value are needed" "$ctl" check --let =5mbit "$site"
expect "a verb that has no variables" 2 "goes with check plan apply diff explain export" "$ctl" show --let up=5mbit
expect "no terminal's codes out of a table" 1 'class name "a.x1b\[31mb"' sh -c 'cd "$2" &&
	printf "name\na\033[31mb\n" >t.csv && printf "%s\n" "optq: 1" "links:" "  e0:" "    egress:" "      default: x" \
	"      classes:" "        for each t.csv: { \"\${name}\": }" "        x:" >t.yaml && "$1" check t.yaml' sh "$ctl" "$tmp"
absent "nor of its line" "$(printf '\033')"

MAKEFLAGS= make -s -C "$tree/optqctl" install DESTDIR="$tmp/root" PREFIX=/usr >/dev/null
for example in isp.yaml sites/porto.yaml; do
	expect "the example $example as it is installed" 0 ": ok: " "$ctl" check \
		"$tmp/root/usr/share/doc/optq/examples/$example"
done
for preset in diffserv4 diffserv8 rfc4594; do
	expect "the preset $preset" 0 "^  *default:" "$ctl" preset $preset
	expect "what is installed of it" 0 "^optq: 1" sh -c 'cmp "$2" "$1" && cat "$1"' sh \
		"$tree/optqctl/presets/$preset.yaml" "$tmp/root/usr/share/optq/presets/$preset.yaml"
	cmp -s "$tmp/out" "$tree/optqctl/presets/$preset.yaml" || failed=$((failed + 1))
	expect "$preset is good by itself" 0 ": ok: " "$ctl" check "$tree/optqctl/presets/$preset.yaml"
	absent "no warning in $preset" "warning"
done
expect "presets" 0 "^diffserv4   voice video besteffort bulk$" "$ctl" preset
expect "presets as JSON" 0 '"name":"rfc4594"' "$ctl" -j preset
expect "a preset as JSON" 0 '"text":"# SPDX' "$ctl" -j preset rfc4594
expect "unknown preset" 1 'unknown preset "difserv4": did you mean "diffserv4"? there are diffserv4 diffserv8 rfc4594' \
	"$ctl" preset difserv4
expect "what is installed" 0 "^12$" sh -c 'cd "$1" && ls sbin/optqctl \
	share/man/man8/optqctl.8 share/man/man5/optq-policy.5 share/doc/optq/policy.md share/doc/optq/scheduler.md \
	share/doc/optq/policy.schema.json share/doc/optq/examples/shop.yaml \
	share/bash-completion/completions/optqctl share/zsh/site-functions/_optqctl \
	lib/systemd/system/optq.service lib/systemd/system/optq@.service.d/sandbox.conf \
	lib/udev/rules.d/90-optq.rules | wc -l' sh "$tmp/root/usr"
expect "what is installed names its own places" 0 "^ExecStart=/usr/sbin/optqctl apply" \
	sh -c 'grep -rh "^ExecStart\|/usr/local/s[bh]" "$1/lib" "$1/share/doc" "$1/share/man"' sh "$tmp/root/usr"
absent "no others" "/usr/local"
# Packages install into a directory of theirs; no module, then one.
uninstalled()
{
	said=$(MAKEFLAGS= make -s -C "$tree" uninstall DESTDIR="$tmp/all" 2>&1)
	[ -z "$said" ] || { echo "$said"; return 1; }
	find "$tmp/all" ! -type d | wc -l
}
MAKEFLAGS= make -s -C "$tree" install-tools dkms-install DESTDIR="$tmp/all" >/dev/null
expect "uninstall leaves nothing, and says nothing" 0 "^0$" uninstalled
mkdir -p "$tmp/all/lib/modules/6/updates"
: >"$tmp/all/lib/modules/6/updates/sch_optq.ko.xz"
expect "uninstall takes the module" 0 "^0$" uninstalled
echo "1..$n"
[ "$failed" -eq 0 ]
