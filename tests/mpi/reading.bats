# reading - workloads that read under their lock: counters and chains.

load ../helper

teardown_file()
{
	results_parse
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data
}

# result EXPRESSION - of the run folder `run`
result()
{
	json run/result.json "$1"
}

@test "locked counters count, and one without a lock loses updates" {
	run as_ranks 4 tailrace run --no-plots --out run --records 1000 --size 64 --strategy \
		counter,counter:lock=fcntl,counter:lock=ofd,counter:lock=none,think=200 data
	(( status == SAFE || status == INCONCLUSIVE )) || fail "exit code $status"
	for name in counter counter:lock=fcntl counter:lock=ofd; do
		[[ $(result "s['$name']['records']['intact']") == 4000 ]]
		[[ $(result "any(s['$name']['anomalies'].values())") == false ]]
		[[ $(result "s['$name']['anomalies']['stale_read']") == 0 ]]
	done
	[[ $(cat data/*/00-counter.log) == 00000000000000004000 ]]
	name=counter:lock=none,think=200
	[[ $(result "s['$name']['control']") == true ]]
	[[ $(result "s['$name']['verdict']") == unsafe ]]
	[[ $(result "s['$name']['anomalies']['overwritten'] > 0") == true ]]
	[[ $(result "s['$name']['anomalies']['stale_read']") == null ]]
	[[ $(result "s['$name']['anomalies']['torn']") == null ]]
	# Numbers taken and updates lost make up all acknowledged steps.
	[[ $(result "s['$name']['records']['intact'] + s['$name']['anomalies']['lost']") == 4000 ]]
	[[ $(result "s['$name']['examples'][0]['by']['rank'] >= 0") == true ]]
	run tailrace verify run
	(( status == SAFE || status == INCONCLUSIVE ))
}

@test "a chain is unbroken under a lock, and without one its records are lost" {
	run as_ranks 4 tailrace run --no-plots --out run --records 500 --size 64-300 --strategy \
		chain,chain:lock=fcntl,batch=4,chain:lock=none,think=200 data
	(( status == SAFE || status == INCONCLUSIVE )) || fail "exit code $status"
	for name in chain chain:lock=fcntl,batch=4; do
		[[ $(result "s['$name']['records']['intact']") == 2000 ]]
		[[ $(result "any(s['$name']['anomalies'].values())") == false ]]
		[[ $(result "s['$name']['anomalies']['stale_read']") == 0 ]]
	done
	[[ $(result "s['chain:lock=none,think=200']['verdict']") == unsafe ]]
	[[ $(result "s['chain:lock=none,think=200']['anomalies']['stale_read']") == null ]]
}

@test "lock and think are for workloads that read" {
	refused "$USAGE" tailrace run --strategy flock:lock=fcntl data
	refused "$USAGE" tailrace run --strategy append:think=5 data
	refused "$USAGE" tailrace run --strategy counter:batch=2 data
}
