/* histogram - see histogram.h. */
#include "core/histogram.h"

#define SUB_COUNT ((uint64_t)1 << HISTOGRAM_SUB_BITS)

uint64_t histogram_bucket_low(size_t index)
{
	uint64_t power = index / SUB_COUNT;

	if (power == 0)
		return index;
	return (SUB_COUNT + index % SUB_COUNT) << (power - 1);
}

uint64_t histogram_bucket_high(size_t index)
{
	uint64_t power = index / SUB_COUNT;

	if (power == 0)
		return index;
	return histogram_bucket_low(index) + (((uint64_t)1 << (power - 1)) - 1);
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	if (!from->count)
		return;
	if (!into->count || from->min < into->min)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
	into->count += from->count;
	into->sum += from->sum;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		into->buckets[i] += from->buckets[i];
}

uint64_t histogram_quantile(const struct histogram *histogram, double fraction)
{
	double wanted = fraction * (double)histogram->count;
	uint64_t seen = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += histogram->buckets[i];
		if (seen && (double)seen >= wanted) {
			uint64_t high = histogram_bucket_high(i);

			return high < histogram->max ? high : histogram->max;
		}
	}
	return histogram->max;
}
