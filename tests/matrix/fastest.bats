# fastest - what docs/fastest.md says, in small: with a network between, a strategy
# without a lock is many times as fast as one that polls for it.

load ../helper

setup_file()
{
	require_lab
}

# Purpose: at 1 ms a lock that changes hosts costs three round trips a record, and a
# record in an extent one, of all writers at once; a batch of 64 a 64th of that. What is
# demanded is a third of what these make and less.
@test "at 1 ms extents are far ahead of locks, and nothing is lost" {
	local folder=$TAILRACE_BUILD/fastest/1ms-1-brief base alone batch
	run -0 "$repo/scripts/lab/fastest" --brief 1ms-1
	base=$(json "$folder/locks/result.json" "s['flock-poll']['records_per_s']")
	alone=$(json "$folder/others/result.json" "s['extents:io=direct']['records_per_s']")
	batch=$(json "$folder/others/result.json" "s['extents:io=direct,batch=64']['records_per_s']")
	[[ $(json "$folder/locks/result.json" "$alone > 5 * $base and $batch > 20 * $base") == true ]] ||
		fail "$alone and $batch records/s, $base with flock-poll"
}
