# explain - one finding on a page, and data files judged by their histories alone.

load ../helper

setup_file()
{
	[[ ${TAILRACE_MPI:-1} == 1 ]] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	mkdir data
	as_ranks 2 tailrace run --no-plots --strategy per-file,flock --records 200 --size 100 \
		--require per-file --out run data
	cp -a data data.whole
}

setup()
{
	require_mpi
	cd "$BATS_TEST_TMPDIR" || return
	rm -rf "$BATS_FILE_TMPDIR/data"
	cp -a "$BATS_FILE_TMPDIR/data.whole" "$BATS_FILE_TMPDIR/data"
	run=$BATS_FILE_TMPDIR/run
	dir=$(echo "$BATS_FILE_TMPDIR"/data/tailrace-*)
	own=$dir/00-per-file.00001.log
}

# put FILE OFFSET - write standard input there.
put()
{
	dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "an overwrite, to the byte" {
	head -c 100 "$dir/00-per-file.00001.log" | tail -c 50 >piece
	# Bytes 50 to 99 of record 0 come over bytes 37 to 86 of record 3.
	put "$own" 337 <piece
	run -1 --separate-stderr tailrace verify "$run" --explain overwritten
	[[ $output == *"overwritten 1 of 1 with per-file: record 3 of rank 1"* ]]
	[[ $output == *" 300-336 record 3 of rank 1: its bytes 0-36 of 100"* ]]
	[[ $output == *" 387-399 record 3 of rank 1: its bytes 87-99 of 100"* ]]
	[[ $output == *"Offset 337: above byte 36 of record 3 of rank 1"* ]]
	[[ $output == *$'\n'"           337 >---"* ]]
	run -1 --separate-stderr tailrace verify --explain=per-file/lost#1 "$run"
	[[ $output == *"overwritten 1 of 1 with per-file"* ]]
}

@test "bytes that a terminal would obey" {
	printf '\033]0;own\a\033[31m\302\233\r\0' >>"$own"
	run -1 --separate-stderr tailrace verify "$run" --explain foreign
	[[ $output == *'\x1b]0;own\x07\x1b[31m\xc2\x9b\x0d'* ]]
	[[ $(tr -d '\n' <<<"$output") != *[[:cntrl:]]* ]]
	run -1 --separate-stderr tailrace verify "$run" --explain gap
	[[ $output == *"1 NUL"* ]]
}

@test "what there is not to explain is wrong usage, with the counts there are" {
	refused "$USAGE" tailrace verify "$run" --explain torn
	[[ $stderr == *"per-file has none, flock has none"* ]]
	refused "$USAGE" tailrace verify "$run" --explain per-file/torn#7
	[[ $stderr == *"torn number 7"*"per-file has none"* ]]
	refused "$USAGE" tailrace verify "$run" --explain tron
	[[ $stderr == *"did you mean torn?"* ]]
	refused "$USAGE" tailrace verify "$run" --explain torn#0
	refused "$USAGE" tailrace verify "$run" --explain fork/torn
	[[ $stderr == *"no strategy 'fork'"* ]]
}

@test "an explanation does not change the verdict, nor write anything" {
	printf 'x' >>"$dir/01-flock.log"
	find "$run" -printf '%p %s %T@\n' | sort >before
	# Only per-file is required.
	run -0 --separate-stderr tailrace verify "$run" --explain foreign
	[[ $output == *"foreign 1 of 1 with flock"* ]]
	find "$run" -printf '%p %s %T@\n' | sort >after
	cmp before after
}

@test "a file with its histories" {
	run -0 --separate-stderr tailrace verify --file "$dir" \
		--history "$run"/history/00-*.history
	[[ $output == SAFE:* ]]
	run -0 --separate-stderr tailrace verify --file "$own" \
		--file "$dir/00-per-file.00000.log" \
		--history "$run"/history/00-*.00000.history \
		--history "$run"/history/00-*.00001.history
	run -3 --separate-stderr tailrace verify --file "$dir" \
		--history "$run"/history/00-*.00000.history
	[[ $output == *"the history of 1 of 2 writers is missing"* ]]
	printf 'x' >>"$own"
	run -1 --separate-stderr tailrace verify --file "$dir" \
		--history "$run"/history/00-*.history --out out --explain foreign
	[[ $output == *"foreign 1 of 1 with per-file"* ]]
	[[ -s out/result.json && -s out/anomalies.csv ]]
	# Where a file was moved to is no matter.
	mv "$dir/01-flock.log" moved
	truncate --size=-1 moved
	run -1 --separate-stderr tailrace verify --file moved \
		--history "$run"/history/01-*.history
}

@test "files and histories that do not belong together" {
	refused "$USAGE" tailrace verify --file "$own"
	refused "$USAGE" tailrace verify --history "$run/history"
	refused "$USAGE" tailrace verify "$run" --history "$own"
	refused "$USAGE" tailrace verify "$run" --history nowhere
	run -0 tailrace verify "$run" --history "$run"/history/0*
	refused "$USAGE" tailrace verify "$run" "$run"
	refused "$USAGE" tailrace verify --file "$own" --history "$run/history"
	[[ $stderr == *"not of the same strategy"* ]]
	refused "$USAGE" tailrace verify --file nowhere --history "$run"/history/00-*
	refused "$USAGE" tailrace verify --file "$own" --history nowhere
	refused "$USAGE" tailrace verify --file "$own" --history "$run"/history/00-*
	[[ $stderr == *".00000.log"* ]]
	refused "$COULD_NOT_RUN" tailrace verify --file "$own" --history "$own"
	head -c 20000 /dev/urandom >noise
	refused "$COULD_NOT_RUN" tailrace verify --file "$own" --history noise
}
