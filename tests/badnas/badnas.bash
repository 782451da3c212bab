# shellcheck shell=bash disable=SC2154
# badnas.bash - what the bats files of this folder share: a badnas for each test,
# runs on it, and what it says that it did. `load ../helper` comes before.
#
# What a fault must lead to is reckoned from badnas' own log and from
# docs/guarantees.md, never from what tailrace found.

BADNAS=$TAILRACE_BUILD/tests/badnas/badnas
RANKS=4
RECORDS=200
SIZE=1024	# bytes, the default of `run`

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir backing nas
	badnas_pid=
}

# Its end gives up what it never answered: nothing can stay behind.
teardown()
{
	unmount_badnas
}

mounted()
{
	grep -q " $PWD/nas fuse.badnas " /proc/self/mounts
}

# mount_badnas [OPTIONS] - show the folder `backing` at `nas`, with these faults.
mount_badnas()
{
	local tries=200
	"$BADNAS" -o "seed=1,log=$PWD/log${1:+,$1}" backing nas 3>&- &
	badnas_pid=$!
	until mounted; do
		(( tries-- )) && kill -0 "$badnas_pid" || fail "badnas did not come up" || return
		sleep 0.05
	done
}

unmount_badnas()
{
	[[ -n $badnas_pid ]] || return 0
	kill "$badnas_pid" 2>/dev/null || true
	wait "$badnas_pid" 2>/dev/null || true
	badnas_pid=
	mounted || return 0
	# libfuse leaves a mount alone whose connection was aborted.
	fusermount3 -uz nas
	! mounted || fail "badnas left its mount behind"
}

# bad_run OPTION... - a run of four ranks on the badnas, into a fresh folder `run`;
# leaves status and output. All ranks are on one host and meet in one server, so
# that they hand the lock over as on a local file system: --fstype says that.
bad_run()
{
	rm -rf run
	run limited 100 mpirun --quiet -n "$RANKS" tailrace run --no-plots --quiet --fstype ext4 \
		--size "$SIZE" --records "$RECORDS" --out run "$@" nas
	printf '%s\n' "$output"
}

# ended CODE - the last run did, and told the same in its result
ended()
{
	(( status == $1 )) || fail "exit code $status instead of $1" || return
	[[ $(json run/result.json 'r["exit_code"]') == "$1" ]]
}

# verdict_is STRATEGY VERDICT
verdict_is()
{
	local is
	is=$(json run/result.json "s['$1']['verdict']")
	[[ $is == "$2" ]] ||
		fail "$1 is $is: $(json run/result.json "s['$1']['reason']")"
}

# struck FAULT - how often, as badnas has it
struck()
{
	grep -c "^$1 " log
}

# found STRATEGY [KIND=COUNT...] - these anomalies and no others. COUNT may be
# "some" where it is the race that decides.
found()
{
	local strategy=$1
	shift
	python3 - "$strategy" "$@" <<-'END'
		import json, sys
		rows = json.load(open("run/result.json"))["strategies"]
		row = next(r for r in rows if r["name"] == sys.argv[1])
		left = {k: n for k, n in row["anomalies"].items() if n}
		for word in sys.argv[2:]:
		    kind, count = word.split("=")
		    n = left.pop(kind, 0)
		    if n < 1 if count == "some" else n != int(count):
		        sys.exit(f"{sys.argv[1]}: {kind} is {n}, must be {count}")
		if left:
		    sys.exit(f"{sys.argv[1]}: there is also {left}")
	END
}

# records STRATEGY KIND - how many are acknowledged, unknown, recovered, ...
records()
{
	json run/result.json "s['$1']['records']['$2']"
}

# intact_all STRATEGY - every append was acknowledged and is there
intact_all()
{
	[[ $(records "$1" intact) == $((RANKS * RECORDS)) ]]
}

# in_place STRATEGY FAULT - as many findings as strikes, each where one struck;
# but for those without a place. Records of one size stand one behind the other, so
# that a strike and its finding meet in one slot.
in_place()
{
	python3 - "$1" "$2" "$SIZE" <<-'END'
		import csv, sys
		from collections import Counter
		strategy, fault, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
		log = [line.split() for line in open("log")]
		struck = Counter(int(w[2]) // size for w in log if w[0] == fault)
		offsets = [r["offset"] for r in csv.DictReader(open("run/anomalies.csv"))
		           if r["strategy"] == strategy]
		found = Counter(int(o) // size for o in offsets if o)
		if found - struck or len(offsets) != struck.total():
		    sys.exit(f"struck at {struck}, found at {found}")
	END
}

# culprits_named STRATEGY - each overwritten record with who stands in its place
culprits_named()
{
	python3 - "$1" <<-'END'
		import csv, sys
		rows = [r for r in csv.DictReader(open("run/anomalies.csv"))
		        if r["strategy"] == sys.argv[1] and r["kind"] == "overwritten"]
		if not rows or any((r["rank"], r["seq"]) == (r["by_rank"], r["by_seq"])
		                   or not r["by_rank"] for r in rows):
		    sys.exit("an overwritten record without a culprit")
	END
}
