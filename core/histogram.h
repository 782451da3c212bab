/*
 * histogram - latencies, log-linear and mergeable: 64 buckets to each power
 * of two, so a value is known to 1.6 %; raw counts can be added up.
 */
#ifndef TAILRACE_CORE_HISTOGRAM_H
#define TAILRACE_CORE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
	HISTOGRAM_SUB_BITS = 6,
	/* Values 0..63 exactly, then 58 powers of two. */
	HISTOGRAM_BUCKETS = (64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS,
};

/* All zero is an empty histogram. */
struct histogram {
	uint64_t count;
	uint64_t sum;
	uint64_t min, max; /* exact; meaningless while count is 0 */
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

/* Here, since it is called for each append: the first 64 values need no case of their
 * own if they count as those of the first power. */
static inline void histogram_add(struct histogram *histogram, uint64_t value)
{
	uint64_t first = (uint64_t)1 << HISTOGRAM_SUB_BITS;
	unsigned int power =
		63u - HISTOGRAM_SUB_BITS - (unsigned int)__builtin_clzll(value | first);

	if (!histogram->count || value < histogram->min)
		histogram->min = value;
	if (value > histogram->max)
		histogram->max = value;
	histogram->count++;
	histogram->sum += value;
	histogram->buckets[power * first + (value >> power)]++;
}

void histogram_merge(struct histogram *into, const struct histogram *from);

/*
 * The smallest value that at least @fraction (0..1) of the samples do not
 * exceed, rounded up to its bucket's end but never beyond the maximum.
 * 0 for an empty histogram.
 */
uint64_t histogram_quantile(const struct histogram *histogram, double fraction);

/* The first and the last value of bucket @index. */
uint64_t histogram_bucket_low(size_t index);
uint64_t histogram_bucket_high(size_t index);

#endif
