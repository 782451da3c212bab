/*
 * locks - the locks of one file: flock(2) and POSIX record locks, which do not
 * know of each other, as on a local file system.
 *
 * A request that must wait is answered when its turn has come; an interrupted
 * one, EINTR.
 */
#ifndef TAILRACE_TESTS_BADNAS_LOCKS_H
#define TAILRACE_TESTS_BADNAS_LOCKS_H

#include "tests/badnas/fuse.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum lock_space {
	SPACE_FLOCK,
	SPACE_POSIX,
};

/* Bytes [from, to] of a file for one owner. */
struct lock {
	struct lock *next;
	enum lock_space space;
	uint64_t owner; /* the kernel's name for an open file, or for a process */
	pid_t pid;
	bool exclusive;
	int64_t from, to;
};

/* All zero is a file without locks. */
struct locks {
	struct lock *held;
	struct waiter *waiting; /* in the order of asking */
};

/* Does another owner hold what excludes @wanted?  Its lock, or NULL. */
const struct lock *locks_conflict(const struct locks *locks, const struct lock *wanted);

/*
 * Take @wanted for its owner, whatever others hold, in place of what that owner
 * held of those bytes.  0 or -ENOMEM.
 */
int locks_take(struct locks *locks, const struct lock *wanted);

/* Let go of those bytes, and answer who waited for them. */
void locks_drop(struct locks *locks, const struct lock *which);

/* Answer @req when @wanted can be had. */
void locks_wait(struct locks *locks, fuse_req_t req, const struct lock *wanted);

/* Let go of everything; nobody may be waiting. */
void locks_release(struct locks *locks);

#endif
