# shellcheck shell=bash disable=SC2154  # the words stand above, as the program lists them

# _tailrace_of ARGUMENT WORD - the words that may stand for WORD where the option
# tables have ARGUMENT.
_tailrace_of()
{
	local argument=${1#[} word=$2
	argument=${argument%]}
	case $argument in
	STRATEGY,*) _tailrace_strategy "$word" ;;
	STRATEGY=*) _tailrace_expected "$word" ;;
	HOST,*) _tailrace_list "$word" -A hostname ;;
	DIR*|RUN) compgen -d -S / -- "$word" ;;
	FILE*|RUN\ *) compgen -f -- "$word" ;;
	*' '*) ;;
	*'|'*) compgen -W "${argument//|/ }" -- "$word" ;;
	esac
}

# _tailrace_list WORD COMPGEN-OPTION... - the last piece of a list with commas.
_tailrace_list()
{
	local piece=${1##*,}
	compgen -P "${1%"$piece"}" "${@:2}" -- "$piece"
}

# NAME[:key=value,...],...
_tailrace_strategy()
{
	local piece=${1##*,} key values names=
	local head=${1%"$piece"}
	case $piece in
	*=*)
		key=${piece%%=*}
		values=$(sed -n "s/^${key##*:}=//p" <<<"$_tailrace_keys")
		compgen -P "$head$key=" -W "${values//|/ }" -- "${piece#*=}"
		return ;;
	*:*)
		head+=${piece%%:*}:
		piece=${piece#*:} ;;
	*)
		names=$_tailrace_strategies ;;
	esac
	[[ $head != *:* ]] || names+=" $(sed -n 's/=.*/=/p' <<<"$_tailrace_keys")"
	compgen -P "$head" -W "$names" -- "$piece"
}

# NAME=VERDICT,...
_tailrace_expected()
{
	local piece=${1##*,}
	local head=${1%"$piece"}
	if [[ $piece == *=* ]]; then
		compgen -P "$head${piece%%=*}=" -W 'safe unsafe inconclusive skipped' \
			-- "${piece#*=}"
	else
		compgen -P "$head" -S = -W "$_tailrace_strategies" -- "$piece"
	fi
}

# _tailrace_argument COMMAND OPTION - what OPTION takes, or nothing.
_tailrace_argument()
{
	local line
	while IFS= read -r line; do
		[[ $line != "$2 "* ]] || printf '%s' "${line#* }"
	done <<<"${_tailrace_words[$1]-}"
}

# _tailrace_candidates COMMAND WORD BEFORE - for a whole WORD that BEFORE precedes.
_tailrace_candidates()
{
	local command=$1 word=$2 before=$3 argument
	if [[ $word == --*=* ]]; then
		_tailrace_of "$(_tailrace_argument "$command" "${word%%=*}")" "${word#*=}" |
			sed "s|^|${word%%=*}=|"
	elif argument=$(_tailrace_argument "$command" "$before"); [[ -n $argument ]]; then
		_tailrace_of "$argument" "$word"
	elif [[ $word == -* ]]; then
		compgen -W "$(sed -n 's/^\(-[^ ]*\).*/\1/p' <<<"${_tailrace_words[$command]}")" \
			-- "$word"
	elif [[ $word == @* ]]; then
		compgen -P @ -f -- "${word#@}"
	else
		_tailrace_of "$(sed -n 1p <<<"${_tailrace_words[$command]}")" "$word"
	fi
}

_tailrace()
{
	local typed=${COMP_LINE:0:COMP_POINT} command before word breaks
	local -a typed_words
	# Whole words: those of COMP_WORDS end at each '=' and ':'.
	read -ra typed_words <<<"$typed"
	[[ $typed != *[[:blank:]] ]] || typed_words+=('')
	word=${typed_words[-1]}
	before=${typed_words[-2]-}
	command=${typed_words[0]##*/}
	if [[ $command == tailrace-* ]]; then
		command=${command#tailrace-}
	elif (( ${#typed_words[@]} <= 2 )); then
		mapfile -t COMPREPLY < <(compgen -W \
			"${_tailrace_commands[*]} --help --version" -- "$word")
		return
	else
		command=${typed_words[1]}
	fi
	[[ -n ${_tailrace_words[$command]-} ]] || return 0
	mapfile -t COMPREPLY < <(_tailrace_candidates "$command" "$word" "$before")
	# Readline replaces only what follows the last break in the word.
	breaks=${COMP_WORDBREAKS//[^=:]/}
	if [[ -n $breaks && $word == *["$breaks"]* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*["$breaks"]}"}"}")
	fi
	[[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *[=/:] ]] || compopt -o nospace 2>/dev/null
	return 0
}

_tailrace_commands=("${!_tailrace_words[@]}")
complete -F _tailrace tailrace "${_tailrace_commands[@]/#/tailrace-}"
