/*
 * judge - from a run folder to judgments: scan -> match -> checks -> verdict.
 */
#ifndef TAILRACE_VERIFY_JUDGE_H
#define TAILRACE_VERIFY_JUDGE_H

#include "core/error.h"
#include "core/manifest.h"
#include "verify/judgment.h"
#include "verify/means.h"

/*
 * Judge strategy number @index of @manifest by its data files and by the
 * histories in @run_dir.  Damage of any kind is a finding or makes the verdict
 * inconclusive; only what stops the judging itself is an error (the data files
 * cannot be read at all, no memory): a negative errno and a sentence in @err.
 * On success the caller owns @judgment (judgment_release).
 */
int judge_strategy(const struct manifest *manifest, const char *run_dir, size_t index,
		   struct judgment *judgment, struct error *err);

/* The same by @means. */
int judge_strategy_by(const struct judge_means *means, const struct manifest *manifest,
		      const char *run_dir, size_t index, struct judgment *judgment,
		      struct error *err);

/*
 * Merge the verdicts of @count judgments, those of @manifest's strategies, as
 * docs/guarantees.md says: unsafe over inconclusive over safe, over the
 * required ones; that of a check as verify/acceptance.h says.
 */
struct run_verdict judge_run(const struct manifest *manifest,
			     const struct judgment *judgments, size_t count);

#endif
