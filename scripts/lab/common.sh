# shellcheck shell=bash
# common.sh - what every script of the lab shares: messages, exit codes, paths.
# To be sourced after `here` was set to the whole path of the scripts' folder.
#
# shellcheck disable=SC2034,SC2154  # names for, and from, those who source this

EXIT_USAGE=2		# as everywhere in tailrace
EXIT_NO_LAB=4		# the lab itself could not come up

repo=${here%/scripts/lab}

# Where the lab keeps its state, in the lab's own mount namespace: never seen
# by the machine outside.
state=/run/lab

say()
{
	printf 'lab: %s\n' "$*" >&2
}

die()
{
	say "$@"
	exit "$EXIT_NO_LAB"
}

die_usage()
{
	say "$@"
	exit "$EXIT_USAGE"
}

# A whole number and a unit, as everywhere in tailrace; prints microseconds.
parse_time()
{
	local option=$1 text=$2 factor
	[[ $text =~ ^([0-9]{1,9})(us|ms|s|m|h)$ ]] ||
		die_usage "$option: '$text' is no time (examples: 500us, 2ms, 30s, 5m)"
	case ${BASH_REMATCH[2]} in
	us)	factor=1 ;;
	ms)	factor=1000 ;;
	s)	factor=1000000 ;;
	m)	factor=60000000 ;;
	h)	factor=3600000000 ;;
	esac
	printf '%d\n' $(( 10#${BASH_REMATCH[1]} * factor ))
}

# tools_env ROOT - let the unpacked tools find each other and their libraries.
# Only for the lab's own scripts: the user's command must not see these
# libraries in place of the machine's.
tools_env()
{
	local root=$1
	export PATH=$root/usr/sbin:$root/sbin:$root/usr/bin:$root/bin:/usr/sbin:/usr/bin:/sbin:/bin
	local dirs=("$root"/usr/lib/*-linux-gnu "$root"/lib/*-linux-gnu)
	local IFS=:
	export LD_LIBRARY_PATH="${dirs[*]}"
}
