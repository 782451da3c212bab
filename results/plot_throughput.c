/* plot_throughput - what each strategy achieved, and what that lost. */
#include "results/plot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "results/format.h"
#include "results/measure.h"

static const int verdict_codes[] = {
	[VERDICT_SAFE] = 0,
	[VERDICT_INCONCLUSIVE] = 1,
	[VERDICT_UNSAFE] = 2,
	[VERDICT_SKIPPED] = 3,
};

static double or_zero(double value)
{
	return isfinite(value) ? value : 0;
}

static void put_rate_label(FILE *data, const struct judgment *judgment)
{
	char text[FORMAT_MAX];
	double rate = records_per_s(judgment);

	if (judgment->verdict == VERDICT_SKIPPED || isnan(rate)) {
		fputs("not run", data);
		return;
	}
	format_count(text, (uint64_t)(rate + 0.5));
	fprintf(data, judgment->verdict == VERDICT_SAFE ? "%s" : "(%s)", text);
}

static void put_loss_label(FILE *data, const struct judgment *judgment)
{
	double lost = lost_per_million(judgment);
	char text[FORMAT_MAX];

	if (judgment->verdict == VERDICT_SKIPPED || isnan(lost)) {
		fputs("not known", data);
	} else if (lost == 0) {
		fputs("none", data);
	} else if (lost < 10) {
		fprintf(data, "%.2g", lost);
	} else {
		format_count(text, (uint64_t)(lost + 0.5));
		fputs(text, data);
	}
}

static int put_row(FILE *data, const struct result *result, size_t place,
		   size_t strategy, size_t *widest)
{
	const struct judgment *judgment = &result->judgments[strategy];
	bool ran = judgment->verdict != VERDICT_SKIPPED;
	int rc;

	fprintf(data, "%zu\t%d\t%.9g\t", place, verdict_codes[judgment->verdict],
		ran ? or_zero(records_per_s(judgment)) : 0);
	put_rate_label(data, judgment);
	fprintf(data, "\t%.9g\t", ran ? or_zero(lost_per_million(judgment)) : 0);
	put_loss_label(data, judgment);
	putc('\t', data);
	rc = put_plot_label(data, result, strategy, widest);
	putc('\n', data);
	return rc;
}

int plot_throughput(const struct output_context *context, size_t strategy, FILE *data,
		    FILE *settings)
{
	const struct result *result = context->result;
	size_t count = result->manifest->strategy_count;
	size_t *order = calloc(count + 1, sizeof(*order));
	size_t widest = 0;
	bool hatched = false;
	double best = 0;
	int rc = 0;

	(void)strategy;
	if (!order)
		return -ENOMEM;
	rank_strategies(result, order);
	for (size_t place = 0; rc == 0 && place < count; place++) {
		enum verdict verdict = result->judgments[place].verdict;

		rc = put_row(data, result, place, order[place], &widest);
		hatched = hatched || verdict == VERDICT_UNSAFE ||
			  verdict == VERDICT_INCONCLUSIVE;
		best = fmax(best, or_zero(records_per_s(&result->judgments[place])));
	}
	free(order);
	put_plot_titles(settings, result->manifest,
			"Acknowledged records per second, and what was lost", "");
	fprintf(settings,
		"count = %zu\nlabel_chars = %zu\nbest = %.9g\nhatched = %d\n\n", count,
		widest, best, hatched);
	return rc < 0 ? rc : count > 0 ? 0 : -ENODATA;
}
