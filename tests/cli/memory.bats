# memory - what the verifier needs must not grow with the number of appends.

load ../helper

# peak_kib RECORDS - the most memory that judging so many appends of each of 1000
# writers took, by a lock that excludes.
peak_kib()
{
	local run
	run=$("$TAILRACE_BUILD/tests/crowd" . 1000 "$1" 64)
	python3 - tailrace verify --threads 2 "$run" <<'END'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
	rm -r "$run"
}

# Purpose: 100 million appends are 6.4 GB of histories; a bit of each must do.
@test "a million more appends of 1000 writers take few bytes each" {
	local few many
	[[ ${TAILRACE_SANITIZE:-0} != 1 ]] || skip "a sanitizer has memory of its own"
	few=$(peak_kib 500)
	many=$(peak_kib 1500)
	# 64 bytes an append would be 61 MiB; the rows of records.csv, of which there are
	# never more than a million, are 5.
	(( many - few < 16 * 1024 )) || fail "$few and $many KiB"
	# And in all: a window on each history.
	(( many < 128 * 1024 )) || fail "$few and $many KiB"
}
