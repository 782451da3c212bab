# faults - runs on a file system that misbehaves on purpose: each fault, the
# strategies that show it, and the anomaly that it must be called by
# docs/guarantees.md.

# shellcheck disable=SC2030,SC2031  # each test has a process of its own
load ../helper
load badnas

@test "without a fault it is an honest file system, and no strategy comes to harm" {
	mount_badnas
	RECORDS=2000
	bad_run --strategy append,flock,fcntl,per-file
	ended "$SAFE"
	for strategy in append flock fcntl per-file; do
		# Without a lock writers may hardly meet on a busy machine.
		[[ $strategy == append ]] || verdict_is "$strategy" safe
		found "$strategy"
		intact_all "$strategy"
	done
	[[ $(json run/result.json 'r["teeth"]') == false ]]
	[[ ! -s log ]]
}

# By its own type it is no local file system, and one host no proof.
@test "on one host it proves nothing of a network file system" {
	mount_badnas
	rm -rf run
	run limited 60 mpirun --quiet -n 2 tailrace run --no-plots --quiet --records 100 \
		--strategy per-file --out run nas
	ended "$INCONCLUSIVE"
	[[ $(json run/result.json 's["per-file"]["reason"]') == *"one client"* ]]
	rm -rf run
	run limited 60 mpirun --quiet -n 2 tailrace run --no-plots --quiet --records 100 \
		--strategy per-file --one-client --out run nas
	ended "$SAFE"
}

# As on NFS (open(2), O_APPEND) each process has a size of its own, which nobody
# corrects: all write the same range, and the last to do so wins. Of the records of
# each place one survives, and the others are `overwritten`. SEEK_END asks for the
# size: flock is safe.
@test "append_race: all writers take the same end" {
	mount_badnas append_race
	bad_run --strategy append,flock --strict
	ended "$UNSAFE"
	verdict_is append unsafe
	lost=$(((RANKS - 1) * RECORDS))
	found append "lost=$lost" "overwritten=$lost"
	[[ $(records append intact) == "$RECORDS" ]]
	culprits_named append
	verdict_is flock safe
	found flock
	[[ $(json run/result.json 'r["teeth"]') == true ]]
}

# Two who hold the lock at once overlap by their own times: `lock_overlap`. Both
# seek to the same end: `overwritten`, one or two of a hundred records where they all
# pause alike. The other kind of lock is not concerned.
@test "free_flock, free_posix: a lock that all are granted at once" {
	RECORDS=1000
	for kind in flock fcntl; do
		other=flock
		fault=free_posix
		[[ $kind == fcntl ]] || { other=fcntl && fault=free_flock; }
		rm -f log
		mount_badnas "$fault"
		bad_run --strategy flock,fcntl --turn 1
		unmount_badnas
		ended "$UNSAFE"
		(( $(struck "$fault") > 0 ))
		verdict_is "$kind" unsafe
		lost=$((RANKS * RECORDS - $(records "$kind" intact)))
		(( lost > 0 ))
		found "$kind" "lost=$lost" "overwritten=$lost" lock_overlap=some
		culprits_named "$kind"
		verdict_is "$other" safe
		found "$other"
	done
}

# Whoever is told the size before another's last write puts its record over that
# one: `overwritten`, by this writer, once for each strike.
@test "stale_size: SEEK_END under the lock lags behind" {
	mount_badnas stale_size=20
	bad_run --strategy flock
	ended "$UNSAFE"
	count=$(struck stale_size)
	(( count > 0 ))
	found flock "lost=$count" "overwritten=$count"
	in_place flock stale_size
	culprits_named flock
}

# In a file of its own the writer goes on behind the hole: no byte of the record is
# anywhere, `missing`, and the hole is a `gap` unless it is the file's end.
@test "lost: a write that was acknowledged and forgotten, in a file of one's own" {
	mount_badnas lost=20
	bad_run --strategy per-file
	ended "$UNSAFE"
	count=$(struck lost)
	(( count > 0 ))
	read -r gaps bytes < <(python3 - "$((RECORDS * SIZE))" <<-'END'
		import collections, sys
		holes = collections.defaultdict(list)
		for line in open("log"):
		    fault, pid, offset, length = line.split()
		    holes[pid].append((int(offset), int(offset) + int(length)))
		gaps = total = 0
		for ranges in holes.values():
		    end = int(sys.argv[1])
		    while ranges and ranges[-1][1] == end:  # the file ends before it
		        end = ranges.pop()[0]
		    total += sum(b - a for a, b in ranges)
		    gaps += sum(1 for i, r in enumerate(ranges)
		                if i == 0 or ranges[i - 1][1] != r[0])
		print(gaps, total)
		END
	)
	found per-file "lost=$count" "missing=$count" "gap=$gaps" "gap_bytes=$bytes"
}

# In a shared file the next record takes the place: `overwritten`; unless it is the
# same writer's, whose equal range is no evidence, or there is none: `missing`.
@test "lost: a write that was acknowledged and forgotten, in a shared file" {
	mount_badnas lost=20
	bad_run --strategy flock
	ended "$UNSAFE"
	count=$(struck lost)
	overwritten=$(json run/result.json 's["flock"]["anomalies"]["overwritten"]')
	(( overwritten > 0 ))
	found flock "lost=$count" "overwritten=$overwritten" \
		"missing=$((count - overwritten))"
	in_place flock lost
}

# The NULs lie inside the range that the record's rest implies: no `gap`.
@test "nul_tail, torn: a write of which a part is NULs" {
	for fault in nul_tail torn; do
		rm -f log
		mount_badnas "$fault=20"
		bad_run --strategy flock,per-file
		unmount_badnas
		ended "$UNSAFE"
		count=$(json run/result.json 's["flock"]["anomalies"]["lost"]')
		own=$(json run/result.json 's["per-file"]["anomalies"]["lost"]')
		(( count > 0 && own > 0 && count + own == $(struck "$fault") ))
		found flock "lost=$count" "torn=$count"
		found per-file "lost=$own" "torn=$own"
	done
}

# The frame stands; one byte in it is no record's.
@test "flip: a write with one bit wrong" {
	mount_badnas flip=20
	bad_run --strategy flock
	ended "$UNSAFE"
	count=$(struck flip)
	(( count > 0 ))
	found flock "lost=$count" "corrupted=$count"
	in_place flock flip
}

@test "duplicate: a write that arrives twice" {
	mount_badnas duplicate=20
	bad_run --strategy flock
	ended "$UNSAFE"
	count=$(struck duplicate)
	(( count > 0 ))
	found flock "duplicate=$count"
	intact_all flock
}

# badnas tells those landings that met another's bytes, of which the record that
# stood there is `overwritten`, by the late one; the late ones are intact.
@test "delayed: a write that lands over what came since" {
	mount_badnas delayed=20
	bad_run --strategy flock
	ended "$UNSAFE"
	count=$(struck delayed-over)
	(( count > 0 ))
	found flock "lost=$count" "overwritten=$count"
	in_place flock delayed-over
	culprits_named flock
}

# What is left of it is debris of an append of unknown outcome: no anomaly.
@test "short: a short write is unknown, or continued" {
	mount_badnas short=20
	bad_run --strategy flock:short=fail,flock:short=retry
	ended "$INCONCLUSIVE"
	verdict_is flock:short=fail inconclusive
	found flock:short=fail
	unknown=$(records flock:short=fail unknown)
	(( unknown > 0 && unknown < $(struck short) ))
	(( $(records flock:short=fail intact) == RANKS * RECORDS - unknown ))
	[[ $(records flock:short=fail recovered) == 0 ]]
	verdict_is flock:short=retry safe
	found flock:short=retry
	intact_all flock:short=retry
}

# Without a lock others append between the two halves: all bytes are there, in
# two pieces.
@test "short: continued without a lock, it is interleaved" {
	mount_badnas short=3
	RECORDS=4000
	bad_run --strategy append:short=retry
	ended "$UNSAFE"
	lost=$((RANKS * RECORDS - $(records append:short=retry intact)))
	(( lost > 0 ))
	found append:short=retry "lost=$lost" "interleaved=$lost"
}

# Room for 100 records: each writer fails once and leaves. On a network file system
# such an error may be that of writes before (write(2), ERRORS): then all since the
# last flush are unknown, and those that are there recovered.
@test "no_space: the file system is full" {
	mount_badnas no_space=$((100 * SIZE))
	bad_run --strategy flock
	ended "$INCONCLUSIVE"
	found flock
	[[ $(records flock intact) == 100 && $(records flock unknown) == "$RANKS" ]]
	unmount_badnas
	mount_badnas no_space=$((100 * SIZE))
	bad_run --strategy flock --fstype nfs4 --one-client
	ended "$INCONCLUSIVE"
	found flock
	[[ $(records flock intact) == 0 && $(records flock recovered) == 100 ]]
}

# An error of write says nothing of what was written: each is unknown, and what is
# there all the same is recovered.
@test "write_eio, write_estale, write_eintr: a write that fails" {
	for fault in write_eio write_estale write_eintr; do
		rm -f log
		mount_badnas "$fault=20"
		bad_run --strategy flock
		unmount_badnas
		ended "$INCONCLUSIVE"
		count=$(struck "$fault")
		(( count > 0 ))
		found flock
		[[ $(records flock unknown) == "$count" ]]
		[[ $(records flock failed) == 0 ]]
		expected=0
		[[ $fault != write_eintr ]] || expected=$count
		[[ $(records flock recovered) == "$expected" ]]
	done
}

# As with ENOSPC each writer meets it once and leaves.
@test "write_edquot: no more may be written" {
	mount_badnas write_edquot=100
	bad_run --strategy flock
	ended "$INCONCLUSIVE"
	found flock
	[[ $(records flock intact) == 100 && $(records flock unknown) == "$RANKS" ]]
	[[ $output == *"left early: no space left on the mount: Disk quota exceeded"* ]]
	[[ $(json run/result.json 's["flock"]["remark"]') == \
		"$RANKS of $RANKS writers left early: no space left on the mount" ]]
}

# Refused before anything is written: failed, and nothing of it is there.
@test "open_estale, lock_enolck: an append that cannot begin" {
	mount_badnas open_estale=100
	bad_run --strategy flock:flush=close
	ended "$INCONCLUSIVE"
	found flock:flush=close
	# The kernel asks a second time (path_openat() in fs/namei.c).
	failed=$(records flock:flush=close failed)
	(( failed > 0 && failed <= $(struck open_estale) ))
	[[ $(records flock:flush=close unknown) == 0 ]]
	unmount_badnas
	rm -f log
	mount_badnas lock_enolck=20
	bad_run --strategy fcntl
	ended "$INCONCLUSIVE"
	found fcntl
	(( $(struck lock_enolck) > 0 ))
	(( $(records fcntl failed) == $(struck lock_enolck) ))
	[[ $(records fcntl unknown) == 0 ]]
}

# The append is unknown. Its data is there: recovered; or it is not, and the NULs
# in its range are no gap. Either way nothing is proven against the file system.
@test "fsync_error, fsync_loss: a flush that fails" {
	for fault in fsync_error fsync_loss; do
		rm -f log
		mount_badnas "$fault=20"
		bad_run --strategy flock:flush=fsync
		unmount_badnas
		ended "$INCONCLUSIVE"
		count=$(struck "$fault")
		(( count > 0 ))
		found flock:flush=fsync
		[[ $(records flock:flush=fsync unknown) == "$count" ]]
		[[ $fault == fsync_loss ]] || recovered=$count
		[[ $(records flock:flush=fsync recovered) == "${recovered:-0}" ]]
		unset recovered
	done
}

@test "close_error: the last chance to hear of a loss" {
	mount_badnas close_error=20
	bad_run --strategy flock:flush=close
	ended "$INCONCLUSIVE"
	count=$(struck close_error)
	(( count > 0 ))
	found flock:flush=close
	[[ $(records flock:flush=close unknown) == "$count" ]]
	[[ $(records flock:flush=close recovered) == "$count" ]]
	unmount_badnas
	# Never flushed and closed once: nothing that it wrote is promised.
	mount_badnas close_error=1
	bad_run --strategy per-file
	ended "$INCONCLUSIVE"
	found per-file
	[[ $(records per-file acknowledged) == 0 ]]
	[[ $(records per-file recovered) == $((RANKS * RECORDS)) ]]
}

# Who reads first sees the truth, who comes later another byte: `corrupted`.
@test "divergent: reads differ by who opened" {
	mount_badnas divergent=1
	bad_run --strategy flock
	ended "$SAFE"
	found flock
	run tailrace verify --no-plots run --out run/again
	(( status == UNSAFE ))
	[[ $(json run/again/result.json 's["flock"]["anomalies"]["corrupted"]') == 1 ]]
	[[ $(json run/again/result.json 's["flock"]["anomalies"]["lost"]') == 1 ]]
}
