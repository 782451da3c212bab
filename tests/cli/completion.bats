# completion - what bash offers behind a line that was typed so far.

load ../helper

# completed LINE - the candidates, one a line, as readline gets them.
completed()
{
	bash --norc -c '
		source "$TAILRACE_BUILD/completion/tailrace"
		COMP_LINE=$1 COMP_POINT=${#1}
		_tailrace
		(( ${#COMPREPLY[@]} == 0 )) || printf "%s\n" "${COMPREPLY[@]}"' - "$1"
}

# offers LINE WORD... - exactly these, in any order.
offers()
{
	local line=$1 got wanted
	shift
	got=$(completed "$line" | sort)
	wanted=$( (( $# == 0 )) || printf '%s\n' "$@" | sort)
	[[ $got == "$wanted" ]] || fail "behind '$line':" "$got" "instead of:" "$wanted"
}

@test "bash takes the function for the program and for each of its parts" {
	run -0 bash --norc -c 'source "$TAILRACE_BUILD/completion/tailrace"
		complete -p tailrace tailrace-verify tailrace-list'
	[[ $output == *"-F _tailrace tailrace"* ]]
}

@test "subcommands" {
	offers 'tailrace ver' verify
	offers 'tailrace --v' --version
	offers '/usr/bin/tailrace sel' selftest
	[[ $(completed 'tailrace ') == *merge* ]]
}

@test "options, all of them, of their own command" {
	local option
	local options wanted
	options=$(tailrace verify --help-words | grep -oe '^-[a-z-]*')
	mapfile -t wanted < <(grep -e ^-- <<<"$options")
	offers 'tailrace verify --' "${wanted[@]}"
	mapfile -t wanted <<<"$options"
	offers 'tailrace verify -' "${wanted[@]}"
	offers 'tailrace verify --expl' --explain
	offers 'tailrace-verify --expl' --explain
	offers 'tailrace merge --expl'
	offers 'tailrace xyzzy --expl'
}

@test "words that an option or a topic may be" {
	offers 'tailrace list a' anomalies
	offers 'tailrace-list c' claims
	require_mpi
	offers 'tailrace run --keep ' always unsafe never
	# Readline breaks words at '=' and replaces what stands behind it.
	offers 'tailrace run --keep=n' never
	offers 'tailrace run --eta a' auto always
}

@test "strategies, their keys and values" {
	require_mpi
	offers 'tailrace run -s per' per-file
	offers 'tailrace run --strategy append,fc' append,fcntl
	offers 'tailrace run --strategy flock:wa' wait=
	offers 'tailrace run --strategy flock:wait=p' poll
	offers 'tailrace run --strategy flock:wait=poll,fl' \
		poll,flock poll,flock-append poll,flock-poll poll,flock-pwrite poll,flush=
	offers 'tailrace check --require=loc' lockf lockfile
	offers 'tailrace run --expect append' append=
	offers 'tailrace run --expect append=un' unsafe
	for name in $(tailrace list strategies | sed -n 's/^  \([a-z]\S*\).*/\1/p'); do
		completed "tailrace run -s $name" | grep -qx "$name" || fail "no $name"
	done
}

@test "folders and files" {
	mkdir -p folder/inner
	: >file
	offers 'tailrace report fo' folder/
	offers 'tailrace report --out f' folder/
	offers 'tailrace verify --file f' file folder
	offers 'tailrace report @f' @file @folder
}

@test "a word that an option offers is one that it takes" {
	require_mpi
	mkdir data
	tailrace run --help-words | sed -n 's/^\(--[a-z-]*\) \([a-z|]*\)$/\1 \2/p' >choices
	[[ -s choices ]]
	while read -r option words; do
		for word in ${words//|/ }; do
			run -0 tailrace run --dry-run "$option=$word" data
		done
	done <choices
}
