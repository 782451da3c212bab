/* sweep_child - one run of a sweep, as a process of its own. */
#ifndef TAILRACE_HARNESS_SWEEP_CHILD_H
#define TAILRACE_HARNESS_SWEEP_CHILD_H

#include <stdbool.h>

#include "core/error.h"

/*
 * Run this program with @argv, without a terminal to read from and with nothing to
 * print to, and wait for it.  An interrupt (SIGINT, SIGTERM) is handed on, so that the
 * run ends as it would by itself, and noted in *@ret_interrupted.  Returns 0 with its
 * exit code (-1: a signal ended it), or a negative errno with a sentence.
 */
int sweep_child(char *const argv[], int *ret_exit_code, bool *ret_interrupted,
		struct error *err);

#endif
