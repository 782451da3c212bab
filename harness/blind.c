/* blind - see blind.h. */
#include "harness/blind.h"

#include "verify/verdict.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

int blind_judgment(struct judgment *judgment, const struct manifest *manifest,
		   size_t index, const char *why)
{
	struct judgment j = {
		.verdict = VERDICT_INCONCLUSIVE,
		.lock_lost = COUNT_NULL,
		.stale_cache = COUNT_NULL,
		.gap_holes = COUNT_NULL,
		.gap_written = COUNT_NULL,
		.fact_stride = 1,
		.writer_count = manifest->rank_count,
	};
	char hung[HUNG_TEXT_BYTES];

	j.hung = verdict_name_hung(manifest, &manifest->strategies[index], hung);
	if (j.hung)
		snprintf(j.reason, sizeof(j.reason), "%.200s; %.300s", why, hung);
	else
		snprintf(j.reason, sizeof(j.reason), "%.511s", why);
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		j.anomalies[kind] = COUNT_NULL;
	j.latency = calloc(LATENCY_PARTS, sizeof(*j.latency));
	j.shares = calloc(manifest->rank_count, sizeof(*j.shares));
	if (!j.latency || !j.shares) {
		judgment_release(&j);
		return -ENOMEM;
	}
	*judgment = j;
	return 0;
}
