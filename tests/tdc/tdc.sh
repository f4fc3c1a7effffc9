#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: tdc.sh [FILE...]
#
# Runs test cases in the kernel's tc-testing format, those beside this script without
# arguments, by the kernel's own tdc.py, and prints KTAP: a test for each case, and one
# for the files.  A case also fails when the kernel's log complains while it runs.
#
# Environment: TDC_DIR, the kernel's tools/testing/selftests/tc-testing; OPTQ_KO and
# TC_LIB_DIR as for tests/kselftest.
. "$(dirname "$0")/../kselftest/lib.sh"

TDC_DIR=${TDC_DIR:-/usr/src/um/source/tools/testing/selftests/tc-testing}
TDC_HERE=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || set -- "$TDC_HERE"/optq*.json
files=()
for file; do files+=("$(realpath "$file")"); done

# The order is tdc.py's.
cases() { jq -r '.[] | [.id, .dependsOn // "", .name] | join("\u001f")' "${files[@]}"; }

own_ids()
{
	local ids bad
	ids=$(jq -r '.[].id' "${files[@]}" | sort)
	bad=$(grep -vxE '[0-9a-f]{4}' <<<"$ids"; uniq -d <<<"$ids"
		comm -12 <(uniq <<<"$ids") <(find "$TDC_DIR/tc-tests" -name '*.json' \
			-exec jq -r '.[].id' {} + | sort -u))
	[ -z "$bad" ] && return
	echo "not four hex digits, twice here, or the kernel's: $bad"
	return 1
}

# tdc.py takes its plugins and its configuration from where it runs, and hands no
# environment on unless told.  Its workers are to be forked, which Python no longer does
# by itself.
prepare()
{
	mkdir "$TMP/tdc" "$TMP/results" && cd "$TMP/tdc" &&
	ln -s "$TDC_DIR/plugin-lib" plugin-lib &&
	ln -s "$TDC_HERE" plugin-lib-custom &&
	cat >tdc_config_local.py <<-END
		import multiprocessing, os
		multiprocessing.set_start_method("fork")
		ENVIR = dict(os.environ)
		EXTRA_NAMES = {"TC": "$(type -P tc)", "IP": "$(type -P ip)", "TIMEOUT": 120}
	END
}

# The case that the guest dies in is among the last that are told.
run_tdc()
{
	local rc
	echo "optq-tdc: run $$" >/dev/kmsg
	PYTHONPATH=$PWD PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
		python3 "$TDC_DIR/tdc.py" -J "$(nproc)" -f "${files[@]}" --outfile "$PWD/tap" 2>&1 |
		tee said | sed -u -n 's/^Test /# /p'
	rc=${PIPESTATUS[0]}
	grep -F -A 2 '*** Could not execute' said | grep . | sed 's/^/# /'
	if [ -f tap ]; then
		awk -v dir="$TMP/results" -f "$TDC_HERE/results.awk" tap
	else
		note "tdc.py ended early, exit $rc: $(tail -n 30 said)"
	fi
}

# What the kernel had to say since run_tdc began, with the case that had begun last.
complaints()
{
	dmesg | awk -v mark='optq-tdc: ' -v run="run $$" '
		(i = index($0, mark)) { id = substr($0, i + length(mark)) }
		i && id == run { on = 1 }
		on && !i { print id ": " $0 }' | grep -E -f "$OPTQ_HERE/klog-detectors"
}

report()
{
	local id=$1 needs=$2 name="$1 $3" result=$TMP/results/$1 verdict=
	[ -f "$result" ] && verdict=$(head -n 1 "$result")
	if grep "^$id: " "$TMP/complaints" >"$TMP/complaint"; then
		note "$(cat "$TMP/complaint")"
		ktap_fail "$name" "the kernel complained"
		return
	fi
	case $verdict in
	ok)	ktap_ok "$name" ;;
	skip)	ktap_skip "$name" "${needs:+needs }${needs:-told to be left out}" ;;
	"not ok")
		note "$(tail -n +2 "$result")"
		ktap_fail "$name" ;;
	*)	ktap_fail "$name" "no result" ;;
	esac
}

ktap_header
[ -f "$TDC_DIR/tdc.py" ] || ktap_skip_all "needs the kernel's tc-testing, TDC_DIR=$TDC_DIR"
optq_require_root
optq_require_module
optq_require_tc
optq_require_cmd python3 ping jq
cases >"$TMP/cases" || { echo "Bail out! no test cases"; exit 1; }
ktap_plan $(($(wc -l <"$TMP/cases") + 1))
ktap_test "ids are four hex digits, and none is the kernel's" own_ids

prepare || { echo "Bail out! nowhere to run tdc.py"; exit 1; }
run_tdc
complaints >"$TMP/complaints"
while IFS=$'\x1f' read -r id needs name; do
	report "$id" "$needs" "$name"
done <"$TMP/cases"
ktap_done
