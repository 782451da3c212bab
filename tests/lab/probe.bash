# probe.bash - what the lab's tests of `tailrace probe` share.

# lab_probe LAB-OPTION...: probes between two hosts of a lab, into the folder
# `run`; leaves exit code and output as `run` does.
lab_probe()
{
	run limited 580 "$repo/scripts/lab/lab" --hosts 2 "$@" -- \
		tailrace probe -n 2 --out run /mnt/nas
	printf '%s\n' "$output"
	[[ $(json run/probe.json 'r["exit_code"]') == "$status" ]]
	# Everything was asked, and two hosts were there to be asked.
	[[ $(json run/probe.json 'len({h["name"] for h in r["hosts"]})') == 2 ]]
	[[ $(json run/probe.json 'r["tally"]["not performed"] + r["tally"]["inconclusive"]') == 0 ]]
}

# answers NAME LOCK SCOPE - what the mount answered
answers()
{
	json run/probe.json "[p['answer'] for p in r['probes']
		if (p['name'], p['lock'], p['scope']) == ('$1', '$2', '$3')][0]"
}

# harmed SCOPE - the kinds of lock with harmful answers there, in order
harmed()
{
	json run/probe.json "' '.join(sorted({p['lock'] for p in r['probes']
		if p['scope'] == '$1' and p['verdict'] == 'harmful'}))"
}

# excludes YES|NO LOCK... - does an exclusive lock exclude another host's?
excludes()
{
	local word=refused lock
	[[ $1 == YES ]] || word=granted
	shift
	for lock in "$@"; do
		[[ $(answers exclusive-excludes-exclusive "$lock" 'two hosts') == "$word" ]]
		# Within a host every lock works on every mount.
		[[ $(answers exclusive-excludes-exclusive "$lock" 'one host') == refused ]]
	done
}

# handed_over_within SECONDS LESS-THAN-SECONDS - the waits for another host's lock
handed_over_within()
{
	[[ $(json run/probe.json "all($1e6 <= t < $2e6 and p['took_error_us'] is not None
		for p in r['probes'] if p['name'] == 'hand-off' and p['scope'] == 'two hosts'
		for t in p['took_us'])") == true ]]
}
