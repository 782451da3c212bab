# hangs_around - what hangs before the appends and after them: the run must end in time
# all the same.

load ../helper
load badnas

# As in hangs.bats.
patience=2s within_s=40
if [[ -n ${TAILRACE_LAB:-} ]]; then
	patience=15s within_s=120
fi

# Preflight, on a mount that is dead already.
@test "hang_statfs, hang_mkdir: nothing is begun" {
	for fault in hang_statfs=1 hang_mkdir=1; do
		mount_badnas "$fault"
		SECONDS=0
		bad_run --strategy flock --timeout "$patience"
		(( SECONDS < within_s ))
		[[ $status == "$COULD_NOT_RUN" ]] || fail "exit code $status: $output"
		[[ $output == *"did not answer within"* ]] || fail "$output"
		unmount_badnas
	done
}

# Clean-up: what was found out is told all the same.
@test "hang_readdir, hang_unlink: the files stay, and the run ends" {
	for fault in hang_readdir=1 hang_unlink=4; do
		mount_badnas "$fault"
		SECONDS=0
		bad_run --strategy per-file --keep never --timeout "$patience"
		(( SECONDS < within_s ))
		ended "$SAFE"
		[[ $output == *"cannot remove "*"/nas/tailrace-"* ]] || fail "$output"
		grep -q "^${fault%=*} " log
		unmount_badnas
		rm -rf backing/* log
	done
}

@test "hang_read: a merge of files that cannot be read" {
	mount_badnas hang_read=1
	SECONDS=0
	bad_run --strategy per-file --views none --merge --timeout "$patience"
	(( SECONDS < within_s ))
	ended "$INCONCLUSIVE"
	[[ $output == *"not merged"* ]] || fail "$output"
}
