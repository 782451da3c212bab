# awkward - names that nobody should use, in every file of a run folder, read back by
# parsers that are not ours.

load ../helper

# Where the file system can hold them: quotes, a newline, a tab, markup, bytes that are
# no UTF-8, a dash in front, percent signs, 255 bytes.
setup_file()
{
	cd "$BATS_FILE_TMPDIR" || return
	dir=$'-"\'q\n\t\\<&>|`*%41\xff\xc3\xa9 $(x);,'
	while (( $(printf %s "$dir" | wc -c) < 255 )); do dir+=x; done
	label=$'-l"\'\n<a@b>&%\xfe,]]>'
	out=$'-o"\'\n<&>%20\xfd'
	printf %s "$dir" >dir
	printf %s "$label" >label
	printf %s "$out" >out
	mkdir -- "$dir" || skip "this file system has no such names"
	as_ranks 2 tailrace run --no-plots --quiet --strategy append,flock:batch=2,flush=fsync,per-file \
		--require per-file --records 200 --merge "--label=$label" "--out=$out" -- "$dir"
}

setup()
{
	cd "$BATS_FILE_TMPDIR" || return
	IFS= read -rd '' dir <"$PWD/dir" || true
	IFS= read -rd '' label <"$PWD/label" || true
	IFS= read -rd '' out <"$PWD/out" || true
}

# read_back PYTHON - an expression, over `run`, the folder, `dir` and `label`, as machines
# are to find them (%XX for what is no UTF-8) or people are (no control characters).
read_back()
{
	python3 -c 'import csv, html, json, os, re, sys
import xml.etree.ElementTree as ET
def machine(b):
    return "".join("%%%02X" % (ord(c) - 0xdc00) if 0xdc80 <= ord(c) < 0xdd00 else "%25" if c == "%" else c
                   for c in b.decode("utf-8", "surrogateescape"))
def person(b):
    return "".join("%%%02X" % ord(c) if ord(c) < 32 else c for c in machine(b).replace("%25", "%"))
dir, label, run = (open(n, "rb").read() for n in ("dir", "label", "out"))
def load(name, mode="r"):
    return open(os.path.join(run, name.encode()), mode, **({} if "b" in mode else {"encoding": "utf-8"})).read()
print(eval(sys.argv[1]))' "$1"
}

@test "every file of the run folder is what its name says" {
	run -0 "$repo/tests/parses" "./$out"
}

@test "JSON gives the names back" {
	[[ $(read_back 'machine(dir) in json.loads(load("result.json"))["run"]["directory"]') == True ]]
	[[ $(read_back 'json.loads(load("result.json"))["run"]["label"] == machine(label)') == True ]]
	[[ $(read_back 'machine(dir) in json.loads(load("manifest.json"))["data_dir"]') == True ]]
	[[ $(read_back 'json.loads(load("result.json"))["strategies"][1]["name"]') == flock:batch=2,flush=fsync ]]
}

@test "CSV gives the names back" {
	for file in ranks records; do
		[[ $(read_back "sorted({row['strategy'] for row in csv.DictReader(load('$file.csv').splitlines())})") == \
		   "['append', 'flock:batch=2,flush=fsync', 'per-file']" ]]
	done
	[[ $(read_back '[int(row["acknowledged"]) for row in csv.DictReader(load("ranks.csv").splitlines())]') == \
	   "[200, 200, 200, 200, 200, 200]" ]]
}

@test "JUnit gives the names back" {
	[[ $(read_back '(lambda p: person(dir) in p["directory"] and p["label"] == person(label))({e.get("name"): e.get("value") for e in ET.fromstring(load("junit.xml")).iter("property")})') == True ]]
	[[ $(read_back '[e.get("name") for e in ET.fromstring(load("junit.xml")).iter("testcase")]') == \
	   "['verdict', 'append', 'flock:batch=2,flush=fsync', 'per-file']" ]]
}

@test "Markdown shows the names, and takes them for nothing else" {
	[[ $(read_back '(lambda text: person(dir) in text and person(label) in text)(html.unescape(re.sub("</?code>", "", load("summary.md"))))') == True ]]
	[[ $(read_back 're.sub("</?code>|&#[0-9]+;", "", load("summary.md")).count("<")') == 0 ]]
	# Three rows, of seven cells each.
	[[ $(read_back '[line.count("|") for line in load("summary.md").splitlines() if line.startswith("| <code>")]') == "[8, 8, 8]" ]]
}

@test "args repeats the run, and compare and report read the folder" {
	run -0 tailrace run --dry-run "@$out/args"
	[[ $(tailrace compare --json - -- "$out" "./$out" | python3 -c 'import json, sys
print(json.load(sys.stdin)["exit_code"])') == 0 ]]
	mkdir again
	run -0 tailrace report --no-plots --out again/r -- "./$out"
	run -0 "$repo/tests/parses" again
}
