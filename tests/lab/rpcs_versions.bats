# rpcs_versions - the price of a record in RPCs over the older versions of NFS.

load ../helper
load rpcs

setup_file()
{
	require_lab
}

# lab_alone VERSION - into the folder `alone`
lab_alone()
{
	run limited 280 "$repo/scripts/lab/lab" --hosts 1 --nfs "$1" --mount wsize=65536 -- \
		"${alone[@]}" --records 320 --out alone --strategy "$alone_strategies" /mnt/nas
}

# Purpose: NFSv3 locks by another protocol, which mountstats does not show.
@test "NFSv3: RPCs a record" {
	lab_alone 3
	local name
	for name in flock fcntl ofd; do
		costs alone "$name" GETATTR=1 WRITE=1
	done
	costs alone flock:batch=16 GETATTR=1/16 WRITE=1/16
	costs alone flock:batch=64 GETATTR=1/64 WRITE=4/64 COMMIT=1/64
	costs alone sequencer:io=dsync WRITE=1
	costs alone append:io=dsync WRITE=1
	costs alone extents:io=dsync WRITE=1
	costs alone extents:io=direct,batch=4 WRITE=1/4
}

# Purpose: NFSv4.0 has lock owners to release where NFSv4.1 has state to free.
@test "NFSv4.0: RPCs a record" {
	lab_alone 4.0
	local name lock=(LOCK=1 GETATTR=1 WRITE=1 LOCKU=1 RELEASE_LOCKOWNER=1)
	for name in flock fcntl ofd; do
		costs alone "$name" "${lock[@]}"
	done
	costs alone flock:batch=16 "${lock[@]/%//16}"
	costs alone flock:batch=64 LOCK=1/64 GETATTR=1/64 WRITE=4/64 COMMIT=1/64 \
		LOCKU=1/64 RELEASE_LOCKOWNER=1/64
	costs alone sequencer:io=dsync WRITE=1
	costs alone append:io=dsync WRITE=1
	costs alone extents:io=dsync WRITE=1
	costs alone extents:io=direct,batch=4 WRITE=1/4
}
