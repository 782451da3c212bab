/*
 * runfolder - the folder that holds all a run leaves behind; made by rank 0.
 */
#ifndef TAILRACE_HARNESS_RUNFOLDER_H
#define TAILRACE_HARNESS_RUNFOLDER_H

#include "harness/run.h"

/*
 * Make the run folder of the plan, which may exist if it is empty.  Returns
 * EXIT_SAFE; EXIT_USAGE: it is not empty, or no folder; EXIT_COULD_NOT_RUN; with a
 * sentence.  *@ret_made counts the folders that had to be made for it, itself
 * included.
 */
enum exit_code runfolder_make(const struct plan *plan, unsigned int *ret_made,
			      struct error *err);

/* After a failed preflight: remove it and the @made folders, while empty. */
void runfolder_discard(const struct plan *plan, unsigned int made);

/* Once this is in it, all ranks have come to the preflight's end. */
#define RUNFOLDER_BEGUN "env"

/*
 * Write `args`, env/ and the folder for histories.  The clock samples are
 * written by runfolder_close, when all are there.  0 or a negative errno.
 */
int runfolder_open(struct run *run, struct error *err);
int runfolder_close(const struct run *run, struct error *err);

/*
 * Let `latest` beside the run folder @out point to it.  What has that name and
 * is no symbolic link is left alone.
 */
void runfolder_link_latest(const char *out);

#endif
