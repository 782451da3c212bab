# probe - locks between two hosts on real NFS mounts: one on which they work, and
# one on which they stay on each host. tests/lab/probe_matrix.bats has more.

load ../helper
load probe

setup_file()
{
	require_lab
}

@test "NFSv4.2: no answer does harm, and flock is a lock of bytes" {
	lab_probe --nfs 4.2
	(( status == SAFE )) || fail "exit code $status"
	[[ $(json run/probe.json 'r["class"]') == nfs4 ]]
	excludes YES flock fcntl ofd lockf
	# flock(2), "NFS details"
	[[ $(answers flock-against-fcntl flock 'two hosts') == refused ]]
	[[ $(answers flock-against-fcntl flock 'one host') == refused ]]
	[[ $(answers exclusive-on-read-only flock 'one host') == EBADF ]]
	[[ $(answers shared-on-write-only flock 'one host') == EBADF ]]
	handed_over_within 0 5
}

@test "NFSv3 with nolock: every lock is granted to both hosts" {
	lab_probe --nfs 3 --mount nolock
	(( status == UNSAFE )) || fail "exit code $status"
	[[ $(json run/probe.json 'r["class"]') == nfs3 ]]
	excludes NO flock fcntl ofd lockf
	[[ $(harmed 'two hosts') == 'fcntl flock lockf ofd' ]]
	# nfs(5): such locks do exclude the applications of one client.
	[[ -z $(harmed 'one host') ]]
	[[ $(answers flock-against-fcntl flock 'one host') == granted ]]
}
