# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of optqctl in bash: the program itself knows its words.

_optqctl()
{
	local words=() i line files='' cur

	# "--dev=eth0" comes as three words.
	for ((i = 1; i <= COMP_CWORD; i++)); do
		if [[ ${#words[@]} -gt 0 && ${words[-1]} == --* &&
		      (${COMP_WORDS[i]} == = || ${words[-1]} == *=) ]]; then
			words[-1]+=${COMP_WORDS[i]}
		else
			words+=("${COMP_WORDS[i]}")
		fi
	done
	cur=${words[-1]}

	COMPREPLY=()
	# Who calls it through sudo may not have it in the path.
	while IFS= read -r line; do
		line=${line%%$'\t'*}
		if [ -n "$line" ]; then COMPREPLY+=("$line"); else files=1; fi
	done < <(PATH=$PATH:/usr/local/sbin:/usr/sbin "$1" complete "${words[@]}" 2>/dev/null)

	if [[ $cur == --*=* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${cur%%=*}="}")
		cur=${cur#*=}
	fi
	[ -n "$files" ] || return 0
	compopt -o filenames 2>/dev/null
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(
		compgen -f -X '!*.yaml' -- "$cur"
		compgen -f -X '!*.yml' -- "$cur"
		compgen -d -- "$cur")
}

complete -F _optqctl optqctl
