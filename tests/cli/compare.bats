# compare - the regression gate, on results made by hand.

load ../helper

# craft FILE [PYTHON] - a result of four strategies as FILE; the statements may change
# `r`, the document, and `s`, its strategies by name.
craft()
{
	if [[ -z ${2:-} && -e $BATS_FILE_TMPDIR/usual.json ]]; then
		cp -- "$BATS_FILE_TMPDIR/usual.json" "$1"
		return
	fi
	python3 -c 'import json, sys
def strategy(name, control=False):
    return {"name": name, "spec": name + ":batch=1", "control": control, "claims": [],
            "verdict": "safe", "reason": "all records are intact",
            "records": {"attempted": 100, "acknowledged": 100},
            "anomalies": {"lost": 0}, "contention": 0.5, "handoffs": 99, "duration_s": 1.0,
            "records_per_s": 1000.0, "bytes_per_s": 64000.0,
            "latency_us": {"append": {"p50": 100.0, "p90": 150.0, "p99": 200.0, "p999": 250.0, "max": 300.0}},
            "rpc_per_record": {"total": 4.0, "LOCK": 1.0}}
r = {"schema": "tailrace.result/1", "verdict": "safe", "exit_code": 0, "teeth": True, "check": None,
     "run": {"id": "x", "ranks": 8, "hosts": [{}, {}], "size_bytes": [64, 64]},
     "strategies": [strategy("append", True), strategy("flock"), strategy("fcntl"), strategy("per-file")]}
s = {row["name"]: row for row in r["strategies"]}
exec(sys.argv[2])
json.dump(r, open(sys.argv[1], "w"))' "$1" "${2:-}"
}

setup_file()
{
	craft "$BATS_FILE_TMPDIR/usual.json"
}

# compared CODE ARGUMENT... - compare ends with that; leaves $output
compared()
{
	local code=$1
	shift
	run --separate-stderr tailrace compare "$@"
	printf '%s\n' "$output" "$stderr"
	(( status == code )) || fail "exit code $status instead of $code"
}

reasons()
{
	grep -cE '^(REGRESSION|CANNOT BE JUDGED): ' <<<"$output"
}

@test "a run against itself passes" {
	mkdir run
	craft run/result.json
	compared 0 run run
	[[ $output == "NO REGRESSION"* ]]
	compared 0 --threshold 0 --single run run/result.json
	# Likewise where it is bad, or tells nothing: nothing got worse.
	craft run/result.json 's["flock"]["verdict"] = "unsafe"; s["fcntl"]["verdict"] = "inconclusive"; r["verdict"] = "unsafe"'
	compared 0 run run
}

@test "safe that became unsafe is a regression, with its reason" {
	craft base.json
	craft new.json 's["flock"].update(verdict="unsafe", reason="17 lost, 2 torn"); r["verdict"] = "unsafe"'
	compared 1 base.json new.json
	[[ ${lines[0]} == "REGRESSION: flock: safe became unsafe: 17 lost, 2 torn" ]]
	[[ $(reasons) == 1 ]]
	# The other way round it got better.
	compared 0 new.json base.json
	# A strategy that could not tell, or was not there to, is no better excuse.
	craft base.json 's["flock"]["verdict"] = "inconclusive"'
	compared 1 base.json new.json
}

@test "a control may do what it likes" {
	craft base.json
	craft new.json 's["append"].update(verdict="unsafe", reason="9 lost", records_per_s=1.0)'
	compared 0 base.json new.json
	compared 0 new.json base.json
}

@test "what cannot be judged is no pass" {
	craft base.json
	craft new.json 's["flock"]["verdict"] = "inconclusive"; s["flock"]["reason"] = "no hand-offs"'
	compared 3 base.json new.json
	[[ ${lines[0]} == "CANNOT BE JUDGED: flock: safe became inconclusive: no hand-offs" ]]
	craft new.json 's["flock"]["verdict"] = "skipped"'
	compared 3 base.json new.json
	craft new.json 'r["strategies"].remove(s["flock"])'
	compared 3 base.json new.json
	[[ $output == *"flock: it is not in the new runs"* ]]
	# One more than before is no fault.
	compared 0 new.json base.json
	craft new.json 'r["strategies"] = []'
	compared 3 base.json new.json
	compared 3 new.json new.json
	# A regression weighs more.
	craft new.json 's["flock"]["verdict"] = "skipped"; s["fcntl"]["verdict"] = "unsafe"'
	compared 1 base.json new.json
}

@test "a price that the new runs do not tell is no pass" {
	craft base.json
	craft new.json 's["flock"]["rpc_per_record"] = None; s["flock"].update(records_per_s=0.0)'
	compared 3 base.json new.json
	[[ ${lines[0]} == "CANNOT BE JUDGED: flock: the new runs do not tell its RPCs/rec" ]]
	[[ $(reasons) == 1 ]]
	compared 3 --single base.json new.json
	[[ $output == *"flock: the new runs do not tell its records/s"* ]]
	# What was not told before cannot get worse, and of a control nothing is asked.
	compared 0 --single new.json base.json
	craft new.json 's["append"]["latency_us"] = None'
	compared 0 --single base.json new.json
	# Of repeats two pairs are enough.
	craft less.json 's["flock"]["latency_us"] = None'
	compared 0 --base base.json,base.json,base.json --new base.json,less.json,base.json
	compared 3 --base base.json,base.json --new base.json,less.json
	[[ $(reasons) == 2 ]]
}

@test "another load has no price to compare" {
	craft base.json
	craft new.json 'r["run"]["ranks"] = 4; s["flock"]["rpc_per_record"]["total"] = 40.0'
	compared 3 base.json new.json
	[[ ${lines[0]} == *"8 ranks on 2 hosts"*"4 ranks on 2 hosts"* ]]
	craft new.json 'r["run"]["size_bytes"] = [64, 128]'
	compared 3 base.json new.json
}

@test "the run as a whole counts too: what was expected, what locks answered" {
	craft base.json
	craft new.json 'r["verdict"] = "unsafe"; r["check"] = {"accepted": False, "reason": "22 answers of its locks do harm"}'
	compared 1 base.json new.json
	[[ ${lines[0]} == *"the run as a whole: safe became unsafe: 22 answers"* ]]
	craft new.json 'r["verdict"] = "inconclusive"'
	compared 3 base.json new.json
}

@test "one pair of runs: RPCs gate, times do not" {
	craft base.json
	craft new.json 's["flock"].update(records_per_s=10.0); s["flock"]["latency_us"]["append"].update(p50=9000.0, p99=9000.0)'
	compared 0 base.json new.json
	[[ $output == *"With one pair of runs there is no interval"* ]]
	compared 1 --single base.json new.json
	[[ $(reasons) == 3 ]]
	craft new.json 's["flock"]["rpc_per_record"]["total"] = 6.5'
	compared 1 base.json new.json
	[[ ${lines[0]} == "REGRESSION: flock: RPCs/rec went from 4 to 6.5: x 1.62, beyond 50 %" ]]
	compared 0 --threshold rpc=70% base.json new.json
	# Less than one a record is chance; several where there were none are not.
	craft base.json 's["flock"]["rpc_per_record"]["total"] = 0.0'
	craft new.json 's["flock"]["rpc_per_record"]["total"] = 0.9'
	compared 0 base.json new.json
	craft new.json 's["flock"]["rpc_per_record"]["total"] = 2.0'
	compared 1 base.json new.json
}

@test "repeats: what is beyond the threshold for certain is a regression, noise is not" {
	for i in 1 2 3 4; do
		craft "base$i.json" "s['flock']['records_per_s'] = 1000.0 + 5 * $i; s['fcntl']['records_per_s'] = (1000, 2000, 500, 1500)[$i - 1]"
		# flock fell by a fifth each time, fcntl to the half on the average, but by chance
		craft "new$i.json" "s['flock']['records_per_s'] = 800.0 + 7 * $i; s['fcntl']['records_per_s'] = (1800, 300, 700, 200)[$i - 1]"
	done
	base=base1.json,base2.json,base3.json,base4.json new=new1.json,new2.json,new3.json,new4.json
	compared 1 --base "$base" --new "$new" --json cmp.json
	[[ $(reasons) == 1 && ${lines[0]} == "REGRESSION: flock: records/s"*"4 pairs"* ]]
	[[ $(json cmp.json 's["flock"]["throughput"]["change"], s["fcntl"]["throughput"]["change"], s["per-file"]["throughput"]["change"]') == \
	   "('worse', 'unclear', 'same')" ]]
	# The interval by a second reckoning: t(0.975, 3) = 3.182.
	[[ $(python3 -c 'import json, math, statistics as st
x = [math.log((800 + 7 * i) / (1000 + 5 * i)) for i in (1, 2, 3, 4)]
m, e = st.mean(x), 3.182 * st.stdev(x) / 2
t = {r["name"]: r for r in json.load(open("cmp.json"))["strategies"]}["flock"]["throughput"]
print(all(abs(a - b) < 1e-6 for a, b in ((t["ratio"], math.exp(m)), (t["low"], math.exp(m - e)), (t["high"], math.exp(m + e)))))') == True ]]
	# A fifth may be what one allows; and the other way round it is no loss.
	compared 0 --base "$base" --new "$new" --threshold throughput=30
	compared 0 --base "$new" --new "$base"
	# Given one by one they are the same.
	compared 1 --base base1.json --base base2.json --base base3.json,base4.json --new "$new"
}

@test "one repeat that found damage is enough; one that could not tell takes nothing away" {
	craft a.json
	craft b.json 's["flock"]["verdict"] = "inconclusive"; r["verdict"] = "inconclusive"'
	craft c.json 's["flock"].update(verdict="unsafe", reason="1 lost"); r["verdict"] = "unsafe"'
	compared 0 --base a.json,b.json --new b.json,a.json
	compared 1 --base a.json,a.json --new a.json,c.json
	compared 0 --base a.json,c.json --new c.json,c.json
}

@test "a fast unsafe strategy sets no price" {
	craft base.json 's["flock"].update(verdict="unsafe", records_per_s=99999.0); s["flock"]["rpc_per_record"]["total"] = 1.0; r["verdict"] = "unsafe"'
	craft new.json
	compared 0 --single base.json new.json
}

@test "sweeps are paired by point and repeat" {
	for side in base new; do
		for run in 1.1 1.2 2.1 2.2; do
			mkdir -p "$side/runs/$run"
			craft "$side/runs/$run/result.json" "r['run']['ranks'] = 2 if '$run'[0] == '1' else 4"
		done
		python3 -c 'import json, sys
json.dump({"schema": "tailrace.sweep/1", "settings": [{"ranks": "2"}, {"ranks": "4"}],
           "runs": [{"point": p, "repeat": k, "folder": f"{p}.{k}", "exit_code": 0} for k in (1, 2) for p in (2, 1)]}, open(sys.argv[1], "w"))' "$side/sweep.json"
	done
	compared 0 base new
	for k in 1 2; do
		craft "new/runs/2.$k/result.json" "r['run']['ranks'] = 4; s['fcntl']['records_per_s'] = 500.0"
	done
	compared 1 base new --json cmp.json
	[[ $(reasons) == 1 && ${lines[0]} == "REGRESSION: ranks=4: fcntl: records/s"* ]]
	[[ $(json cmp.json '[(x["point"], x["throughput"]["pairs"]) for x in r["strategies"] if x["name"] == "fcntl"]') == \
	   "[('ranks=4', 2), ('ranks=2', 2)]" ]]
	# A folder that leads elsewhere is not followed.
	sed -i 's|"2.1"|"../../base/runs/2.1"|' new/sweep.json
	compared 4 base new
}

@test "wrong usage" {
	craft a.json
	refused 2 tailrace compare
	refused 2 tailrace compare a.json
	refused 2 tailrace compare a.json a.json a.json
	refused 2 tailrace compare --base a.json
	refused 2 tailrace compare --base a.json --new a.json a.json
	refused 2 tailrace compare --threshold p98=1 a.json a.json
	[[ $stderr == *"did you mean p99?"* ]]
	refused 2 tailrace compare --threshold throughput=100 a.json a.json
	refused 2 tailrace compare --threshold rpc=-1 a.json a.json
	refused 2 tailrace compare --threshold p50=nan a.json a.json
}

@test "what is no result could not be read" {
	craft a.json
	mkdir empty
	mkfifo pipe
	printf '{"schema": "tailrace.result/1"' >cut.json
	printf '[]' >array.json
	printf '{"schema": "tailrace.result/2", "verdict": "safe", "strategies": []}' >other.json
	printf '{"schema": "tailrace.result/1", "schema": "tailrace.result/1"}' >twice.json
	python3 -c 'print("[" * 100000)' >deep.json
	craft verdict.json 's["flock"]["verdict"] = "perfect"'
	craft negative.json 's["flock"]["records_per_s"] = -5.0'
	craft type.json 's["flock"]["latency_us"]["append"]["p50"] = "fast"'
	craft names.json 's["flock"]["name"] = "append"'
	craft list.json 'r["strategies"] = {"flock": s["flock"]}'
	craft huge.json 'r["strategies"] = r["strategies"] * 1000'
	sed 's/1000.0/1e999/' a.json >infinite.json
	head -c 4096 /dev/urandom >noise.json
	for bad in nowhere empty pipe cut.json array.json other.json twice.json deep.json verdict.json \
		   negative.json type.json names.json list.json huge.json infinite.json noise.json /dev/zero; do
		refused 4 tailrace compare a.json "$bad"
	done
	refused 4 tailrace compare nowhere a.json
	refused 4 tailrace compare --json empty/no/such a.json a.json
}

@test "figures that are not there are not compared" {
	craft some.json 's["flock"].update(records_per_s=None, rpc_per_record=None, latency_us={"append": None}); del s["fcntl"]["latency_us"]'
	craft all.json
	compared 0 --single some.json all.json
	compared 3 --single all.json some.json
	[[ $(reasons) == 6 ]]
}

@test "awkward paths, and arguments from a file" {
	dir=$'a, "b"\n\t<&>\xff-'
	mkdir -- "$dir"
	craft "$dir/result.json"
	compared 0 --base "$dir" --new "./$dir" --json -
	printf '%s\n' "$output" >out.json
	[[ $(json out.json 'r["base"][0]') == $'a, "b"\n\t<&>%FF-/result.json' ]]
	mkdir -- -x
	craft -x/result.json
	compared 0 -- -x -x
	printf '%s\n' --threshold=throughput=20 --json=- >args
	compared 0 @args "$dir" "$dir"
	printf '%s\n' "$output" >out.json
	[[ $(json out.json 's["flock"]["throughput"]["threshold"], "--threshold=throughput=20" in r["args"]') == "(0.2, True)" ]]
}

@test "a hostile name reaches neither the terminal nor the log raw" {
	craft base.json
	craft new.json 's["flock"].update(verdict="unsafe", reason="a\x1b[31m\nREGRESSION: of none")'
	compared 1 base.json new.json
	[[ $(reasons) == 1 && $output != *$'\x1b'* ]]
}
