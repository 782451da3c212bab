# tail - readers that follow a file on a real NFS while it grows (run --readers).

load ../helper

setup_file()
{
	require_lab
}

# reader HOST EXPRESSION - over `d`, what the reader on HOST saw of `flock`
reader()
{
	json run/result.json "next($2 for d in s['flock']['readers'] if d['host'] == '$1')"
}

@test "NFSv4.2: readers on two hosts see the records of others, and how late" {
	run limited 400 "$repo/scripts/lab/lab" --hosts 3 --nfs 4.2 -- \
		tailrace run --no-plots -n 6 --readers 2 --strategy flock --rate 20 --records 100 \
		--out run /mnt/nas
	printf '%s\n' "$output"
	[[ $(json run/result.json "s['flock']['anomalies']['lost']") == 0 ]]
	[[ $(json run/result.json "len(s['flock']['readers'])") == 2 ]]
	for host in host2 host3; do
		# What it saw whole and what it did not see make up what was written.
		[[ $(reader $host 'd["records"] + d["unseen"]') == 600 ]]
		[[ $(reader $host 'd["compared"] > 100') == true ]]
		[[ $(reader $host '0 < d["clock_error_us"] < 1e5') == true ]]
		[[ $(reader $host '0 < d["staleness_us"]["max"]') == true ]]
	done
}
