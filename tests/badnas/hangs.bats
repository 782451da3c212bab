# hangs - a request that is never answered: who asked waits in the kernel and
# cannot be killed. The run must end in time all the same, and the mount must be
# possible to clear up.

load ../helper
load badnas

# The lab's guest is slow, and its kernel does not tell which call a process is in.
patience=2s within_s=80
if [[ -n ${TAILRACE_LAB:-} ]]; then
	patience=15s within_s=120
fi

# hung STRATEGY CALL - the run ended in time without a verdict, and the result says
# which call never came back.
hung()
{
	ended "$INCONCLUSIVE"
	(( SECONDS < within_s ))
	verdict_is "$1" inconclusive
	found "$1"
	[[ $(json run/result.json "s['$1']['notes']['hung'] >= 1") == true ]]
	reason=$(json run/result.json "s['$1']['reason']")
	[[ -e /proc/self/syscall ]] || set -- "$1" 'some call'
	[[ $reason == *"$2 in append "*" of rank "*" on host "*", since "* ]] || fail "the reason is: $reason"
}

# In a file of its own a writer harms nobody else.
@test "hang_write: one writer hangs in its own file" {
	mount_badnas hang_write=200
	SECONDS=0
	bad_run --strategy per-file --timeout "$patience"
	hung per-file 'pwrite(2)'
	[[ $(json run/result.json "s['per-file']['notes']['hung']") == 1 ]]
	# All the others finished.
	python3 -c 'import json
ends = [w["end"] for w in json.load(open("run/manifest.json"))["strategies"][0]["writers"]]
assert sorted(ends) == ["finished"] * 3 + ["hung"], ends'
}

# It holds the lock: those who wait for it hang with it.
@test "hang_fsync: the writer that has the lock hangs" {
	mount_badnas hang_fsync=200
	SECONDS=0
	bad_run --strategy flock:flush=fsync --timeout "$patience"
	hung flock:flush=fsync 'fsync(2)'
	hung flock:flush=fsync 'flock(2)'
}

@test "hang_lock: a lock that is neither granted nor refused" {
	mount_badnas hang_lock=200
	SECONDS=0
	bad_run --strategy fcntl --timeout "$patience"
	hung fcntl 'fcntl(2)'
}

# A rank cannot be killed there either: all is saved first, and MPI_Abort comes last.
# The bytes of that file may be out of reach then, so it is judged again when they are
# back: every append is unknown, since nobody could close.
@test "hang_write: ranks hang in MPI-IO" {
	mount_badnas hang_write=200
	SECONDS=0
	bad_run --strategy mpiio-shared,per-file --timeout "$patience"
	ended "$INCONCLUSIVE"
	(( SECONDS < within_s ))
	verdict_is mpiio-shared inconclusive
	python3 -c 'import json
writers = json.load(open("run/manifest.json"))["strategies"][0]["writers"]
ends = [w["end"] for w in writers]
assert "hung" in ends and set(ends) <= {"hung", "finished"}, ends
assert any(" in append " in (w["stuck"] or "") for w in writers), writers'

	unmount_badnas
	mount_badnas
	run limited 60 tailrace verify --no-plots run --out run/again
	(( status == INCONCLUSIVE )) || fail "exit code $status: $output"
	[[ $(json run/again/result.json "s['mpiio-shared']['reason']") == *" writers hung: "* ]]
	[[ $(json run/again/result.json "s['mpiio-shared']['notes']['hung'] >= 1") == true ]]
	for kind in lost duplicate unexpected foreign writer_disorder; do
		[[ $(json run/again/result.json "s['mpiio-shared']['anomalies']['$kind']") == 0 ]]
	done
	[[ $(json run/again/result.json "s['mpiio-shared']['records']['acknowledged']") == 0 ]]
	# The run went on.
	[[ $(json run/again/result.json "s['per-file']['records']['intact']") == $((RANKS * RECORDS)) ]]
}

# A dead mount: neither can what was written be read. Nothing was checked, which is
# null and not 0, and what is known of the writers is told.
@test "hang_read: nobody can judge, and the hung writer is named" {
	mount_badnas hang_write=200,hang_read=0
	SECONDS=0
	bad_run --strategy per-file --timeout "$patience"
	hung per-file 'pwrite(2)'
	[[ $(json run/result.json 's["per-file"]["reason"]') == *'could not be read'* ]]
	[[ $(json run/result.json 's["per-file"]["anomalies"]["lost"]') == null ]]
}

# Afterwards, of a run that ended well. What hangs holds none of our pipes.
@test "hang_read: verify, report, merge and compare end in time, and say why" {
	mount_badnas
	bad_run --strategy per-file
	ended "$SAFE"
	cp run/result.json nas/result.log # which its faults are for
	unmount_badnas
	mount_badnas hang_read=0
	for command in "verify run" "report run" "merge run" "compare nas/result.log run"; do
		SECONDS=0
		# shellcheck disable=SC2086
		refused "$COULD_NOT_RUN" tailrace $command --timeout "$patience"
		(( SECONDS < within_s ))
		[[ $stderr == *"does not answer"* ]] || fail "$stderr"
	done
	unmount_badnas
	mount_badnas
	run -0 limited 60 tailrace verify --timeout "$patience" run
}

# hang_at FAULT STRATEGY - a run in which that is never answered ends in time.
hang_at()
{
	mount_badnas "$1"
	SECONDS=0
	bad_run --strategy "$2" --timeout "$patience"
	(( SECONDS < within_s ))
}

# The first open is that of the file's maker, the others are the writers'.
@test "hang_open: a writer hangs before its first append" {
	hang_at hang_open=2 flock
	ended "$INCONCLUSIVE"
	found flock
	[[ $(json run/result.json "s['flock']['notes']['hung']") == 1 ]]
	reason=$(json run/result.json "s['flock']['reason']")
	[[ $reason == *"before the first append of rank "*" on host "*", since "* ]] ||
		fail "the reason is: $reason"
}

@test "hang_close: the last call of a writer hangs" {
	hang_at hang_close=2 per-file
	hung per-file 'close(2)'
	[[ $(json run/result.json "s['per-file']['notes']['hung']") == 1 ]]
}

# A process that hangs; leaves its number in `stuck`.
hang()
{
	mount_badnas hang_write=1
	dd if=/dev/zero of=nas/a.log bs=64 count=1 2>/dev/null 3>&- &
	stuck=$!
	until grep -q '^hang_write' log; do
		sleep 0.05
	done
	kill -KILL "$stuck"
	sleep 0.5
	# Deaf to SIGKILL: still there, and no zombie.
	[[ -e /proc/$stuck ]] || fail "it could be killed" || return
	[[ $(state) == D ]] || fail "its state is $(state)"
}

state()
{
	sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$stuck/status"
}

# Within five seconds it is dead.
released()
{
	local tries=100
	while [[ -e /proc/$stuck && $(state) != Z ]]; do
		(( tries-- )) || fail "it still hangs" || return
		sleep 0.05
	done
}

@test "what hangs is let go by aborting the connection" {
	hang
	local minor
	minor=$(awk -v point="$PWD/nas" '$5 == point { sub(/.*:/, "", $3); print $3 }' \
		/proc/self/mountinfo)
	(( EUID == 0 )) || skip "fusectl is for root"
	in_private_mounts bash -c '
		cd /sys/fs/fuse/connections && mount -t fusectl none . && cd "$PWD" &&
		echo 1 >"$1/abort"' - "$minor"
	released
}

@test "what hangs is let go by unmounting and ending badnas" {
	hang
	fusermount3 -uz nas
	run ! mounted
	unmount_badnas
	released
}

@test "badnas dies with its parent, and its mount with it" {
	bash -c '"$1" -o hang_write=1 backing nas 3>&- &
		until grep -q " $PWD/nas fuse.badnas " /proc/self/mounts; do sleep 0.05; done
		' - "$BADNAS"
	for _ in {1..100}; do
		mounted || return 0
		sleep 0.05
	done
	fail "the mount is still there"
}
