# probe - locks on one machine and its local file system, which answer as the
# manuals say; launched in each way.

load ../helper

teardown_file()
{
	results_parse
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
}

# conforms FOLDER - every probe that was performed conforms, and there are many.
conforms()
{
	[[ $(json "$1/probe.json" 'r["verdict"]') == conforms ]]
	[[ $(json "$1/probe.json" 'r["exit_code"]') == 0 ]]
	[[ $(json "$1/probe.json" 'r["class"]') == local ]]
	[[ $(json "$1/probe.json" '{p["verdict"] for p in r["probes"]} == {None, "conforms"}') == true ]]
	[[ $(json "$1/probe.json" 'sum(p["verdict"] == "conforms" for p in r["probes"]) > 100') == true ]]
	# Nothing stays behind.
	[[ -z $(ls -A data) ]]
}

@test "alone it asks within one host, and a local file system conforms" {
	run -0 --separate-stderr tailrace probe --out run data
	conforms run
	[[ $output == CONFORMS:* ]]
	[[ $output == *"not performed, since there is one host only"* ]]
	[[ $output == *"exclusive excludes exclusive"* ]]
	# The part that was not performed is null, not a pass.
	[[ $(json run/probe.json 'all(p["verdict"] is None and p["answer"] is None
		for p in r["probes"] if p["scope"] == "two hosts")') == true ]]
	[[ $(json run/probe.json 'all(p["source"] and set(p["expected"]) == {"local", "nfs3", "nfs4"}
		for p in r["probes"])') == true ]]
	[[ $(json run/probe.json 'all(p["took_us"][0] > 0 for p in r["probes"]
		if p["name"] == "hand-off" and p["scope"] == "one host")') == true ]]
	diff <(sed '/^$/,$d' run/summary.txt) <(sed '/^$/,$d' <<<"$output")
}

@test "it launches its ranks itself; the JUnit file is XML, with the counts of its cases" {
	run -0 tailrace probe -n 2 --quiet --out run data
	[[ -z $output ]]
	conforms run
	run -0 python3 - run/junit.xml run/probe.json <<-'EOF'
		import json, sys
		from xml.etree import ElementTree
		suite = ElementTree.parse(sys.argv[1]).getroot()[0]
		probes = json.load(open(sys.argv[2]))["probes"]
		cases = suite.findall("testcase")
		assert len(cases) == len(probes) == int(suite.get("tests"))
		assert suite.get("failures") == suite.get("errors") == "0"
		assert len(suite.findall("testcase/skipped")) == int(suite.get("skipped"))
		assert len({(c.get("classname"), c.get("name")) for c in cases}) == len(cases)
	EOF
}

@test "under mpirun it is the same, and its arguments are kept" {
	run -0 as_ranks 3 tailrace probe --timeout 50s --out run data
	conforms run
	run -0 tailrace probe @run/args --dry-run
	[[ $output == *"$PWD/data"* && $output == *"50.0 s"* ]]
}

@test "taken for NFS, one host is not enough" {
	run --separate-stderr tailrace probe --fstype nfs4 --out run data
	(( status == INCONCLUSIVE )) || fail "exit code $status: $output"
	[[ $(json run/probe.json 'r["verdict"]') == inconclusive ]]
	[[ $(json run/probe.json 'r["class"]') == nfs4 ]]
	[[ $output == *"two hosts"* ]]
	# And what is right here is not right there: flock and fcntl do not meet.
	[[ $(json run/probe.json '[p["verdict"] for p in r["probes"]
		if p["name"] == "flock-against-fcntl"] == [None, "harmless"]') == true ]]
}

@test "--dry-run and wrong usage do nothing" {
	run -0 tailrace probe --dry-run data
	[[ $output == *"nothing was done"* && $output == *"probes"* ]]
	[[ ! -e tailrace-results && -z $(ls -A data) ]]
	refused "$USAGE" tailrace probe
	refused "$USAGE" tailrace probe --records 5 data
	refused "$USAGE" tailrace probe --timeout 0s data
	refused "$USAGE" tailrace probe --out run nowhere
	mkdir full && touch full/file
	refused "$USAGE" tailrace probe --out full data
	refused "$USAGE" tailrace probe --label a/b data
}
