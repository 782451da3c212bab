# service - strategies whose writers ask a process of rank 0's: what they claim holds,
# and where that process dies, stops or loses its token the run ends in time, and
# nothing is called lost.

load ../helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
}

# children NAME - the processes of that name that work in this folder.
children()
{
	local comm
	for comm in /proc/[0-9]*/comm; do
		[[ $(cat "$comm" 2>/dev/null) == "$1" ]] || continue
		[[ $(readlink "${comm%comm}cwd") == "$PWD" ]] || continue
		comm=${comm#/proc/}
		echo "${comm%/comm}"
	done
}

no_children()
{
	[[ -z $(children "$1") ]]
}

# The run has begun to append.
appending()
{
	[[ -n $(find data -name '00-*' -size +0 2>/dev/null) ]]
}

# ended_without_losses CODE - nothing was called lost, and nobody hung.
ended_without_losses()
{
	[[ $code == "$1" ]] || fail "exit code $code: $(cat err)" || return
	for kind in lost unexpected foreign duplicate writer_disorder realtime_disorder; do
		[[ $(json run/result.json "r['strategies'][0]['anomalies']['$kind']") == 0 ]] ||
			fail "$kind: $(cat run/summary.txt)" || return
	done
	[[ $(json run/result.json "r['strategies'][0]['notes']['hung']") == 0 ]]
	no_children service
}

@test "what they claim holds, among four ranks" {
	run -0 as_ranks 4 tailrace run --no-plots --records 1500 --out run data --strategy \
		sequencer,sequencer-aligned,sequencer:io=dsync,aggregator,mpi-token
	for name in sequencer sequencer-aligned sequencer:io=dsync aggregator mpi-token; do
		[[ $(json run/result.json "s['$name']['verdict']") == safe ]] ||
			fail "$name: $(json run/result.json "s['$name']['reason']")"
		[[ $(json run/result.json "s['$name']['records']['intact']") == 6000 ]]
		[[ $(json run/result.json "any(s['$name']['anomalies'].values())") == false ]]
	done
	[[ $(json run/result.json "s['sequencer']['control']") == true ]]
	[[ $(json run/result.json "s['sequencer:io=dsync']['control']") == false ]]
	no_children service
}

@test "batches, flushes and a range of sizes" {
	run as_ranks 3 tailrace run --no-plots --records 200 --size 64-5000 --seed 5 --out run data --strategy \
		sequencer-aligned:batch=8,aggregator:batch=4,flush=fsync,aggregator:flush=close,mpi-token:batch=16
	[[ $(json run/result.json "any(any(row['anomalies'].values()) for row in s.values())") == false ]]
	[[ $(json run/result.json "{row['records']['intact'] for row in s.values()}") == '{600}' ]]
}

@test "padding is no gap, and counts against --max-bytes" {
	run as_ranks 2 tailrace run --no-plots --records 100 --size 100 --strategy sequencer-aligned \
		--max-bytes 700k --out run data
	(( status == USAGE )) # 2 * 100 pages
	run as_ranks 2 tailrace run --no-plots --records 100 --size 100 --strategy sequencer-aligned \
		--max-bytes 800k --out run data
	[[ $(json run/result.json "s['sequencer-aligned']['anomalies']['gap']") == 0 ]]
	[[ $(json run/result.json "s['sequencer-aligned']['records']['intact']") == 200 ]]
	page=$(getconf PAGESIZE)
	[[ $(stat -c %s data/tailrace-*/00-*) == $(( 199 * page + 100 )) ]]
}

# whole_and_once STRATEGY - it found nothing, but that extents of different writers are
# not in the order of time, which is not claimed.
whole_and_once()
{
	[[ $(json run/result.json "any(n for k, n in s['$1']['anomalies'].items() if k != 'realtime_disorder')") == false ]] ||
		fail "$1: $(cat run/summary.txt)"
}

# Purpose: what is left of an extent is its writer's own, and nobody else writes there.
@test "extents lie in whole 64 KiB, and a writer that dies leaves the rest of one" {
	run as_ranks 4 tailrace run --no-plots --records 650 --size 1000 --out run data \
		--strategy extents,extents:batch=4,io=dsync
	whole_and_once extents
	whole_and_once extents:batch=4,io=dsync
	[[ $(json run/result.json "s['extents']['records']['intact']") == 2600 ]]
	# 65 records fit in one, so each writer fills ten.
	[[ $(stat -c %s data/tailrace-*/00-*) == $(( 39 * 65536 + 65000 )) ]]
	rm -r run data/*
	run as_ranks 3 tailrace run --no-plots --records 100 --size 64-5000 --seed 5 --out run data \
		--strategy extents,extents:batch=8,flush=close
	whole_and_once extents
	whole_and_once extents:batch=8,flush=close
	rm -r run data/*
	run as_ranks 4 tailrace run --no-plots --duration 4s --rate 500 --size 1000 \
		--fault '1s:kill 1' --strategy extents --out run data
	[[ $(json run/result.json "r['faults'][0]['hit']") == true ]]
	whole_and_once extents
	[[ $(json run/result.json "s['extents']['records']['unknown'] <= 1") == true ]]
}

@test "alone, one rank asks its own service" {
	run tailrace run --no-plots --records 50 --strategy sequencer:io=dsync,aggregator,mpi-token \
		--out run data
	(( status == INCONCLUSIVE )) || fail "exit code $status: $output"
	[[ $(json run/result.json "{row['records']['intact'] for row in s.values()}") == '{50}' ]]
	no_children service
}

@test "where the service is killed, appends fail and the run ends" {
	for strategy in sequencer aggregator:flush=fsync mpi-token; do
		code=0
		as_ranks 3 tailrace run --no-plots --quiet --duration 60s --rate 200 --out run data \
			--strategy "$strategy" 2>err &
		pid=$!
		until_true 60 appending
		kill -KILL "$(children service)"
		SECONDS=0
		wait $pid || code=$?
		(( SECONDS < 45 ))
		ended_without_losses "$INCONCLUSIVE"
		[[ $(json run/result.json "r['strategies'][0]['records']['failed'] >= 200") == true ]]
		# Of each writer at most the append that it had sent.
		[[ $(json run/result.json "r['strategies'][0]['records']['unknown'] <= 3") == true ]]
		rm -r run data/*
	done
}

@test "where it does not answer, appends fail within the time-out" {
	code=0
	as_ranks 2 tailrace run --no-plots --quiet --duration 60s --rate 100 --timeout 4s --out run data \
		--strategy sequencer 2>err &
	pid=$!
	until_true 60 appending
	kill -STOP "$(children service)"
	SECONDS=0
	wait $pid || code=$?
	(( SECONDS < 45 ))
	ended_without_losses "$INCONCLUSIVE"
	[[ $(json run/result.json "s['sequencer']['records']['failed'] >= 100") == true ]]
}

@test "a token dies with its holder, and the others say so" {
	code=0
	SECONDS=0
	as_ranks 3 tailrace run --no-plots --quiet --duration 60s --fault 1s:kill-holder --out run data \
		--strategy mpi-token 2>err || code=$?
	(( SECONDS < 45 ))
	# What was acknowledged is there, and the rest was asked for.
	ended_without_losses "$SAFE"
	[[ $(json run/result.json "[(f['hit'], f['next_acquisition_s']) for f in r['faults']]") == "[(True, None)]" ]]
	[[ $(json run/result.json "s['mpi-token']['records']['failed'] >= 200") == true ]]
}

@test "an interrupt ends the wait for the token" {
	tailrace run --no-plots -n 3 --duration 60s --strategy mpi-token,aggregator --out run data >out 2>err &
	pid=$!
	code=0
	until_true 60 appending
	kill -INT $pid
	SECONDS=0
	wait $pid || code=$?
	(( SECONDS < 45 ))
	[[ $code == "$INCONCLUSIVE" ]] || fail "exit code $code: $(cat err)"
	[[ $(json run/result.json "s['mpi-token']['records']['unknown']") == 0 ]]
	[[ $(json run/result.json "s['mpi-token']['anomalies']['lost']") == 0 ]]
	[[ $(json run/result.json "s['aggregator']['verdict']") == skipped ]]
	no_children service
}
