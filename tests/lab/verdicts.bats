# verdicts - what tailrace finds on real NFS mounts, one guest for each kind: that every
# lock that reaches the server keeps every record, and that what goes by the cache is
# caught. check.bats has locks that do not reach it.

load ../helper

setup_file()
{
	require_lab
}

# lab_run LAB-OPTION... -- RUN-OPTION...: a run in a lab, into the folder `run`, and judged
# again by verify there, into `judged`; leaves the exit code and output of the run as
# `run` does.
lab_run()
{
	local lab_options=()
	while [[ $1 != -- ]]; do
		lab_options+=("$1")
		shift
	done
	shift
	run limited 580 "$repo/scripts/lab/lab" "${lab_options[@]}" -- bash -c '
		tailrace run --no-plots --out run "$@" /mnt/nas
		code=$?
		tailrace verify --no-plots run --out judged >judged.txt
		(( $? == code )) || exit 99
		exit $code' - "$@"
	printf '%s\n' "$output"
	[[ $(json run/result.json 'r["strategies"]') == \
	   "$(json judged/result.json 'r["strategies"]')" ]]
}

# verdict STRATEGY - of the folder `run`
verdict()
{
	json run/result.json "s['$1']['verdict']"
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

# compared HOSTS STRATEGY... - so many hosts saw all blocks, and saw them alike
compared()
{
	local hosts=$1 name views
	shift
	for name in "$@"; do
		[[ $(json run/result.json "s['$name']['views']['hosts']") == "$hosts" ]]
		views="s['$name']['views']"
		[[ $(json run/result.json "${views}['blocks'] == ${views}['of_blocks'] > 0") == true ]]
		[[ $(json run/result.json "s['$name']['notes']['stale_cache']") == 0 ]]
	done
}

@test "NFSv4.2, four hosts: append loses, locks and own files do not" {
	lab_run --hosts 4 --nfs 4.2 -- -n 8 --records 500 \
		--strategy append,flock,fcntl,per-file
	(( status == SAFE ))
	loses append
	clean flock fcntl per-file
	# What append left may also be stale on a host for a while, and often is.
	compared 4 flock fcntl per-file
	[[ $(json run/result.json 'r["teeth"]') == true ]]
	[[ $(json run/result.json 'len(r["run"]["hosts"])') == 4 ]]
	[[ $(json run/result.json 's["flock"]["rpc_per_record"]["LOCK"] > 0') == true ]]
	# Judged again outside, where neither the mount nor its hosts are: the data
	# stayed in the guest, so this must be an error and never a safe.
	run tailrace verify run
	(( status == COULD_NOT_RUN )) || fail "exit code $status"
}

@test "NFSv4.2, four hosts: every lock on the file and beside it, and what people get wrong" {
	local locks=(ofd flock-poll flock-append flock-pwrite lockfile link)
	local controls=(sidecar seek-before-lock fstat-pwrite)
	lab_run --hosts 4 --nfs 4.2 -- -n 8 --records 200 --turn 4 \
		--strategy "$(IFS=,; echo "${locks[*]},${controls[*]}"),sidecar:flush=close"
	(( status == SAFE ))
	clean "${locks[@]}"
	for name in "${controls[@]}"; do
		loses "$name"
	done
	# What the control gets wrong is the size, which an open asks for.
	[[ $(json run/result.json 's["sidecar:flush=close"]["anomalies"]["lost"]') == 0 ]]
	# fs/nfs/file.c: O_APPEND and O_DIRECT do not go together.
	[[ $(json run/result.json 's["flock-poll"]["remark"]') == *"refused O_APPEND"* ]]
	[[ $(json run/result.json 's["ofd"]["remark"]') == null ]]
}

# Attributes that live for ten minutes, and no question at an open (nfs(5)): a host goes
# on seeing what it wrote itself, where another has since written something else.
@test "NFSv3, nocto: a stale cache is told from damage, and named" {
	run limited 580 "$repo/scripts/lab/lab" --hosts 2 --nfs 3 --mount nocto,actimeo=600 -- \
		tailrace run --no-plots -n 4 --records 200 --strategy append \
		--expect append=unsafe --out run /mnt/nas
	printf '%s\n' "$output"
	loses append
	[[ $(json run/result.json "s['append']['notes']['stale_cache'] > 0") == true ]]
	[[ $(json run/result.json "s['append']['anomalies']['divergent_view']") == 0 ]]
	[[ $(json run/result.json "any(e['healed'] == 'direct' and e['record'] and e['by']
		for e in s['append']['views']['stale'])") == true ]]
	grep -q 'until its cache was bypassed' <(tr -s ' \n' ' ' <run/summary.txt)
}

# What a mount of something else would do to the readers of one host, once its
# writers have opened the file.
@test "NFSv4.2: a host that sees another file is named, and what it sees" {
	cat >shadow <<-'END'
	until file=$(compgen -G '/mnt/nas/tailrace-*/00-flock.log') &&
	      (( $(stat -c %s "$file") >= 5000 )); do
		sleep 0.1
	done
	"$LAB_ON" host2 sh -c 'head -c 5000 "$1" >/tmp/copy &&
		mount --bind /tmp/copy "$1"' - "$file"
	END
	run -1 limited 300 "$repo/scripts/lab/lab" --hosts 2 --nfs 4.2 -- bash -c '
		bash shadow &
		tailrace run --no-plots -n 4 --duration 5s --max-bytes 100M --strategy flock,per-file \
			--out run /mnt/nas
		code=$?
		tailrace verify --no-plots run --out judged && exit 9
		exit $code'
	[[ $(json run/result.json 's["flock"]["anomalies"]["divergent_view"] > 0') == true ]]
	[[ $(json run/result.json 's["flock"]["anomalies"]["lost"]') == 0 ]]
	[[ $(json run/result.json 's["flock"]["reason"]') == *divergent_view* ]]
	[[ $(json run/result.json '[(e["offset"], e["hosts"], e["by"])
		for e in s["flock"]["examples"] if e["kind"] == "divergent_view"]') == \
	   "[(5000, ['host1', 'host2'], None)]" ]]
	clean per-file
	[[ $(json run/result.json 'r["strategies"]') == \
	   "$(json judged/result.json 'r["strategies"]')" ]]
	[[ $(cat run/anomalies.csv) == *divergent_view*host1,host2* ]]
}

@test "NFSv3: lock files by O_EXCL and by link" {
	lab_run --hosts 4 --nfs 3 -- -n 8 --records 200 --turn 4 --strategy lockfile,link,sidecar
	(( status == SAFE ))
	clean lockfile link
	loses sidecar
}
