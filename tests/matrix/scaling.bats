# scaling - scripts/growth and scripts/lab/scaling in small: they measure what they say, and
# write it down. How fast anything is, no test asks.

load ../helper
# shellcheck disable=SC2154  # status and output are set by `run`

@test "growth: rank 0 has a connection to each, the others have few, and all sleep" {
	run --separate-stderr -0 limited 200 "$repo/scripts/growth" --ranks 2,12 --duration 4 \
		--dir . --out measured
	diff <(printf '%s\n' "$output") measured/growth.md
	run awk -F '\t' '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ fds[$at["ranks"]] = $at["fds0"]; peers[$at["ranks"]] = $at["peers"] }
		$at["history_bytes"] > 4096 || $at["cpu0"] > 0.1 || $at["cpu"] > 0.1 { exit 1 }
		$at["letters"] > 3 || $at["wakes"] > 100 { exit 1 }
		END { print fds[12] - fds[2], peers[12] }' measured/growth.tsv
	# Ten connections more; by a tree the others need four or five peers of eleven.
	read -r more peers <<<"$output"
	(( more >= 10 && more <= 14 && peers <= 6 )) || fail "$(cat measured/growth.md)"
	[[ -z $(find . -maxdepth 1 -name 'tailrace-growth.*') ]]
	run -2 "$repo/scripts/growth" --ranks none
}

@test "scaling: every strategy at every round trip, and what waiting costs" {
	require_lab
	run --separate-stderr -0 limited 600 "$repo/scripts/lab/scaling" --rtts 0,5 \
		--repeat 1 --duration 1 --out measured
	diff <(printf '%s\n' "$output") measured/scaling.md
	run awk -F '\t' 'NR > 1 && ($6 <= 0 || $7 <= 0) { exit 1 } END { print NR }' \
		measured/scaling.tsv
	[[ $output == 13 ]] || fail "$(cat measured/scaling.tsv)"
	# One writer alone waits for its four round trips and no less.
	run awk -F '\t' '$1 == "flock" && $2 == 1 && $3 == 5 { print 4 * $4 * $7 <= 1200 }' \
		measured/scaling.tsv
	[[ $output == 1 ]] || fail "$(cat measured/scaling.tsv)"
	run -2 "$repo/scripts/lab/scaling" --rtts 1
}
