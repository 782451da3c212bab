# verdicts - what tailrace finds on real NFS mounts, one guest for each kind: that
# locks which reach the server keep every record, and that those which do not are
# caught.

load ../helper

setup_file()
{
	require_lab
}

# lab_run LAB-OPTION... -- RUN-OPTION...: a run in a lab, into the folder `run`;
# leaves exit code and output as `run` does.
lab_run()
{
	local lab_options=()
	while [[ $1 != -- ]]; do
		lab_options+=("$1")
		shift
	done
	shift
	run limited 580 "$repo/scripts/lab/lab" "${lab_options[@]}" -- \
		tailrace run --out run "$@" /mnt/nas
	printf '%s\n' "$output"
}

# verdict STRATEGY - of the folder `run`
verdict()
{
	json run/result.json "s['$1']['verdict']"
}

# raced STRATEGY... - enough hand-offs to believe what was found
raced()
{
	local name
	for name in "$@"; do
		[[ $(json run/result.json "s['$name']['contention'] >= 0.01") == true ]]
		[[ $(json run/result.json "s['$name']['handoffs'] >= 30") == true ]]
	done
}

# clean STRATEGY... - safe, and no check found anything
clean()
{
	local name
	for name in "$@"; do
		[[ $(verdict "$name") == safe ]] ||
			fail "$name: $(json run/result.json "s['$name']['reason']")" || return
		[[ $(json run/result.json "any(s['$name']['anomalies'].values())") == false ]]
	done
}

# loses STRATEGY - unsafe, with losses, and the culprits named
loses()
{
	[[ $(verdict "$1") == unsafe ]]
	[[ $(json run/result.json "s['$1']['anomalies']['lost'] > 0") == true ]]
	[[ $(json run/result.json "any(e['kind'] == 'overwritten' and e['by']['host']
		for e in s['$1']['examples'])") == true ]]
}

@test "NFSv4.2, four hosts: append loses, locks and own files do not" {
	lab_run --hosts 4 --nfs 4.2 -- -n 8 --records 1000 \
		--strategy append,flock,fcntl,per-file
	(( status == SAFE ))
	loses append
	clean flock fcntl per-file
	raced flock fcntl
	[[ $(json run/result.json 'r["teeth"]') == true ]]
	[[ $(json run/result.json 'len(r["run"]["hosts"])') == 4 ]]
	[[ $(json run/result.json 's["flock"]["rpc_per_record"]["LOCK"] > 0') == true ]]
	# Judged again outside, where neither the mount nor its hosts are: the data
	# stayed in the guest, so this must be an error and never a safe.
	run tailrace verify run
	(( status == COULD_NOT_RUN )) || fail "exit code $status"
}

@test "NFSv4.2: judged again by verify, with the same verdict" {
	run -0 limited 300 "$repo/scripts/lab/lab" --hosts 2 --nfs 4.2 -- bash -c '
		tailrace run -n 4 --records 500 --strategy flock,per-file --out run \
			/mnt/nas && tailrace verify run --out judged'
	[[ $(json run/result.json 'r["strategies"]') == \
	   "$(json judged/result.json 'r["strategies"]')" ]]
}

@test "NFSv3 without lock manager: flock is caught" {
	lab_run --hosts 2 --nfs 3 --mount nolock -- -n 4 --records 1000 --strategy flock
	(( status == UNSAFE ))
	loses flock
}

@test "NFSv3, fcntl over the lock manager" {
	lab_run --hosts 2 --nfs 3 -- -n 4 --records 300 --strategy append,fcntl,per-file
	(( status == SAFE ))
	clean fcntl per-file
	raced fcntl
}

@test "one host only proves nothing about NFS" {
	lab_run --hosts 1 --nfs 4.2 -- -n 4 --records 300 --strategy flock
	(( status == INCONCLUSIVE ))
	[[ $(json run/result.json 's["flock"]["anomalies"]["lost"]') == 0 ]]
}
