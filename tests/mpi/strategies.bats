# strategies - the four basic ones on a local directory, where all of them are
# safe (an append on one local file system is atomic), and `verify` agrees.

load ../helper

# all_safe RUN: no strategy lost or damaged anything.
all_safe()
{
	local run=$1
	[[ $(json "$run/result.json" '{x["verdict"] for x in s.values()}') == "{'safe'}" ]] ||
		fail "$(cat "$run/summary.txt")" || return
	[[ $(json "$run/result.json" \
		'sum(x["anomalies"]["lost"] + x["anomalies"]["gap"] for x in s.values())') == 0 ]]
}

@test "four ranks, ten thousand records each: all safe" {
	mkdir data
	run --separate-stderr as_ranks 4 tailrace run --records 10000 \
		--strategy append,flock,fcntl,per-file --out run data
	[[ $status == "$SAFE" ]] || fail "exit code $status: $output" "$stderr"
	all_safe run
	[[ $(json run/result.json 's["append"]["records"]["acknowledged"]') == 40000 ]]
	[[ $(json run/result.json 's["flock"]["records"]["intact"]') == 40000 ]]
	[[ $(json run/result.json 'r["exit_code"]') == 0 ]]
	[[ $output == *per-file* && $stderr == *"will write at most"* ]]

	run tailrace verify run
	[[ $status == "$SAFE" ]]
}

@test "two ranks, odd sizes from a seeded range, batches and flushes" {
	mkdir data
	run --separate-stderr as_ranks 2 tailrace run --records 3000 --size 65-3001 --seed 7 \
		--strategy flock:batch=3,fcntl:flush=fdatasync,append:io=dsync,per-file:short=retry \
		--timeout 60s --out run data
	[[ $status == "$SAFE" || $status == "$INCONCLUSIVE" ]] || fail "$status: $stderr"
	[[ $(json run/result.json '{x["anomalies"]["lost"] for x in s.values()}') == "{0}" ]]
	[[ $(json run/result.json '{x["records"]["intact"] for x in s.values()}') == "{6000}" ]]
}

@test "one rank alone is no test of a shared file" {
	mkdir data
	run --separate-stderr tailrace run --records 500 --out run data
	[[ $status == "$INCONCLUSIVE" ]]
	[[ $(json run/result.json 's["per-file"]["verdict"]') == safe ]]
	[[ $(json run/result.json 's["flock"]["records"]["intact"]') == 500 ]]
	run tailrace verify run
	[[ $status == "$INCONCLUSIVE" ]]
}

@test "alone, under mpirun and self-launched give the same files" {
	mkdir data
	tailrace run --quiet --records 50 --out alone data || true
	as_ranks 1 tailrace run --quiet --records 50 --out ranked data || true
	tailrace run --quiet -n 1 --records 50 --out launched data || true
	diff <(cd alone && find . -type f | sort) <(cd ranked && find . -type f | sort)
	diff <(cd alone && find . -type f | sort) <(cd launched && find . -type f | sort)
}

@test "more ranks than processors do not spin" {
	mkdir data
	# A writer is asleep most of the time at this rate, and so must be the rest:
	# processor time of all eight ranks, their children and mpirun, in ms.
	TIMEFORMAT='%U %S'
	{ time as_ranks 8 tailrace run --quiet --duration 4s --rate 20 \
		--strategy per-file --out run data; } 2>times
	run awk 'END { print ($1 + $2 < 6) ? "asleep" : "spinning" }' times
	[[ $output == asleep ]] || fail "$(cat times) s of processor time"
}

@test "a rate and a duration are kept" {
	mkdir data
	as_ranks 2 tailrace run --quiet --duration 2s --rate 100 --strategy per-file \
		--out run data
	run json run/result.json '380 <= s["per-file"]["records"]["attempted"] <= 420'
	[[ $output == true ]]
	run json run/result.json '1.9 < s["per-file"]["duration_s"] < 3'
	[[ $output == true ]]
}

@test "an expectation decides the verdict, also offline" {
	mkdir data
	run as_ranks 2 tailrace run --quiet --records 300 --strategy append,per-file \
		--expect per-file=unsafe --out run data
	[[ $status == "$UNSAFE" ]]
	run tailrace verify run
	[[ $status == "$UNSAFE" ]]
	run as_ranks 2 tailrace run --quiet --records 300 --strategy per-file \
		--expect per-file=safe --out run2 data
	[[ $status == "$SAFE" ]]
}
