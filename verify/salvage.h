/*
 * salvage - the histories of a run that ended before it had gathered them.
 *
 * When mpirun or a host dies, each history is left on its writer's host, where the
 * manifest says.  A person may have carried those of other hosts here.  What is found
 * is believed as far as a gathered one would be (verify/recall.h); what its writer
 * did not finish is a cut one, since nothing tells how that writer ended.
 */
#ifndef TAILRACE_VERIFY_SALVAGE_H
#define TAILRACE_VERIFY_SALVAGE_H

#include <stddef.h>

#include "core/error.h"
#include "core/history.h"
#include "core/manifest.h"

/* Files and folders that a person names, to look in as well. */
struct salvage_places {
	const char *const *paths;
	size_t count;
};

/*
 * Mark the strategy of @manifest, just loaded from @run_dir, that was under way when
 * the run ended (.interrupted), and look for each history that is not whole in
 * the run folder: first where its writer kept it, if that is a file of our own, then
 * in @places.  Note the best one (.salvaged_path), or that there is none (.astray).
 *
 * Returns 0; -ENOMSG where something in @places cannot be read or is of no use for this
 * run; or -ENOMEM; with a sentence in @err.
 */
int salvage(struct manifest *manifest, const char *run_dir,
	    const struct salvage_places *places, struct error *err);

/*
 * Open the history @path, found for @writer: what the manifest alone led to must be our
 * own.  As history_attach().
 */
int salvage_attach(struct history *history, const struct manifest_writer *writer,
		   const char *path, struct error *err);

#endif
