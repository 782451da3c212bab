/* plot_latency - how long appends took, as a distribution with its tail. */
#include "results/plot.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "results/format.h"

/* Of that part of the appends of a strategy; NULL where there is nothing. */
static const struct histogram *times_of(const struct judgment *judgment,
					enum latency_part part)
{
	const struct histogram *latency = judgment->latency;

	if (judgment->verdict == VERDICT_SKIPPED || !latency ||
	    latency[part].count == 0)
		return NULL;
	return &latency[part];
}

/* What is not above zero has no place on a logarithmic axis. */
static double seconds(uint64_t ns)
{
	return (double)(ns > 0 ? ns : 1) / 1e9;
}

/*
 * Steps from "all take longer" at the minimum, to half an append at the maximum:
 * of n appends the slowest stands for the last n-th, and log(0) for nothing.
 */
static void put_curve(FILE *data, const struct histogram *histogram)
{
	double count = (double)histogram->count;
	double longer = 1;
	uint64_t done = 0;

	fprintf(data, "%.9g\t1\n", seconds(histogram->min));
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t high_ns = histogram_bucket_high(i);

		if (histogram->buckets[i] == 0)
			continue;
		if (high_ns > histogram->max)
			high_ns = histogram->max;
		done += histogram->buckets[i];
		fprintf(data, "%.9g\t%.9g\n", seconds(high_ns), longer);
		longer = fmax(count - (double)done, 0.5) / count;
		fprintf(data, "%.9g\t%.9g\n", seconds(high_ns), longer);
	}
}

static void put_array(FILE *settings, const struct output_context *context)
{
	const struct result *result = context->result;
	const char *separator = "";

	fputs("array names[count] = [", settings);
	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		if (!times_of(&result->judgments[i], LATENCY_APPEND))
			continue;
		fputs(separator, settings);
		put_gnuplot_string(settings, result->manifest->strategies[i].name);
		if (result->judgments[i].verdict != VERDICT_SAFE)
			fprintf(settings, ".' (%s)'",
				result->judgments[i].verdict == VERDICT_UNSAFE
					? "UNSAFE"
					: verdict_name(result->judgments[i].verdict));
		separator = ", ";
	}
	fputs("]\narray safe[count] = [", settings);
	separator = "";
	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		if (!times_of(&result->judgments[i], LATENCY_APPEND))
			continue;
		fprintf(settings, "%s%d", separator,
			result->judgments[i].verdict == VERDICT_SAFE);
		separator = ", ";
	}
	fputs("]\n", settings);
}

static size_t longest_name(const struct result *result)
{
	size_t longest = 0;

	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		size_t length = strlen(result->manifest->strategies[i].name);

		if (times_of(&result->judgments[i], LATENCY_APPEND) && length > longest)
			longest = length;
	}
	return longest;
}

/* What the axes must hold. */
struct extent {
	uint64_t min_ns, max_ns, most;
};

static void widen(struct extent *extent, const struct histogram *histogram)
{
	if (histogram->min < extent->min_ns)
		extent->min_ns = histogram->min;
	if (histogram->max > extent->max_ns)
		extent->max_ns = histogram->max;
	if (histogram->count > extent->most)
		extent->most = histogram->count;
}

/* A block for each strategy that has appends; how many have that part at all. */
static size_t put_part(FILE *data, const struct result *result, enum latency_part part,
		       struct extent *extent)
{
	size_t count = 0;

	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		const struct judgment *judgment = &result->judgments[i];
		const struct histogram *times = times_of(judgment, part);

		if (!times_of(judgment, LATENCY_APPEND))
			continue;
		/* A block without a line would not be counted. */
		if (times)
			put_curve(data, times);
		else
			fputs("NaN\tNaN\n", data);
		fputs("\n\n", data);
		if (times)
			widen(extent, times);
		count += times != NULL;
	}
	return count;
}

/* Which of the parts there are, as the numbers of enum latency_part. */
static void put_parts(FILE *data, FILE *settings, const struct result *result,
		      struct extent *extent)
{
	size_t parts = 0;
	char list[2 * LATENCY_PARTS + 1] = "";

	for (int part = LATENCY_APPEND + 1; part < LATENCY_PARTS; part++) {
		if (put_part(data, result, (enum latency_part)part, extent) == 0)
			continue;
		list[2 * parts] = (char)('0' + part);
		list[2 * parts++ + 1] = ' ';
	}
	fprintf(settings, "parts = '%s'\n", list);
}

int plot_latency(const struct output_context *context, size_t strategy, FILE *data,
		 FILE *settings)
{
	const struct result *result = context->result;
	struct extent extent = {.min_ns = UINT64_MAX};
	size_t count;

	(void)strategy;
	count = put_part(data, result, LATENCY_APPEND, &extent);
	if (count == 0)
		return -ENODATA;
	put_parts(data, settings, result, &extent);
	put_plot_titles(settings, result->manifest, "How long an append takes", "");
	fprintf(settings, "count = %zu\nlabel_chars = %zu\n", count,
		longest_name(result));
	put_array(settings, context);
	/* Whole decades of time; one step of room below the rarest append. */
	fprintf(settings, "shortest = %.3g\nlongest = %.3g\nrarest = %.3g\n\n",
		pow(10, floor(log10(seconds(extent.min_ns)))),
		pow(10, ceil(log10(seconds(extent.max_ns) * 1.01))),
		0.4 / (double)extent.most);
	return 0;
}
