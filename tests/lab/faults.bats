# faults - what NFSv4.2 does to appends under a lock when things break, in one guest: a
# lock's holder is killed, then the server restarted, under the same load; and in a second
# run the holder is cut off for longer than its lease. The rest of the table of
# docs/faults.md is in tests/matrix.

load ../helper

# At full speed and in short turns hundreds of appends are handed over before, between and
# after the faults, on a fast machine and on a slow one; at a rate they would be as few as
# a machine is fast. A time ends each run, so that it is still going on at each fault.
#
# The server takes a lock from an expired lease when another asks for it, and a waiter
# that was told to wait may not ask again for 30 s (NFS4_LOCK_MAXTIMEOUT of the Linux
# client); so those who meet the cut host's lock poll.
setup_file()
{
	require_lab
	cd "$BATS_FILE_TMPDIR" || return
	limited 500 "$repo/scripts/lab/lab" --hosts 3 --nfs 4.2 -- sh -c '
		broken()
		{
			out=$1 strategy=$2 duration=$3
			shift 3
			tailrace run --no-plots --quiet -n 3 --turn 4 --size 256 --strategy "$strategy" \
				--timeout 90s --out "$out" --duration "$duration" "$@" /mnt/nas
		}
		broken dead flock 14s --fault 1s:kill-holder --fault "2s:run fault server-restart"
		broken cut flock:wait=poll 18s --fault "1s:run fault partition holder 14s"
		exit 0' >said 2>&1 || return
}

setup()
{
	cd "$BATS_FILE_TMPDIR" || return
	cat said
}

# hit RUN - its faults took place, and hooks ended well
hit()
{
	[[ $(json "$1/result.json" 'bool(r["faults"]) and all(f["hit"] and not f["exit"] for f in r["faults"])') == true ]]
}

# flock RUN EXPRESSION - must hold of its only strategy's result
flock()
{
	[[ $(json "$1/result.json" "(lambda s: $2)(r['strategies'][0])") == true ]] ||
		fail "not so: $2; $(json "$1/result.json" "r['strategies'][0]")"
}

# acknowledged RUN EXPRESSION - of its acknowledged appends, `rows` of records.csv
acknowledged()
{
	python3 -c 'import csv, sys
rows = [r for r in csv.DictReader(open(sys.argv[1])) if r["outcome"] == "acknowledged"]
print(eval(sys.argv[2]))' "$1/records.csv" "$2"
}

# last_s RUN - when the last of them was complete, since the phase began
last_s()
{
	acknowledged "$1" \
		'max(float(r["at_s"]) + (int(r["completed_ns"]) - int(r["invoke_ns"])) / 1e9 for r in rows)'
}

@test "SIGKILL of a lock's holder frees the lock, and the time is told" {
	hit dead
	flock dead "s['verdict'] == 'safe'"
	flock dead "s['records']['unknown'] <= 1"
	# The kernel of the dead unlocks: no lease has to run out.
	[[ $(json dead/result.json '0 < r["faults"][0]["next_acquisition_s"] < 9') == true ]]
}

@test "a restarted server passes its grace period, and nothing acknowledged is lost" {
	hit dead
	flock dead "s['verdict'] == 'safe'"
	flock dead "s['records']['failed'] == 0 and s['anomalies']['lost'] == 0"
	# Somebody appended when it was back.
	[[ $(json dead/result.json "(lambda f: f['at_s'] + f['lasted_s'])(r['faults'][1]) < $(last_s dead)") == true ]]
}

@test "who is cut off longer than its lease loses the lock, and writes nothing late" {
	hit cut
	# host2 and host3 can be the one that was cut off; host1 went on after the lease.
	flock cut "s['records']['unknown'] > 0"
	flock cut "s['anomalies']['lost'] == 0 or s['verdict'] == 'unsafe'"
	flock cut "s['verdict'] == 'unsafe' or not any(s['anomalies'].values())"
	# 10 s of lease, and somebody appended after them.
	[[ $(json cut/result.json "r['faults'][0]['at_s'] + 10 < $(last_s cut)") == true ]]
	[[ $(acknowledged cut 'len({r["host"] for r in rows})') -ge 2 ]]
}
