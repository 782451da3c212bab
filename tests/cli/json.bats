# json - --json prints the result for a pipe, and nothing comes between.

load ../helper

setup()
{
	require_mpi
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
}

# result FILE - the schema and the exit code in it, as an independent parser reads it.
result()
{
	json "$1" "r['schema'].split('/')[0] + ' ' + str(r['exit_code'])"
}

small=(--one-client --no-plots --records 20 --strategy per-file)

@test "run: JSON alone on standard output, the summary on standard error" {
	run -0 --separate-stderr tailrace run "${small[@]}" --out RUN --json - data
	printf '%s\n' "$output" >got
	[[ $(result got) == "tailrace.result 0" ]]
	cmp got RUN/result.json
	[[ $stderr == *SAFE:* ]]
}

@test "run: into a file, and the summary where it always is" {
	run -0 --separate-stderr tailrace run "${small[@]}" --out RUN --json got data
	cmp got RUN/result.json
	[[ ${lines[0]} == SAFE:* ]]
	run ! grep -q json RUN/args
}

@test "run that starts mpirun: the same, once" {
	run -0 --separate-stderr tailrace run -n 2 "${small[@]}" --out RUN --json - data
	printf '%s\n' "$output" >got
	cmp got RUN/result.json
	mpirun --quiet -n 2 tailrace run "${small[@]}" --out RUN2 --json - data >got
	cmp got RUN2/result.json
}

@test "run: an unsafe verdict is in the JSON and the exit code" {
	run --separate-stderr tailrace run "${small[@]}" --expect per-file=unsafe \
		--out RUN --json - data
	(( status == UNSAFE ))
	printf '%s\n' "$output" >got
	[[ $(result got) == "tailrace.result 1" ]]
}

@test "verify, report and probe" {
	tailrace run --quiet "${small[@]}" --out RUN data
	run -0 --separate-stderr tailrace verify --json - RUN
	printf '%s\n' "$output" >got
	[[ $(result got) == "tailrace.result 0" && $stderr == *SAFE:* ]]
	run -0 --separate-stderr tailrace report --no-plots --out REPORT --json - RUN
	printf '%s\n' "$output" >got
	cmp got REPORT/result.json
	run --separate-stderr tailrace probe --out PROBE --json - data
	printf '%s\n' "$output" >got
	[[ $(result got) == "tailrace.probe $status" && -n $stderr ]]
}

@test "quiet leaves the JSON alone" {
	run -0 --separate-stderr tailrace run --quiet "${small[@]}" --out RUN --json - data
	printf '%s\n' "$output" >got
	[[ $(result got) == "tailrace.result 0" && $stderr != *SAFE* ]] || fail "$stderr"
}

@test "the file may stand in the run folder, which is not there before" {
	run -0 tailrace run --quiet "${small[@]}" --out RUN --json RUN/again.json data
	cmp RUN/result.json RUN/again.json
}

@test "a file that cannot be written, or a full pipe, is an error" {
	tailrace run --quiet "${small[@]}" --out RUN data
	run --separate-stderr tailrace run --quiet "${small[@]}" --out RUN2 \
		--json nowhere/file data
	(( status == COULD_NOT_RUN )) || fail "exit code $status"
	[[ $stderr == *nowhere/file* ]]
	# That is told before anything was done.
	[[ ! -e RUN2 && $stderr != *$'\n'* ]] || fail "$stderr"
	run -4 tailrace run --quiet "${small[@]}" --out RUN2 --json data data
	[[ $output == *"data, as --json asks: Is a directory" && ! -e RUN2 ]] || fail "$output"
	[[ -w /dev/full ]] || skip "no /dev/full"
	run --separate-stderr bash -c 'tailrace verify RUN >/dev/full'
	[[ $status == "$COULD_NOT_RUN" && $stderr != *$'\n'* ]] || fail "$status: $stderr"
	run bash -c 'tailrace verify --json - RUN >/dev/full 2>/dev/null'
	(( status == COULD_NOT_RUN )) || fail "exit code $status"
	run bash -c 'tailrace verify --json /dev/full RUN >/dev/null 2>&1'
	(( status == COULD_NOT_RUN )) || fail "exit code $status"
}
