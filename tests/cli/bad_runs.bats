# bad_runs - a damaged run folder given to verify: never safe, never a crash,
# never a hang; one sentence where it cannot be judged at all.

load ../helper

setup_file()
{
	# A run to be damaged. Own files, since on few processors writers who share
	# one may hardly meet, and that would be inconclusive by itself.
	[[ ${TAILRACE_MPI:-1} == 1 ]] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	mkdir data
	as_ranks 3 tailrace run --no-plots --strategy per-file --records 300 --size 64-300 \
		--out run data
	cp -a data data.whole
}

teardown()
{
	[[ -d $BATS_FILE_TMPDIR/data.whole ]] || return 0
	rm -rf "$BATS_FILE_TMPDIR/data"
	cp -a "$BATS_FILE_TMPDIR/data.whole" "$BATS_FILE_TMPDIR/data"
}

setup()
{
	require_mpi
	cd "$BATS_TEST_TMPDIR" || return
	cp -a "$BATS_FILE_TMPDIR/run" run
}

# not_safe - verify of `run` ends with 1, 3 or 4; with 4 it says why, in one
# sentence. Never 0, never by a signal.
not_safe()
{
	run --separate-stderr limited 60 tailrace verify run
	case $status in
	1|3)	return 0 ;;
	4)	is_one_sentence "$stderr" ;;
	*)	fail "exit code $status for $1: $output $stderr" ;;
	esac
}

# cannot_judge - exit 4 and one sentence.
cannot_judge()
{
	refused "$COULD_NOT_RUN" tailrace verify run
}

@test "the undamaged one is safe" {
	run -0 --separate-stderr tailrace verify run
	[[ ${output,,} == *safe* ]]
}

@test "verify writes nothing" {
	find run -printf '%p %s %T@\n' | sort >before
	run -0 tailrace verify run
	find run -printf '%p %s %T@\n' | sort >after
	cmp before after
}

@test "a build without MPI judges the same" {
	[[ -x ${TAILRACE_OFFLINE:-} ]] || skip "no build without MPI at hand"
	run -0 tailrace verify run
	with=$output
	run -0 "$TAILRACE_OFFLINE" verify run
	[[ $output == "$with" ]]
}

@test "no folder, no such folder, a file, an empty folder" {
	refused "$USAGE" tailrace verify
	refused "$USAGE" tailrace verify nowhere
	echo >file
	mkdir empty
	for run in file empty; do
		run --separate-stderr tailrace verify "$run"
		(( status == USAGE || status == COULD_NOT_RUN ))
		is_one_sentence "$stderr"
	done
}

@test "a misspelt option of verify" {
	refused "$USAGE" tailrace verify --uot x run
	[[ $stderr == *--out* ]]
}

@test "a manifest that is gone, empty, cut, or of bytes" {
	rm run/manifest.json
	run --separate-stderr tailrace verify run
	(( status == USAGE || status == COULD_NOT_RUN ))
	is_one_sentence "$stderr"
	: >run/manifest.json
	cannot_judge
	for bytes in 1 2 100 500 1000; do
		head -c "$bytes" "$BATS_FILE_TMPDIR/run/manifest.json" >run/manifest.json
		cannot_judge
	done
	head -c 100000 /dev/urandom >run/manifest.json
	cannot_judge
}

@test "a manifest with one digit changed" {
	sed -i '0,/"records": 300/s//"records": 301/' run/manifest.json
	cannot_judge
}

@test "a manifest that is a pipe, a device or a folder" {
	rm run/manifest.json
	mkfifo run/manifest.json
	cannot_judge
	rm run/manifest.json
	ln -s /dev/zero run/manifest.json
	cannot_judge
	rm run/manifest.json
	mkdir run/manifest.json
	cannot_judge
}

@test "a history that is gone" {
	for history in run/history/*; do
		mv "$history" kept
		not_safe "$history"
		(( status == INCONCLUSIVE )) || fail "exit code $status"
		mv kept "$history"
	done
}

@test "a history that was cut" {
	for history in run/history/*; do
		cp "$history" kept
		for bytes in 0 1 100 4095 4096 4097 5000 10000; do
			head -c "$bytes" kept >"$history"
			not_safe "$history cut at $bytes"
			(( status == INCONCLUSIVE )) || fail "exit code $status at $bytes"
		done
		cp kept "$history"
	done
}

@test "a history with a changed byte" {
	history=$(compgen -G 'run/history/*' | head -n 1)
	cp "$history" kept
	for at in 0 9 20 40 100 500 4096 4100 4110 7000 16000; do
		cp kept "$history"
		# 0xa5 is no byte of a name, and of a number hardly ever.
		printf '\xa5' | dd of="$history" bs=1 seek="$at" conv=notrunc status=none
		cmp -s kept "$history" && continue
		not_safe "a changed byte at $at"
	done
}

@test "the histories of two writers exchanged" {
	mapfile -t histories < <(ls run/history/*)
	mv "${histories[0]}" kept
	mv "${histories[1]}" "${histories[0]}"
	mv kept "${histories[1]}"
	not_safe exchanged
}

@test "a history that is a pipe" {
	history=$(compgen -G 'run/history/*' | head -n 1)
	rm "$history"
	mkfifo "$history"
	not_safe "a pipe"
}

# The data is where the manifest says: a folder of the run that setup_file made.
data_file()
{
	find "$BATS_FILE_TMPDIR/data" -type f -path "*/tailrace-*" -size +0 -name "$1" |
		sort | head -n 1
}

@test "a data file that is gone" {
	file=$(data_file '*per-file*')
	mv "$file" kept
	not_safe "no data file"
	mv kept "$file"
}

@test "a data file that was cut is unsafe" {
	file=$(data_file '*per-file*')
	cp -a "$file" kept
	truncate --size=-1000 "$file"
	run -1 --separate-stderr tailrace verify run
	[[ ${output,,} == *unsafe* ]]
	truncate --size=0 "$file"
	run -1 --separate-stderr tailrace verify run
	cp -a kept "$file"
	run -0 tailrace verify run
}

@test "a data file with one changed byte is unsafe" {
	file=$(data_file '*per-file*')
	cp -a "$file" kept
	printf '\0' | dd of="$file" bs=1 seek=5000 conv=notrunc status=none
	run -1 --separate-stderr tailrace verify run
	cp -a kept "$file"
}

@test "a data file that is a pipe or a device" {
	file=$(data_file '*per-file*')
	mv "$file" kept
	mkfifo "$file"
	not_safe "a pipe"
	rm "$file"
	ln -s /dev/zero "$file"
	not_safe "/dev/zero"
	rm "$file"
	mv kept "$file"
}

@test "verify --out writes there, and removes nothing that is there" {
	run -0 tailrace verify --no-plots run --out judged
	[[ $(json judged/result.json 'r["verdict"]') == safe ]]
	mkdir other
	echo precious >other/file
	run tailrace verify --no-plots run --out other
	(( status == SAFE || status == USAGE ))
	[[ $(cat other/file) == precious ]]
}

# A history whose reading failed is judged again, and a data file may be read by
# another thread: what fails once, and not at the second time, must not pass.
@test "a reading that fails once is never safe, whichever it is" {
	local failure reading
	command -v strace >/dev/null || skip "no strace"
	strace -o probe true 2>/dev/null || skip "no right to trace"
	for failure in error=EIO retval=0; do
		# The first ones are the loader's.
		for (( reading = 1; ; reading++ )); do
			run limited 60 strace -f -qq -o trace -e trace=pread64 \
				-e "inject=pread64:$failure:when=$reading" tailrace verify run
			grep -q INJECTED trace || break
			(( status != 0 )) || fail "safe with $failure of $reading: $(<trace)"
		done
		(( reading > 5 )) || fail "only $reading readings: $(<trace)"
	done
}
