/*
 * scratch - what one writer left in the working folder of a test: its files, their
 * locks, and what its history says.
 */
#ifndef TAILRACE_TESTS_UNIT_WORKLOADS_SCRATCH_H
#define TAILRACE_TESTS_UNIT_WORKLOADS_SCRATCH_H

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/history.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

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
