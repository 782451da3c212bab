#!/usr/bin/env bats
# lab.bats - what scripts/lab/lab promises to those who run commands in it.
#
# Needs Debian's packages to be within reach: the lab fetches its own kernel and
# tools. Where it cannot run require_lab skips, or fails in CI.
#
# A boot of the guest takes 4 to 7 s, so a test has one at most, and asks as much
# as it can of it.

# shellcheck disable=SC2016,SC2154  # scripts for the shell inside; helper's names
load ../helper

LAB=$repo/scripts/lab/lab

setup()
{
	# A folder whose name would show any missing quotes.
	mkdir "$BATS_TEST_TMPDIR/work folder"
	cd "$BATS_TEST_TMPDIR/work folder" || return 1
}

# lab ARGUMENT... - run the lab; leaves code, and the files out and err.
lab()
{
	code=0
	"$LAB" --backend uml --timeout 60s "$@" >out 2>err || code=$?
	echo "exit $code"
	sed 's/^/out: /' out
	sed 's/^/err: /' err
}

# The lab must answer one sentence and 2, and boot nothing.
refuses()
{
	code=0
	"${program:-$LAB}" "$@" >out 2>err || code=$?
	echo "'$*': exit $code, $(cat err)"
	[ "$code" -eq 2 ]
	[ ! -s out ]
	[ "$(wc -l <err)" -eq 1 ]
	[[ $(cat err) == "lab: "* ]]
}

# The processes of a lab whose control folder lies in this test's folder.
# Zombies are not ours to reap once the guard is gone.
processes_left()
{
	ps -eo stat=,args= | awk -v what="$1" '$1 !~ /^Z/ && index($0, what) && !/awk/'
}

# Purpose: a wrong option costs a second and one sentence, not a boot.
@test "wrong options are refused with one sentence and exit 2" {
	refuses --nfs 5 -- true
	refuses --hosts 0 -- true
	refuses --hosts 65 -- true
	refuses --hosts two -- true
	refuses --backend xen -- true
	refuses --rtt 5 -- true
	refuses --timeout soon -- true
	refuses --mem lots -- true
	refuses --mount 'noac nolock' -- true
	refuses --mount vers=3 -- true
	refuses --export 'rw;reboot' -- true
	refuses --export-fs xfs -- true
	refuses --export-size 5 -- true
	refuses --rw /nonexistent -- true
	refuses --rw / -- true
	refuses --bogus -- true
	refuses --hosts -- true
	refuses --hosts
	refuses true
	refuses --
	refuses
}

# Purpose: help goes to stdout, and needs neither packages nor a guest.
@test "--help shows every option and an example" {
	run "$LAB" --help
	[ "$status" -eq 0 ]
	local option
	for option in backend hosts nfs mount export export-fs export-size rtt rw timeout mem; do
		[[ $output == *"--$option "* ]]
	done
	[[ $output == *"lab --hosts 2 --nfs 3"* ]]
}

# Purpose: a hook that is wrong must not look like one that had no effect.
@test "a fault that is none is refused with one sentence and exit 2" {
	program=$repo/scripts/lab/fault
	refuses
	refuses earthquake
	refuses partition host2
	refuses partition host2 5s 5s
	refuses partition host2 5s	# not in a lab
}

# Purpose: what goes into the lab and what comes out of it: arguments,
# environment, both streams apart, files, the exit code.
@test "arguments, streams, files and the exit code pass unharmed" {
	require_lab
	mkdir "$BATS_TEST_TMPDIR/extra"
	export LAB_TEST_VALUE=$'two\nlines'
	lab --hosts 1 --rw "$BATS_TEST_TMPDIR/extra" -- bash -c '
		printf "<%s>\n" "$@" "$LAB_TEST_VALUE"
		echo to-stderr >&2
		pwd >where
		echo kept >"../extra/file"
		touch "$TMPDIR/scratch" /tmp/lab-test-leak
		[ -t 1 ] || echo no terminal
		exit 77' bash 'a b' "it's" 'say "x"' $'new\nline' '' '*'
	[ "$code" -eq 77 ]
	[[ $(cat out) == $'<a b>\n<it\'s>\n<say "x">\n<new\nline>\n<>\n<*>\n<two\nlines>\nno terminal' ]]
	[ "$(cat err)" = to-stderr ]
	[ "$(cat where)" = "$PWD" ]
	[ "$(cat ../extra/file)" = kept ]
	[ ! -e /tmp/lab-test-leak ]
	[ -O where ]
}

# Purpose: the launcher's settings: plain mpirun spreads its ranks evenly over
# hosts of different names, all of which see one file system.
@test "mpirun spreads ranks evenly over four hosts with one export" {
	require_lab
	require_mpi
	TAILRACE_BUILD=/usr/share lab --hosts 4 -- bash -c '
		echo "$TAILRACE_LAB $LAB_HOSTS $LAB_NFS $LAB_BACKEND ${PATH%%:*}"
		mpirun -n 8 sh -c "hostname >/mnt/nas/rank\$OMPI_COMM_WORLD_RANK"
		cat /mnt/nas/rank? | sort | uniq -c
		"$LAB_ON" host3 grep -o "vers=4[.]2" /proc/mounts'
	[ "$code" -eq 0 ]
	[ "$(head -n 1 out)" = "1 4 4.2 uml /usr/share" ]
	local k
	for k in 1 2 3 4; do
		grep -qx " *2 host$k" out
	done
	grep -qx 'vers=4.2' out
}

# One host holds a lock while another asks for it; prints granted or refused.
# Also how long the first lock took: a grace period would be 10 s or more.
lock_over_hosts='
	start=$SECONDS
	"$LAB_ON" 1 flock /mnt/nas/f sh -c "touch held; while [ ! -e asked ]; do sleep 0.1; done" &
	while [ ! -e held ]; do sleep 0.1; done
	(( SECONDS - start < 8 )) && echo no grace period
	"$LAB_ON" 2 flock -n /mnt/nas/f echo granted || echo refused
	touch asked
	wait'

# Purpose: NFSv3 locks exclude between hosts, which takes rpcbind and statd in
# each, and need not wait for lockd's grace period.
@test "an NFSv3 lock held on one host is refused on another" {
	require_lab
	lab --hosts 2 --nfs 3 -- bash -c "$lock_over_hosts"
	[ "$code" -eq 0 ]
	grep -qx refused out
	grep -qx 'no grace period' out
}

# Purpose: mount options arrive: with nolock each host has locks of its own.
@test "with nolock both hosts get the same NFSv3 lock" {
	require_lab
	lab --hosts 2 --nfs 3 --mount nolock -- bash -c "$lock_over_hosts"
	[ "$code" -eq 0 ]
	grep -qx granted out
}

# Purpose: a mount that cannot be made is told from a command that fails.
@test "a lab that cannot come up says so and exits 4" {
	require_lab
	lab --hosts 1 --mount nosuchoption -- true
	[ "$code" -eq 4 ]
	[ ! -s out ]
	[[ $(tail -n 1 err) == "lab: host1 could not mount the export"* ]]
}

# Purpose: the native back end, tried inside the guest, whose kernel has NFS: it
# builds the same lab and leaves no server thread behind.
@test "the native back end works, and leaves nothing in its kernel" {
	require_lab
	"$repo/scripts/lab/packages" native >/dev/null
	lab --hosts 1 -- bash -c '
		threads() { ps -e | grep -c "nfsd$"; }
		before=$(threads)
		"$0" --hosts 2 -- sh -c '\''echo $LAB_BACKEND; "$LAB_ON" 2 hostname; exit 5'\''
		echo "exit $?, $(( $(threads) - before )) threads more"' "$LAB"
	[ "$code" -eq 0 ]
	[ "$(cat out)" = $'native\nhost2\nexit 5, 0 threads more' ]
}

# interrupt SIGNAL [GROUP] - kill a lab in the middle of a run, or its process
# group as Ctrl-C does; all of the guest must be gone soon, and its files. The
# memory file never shows: UML removes its name at once.
interrupt()
{
	mkdir control
	TMPDIR=$PWD/control setsid env --default-signal=INT \
		"$LAB" --hosts 1 -- sh -c 'touch started; exec sleep 100' 3>&- &
	lab_pid=$!
	local round
	for (( round = 0; round < 300; round++ )); do
		[ -e started ] && break
		kill -0 "$lab_pid"
		sleep 0.1
	done
	kill -s "$1" -- "${2:-}$lab_pid"
	code=0
	wait "$lab_pid" || code=$?
	for (( round = 0; round < 50; round++ )); do
		[ -n "$(ls control)$(processes_left "$PWD/control")" ] || return 0
		sleep 0.1
	done
	ls control
	processes_left "$PWD/control"
	return 1
}

# Purpose: the usual way in which a run is ended early.
@test "Ctrl-C leaves no process and no file" {
	require_lab
	cd "$(mktemp -d "$BATS_TEST_TMPDIR/nospace.XXXXXX")"
	interrupt INT -
	[ "$code" -eq 130 ]
}

# Purpose: the lab itself cannot catch this; the guard outlives it.
@test "SIGKILL of the lab leaves no process and no file" {
	require_lab
	cd "$(mktemp -d "$BATS_TEST_TMPDIR/nospace.XXXXXX")"
	interrupt KILL
	[ "$code" -eq 137 ]
}
