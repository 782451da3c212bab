/*
 * judged - a run folder, read and judged: the chain that `run` ends with and
 * that `verify` and `report` enter in the middle.
 */
#ifndef TAILRACE_HARNESS_JUDGED_H
#define TAILRACE_HARNESS_JUDGED_H

#include "core/error.h"
#include "core/manifest.h"
#include "results/result.h"
#include "verify/judgment.h"
#include "verify/loose.h"
#include "verify/means.h"
#include "verify/salvage.h"

/* Owner: whoever called judged_load; ended by judged_release. */
struct judged {
	struct manifest manifest;
	struct judgment *judgments; /* manifest.strategy_count of them */
	struct run_verdict verdict;
};

/*
 * Load the manifest of the run folder @run_dir and look for what it did not gather,
 * also in @places.  The caller releases *@ret_manifest.  Returns 0 or a negative errno
 * with a sentence in @err: -EBADMSG where the manifest is damaged, -ENOMSG where there
 * is no such folder or @places are of no use.
 */
int judged_manifest(struct manifest *ret_manifest, const char *run_dir,
		    const struct salvage_places *places, struct error *err);

/*
 * The same, and judge all its strategies by @means; also -ENODATA where the data files
 * are gone.
 */
int judged_load(struct judged *judged, const struct judge_means *means,
		const char *run_dir, const struct salvage_places *places,
		struct error *err);

/* The same of files without a run folder; with the errors of loose_manifest() too. */
int judged_load_loose(struct judged *judged, const struct judge_means *means,
		      const struct loose_paths *paths, struct error *err);

/* Harmless on an empty one. */
void judged_release(struct judged *judged);

/* What the writers of results take; it borrows from @judged. */
struct result judged_result(const struct judged *judged);

#endif
