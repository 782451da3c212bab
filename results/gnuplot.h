/* gnuplot - run the program of that name on a script, several at a time. */
#ifndef TAILRACE_RESULTS_GNUPLOT_H
#define TAILRACE_RESULTS_GNUPLOT_H

#include <stdint.h>
#include <sys/types.h>

#include "core/error.h"

/* One that runs. */
struct gnuplot {
	pid_t pid;
	int log_fd;
	uint64_t since_ns; /* CLOCK_MONOTONIC */
};

/*
 * Start "@program --default-settings @script" (no shell, no start-up file of the
 * user's) in the folder @dir_fd.  Its messages go to the file @log there.
 *
 * Returns 0, after which gnuplot_wait() is to be called once; or a negative errno with
 * a sentence in @err.  That there is no such program is seen by gnuplot_wait().
 */
int gnuplot_start(struct gnuplot *gnuplot, const char *program, int dir_fd,
		  const char *script, const char *log, struct error *err);

/*
 * Wait until it has ended, and end it and what it started @timeout_ms after its start.
 * @program and @script are named in sentences.
 *
 * Returns 0; -ENOENT where there is no such program; -ETIMEDOUT; -EIO where it
 * failed, with its first message as the sentence; or another negative errno; with
 * a sentence in @err.
 */
int gnuplot_wait(struct gnuplot *gnuplot, const char *program, const char *script,
		 unsigned int timeout_ms, struct error *err);

#endif
