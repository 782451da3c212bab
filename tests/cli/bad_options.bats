# bad_options - wrong usage of run: exit 2 and one sentence, at any rank count,
# and nothing was made.

load ../helper

setup()
{
	require_mpi
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
}

teardown()
{
	[[ ! -e data || -z $(ls -A data) ]] || fail "something was left in DIR"
	[[ ! -e tailrace-results ]] || fail "a run folder was made"
}

# wrong WORD ARGUMENT... - refused as wrong usage; the sentence has WORD in it.
wrong()
{
	local word=$1
	shift
	refused "$USAGE" tailrace run "$@" || fail "for: $*" || return
	[[ $stderr == *"$word"* ]] || fail "no '$word' in: $stderr (for: $*)"
}

# The same from four ranks: the sentence once, the exit code mpirun's too.
wrong_from_all()
{
	local word=$1
	shift
	refused "$USAGE" as_ranks 4 tailrace run "$@" || fail "for: $*" || return
	[[ $stderr == *"$word"* ]] || fail "no '$word' in: $stderr (for: $*)"
}

@test "a size that no record can have" {
	for size in 10 0 63 -64 16777217 17M 1e3 0x40 64.5 abc '' 64- -128 128-64 \
		    64-128-256 99999999999999999999 '64 bytes' 64kk; do
		wrong size --size "$size" data
	done
	wrong_from_all size --size 10 data
}

@test "a number of records that is none" {
	for records in -1 x '' 1.5 99999999999999999999 1099511627777; do
		wrong records --records "$records" data
	done
	wrong_from_all records --records -1 data
}

@test "times that are none" {
	for duration in -3s '3 parsecs' '' s 1e9h 99999999999999999999s; do
		wrong duration --duration "$duration" data
	done
	wrong timeout --timeout never data
}

@test "other numbers that are none" {
	wrong seed --seed pi data
	wrong rate --rate -5 data
	wrong max-bytes --max-bytes lots data
	wrong ranks --ranks 0 data
	wrong ranks -n -4 data
	wrong ranks -n many data
}

@test "words that an option does not know" {
	wrong keep --keep sometimes data
	wrong eta --eta soon data
}

@test "an unknown strategy" {
	wrong flokc --strategy flokc data
	[[ $stderr == *flock* ]]
	wrong nosuch --strategy append,nosuch data
	wrong '' --strategy '' data
	wrong_from_all flokc --strategy flokc data
}

@test "a strategy with a key or a value that it does not know" {
	wrong bogus --strategy flock:bogus=1 data
	wrong maybe --strategy flock:wait=maybe data
	wrong batch --strategy flock:batch=0 data
	wrong batch --strategy flock:batch=-1 data
	wrong batch --strategy flock:batch= data
	wrong io --strategy flock:io data
}

@test "a misspelt option gets a suggestion" {
	wrong --recrods --recrods 10 data
	[[ $stderr == *--records* ]]
	wrong --stratgy --stratgy=flock data
	[[ $stderr == *--strategy* ]]
	wrong_from_all --recrods --recrods 10 data
}

@test "an option without its value" {
	wrong records data --records
	wrong strategy data --strategy
}

@test "a value for an option that takes none" {
	wrong strict --strict=yes data
}

@test "no folder at all, or too many" {
	wrong DIR
	wrong '' data data
	wrong_from_all DIR --records 10
}

# mpirun ends all ranks once the first of them has exited.
@test "a rank that comes late still says what is wrong" {
	refused "$USAGE" as_ranks 3 bash -c \
		'[[ $OMPI_COMM_WORLD_RANK != 0 ]] || sleep 0.7; exec tailrace run --records 10'
	[[ $stderr == *DIR* ]]
}

@test "names that are not among the selected strategies" {
	wrong per-file --strategy flock --require per-file data
	wrong nosuch --strategy flock --require nosuch data
	wrong nosuch --strategy flock --expect nosuch=safe data
	wrong perfect --strategy flock --expect flock=perfect data
	wrong '' --strategy flock --expect flock data
}

@test "a run folder that is not empty" {
	mkdir full
	echo precious >full/file
	wrong full --out full --records 1 data
	[[ $(cat full/file) == precious ]]
	wrong_from_all full --out full --records 1 data
	[[ $(cat full/file) == precious ]]
}

@test "a run folder that is a file" {
	echo precious >file
	run --separate-stderr timeout 60 tailrace run --out file --records 1 data
	(( status == USAGE || status == COULD_NOT_RUN )) || fail "exit code $status"
	is_one_sentence "$stderr"
	[[ $(cat file) == precious ]]
}

@test "options from a file are no better" {
	printf -- '--size 10\n' >options
	wrong size @options data
	run --separate-stderr limited 60 tailrace run @nowhere data
	(( status == USAGE || status == COULD_NOT_RUN )) || fail "exit code $status"
	is_one_sentence "$stderr"
	[[ $stderr == *nowhere* ]]
}

@test "a label that would leave its folder" {
	wrong label --label ../elsewhere --records 1 data
	wrong label --label '' --records 1 data
}

@test "an argument of control characters cannot forge a sentence" {
	refused "$USAGE" tailrace run --strategy $'x\nsafe\e[2J' data
}

@test "a very long argument" {
	refused "$USAGE" tailrace run --strategy "$(printf 'x%.0s' {1..100000})" data
}

@test "a misspelt word gets a suggestion, and one that is far from all gets the choices" {
	wrong "did you mean always" --keep alwys data
	wrong "take auto, always or never" --eta sometimes data
	wrong "did you mean safe" --strategy flock --expect flock=saef data
	wrong "did you mean wait" --strategy flock:wiat=poll data
	wrong "did you mean flock" --strategy append,flock --require flcok data
	refused "$USAGE" tailrace --verison
	[[ $stderr == *"did you mean --version?"* ]]
}

@test "hosts that mpirun would not understand" {
	wrong "empty name" --hosts a,,b data
	wrong "nofile" --hostfile nofile data
}

@test "a folder that is none says what DIR is to be" {
	wrong "folder on the mount" --records 1 nowhere
}
