/* judged - see judged.h. */
#include "harness/judged.h"

#include "verify/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Judge all strategies of @manifest, which becomes @judged's. */
static int judge_all(struct judged *judged, const struct judge_means *means,
		     struct manifest *manifest, const char *run_dir, struct error *err)
{
	struct judged j = {.manifest = *manifest};
	int rc = 0;

	j.judgments = calloc(j.manifest.strategy_count + 1, sizeof(*j.judgments));
	if (!j.judgments)
		rc = error_set(err, ENOMEM, "no memory for the judgments");
	for (size_t i = 0; rc == 0 && i < j.manifest.strategy_count; i++)
		rc = judge_strategy_by(means, &j.manifest, run_dir, i, &j.judgments[i],
				       err);
	if (rc < 0) {
		judged_release(&j);
		return rc;
	}
	j.verdict = judge_run(&j.manifest, j.judgments, j.manifest.strategy_count);
	*judged = j;
	return 0;
}

int judged_manifest(struct manifest *ret_manifest, const char *run_dir,
		    const struct salvage_places *places, struct error *err)
{
	struct manifest manifest = {0};
	struct stat st;
	int rc;

	if (stat(run_dir, &st) < 0) {
		error_sys(err, errno,
			  "cannot find the run folder %s (by default a run makes "
			  "tailrace-results/LABEL/TIME)",
			  run_dir);
		return -ENOMSG;
	}
	rc = manifest_load(&manifest, run_dir, err);
	if (rc == 0)
		rc = salvage(&manifest, run_dir, places, err);
	if (rc < 0)
		manifest_release(&manifest);
	else
		*ret_manifest = manifest;
	return rc;
}

int judged_load(struct judged *judged, const struct judge_means *means,
		const char *run_dir, const struct salvage_places *places,
		struct error *err)
{
	struct manifest manifest;
	int rc = judged_manifest(&manifest, run_dir, places, err);

	return rc < 0 ? rc : judge_all(judged, means, &manifest, run_dir, err);
}

int judged_load_loose(struct judged *judged, const struct judge_means *means,
		      const struct loose_paths *paths, struct error *err)
{
	struct manifest manifest = {0};
	int rc = loose_manifest(&manifest, paths, err);

	return rc < 0 ? rc : judge_all(judged, means, &manifest, NULL, err);
}

void judged_release(struct judged *judged)
{
	for (size_t i = 0; judged->judgments && i < judged->manifest.strategy_count;
	     i++)
		judgment_release(&judged->judgments[i]);
	free(judged->judgments);
	manifest_release(&judged->manifest);
	memset(judged, 0, sizeof(*judged));
}

struct result judged_result(const struct judged *judged)
{
	return (struct result){
		.manifest = &judged->manifest,
		.judgments = judged->judgments,
		.verdict = judged->verdict,
	};
}
