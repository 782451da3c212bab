# report - report.html as others read it: an XML parser, and one of HTML.

load ../helper

# What would be a part of the page if it were put there as it is.
odd=$'d \'a"t\\a<script>alert(1)<!--&amp;\xff\n%41'

setup_file()
{
	[[ ${TAILRACE_MPI:-1} == 1 ]] || return 0
	cd "$BATS_FILE_TMPDIR" || return
	mkdir "$odd"
	as_ranks 2 tailrace run --strategy per-file,flock --records 200 --size 100 \
		--require per-file --label '<b>"nightly"' --out "run $odd" "$odd"
	# Bytes of record 0 come over those of record 3.
	own=$(echo "$odd"/tailrace-*/00-per-file.00001.log)
	head -c 100 "$own" | tail -c 50 |
		dd of="$own" bs=1 seek=337 conv=notrunc status=none
	status=0
	tailrace report "run $odd" || status=$?
	(( status == UNSAFE ))
}

setup()
{
	require_mpi
	cd "$BATS_FILE_TMPDIR" || return
	run=$BATS_FILE_TMPDIR/"run $odd"
}

# page PYTHON - over `root`, the page as an XML parser reads it, `text`, all of its text,
# and `each(tag)`, the elements of that name.
page()
{
	run -0 python3 - "$run/report.html" "$1" <<'END'
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
html = "{http://www.w3.org/1999/xhtml}"
text = "".join(root.itertext())
def each(tag):
    return list(root.iter(html + tag))
exec(sys.argv[2])
END
}

@test "it has the verdict first, and each strategy and finding" {
	page '
assert each("h1")[0].text == "UNSAFE", each("h1")[0].text
headings = [h.text for h in each("h2")]
assert headings == ["Why", "Strategies", "Plots", "Findings", "Environment", "Again"], headings
rows = [h.text for h in each("th") if h.get("scope") == "row"]
assert {"per-file", "flock"} <= set(rows), rows
assert "was overwritten by record 0 of rank 1" in text
assert "per-file/overwritten#1" in text
assert "Both" in text or "believed" in text, "no evidence"
'
}

@test "the commands in it work when they are typed" {
	python3 - "$run/report.html" >commands <<'END'
import sys, xml.etree.ElementTree as tree
html = "{http://www.w3.org/1999/xhtml}"
root = tree.parse(sys.argv[1]).getroot()
for e in list(root.iter(html + "code")) + list(root.iter(html + "pre")):
    line = "".join(e.itertext())
    if line.startswith("tailrace verify"):
        print(line)
END
	# Two findings, and the whole.
	(( $(wc -l <commands) == 3 ))
	while read -r line; do
		run -1 --separate-stderr bash -c "$line"
		[[ $output == *"record 0 of rank 1"* ]]
	done <commands
}

@test "it loads nothing and runs nothing" {
	run -0 python3 - "$run/report.html" <<'END'
import html.parser, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
tags, loads = set(), []
class Reader(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        tags.add(tag)
        for name, value in attributes:
            assert not name.startswith("on"), name
            if name in ("src", "srcset", "data", "action", "background", "poster"):
                loads.append(value)
            if name.endswith("href") and not re.match(r"#|plots/[-a-z0-9]+\.(png|tsv|gp)$|anomalies\.csv$", value):
                loads.append(value)
Reader().feed(page)
assert not loads, loads
bad = tags & {"script", "iframe", "object", "embed", "link", "base", "form", "img"}
assert not bad, bad
assert not re.search(r"url\((?!#)|@import", page)
END
}

@test "pictures are in it, described, and no two things have the same id" {
	command -v gnuplot >/dev/null || skip "no gnuplot"
	page '
svg = [e for e in root.iter() if e.tag.endswith("}svg")]
assert len(svg) >= 6, len(svg)
for e in svg:
    assert e.get("role") == "img"
    title = root.find(".//*[@id=\"%s\"]" % e.get("aria-labelledby"))
    assert len(title.text) > 20, title.text
ids = [e.get("id") for e in root.iter() if e.get("id")]
assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
used = {e.get("{http://www.w3.org/1999/xlink}href") for e in root.iter()} - {None}
assert {u[1:] for u in used} <= set(ids), used
'
}

@test "names are text, whatever they hold" {
	page '
assert "<script>alert(1)<!--&amp;" in text
assert "<b>\"nightly\"" in text
assert "%FF" in text
assert not each("script")
'
	grep -q 'viewport' "$run/report.html"
}

@test "--no-plots draws nothing, leaves nothing that was drawn, and is silent about it" {
	cp -a "$run" copy
	run -1 --separate-stderr tailrace report --no-plots copy
	[[ -z $stderr && -z $(find copy/plots -name '*.svg' -o -name '*.png') ]]
	[[ -s copy/plots/latency.tsv && -s copy/plots/latency.gp ]]
	run=copy page 'assert "There are no pictures" in text'
	run -1 --separate-stderr tailrace verify --no-plots --out judged copy
	[[ -s judged/plots/latency.tsv && ! -e judged/plots/latency.svg ]]
	rm -r copy judged
}

@test "without gnuplot it is there all the same" {
	cp -a "$run" copy
	run -1 env PATH="$TAILRACE_BUILD" tailrace report copy
	[[ $output == *gnuplot* ]]
	run=copy
	page 'assert "There are no pictures" in text'
}
