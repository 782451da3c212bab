# shared_pointer - writers in the ranks, at MPI-IO's shared file pointer: what they
# claim holds, however MPI keeps the pointer, and where it cannot the strategy is
# skipped.

load ../helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
}

# All of @1 records are there, and nothing was found.
all_there()
{
	[[ $(json run/result.json "s['$2']['records']['intact']") == "$1" ]] ||
		fail "$2: $(json run/result.json "s['$2']['reason']")" || return
	[[ $(json run/result.json "any(s['$2']['anomalies'].values())") == false ]]
}

# Whether they meet often enough for a verdict is up to the scheduler.
@test "what it claims holds, however Open MPI keeps the pointer" {
	for choice in sharedfp=sm sharedfp=lockedfile sharedfp=individual io=romio321; do
		run as_ranks 4 env "OMPI_MCA_$choice" tailrace run --no-plots --quiet --records 1000 \
			--strategy mpiio-shared --out run data
		(( status == SAFE || status == INCONCLUSIVE )) || fail "$choice: $output"
		code=$status
		all_there 4000 mpiio-shared
		[[ $(json run/result.json "s['mpiio-shared']['control']") == false ]]
		run tailrace verify run
		(( status == code )) || fail "$choice: $status instead of $code"
		rm -r run data/*
	done
}

@test "batches, a range of sizes, and others before and after it" {
	run as_ranks 3 tailrace run --no-plots --quiet --records 200 --size 64-5000 --seed 5 --keep never \
		--strategy append,mpiio-shared:batch=8,mpiio-shared,per-file --out run data
	for name in append mpiio-shared:batch=8 mpiio-shared per-file; do
		all_there 600 "$name"
	done
	[[ -z $(ls -A data) ]]
}

@test "for a time, and interrupted" {
	run as_ranks 2 tailrace run --no-plots --quiet --duration 2s --rate 200 \
		--strategy mpiio-shared --out run data
	[[ $(json run/result.json "200 <= s['mpiio-shared']['records']['intact'] <= 802") == true ]]
	rm -r run
	tailrace run --no-plots -n 3 --quiet --duration 60s --rate 100 --strategy mpiio-shared \
		--out run data 2>err &
	pid=$!
	for (( tries = 200; tries; tries-- )); do
		[[ -z $(find data/*/00-mpiio-shared.log -newer run/args -size +1 2>/dev/null) ]] || break
		sleep 0.1
	done
	kill -INT $pid
	SECONDS=0
	wait $pid || (( $? == INCONCLUSIVE )) # too few hand-offs
	(( SECONDS < 45 ))
	[[ $(json run/result.json "s['mpiio-shared']['records']['unknown']") == 0 ]]
	[[ $(json run/result.json "any(s['mpiio-shared']['anomalies'].values())") == false ]]
	[[ $(json run/manifest.json "{w['end'] for w in r['strategies'][0]['writers']}") == "{'finished'}" ]]
}

@test "skipped without a launcher" {
	run tailrace run --no-plots --quiet --records 10 --strategy mpiio-shared --out run data
	(( status == INCONCLUSIVE ))
	[[ $(json run/result.json "s['mpiio-shared']['verdict']") == skipped ]]
	[[ $(json run/result.json "s['mpiio-shared']['reason']") == *"without a launcher"* ]]
}

# Nothing is left that could share a pointer.
@test "skipped where MPI cannot do it, in MPI's words, and the run goes on" {
	run as_ranks 2 env OMPI_MCA_sharedfp=^sm,lockedfile,individual tailrace run --no-plots --quiet \
		--records 50 --strategy mpiio-shared,per-file --out run data
	(( status == INCONCLUSIVE ))
	[[ $(json run/result.json "s['mpiio-shared']['verdict']") == skipped ]]
	[[ $(json run/result.json "s['mpiio-shared']['reason']") == *"MPI_File_"*": MPI_ERR_"* ]]
	[[ $(json run/result.json "s['per-file']['verdict']") == safe ]]
}
