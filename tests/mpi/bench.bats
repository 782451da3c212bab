# bench - scripts/bench measures what it says, and writes it down. How fast anything
# is, no test asks.

load ../helper
# shellcheck disable=SC2154  # stderr is set by `run`

@test "every row has its median, its range and its pairs" {
	mkdir disk memory
	run --separate-stderr -0 limited 280 "$repo/scripts/bench" --quick --only harness,verify \
		--disk disk --memory memory --out measured
	[[ $output == *"say nothing about speed"* ]]
	diff <(printf '%s\n' "$output") measured/bench.md
	# Append by both sizes and numbers of writers; of the verifier, four rows for each
	# size and one of growth.
	run awk -F '\t' '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; columns = NF; next }
		NF != columns || !($at["ratio_low"] <= $at["ratio"] &&
			$at["ratio"] <= $at["ratio_high"]) { exit 1 }
		$at["ratio_low"] <= 0 || $at["a_median"] <= 0 || $at["b_median"] <= 0 { exit 1 }
		$at["pairs"] != 2 || $at["met"] !~ /^(yes|no)$/ { exit 1 }
		{ rows[$at["group"]]++ }
		END { print rows["harness"], rows["verify"] }' measured/bench.tsv
	[[ $output == "4 9" ]] || fail "$output" "$(cat measured/bench.tsv)"
	# Nothing is left of what it wrote.
	[[ -z $(find disk memory -type f) ]]
	run -2 "$repo/scripts/bench" --only nothing
	run -2 "$repo/scripts/bench" --pairs 3
}

@test "the bare loop makes as many records as it says" {
	for strategy in append flock fcntl append:io=dsync; do
		run -0 "$TAILRACE_BUILD/tests/bare" "$strategy" 100 64 2 "$strategy"
		[[ $output =~ ^[0-9]+\.[0-9]+$ ]]
		[[ $(wc -c <"$strategy") == 12800 ]]
	done
	run -0 "$TAILRACE_BUILD/tests/bare" per-file 100 64 2 own
	[[ $(cat own.0 own.1 | wc -c) == 12800 ]]
	run -2 "$TAILRACE_BUILD/tests/bare" nothing 1 64 1 file
	run -1 "$TAILRACE_BUILD/tests/bare" append 1 64 1 /nonexistent/file
}

# Purpose: what tailrace is held against does what a writer of it does, as
# syscalls.bats has it, and no more.
@test "the bare loop makes the system calls of its strategy and no other" {
	command -v strace >/dev/null || skip "no strace"
	strace -o probe true 2>/dev/null || skip "no right to trace"
	local strategy calls row
	for row in 'append|write lseek' 'per-file|pwrite64' 'append:io=dsync|write lseek' \
		'flock|flock lseek write flock' 'fcntl|fcntl lseek write fcntl'; do
		IFS='|' read -r strategy calls <<<"$row"
		rm -rf traces && mkdir traces
		strace -f -ff -qq -o traces/of \
			"$TAILRACE_BUILD/tests/bare" "$strategy" 20 256 1 file >/dev/null
		awk '/^clock_nanosleep\(/ { on = 1; next }
			/^exit_group\(/ { exit }
			on { sub(/\(.*/, ""); print }' \
			"$(grep -l '^clock_nanosleep' traces/*)" >made
		for _ in {1..20}; do
			tr ' ' '\n' <<<"$calls"
		done >own
		diff own made || fail "$strategy: '<' are its own calls, '>' those it made" || return
	done
}
