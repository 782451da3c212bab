/*
 * model_clocks - times of several hosts, compared as far as the samples allow.
 */
#include "tests/mutate/model_parts.h"

bool model_leapt(const struct manifest_host *h, uint64_t from, uint64_t to)
{
	for (size_t i = 0; i + 1 < h->sample_count; i++) {
		const struct clock_sample *a = &h->samples[i], *b = a + 1;
		int64_t apart = b->offset_ns - a->offset_ns;
		uint64_t most = a->rtt_ns / 2 + b->rtt_ns / 2 +
				(b->at_ns - a->at_ns) / 2000 + 2;

		if (a->at_ns < to && b->at_ns > from &&
		    (uint64_t)(apart < 0 ? -apart : apart) > most)
			return true;
	}
	return false;
}

bool model_aligned(const struct manifest *m, uint32_t host, uint64_t own,
		   int64_t *ret_low, int64_t *ret_high)
{
	const struct manifest_host *h = &m->hosts[host];
	const struct clock_sample *best = NULL;
	uint64_t best_distance = 0, error;

	if (host == m->rank_host[0]) {
		*ret_low = *ret_high = (int64_t)own;
		return true;
	}
	for (size_t i = 0; i < h->sample_count; i++) {
		uint64_t at = h->samples[i].at_ns;
		uint64_t distance = own > at ? own - at : at - own;

		/* Of two that are equally near the later one. */
		if (!best || distance <= best_distance) {
			best = &h->samples[i];
			best_distance = distance;
		}
	}
	if (!best || model_leapt(h, own, own))
		return false;
	error = best->rtt_ns / 2 + best_distance / 2000 + 1;
	*ret_low = (int64_t)own + best->offset_ns - (int64_t)error;
	*ret_high = (int64_t)own + best->offset_ns + (int64_t)error;
	return true;
}

bool model_before(const struct manifest *m, uint32_t a_host, uint64_t a,
		  uint32_t b_host, uint64_t b)
{
	int64_t a_low, a_high, b_low, b_high;

	if (a_host == b_host)
		return a < b;
	return model_aligned(m, a_host, a, &a_low, &a_high) &&
	       model_aligned(m, b_host, b, &b_low, &b_high) && a_high < b_low;
}
