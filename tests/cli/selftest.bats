# selftest - tailrace selftest: all is found, and what it says where it cannot tell.

load ../helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir tmp
	export TMPDIR=$PWD/tmp
}

nothing_is_left()
{
	[[ -z $(ls -A "${1:-tmp}") ]] || fail "left: $(ls -A "${1:-tmp}")"
}

@test "all that is planted is found, in one line" {
	run -0 --separate-stderr limited 60 tailrace selftest
	[[ -z $stderr ]]
	[[ $output =~ ^selftest:\ ([0-9]+)\ of\ ([0-9]+)\ cases\ .*$ ]]
	(( BASH_REMATCH[1] == BASH_REMATCH[2] && BASH_REMATCH[1] > 150 ))
	[[ $output != *$'\n'* ]]
	nothing_is_left
}

@test "other seeds plant other damage, and it is found" {
	run -0 tailrace selftest --seed 4711 random
	[[ $output == "selftest: 60 of 60 cases "* ]]
	run -0 tailrace selftest --seed 18446744073709551615 --random 3 random
	[[ $output == "selftest: 3 of 3 cases "* ]]
}

@test "a seed stands for the same damage every time" {
	run -0 tailrace selftest -v --seed 7 random
	first=${output%selftest:*}
	run -0 tailrace selftest -v --seed 7 random
	[[ ${output%selftest:*} == "$first" ]]
	run -0 tailrace selftest -v --seed 8 random
	[[ ${output%selftest:*} != "$first" ]]
}

@test "verbose shows what was expected and found" {
	run -0 tailrace selftest --verbose torn missing-hole/64 rule/skipped
	[[ $output == *"torn/4099: expected unsafe: lost 1, torn 1; found unsafe: lost 1, torn 1"* ]]
	[[ $output == *"missing-hole/64: expected unsafe: lost 1, missing 1, gap 1, gap_bytes 64; found"* ]]
	[[ $output == *"rule/skipped: expected skipped; found skipped"* ]]
}

@test "the list names every anomaly of a file, and touches nothing" {
	run -0 --separate-stderr tailrace selftest --list --dir no/such
	for name in overwritten interleaved torn corrupted missing gap duplicate \
		    foreign unexpected writer-disorder realtime-disorder lock-overlap \
		    recovered clean known random rule/history-cut; do
		grep -q "^$name" <<<"$output" || fail "no $name in: $output"
	done
	run -0 tailrace selftest --list known
	[[ $(wc -l <<<"$output") == 2 ]]
}

@test "--dir goes before TMPDIR" {
	mkdir here
	TMPDIR=no/such run -0 tailrace selftest --dir here gap
	nothing_is_left here
}

@test "wrong usage" {
	refused "$USAGE" tailrace selftest --seed x
	refused "$USAGE" tailrace selftest --no-such-option
	refused "$USAGE" tailrace selftest torm
	[[ $stderr == *torn* ]]
	refused "$USAGE" tailrace selftest --list no-such-case
	nothing_is_left
}

@test "no temporary folder" {
	TMPDIR=$PWD/no/such refused "$COULD_NOT_RUN" tailrace selftest
	[[ $stderr == *no/such* ]]
	refused "$COULD_NOT_RUN" tailrace selftest --dir /proc/self
	touch file
	refused "$COULD_NOT_RUN" tailrace selftest --dir file
}

@test "a temporary folder that we may not write to" {
	(( EUID != 0 )) || skip "root may write to any"
	chmod 500 tmp
	refused "$COULD_NOT_RUN" tailrace selftest
}

# shellcheck disable=SC2317  # called in another shell
in_tmpfs()
{
	mount -t tmpfs -o "$1" tmpfs tmp || exit 99
	tailrace selftest
	local code=$?
	[[ -z $(ls -A tmp) ]] || exit 98
	exit "$code"
}
export -f in_tmpfs

@test "a full disk: for the records, for the histories, for anything" {
	require_private_mounts
	for options in size=8m size=64k size=4k nr_inodes=2; do
		refused "$COULD_NOT_RUN" in_private_mounts bash -c "in_tmpfs $options"
		[[ $stderr == *"No space left"* ]] || fail "$options: $stderr"
	done
}

@test "files that may not grow" {
	refused "$COULD_NOT_RUN" bash -c 'ulimit -f 1000; exec tailrace selftest'
	[[ $stderr == *"too large"* ]]
	nothing_is_left
}

@test "nothing is left after an interrupt" {
	# In the foreground timeout(1) signals once: the second one would end it at once.
	for signal in TERM INT; do
		timeout --foreground --preserve-status --signal="$signal" 1 \
			tailrace selftest --random 100000 2>stderr && status=0 || status=$?
		(( status == COULD_NOT_RUN )) || fail "exit code $status"
		is_one_sentence "$(<stderr)"
		nothing_is_left
	done
}

@test "nothing is left when nobody reads" {
	run bash -c 'tailrace selftest --verbose 2>/dev/null | head -n 1'
	nothing_is_left
	[[ -w /dev/full ]] || skip "no /dev/full"
	run bash -c 'tailrace selftest known >/dev/full'
	(( status == COULD_NOT_RUN )) || fail "exit code $status"
}

# Files that end early while they are judged are as bad as a judge that is wrong. The
# first readings are the loader's.
@test "what is not found as planted is said, and no verdict is to be trusted" {
	command -v strace >/dev/null || skip "no strace"
	strace -o probe true 2>/dev/null || skip "no right to trace"
	run -"$COULD_NOT_RUN" --separate-stderr strace -f -qq -o trace \
		-e inject=pread64:retval=0:when=20+ tailrace selftest --random 30 random
	is_one_sentence "$stderr"
	[[ $stderr == *trusted* ]]
	grep -q '^random/[0-9]*: WRONG: expected .*; found ' <<<"$output"
	nothing_is_left
}
