/*
 * histograms - histograms.tsv: the raw latency histograms, one line for each
 * bucket that is not empty.  The buckets are the same in every run, so counts of
 * several runs or hosts may be added up.
 */
#include "results/writers.h"

#include <inttypes.h>

#include "results/format.h"

static void put_histogram(FILE *stream, const char *strategy, const char *part,
			  const struct histogram *histogram)
{
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (histogram->buckets[i] == 0)
			continue;
		put_tsv_field(stream, strategy);
		fprintf(stream, "\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", part,
			histogram_bucket_low(i), histogram_bucket_high(i),
			histogram->buckets[i]);
	}
}

int write_histograms(const struct output_context *context, FILE *stream,
		     struct error *err)
{
	const struct manifest *manifest = context->result->manifest;

	(void)err;
	fputs("strategy\tpart\tlow_ns\thigh_ns\tcount\n", stream);
	for (size_t i = 0; i < manifest->strategy_count; i++) {
		const struct histogram *latency = context->result->judgments[i].latency;

		for (size_t part = 0; latency && part < LATENCY_PARTS; part++)
			put_histogram(stream, manifest->strategies[i].name,
				      latency_part_names[part], &latency[part]);
	}
	return 0;
}
