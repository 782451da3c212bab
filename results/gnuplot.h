/* gnuplot - run the program of that name on a script. */
#ifndef TAILRACE_RESULTS_GNUPLOT_H
#define TAILRACE_RESULTS_GNUPLOT_H

#include "core/error.h"

/*
 * Run "@program --default-settings @script" (no shell, no start-up file of the
 * user's) in the folder @dir_fd, and end it and what it started after
 * @timeout_ms.  Its messages go to the file @log there.
 *
 * Returns 0; -ENOENT where there is no such program; -ETIMEDOUT; -EIO where it
 * failed, with its first message as the sentence; or another negative errno; with
 * a sentence in @err.
 */
int gnuplot_run(const char *program, int dir_fd, const char *script, const char *log,
		unsigned int timeout_ms, struct error *err);

#endif
