/* plot_latency - how long appends took, as a distribution with its tail. */
#include "results/plot.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "results/format.h"

static const struct histogram *appends(const struct judgment *judgment)
{
	const struct histogram *latency = judgment->latency;

	if (judgment->verdict == VERDICT_SKIPPED || !latency ||
	    latency[LATENCY_APPEND].count == 0)
		return NULL;
	return &latency[LATENCY_APPEND];
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
		if (!appends(&result->judgments[i]))
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
		if (!appends(&result->judgments[i]))
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

		if (appends(&result->judgments[i]) && length > longest)
			longest = length;
	}
	return longest;
}

int plot_latency(const struct output_context *context, size_t strategy, FILE *data,
		 FILE *settings)
{
	const struct result *result = context->result;
	uint64_t min_ns = UINT64_MAX, max_ns = 0, most = 0;
	size_t count = 0;

	(void)strategy;
	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		const struct histogram *histogram = appends(&result->judgments[i]);

		if (!histogram)
			continue;
		fputs(count > 0 ? "\n\n" : "", data);
		put_curve(data, histogram);
		min_ns = histogram->min < min_ns ? histogram->min : min_ns;
		max_ns = histogram->max > max_ns ? histogram->max : max_ns;
		most = histogram->count > most ? histogram->count : most;
		count++;
	}
	if (count == 0)
		return -ENODATA;
	put_plot_titles(settings, result->manifest, "How long an append takes", "");
	fprintf(settings, "count = %zu\nlabel_chars = %zu\n", count,
		longest_name(result));
	put_array(settings, context);
	/* Whole decades of time; one step of room below the rarest append. */
	fprintf(settings, "shortest = %.3g\nlongest = %.3g\nrarest = %.3g\n\n",
		pow(10, floor(log10(seconds(min_ns)))),
		pow(10, ceil(log10(seconds(max_ns) * 1.01))), 0.4 / (double)most);
	return 0;
}
