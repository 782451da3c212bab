# skew - hosts whose clocks are hours apart and run at different rates: locks that
# work must not look broken. What leaps is tried in tests/unit/verify/test_clocks.c.

load ../helper

setup_file()
{
	require_lab
}

# skewed OPTION... - a run of two locks on three hosts. host2 is 1000 s ahead and
# gains 450 ppm; host3 is 2 hours ahead and loses 450.
skewed()
{
	# shellcheck disable=SC2016  # for the shell inside
	run limited 580 "$repo/scripts/lab/lab" --hosts 3 --nfs 4.2 -- bash -c '
		export TAILRACE_TEST_SKEW="host2:1000:450 host3:7200:-450"
		export LD_PRELOAD=$1
		shift
		exec tailrace run --no-plots -n 6 --strategy flock,fcntl --out run "$@" /mnt/nas' \
		bash "$TAILRACE_BUILD/tests/libskew.so" "$@"
	printf '%s\n' "$output"
}

# no_alarm STRATEGY... - by clocks
no_alarm()
{
	local name
	for name in "$@"; do
		[[ $(json run/result.json "s['$name']['anomalies']['lock_overlap']") == 0 ]]
		[[ $(json run/result.json "s['$name']['anomalies']['realtime_disorder']") == 0 ]]
		[[ $(json run/result.json "s['$name']['anomalies']['lost']") == 0 ]]
	done
}

@test "clocks apart and at different rates: safe, and the error is told" {
	skewed --records 400
	(( status == SAFE ))
	no_alarm flock fcntl
	# That the clocks really were skewed: samples tell their offsets.
	[[ $(python3 -c '
import json
hosts = json.load(open("run/manifest.json"))["hosts"]
offsets = [abs(h["clock_samples"][0][1]) / 1e9 for h in hosts]
print(sorted(round(o, -2) for o in offsets))') == "[0.0, 1000.0, 7200.0]" ]]
	[[ $(json run/result.json \
		'sum(0 < h["clock_error_us"] < 100000 for h in r["run"]["hosts"])') == 2 ]]
}
