#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What bash and zsh offer where a line of optqctl stands; TAP on stdout.
#	ctl_complete.sh OPTQCTL TREE
ctl=$(realpath "$1") || exit 1
tree=$(realpath "$2") || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
PATH=$(dirname "$ctl"):$PATH
export LC_ALL=C
zsh=$(command -v zsh)
n=0
failed=0

ok()
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		failed=$((failed + 1))
		echo "not ok $n - $2"
	fi
}

# offers NAME WANTED WORD...: what there is to offer for the last word, sorted
bash_offers()
{
	local name=$1 wanted=$2 got
	shift 2
	got=$(bash -c '
		. "$1/completions/optqctl.bash" || exit 1
		complete -p optqctl | grep -q "_optqctl optqctl" || exit 1
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE=$* COMP_POINT=${#COMP_LINE}
		_optqctl optqctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}" | sort | paste -sd" "' \
		bash "$tree" optqctl "$@")
	[ "$got" = "$wanted" ]
	ok $? "bash: $name"
	[ "$got" = "$wanted" ] || printf '# got: %s\n# not: %s\n' "$got" "$wanted"
}

# The same of zsh, which is typed at: compadd tells what it would show.
cat >"$tmp/zsh_offers" <<'ZSH'
emulate -R zsh
setopt no_beep
zmodload zsh/zpty
tree=$1; shift
zpty zsh zsh -f -i
# say COMMAND: what it prints between two marks
type_in() { zpty -w zsh "$1"; }
type_in "PS1= PS2= ; stty -echo; cd ${(q)PWD}; fpath=(${(q)tree}/completions \$fpath); autoload -Uz compinit; compinit -u -d ${(q)TMP}/zcompdump; zstyle ':completion:*' list-prompt ''; zstyle ':completion:*' menu no"
type_in 'LISTMAX=1000; COLUMNS=200; LINES=100; offered=()'
type_in 'compadd() { local -a a; builtin compadd -O a "$@"; offered+=("${a[@]}"); builtin compadd "$@" }'
type_in 'tell() { offered=(); _main_complete; print -r -- "<<${(j: :)${(@ou)${(@Q)offered}}}>>"; compstate[insert]=""; compstate[list]="" }'
type_in 'zle -C tell complete-word tell; bindkey "^T" tell; print -r -- "<<read""y>>"'
zpty -r -m zsh got "*<<ready>>*"
zpty -n -w zsh "$1"$'\C-t'
zpty -r -m zsh got "*<<*>>*"
got=${got##*<<}
print -r -- "${got%%>>*}"
zpty -d zsh
ZSH

zsh_offers()
{
	local name=$1 wanted=$2 got
	shift 2
	[ -n "$zsh" ] || return
	got=$(TMP=$tmp timeout 20 zsh "$tmp/zsh_offers" "$tree" "optqctl $*")
	[ "$got" = "$wanted" ]
	ok $? "zsh: $name"
	[ "$got" = "$wanted" ] || printf '# got: %s\n# not: %s\n' "$got" "$wanted"
}

both() { bash_offers "$@"; zsh_offers "$@"; }

mkdir "$tmp/here" "$tmp/here/sites"
: >"$tmp/here/office.yaml"
: >"$tmp/here/old.yml"
: >"$tmp/here/notes.txt"
: >"$tmp/here/my office.yaml"
cd "$tmp/here" || exit 1

# From the help, so that no verb is forgotten here nor there.
verbs=$("$ctl" help | awk '/^$/ && seen++ { exit } /^  [a-z]/ { print $1 }' | sort | paste -sd' ')
case $verbs in *apply*check*show*) true ;; *) false ;; esac
ok $? "the help names the verbs"
devices=$(awk -F: 'NR > 2 { gsub(" ", "", $1); print $1 }' /proc/net/dev | sort | paste -sd' ')
both "verbs" "$verbs" ""
both "a verb that has begun" "check" ch
both "a verb after an option" "check" -j ch
both "files" "my office.yaml office.yaml old.yml sites" check ""
both "a file that has begun" "office.yaml" check of
both "an option of the verb" "--strict" check --s
both "not another's" "" show --s
both "options" "--flows --help --interval --json --rules --version" show --
both "options without a verb" "--help --json --version" --
both "devices" "$devices" show ""
both "the device of an option" "lo" apply --dev lo
both "the file after it" "my office.yaml office.yaml old.yml sites" apply --dev lo ""
bash_offers "the device behind =" "lo" apply --dev = lo
bash_offers "nothing typed behind =" "$devices" apply --dev =
zsh_offers "the device behind =" "--dev=lo" apply --dev=lo
both "presets" "diffserv4 diffserv8 rfc4594" preset ""
both "words" "add delete" element ""
both "devices of an element" "lo" element add lo
both "its words" "app host ingress" element add lo ""
both "nothing after the last" "" check office.yaml ""
both "nothing of an unknown verb" "" chekc ""

"$ctl" complete "" | awk -F'\t' 'NF != 2 || $2 == "" { exit 1 }'
ok $? "each verb has a line that tells what it does"
out=$("$ctl" complete 2>&1) && [ "$(cut -f 1 <<<"$out" | sort | paste -sd' ')" = "$verbs" ]
ok $? "no word at all is an empty one"
! "$ctl" help | grep -q '^  complete'
ok $? "it is not for people"
# So many words are too many for most verbs: nothing is done.
bad=
for verb in $verbs; do
	for opt in $("$ctl" complete "$verb" -- | cut -f 1); do
		timeout 5 "$ctl" "$verb" "$opt" x x x x x x 2>&1 </dev/null |
			grep -q 'goes with\|unrecognized' && bad+=" $verb $opt"
	done
done
[ -z "$bad" ]
ok $? "what is offered is taken${bad:+, not$bad}"
if [ -z "$zsh" ]; then
	n=$((n + 1))
	echo "ok $n - zsh # SKIP there is no zsh; make check-package has one"
fi
echo "1..$n"
[ "$failed" -eq 0 ]
