# check - the acceptance test over the mounts that tests/lab/check.bats leaves out, one
# guest each, with the verdicts that reality there demands.

load ../helper

setup_file()
{
	require_lab
}

# check LAB-OPTION... - a quick check of that mount, into the folder `run`
check()
{
	run limited 900 "$repo/scripts/lab/lab" --hosts 2 "$@" -- \
		tailrace check --no-plots --quick --max-bytes 16M -n 4 --out run /mnt/nas
	printf '%s\n' "$output"
	[[ $(json run/result.json 's["append"]["verdict"], s["per-file"]["verdict"]') == \
	   "('unsafe', 'safe')" ]]
}

# accepted - by all locks, none of which does harm
accepted()
{
	(( status == SAFE )) || fail "exit code $status" || return
	[[ $(json run/result.json '{s[n]["verdict"] for n in ("flock", "fcntl", "ofd", "counter")}') == "{'safe'}" ]]
	[[ $(json run/result.json 'r["check"]["probe"]["harmful"]') == 0 ]]
}

@test "NFSv4.1 is accepted" {
	check --nfs 4.1
	accepted
}

@test "NFSv4.2 with noac is accepted, and noac is no cure" {
	check --nfs 4.2 --mount noac
	accepted
	[[ $(json run/result.json '"no-attribute-cache" in [a["id"] for a in r["check"]["advice"]]') == true ]]
}

@test "NFSv4.0 loses nothing under a lock, and warns of its waiters" {
	check --nfs 4.0
	# A waiter sleeps up to 30 s, so a short test may see few hand-offs.
	(( status == SAFE || status == INCONCLUSIVE )) || fail "exit code $status"
	[[ $(json run/result.json 'any(s[n]["verdict"] == "unsafe" for n in ("flock", "fcntl", "ofd", "counter"))') == false ]]
	[[ $(json run/result.json 'r["check"]["probe"]["harmful"]') == 0 ]]
	[[ $(json run/result.json '"polling-waiters" in [a["id"] for a in r["check"]["advice"]]') == true ]]
}

@test "NFSv3 with a lock manager: no lock that reaches it loses anything" {
	check --nfs 3
	(( status == SAFE || status == INCONCLUSIVE )) || fail "exit code $status"
	[[ $(json run/result.json 's["fcntl"]["verdict"]') == safe ]]
}

@test "NFSv3 with local_lock=flock: flock is caught, fcntl is not blamed" {
	check --nfs 3 --mount local_lock=flock
	(( status == UNSAFE )) || fail "exit code $status"
	[[ $(json run/result.json 's["flock"]["verdict"], s["fcntl"]["verdict"]') == \
	   "('unsafe', 'safe')" ]]
	[[ $(json run/result.json '{h["lock"] for h in r["check"]["probe"]["harm"]}') == "{'flock'}" ]]
	[[ $(json run/result.json 'r["check"]["recommended"] in ("fcntl", "ofd")') == true ]]
}
