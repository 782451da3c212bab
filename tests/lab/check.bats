# check - the acceptance test over real NFS mounts, one guest each: a good one is
# accepted with a method and its price, one whose locks stay at home is rejected
# with the reason; the others get the verdicts that reality there demands.

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
	run limited 600 "$repo/scripts/lab/lab" --hosts 2 "$@" -- \
		tailrace check --no-plots --quick --max-bytes 16M -n 4 --out run /mnt/nas
	printf '%s\n' "$output"
	[[ $(verdict_of append per-file) == "['unsafe', 'safe']" ]]
}

# clean STRATEGY... - safe, and no check found anything
clean()
{
	local name
	for name in "$@"; do
		[[ $(json run/result.json "s['$name']['verdict']") == safe ]] ||
			fail "$name: $(json run/result.json "s['$name']['reason']")" || return
		[[ $(json run/result.json "any(s['$name']['anomalies'].values())") == false ]]
	done
}

# accepted - with every lock, none of whose answers does harm
accepted()
{
	(( status == SAFE )) || fail "exit code $status" || return
	clean flock fcntl ofd per-file counter
	[[ $(json run/result.json 'r["check"]["probe"]["harmful"]') == 0 ]]
}

# advised ID...
advised()
{
	[[ $(json run/result.json "set('$*'.split()) <= {a['id'] for a in r['check']['advice']}") == true ]]
}

# verdict_of STRATEGY...
verdict_of()
{
	json run/result.json "[s[n]['verdict'] for n in '$*'.split()]"
}

@test "NFSv4.2 is accepted, with a method and what it costs" {
	check --nfs 4.2
	accepted
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
	[[ $(verdict_of flock fcntl counter) == "['unsafe', 'unsafe', 'unsafe']" ]]
	[[ $(json run/result.json "any(e['kind'] == 'overwritten' and e['by']['host']
		for e in s['flock']['examples'])") == true ]]
	[[ $(json run/result.json 'r["check"]["recommended"], r["check"]["file_per_writer"]') == \
	   "(None, 'per-file')" ]]
	[[ $(json run/result.json '({("exclusive-excludes-exclusive", lock, "two hosts")
		for lock in ("flock", "fcntl", "ofd", "lockf")} <=
		{(h["probe"], h["lock"], h["scope"]) for h in r["check"]["probe"]["harm"]})') == true ]]
	[[ $(json run/result.json '[a["weight"] for a in r["check"]["advice"]
		if a["id"] == "local-locks"]') == "['harm']" ]]
	[[ $(head -1 run/summary.txt) == "REJECT: "* ]]
}

@test "NFSv4.1 is accepted" {
	check --nfs 4.1
	accepted
}

@test "NFSv4.2 with noac is accepted, and noac is no cure" {
	check --nfs 4.2 --mount noac
	accepted
	advised no-attribute-cache
}

# A waiter sleeps for up to 30 s (NFS4_LOCK_MAXTIMEOUT), so that a short test may see few
# hand-offs.
@test "NFSv4.0 loses nothing under a lock, and warns of its waiters" {
	check --nfs 4.0
	(( status == SAFE || status == INCONCLUSIVE )) || fail "exit code $status"
	[[ $(verdict_of flock fcntl ofd counter) != *unsafe* ]]
	[[ $(json run/result.json 'r["check"]["probe"]["harmful"]') == 0 ]]
	advised polling-waiters
}

@test "NFSv3 with a lock manager: no lock that reaches it loses anything" {
	check --nfs 3
	(( status == SAFE || status == INCONCLUSIVE )) || fail "exit code $status"
	clean fcntl
}

@test "NFSv3 with local_lock=flock: flock is caught, fcntl is not blamed" {
	check --nfs 3 --mount local_lock=flock
	(( status == UNSAFE )) || fail "exit code $status"
	[[ $(verdict_of flock) == "['unsafe']" ]]
	clean fcntl
	[[ $(json run/result.json '{h["lock"] for h in r["check"]["probe"]["harm"]}') == "{'flock'}" ]]
	[[ $(json run/result.json 'r["check"]["recommended"] in ("fcntl", "ofd")') == true ]]
}
