/*
 * scratch - a folder of its own for a test, with the paths of one writer in it,
 * and what its history says afterwards.
 */
#ifndef TAILRACE_TESTS_UNIT_WORKLOADS_SCRATCH_H
#define TAILRACE_TESTS_UNIT_WORKLOADS_SCRATCH_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/history.h"
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

static inline void scratch_touch(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	ck_assert_int_ge(fd, 0);
	close(fd);
}

static inline off_t scratch_size(const char *name)
{
	struct stat st;

	return stat(name, &st) < 0 ? -1 : st.st_size;
}

/* Is the whole-file lock of @name free for another open file? */
static inline bool scratch_unlocked(const char *name)
{
	int fd = open(name, O_WRONLY);
	bool unlocked = flock(fd, LOCK_EX | LOCK_NB) == 0;

	close(fd);
	return unlocked;
}

/* Entry number @seq of the history @name. */
static inline struct history_entry scratch_entry(const char *name, uint64_t seq)
{
	struct history_entry entry;
	struct history history;

	ck_assert_int_eq(history_open(&history, name, NULL), 0);
	ck_assert_int_eq(history_get(&history, seq, &entry), 0);
	history_close(&history);
	return entry;
}

#define CHECK_ENTRY(name, seq, expected_outcome, expected_step, expected_errnum)       \
	do {                                                                           \
		struct history_entry entry_ = scratch_entry(name, seq);                \
                                                                                       \
		ck_assert_str_eq(outcome_name(entry_.outcome),                         \
				 outcome_name(expected_outcome));                      \
		ck_assert_str_eq(append_step_name(entry_.step),                        \
				 append_step_name(expected_step));                     \
		ck_assert_int_eq(entry_.errnum, expected_errnum);                      \
	} while (0)

#endif
