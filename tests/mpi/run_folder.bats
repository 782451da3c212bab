# run_folder - what a run leaves behind, read by other programs.

load ../helper

teardown_file()
{
	results_parse
}

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
	for name in args manifest.json result.json summary.txt summary.md junit.xml \
		    records.csv ranks.csv anomalies.csv history views env plots \
		    report.html; do
		[[ -e $run_folder/$name ]] || fail "no $name" || return
	done
	histories=("$run_folder"/history/*)
	(( ${#histories[@]} == 9 ))
	for kind in svg png gp tsv; do
		compgen -G "$run_folder/plots/*.$kind" >/dev/null || fail "no plot as $kind"
	done
}

@test "whatever the umask is, all is private" {
	mkdir -p own
	for mask in 000 777; do
		( umask "$mask" && tailrace run --quiet --records 50 \
			--strategy per-file,flock --out "masked-$mask" own ) || true
		[[ -e masked-$mask/result.json && -e masked-$mask/plots/latency.svg ]]
		run find "masked-$mask" own -mindepth 1 -perm /077 ! -type l
		[[ -z $output ]] || fail "$output"
		run find "masked-$mask" own -mindepth 1 ! -perm -600
		[[ -z $output ]] || fail "$output"
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

@test "ranks.csv agrees with the histories and the result" {
	[[ $(python3 -c 'import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1] + "/ranks.csv")))
r = json.load(open(sys.argv[1] + "/result.json"))
ok = len(rows) == 9
for s in r["strategies"]:
    mine = [row for row in rows if row["strategy"] == s["name"]]
    ok &= [row["rank"] for row in mine] == ["0", "1", "2"]
    for key in ("attempted", "acknowledged", "failed", "unknown"):
        ok &= sum(int(row[key]) for row in mine) == s["records"][key]
    ok &= max(float(row["max_us"]) for row in mine) == s["latency_us"]["append"]["max"]
    ok &= abs(max(float(row["longest_wait_ms"]) for row in mine) - s["fairness"]["longest_wait_ms"]) < 1e-5
    ok &= min(float(row["p50_us"]) for row in mine) <= s["latency_us"]["append"]["p50"] <= max(float(row["p50_us"]) for row in mine)
print(ok)' "$run_folder") == True ]]
}

@test "a result that is not as the schema has it is noticed" {
	schema=$BATS_TEST_TMPDIR/result.json
	"$repo/tests/parses" "$run_folder/result.json"
	for fault in 'del s["flock"]["anomalies"]["torn"]' 's["flock"]["anomalies"]["melted"] = 0' \
		     's["flock"]["verdict"] = "perfect"' 'r["exit_code"] = 1' 's["flock"]["contention"] = 1.5' \
		     's["flock"]["records"]["intact"] = -1' 'del r["run"]["ranks"]' 's["flock"]["claims"] = ["speed"]'; do
		python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
s = {row["name"]: row for row in r["strategies"]}
exec(sys.argv[3])
json.dump(r, open(sys.argv[2], "w"))' "$run_folder/result.json" "$schema" "$fault"
		run -1 "$repo/tests/parses" "$schema"
		[[ $output == *"against the schema"* ]]
	done
	rm "$schema"
}
