#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The documents that repeat what the code says repeat it rightly: TAP on stdout.
#	ctl_spec.sh TREE
#
# docs/netlink/optq.yaml names every attribute, command and counter of the uapi
# header in its order, docs/policy.schema.json and docs/policy.md every key; the manual
# page of the language is docs/policy.md.
tree=$1
header=$tree/sch_optq/uapi/linux/optq.h
spec=$tree/docs/netlink/optq.yaml
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0

# same NAME: $tmp/want and $tmp/have agree and are not empty
same()
{
	n=$((n + 1))
	if [ -s "$tmp/want" ] && cmp -s "$tmp/want" "$tmp/have"; then
		echo "ok $n - $1"
	else
		failed=$((failed + 1))
		echo "not ok $n - $1"
		diff "$tmp/want" "$tmp/have" | sed 's/^/# /'
	fi
}

# skip NAME WHY
skip()
{
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# Members of an enum of the header, as the spec writes them.
enum()
{
	sed -n "/^enum $1 {/,/^};/p" "$header" |
		sed -n "s/^\t$2\([A-Z0-9_]*\).*/\1/p" |
		grep -v -e '^UNSPEC$' -e '^MAX$' | tr 'A-Z_' 'a-z-'
}

# Names in the attribute set of the spec.
set_names()
{
	awk -v set="$1" '
		/^operations:/ { exit }
		/^    name: / { in_set = $2 == set; next }
		/^  -$/ { in_set = 0 }
		in_set && /^      - \{ name: / { sub(/,.*/, ""); print $4 }
		in_set && /^        name: / { print $2 }
	' "$spec"
}

for pair in optq:optq_attr:OPTQ_A_ link:optq_link_attr:OPTQ_LINK_A_ \
	    class:optq_class_attr:OPTQ_CLASS_A_ rule:optq_rule_attr:OPTQ_RULE_A_ \
	    dim:optq_dim_attr:OPTQ_DIM_A_ set:optq_set_attr:OPTQ_SET_A_ \
	    elem:optq_elem_attr:OPTQ_ELEM_A_ \
	    flow:optq_flow_attr:OPTQ_FLOW_A_ \
	    police:optq_police_attr:OPTQ_POLICE_A_ act:optq_act_attr:OPTQ_ACT_A_; do
	set=${pair%%:*}
	rest=${pair#*:}
	enum "${rest%%:*}" "${rest#*:}" >"$tmp/want"
	set_names "$set" >"$tmp/have"
	same "attributes of $set"
done

enum optq_cmd OPTQ_CMD_ >"$tmp/want"
sed -n '/^operations:/,/^mcast-groups:/s/^      name: //p' "$spec" >"$tmp/have"
same "commands"

# What the header calls notifications the spec says a group gets.
enum optq_cmd OPTQ_CMD_ | grep -e '-ntf$' >"$tmp/want"
awk '/^      name: / { name = $2 } /^      mcgrp: events$/ { print name }' "$spec" >"$tmp/have"
same "notifications"
sed -n 's/^#define OPTQ_MCGRP_[A-Z]*[[:space:]]*"\(.*\)".*/\1/p' "$header" >"$tmp/want"
sed -n '/^mcast-groups:/,$s/^      name: //p' "$spec" >"$tmp/have"
same "multicast groups"

for stats in stats police_stats; do
	sed -n "/^struct optq_$stats {/,/^};/s/^\t__u64 \([a-z0-9_]*\);.*/\1/p" "$header" |
		tr _ - >"$tmp/want"
	sed -n "/^    name: optq-$(echo $stats | tr _ -)\$/,/^  -\$/s/^      - { name: \([a-z0-9-]*\), type: u64.*/\1/p" \
		"$spec" >"$tmp/have"
	same "counters of optq_$stats"
done

sed -n '/^enum optq_wire_layer {/,/^};/s/^\tOPTQ_WIRE_\([A-Z_]*\),.*/\1/p' "$header" |
	tr A-Z_ a-z- >"$tmp/want"
sed -n '/^    name: wire-layer$/,/^  -$/s/^      - { name: \([a-z-]*\),.*/\1/p' "$spec" \
	>"$tmp/have"
same "link layers"

enum optq_field OPTQ_FIELD_ >"$tmp/want"
sed -n '/^    name: field$/,/^  -$/{s/^      - { name: \([a-z0-9-]*\)[, ].*/\1/p;s/^        name: //p}' "$spec" |
	grep -v '^unspec$' >"$tmp/have"
same "fields"

# Numbers are compared by the shell, which reads hexadecimal too.
sed -n 's/^#define OPTQ_\([A-Z_]*_\(MAX\|MIN\|NS\|SUM\)\)[[:space:]]*\(-\{0,1\}[0-9a-fx]*\).*/\1 \3/p' "$header" |
	while read -r name value; do
		echo "$(echo "$name" | tr 'A-Z_' 'a-z-') $((value))"
	done >"$tmp/want"
sed -n 's/^  - { type: const, name: \([a-z-]*\), value: \(-\{0,1\}[0-9a-fx]*\).*/\1 \2/p' "$spec" |
	while read -r name value; do echo "$name $((value))"; done >"$tmp/have"
same "constants"

# Keys that the parser knows, and those of the schema's object.
keys()
{
	sed -n "/^static const struct key $1\[\]/,/^};/p" "$tree/optqctl/policy.c" |
		grep -o '{ "[a-z-]*"' | tr -d '{" ' | sort
}

schema_keys()
{
	sed -n "/^    \"$1\": {\$/,/^    }/p" "$tree/docs/policy.schema.json" |
		sed -n '/"properties": {/,$s/^        "\([a-z-]*\)": {.*/\1/p' | sort
}

# At the top the schema's are two levels further left.
keys policy_keys >"$tmp/want"
sed -n '/^  "properties": {$/,/^  }/s/^    "\([a-z-]*\)": {.*/\1/p' "$tree/docs/policy.schema.json" |
	sort >"$tmp/have"
same "the schema's keys of a policy"
: >"$tmp/have"
while read -r key; do
	grep -q "^| \`$key\` |" "$tree/docs/policy.md" && echo "$key"
done <"$tmp/want" >"$tmp/have"
same "docs/policy.md's keys of a policy"

for object in link tree class; do
	keys "${object}_keys" >"$tmp/want"
	schema_keys "$object" >"$tmp/have"
	same "the schema's keys of $object"
	: >"$tmp/have"
	while read -r key; do
		grep -q "^| \`$key\` |" "$tree/docs/policy.md" && echo "$key"
	done <"$tmp/want" >"$tmp/have"
	same "docs/policy.md's keys of $object"
done

# The names that stand for a link layer, with the figures of the first.
sed -n 's/^\t{ "\([a-z-]*\)", { \([0-9]*\), \([0-9]*\), OPTQ_WIRE_\([A-Z]*\) } },$/\1 \2 \3 \4/p' \
	"$tree/optqctl/policy_wire.c" | tr A-Z a-z >"$tmp/want"
sed -n '/^| name | layer/,/^$/s/^| `\([a-z-]*\)` | `\([a-z]*\)` | \([0-9]*\) | \([0-9]*\) |.*/\1 \3 \4 \2/p' \
	"$tree/docs/policy.md" >"$tmp/have"
same "docs/policy.md's names of link layers"
{ echo raw; cut -d" " -f1 "$tmp/want"; } >"$tmp/names"
mv "$tmp/names" "$tmp/want"
sed -n '/^    "wire": {$/,/^    }/p' "$tree/docs/policy.schema.json" |
	sed -n '/"enum": \[$/,/\]/p' | grep -o '"[a-z-]*"' | tr -d '"' |
	grep -v '^enum$' >"$tmp/have"
same "the schema's names of link layers"

# The manual page of the language is made of docs/policy.md, and reads well.
page=$tree/docs/man/optq-policy.5
cat "$tree/docs/policy.md" "$tree/docs/man/policy-page.sh" | sha256sum | cut -c1-64 >"$tmp/want"
sed -n 's/^\.\\" sha256 //p' "$page" >"$tmp/have"
same "what docs/man/optq-policy.5 was made of (make -C optqctl man)"
# Each lowdown writes a page of its own.
ours=$(sed -n 's/^\.\\" lowdown //p' "$page")
if [ "$(dpkg-query -W -f '${Version}' lowdown 2>/dev/null)" = "$ours" ]; then
	sh "$tree/docs/man/policy-page.sh" "$tree/docs/policy.md" >"$tmp/want"
	cp "$page" "$tmp/have"
	same "docs/man/optq-policy.5"
else
	skip "docs/man/optq-policy.5" "lowdown $ours is not here"
fi
if command -v man >/dev/null && command -v tbl >/dev/null; then
	echo "end" >"$tmp/want"
	{ MANWIDTH=80 man --warnings=all -l "$page" | col -b | sed -n '/^.\{81\}/p'; echo "end"; } >"$tmp/have" 2>&1
	same "warnings of docs/man/optq-policy.5 and lines beyond 80 columns"
else
	skip "how docs/man/optq-policy.5 reads" "man or tbl is not here"
fi

# The tree of HTB that the README speaks of is the demo's.
sed -n '/^row_htb()/,/^}/p' "$tree/tests/demo/rows.sh" |
	grep -c -E '^[[:space:]]+(qdisc|class|filter) add ' >"$tmp/want"
sed -n 's/.* by \([0-9]*\) tc commands\..*/\1/p' "$tree/README.md" >"$tmp/have"
same "the README's count of tc commands for HTB"
echo "1..$n"
[ "$failed" -eq 0 ]
