# syscalls - what the measured phase costs: the calls that the strategy asks for, and
# the clock, which is no system call where the kernel has it in the vDSO (vdso(7)).

load ../helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data traces
}

# The writer of strategy number $1 is the process that made its history.
trace_of()
{
	grep -lE "^openat\(.*/$1-[^/\"]*\.history\", O_RDWR\|O_CREAT" traces/*
}

# calls INDEX - the system calls of that strategy's writer from its start to where it
# closes its history, one a line, with what tells a lock from an unlock.
calls()
{
	awk '
		/^(recvfrom\(3,|clock_nanosleep\()/ && !wrote { n = 0; next }
		/^munmap\(/ && wrote { exit }
		/^clock_gettime\(/ || !/^[a-z0-9_]+\(/ { next }
		{
			wrote = wrote || /^p?write/
			match($0, /^[a-z0-9_]+/)
			call = substr($0, 1, RLENGTH)
			sub(/^newfstatat$|^statx$/, "fstat", call)
			if (match($0, /LOCK_EX|LOCK_UN|F_UNLCK|F_WRLCK|SEEK_CUR|SEEK_END/))
				call = call ":" substr($0, RSTART, RLENGTH)
			list[n++] = call
		}
		END { for (i = 0; i < n; i++) print list[i] }' "$(trace_of "$1")"
}

# repeated TIMES BATCH BETWEEN END - the calls of so many batches, what stands between
# two of them, and what comes in the end, one a line.
repeated()
{
	local times=$1 k
	for (( k = 1; k < times; k++ )); do
		printf '%s\n' "$2" "$3"
	done | tr ' ' '\n' | sed '/^$/d'
	printf '%s\n' "$2" "$4" | tr ' ' '\n' | sed '/^$/d'
}

# Purpose: what a strategy costs is measured, and not what watching it costs: not one
# call more than its own stands between the first record and the last.
@test "a writer makes the system calls of its strategy and no other" {
	command -v strace >/dev/null || skip "no strace"
	strace -o traces/probe true 2>/dev/null || skip "no right to trace"
	local records=60 index strategy times batch between end
	# Strategy, batches, the calls of one, those between two, those at the end.
	local -a rows=(
		'append|60|write lseek:SEEK_CUR||close'
		'flock|60|flock:LOCK_EX lseek:SEEK_END write flock:LOCK_UN||close'
		'fcntl|60|fcntl:F_WRLCK lseek:SEEK_END write fcntl:F_UNLCK||close'
		'ofd|60|fcntl:F_WRLCK lseek:SEEK_END write fcntl:F_UNLCK||close'
		'per-file|60|pwrite64||close'
		'flock-pwrite|60|flock:LOCK_EX fstat pwrite64 flock:LOCK_UN||close'
		'flock-append|60|flock:LOCK_EX write lseek:SEEK_CUR flock:LOCK_UN||close'
		'flock:flush=fsync|60|flock:LOCK_EX lseek:SEEK_END write fsync flock:LOCK_UN||close'
		'fcntl:flush=fdatasync|60|fcntl:F_WRLCK lseek:SEEK_END write fdatasync fcntl:F_UNLCK||close'
		'flock:batch=4|15|flock:LOCK_EX lseek:SEEK_END write flock:LOCK_UN||close'
		'append:io=dsync|60|write lseek:SEEK_CUR||close'
		'flock:flush=close|60|flock:LOCK_EX lseek:SEEK_END write close|openat|'
		# One ticket is enough for all; the other close is that of the sequencer's.
		"extents|1|sendmsg recvfrom $(printf 'pwrite64 %.0s' {1..60})||close close"
		"extents:batch=4,flush=fsync|1|sendmsg recvfrom $(printf 'pwrite64 fsync %.0s' {1..15})||close close"
		'counter|60|flock:LOCK_EX pread64 pwrite64 flock:LOCK_UN||close'
	)
	run strace -f -ff -qq -o traces/of tailrace run --no-plots --quiet --turn 0 \
		--views none --records $records --out run data \
		--strategy "$(IFS=,; printf '%s' "${rows[*]%%|*}")"
	[[ $status == "$INCONCLUSIVE" ]] || fail "exit code $status: $output"
	for index in "${!rows[@]}"; do
		IFS='|' read -r strategy times batch between end <<<"${rows[index]}"
		[[ $(json run/result.json "s['$strategy']['records']['acknowledged']") == "$records" ]]
		calls "$(printf '%02d' "$index")" >made
		repeated "$times" "$batch" "$between" "$end" >own
		diff own made || fail "$strategy: '<' are its own calls, '>' those it made" || return
	done
}

# descendants PID - the processes that it started, and those that these did.
descendants()
{
	ps -eo pid=,ppid= | awk -v top="$1" '
		{ parent[$1] = $2 }
		END {
			for (pid in parent) {
				for (up = pid; up in parent && up != top;)
					up = parent[up]
				if (up == top)
					print pid
			}
		}'
}

# processor_ticks PID... - how long they ran so far, in ticks (proc(5), stat).
processor_ticks()
{
	local pid
	for pid in "$@"; do
		sed 's/.*) //' "/proc/$pid/stat"
	done | awk '{ sum += $12 + $13 } END { print sum }'
}

# Purpose: who waits sleeps. A rank that spun would take a processor, or its share.
@test "ranks and spawners sleep while writers append" {
	local pids=() ends=$((SECONDS + 30)) pid before after
	tailrace run --no-plots --quiet -n 4 --duration 60s --rate 20 --strategy per-file --out run \
		data 3>&- &
	pid=$!
	until (( $(cat data/tailrace-*/00-* 2>/dev/null | wc -l) >= 40 )); do
		(( SECONDS < ends )) || fail "no records appeared" || return
		sleep 0.1
	done
	mapfile -t pids < <(descendants $pid)
	# mpirun, and four times a rank, its spawner and its writer.
	(( ${#pids[@]} >= 13 )) || fail "only ${#pids[@]} processes"
	before=$(processor_ticks "$pid" "${pids[@]}")
	sleep 3
	after=$(processor_ticks "$pid" "${pids[@]}")
	kill -INT $pid
	wait $pid || true
	# One that spins runs for 300 ticks, or on a busy machine for its share of them.
	(( after - before < 50 )) || fail "$((after - before)) ticks of processor time in 3 s"
}
