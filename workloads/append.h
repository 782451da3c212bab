/*
 * append - one append, or one batch of them, by the parts of a strategy:
 *
 *   invoke -> (open) -> lock -> place -> write -> locate -> flush -> unlock
 *
 * A lock apart from the data file comes before the open, and where the strategy
 * closes that each time, the close before the unlock.
 *
 * Each step that fails is an outcome in the history, with its errno; no step
 * is taken on after one that must come before it.  A refused lock or place
 * writes nothing: `failed`.  From the write on, an error means `unknown`.
 * A descriptor on which a write, a flush or an unlock failed is closed, which
 * also frees a lock on it, and the next append opens the file again.
 *
 * Nothing is allocated and no system call made but the strategy's own and the
 * clock's.
 */
#ifndef TAILRACE_WORKLOADS_APPEND_H
#define TAILRACE_WORKLOADS_APPEND_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/history.h"
#include "core/live.h"
#include "core/record.h"
#include "workloads/part.h"
#include "workloads/strategy.h"

/* Owner: whoever called appender_open; ended by appender_close. */
struct appender {
	struct strategy_parts parts;
	const struct lock_ops *lock;
	const struct placement_ops *placement;
	const struct record_form *form;	   /* borrowed */
	struct history_writer *history;	   /* borrowed */
	struct live *live;		   /* borrowed: in the history */
	const volatile sig_atomic_t *stop; /* borrowed: give up waiting for locks */
	struct data_file file;
	bool local_fs; /* see write errors in append.c */
	uint32_t writer;
	uint32_t hold;		/* counts batches */
	uint32_t linger_ns;	/* keep the next lock so long, below 1 s; see turn.h */
	uint64_t unflushed_seq; /* first append since the last good flush */
	uint64_t random;
	uint8_t *buffer;    /* room for a batch, page aligned for O_DIRECT */
	uint32_t built;	    /* records that stand in it: those of the last batch */
	const char *remark; /* what the open had to leave out; or NULL */
};

/* What to append with; the pointers must outlive the appender. */
struct appender_config {
	const struct strategy_spec *spec;
	const char *data_path; /* a shared file exists; an own one does not */
	const struct record_form *form;
	struct history_writer *history;
	const volatile sig_atomic_t *stop;
	uint32_t writer;
	bool local_fs;
	const struct endpoints *endpoints; /* of the service that the parts need */
	int service_timeout_ms;		   /* for each answer of it */
	const struct rank_file *rank_file; /* of a strategy in the rank, else NULL */
};

/* How a batch ended: the same for all its records. */
struct append_end {
	enum outcome outcome;
	enum append_step step;
	int errnum;
	int64_t offset; /* believed, of its first byte; or unknown */
	int64_t end;	/* after its last byte; of a counter the next number */
	uint64_t completed_ns;
};

/*
 * Open the data file (an own one is made, mode 0600) and try once what the
 * strategy needs: the open flags, the lock, the alignment of O_DIRECT.
 * Returns 0 or a negative errno with a sentence in @err; appender_need_unmet()
 * tells whether it is the mount that cannot do it.
 */
int appender_open(struct appender *appender, const struct appender_config *config,
		  struct error *err);

/*
 * Append the next @records (1 .. batch) as one batch; their sequence numbers
 * follow history->count.  @now_ns is a reading of the clock after which the caller has
 * waited for nothing: for a record that is made in no time it is when this append
 * begins, and saves a reading.  Returns 0 with *@ret_end, or the negative errno of a
 * history that can take no more: then nothing was written.
 */
int appender_append(struct appender *appender, uint32_t records, uint64_t now_ns,
		    struct append_end *ret_end);

/*
 * Close the file.  An error of close(2) disowns what was not flushed since the
 * last good flush, and is returned.
 */
int appender_close(struct appender *appender);

/*
 * The file will never be closed, since a call on it does not come back: what was not
 * flushed since the last good flush is disowned, as if the close had failed with
 * @errnum.  Memory that the call may still use stays.
 */
void appender_abandon(struct appender *appender, int errnum);

/*
 * Is @errnum from appender_open what a mount answers that cannot do this
 * (EINVAL, EOPNOTSUPP, ENOSYS, ENOLCK)?  Then the strategy is skipped.
 */
bool appender_need_unmet(int errnum);

#endif
