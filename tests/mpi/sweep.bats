# sweep - a grid of runs: what it plans, what it leaves, and that it goes on.

load ../helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
}

# A grid of two by two, twice; per-file alone decides, since few records hardly race.
sweep()
{
	tailrace sweep --no-plots -L ranks=1,2 -L batch=1,4 --repeat 2 --strategy flock,per-file \
		--require per-file --records 50 --seed 3 "$@" data
}

@test "the plan: every point in every repeat, shuffled, and it does nothing" {
	run -0 sweep --dry-run --out s
	[[ ${lines[0]} == "4 points, 2 repeats: 8 runs, 0 of them finished" ]]
	[[ $(sed -n '2,5p' <<<"$output" | grep -oE '[1-4]\.1 ' | sort | tr -d '\n') == "1.1 2.1 3.1 4.1 " ]]
	[[ $(sed -n '6,9p' <<<"$output" | grep -oE '[1-4]\.2 ' | sort | tr -d '\n') == "1.2 2.2 3.2 4.2 " ]]
	[[ ! -e s ]] && [[ -z $(ls data) ]]
	# The same seed draws the same order. Two strategies of a second each, and two beside.
	first=$output
	run -0 sweep --dry-run --out s
	[[ $output == "$first" ]]
	run -0 tailrace sweep --dry-run --duration 1s --strategy flock,fcntl data
	[[ ${lines[-1]} == "1 run will take about 4.00 s" ]]
}

@test "it leaves a table of all runs and one of all points, and goes on where it ended" {
	run -0 sweep --out s
	[[ $output == *$'\nSAFE: 8 of 8 runs are finished: 8 safe\nResults '* ]]
	"$repo/tests/parses" s
	[[ $(python3 -c 'import csv, json, math
rows = list(csv.DictReader(open("s/sweep.csv")))
points = list(csv.DictReader(open("s/points.csv")))
plan = json.load(open("s/plan.json"))
ok = len(rows) == 16 and len(points) == 8
ok &= {(r["preset"], r["ranks"], r["batch"]) for r in rows} == {(p, n, b) for p in ("flock", "per-file") for n in "12" for b in "14"}
ok &= all(int(r["acknowledged"]) == 50 * int(r["ranks"]) and r["lost"] == "0" for r in rows)
for p in points:
    x = [float(r["records_per_s"]) for r in rows if (r["point"], r["strategy"]) == (p["point"], p["strategy"])]
    mean, reach = math.sqrt(x[0] * x[1]), 12.706 * abs(math.log(x[0] / x[1])) / 2
    ok &= len(x) == 2 and p["repeats"] == "2"
    ok &= math.isclose(float(p["records_per_s"]), mean, rel_tol=1e-6)
    ok &= math.isclose(float(p["records_per_s_high"]), mean * math.exp(reach), rel_tol=1e-6)
for r in rows:
    result = json.load(open("s/runs/" + r["run"] + "/result.json"))
    s = {x["name"]: x for x in result["strategies"]}[r["strategy"]]
    ok &= math.isclose(float(r["records_per_s"]), s["records_per_s"], rel_tol=1e-6)
    ok &= r["ranks"] == plan["points"][int(r["point"]) - 1]["settings"]["ranks"] == str(result["run"]["ranks"])
print(ok)') == True ]]
	# Four curves of two points: the ranks run along, the batches tell them apart.
	[[ $(grep -cE '^[12]\b' s/plots/throughput-by-ranks.tsv) == 8 ]]
	for series in {flock,per-file}:batch={1,4}; do
		grep -qF "'$series'" s/plots/throughput-by-ranks.gp ||
			fail "no curve $series" || return
	done
	[[ -z $(find s -name '*.svg' -o -name '*.png') ]]
	# All of it is there: nothing is run again, from args too.
	ids=$(cat s/runs/*/result.json | grep '"id"')
	run -0 tailrace sweep @s/args --out s
	[[ $(cat s/runs/*/result.json | grep '"id"') == "$ids" && $output != *"run 1 of"* ]]
	# One that has gone is made again, the others are not.
	rm s/runs/2.1/result.json
	run -0 sweep --out s
	[[ -e s/runs/2.1-2/result.json && ! -e s/runs/1.1-2 ]]
	[[ $(json s/sweep.json 'len(r["runs"]), r["planned"], len(r["points"])') == "(8, 8, 8)" ]]
	# A sweep compares with itself.
	run -0 tailrace compare s s
	# Another grid is no continuation.
	refused 2 tailrace sweep -L ranks=1,3 --out s data
}

@test "at the end it tells why runs are not safe" {
	run -3 --separate-stderr tailrace sweep --no-plots -L ranks=1 -L strategy=flock,per-file --records 50 --out s data
	[[ ${lines[0]} == "INCONCLUSIVE: 2 of 2 runs are finished: 1 safe, 1 inconclusive" ]]
	[[ ${lines[1]} == "  run 1.1, flock: the writers hardly met:"* ]]
	[[ ${lines[3]} == "Results  "* && ${#lines[1]} -le 80 && ${#lines[2]} -le 80 ]]
}

# By `tailrace report`, say; sweep.json has what it ended with.
@test "a run that was judged again since counts by what its folder says now" {
	run -0 tailrace sweep --no-plots -L ranks=1 --strategy per-file --records 50 --out s data
	sed -i 's/"verdict": "safe"/"verdict": "unsafe"/' s/runs/1.1/result.json
	run -1 --separate-stderr tailrace sweep @s/args --out s
	[[ ${lines[0]} == "UNSAFE: 1 of 1 runs are finished: 1 unsafe" ]]
}

@test "interrupted, it ends the run that is on, and goes on with that one" {
	tailrace sweep --no-plots -L duration=10m,1s --rate 100 --strategy per-file --seed 1 \
		--out s data 2>said 3>&- &
	sweep=$!
	# Which comes first is drawn: wait until the long one appends.
	for (( i = 0; i < 600; i++ )); do
		[[ ! -e s/runs/1.1/env/ranks.tsv ]] || break
		sleep 0.1
	done
	sleep 2
	kill -INT "$sweep"
	code=0
	wait "$sweep" || code=$?
	(( code == INCONCLUSIVE )) || fail "exit code $code: $(cat said)"
	grep -q 'goes on$' said || fail "$(cat said)"
	[[ $(compgen -G 's/sweep.json' >/dev/null && json s/sweep.json '[x["point"] for x in r["runs"]]' || echo '[]') != *1* ]]
	run -0 tailrace sweep --dry-run @s/args --out s
	[[ $output == *"duration=10m"* ]]
}

@test "wrong usage, and that it is told before anything is run" {
	refused 2 tailrace sweep
	refused 2 tailrace sweep -L ranks data
	refused 2 tailrace sweep -L ranks= data
	refused 2 tailrace sweep -L ranks=1,1 data
	refused 2 tailrace sweep -L ranks=1 -L ranks=2 data
	refused 2 tailrace sweep -L colour=red,blue data
	refused 2 tailrace sweep -L out=a,b data
	refused 2 tailrace sweep -L size=100,1 data
	refused 2 tailrace sweep -L strategy=flock,flokc data
	refused 2 tailrace sweep --repeat 0 data
	[[ -z $(ls data) && ! -e tailrace-results ]]
	run -2 as_ranks 1 tailrace sweep data
}
