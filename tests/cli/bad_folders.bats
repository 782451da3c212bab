# bad_folders - a DIR that a run cannot use: one sentence from rank 0, exit 4
# (or 2 where the argument itself is wrong), and nothing is left there.

load ../helper

setup()
{
	require_mpi
	cd "$BATS_TEST_TMPDIR" || return
}

# unusable CODE... -- COMMAND...: refused with one of the codes, alone and from
# four ranks with the same code.
unusable()
{
	local codes=() code
	while [[ $1 != -- ]]; do
		codes+=("$1")
		shift
	done
	shift
	run --separate-stderr limited 60 "$@"
	code=$status
	[[ " ${codes[*]} " == *" $code "* ]] ||
		fail "exit code $code, not ${codes[*]}: $stderr" || return
	is_one_sentence "$stderr" || return
	refused "$code" as_ranks 4 "$@"
}

@test "no such directory" {
	unusable 2 4 -- tailrace run --records 10 no/such/place
	[[ $stderr == *no/such/place* ]]
	[[ ! -e no ]]
}

@test "a file in place of a directory" {
	echo precious >file
	unusable 2 4 -- tailrace run --records 10 file
	[[ $(cat file) == precious ]]
}

@test "a directory that we may not enter" {
	(( EUID != 0 )) || skip "root may enter any"
	mkdir --mode=000 closed
	unusable 4 -- tailrace run --records 10 closed
	chmod 700 closed
}

@test "a file system that makes no files" {
	unusable 4 -- tailrace run --records 10 /proc/self
}

# The rest mounts something, in a mount namespace of its own.

# mounted OPTIONS SHELL-COMMAND - `data` is a tmpfs with OPTIONS for the command.
mounted()
{
	mkdir -p data
	in_private_mounts bash -c '
		mount -t tmpfs -o "$1" tmpfs data && eval "$2"' - "$1" "$2"
}
export -f mounted

@test "a read-only directory" {
	require_private_mounts
	refused 4 mounted ro 'tailrace run --records 10 data'
	[[ $stderr == *[Rr]ead-only* ]]
}

@test "a read-only directory, four ranks" {
	require_private_mounts
	refused 4 mounted ro 'mpirun --quiet -n 4 tailrace run --records 10 data'
	[[ $stderr == *[Rr]ead-only* ]]
}

@test "a full directory" {
	require_private_mounts
	refused 4 mounted size=64k \
		'head -c 1M /dev/zero >data/full 2>/dev/null; tailrace run --records 10 data'
	[[ $stderr == *space* || $stderr == *free* ]]
}

@test "a full directory, four ranks" {
	require_private_mounts
	refused 4 mounted size=64k \
		'head -c 1M /dev/zero >data/full 2>/dev/null;
		 mpirun --quiet -n 4 tailrace run --records 10 data'
	[[ $stderr == *space* || $stderr == *free* ]]
}

@test "a directory that fills up is never safe" {
	require_private_mounts
	run --separate-stderr limited 100 mounted size=256k \
		'mpirun --quiet -n 4 tailrace run --strategy flock --size 4k \
		 --records 1000 --out run data'
	(( status == INCONCLUSIVE || status == COULD_NOT_RUN )) ||
		fail "exit code $status: $output $stderr"
	if [[ -e run/result.json ]]; then
		[[ $(json run/result.json 'r["verdict"]') == inconclusive ]]
		[[ $(json run/result.json 's["flock"]["anomalies"]["lost"]') == 0 ]]
	fi
}

@test "no room for the histories" {
	require_private_mounts
	mkdir -p history
	run --separate-stderr limited 60 in_private_mounts bash -c '
		mount -t tmpfs -o size=64k tmpfs history && mkdir data &&
		tailrace run --records 100000 --history history --out run data'
	(( status == INCONCLUSIVE || status == COULD_NOT_RUN )) ||
		fail "exit code $status: $output $stderr"
}

# Its blocks are taken 16 MiB at a time (docs/formats.md has 64 bytes an append): the
# writer leaves when it cannot have the next ones, before anything is appended that
# nobody would remember.
@test "the disk of the histories fills up meanwhile" {
	require_private_mounts
	mkdir -p history
	run --separate-stderr limited 100 in_private_mounts bash -c '
		mount -t tmpfs -o size=20m tmpfs history && mkdir data &&
		tailrace run --duration 60s --strategy per-file --size 64 \
			--history history --out run data'
	(( status == INCONCLUSIVE )) || fail "exit code $status: $output $stderr"
	[[ $stderr == *"left early: no room for its history"* ]] || fail "$stderr"
	[[ $(json run/result.json 's["per-file"]["remark"]') == *"left early: no room for its history" ]]
	[[ $(json run/result.json 's["per-file"]["verdict"]') == inconclusive ]]
	[[ $(json run/result.json 's["per-file"]["anomalies"]["lost"]') == 0 ]]
	run tailrace verify run
	(( status == INCONCLUSIVE ))
}

@test "a run folder that cannot be made" {
	mkdir data
	unusable 2 4 -- tailrace run --records 10 --out /proc/nowhere/run data
	[[ -z $(ls -A data) ]] || fail "something was left in DIR: $(ls -A data)"
}
