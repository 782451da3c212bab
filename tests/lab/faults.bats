# faults - what NFSv4.2 does to appends under a lock when things break, in one guest: a
# lock's holder is killed, the server restarted, the holder cut off for longer than its
# lease. The rest of the table of docs/faults.md is in tests/matrix.

load ../helper

# The lock is the same for all, so a rate keeps files small without sparing it.
setup_file()
{
	require_lab
	cd "$BATS_FILE_TMPDIR" || return
	limited 500 "$repo/scripts/lab/lab" --hosts 3 --nfs 4.2 -- sh -c '
		broken()
		{
			tailrace run --quiet -n 3 --rate 100 --strategy flock --timeout 90s \
				--out "$1" --duration "$2" --fault "$3" /mnt/nas
		}
		broken kill 6s 1s:kill-holder
		broken restart 15s "1s:run fault server-restart"
		broken cut 18s "1s:run fault partition holder 18s"
		exit 0' >said 2>&1 || return
}

setup()
{
	cd "$BATS_FILE_TMPDIR" || return
	cat said
}

# hit RUN - the fault took place, and the hook ended well
hit()
{
	[[ $(json "$1/result.json" '[(f["hit"], f["exit"] or 0) for f in r["faults"]]') == \
	   "[(True, 0)]" ]]
}

# flock RUN EXPRESSION - must hold of its result
flock()
{
	[[ $(json "$1/result.json" "(lambda s: $2)(s['flock'])") == true ]] ||
		fail "not so: $2; $(json "$1/result.json" "s['flock']")"
}

@test "SIGKILL of a lock's holder frees the lock, and the time is told" {
	hit kill
	flock kill "s['verdict'] == 'safe'"
	flock kill "s['records']['unknown'] <= 1"
	# The kernel of the dead unlocks: no lease has to run out.
	[[ $(json kill/result.json '0 < r["faults"][0]["next_acquisition_s"] < 9') == true ]]
}

@test "a restarted server passes its grace period, and nothing acknowledged is lost" {
	hit restart
	flock restart "s['verdict'] == 'safe'"
	flock restart "s['records']['acknowledged'] > 0 and s['records']['failed'] == 0"
}

@test "who is cut off longer than its lease loses the lock, and writes nothing late" {
	hit cut
	# host2 and host3 can be the one that was cut off; host1 went on after the lease.
	flock cut "s['records']['unknown'] > 0"
	flock cut "s['anomalies']['lost'] == 0 or s['verdict'] == 'unsafe'"
	flock cut "s['verdict'] == 'unsafe' or not any(s['anomalies'].values())"
	# 10 s of lease; somebody else appended before the cut was healed or soon after.
	[[ $(python3 -c 'import csv
rows = [r for r in csv.DictReader(open("cut/records.csv")) if r["outcome"] == "acknowledged"]
print(max(float(r["at_s"]) for r in rows) > 10, len({r["host"] for r in rows}) >= 2)') == "True True" ]]
}
