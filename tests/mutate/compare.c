/* compare - see compare.h. */
#include "tests/mutate/compare.h"

#include <math.h>
#include <stdio.h>

static bool differ(const char *name, int64_t model, int64_t verifier, bool show)
{
	if (model != verifier && show)
		printf("  %s: model %ld, verifier %ld\n", name, model, verifier);
	return model != verifier;
}

/* So many of a kind are kept; the rest is only counted. */
static int64_t kept(int64_t count)
{
	return count < FINDINGS_PER_KIND ? count : FINDINGS_PER_KIND;
}

/* Findings and facts must tell the same story as the counts. */
static bool story_differs(const struct judgment *j, bool show)
{
	int64_t findings[ANOMALY_COUNT] = {0}, fates[FATE_NOT_THERE + 1] = {0};
	int64_t bytes[ANOMALY_COUNT] = {0};
	static const struct {
		enum record_fate fate;
		enum anomaly kind;
	} pairs[] = {
		{FATE_OVERWRITTEN, ANOMALY_OVERWRITTEN},
		{FATE_INTERLEAVED, ANOMALY_INTERLEAVED},
		{FATE_TORN, ANOMALY_TORN},
		{FATE_CORRUPTED, ANOMALY_CORRUPTED},
		{FATE_MISSING, ANOMALY_MISSING},
	};
	bool wrong = false;

	for (size_t i = 0; i < j->finding_count; i++) {
		const struct finding *f = &j->findings[i];

		findings[f->kind]++;
		bytes[f->kind] += (int64_t)f->length;
		/* The bytes that overwrote a record are somebody's. */
		if (f->kind == ANOMALY_OVERWRITTEN)
			wrong |= differ("overwriter named", 1,
					f->by.writer != WRITER_NONE, show);
	}
	for (size_t i = 0; i < j->fact_count; i++)
		fates[j->facts[i].fate]++;
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		if (kind != ANOMALY_LOST && kind != ANOMALY_GAP_BYTES &&
		    kind != ANOMALY_FOREIGN_BYTES && j->anomalies[kind] >= 0)
			wrong |= differ(anomaly_table[kind].name,
					kept(j->anomalies[kind]), findings[kind], show);
	if (findings[ANOMALY_GAP] < FINDINGS_PER_KIND)
		wrong |=
			differ("bytes of gap findings", j->anomalies[ANOMALY_GAP_BYTES],
			       bytes[ANOMALY_GAP], show);
	if (findings[ANOMALY_FOREIGN] < FINDINGS_PER_KIND)
		wrong |= differ("bytes of foreign findings",
				j->anomalies[ANOMALY_FOREIGN_BYTES],
				bytes[ANOMALY_FOREIGN], show);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		wrong |= differ("fates", j->anomalies[pairs[i].kind],
				fates[pairs[i].fate], show);
	wrong |= differ("intact fates", (int64_t)j->intact, fates[FATE_INTACT], show);
	return wrong;
}

bool judgments_differ(struct craft *craft, struct model_texts *texts,
		      struct model_result *ret_model, bool show)
{
	uint32_t files = craft->strategy->shared_file ? 1 : craft->manifest.rank_count;
	struct judgment j;
	bool wrong = false;

	for (uint32_t i = 0; i < files; i++)
		craft_save_file(craft, i);
	craft_judge(craft, &j);
	model_judge(craft, texts, ret_model);
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		wrong |= differ(anomaly_table[kind].name, ret_model->anomalies[kind],
				j.anomalies[kind], show);
	wrong |= differ("intact", ret_model->intact, (int64_t)j.intact, show);
	wrong |= differ("recovered", ret_model->recovered, (int64_t)j.recovered, show);
	wrong |= differ("lock_lost", ret_model->lock_lost, j.lock_lost, show);
	wrong |= differ("handoffs", ret_model->handoffs, (int64_t)j.handoffs, show);
	/* Contention is their share; as a count, so that it can be shown. */
	wrong |= differ("appends placed", ret_model->handoffs ? ret_model->placed : 0,
			j.contention > 0 ? llround((double)j.handoffs / j.contention)
					 : 0,
			show);
	wrong |= differ("acknowledged = intact + lost", (int64_t)j.acknowledged,
			(int64_t)j.intact + j.anomalies[ANOMALY_LOST], show);
	if (ret_model->verdict != j.verdict && show)
		printf("  verdict: model %s, verifier %s (%s)\n",
		       verdict_name(ret_model->verdict), verdict_name(j.verdict),
		       j.reason);
	wrong |= ret_model->verdict != j.verdict;
	wrong |= story_differs(&j, show);
	judgment_release(&j);
	return wrong;
}
