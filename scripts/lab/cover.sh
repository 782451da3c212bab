# shellcheck shell=bash
# cover.sh - put the lab's own folders over the machine's, in this mount
# namespace only, while the caller's folders keep their names.
#
# A folder that gets covered can still be reached through a descriptor that was
# opened before; a bind from /proc/self/fd brings it back. mount must not
# resolve that link into the name that is covered (--no-canonicalize).

# shellcheck disable=SC2154  # state is from common.sh

declare -gA kept=()

# keep_open DIR... - remember the folders before anything is covered.
keep_open()
{
	local dir fd
	for dir in "$@"; do
		dir=$(cd "$dir" 2>/dev/null && pwd -P) || continue
		[[ $dir == / || -n ${kept[$dir]:-} ]] && continue
		exec {fd}<"$dir"
		kept[$dir]=$fd
	done
}

# keep_restore PREFIX... - bring back those that lie under a covered PREFIX.
keep_restore()
{
	local dir prefix fd
	# Sorted, so that a folder comes before those inside it.
	while IFS= read -r -d '' dir; do
		for prefix in "$@"; do
			[[ $dir == "$prefix"/* ]] || continue
			mkdir -p "$dir"
			mount --no-canonicalize --rbind "/proc/$$/fd/${kept[$dir]}" "$dir"
		done
	done < <(printf '%s\0' "${!kept[@]}" | sort -z)
	for dir in "${!kept[@]}"; do
		fd=${kept[$dir]}
		exec {fd}<&-
	done
	kept=()
}

# overlay DIR... - the same content, writable, and the writes go nowhere.
overlay()
{
	local dir work
	for dir in "$@"; do
		work=$state/overlay/${dir//\//-}
		mkdir -p "$work/upper" "$work/work"
		mount -t overlay \
			-o "lowerdir=$dir,upperdir=$work/upper,workdir=$work/work" \
			overlay "$dir"
	done
}
