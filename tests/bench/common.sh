# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the benchmark's parts share inside the guest, sourced.  A part prints
# lines of JSON, one a figure, each with "part".
#
#	json PART KEY=VALUE...	one such line; values that are numbers are numbers
#	progress TEXT		shown while it runs
#	batch			tc -batch; what it says is shown if it fails

export TC_LIB_DIR=${TC_LIB_DIR:-/optq/tc-plugin}
OPTQCTL=${OPTQCTL:-/optq/optqctl/optqctl}

json()
{
	local part=$1 word value line
	shift
	line="{\"part\":\"$part\""
	for word in "$@"; do
		value=${word#*=}
		[[ $value =~ ^-?[0-9]+(\.[0-9]+)?$ ]] || value="\"$value\""
		line+=",\"${word%%=*}\":$value"
	done
	echo "$line}"
}

batch()
{
	local said
	said=$(tc -batch - 2>&1) && return
	echo "$said" >&2
	return 1
}

progress() { echo "   $*" >&2; }

[ -d /sys/module/sch_optq ] || insmod "${OPTQ_KO:-/optq/sch_optq.ko}" || exit 1
# Until its random numbers are ready, the kernel makes each with hundreds of times
# the instructions.
head -c 1 /dev/random >/dev/null
