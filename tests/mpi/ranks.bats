# ranks - however ranks are launched: the same work, at the pace asked for. That they
# sleep when there is none is in syscalls.bats.

load ../helper
# shellcheck disable=SC2154  # stderr is set by `run`

@test "two ranks, odd sizes from a seeded range, batches and flushes" {
	mkdir data
	run --separate-stderr as_ranks 2 tailrace run --no-plots --records 3000 --size 65-3001 --seed 7 \
		--strategy flock:batch=3,fcntl:flush=fdatasync,append:io=dsync,per-file:short=retry \
		--timeout 60s --out run data
	[[ $status == "$SAFE" || $status == "$INCONCLUSIVE" ]] || fail "$status: $stderr"
	[[ $(json run/result.json '{x["anomalies"]["lost"] for x in s.values()}') == "{0}" ]]
	[[ $(json run/result.json '{x["records"]["intact"] for x in s.values()}') == "{6000}" ]]
}

@test "alone, under mpirun and self-launched give the same files" {
	mkdir data
	tailrace run --no-plots --quiet --records 50 --out alone data || true
	as_ranks 1 tailrace run --no-plots --quiet --records 50 --out ranked data || true
	tailrace run --no-plots --quiet -n 1 --records 50 --out launched data || true
	diff <(cd alone && find . -type f | sort) <(cd ranked && find . -type f | sort)
	diff <(cd alone && find . -type f | sort) <(cd launched && find . -type f | sort)
}

@test "a rate and a duration are kept" {
	mkdir data
	as_ranks 2 tailrace run --no-plots --quiet --duration 2s --rate 100 --strategy per-file \
		--out run data
	run json run/result.json '200 <= s["per-file"]["records"]["attempted"] <= 420'
	[[ $output == true ]]
	run json run/result.json '1.9 < s["per-file"]["duration_s"] < 6'
	[[ $output == true ]]
}
