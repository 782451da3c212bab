# folders - whose the folders and files are that a run makes, and which it removes.

load ../helper

@test "data files are private, and go where --keep says so" {
	mkdir data
	tailrace run --no-plots --quiet --records 20 --strategy per-file --out kept data
	[[ $(stat -c %a data/tailrace-*) == 700 ]]
	[[ $(stat -c %a data/tailrace-*/*.log) == 600 ]]
	rm -r data/tailrace-*
	tailrace run --no-plots --quiet --records 20 --strategy per-file --keep never --out never data
	tailrace run --no-plots --quiet --records 20 --strategy per-file --keep unsafe --out unsafe data
	[[ -z $(ls -A data) ]]
	run tailrace run --no-plots --quiet --records 20 --strategy flock --keep unsafe --out doubt data
	[[ $status == "$INCONCLUSIVE" && -n $(ls -A data) ]]
}

@test "lock files lie beside the data file, and go with it" {
	mkdir data
	run tailrace run --no-plots --quiet --records 20 --strategy link,lockfile,sidecar --out kept data
	[[ $status == "$INCONCLUSIVE" ]]
	[[ $(cd data/tailrace-* && echo *.lock*) == 02-sidecar.log.lock ]]
	[[ $(stat -c %a data/tailrace-*/*.lock) == 600 ]]
	rm -r data/tailrace-*
	run tailrace run --no-plots --quiet --records 20 --strategy link,lockfile,sidecar --keep never \
		--out never data
	[[ $status == "$INCONCLUSIVE" ]]
	[[ -z $(ls -A data) ]]
}

@test "what a stranger puts beside the data files is not removed" {
	mkdir data
	tailrace run --no-plots --quiet --duration 2s --rate 10 --strategy per-file --keep never \
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
	tailrace run --no-plots --quiet --records 20 --strategy per-file data
	tailrace run --no-plots --quiet --records 20 --strategy per-file data
	tailrace run --no-plots --quiet -n 2 --records 20 --strategy per-file --label other data
	[[ $(find tailrace-results/run -mindepth 1 -maxdepth 1 -type d | wc -l) == 2 ]]
	[[ -L tailrace-results/run/latest && -L tailrace-results/other/latest ]]
	tailrace verify tailrace-results/run/latest >/dev/null
	tailrace verify tailrace-results/other/latest >/dev/null
}

@test "a gathered history has its used entries only" {
	mkdir data
	as_ranks 2 tailrace run --no-plots --quiet --records 50 --strategy per-file --out run data
	[[ $(stat -c %s run/history/00-per-file.00001.history) == $((4096 + 50 * 64)) ]]
	[[ $(wc -l <run/env/ranks.tsv) == 3 && -s run/env/hosts.tsv && -s run/env/clocks.tsv ]]
}

@test "ranks that see different directories are refused, and nothing is left there" {
	in_private_mounts true 2>/dev/null || skip "no right to mount anything"
	mkdir data
	# Rank 1 has something else mounted there.
	cat >elsewhere <<-'EOF'
		#!/bin/bash
		[[ $OMPI_COMM_WORLD_RANK == 1 ]] || exec "$@"
		in_private_mounts bash -c 'mount -t tmpfs tmpfs data && exec "$@"' - "$@"
	EOF
	chmod +x elsewhere
	refused "$COULD_NOT_RUN" as_ranks 3 ./elsewhere tailrace run --records 20 --out run data
	# shellcheck disable=SC2154
	[[ $stderr == *"rank 1"*"does not share"* ]]
	[[ -z $(ls -A data) && ! -e run ]]
}
