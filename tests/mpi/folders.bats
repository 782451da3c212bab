# folders - a run writes into its own folder in DIR and into its run folder, and
# touches nothing else.

load ../helper

@test "two runs into one DIR leave each other's files and the user's alone" {
	mkdir data
	echo precious >data/precious
	ln -s /etc/passwd data/link
	echo mine >data/tailrace-results
	as_ranks 2 tailrace run --quiet --records 3000 --strategy per-file --out one data &
	as_ranks 2 tailrace run --quiet --records 3000 --strategy per-file --out two data
	wait $!
	[[ $(cat data/precious) == precious && $(cat data/tailrace-results) == mine ]]
	[[ $(readlink data/link) == /etc/passwd ]]
	[[ $(find data -mindepth 1 -maxdepth 1 | wc -l) == 5 ]]
	tailrace verify one >/dev/null
	tailrace verify two >/dev/null
	[[ $(json one/result.json 'r["run"]["id"]') != $(json two/result.json 'r["run"]["id"]') ]]
}

@test "data files are private, and go where --keep says so" {
	mkdir data
	tailrace run --quiet --records 20 --strategy per-file --out kept data
	[[ $(stat -c %a data/tailrace-*) == 700 ]]
	[[ $(stat -c %a data/tailrace-*/*.log) == 600 ]]
	rm -r data/tailrace-*
	tailrace run --quiet --records 20 --strategy per-file --keep never --out never data
	tailrace run --quiet --records 20 --strategy per-file --keep unsafe --out unsafe data
	[[ -z $(ls -A data) ]]
	run tailrace run --quiet --records 20 --strategy flock --keep unsafe --out doubt data
	[[ $status == "$INCONCLUSIVE" && -n $(ls -A data) ]]
}

@test "what a stranger puts beside the data files is not removed" {
	mkdir data
	tailrace run --quiet --duration 2s --rate 10 --strategy per-file --keep never \
		--out run data 2>err &
	local tries=0
	until compgen -G 'data/tailrace-*/00-per-file*' >/dev/null; do
		sleep 0.05
		(( ++tries < 200 ))
	done
	echo precious >"$(echo data/tailrace-*)/stranger"
	wait $! || true
	[[ $(cat data/tailrace-*/stranger) == precious ]]
	[[ $(ls data/tailrace-*) == stranger ]]
	[[ $(cat err) == *"cannot remove"* ]]
}

@test "the default run folder, and latest" {
	mkdir data
	tailrace run --quiet --records 20 --strategy per-file data
	tailrace run --quiet --records 20 --strategy per-file data
	tailrace run --quiet -n 2 --records 20 --strategy per-file --label other data
	[[ $(find tailrace-results/run -mindepth 1 -maxdepth 1 -type d | wc -l) == 2 ]]
	[[ -L tailrace-results/run/latest && -L tailrace-results/other/latest ]]
	tailrace verify tailrace-results/run/latest >/dev/null
	tailrace verify tailrace-results/other/latest >/dev/null
}

@test "a run folder has all that its readers rely on" {
	mkdir data
	as_ranks 2 tailrace run --quiet --records 50 --strategy per-file --out run data
	local file
	for file in args manifest.json result.json summary.txt records.csv anomalies.csv \
		env/hosts.tsv env/ranks.tsv env/clocks.tsv \
		history/00-per-file.00000.history history/00-per-file.00001.history; do
		[[ -s run/$file ]] || fail "no $file"
	done
	[[ $(wc -l <env/ranks.tsv 2>/dev/null || wc -l <run/env/ranks.tsv) == 3 ]]
	# Only the used entries: a page of header and 50 of 64 bytes.
	[[ $(stat -c %s run/history/00-per-file.00000.history) == $((4096 + 50 * 64)) ]]
}

@test "the saved arguments repeat the run" {
	mkdir data
	tailrace run --quiet --records 30 --size 64-900 --strategy per-file --out one data
	tailrace run --quiet --out two @one/args
	cmp <(cut -c 18- data/tailrace-"$(json one/result.json 'r["run"]["id"]')"/*.log | wc -c) \
	    <(cut -c 18- data/tailrace-"$(json two/result.json 'r["run"]["id"]')"/*.log | wc -c)
	[[ $(json one/result.json 'r["run"]["seed"]') == $(json two/result.json 'r["run"]["seed"]') ]]
}

@test "names with blanks, quotes, newlines and no UTF-8" {
	local dir=$'a b\'"\n\xff\\'
	mkdir "$dir"
	run -0 as_ranks 2 tailrace run --quiet --records 20 --strategy per-file --label "$dir" \
		--out "out $dir" "$dir"
	[[ -d $(echo "$dir"/tailrace-*) ]]
	run -0 tailrace verify "out $dir"
	python3 -c 'import json, sys; json.load(open(sys.argv[1].encode("utf-8", "surrogateescape")))' \
		"out $dir/result.json"
}

@test "nothing is left in TMPDIR" {
	mkdir data tmp
	TMPDIR=$PWD/tmp OMPI_MCA_orte_tmpdir_base=/tmp tailrace run --quiet --records 20 \
		--strategy per-file --out run data
	[[ -z $(ls -A tmp) ]] || fail "$(ls -A tmp)"
}

@test "a dry run does nothing" {
	mkdir data
	run -0 --separate-stderr as_ranks 4 tailrace run --dry-run --records 20 data
	[[ $output == *flock* && $(grep -c 'The plan' <<<"$output") == 1 ]]
	[[ -z $(ls -A data) && ! -e tailrace-results ]]
}
