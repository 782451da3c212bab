# shellcheck shell=bash
# helper.bash - what the bats files share: `load ../helper` at their top.
#
# A test runs in its own empty folder $BATS_TEST_TMPDIR, which is the working
# folder too, so that nothing it leaves is left in the tree.
bats_require_minimum_version 1.5.0

repo=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
: "${TAILRACE_BUILD:=$repo/build}"
export TAILRACE_BUILD

# The exit codes of tailrace.
# shellcheck disable=SC2034
SAFE=0 UNSAFE=1 USAGE=2 INCONCLUSIVE=3 COULD_NOT_RUN=4

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

fail()
{
	printf '%s\n' "$@" >&2
	return 1
}

# require_lab - skip the test where the lab cannot run; with CI set fail instead.
# Called from setup_file or from a test. That it once ran is remembered in the
# build folder: from then on a lab that does not come up is a failure.
require_lab()
{
	local stamp=$TAILRACE_BUILD/lab-came-up reason
	[[ ! -e $stamp ]] || return 0
	if reason=$("$repo/scripts/lab/lab" --hosts 1 --timeout 3m -- true 2>&1 </dev/null); then
		: >"$stamp"
		return 0
	fi
	reason="the lab cannot run here: ${reason##*$'\n'}"
	[[ -z ${CI:-} ]] || fail "$reason" || return
	skip "$reason"
}

# require_mpi - skip the test in a build without MPI.
require_mpi()
{
	[[ ${TAILRACE_MPI:-1} == 1 ]] || skip "this build has no MPI"
}

# require_private_mounts - skip where we cannot mount a tmpfs of our own.
require_private_mounts()
{
	unshare --mount --map-root-user true 2>/dev/null ||
		unshare --mount true 2>/dev/null ||
		skip "no right to mount anything, not even in a user namespace"
}

# in_private_mounts COMMAND... - run COMMAND where it may mount, and where what
# it mounts is gone when it ends.
in_private_mounts()
{
	if (( EUID == 0 )); then
		unshare --mount --propagation private -- "$@"
	else
		unshare --mount --map-root-user --propagation private -- "$@"
	fi
}

# limited SECONDS COMMAND... - COMMAND, which may be a function that was exported,
# and all that it started are killed after SECONDS.
limited()
{
	local seconds=$1
	shift
	timeout --kill-after=5 "$seconds" bash -c '"$@"' - "$@"
}

# until_true SECONDS COMMAND... - try COMMAND until it succeeds; fail after SECONDS.
until_true()
{
	local ends=$((SECONDS + $1))
	shift
	until "$@"; do
		(( SECONDS < ends )) || fail "waited in vain for: $*" || return
		sleep 0.1
	done
}

# refused CODE COMMAND... - COMMAND must end with CODE within a minute, say
# exactly one sentence on standard error and nothing on standard output.
refused()
{
	local code=$1
	shift
	run --separate-stderr limited 60 "$@"
	# shellcheck disable=SC2154  # set by `run`
	(( status == code )) ||
		fail "exit code $status instead of $code; on stderr: $stderr" || return
	[[ -z $output ]] || fail "on standard output: $output" || return
	# shellcheck disable=SC2154
	is_one_sentence "$stderr"
}

# One line of several words that does not look like a crash or a usage text.
is_one_sentence()
{
	local text=$1
	[[ -n $text ]] || fail "nothing on standard error" || return
	[[ $text != *$'\n'* ]] || fail "more than one line on standard error: $text" || return
	[[ $text == *\ *\ * ]] || fail "no sentence: $text"
}

# as_ranks N COMMAND... - COMMAND in N ranks; without a word of mpirun's own.
as_ranks()
{
	local ranks=$1
	shift
	mpirun --quiet -n "$ranks" "$@"
}

export -f in_private_mounts as_ranks

# results_parse - to be called by teardown_file: all results that the tests of the file
# made, read by other programs' parsers, and held against the schemas.
results_parse()
{
	local files
	mapfile -td '' files < <(find "$BATS_RUN_TMPDIR" \( -name result.json -o -name probe.json \
		-o -name junit.xml -o -name ranks.csv -o -name anomalies.csv \) -type f -size +0 -print0)
	(( ${#files[@]} == 0 )) || "$repo/tests/parses" "${files[@]}" >&2
}

# json FILE PYTHON-EXPRESSION - print the value of an expression over `r`, the
# document in FILE as an independent parser reads it.
json()
{
	python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
s = {row["name"]: row for row in r.get("strategies", [])}
value = eval(sys.argv[2])
print(json.dumps(value) if isinstance(value, (bool, type(None))) else value)' "$1" "$2"
}
