# soak - runs in segments: bounded in disk and memory, and judged as one.

load ../helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
	pid=
	# What AddressSanitizer keeps of freed memory would pass for growth.
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=0:thread_local_quarantine_size_kb=0
}

# A run that a failed test has left ends itself.
teardown()
{
	[[ -z $pid ]] || kill -INT "$pid" 2>/dev/null || true
	wait
}

# rows - segments that were judged so far
rows()
{
	[[ -e run/segments.tsv ]] || { echo 0; return; }
	grep -c '^0' run/segments.tsv || true
}

# The ranks of the run that $1 has launched.
ranks_of()
{
	pgrep -P "$(pgrep -P "$1" mpirun)"
}

# The largest of them, in KiB.
rank_kib()
{
	local rank
	for rank in $(ranks_of "$1"); do
		grep VmRSS "/proc/$rank/status"
	done | awk '$2 > max { max = $2 } END { print max }'
}

# disk_is_bounded - the data of two segments, of which none has more than twice its 64 KiB
disk_is_bounded()
{
	local bytes
	bytes=$(find data -name '*.log' -printf '%s\n' 2>/dev/null |
		awk '{ sum += $1 } END { print sum + 0 }')
	(( bytes <= 300000 )) || fail "$bytes bytes of data at one time" || return
	[[ $(find data -mindepth 2 -maxdepth 2 -type d 2>/dev/null | wc -l) -le 2 ]] ||
		fail "more than two segments: $(find data)" || return
}

# until_rows COUNT PID - wait for them, and see that disk stays bounded meanwhile
until_rows()
{
	local ends=$((SECONDS + 150))
	until (( $(rows) >= $1 )); do
		(( SECONDS < ends )) || fail "only $(rows) segments: $(cat err)" || return
		kill -0 "$2" || fail "the run ended: $(cat err)" || return
		disk_is_bounded || return
		sleep 0.02
	done
}

@test "many segments: disk and memory stay as they were, and all are judged as one" {
	local before after dir code=0 count again=0
	tailrace run --no-plots -n 3 --duration 10m --segment 64k --strategy flock --out run data \
		>out 2>err 3>&- &
	pid=$!
	until_rows 8 $pid
	before=$(rank_kib $pid)
	dir=$(echo data/tailrace-*)
	echo mine >"$dir/mine"
	until_rows 22 $pid
	after=$(rank_kib $pid)
	(( after <= before + 1024 )) || fail "$before KiB grew to $after"
	kill -INT $pid
	wait $pid || code=$?
	# Few records in a segment: writers may hardly have met.
	[[ $code == "$SAFE" || $code == "$INCONCLUSIVE" ]] || fail "exit code $code: $(cat err)"

	count=$(json run/result.json 's["flock"]["segments"]["count"]')
	(( count >= 22 && count == $(rows) ))
	[[ $(json run/result.json 's["flock"]["segments"]["kept"]') == 0 ]]
	[[ $(json run/result.json 'any(s["flock"]["anomalies"].values())') == false ]]
	# Each row counts, and in full.
	[[ $(json run/result.json 's["flock"]["records"]["acknowledged"]') == \
	   "$(awk -F '\t' '/^0/ { sum += $10 } END { print sum }' run/segments.tsv)" ]]
	[[ $(json run/result.json 's["flock"]["records"]["intact"] == s["flock"]["records"]["acknowledged"]') == true ]]
	[[ $(json run/result.json 's["flock"]["latency_us"]["append"]["p50"] > 0') == true ]]
	# Nothing is left of them, and what others put beside them still is.
	[[ $(ls "$dir") == mine && $(ls run/segments) == 00-flock.times ]]

	run tailrace verify run
	[[ $status == "$code" ]] || fail "verify: $status instead of $code: $output"

	# The rows are all that there is of them.
	cp run/segments.tsv rows
	grep -v -P '^0\t7\t' rows >run/segments.tsv
	tailrace verify --no-plots --out again run >again.txt || again=$?
	[[ $again == "$INCONCLUSIVE" ]]
	[[ $(json again/result.json 's["flock"]["reason"]') == "segment 7 cannot be judged"* ]]
	sed 's/removed/deleted/' rows >run/segments.tsv
	run tailrace verify run
	[[ $status == "$INCONCLUSIVE" ]]
}

@test "a run in segments that was killed can be judged" {
	local all
	tailrace run --no-plots -n 2 --duration 10m --segment 64k --strategy flock --out run data \
		>out 2>err 3>&- &
	pid=$!
	until_rows 3 $pid
	all="$pid $(pgrep -P $pid mpirun) $(ranks_of $pid)"
	# shellcheck disable=SC2086
	kill -KILL $all
	wait $pid || true
	run tailrace verify run
	[[ $status == "$INCONCLUSIVE" ]] || fail "exit code $status: $output"
}

@test "a folder that has the name of a segment already is left alone" {
	local theirs
	tailrace run --no-plots -n 2 --duration 10m --segment 64k --strategy flock --out run data \
		>out 2>err 3>&- &
	pid=$!
	until_rows 1 $pid
	# Far enough ahead that it is there before its turn.
	printf -v theirs 'run/segments/00-flock-%04d' $(( $(rows) + 15 ))
	mkdir "$theirs"
	echo mine >"$theirs/note"
	wait $pid || true
	[[ $(<err) == *"no further segment is begun: cannot make the folder "*"$theirs"* ]]
	[[ $(<"$theirs/note") == mine ]]
}

@test "--segment-time rolls where size does not, in each kind of file" {
	run as_ranks 2 tailrace run --no-plots --quiet --duration 2400ms --segment-time 300ms --rate 100 \
		--strategy per-file,counter:lock=flock --out run data
	[[ $status == "$SAFE" || $status == "$INCONCLUSIVE" ]] || fail "exit code $status: $output"
	for name in per-file counter:lock=flock; do
		[[ $(json run/result.json "s['$name']['segments']['count'] >= 2") == true ]]
		[[ $(json run/result.json "any(s['$name']['anomalies'].values())") == false ]]
		# Nobody is cut short: they leave between two appends.
		[[ $(json run/result.json "s['$name']['records']['failed']") == 0 ]]
		[[ $(json run/result.json "s['$name']['records']['unknown']") == 0 ]]
	done
	[[ $(json run/result.json "s['per-file']['verdict']") == safe ]]
	[[ -z $(ls data) ]]
}
