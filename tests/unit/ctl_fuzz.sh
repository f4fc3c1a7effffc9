#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs optqctl's fuzzers for a while each, from the policies as a corpus.
#	ctl_fuzz.sh BINARIES POLICIES EXAMPLES SECONDS MATCHES
bins=$1
policies=$2
examples=$3
seconds=$4
matches=$5
corpus=$bins/corpus
mkdir -p "$corpus/policy" "$corpus/match" "$corpus/import" || exit 1
for kind in "$policies/bad" "$policies/good" "$examples"; do
	for file in "$kind"/*.yaml; do
		cp "$file" "$corpus/policy/$(basename "$kind")-$(basename "$file")"
	done
done
# Policies of a table, each with several.
for table in "$policies"/parts/*.csv "$examples"/*.csv; do
	for policy in "$policies/good/for-each.yaml" "$policies/bad/for-each.yaml" "$examples/isp.yaml"; do
		{ sed 's|for each [^:]*:|for each /proc/self/fd/9:|' "$policy" && echo '%csv' && cat "$table"; } \
			>"$corpus/policy/$(basename "$policy" .yaml)-$(basename "$table")"
	done
done
cp "$matches"/* "$corpus/match/"
cp "$policies"/../import/*.tc "$corpus/import/"

# Each expression of the good policies is a seed of its own.
cat "$policies"/good/*.yaml "$examples"/*.yaml |
	sed -n 's/^ *- \(.*\)$/\1/p; s/.*match: \(.*\)$/\1/p' | tr -d '"' |
	awk -v dir="$corpus/match" '{ print > (dir "/seed" NR) }'

# libfyaml 0.7.12 loses a buffer on some long quoted scalars; what is ours counts.
echo leak:libfyaml >"$bins/suppressions"
LSAN_OPTIONS=suppressions=$bins/suppressions:print_suppressions=0
export LSAN_OPTIONS

echo 1..3
n=0
failed=0
for target in policy match import; do
	n=$((n + 1))
	if "$bins/${target}_fuzz" -max_total_time="$seconds" -timeout=10 \
	   -rss_limit_mb=2048 -max_len=4096 -artifact_prefix="$bins/$target-" \
	   -print_final_stats=1 "$corpus/$target" >"$bins/$target.log" 2>&1; then
		echo "ok $n - ${target}_fuzz"
	else
		failed=1
		echo "not ok $n - ${target}_fuzz"
		tail -n 40 "$bins/$target.log" | sed 's/^/# /'
	fi
	sed -n 's/^stat::number_of_executed_units: */# runs: /p' "$bins/$target.log"
done
exit $failed
