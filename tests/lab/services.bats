# services - writers that ask a service or MPI for their places, on a real NFS: whole
# pages and writes past the page cache lose nothing, and buffered writes that share
# pages do.

load ../helper

setup_file()
{
	require_lab
}

@test "NFSv4.2, four hosts: shared pages lose records, whole pages do not" {
	local safe=(sequencer-aligned sequencer:io=dsync sequencer:io=direct aggregator
		mpi-token mpiio-shared) name
	run -0 limited 580 "$repo/scripts/lab/lab" --hosts 4 --nfs 4.2 -- \
		bash -c 'tailrace run --no-plots -n 8 --records 200 --out run --strategy "$1" /mnt/nas
			tailrace run --no-plots -n 8 --records 400 --size 8000 --out extents --strategy \
				extents,extents:io=direct /mnt/nas' - \
		"sequencer,$(IFS=,; printf '%s' "${safe[*]}"),mpi-token:flush=none"
	for name in "${safe[@]}"; do
		[[ $(json run/result.json "s['$name']['verdict']") == safe ]] ||
			fail "$name: $(json run/result.json "s['$name']['reason']")"
		[[ $(json run/result.json "any(s['$name']['anomalies'].values())") == false ]]
		[[ $(json run/result.json "s['$name']['handoffs'] >= 30") == true ]]
	done
	# Eight records in each 64 KiB: their pages are shared, but by their own writer only.
	for name in extents extents:io=direct; do
		[[ $(json extents/result.json "s['$name']['verdict']") == safe ]] ||
			fail "$name: $(json extents/result.json "s['$name']['reason']")"
		[[ $(json extents/result.json "any(n for k, n in s['$name']['anomalies'].items() if k != 'realtime_disorder')") == false ]]
	done
	# The client widened writes to the page, and wrote NULs over the others'.
	[[ $(json run/result.json "s['sequencer']['verdict']") == unsafe ]]
	[[ $(json run/result.json "s['sequencer']['anomalies']['lost'] > 0") == true ]]
	[[ $(json run/result.json "s['sequencer']['anomalies']['gap'] > 0") == true ]]
	# A token alone revalidates nothing: the size comes from the cache.
	[[ $(json run/result.json "s['mpi-token:flush=none']['verdict']") == unsafe ]]
	[[ $(json run/result.json "s['mpi-token:flush=none']['anomalies']['overwritten'] > 0") == true ]]
	# MPI-IO keeps its pointer by locks, and writes under others.
	[[ $(json run/result.json "s['mpiio-shared']['rpc_per_record']['LOCK'] >= 1") == true ]]
	# One WRITE and no lock: that is what a sequencer is for.
	[[ $(json run/result.json "s['sequencer:io=dsync']['rpc_per_record'].get('LOCK', 0)") == 0 ]]
	[[ $(json run/result.json "0.99 < s['sequencer:io=dsync']['rpc_per_record']['WRITE'] < 1.3") == true ]]
}
