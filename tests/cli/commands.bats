# commands - what tailrace says when it is asked about itself.

load ../helper

# subcommands - those that this build has, one a line.
subcommands()
{
	tailrace --help | sed -n '/^Commands:/,/^$/{/not in this build/d;s/^  \([a-z]*\) .*/\1/p}'
}

@test "help names the subcommands" {
	run -0 --separate-stderr tailrace --help
	[[ -z $stderr ]]
	for command in verify report compare merge selftest list; do
		[[ $output == *"$command"* ]] || fail "no $command in: $output"
	done
}

@test "the version is a number, with what it was built of" {
	run -0 tailrace --version
	[[ ${lines[0]} =~ ^tailrace\ [0-9]+\.[0-9]+ ]]
	[[ ${lines[1]} =~ ^built\ by\ .*,\ [A-Z] ]] || fail "no compiler and build type: $output"
	[[ $output == *"CRC-32C by "* && $output == *jansson* ]]
	if [[ ${TAILRACE_MPI:-1} == 1 ]]; then
		[[ $output == *"with MPI: "*[0-9].[0-9]* ]]
	else
		[[ $output == *"without MPI"* ]]
	fi
}

@test "the version names the commit that was built" {
	git -C "$repo" rev-parse --git-dir >/dev/null 2>&1 || skip "no clone of the repository"
	run -0 tailrace --version
	[[ ${lines[0]} =~ \(([0-9a-f]{7,}|.*-g[0-9a-f]{7,})(-dirty)?\)$ ]] || fail "${lines[0]}"
}

@test "tailrace-verify is verify, needs no MPI, and by other names is other commands" {
	run -0 ldd "$TAILRACE_BUILD/tailrace-verify"
	[[ $output != *mpi* ]] || fail "$output"
	run -0 tailrace-verify --help
	[[ ${lines[0]} == "Usage: tailrace-verify "* ]]
	refused "$USAGE" tailrace-verify
	[[ $stderr == *"tailrace-verify --help"* ]]
	ln -s "$TAILRACE_BUILD/tailrace-verify" tailrace-list
	run -0 ./tailrace-list claims
	[[ $output == "$(tailrace list claims)" ]]
	ln -s "$TAILRACE_BUILD/tailrace-verify" tailrace-run
	refused "$COULD_NOT_RUN" ./tailrace-run run .
}

@test "each subcommand has its help" {
	for command in verify report compare merge selftest list; do
		run -0 --separate-stderr tailrace "$command" --help
		[[ $output == *"$command"* && -z $stderr ]]
	done
}

@test "run has its help, with all the options that scripts rely on" {
	require_mpi
	run -0 --separate-stderr tailrace run --help-all
	for option in strategy records size duration seed rate max-bytes out label \
		      history keep require expect strict one-client fstype timeout \
		      eta quiet dry-run ranks hosts hostfile; do
		[[ $output == *"--$option"* ]] || fail "no --$option"
	done
}

@test "list names the four strategies and what they claim" {
	run -0 --separate-stderr tailrace list
	for name in append flock fcntl per-file complete exclusion; do
		[[ $output == *"$name"* ]] || fail "no $name in: $output"
	done
}

@test "list shows the probes, each with its source" {
	run -0 --separate-stderr tailrace list probes
	[[ $output == *"exclusive-excludes-exclusive: "* ]]
	(( $(grep -c '^    script: ' <<<"$output") == $(grep -c '^    source: .*([23])' <<<"$output") ))
	(( $(grep -c '^    script: ' <<<"$output") > 40 ))
}

@test "list names the anomalies" {
	run -0 --separate-stderr tailrace list
	for name in lost overwritten torn missing gap duplicate foreign \
		    writer_disorder; do
		[[ $output == *"$name"* ]] || fail "no $name in: $output"
	done
}

@test "no subcommand is wrong usage" {
	run --separate-stderr tailrace
	(( status == USAGE ))
	[[ -n $stderr ]]
}

@test "a misspelt subcommand gets a suggestion" {
	refused "$USAGE" tailrace verfy somewhere
	[[ $stderr == *verify* ]]
}

@test "a subcommand that is none at all is refused" {
	refused "$USAGE" tailrace xyzzy
}

@test "a full standard output is an error" {
	[[ -w /dev/full ]] || skip "no /dev/full"
	run bash -c 'tailrace list >/dev/full'
	(( status == COULD_NOT_RUN )) || fail "exit code $status"
}

@test "closed standard streams hurt nobody" {
	run -0 bash -c 'tailrace list <&- >/dev/null 2>&-'
	run bash -c 'tailrace list >&- 2>/dev/null'
	(( status < 128 )) || fail "died of signal $((status - 128))"
}

@test "a build without MPI needs no MPI" {
	[[ ${TAILRACE_MPI:-1} == 0 ]] || skip "this build has MPI"
	run -0 ldd "$TAILRACE_BUILD/tailrace"
	[[ $output != *mpi* ]] || fail "$output"
}

@test "a build without MPI says why it cannot run" {
	[[ ${TAILRACE_MPI:-1} == 0 ]] || skip "this build has MPI"
	mkdir data
	refused "$COULD_NOT_RUN" tailrace run data
	[[ $stderr == *MPI* ]]
}

# words COMMAND - the long options of a command, one a line, as for completion.
words()
{
	tailrace "$1" --help-words | sed -n 's/^\(--[a-z-]*\).*/\1/p'
}

@test "the long page of help has every option, the short one fewer, and both say more" {
	local command option short long
	for command in $(subcommands); do
		short=$(tailrace "$command" --help)
		long=$(tailrace "$command" --help-all)
		for option in $(words "$command"); do
			[[ $long == *" $option"* ]] || fail "$command --help-all lacks $option"
		done
		[[ $short == *$'\nExamples:\n  '* ]] || fail "no example in $command --help"
		[[ $short == *--help-all* ]] || fail "$command --help hides --help-all"
		(( $(wc -l <<<"$short") <= 48 )) || fail "$command --help is long"
	done
}

@test "help and list keep to 80 columns" {
	local command wide
	for command in $(subcommands); do
		(( $(tailrace "$command" --help-all | wc -L) <= 80 )) || fail "$command --help-all is wide"
	done
	# But for a word that is wider, such as the answers of some probes.
	wide=$(tailrace list | grep -E '.{81}' | grep -vE '^ +(nfs[34]|local) +[^ ]+$') || true
	[[ -z $wide ]] || fail "$wide"
}

@test "the examples of selftest and list do what they show" {
	local example
	while read -r example; do
		run -0 bash -c "$example"
	done < <(for command in selftest list; do tailrace "$command" --help | grep '^  tailrace '; done)
}

@test "the options in the examples of help are options" {
	local command option
	for command in $(subcommands); do
		for option in $(tailrace "$command" --help |
			sed -n '/^Examples:/,/^$/p' | grep -oe ' --[a-z-]*'); do
			grep -qxe "$option" <<<"$(words "$command")" ||
				fail "$command has no $option"
		done
	done
}

@test "the short page of run leaves out what few people need" {
	require_mpi
	run -0 tailrace run --help
	[[ $output == *--records* && $output != *--views* && $output != *--fstype* ]]
}
