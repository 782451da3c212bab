/*
 * writer - one appending process: prepares, starts with the others, appends
 * until it has done its share or is asked to stop, and leaves its history.
 *
 *	writer_prepare -> (everybody is ready) -> writer_run -> writer_finish
 *
 * Of SIGUSR1, the first asks for a stop after the current append, and also ends
 * a wait for a lock, which then is `failed` with EINTR.  A time to leave can also stand
 * in the history's live words (core/live.h): that ends no wait.
 */
#ifndef TAILRACE_WORKLOADS_WRITER_H
#define TAILRACE_WORKLOADS_WRITER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/endpoints.h"
#include "core/error.h"
#include "core/history.h"
#include "core/record.h"
#include "workloads/append.h"
#include "workloads/strategy.h"
#include "workloads/turn.h"

/*
 * So many failed or unknown appends in a row, and the writer leaves: far more
 * than any passing trouble makes that returns at once, few enough that a mount
 * that refuses everything does not fill the histories with refusals.
 */
#define WRITER_FAILURES_MAX 100

/* Entries of a history whose run is bounded by time only: 64 GiB of them. */
#define WRITER_UNBOUNDED_RECORDS ((uint64_t)1 << 30)

/*
 * All that a writer needs to know, without pointers: it can be sent to a child
 * of the same binary as it stands.
 */
struct writer_job {
	struct history_identity identity; /* what its history says of itself */
	struct strategy_spec spec;
	bool local_fs;	      /* one client by nature: ext4, tmpfs ... */
	uint64_t records;     /* to append; 0: until the duration is over */
	uint64_t duration_ns; /* 0: until the records are done */
	/* With fewer records than this it goes on, until longest_ns at most; 0: not. */
	uint64_t enough_records, longest_ns;
	uint64_t rate;	     /* records per second at most; 0: unlimited */
	uint32_t turn_holds; /* holds of a lock before stepping aside; 0: never */
	struct endpoints endpoints; /* of the service that the strategy needs */
	int32_t service_timeout_ms; /* for each answer of it */
	char data_path[PATH_MAX];
	char history_path[PATH_MAX];
};

/* Why a writer left. */
enum writer_leave {
	LEAVE_NOT_YET = 0,
	LEAVE_DONE,	/* records or duration */
	LEAVE_ASKED,	/* SIGUSR1, or the time in core/live.h */
	LEAVE_NO_SPACE, /* ENOSPC or EDQUOT: more appends only make more of them */
	LEAVE_FAILURES, /* WRITER_FAILURES_MAX in a row */
	LEAVE_HISTORY,	/* the history could take no more: no room on its disk */
};

/* "done", "asked to stop", "no space", ... */
const char *writer_leave_text(enum writer_leave leave);

/* How it went, as plain data. */
struct writer_report {
	enum writer_leave leave;
	enum append_step step; /* of the last append that was not acknowledged */
	int errnum;
	uint64_t begun, acknowledged, failed, unknown; /* as seen while running; the
							  history decides */
	uint64_t started_ns, ended_ns;		       /* of this host's clock */
	int close_errnum; /* of the final close; 0 when it went well */
};

/* Owner: whoever called writer_prepare; ended by writer_finish. */
struct writer {
	struct writer_job job;
	struct record_form form;
	struct history_writer history;
	struct appender appender;
	struct turn turn;
	struct writer_report report;
	const volatile sig_atomic_t *stop;
	const struct rank_file *rank_file; /* NULL in a process of its own */
};

/*
 * Make the history, the prepared records and the open file; catch SIGUSR1, and
 * ignore SIGXFSZ and SIGPIPE, whose calls then fail with an errno.  Returns 0 or
 * a negative errno with a sentence in @err and @writer empty.  *@ret_skip says
 * whether this is a mount that cannot do what the strategy needs.
 */
int writer_prepare(struct writer *writer, const struct writer_job *job, bool *ret_skip,
		   struct error *err);

/*
 * The same in a thread of the rank, for a strategy that appends in a file of the
 * rank: no signal is touched, and *@stop is looked at instead of SIGUSR1.  The file
 * need not be open before writer_run; writer_finish closes it.
 */
int writer_prepare_in_rank(struct writer *writer, const struct writer_job *job,
			   const struct rank_file *rank_file,
			   const volatile sig_atomic_t *stop, bool *ret_skip,
			   struct error *err);

/*
 * Sleep until CLOCK_MONOTONIC shows @start_ns, then append.  What happens is in
 * the history and, summed up, in writer->report.
 */
void writer_run(struct writer *writer, uint64_t start_ns);

/* Close the file, mark the history as complete, and release everything. */
void writer_finish(struct writer *writer);

/*
 * Instead of writer_finish, and called by another thread: the one that ran the writer
 * is stuck in a call on its file, and touches @writer no more.  What was not flushed is
 * disowned, since no close will come; the history is left as it is, unfinished, and
 * memory that the call may still use stays.
 */
void writer_abandon(struct writer *writer, int errnum);

/* Was SIGUSR1 seen since writer_prepare? */
bool writer_stop_asked(void);

#endif
