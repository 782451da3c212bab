/* judged - see judged.h. */
#include "harness/judged.h"

#include "verify/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int judged_load(struct judged *judged, const char *run_dir, struct error *err)
{
	struct judged j = {0};
	int rc = manifest_load(&j.manifest, run_dir, err);

	if (rc < 0)
		return rc;
	j.judgments = calloc(j.manifest.strategy_count + 1, sizeof(*j.judgments));
	if (!j.judgments)
		rc = error_set(err, ENOMEM, "no memory to judge %s", run_dir);
	for (size_t i = 0; rc == 0 && i < j.manifest.strategy_count; i++)
		rc = judge_strategy(&j.manifest, run_dir, i, &j.judgments[i], err);
	if (rc < 0) {
		judged_release(&j);
		return rc;
	}
	j.verdict = judge_run(&j.manifest, j.judgments, j.manifest.strategy_count);
	*judged = j;
	return 0;
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
