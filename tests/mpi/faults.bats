# faults - what --fault does to writers, on a local file system: the verdict stays
# right, nobody else is harmed, and what happened is told.

load ../helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
}

# judged_well FOLDER STRATEGY KILLED - nothing is lost, each killed writer left at most
# one append open, and the verdict is none that speaks against the file system.
judged_well()
{
	local result=$1/result.json
	[[ $(json "$result" "s['$2']['verdict'] in ('safe', 'inconclusive')") == true ]] ||
		fail "$(json "$result" "s['$2']['reason']")" || return
	[[ $(json "$result" "any(s['$2']['anomalies'].values())") == false ]]
	[[ $(json "$result" "s['$2']['records']['unknown'] <= $3") == true ]]
	[[ $(json "$result" "s['$2']['notes']['hung']") == 0 ]]
}

# is_dead PID
is_dead()
{
	! grep -q '^State:[[:space:]]*[RSDT]' "/proc/$1/status" 2>/dev/null
}

# ends FOLDER NUMBER - how the writers of strategy NUMBER ended.
ends()
{
	python3 -c 'import json, sys
print(*sorted(w["end"] for w in json.load(open(sys.argv[1] + "/manifest.json"))["strategies"][int(sys.argv[2])]["writers"]))' "$@"
}

@test "a writer is killed, and its successor writes in the next strategy" {
	run as_ranks 3 tailrace run --no-plots --quiet --strategy flock,per-file --records 200 \
		--rate 200 --fault "20%:kill 1" --out run data
	[[ $status == "$SAFE" || $status == "$INCONCLUSIVE" ]] || fail "exit code $status: $output"
	judged_well run flock 1
	judged_well run per-file 1
	[[ $(ends run 0) == "finished finished killed" ]]
	[[ $(ends run 1) == "finished finished killed" ]]
	[[ $(json run/result.json '[[f["strategy"], f["what"], f["target"], f["hit"], f["exit"]] for f in r["faults"]] == [["flock", "kill 1", 1, True, None], ["per-file", "kill 1", 1, True, None]]') == true ]]
	# It had begun anew.
	[[ $(json run/result.json 's["per-file"]["fairness"]["min_share"] > 0') == true ]]
	[[ $(json run/result.json 'all(f["at_s"] > 0 for f in r["faults"])') == true ]]
	run tailrace verify run
	[[ $status == "$SAFE" || $status == "$INCONCLUSIVE" ]]
}

@test "a holder is killed, and who waits gets its lock" {
	run as_ranks 3 tailrace run --no-plots --quiet --strategy flock,append --records 300 \
		--rate 200 --fault 20%:kill-holder --out run data
	[[ $status == "$SAFE" || $status == "$INCONCLUSIVE" ]] || fail "exit code $status: $output"
	judged_well run flock 1
	[[ $(ends run 0) == "finished finished killed" ]]
	[[ $(json run/result.json 'r["faults"][0]["hit"]') == true ]]
	# The record had been written, so it stands there although nobody knows.
	[[ $(json run/result.json 's["flock"]["records"]["recovered"]') == 1 ]]
	# What is reckoned, verify reckons again.
	[[ $(json run/result.json 'r["faults"][0]["next_acquisition_s"] > 0') == true ]]
	tailrace verify --no-plots --out again run >/dev/null || [[ $? == "$INCONCLUSIVE" ]]
	[[ $(json run/result.json 'r["faults"]') == "$(json again/result.json 'r["faults"]')" ]]
	[[ $(tr -s ' \n' ' ' <run/summary.txt) == *"killed the holder, rank "*": next lock after "* ]]
	# Without a lock nobody holds one.
	[[ $(ends run 1) == "finished finished finished" ]]
	[[ $(json run/result.json '[r["faults"][1][k] for k in ("hit", "target", "at_s", "note")] == [False, None, None, "this strategy takes no lock"]') == true ]]
	[[ $(json run/result.json 's["append"]["verdict"] in ("safe", "inconclusive")') == true ]]
}

@test "a waiter is killed" {
	# One writer keeps the lock for long, so that the other waits.
	run as_ranks 2 tailrace run --no-plots --quiet --strategy flock --records 150 --rate 100 \
		--fault "10%:stop-holder for 2s" --fault 600ms:kill-waiter --out run data
	[[ $status == "$SAFE" || $status == "$INCONCLUSIVE" ]] || fail "exit code $status: $output"
	judged_well run flock 1
	[[ $(ends run 0) == *killed* ]] || fail "$(json run/result.json 'r["faults"]')"
}

@test "a stop longer than the time-out is no hang" {
	run as_ranks 3 tailrace run --no-plots --quiet --strategy flock --duration 1s --rate 100 \
		--timeout 1s --fault "20%:stop-holder for 3s" --out run data
	[[ $status == "$SAFE" || $status == "$INCONCLUSIVE" ]] || fail "exit code $status: $output"
	judged_well run flock 0
	[[ $(ends run 0) == "finished finished finished" ]]
	[[ $(json run/result.json 'r["faults"][0]["lasted_s"] >= 3') == true ]]
	# Nobody had the lock meanwhile, but for a moment before the stop.
	[[ $(json run/result.json 'r["faults"][0]["next_acquisition_s"] >= 2.9') == true ]]
	rm -r run
	run as_ranks 2 tailrace run --no-plots --quiet --strategy per-file --duration 1s --rate 100 \
		--timeout 1s --fault "0.3s:stop 1 for 3s" --out run data
	[[ $status == "$SAFE" ]] || fail "exit code $status: $output"
	[[ $(json run/result.json '[r["faults"][0][k] for k in ("target", "hit")] == [1, True]') == true ]]
}

@test "a command runs beside the writers, and its end is told" {
	run as_ranks 2 tailrace run --no-plots --quiet --strategy per-file,append --records 100 \
		--rate 200 --out run --fault \
		'10%:run echo "$TAILRACE_RUN_ID $TAILRACE_STRATEGY $TAILRACE_DATA_DIR" >>seen; exit 7' data
	[[ $status == "$SAFE" ]] || fail "exit code $status: $output"
	[[ $(json run/result.json '[[f["exit"], f["hit"], f["target"]] for f in r["faults"]] == [[7, True, None], [7, True, None]]') == true ]]
	id=$(json run/result.json 'r["run"]["id"]')
	[[ $(cat seen) == "$id per-file $PWD/data/tailrace-$id
$id append $PWD/data/tailrace-$id" ]]
}

@test "a command that cannot be run did not happen" {
	run as_ranks 2 tailrace run --no-plots --quiet --strategy per-file --records 100 --rate 200 \
		--out run --fault '10%:run ./no-such-hook' --fault '20%:run ./data' data
	[[ $(json run/result.json '[[f["exit"], f["hit"], f["at_s"]] for f in r["faults"]] == [[127, False, None], [126, False, None]]') == true ]]
}

@test "a command that outlives the writers is ended with all it started" {
	SECONDS=0
	run as_ranks 2 tailrace run --no-plots --quiet --strategy per-file --records 100 --rate 200 \
		--timeout 2s --out run --fault '10%:run sh -c "echo \$\$ >inner; sleep 300"; true' data
	[[ $status == "$SAFE" ]] || fail "exit code $status: $output"
	(( SECONDS < 60 ))
	# 128 + SIGTERM
	[[ $(json run/result.json 'r["faults"][0]["exit"]') == 143 ]]
	# Dead; though where nobody reaps it, it may still stand there.
	until_true 60 is_dead "$(cat inner)"
}

@test "what could not be hit is told, and excuses nothing" {
	run -0 as_ranks 2 tailrace run --no-plots --quiet --strategy per-file --records 50 --out run \
		--fault "1h:kill 0" --fault 100%:kill-holder data
	[[ $(json run/result.json '[[f["hit"], f["at_s"], f["target"]] for f in r["faults"]] == [[False, None, None], [False, None, None]]') == true ]]
	[[ $(json run/result.json 'r["faults"][0]["note"]') == "the writers were done before" ]]
}

@test "a writer that is a thread of its rank cannot be killed alone" {
	run as_ranks 2 tailrace run --no-plots --quiet --strategy mpiio-shared --records 100 --rate 200 \
		--fault "10%:kill 1" --fault 20%:kill-holder --out run data
	[[ $status == "$SAFE" || $status == "$INCONCLUSIVE" ]] || fail "exit code $status: $output"
	[[ $(json run/result.json 's["mpiio-shared"]["verdict"]') == skipped ]] ||
		[[ $(json run/result.json '[f["hit"] for f in r["faults"]] == [False, False]') == true ]]
}

@test "the plan has the faults, args repeat them, and a rank must be there" {
	run -0 tailrace run -n 2 --dry-run --fault "50%:stop-holder for 2s" --fault 10s:kill\ 1 data
	[[ $output == *"at 50 % of each strategy: stop-holder for 2s"* ]]
	[[ $output == *"of each strategy: kill 1"* ]]
	run as_ranks 2 tailrace run --fault "10s:kill 2" data
	[[ $status == "$USAGE" ]]
	[[ $output == *"there is no rank 2, but 0 to 1"* ]]
	run tailrace run --fault "101%:kill 0" data
	[[ $status == "$USAGE" ]]
	run -0 as_ranks 2 tailrace run --no-plots --quiet --strategy per-file --records 100 --rate 200 \
		--fault '20%:run exit 5' --fault "30%:kill 1" --out one data
	run -0 as_ranks 2 tailrace run --quiet @one/args --out two
	[[ $(json two/result.json '[[f["what"], f["hit"]] for f in r["faults"]] == [["run exit 5", True], ["kill 1", True]]') == true ]]
}
