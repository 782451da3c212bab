# probe_matrix - the same on more mounts, whose answers differ as nfs(5) says.

load ../helper
load probe

setup_file()
{
	require_lab
}

@test "NFSv4.1: no answer does harm" {
	lab_probe --nfs 4.1
	(( status == SAFE )) || fail "exit code $status"
	excludes YES flock fcntl ofd lockf
	handed_over_within 0 5
}

# nfs4_proc_lock() of Linux: who waits for a lock asks again after a second, then
# after two, four, up to 30. No hang, but a second at least once.
@test "NFSv4.0: no answer does harm, and waiters poll" {
	lab_probe --nfs 4.0
	(( status == SAFE )) || fail "exit code $status"
	excludes YES flock fcntl ofd lockf
	handed_over_within 0.3 35
}

@test "NFSv3 with its lock manager: no answer does harm" {
	lab_probe --nfs 3
	(( status == SAFE )) || fail "exit code $status"
	[[ $(json run/probe.json 'r["class"]') == nfs3 ]]
	excludes YES flock fcntl ofd lockf
	[[ $(answers flock-against-fcntl flock 'two hosts') == refused ]]
	handed_over_within 0 5
}

@test "NFSv3 with local_lock=flock: flock alone stays on each host" {
	lab_probe --nfs 3 --mount local_lock=flock
	(( status == UNSAFE )) || fail "exit code $status"
	excludes NO flock
	excludes YES fcntl ofd lockf
	[[ $(harmed 'two hosts') == flock ]]
	[[ -z $(harmed 'one host') ]]
}

@test "NFSv3 with local_lock=posix: flock alone reaches the server" {
	lab_probe --nfs 3 --mount local_lock=posix
	(( status == UNSAFE )) || fail "exit code $status"
	excludes YES flock
	excludes NO fcntl ofd lockf
	[[ $(harmed 'two hosts') == 'fcntl lockf ofd' ]]
	[[ -z $(harmed 'one host') ]]
}

@test "one host only proves nothing about NFS" {
	run limited 580 "$repo/scripts/lab/lab" --hosts 1 --nfs 4.2 -- \
		tailrace probe --out run /mnt/nas
	(( status == INCONCLUSIVE )) || fail "exit code $status"
	[[ $(json run/probe.json 'all(p["verdict"] is None
		for p in r["probes"] if p["scope"] == "two hosts")') == true ]]
	[[ -z $(harmed 'one host') ]]
}
