# run - ranks on one machine and one local file system, launched in each way.

load ../helper

teardown_file()
{
	results_parse
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
}

# all_safe FOLDER STRATEGY... - the result says so, and its numbers agree.
all_safe()
{
	local result=$1/result.json name
	shift
	[[ $(json "$result" 'r["verdict"]') == safe ]]
	[[ $(json "$result" 'r["exit_code"]') == 0 ]]
	for name in "$@"; do
		[[ $(json "$result" "s['$name']['verdict']") == safe ]] ||
			fail "$name: $(json "$result" "s['$name']['reason']")" || return
		[[ $(json "$result" "s['$name']['records']['intact']") == \
		   "$(json "$result" "s['$name']['records']['acknowledged']")" ]]
		# Every check that was made found nothing.
		[[ $(json "$result" "any(s['$name']['anomalies'].values())") == false ]]
	done
}

# nothing_found FOLDER STRATEGY... - no check found anything. That is not safe yet:
# on few processors writers may hardly meet.
nothing_found()
{
	local result=$1/result.json name
	shift
	for name in "$@"; do
		[[ $(json "$result" "s['$name']['records']['intact']") == \
		   "$(json "$result" "s['$name']['records']['attempted']")" ]]
		[[ $(json "$result" "any(s['$name']['anomalies'].values())") == false ]]
	done
}

@test "four strategies, four ranks, 10000 records each" {
	run -0 as_ranks 4 tailrace run --no-plots --strategy append,flock,fcntl,per-file \
		--records 10000 --out run data
	# Without a lock writers may hardly meet.
	nothing_found run append
	all_safe run flock fcntl per-file
	for name in append flock fcntl per-file; do
		[[ $(json run/result.json "s['$name']['records']['acknowledged']") == 40000 ]]
	done
	[[ $(json run/result.json 'r["run"]["ranks"]') == 4 ]]
	# The race was real: the writers took turns.
	for name in flock fcntl; do
		[[ $(json run/result.json "s['$name']['contention'] >= 0.01") == true ]]
		[[ $(json run/result.json "s['$name']['handoffs'] >= 30") == true ]]
	done
	[[ $(json run/result.json 's["per-file"]["contention"]') == null ]]
	[[ $(json run/result.json 's["append"]["control"]') == true ]]
	[[ $(json run/result.json 's["append"]["claims"]') == '[]' ]]
}

@test "every way to lock, four ranks: nothing is lost" {
	names=(ofd flock-append flock-pwrite lockfile link lockf:wait=exponential)
	run as_ranks 4 tailrace run --no-plots --records 500 --out run \
		--strategy "$(IFS=,; echo "${names[*]}"),flock-poll" --size 4k data
	[[ $status == "$SAFE" || $status == "$INCONCLUSIVE" ]] || fail "exit code $status: $output"
	nothing_found run "${names[@]}"
	# Not every local file system has O_DIRECT.
	if [[ $(json run/result.json 's["flock-poll"]["verdict"]') == skipped ]]; then
		[[ $(json run/result.json 's["flock-poll"]["reason"]') == *"(EINVAL)" ]]
	else
		nothing_found run flock-poll
		[[ $(json run/result.json 's["flock-poll"]["remark"]') == null ]]
	fi
}

@test "it launches its ranks itself" {
	run -0 tailrace run --no-plots -n 3 --strategy flock,per-file --require per-file \
		--records 300 --out run data
	nothing_found run flock
	all_safe run per-file
	[[ $(json run/result.json 'r["run"]["ranks"]') == 3 ]]
}

@test "alone it is one rank, and one rank proves nothing" {
	run tailrace run --no-plots --strategy flock --records 300 --out run data
	(( status == INCONCLUSIVE )) || fail "exit code $status: $output"
	[[ $(json run/result.json 'r["run"]["ranks"]') == 1 ]]
	[[ $(json run/result.json 's["flock"]["anomalies"]["lost"]') == 0 ]]
}

@test "alone, with a file per writer, one rank is enough" {
	run -0 tailrace run --no-plots --strategy per-file --records 300 --out run data
	all_safe run per-file
}

@test "sizes: odd, big and a seeded range" {
	for size in 65 4k 64-5000 1M; do
		records=500
		[[ $size != 1M ]] || records=40
		run -0 as_ranks 4 tailrace run --no-plots --strategy flock,per-file \
			--require per-file --size "$size" --records "$records" \
			--seed 7 --out "run-$size" data
		nothing_found "run-$size" flock per-file
	done
}

@test "two runs at once in one folder do not touch each other, nor what is there" {
	mkdir data/tailrace-mine
	echo precious >data/file
	echo precious >data/tailrace-mine/flock
	as_ranks 2 tailrace run --no-plots --strategy flock,per-file --require per-file \
		--records 2000 --out one data &
	run -0 as_ranks 2 tailrace run --no-plots --strategy flock,per-file --require per-file \
		--records 2000 --out two data
	wait $!
	nothing_found one flock per-file
	nothing_found two flock per-file
	[[ $(json one/result.json 'r["run"]["id"]') != $(json two/result.json 'r["run"]["id"]') ]]
	[[ $(cat data/file) == precious && $(cat data/tailrace-mine/flock) == precious ]]
	# And each is still what it was after the other had ended.
	run -0 tailrace verify one
	run -0 tailrace verify two
	entries=(data/*)
	(( ${#entries[@]} == 4 ))
}

@test "a data file is lines of printable ASCII" {
	run -0 as_ranks 2 tailrace run --no-plots --strategy per-file --size 100 --records 200 \
		--out run data
	file=$(find data/tailrace-* -type f -size +0 | head -n 1)
	[[ $(wc -l <"$file") == 200 ]]
	[[ $(LC_ALL=C grep -cvE '^[ -~]{99}$' "$file") == 0 ]]
}

@test "verify agrees with the run" {
	run as_ranks 4 tailrace run --no-plots --strategy append,flock,per-file --strict \
		--records 1000 --out run data
	code=$status
	run tailrace verify --no-plots run --out judged
	(( status == code ))
	[[ $(json judged/result.json 'r["verdict"]') == "$(json run/result.json 'r["verdict"]')" ]]
	[[ $(json run/result.json 'r["strategies"]') == \
	   "$(json judged/result.json 'r["strategies"]')" ]]
}

@test "--dry-run shows the plan and writes nothing" {
	run -0 tailrace run --dry-run --records 10 data
	[[ -n $output ]]
	[[ -z $(ls -A data) && ! -e tailrace-results ]]
}

@test "the same from its saved options" {
	run -0 --separate-stderr as_ranks 2 tailrace run --no-plots --strategy per-file \
		--records 100 --seed 9 --size 64-100 --out one data
	[[ $stderr != *picture* ]] || fail "$stderr"
	run -0 as_ranks 2 tailrace run @one/args --out two
	[[ $(json one/result.json 's["per-file"]["bytes_per_s"] > 0') == true ]]
	[[ $(json two/result.json 'r["run"]["seed"]') == 9 ]]
	[[ $(json two/result.json 's["per-file"]["records"]["acknowledged"]') == 200 ]]
	# Nor does it draw what the first did not.
	for folder in one two; do
		[[ -s $folder/plots/latency.tsv && -s $folder/plots/latency.gp ]]
		[[ -z $(find "$folder" -name '*.svg' -o -name '*.png') ]]
	done
}

@test "--keep never and --keep unsafe remove what they made, and only that" {
	for keep in never unsafe; do
		echo precious >data/file
		run -0 as_ranks 2 tailrace run --no-plots --keep "$keep" --strategy per-file \
			--records 100 --out "run-$keep" data
		[[ $(ls data) == file ]] || fail "left: $(ls -R data)"
	done
}

@test "--duration ends it" {
	run -0 as_ranks 2 tailrace run --no-plots --strategy per-file --duration 1s --out run data
	[[ $(json run/result.json '0.5 < s["per-file"]["duration_s"] < 5') == true ]]
}

@test "--expect turns a verdict around" {
	run as_ranks 2 tailrace run --no-plots --strategy per-file --records 50 \
		--expect per-file=unsafe --out run data
	(( status != 0 )) || fail "exit code 0 though the expectation was not met"
}

@test "names with blanks, quotes and bytes that are no UTF-8" {
	odd=$'d \'a"t\\a\xff'
	mkdir "$odd"
	run -0 as_ranks 2 tailrace run --no-plots --strategy per-file --records 50 --out "run $odd" "$odd"
	[[ $(json "run $odd/result.json" 'r["verdict"]') == safe ]]
	run -0 tailrace verify "run $odd"
}

@test "quiet says nothing but the result" {
	run -0 --separate-stderr as_ranks 2 tailrace run --no-plots --quiet --strategy per-file \
		--records 50 --out run data
	[[ -z $stderr ]] || fail "$stderr"
}
