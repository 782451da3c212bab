# merge - one log of per-writer files, after a run and as part of it.

load ../helper

setup_file()
{
	cd "$BATS_FILE_TMPDIR" || return
	mkdir data
	as_ranks 3 tailrace run --no-plots --strategy flock,per-file --records 500 --size 64-300 \
		--require per-file --out run data
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	cp -a "$BATS_FILE_TMPDIR/run" "$BATS_FILE_TMPDIR/data" .
	# The run folder names its data by the place where they were.
	log=$(json run/manifest.json 'r["data_dir"]')/01-per-file.merged.log
	rm -f "$log"
}

# sorted_lines FILE... - the records of FILE..., in an order of their own
sorted_lines()
{
	cat "$@" | LC_ALL=C sort
}

@test "the log holds every record once, each writer's in their order" {
	run -0 tailrace merge run
	[[ $output == *"1,500 records"* ]]
	data=${log%/*}
	cmp <(sorted_lines "$data"/01-per-file.0*.log) <(sorted_lines "$log")
	for rank in 0 1 2; do
		# Its first cell tells of whom a line is; see docs/formats.md.
		cmp "$data/01-per-file.0000$rank.log" \
			<(grep -a "^#[0-9a-v]*\.000$rank\." "$log")
	done
	[[ $(json run/manifest.json 'r["strategies"][1]["merge"]["records"]') == 1500 ]]
	[[ $(json run/manifest.json 'r["strategies"][0]["merge"]') == null ]]
	# The same again, and the verdict is what it was.
	run -0 tailrace merge run
	run -0 tailrace verify --no-plots run --out judged
	[[ $output == *merged:* ]]
	[[ $(json judged/result.json 's["per-file"]["merge"]["left_out"]') == 0 ]]
}

@test "a new file only" {
	run -0 tailrace merge run --out mine.log
	[[ -s mine.log && ! -e $log ]]
	refused "$USAGE" tailrace merge run --out mine.log
}

@test "what was lost is left out, and that is told" {
	file=${log%/*}/01-per-file.00001.log
	cp "$file" whole
	printf x | dd of="$file" bs=1 seek=5 conv=notrunc status=none
	run tailrace merge run
	cp whole "$file"
	(( status == UNSAFE )) || fail "exit code $status"
	[[ $output == *"left out: 1 "* ]]
}

@test "a cut history is no silent loss" {
	truncate -s 8192 run/history/01-per-file.00002.history
	run tailrace merge run
	(( status == INCONCLUSIVE )) || fail "exit code $status"
}

@test "histories that were not gathered are taken where --history has them" {
	mkdir carried
	mv run/history/01-per-file.0000[12].history carried
	run tailrace merge run
	(( status == INCONCLUSIVE )) || fail "exit code $status"
	[[ $output == *" 500 records"*"2 are missing: rank 1"*"tailrace merge run --history FOLDER"* ]] ||
		fail "$output"
	for history in carried "carried/01-per-file.00001.history carried/01-per-file.00002.history"; do
		# shellcheck disable=SC2086  # two words
		run -0 tailrace merge run --history $history
		[[ $output == *"1,500 records"*"2 were found, one at carried/"* ]] || fail "$output"
	done
	mkdir nothing
	refused "$USAGE" tailrace merge run --history nothing
	refused "$USAGE" tailrace merge run carried
}

@test "nothing to merge, no such strategy, no run" {
	refused "$USAGE" tailrace merge run --strategy flock
	refused "$USAGE" tailrace merge run --strategy perfile
	[[ $stderr == *per-file* ]]
	refused "$USAGE" tailrace merge nowhere
	rm run/manifest.json
	refused "$COULD_NOT_RUN" tailrace merge run
}

@test "as part of a run, and removed with its data" {
	mkdir other
	run -0 as_ranks 2 tailrace run --no-plots --strategy per-file --records 200 --merge \
		--keep never --out timed other
	[[ $(json timed/result.json 's["per-file"]["merge"]["records"]') == 400 ]]
	[[ $(json timed/result.json 's["per-file"]["merge"]["records_per_s"] < s["per-file"]["records_per_s"]') == true ]]
	[[ -z $(ls -A other) ]]
}
