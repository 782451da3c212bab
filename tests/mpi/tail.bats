# tail - readers that follow the shared file while it grows (run --readers).

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

# reader STRATEGY EXPRESSION - of its only reader `d`, or of all of them as a list
reader()
{
	json run/result.json "[$2 for d in s['$1']['readers']]"
}

# The processes that follow a data file.
tails()
{
	local pid
	for pid in $(pgrep -x tail); do
		[[ $(readlink "/proc/$pid"/fd/*) != *"$PWD"/data/tailrace-* ]] || echo "$pid"
	done
}

# On a local file system every process sees the same pages: nothing may be late by more
# than some polls, and no NULs or moving ends may be seen.
@test "two readers see all records of a local file, soon and in place" {
	run -0 as_ranks 3 tailrace run --no-plots --readers 2 --records 2000 --turn 4 \
		--strategy flock,per-file --out run data
	[[ $(reader flock 'd["records"]') == '[6000, 6000]' ]]
	[[ $(reader flock 'd["compared"]') == '[6000, 6000]' ]]
	[[ $(reader flock 'd["unseen"]') == '[0, 0]' ]]
	[[ $(reader flock 'd["staleness_us"]["p50"] < 1e6') == '[True, True]' ]]
	[[ $(reader flock 'd["clock_error_us"]') == '[0.0, 0.0]' ]]
	[[ $(reader flock 'd["nuls"] + d["backwards"] + d["given_up"] + d["after_reopen"]') == \
	   '[0, 0]' ]]
	[[ $(reader flock 'd["bytes"] >= 6000 * 1024') == '[True, True]' ]]
	# A file per writer is nobody's to follow.
	[[ $(json run/result.json 's["per-file"]["readers"]') == null ]]
	[[ $(cd run/tails && echo *) == '00-flock.00000.tail 00-flock.00001.tail' ]]
	[[ $(cat run/summary.txt) == *'readers: '*' saw 6,000 records, p50 '* ]]
	# Judged again, and repeated.
	run -0 tailrace verify --no-plots run --out judged
	[[ $(json run/result.json 'r["strategies"]') == \
	   "$(json judged/result.json 'r["strategies"]')" ]]
	grep -x -- '--readers=2' run/args
}

@test "nobody follows unless asked to" {
	run -0 tailrace run --no-plots --records 100 --strategy per-file,flock --require per-file \
		--out run data
	[[ ! -e run/tails ]]
	[[ $(json run/result.json 's["flock"]["readers"]') == null ]]
	refused "$USAGE" tailrace run --readers 1025 data
	refused "$USAGE" tailrace run --readers -1 data
}

@test "a tail that is damaged or gone tells nothing, and changes no verdict" {
	run -0 as_ranks 2 tailrace run --no-plots --readers 2 --records 500 --strategy per-file,flock \
		--require per-file --out run data
	cp -r run before
	printf x | dd of=run/tails/01-flock.00000.tail bs=1 seek=200 conv=notrunc status=none
	rm run/tails/01-flock.00001.tail
	run -0 tailrace verify --no-plots run --out judged
	[[ $(json judged/result.json '[sorted(d) for d in s["flock"]["readers"]]') == \
	   "[['host', 'records'], ['host', 'records']]" ]]
	[[ $(json judged/result.json '[d["records"] for d in s["flock"]["readers"]]') == \
	   '[None, None]' ]]
	[[ $(json judged/result.json 's["flock"]["verdict"]') == \
	   "$(json before/result.json 's["flock"]["verdict"]')" ]]
	[[ $(cat judged/summary.txt) == *'did not tell what it saw'* ]]
}

@test "a reader that hangs is left out, and the run ends" {
	as_ranks 2 tailrace run --no-plots --readers 1 --duration 10s --rate 100 --timeout 4s \
		--strategy flock --one-client --out run data >out 2>err &
	local pid=$! code=0 followers ends=$((SECONDS + 20))
	until followers=$(tails) && [[ $followers ]]; do
		(( SECONDS < ends )) || fail "no reader: $(cat err)" || return
		sleep 0.1
	done
	# shellcheck disable=SC2086  # one or none
	kill -STOP $followers
	wait $pid || code=$?
	(( SECONDS < ends + 20 ))
	# Two writers at 100 records a second need not meet.
	(( code == SAFE || code == INCONCLUSIVE )) || fail "exit code $code: $(cat err)"
	[[ $(reader flock 'd["records"]') == '[None]' ]]
	[[ $(json run/result.json 's["flock"]["anomalies"]["lost"]') == 0 ]]
	[[ $(cat err) == *'reader 0 on host '*' is left out: '* ]]
	[[ -z $(tails) ]]
}
