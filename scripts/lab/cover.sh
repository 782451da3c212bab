# shellcheck shell=bash
# cover.sh - put the lab's own folders over the machine's, in this mount
# namespace only, while the caller's folders keep their names.
#
# A folder that gets covered can still be reached through a descriptor that was
# opened before; a bind from /proc/PID/fd brings it back. mount must not
# resolve that link into the name that is covered (--no-canonicalize).
#
# shellcheck disable=SC2154  # state is from common.sh

kept=()

# keep_open COVERED DIR... - remember those DIRs, whole and sorted paths, that
# lie under one of the COVERED folders, a word of them, before it is covered.
keep_open()
{
	local covered=$1 prefix dir fd
	shift
	for dir in "$@"; do
		for prefix in $covered; do
			[[ $dir == "$prefix"/* && -d $dir ]] || continue
			exec {fd}<"$dir"
			kept+=("$fd:$dir")
		done
	done
}

keep_restore()
{
	local entry dir fd
	for entry in "${kept[@]}"; do
		fd=${entry%%:*}
		dir=${entry#*:}
		mkdir -p "$dir"
		mount --no-canonicalize --bind "/proc/$$/fd/$fd" "$dir"
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
