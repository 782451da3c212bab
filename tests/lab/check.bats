# check - the acceptance test over real NFS mounts, one guest each: a good one is
# accepted with a method and its price, one whose locks stay at home is rejected
# with the reason. The other mounts are in tests/matrix.

load ../helper

teardown_file()
{
	results_parse
}

setup_file()
{
	require_lab
}

# check LAB-OPTION... - a quick check of that mount, into the folder `run`
check()
{
	run limited 400 "$repo/scripts/lab/lab" --hosts 2 "$@" -- \
		tailrace check --no-plots --quick --max-bytes 16M -n 4 --out run /mnt/nas
	printf '%s\n' "$output"
}

# verdict_of STRATEGY...
verdict_of()
{
	json run/result.json "[s[n]['verdict'] for n in '$*'.split()]"
}

@test "NFSv4.2 is accepted, with a method and what it costs" {
	check --nfs 4.2
	(( status == SAFE )) || fail "exit code $status"
	[[ $(verdict_of append flock fcntl ofd per-file counter) == \
	   "['unsafe', 'safe', 'safe', 'safe', 'safe', 'safe']" ]]
	[[ $(json run/result.json 'r["check"]["probe"]["harmful"]') == 0 ]]
	[[ $(json run/result.json 'r["check"]["recommended"] in ("flock", "fcntl", "ofd")') == true ]]
	# LOCK, GETATTR, WRITE and LOCKU at least.
	[[ $(json run/result.json 's[r["check"]["recommended"]]["rpc_per_record"]["total"] >= 3') == true ]]
	[[ $(json run/result.json 's["per-file"]["merge"]["left_out"]') == 0 ]]
	[[ $(json run/result.json '[a["id"] for a in r["check"]["advice"] if a["weight"] == "harm"]') == \
	   "['append-is-not-atomic']" ]]
	[[ $(head -1 run/summary.txt) == "ACCEPT: "* ]]
	(( $(wc -L <run/summary.txt) <= 80 ))
}

@test "NFSv3 with nolock is rejected, and told why" {
	check --nfs 3 --mount nolock
	(( status == UNSAFE )) || fail "exit code $status"
	[[ $(verdict_of append flock fcntl per-file counter) == \
	   "['unsafe', 'unsafe', 'unsafe', 'safe', 'unsafe']" ]]
	[[ $(json run/result.json 'r["check"]["recommended"], r["check"]["file_per_writer"]') == \
	   "(None, 'per-file')" ]]
	[[ $(json run/result.json '({("exclusive-excludes-exclusive", lock, "two hosts")
		for lock in ("flock", "fcntl", "ofd", "lockf")} <=
		{(h["probe"], h["lock"], h["scope"]) for h in r["check"]["probe"]["harm"]})') == true ]]
	[[ $(json run/result.json '[a["weight"] for a in r["check"]["advice"]
		if a["id"] == "local-locks"]') == "['harm']" ]]
	[[ $(head -1 run/summary.txt) == "REJECT: "* ]]
}
