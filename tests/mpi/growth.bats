# growth - what must not grow with the number of ranks, and what a record may cost.

load ../helper

# Purpose: the histories of all writers are more than one process could hold.
@test "rank 0 gathers files without holding them in memory" {
	local total grown
	run --separate-stderr -0 as_ranks 4 \
		"$TAILRACE_BUILD/tests/gathering" 40 .
	read -r total _ _ _ _ grown _ <<<"$output"
	[[ $total == $(( 4 * 40 * 1048576 )) ]] || fail "$output"
	# A chunk and what MPI needs are 1 to 3 MiB; one file would be 40, all of them 160.
	(( grown < 16 * 1048576 )) || fail "$output"
}

# Purpose: MPI over TCP has a connection to each peer; 1024 descriptors is the usual limit.
@test "there may be more ranks than the soft limit on descriptors" {
	mkdir data
	OMPI_MCA_btl=tcp,self run --separate-stderr -0 as_ranks 12 \
		sh -c 'ulimit -S -n 24; exec "$@"' - \
		tailrace run --no-plots --quiet --one-client --records 20 --strategy per-file --out run data
	[[ -z $stderr ]] || fail "$stderr"
	[[ $(json run/result.json 's["per-file"]["records"]["intact"]') == 240 ]]
}

# Purpose: thousands of millions of appends must fit on local disks.
@test "a history takes 64 bytes for an append" {
	mkdir data
	for records in 100 300; do
		run -0 limited 60 tailrace run --no-plots --quiet --one-client --records "$records" \
			--strategy per-file --out "run$records" data
	done
	(( $(cat run300/history/* | wc -c) - $(cat run100/history/* | wc -c) <= 200 * 64 ))
	(( $(cat run100/history/* | wc -c) <= 100 * 64 + 4096 ))
}
