/*
 * scratch - a folder of its own for a test, as its working folder.
 */
#ifndef TAILRACE_TESTS_UNIT_SCRATCH_H
#define TAILRACE_TESTS_UNIT_SCRATCH_H

#include <stdio.h>
#include <unistd.h>

#include "tests/unit/unit.h"

/* The working folder becomes a new one under TMPDIR. */
static inline void scratch_enter(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tailrace-unit-XXXXXX", tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(chdir(path), 0);
}

/* Remove the files @names (NULL at the end) and the folder. */
static inline void scratch_leave(const char *const *names)
{
	char path[4096];

	for (; *names; names++)
		unlink(*names);
	ck_assert_ptr_nonnull(getcwd(path, sizeof(path)));
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(path), 0);
}

#endif
