# shellcheck shell=bash
# rpcs.bash - RPCs a record, as the mounts of all hosts counted them.

# costs FOLDER STRATEGY KIND=COUNT... - so many RPCs of each kind for each record, and
# in all no others, within 5 %. A count is a Python expression.
costs()
{
	local result=$1/result.json row="s['$2']['rpc_per_record']" expected want
	expected="dict($(IFS=,; printf '%s' "${*:3}"))"
	want="all(abs(${row}.get(k, 0) - v) <= v / 20 for k, v in $expected.items())"
	[[ $(json "$result" "$want and abs(${row}['total'] - sum($expected.values())) <= sum($expected.values()) / 20") == true ]] ||
		fail "$2: $(json "$result" "$row") instead of ${*:3}"
}

# One host and no other at the lock: 4 KiB records, and WRITEs of at most 64 KiB.
alone=(tailrace run --no-plots --quiet --one-client --views none --size 4k)
alone_strategies=flock,fcntl,ofd,flock:batch=16,flock:batch=64,sequencer:io=dsync,append:io=dsync,extents:io=dsync,extents:io=direct,batch=4
# shellcheck disable=SC2034  # for those who load this
readonly alone alone_strategies
