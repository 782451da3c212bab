# check - the acceptance test, on a local directory: what it accepts, what it costs,
# what it says, and that verify says the same.

load ../helper

teardown_file()
{
	results_parse
}

setup_file()
{
	cd "$BATS_FILE_TMPDIR" || return
	mkdir data
	code=0
	as_ranks 4 tailrace check --no-plots --quick --local --keep always --out run data \
		>page 2>said || code=$?
	echo "$code" >code
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	run=$BATS_FILE_TMPDIR/run
	mkdir data
}

@test "a local directory is accepted for one host, with all methods and their prices" {
	[[ $(cat "$BATS_FILE_TMPDIR/code") == 0 ]] || fail "$(cat "$run/../said")"
	[[ $(json "$run/result.json" 'r["verdict"], r["exit_code"], r["check"]["accepted"]') == \
	   "('safe', 0, True)" ]]
	[[ $(json "$run/result.json" 'r["check"]["level"], r["check"]["local"]') == \
	   "('quick', True)" ]]
	[[ $(json "$run/result.json" '(set(r["check"]["safe"]) ==
		{"flock", "fcntl", "ofd", "per-file", "counter"})') == true ]]
	# The fastest of them, by the figures that stand there; and a file each.
	[[ $(json "$run/result.json" '(r["check"]["recommended"] ==
		max(("flock", "fcntl", "ofd"), key=lambda n: s[n]["records_per_s"]))') == true ]]
	[[ $(json "$run/result.json" 'r["check"]["file_per_writer"]') == per-file ]]
	[[ $(json "$run/result.json" 's["per-file"]["merge"]["records"] > 0') == true ]]
	# A control is never called safe.
	[[ $(json "$run/result.json" '"append" in r["check"]["safe"]') == false ]]
	[[ $(json "$run/result.json" '(r["check"]["selftest"]["agreed"] ==
		r["check"]["selftest"]["cases"] > 150)') == true ]]
	[[ $(json "$run/result.json" '(r["check"]["probe"]["verdict"],
		r["check"]["probe"]["conforms"] > 100)') == "('conforms', True)" ]]
	[[ $(json "$run/probe.json" 'r["schema"]') == tailrace.probe/1 ]]
	grep -q 'exclusive excludes exclusive' "$run/probe.txt"
}

@test "the page is the summary, of 80 columns, and names the method" {
	cmp "$BATS_FILE_TMPDIR/page" "$run/summary.txt"
	(( $(wc -L <"$run/summary.txt") <= 80 ))
	[[ $(head -1 "$run/summary.txt") == "ACCEPT: "* ]]
	grep -q "^Recommended: $(json "$run/result.json" 'r["check"]["recommended"]'): " \
		"$run/summary.txt"
	# What it would cost stood there before it did.
	[[ $(head -1 "$BATS_FILE_TMPDIR/said") == *"at most 64.0 MiB"* ]]
}

@test "verify and report come to the same from the run folder" {
	run -0 tailrace verify --no-plots "$run" --out judged
	[[ $output == "ACCEPT: "* ]]
	[[ $(json judged/result.json 'r["check"]') == "$(json "$run/result.json" 'r["check"]')" ]]
}

@test "without --local a local file system is inconclusive, and nothing is left" {
	run -3 --separate-stderr tailrace check --no-plots --quick --strategy flock \
		--max-bytes 2M --out out data
	[[ $output == "INCONCLUSIVE: this is a local file system"* ]]
	[[ $(json out/result.json 'r["check"]["accepted"], len(r["run"]["hosts"]), r["run"]["ranks"]') == \
	   "(False, 1, 4)" ]]
	run -0 as_ranks 4 tailrace check --no-plots --quick --local --strategy flock \
		--max-bytes 16M --quiet --out again data
	# The first kept its data, since it was not accepted.
	[[ $(ls data) == $(basename "$(json out/manifest.json 'r["data_dir"]')") ]]
}

@test "it keeps to --max-bytes and --rate" {
	run as_ranks 2 tailrace check --no-plots --quick --local --strategy flock,append --require flock \
		--max-bytes 400k --rate 100 --keep always --out out data
	size=$(cat data/tailrace-*/0[01]-*.log | wc -c)
	(( size > 100 * 1024 && size <= 400 * 1024 )) || fail "$size bytes"
	[[ $(json out/result.json 'sum(row["records"]["attempted"] for row in r["strategies"]) * 1024 <= 400 * 1024') == true ]]
	[[ $(json out/result.json 'max(row["records_per_s"] for row in r["strategies"]) < 250') == true ]]
}

@test "a required method that is unsafe is rejected, whatever else is safe" {
	run --separate-stderr as_ranks 4 tailrace check --no-plots --quick --local \
		--strategy flock,seek-before-lock \
		--require flock,seek-before-lock --max-bytes 16M --out out data
	(( status == UNSAFE )) || fail "exit code $status: $output"
	[[ $output == "REJECT: seek-before-lock is unsafe here. No fault was found with flock."* ]]
	[[ $(json out/result.json 'r["check"]["unsafe"], r["check"]["safe"]') == \
	   "(['seek-before-lock'], ['flock'])" ]]
}

@test "--dry-run shows plan and footprint, and does nothing" {
	run -0 --separate-stderr tailrace check --dry-run --quick -n 8 data
	[[ $output == *"footprint "*"at most 64.0 MiB"* && $output == *flock* && $output != *--max-bytes* ]]
	[[ -z $(ls -A data) ]]
	run -0 --separate-stderr tailrace check --dry-run --thorough data
	[[ $output == *flush=fsync,batch=16* && $output == *"at most 1.0 GiB"* ]]
}

@test "wrong options" {
	refused "$USAGE" tailrace check --quick --thorough data
	refused "$USAGE" tailrace check --max-bytes 1k data
	refused "$USAGE" tailrace check --require nosuch data
	refused "$USAGE" tailrace check --quick nowhere/at/all
	refused "$USAGE" tailrace check
}

@test "ranks of different builds are refused, and named" {
	command -v objcopy >/dev/null || skip "no objcopy"
	cp "$TAILRACE_BUILD/tailrace" other
	objcopy --dump-section .note.gnu.build-id=note other
	printf '\125\252' | dd of=note bs=1 seek=20 conv=notrunc status=none
	objcopy --update-section .note.gnu.build-id=note other
	run mpirun --quiet -n 1 tailrace check --no-plots --out out data : \
		-n 1 ./other check --out out data
	(( status == COULD_NOT_RUN )) || fail "exit code $status: $output"
	[[ $output == *"rank 1 on host"*"runs another build of tailrace"* ]]
	[[ -z $(ls -A data) ]]
}
