# rpcs - what the mounts of all hosts counted, in one guest: the price of a record in RPCs,
# which no other load on the machine changes, as the client's source promises, with refused
# locks apart; and who read the data for the judge (run --share).

load ../helper
load rpcs

setup_file()
{
	require_lab
	cd "$BATS_FILE_TMPDIR" || return
	# What the mount of each host has got from the server by READ (nfsiostat(8),
	# serverreadbytes).
	cat >reads <<-'END'
		for host in host1 host2; do
			"$LAB_ON" "$host" awk '/ mounted on .mnt.nas / { on = 1 }
				on && $1 == "bytes:" { print $6; exit }' /proc/self/mountstats
		done
	END
	limited 580 "$repo/scripts/lab/lab" --hosts 2 --nfs 4.2 --mount wsize=65536 -- \
		bash -c '"${@:3}" --records 320 --out alone --strategy "$1" /mnt/nas
			"${@:3}" --records 4096 --out files --strategy per-file /mnt/nas
			tailrace run --no-plots --quiet -n 8 --turn 4 --records 40 --views none --out contended \
				--strategy "$2" /mnt/nas
			bash reads >before
			tailrace run --no-plots --quiet -n 4 --turn 4 --records 500 --size 4k --views none \
				--share 1M --out shares --strategy flock,per-file /mnt/nas 2>shares.err
			bash reads >after
			cat "$(ls -td /mnt/nas/tailrace-* | head -n 1)"/*.log | wc -c >all
			tailrace verify --no-plots --out judged shares >judged.txt' - \
		"$alone_strategies" flock,flock-pwrite:wait=poll "${alone[@]}" >said 2>&1 || return
}

setup()
{
	cd "$BATS_FILE_TMPDIR" || return
	cat said
}

# Purpose: the counts that docs/performance.md promises. A lock that is dropped has
# its state freed, and several WRITEs at a flush are followed by a COMMIT.
@test "NFSv4.2: RPCs a record, alone and contended" {
	local lock=(LOCK=1 GETATTR=1 WRITE=1 LOCKU=1 FREE_STATEID=1) name
	for name in flock fcntl ofd; do
		costs alone "$name" "${lock[@]}"
	done
	costs alone flock:batch=16 "${lock[@]/%//16}"
	costs alone flock:batch=64 LOCK=1/64 GETATTR=1/64 WRITE=4/64 COMMIT=1/64 \
		LOCKU=1/64 FREE_STATEID=1/64
	costs alone sequencer:io=dsync WRITE=1
	costs alone append:io=dsync WRITE=1
	costs alone extents:io=dsync WRITE=1
	costs alone extents:io=direct,batch=4 WRITE=1/4
	costs files per-file WRITE=4096/65536
	# Whoever waits asks again and again: that is no part of the price of a lock.
	for name in flock flock-pwrite:wait=poll; do
		row="s['$name']['rpc_per_record']"
		[[ $(json contended/result.json "abs(${row}['LOCK'] - 1) < 0.05") == true ]] ||
			fail "$name: $(json contended/result.json "$row")" || return
		[[ $(json contended/result.json "${row}['LOCK_refused'] > 0.02") == true ]]
	done
}

# Each of the two hosts reads a half of what there is, and the judge on host1 hardly any of
# the rest: nothing is damaged, for that it would read itself, as often as it needs.
@test "NFSv4.2: hosts read their shares for the judge, who finds what it finds alone" {
	local all from to read=()
	[[ $(<shares.err) != *"cannot read its share"* ]] || fail "$(<shares.err)"
	[[ $(json shares/result.json 'r["strategies"]') == \
	   "$(json judged/result.json 'r["strategies"]')" ]]
	[[ $(json shares/result.json 's["flock"]["verdict"], s["per-file"]["verdict"]') == "('safe', 'safe')" ]]
	all=$(<all)
	while read -r from to; do
		read+=($(( 100 * (to - from) / all )))
	done < <(paste before after)
	(( read[0] >= 25 && read[0] <= 85 && read[1] >= 25 && read[1] <= 75 )) ||
		fail "of $all bytes host1 read ${read[0]} %, host2 ${read[1]} %"
}
