# run_folder - what a run leaves behind, read by other programs.

load ../helper

setup_file()
{
	cd "$BATS_FILE_TMPDIR" || return
	mkdir data
	as_ranks 3 tailrace run --strategy append,flock,per-file --records 3000 \
		--require per-file --seed 5 --label nightly data
}

setup()
{
	cd "$BATS_FILE_TMPDIR" || return
	run_folder=tailrace-results/nightly/latest
}

@test "the default run folder has a label, a time and a link to the latest" {
	[[ -L $run_folder ]]
	folder=$(readlink -f "$run_folder")
	[[ $folder == "$PWD/tailrace-results/nightly/"* ]]
	[[ -d $folder ]]
}

@test "everything is there" {
	for name in args manifest.json result.json summary.txt records.csv \
		    anomalies.csv history views env plots report.html; do
		[[ -e $run_folder/$name ]] || fail "no $name" || return
	done
	histories=("$run_folder"/history/*)
	(( ${#histories[@]} == 9 ))
	for kind in svg png gp tsv; do
		compgen -G "$run_folder/plots/*.$kind" >/dev/null || fail "no plot as $kind"
	done
}

@test "histories are private" {
	for file in "$run_folder"/history/*; do
		[[ $(stat -c %a "$file") == 600 ]]
	done
}

@test "nothing is left in TMPDIR" {
	mkdir -p temporary other
	TMPDIR=$PWD/temporary as_ranks 2 tailrace run --strategy per-file --records 50 \
		--out other-run other
	left=$(find temporary -type f -not -path '*ompi*' -not -path '*openmpi*')
	[[ -z $left ]] || fail "$left"
}

@test "result.json has the keys that scripts rely on" {
	result=$run_folder/result.json
	[[ $(json "$result" 'r["schema"]') == tailrace.result/1 ]]
	[[ $(json "$result" 'sorted(set("schema verdict exit_code teeth run faults strategies".split()) - set(r))') == '[]' ]]
	[[ $(json "$result" 'sorted(set("id seed ranks hosts".split()) - set(r["run"]))') == '[]' ]]
	[[ $(json "$result" 'sorted(set("name ranks mount clock_error_us".split()) - set(r["run"]["hosts"][0]))') == '[]' ]]
	[[ $(json "$result" '[x["name"] for x in r["strategies"]]') == "['append', 'flock', 'per-file']" ]]
	keys="name spec control claims verdict reason records anomalies notes examples
	      contention handoffs duration_s records_per_s bytes_per_s latency_us
	      fairness rpc_per_record"
	[[ $(json "$result" "[sorted(set('''$keys'''.split()) - set(x)) for x in r['strategies']]") == '[[], [], []]' ]]
	keys="attempted acknowledged failed unknown intact recovered"
	[[ $(json "$result" "sorted(set('''$keys'''.split()) ^ set(s['flock']['records']))") == '[]' ]]
	keys="lost interleaved overwritten torn corrupted missing gap gap_bytes duplicate
	      foreign foreign_bytes unexpected writer_disorder realtime_disorder
	      lock_overlap stale_read divergent_view"
	[[ $(json "$result" "sorted(set('''$keys'''.split()) ^ set(s['flock']['anomalies']))") == '[]' ]]
	[[ $(json "$result" 'sorted(s["flock"]["notes"])') == "['gap_holes', 'gap_written', 'hung', 'lock_lost', 'stale_cache']" ]]
	[[ $(json "$result" 'sorted(set("append lock_wait write flush unlock".split()) - set(s["flock"]["latency_us"]))') == '[]' ]]
	[[ $(json "$result" 'sorted(s["flock"]["latency_us"]["append"])') == "['max', 'p50', 'p90', 'p99', 'p999']" ]]
	[[ $(json "$result" 'sorted(s["flock"]["fairness"])') == "['jain', 'longest_wait_ms', 'max_share', 'min_share']" ]]
}

@test "what was not checked is null, and what was is a number" {
	result=$run_folder/result.json
	for name in lost overwritten torn missing gap duplicate foreign writer_disorder; do
		[[ $(json "$result" "s['flock']['anomalies']['$name']") == 0 ]]
	done
	[[ $(json "$result" 's["flock"]["anomalies"]["stale_read"]') == null ]]
	# This is no NFS.
	[[ $(json "$result" 's["flock"]["rpc_per_record"]') == null ]]
}

@test "the rows of records.csv and the result agree" {
	run -0 python3 - "$run_folder" <<'END'
import csv, json, sys
folder = sys.argv[1]
rows = list(csv.DictReader(open(folder + "/records.csv", newline="")))
attempted = sum(s["records"]["attempted"]
                for s in json.load(open(folder + "/result.json"))["strategies"])
assert len(rows) == attempted == 3 * 3 * 3000, (len(rows), attempted)
assert None not in rows[0], rows[0]
END
}

@test "anomalies.csv is a header and nothing else" {
	[[ $(wc -l <"$run_folder/anomalies.csv") == 1 ]]
}

@test "the summary names each strategy and the verdict" {
	for word in append flock per-file safe; do
		grep -q "$word" "$run_folder/summary.txt" || fail "no $word"
	done
}

@test "svg plots are XML" {
	for plot in "$run_folder"/plots/*.svg; do
		run -0 python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$plot"
	done
}

@test "report writes them again" {
	[[ -n $(tailrace list) ]]
	rm -rf again
	cp -a "$(readlink -f "$run_folder")" again
	rm -rf again/plots again/summary.txt
	run -0 tailrace report again
	[[ -s again/summary.txt ]]
	compgen -G 'again/plots/*.svg' >/dev/null
}
