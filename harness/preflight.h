/*
 * preflight - before anything is appended: does every rank see the same
 * directory, may we write there, is there room, and what file system is it?
 */
#ifndef TAILRACE_HARNESS_PREFLIGHT_H
#define TAILRACE_HARNESS_PREFLIGHT_H

#include "harness/run.h"

/*
 * Collective.  Fills the hosts of run->manifest (rank 0) and its local_fs, and
 * run->mount_point; makes the run's directory in DIR and run->history_dir.
 * Returns EXIT_SAFE, or the exit code of the run with a sentence in @err on all
 * ranks: then nothing is left behind in DIR.
 */
enum exit_code preflight(struct run *run, struct error *err);

#endif
