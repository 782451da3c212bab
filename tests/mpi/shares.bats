# shares - every host reads its share of the data for the judge (run --share).

load ../helper

teardown_file()
{
	results_parse
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	require_mpi
	require_private_mounts
	mkdir data
}

# run_and_verify OUT STRATEGIES [OPTION...] - a run of two ranks, each on a host of its own as
# far as tailrace can tell (tests/mpi/hosts.c), on what it takes for NFS: a tmpfs, since no
# history may lie on it. The exit code goes to OUT.code; then OUT is judged again, alone, into
# OUT.alone/result.json.
run_and_verify()
{
	# shellcheck disable=SC2016
	in_private_mounts bash -c 'mount -t tmpfs tmpfs data || exit
		out=$1 strategies=$2
		shift 2
		# AddressSanitizer wants to come first.
		export ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0
		LD_PRELOAD=$TAILRACE_BUILD/tests/libhosts.so as_ranks 2 tailrace run --quiet \
			--no-plots --fstype nfs4 --records 2000 --size 300 --turn 5 \
			--views none --strategy "$strategies" --out "$out" "$@" data
		echo $? >"$out.code"
		mkdir "$out.alone"
		tailrace verify --json "$out.alone/result.json" "$out" >/dev/null
		echo $? >"$out.alone.code"' - "$@"
	diff "$1.code" "$1.alone.code"
	diff <(judged "$1") <(judged "$1.alone")
	[[ ! -e $1/shares ]]
}

# judged OUT - what its result.json says of each strategy, but for times.
judged()
{
	json "$1/result.json" "[(d['name'], d['verdict'], d['reason'], d['records'], d['anomalies'], d['handoffs']) for d in r['strategies']]"
}

@test "what hosts find in their shares is what a judge alone finds" {
	run_and_verify run flock,sequencer-aligned,per-file --share 1 2>err
	[[ $(json run/result.json "[d['records']['intact'] for d in r['strategies']]") == '[4000, 4000, 4000]' ]]
	[[ ! -s err ]] || fail "$(<err)"
}

@test "a list that is missing, cut or damaged changes nothing but who reads" {
	for how in missing cut flip; do
		TAILRACE_SHARE=$how run_and_verify "$how" flock,per-file --share 1
		[[ $(json "$how/result.json" "[d['records']['intact'] for d in r['strategies']]") == '[4000, 4000]' ]]
	done
}

@test "what was lost is found beside the shares, and without them" {
	run_and_verify run fstat-pwrite --share 1
	run_and_verify alone fstat-pwrite --share none
	for out in run alone; do
		[[ $(json "$out/result.json" "s['fstat-pwrite']['records']['acknowledged'] - s['fstat-pwrite']['records']['intact'] - s['fstat-pwrite']['anomalies']['lost']") == 0 ]]
	done
}
