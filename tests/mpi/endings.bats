# endings - runs that do not end by themselves: interrupted, with a writer that
# was killed, or with one that hangs.

# shellcheck disable=SC2030,SC2031  # each test has a process of its own
load ../helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
}

# The processes that have a data file of the first strategy open.
writers()
{
	find /proc/[0-9]*/fd -maxdepth 1 -lname "$PWD/data/tailrace-*/00-*" 2>/dev/null |
		cut -d / -f 3 | sort -u
}

writers_are()
{
	[[ $(writers | wc -l) == "$1" ]]
}

# The run has begun to append.
appending()
{
	compgen -G 'data/tailrace-*/00-*' >/dev/null &&
		[[ $(cat data/tailrace-*/00-* | wc -c) -gt 0 ]]
}

@test "the first interrupt ends the appends, and what there is is judged" {
	tailrace run --no-plots -n 3 --duration 60s --rate 200 --strategy per-file,flock --out run data \
		>out 2>err &
	local pid=$! code=0
	until_true 60 appending
	kill -INT $pid
	SECONDS=0
	wait $pid || code=$?
	(( SECONDS < 45 ))
	[[ $code == "$INCONCLUSIVE" ]] || fail "exit code $code: $(cat err)"
	[[ $(json run/result.json 's["per-file"]["verdict"]') == safe ]]
	[[ $(json run/result.json 's["flock"]["verdict"]') == skipped ]]
	[[ $(json run/result.json 's["per-file"]["records"]["failed"]') == 0 ]]
	run tailrace verify run
	[[ $status == "$INCONCLUSIVE" ]]
}

# mpirun forgets a signal while there are no ranks to hand it to.
@test "an interrupt before the ranks are up ends the run, too" {
	tailrace run --no-plots -n 3 --duration 60s --rate 10 --strategy per-file --out run data \
		>out 2>err &
	local pid=$! code=0
	until_true 60 pgrep -P $pid
	kill -INT $pid
	SECONDS=0
	wait $pid || code=$?
	(( SECONDS < 45 ))
	[[ $code == "$INCONCLUSIVE" || $code == "$SAFE" ]] || fail "exit code $code: $(cat err)"
	[[ -s run/result.json ]]
}

# Whoever waits for a lock then gets it, and no append fails for the interrupt.
@test "the first interrupt breaks off no append" {
	tailrace run --no-plots -n 3 --quiet --duration 60s --strategy flock --out run data \
		>out 2>err &
	local pid=$! code=0
	until_true 60 appending
	sleep 1
	kill -INT $pid
	SECONDS=0
	wait $pid || code=$?
	(( SECONDS < 45 ))
	[[ $code == "$SAFE" || $code == "$INCONCLUSIVE" ]] || fail "exit code $code: $(cat err)"
	[[ $(json run/result.json 's["flock"]["records"]["failed"]') == 0 ]]
	[[ $(json run/result.json 's["flock"]["records"]["unknown"]') == 0 ]]
}

@test "the second interrupt leaves at once" {
	tailrace run --no-plots -n 2 --duration 60s --rate 10 --strategy per-file --out run data \
		>out 2>err &
	local pid=$! code=0
	until_true 60 appending
	kill -INT $pid
	sleep 0.05
	kill -INT $pid
	SECONDS=0
	wait $pid || code=$?
	(( SECONDS < 45 ))
	[[ $code == "$COULD_NOT_RUN" ]]
	until_true 60 writers_are 0
}

@test "one process alone takes the interrupt itself" {
	tailrace run --no-plots --duration 60s --rate 200 --strategy per-file --out run data >out 2>err &
	local pid=$!
	until_true 60 appending
	kill -INT $pid
	wait $pid
	[[ $(json run/result.json 's["per-file"]["verdict"]') == safe ]]
}

@test "a writer that is killed takes nobody along" {
	as_ranks 3 tailrace run --no-plots --quiet --duration 6s --rate 500 --strategy flock \
		--out run data 2>err &
	local pid=$! code=0 victim
	until_true 60 writers_are 3
	until_true 60 appending
	victim=$(writers | head -n 1)
	kill -KILL "$victim"
	wait $pid || code=$?
	[[ $code == "$SAFE" || $code == "$INCONCLUSIVE" ]] || fail "exit code $code"
	[[ $(json run/result.json 's["flock"]["anomalies"]["lost"]') == 0 ]]
	[[ $(json run/result.json 's["flock"]["records"]["unknown"]') -le 1 ]]
	run python3 -c 'import json
print(sorted(w["end"] for w in json.load(open("run/manifest.json"))["strategies"][0]["writers"]))'
	[[ $output == "['finished', 'finished', 'killed']" ]]
}

@test "a writer that hangs ends the run in time, and is named" {
	as_ranks 2 tailrace run --no-plots --quiet --duration 5s --rate 100 --timeout 3s \
		--strategy per-file --out run data 2>err &
	local pid=$! code=0 victim
	until_true 60 writers_are 2
	until_true 60 appending
	victim=$(writers | head -n 1)
	kill -STOP "$victim"
	SECONDS=0
	wait $pid || code=$?
	(( SECONDS < 45 ))
	[[ $code == "$INCONCLUSIVE" ]] || fail "exit code $code: $(cat err)"
	[[ $(json run/result.json 's["per-file"]["notes"]["hung"]') == 1 ]]
	[[ $(cat run/manifest.json) == *"without progress for"* ]]
	until_true 60 writers_are 0
}

# take_lock_file - make the lock file between two appends, as if its holder had died.
take_lock_file()
{
	local lock tries=0
	lock=$(echo data/tailrace-*/00-*.log).lock
	until ( set -o noclobber && : >"$lock" ) 2>/dev/null; do
		(( ++tries < 10000 )) || fail "the lock was never free" || return
	done
}

@test "a lock file left behind makes all wait until they are called hung" {
	for strategy in lockfile link; do
		rm -rf data/*
		as_ranks 2 tailrace run --no-plots --quiet --duration 60s --rate 100 --timeout 2s \
			--strategy "$strategy" --out "run-$strategy" data 2>err &
		local pid=$! code=0
		until_true 60 appending
		SECONDS=0
		take_lock_file
		wait $pid || code=$?
		(( SECONDS < 45 ))
		[[ $code == "$INCONCLUSIVE" ]] || fail "exit code $code: $(cat err)"
		result=run-$strategy/result.json
		[[ $(json "$result" "s['$strategy']['notes']['hung']") == 2 ]]
		[[ $(json "$result" "any(s['$strategy']['anomalies'].values())") == false ]]
		[[ $(cat "run-$strategy/manifest.json") == *"without progress for"* ]]
	done
}

@test "ranks that are killed leave no process behind" {
	tailrace run --no-plots --quiet --duration 60s --rate 10 --strategy per-file --out run data &
	local pid=$!
	until_true 60 writers_are 1
	kill -KILL $pid
	wait $pid || true
	until_true 60 writers_are 0
	# What there is can be judged and merged: the history was not gathered, and is found.
	run -3 tailrace verify run
	[[ $output == *'the run ended before this strategy did'* ]]
	[[ ${output//$'\n'/ } == *"of per-file 1 was found at"* ]]
	run -3 tailrace merge run
	[[ $output == *"not gathered: of per-file 1 was found at"* ]] || fail "$output"
	[[ $output != *"records/s"* ]]
	run -3 tailrace verify run --out judged
	[[ $(json judged/result.json 's["per-file"]["merge"]["records_per_s"]') == null ]]
	cmp data/tailrace-*/00-per-file.00000.log data/tailrace-*/00-per-file.merged.log
}

# started OUT COMMAND... - COMMAND under mpirun in the background, its process in $pid.
started()
{
	local out=$1
	shift
	mpirun --quiet -n 3 "$@" >"$out.log" 2>&1 3>&- &
	pid=$!
}

# What mpirun does to its ranks at a SIGTERM, as a scheduler sends it: they are gone
# about a second later. *Judgeable* is what that leaves.
terminated()
{
	kill -TERM "$pid" 2>/dev/null || true
	wait "$pid" || true
	until_true 60 writers_are 0
}

judgeable()
{
	run --separate-stderr limited 60 tailrace verify "$@"
	[[ $status == "$INCONCLUSIVE" ]] || fail "exit code $status: $output $stderr" || return
	[[ -z $stderr ]] || fail "on stderr: $stderr" || return
	output=${output//$'\n'/ } # the page breaks lines where it likes
}

@test "mpirun is terminated while ranks append" {
	export TMPDIR=$PWD/local
	mkdir local
	started run tailrace run --no-plots --quiet --duration 60s --rate 300 --strategy flock,per-file \
		--out run data
	until_true 60 appending
	sleep 1
	terminated
	[[ ! -e run/result.json ]]
	judgeable run --out judged
	[[ $(json judged/result.json 's["flock"]["verdict"]') == inconclusive ]]
	[[ $(json judged/result.json 's["per-file"]["verdict"]') == skipped ]]
	[[ $(json judged/result.json 's["flock"]["records"]["intact"] > 0') == true ]]
	[[ $(json judged/result.json 'any(v for k, v in s["flock"]["anomalies"].items()
		if k in ("lost", "duplicate", "unexpected", "writer_disorder"))') == false ]]

	# As if two of its writers had run elsewhere.
	mkdir carried
	mv local/tailrace-*/00-flock.0000[12].history carried
	judgeable run
	[[ $output == *"1 was found at"*"2 are missing: rank 1 "*"--history FOLDER"* ]] ||
		fail "$output"
	judgeable run --history carried
	[[ $output == *"3 were found"* ]]
	judgeable run --history carried/*
	[[ $output == *"3 were found"* ]]
	mkdir nothing
	refused "$USAGE" tailrace verify run --history nothing
}

# Whenever it comes, from preflight to judging: there is a page and never a false safe.
@test "mpirun is terminated at any moment" {
	export TMPDIR=$PWD/local
	mkdir local
	local moment out
	for moment in 0.3 0.7 1.1 1.6; do
		out=run-$moment
		started "$out" tailrace run --no-plots --quiet --records 300 --rate 1000 \
			--strategy flock,per-file --require flock,per-file --out "$out" data
		sleep "$moment"
		terminated
		if [[ -e $out/result.json ]]; then
			# It was too late.
			run limited 60 tailrace verify "$out"
			(( status == SAFE || status == INCONCLUSIVE ))
		elif [[ -e $out/manifest.json ]]; then
			run limited 60 tailrace verify "$out"
			(( status == INCONCLUSIVE || status == SAFE )) ||
				fail "$moment: exit code $status: $output"
			# Safe only if all was over but for the results.
			(( status != SAFE )) || [[ $(json "$out/manifest.json" \
				'all(x["ran"] for x in r["strategies"])') == true ]]
		elif [[ -d $out ]]; then
			refused "$COULD_NOT_RUN" tailrace verify "$out"
			[[ $stderr == *"ended before it began"* ]]
		else
			refused "$USAGE" tailrace verify "$out"
		fi
	done
}

@test "SIGUSR1 to mpirun ends the appends, and what there is is judged" {
	started run tailrace run --no-plots --quiet --duration 60s --rate 200 --strategy per-file,flock \
		--out run data
	until_true 60 appending
	kill -USR1 "$pid"
	SECONDS=0
	wait "$pid" || code=$?
	(( SECONDS < 45 ))
	[[ $code == "$INCONCLUSIVE" ]] || fail "exit code $code: $(cat run.log)"
	[[ $(json run/result.json 's["per-file"]["verdict"]') == safe ]]
	[[ $(json run/result.json 's["per-file"]["records"]["failed"]') == 0 ]]
	[[ $(json run/result.json 's["flock"]["verdict"]') == skipped ]]
}

@test "a mount that cannot do what a strategy needs is skipped, with the errno" {
	in_private_mounts true 2>/dev/null || skip "no right to mount anything"
	in_private_mounts bash -c 'mount -t tmpfs tmpfs data &&
		tailrace run --no-plots --quiet --records 40 --strategy per-file,per-file:io=direct \
			--size 65 --out run data' || true
	local verdict
	verdict=$(json run/result.json 's["per-file:io=direct"]["verdict"]')
	[[ $verdict == skipped || $verdict == safe || $verdict == inconclusive ]]
	[[ $(json run/result.json 's["per-file"]["verdict"]') == safe ]]
}
