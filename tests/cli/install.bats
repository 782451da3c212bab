# install - what `cmake --install` leaves under a prefix, and the Debian packages.

load ../helper

# installed_commands PROGRAM - the commands that it has, one a line.
installed_commands()
{
	"$1" --words | sed -n 's/^_tailrace_words\[\([a-z]*\)\]=.*/\1/p'
}

# packed - enter a folder with the packages of this build, in debs/, and what is in
# them, in tailrace/ and tailrace-verify/. Packed once for all tests.
packed()
{
	[[ ${TAILRACE_MPI:-1} == 1 ]] || skip "a build without MPI has no package tailrace"
	[[ ${TAILRACE_SANITIZE:-0} == 0 ]] || skip "nobody packs a build with sanitizers"
	command -v dpkg-shlibdeps >/dev/null || skip "no dpkg-dev"
	cd "$BATS_FILE_TMPDIR" || return
	[[ ! -d debs ]] || return 0
	cpack -G DEB --config "$TAILRACE_BUILD/CPackConfig.cmake" -B debs >log 2>&1 ||
		fail "$(<log)" || return
	for package in tailrace tailrace-verify; do
		dpkg-deb -x debs/"$package"_[0-9]*.deb "$package"
	done
}

@test "an installed program runs, with man pages and completion beside it" {
	local command
	cmake --install "$TAILRACE_BUILD" --prefix "$PWD/prefix" >/dev/null
	[[ $(prefix/bin/tailrace --version) == "$(tailrace --version)" ]]
	[[ $(prefix/bin/tailrace-list claims) == "$(tailrace list claims)" ]]
	for command in $(installed_commands prefix/bin/tailrace-verify); do
		run -0 "prefix/bin/tailrace-$command" --help
		[[ ${lines[0]} == "Usage: tailrace-$command "* ]]
		bash -n "prefix/share/bash-completion/completions/tailrace-$command"
	done
	bash -n prefix/share/bash-completion/completions/tailrace
	[[ -e $TAILRACE_BUILD/docs/man/tailrace.1 ]] || skip "no scdoc"
	for command in $(installed_commands prefix/bin/tailrace); do
		[[ -s prefix/share/man/man1/tailrace-$command.1 ]] || fail "no page of $command"
	done
	[[ -s prefix/share/man/man1/tailrace.1 && -s prefix/share/man/man5/tailrace-formats.5 ]]
}

@test "a man page has every option of its command" {
	local command option pages
	for command in $(installed_commands tailrace); do
		pages=("$repo/docs/man/tailrace-$command.1.scd")
		if grep -qF 'All others are those of *tailrace run*' "${pages[0]}"; then
			pages+=("$repo/docs/man/tailrace-run.1.scd")
		fi
		for option in $(tailrace "$command" --help-words |
			grep -oe '^--[a-z-]*' | grep -vxe '--help\(-all\)\?'); do
			cat "${pages[@]}" | grep -qe "\*$option\*" ||
				fail "tailrace-$command(1) lacks $option"
		done
	done
}

@test "the page of formats has all that docs/formats.md has" {
	[[ -e $TAILRACE_BUILD/docs/man/tailrace-formats.5.scd ]] || skip "no scdoc"
	words() { tr -cs '[:alnum:]' '\n' | sort -u; }
	run -0 comm -23 <(words <"$repo/docs/formats.md") \
		<(sed 's/\\//g' "$TAILRACE_BUILD/docs/man/tailrace-formats.5.scd" |
			tee >(tr '[:upper:]' '[:lower:]') | words)
	# A heading of the page is in capitals, and the first of the text is the page's name.
	while read -r word; do
		grep -qiw "$word" "$TAILRACE_BUILD/docs/man/tailrace-formats.5.scd" ||
			fail "not in the page: $word"
	done <<<"$output"
}

@test "the packages have what Debian asks for, and their programs run" {
	packed
	run -0 tailrace/usr/bin/tailrace --version
	[[ ${lines[0]} == "$(tailrace --version | sed -n 1p)" ]]
	run -0 tailrace-verify/usr/bin/tailrace-verify --version
	[[ $output == *"without MPI"* ]]
	tailrace/usr/bin/tailrace run --quiet --one-client --records 20 --out RUN \
		--strategy per-file "$(mktemp -d -p .)"
	run -0 tailrace-verify/usr/bin/tailrace-verify RUN
	[[ ${lines[0]} == SAFE:* ]]
	for package in tailrace tailrace-verify; do
		grep -q '^License: Expat$' $package/usr/share/doc/$package/copyright
		gzip -t $package/usr/share/doc/$package/changelog.Debian.gz \
			$package/usr/share/man/man*/*.gz
		[[ -z $(find $package/usr/share/man -type f ! -name '*.gz') ]]
	done
}

@test "tailrace-verify depends on no MPI, and shares no file with tailrace" {
	packed
	run -0 dpkg-deb -f debs/tailrace-verify_*.deb Depends
	[[ $output == *libc6* && $output != *mpi* ]] || fail "$output"
	run -0 dpkg-deb -f debs/tailrace_*.deb Depends
	[[ $output == *libopenmpi3* && $output == *tailrace-verify* ]] || fail "$output"
	run -0 comm -12 <(cd tailrace && find . ! -type d | sort) \
		<(cd tailrace-verify && find . ! -type d | sort)
	[[ -z $output ]] || fail "in both: $output"
}

@test "one maintainer stands in both packages and their changelogs" {
	local package maintainer
	maintainer=$(sed -n 's/^TAILRACE_MAINTAINER:STRING=//p' "$TAILRACE_BUILD/CMakeCache.txt")
	[[ $maintainer == *' <'*@*'>' ]] || fail "$maintainer"
	packed
	for package in tailrace tailrace-verify; do
		run -0 dpkg-deb -f debs/"$package"_[0-9]*.deb Maintainer
		[[ $output == "$maintainer" ]] || fail "$output"
		run -0 zgrep -F " -- $maintainer  " "$package/usr/share/doc/$package"/changelog*.gz
	done
}

@test "lintian finds no error and no warning" {
	command -v lintian >/dev/null || skip "no lintian"
	packed
	run -0 lintian --allow-root --fail-on error,warning debs/*.deb
}
