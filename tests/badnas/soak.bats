# soak - a run in segments, on a file system that is honest for a while.

load ../helper
load badnas

# soak_run OPTION... - a run in segments of 64 KiB, bounded by time alone; as bad_run
soak_run()
{
	rm -rf run
	run limited 100 mpirun --quiet -n "$RANKS" tailrace run --no-plots --quiet --fstype ext4 \
		--size "$SIZE" --segment 64k --duration 80s --out run "$@" nas
	printf '%s\n' "$output"
}

# One write in 1000 is forgotten, in a segment of some hundred.
@test "--until-anomaly ends the run in the segment that shows one, and keeps it" {
	mount_badnas lost=1000
	SECONDS=0
	soak_run --strategy flock,per-file --until-anomaly
	ended "$UNSAFE"
	(( SECONDS < 80 ))
	verdict_is flock unsafe
	verdict_is per-file skipped
	[[ $(json run/result.json 's["per-file"]["reason"]') == *"anomaly"* ]]

	# What was lost is what badnas forgot, and all of it is in what was kept.
	lost=$(struck lost)
	[[ $(json run/result.json 's["flock"]["anomalies"]["lost"]') == "$lost" ]]
	first=$(json run/result.json 's["flock"]["segments"]["first_unsafe"]')
	folder=run/segments/00-flock-$(printf %04d "$first")
	[[ $(json run/result.json 's["flock"]["segments"]["kept"]') == \
	   "$(json run/result.json 's["flock"]["segments"]["unsafe"]')" ]]
	[[ $(json run/result.json "s['flock']['segments']['count'] - $first <= 1") == true ]]
	[[ $(json "$folder/result.json" 's["flock"]["verdict"]') == unsafe ]]
	(( $(find nas -name '*.log' | wc -l) == $(find run/segments -name history | wc -l) ))

	# Every tool takes it as a run.
	run tailrace verify run
	(( status == UNSAFE )) || fail "exit code $status: $output"
	[[ $output == *"tailrace verify run/segments/00-flock-"* ]]
	run tailrace verify "$folder"
	(( status == UNSAFE )) || fail "exit code $status: $output"
	run tailrace verify --explain lost#1 "$folder"
	(( status == UNSAFE )) || fail "exit code $status: $output"
	[[ $output == *rank* ]]
	run tailrace report --no-plots "$folder"
	(( status == UNSAFE ))
	refused "$USAGE" tailrace verify --explain lost#1 run

	# Without its data its row still tells that it was unsafe.
	rm -r nas/tailrace-*/00-flock-*
	run tailrace verify run
	(( status == UNSAFE )) || fail "exit code $status: $output"
}
