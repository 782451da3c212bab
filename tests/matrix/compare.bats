# compare - the gate on real mounts: what it must pass, and what it must stop.

load ../helper

setup_file()
{
	require_lab
}

# lab_run FOLDER LAB-OPTION... - a run of locks on that mount
lab_run()
{
	local folder=$1
	shift
	run limited 600 "$repo/scripts/lab/lab" --hosts 2 "$@" -- \
		tailrace run --no-plots -n 4 --strategy append,flock,fcntl --records 1000 --out "$folder" /mnt/nas
	printf '%s\n' "$output"
	[[ -e $folder/result.json ]]
}

@test "a run with itself passes, v4.2 against nolock fails with the reason" {
	lab_run good --nfs 4.2
	lab_run bad --nfs 3 --mount nolock
	run -0 tailrace compare good good
	run -1 tailrace compare good bad
	[[ $output == *"REGRESSION: flock: safe became unsafe: "*lost* || \
	   $output == *"REGRESSION: fcntl: safe became unsafe: "*lost* ]] || fail "$output"
}
