# rpcs - the price of a record over NFS in RPCs, which no other load on the machine
# changes: what the client's source promises, and refused locks apart.

load ../helper
load rpcs

setup_file()
{
	require_lab
}

# Purpose: the counts that docs/performance.md promises. A lock that is dropped has
# its state freed, and several WRITEs at a flush are followed by a COMMIT.
@test "NFSv4.2: RPCs a record, alone and contended" {
	run limited 580 "$repo/scripts/lab/lab" --hosts 2 --nfs 4.2 --mount wsize=65536 -- \
		bash -c '"${@:3}" --records 320 --out alone --strategy "$1" /mnt/nas
			"${@:3}" --records 4096 --out files --strategy per-file /mnt/nas
			tailrace run --no-plots --quiet -n 8 --turn 4 --records 40 --views none --out shared \
				--strategy "$2" /mnt/nas' - \
		"$alone_strategies" flock,flock-pwrite:wait=poll "${alone[@]}"
	local lock=(LOCK=1 GETATTR=1 WRITE=1 LOCKU=1 FREE_STATEID=1) name
	for name in flock fcntl ofd; do
		costs alone "$name" "${lock[@]}"
	done
	costs alone flock:batch=16 "${lock[@]/%//16}"
	costs alone flock:batch=64 LOCK=1/64 GETATTR=1/64 WRITE=4/64 COMMIT=1/64 \
		LOCKU=1/64 FREE_STATEID=1/64
	costs alone sequencer:io=dsync WRITE=1
	costs alone append:io=dsync WRITE=1
	costs alone extents:io=dsync WRITE=1
	costs alone extents:io=direct,batch=4 WRITE=1/4
	costs files per-file WRITE=4096/65536
	# Whoever waits asks again and again: that is no part of the price of a lock.
	for name in flock flock-pwrite:wait=poll; do
		row="s['$name']['rpc_per_record']"
		[[ $(json shared/result.json "abs(${row}['LOCK'] - 1) < 0.05") == true ]] ||
			fail "$name: $(json shared/result.json "$row")" || return
		[[ $(json shared/result.json "${row}['LOCK_refused'] > 0.02") == true ]]
	done
}
