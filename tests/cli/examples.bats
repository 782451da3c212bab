# examples - what stands in examples/ is at least well formed, and says what was tried.

load ../helper

@test "each says whether it was run" {
	local file
	while IFS= read -r file; do
		head -n 15 "$file" | grep -qE '^# (Run with |Not (run|built) )' ||
			fail "$file does not say whether it was run"
	done < <(find "$repo/examples" -type f ! -name README.md)
}

@test "scripts and modules are well formed" {
	bash -n "$repo"/examples/slurm/*.sbatch
	python3 - "$repo"/examples/reframe/*.py <<<'
import ast, sys
for name in sys.argv[1:]:
    ast.parse(open(name).read(), name)'
}

@test "each step of the workflow runs or uses something" {
	python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml"
	python3 -c 'import sys, yaml
steps = yaml.safe_load(open(sys.argv[1]))["jobs"]["check"]["steps"]
assert all("run" in step or "uses" in step for step in steps)' "$repo"/examples/github-actions/loopback.yml
}

@test "the options that they give to check are options" {
	require_mpi
	local option
	while read -r option; do
		tailrace check --help-words | grep -qe "^$option\b" || fail "no $option"
	done < <(grep -rhoE 'tailrace check .*' "$repo/examples" | grep -oe ' --[a-z-]*')
}
