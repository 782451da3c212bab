/*
 * model_verdict - what the counts come to.
 */
#include "tests/mutate/model_parts.h"

#include "core/claim.h"

static bool is_unsafe(const struct model *m)
{
	unsigned int claims = m->s->control ? (1u << CLAIM_COUNT) - 1 : m->s->claims;
	const int64_t *a = m->r.anomalies;

	return a[ANOMALY_LOST] > 0 || a[ANOMALY_FOREIGN] > 0 ||
	       a[ANOMALY_UNEXPECTED] > 0 ||
	       (a[ANOMALY_GAP] > 0 && claims & CLAIM_NO_GAP) ||
	       (a[ANOMALY_DUPLICATE] > 0 && claims & CLAIM_ONCE) ||
	       (a[ANOMALY_WRITER_DISORDER] > 0 && claims & CLAIM_WRITER_ORDER) ||
	       (a[ANOMALY_REALTIME_DISORDER] > 0 && claims & CLAIM_REALTIME_ORDER) ||
	       (a[ANOMALY_LOCK_OVERLAP] > 0 && claims & CLAIM_EXCLUSION);
}

/* Does a claim need times of a host whose clock nobody could compare? */
static bool is_timeless(const struct model *m)
{
	unsigned int claims = m->s->control ? ~0u : m->s->claims;
	bool several = false, timeless = false;

	for (uint32_t w = 0; w < m->m->rank_count; w++) {
		const struct craft_writer *writer = &m->craft->writers[w];
		uint32_t host = m->m->rank_host[w];
		const struct manifest_host *h = &m->m->hosts[host];

		several |= host != m->m->rank_host[0];
		if (host == m->m->rank_host[0] || !writer->count)
			continue;
		timeless |=
			h->sample_count == 0 ||
			model_leapt(h, writer->entries[0].invoke_ns,
				    writer->entries[writer->count - 1].completed_ns);
	}
	return several && timeless && m->s->shared_file &&
	       claims & (CLAIM_REALTIME_ORDER | CLAIM_EXCLUSION);
}

static bool is_inconclusive(const struct model *m)
{
	int64_t attempted = 0, acknowledged = 0;
	bool one_client = true;

	for (uint32_t w = 0; w < m->m->rank_count; w++) {
		const struct craft_writer *writer = &m->craft->writers[w];

		attempted += (int64_t)writer->count;
		for (uint64_t seq = 0; seq < writer->count; seq++)
			acknowledged +=
				writer->entries[seq].outcome == OUTCOME_ACKNOWLEDGED;
		one_client &= m->m->rank_host[w] == m->m->rank_host[0];
		if (m->s->writers[w].end == WRITER_HUNG)
			return true;
	}
	return acknowledged == 0 || is_timeless(m) ||
	       (acknowledged * 100 < attempted * 99 && !manifest_was_struck(m->m, 0)) ||
	       (one_client && !m->m->local_fs && !m->m->one_client) ||
	       (m->s->shared_file &&
		(m->r.handoffs < 30 || m->r.handoffs * 100 < m->r.placed));
}

enum verdict model_verdict(const struct model *m)
{
	if (is_unsafe(m))
		return VERDICT_UNSAFE;
	return is_inconclusive(m) ? VERDICT_INCONCLUSIVE : VERDICT_SAFE;
}
