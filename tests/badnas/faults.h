/*
 * faults - what badnas does wrong: a table of faults, each a mount option, and
 * the decision whether one strikes now.
 *
 * That decision depends on the seed and on how many occasions there were before
 * it, on nothing else.  With log=FILE each strike leaves a line there, so that a
 * test can reckon what must be found without asking who found it.
 */
#ifndef TAILRACE_TESTS_BADNAS_FAULTS_H
#define TAILRACE_TESTS_BADNAS_FAULTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum fault {
	FAULT_APPEND_RACE,
	FAULT_FREE_FLOCK,
	FAULT_FREE_POSIX,
	FAULT_STALE_SIZE,
	FAULT_LOST,
	FAULT_NUL_TAIL,
	FAULT_TORN,
	FAULT_FLIP,
	FAULT_DUPLICATE,
	FAULT_DELAYED,
	FAULT_SHORT,
	FAULT_NO_SPACE,
	FAULT_WRITE_EIO,
	FAULT_WRITE_ESTALE,
	FAULT_WRITE_EDQUOT,
	FAULT_WRITE_EINTR,
	FAULT_OPEN_ESTALE,
	FAULT_LOCK_ENOLCK,
	FAULT_FSYNC_ERROR,
	FAULT_FSYNC_LOSS,
	FAULT_CLOSE_ERROR,
	FAULT_DIVERGENT,
	FAULT_HANG_WRITE,
	FAULT_HANG_FSYNC,
	FAULT_HANG_READ,
	FAULT_HANG_LOCK,
	FAULT_HANG_OPEN,
	FAULT_HANG_CLOSE,
	FAULT_HANG_MKDIR,
	FAULT_HANG_READDIR,
	FAULT_HANG_UNLINK,
	FAULT_HANG_STATFS,
	FAULT_COUNT,
};

/* What the number of NAME=N means. */
enum fault_when {
	WHEN_ALWAYS, /* no number */
	WHEN_ONE_IN, /* one occasion in N, which ones by the seed */
	WHEN_NTH,    /* the Nth occasion only, from 1 */
	WHEN_BEYOND, /* every one beyond the first N */
};

struct fault_info {
	const char *name;
	enum fault_when when;
	const char *meaning; /* for people, no full stop */
};
extern const struct fault_info fault_table[FAULT_COUNT];

/* Owner: whoever called faults_init; released by faults_release. */
struct faults {
	struct {
		bool on;
		uint64_t number;
		uint64_t occasions;
	} of[FAULT_COUNT];
	uint64_t seed;
	FILE *log; /* or NULL */
};

/*
 * Take one mount option: "NAME", "NAME=N", "seed=N" or "log=FILE".  Returns 1 if
 * it was one of ours, 0 if not, -EINVAL for a number that is none or a log that
 * cannot be opened.
 */
int faults_option(struct faults *faults, const char *option);
void faults_release(struct faults *faults);

/* An occasion for @fault: does it strike?  Counts the occasion. */
bool faults_strike(struct faults *faults, enum fault fault);

/* A number below @limit for the shape of the last strike of @fault; @limit > 0. */
uint64_t faults_draw(const struct faults *faults, enum fault fault, uint64_t limit);

/* Log: @what befell process @pid at bytes [@offset, @offset + @length). */
void faults_note(struct faults *faults, const char *what, pid_t pid, int64_t offset,
		 uint64_t length);

#endif
