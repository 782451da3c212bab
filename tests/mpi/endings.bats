# endings - runs that do not end by themselves: interrupted, with a writer that
# was killed, or with one that hangs.

load ../helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
}

# until_true SECONDS COMMAND...
until_true()
{
	local ends=$((SECONDS + $1))
	shift
	until "$@"; do
		(( SECONDS < ends )) || fail "waited in vain for: $*" || return
		sleep 0.1
	done
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
	tailrace run -n 3 --duration 60s --rate 200 --strategy per-file,flock --out run data \
		>out 2>err &
	local pid=$! code=0
	until_true 20 appending
	kill -INT $pid
	SECONDS=0
	wait $pid || code=$?
	(( SECONDS < 15 ))
	[[ $code == "$INCONCLUSIVE" ]] || fail "exit code $code: $(cat err)"
	[[ $(json run/result.json 's["per-file"]["verdict"]') == safe ]]
	[[ $(json run/result.json 's["flock"]["verdict"]') == skipped ]]
	[[ $(json run/result.json 's["per-file"]["records"]["failed"]') == 0 ]]
	run tailrace verify run
	[[ $status == "$INCONCLUSIVE" ]]
}

@test "the second interrupt leaves at once" {
	tailrace run -n 2 --duration 60s --rate 10 --strategy per-file --out run data \
		>out 2>err &
	local pid=$! code=0
	until_true 20 appending
	kill -INT $pid
	sleep 0.05
	kill -INT $pid
	SECONDS=0
	wait $pid || code=$?
	(( SECONDS < 10 ))
	[[ $code == "$COULD_NOT_RUN" ]]
	until_true 10 writers_are 0
}

@test "one process alone takes the interrupt itself" {
	tailrace run --duration 60s --rate 200 --strategy per-file --out run data >out 2>err &
	local pid=$!
	until_true 20 appending
	kill -INT $pid
	wait $pid
	[[ $(json run/result.json 's["per-file"]["verdict"]') == safe ]]
}

@test "a writer that is killed takes nobody along" {
	as_ranks 3 tailrace run --quiet --duration 6s --rate 500 --strategy flock \
		--out run data 2>err &
	local pid=$! code=0 victim
	until_true 20 writers_are 3
	until_true 20 appending
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
	as_ranks 2 tailrace run --quiet --duration 5s --rate 100 --timeout 3s \
		--strategy per-file --out run data 2>err &
	local pid=$! code=0 victim
	until_true 20 writers_are 2
	until_true 20 appending
	victim=$(writers | head -n 1)
	kill -STOP "$victim"
	SECONDS=0
	wait $pid || code=$?
	(( SECONDS < 20 ))
	[[ $code == "$INCONCLUSIVE" ]] || fail "exit code $code: $(cat err)"
	[[ $(json run/result.json 's["per-file"]["notes"]["hung"]') == 1 ]]
	[[ $(cat run/manifest.json) == *"without progress for"* ]]
	until_true 10 writers_are 0
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
		as_ranks 2 tailrace run --quiet --duration 20s --rate 100 --timeout 2s \
			--strategy "$strategy" --out "run-$strategy" data 2>err &
		local pid=$! code=0
		until_true 20 appending
		SECONDS=0
		take_lock_file
		wait $pid || code=$?
		(( SECONDS < 20 ))
		[[ $code == "$INCONCLUSIVE" ]] || fail "exit code $code: $(cat err)"
		result=run-$strategy/result.json
		[[ $(json "$result" "s['$strategy']['notes']['hung']") == 2 ]]
		[[ $(json "$result" "any(s['$strategy']['anomalies'].values())") == false ]]
		[[ $(cat "run-$strategy/manifest.json") == *"without progress for"* ]]
	done
}

@test "ranks that are killed leave no process behind" {
	tailrace run --quiet --duration 60s --rate 10 --strategy per-file --out run data &
	local pid=$!
	until_true 20 writers_are 1
	kill -KILL $pid
	wait $pid || true
	until_true 10 writers_are 0
	# What there is can be judged: the history was not gathered.
	run tailrace verify run
	[[ $status == "$INCONCLUSIVE" || $status == "$COULD_NOT_RUN" ]]
}

@test "a mount that cannot do what a strategy needs is skipped, with the errno" {
	in_private_mounts true 2>/dev/null || skip "no right to mount anything"
	in_private_mounts bash -c 'mount -t tmpfs tmpfs data &&
		tailrace run --quiet --records 40 --strategy per-file,per-file:io=direct \
			--size 65 --out run data' || true
	local verdict
	verdict=$(json run/result.json 's["per-file:io=direct"]["verdict"]')
	[[ $verdict == skipped || $verdict == safe || $verdict == inconclusive ]]
	[[ $(json run/result.json 's["per-file"]["verdict"]') == safe ]]
}
