# reading - counters and chains on real NFS: under a lock that reaches the server a
# writer sees what the one before it left; without one, updates are lost.

load ../helper

setup_file()
{
	require_lab
}

# result EXPRESSION - of the run folder `run`
result()
{
	json run/result.json "$1"
}

# clean NAME... - safe, and no check found anything
clean()
{
	local name
	for name in "$@"; do
		[[ $(result "s['$name']['verdict']") == safe ]] ||
			fail "$name: $(result "s['$name']['reason']")" || return
		[[ $(result "any(s['$name']['anomalies'].values())") == false ]]
	done
}

@test "NFSv4.2, three hosts" {
	run limited 400 "$repo/scripts/lab/lab" --hosts 3 --nfs 4.2 -- \
		tailrace run --no-plots -n 6 --out run --records 800 --size 64 --strategy \
		counter,counter:lock=fcntl,chain,chain:lock=ofd,counter:lock=none /mnt/nas
	(( status == SAFE )) || fail "exit code $status" "$output"
	clean counter counter:lock=fcntl chain chain:lock=ofd
	[[ $(result "s['counter:lock=none']['verdict']") == unsafe ]]
	[[ $(result "s['counter:lock=none']['anomalies']['overwritten'] > 0") == true ]]
}
