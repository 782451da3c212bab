/*
 * plot_timeline - what each strategy achieved over the time that it ran, and what
 * happened meanwhile.
 */
#include "results/plot.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "results/format.h"

enum {
	BINS_WANTED = 100, /* at most; a bin takes a round time */
	BINS_MAX = BINS_WANTED + 2,
};

struct bin {
	uint64_t acknowledged, lost;
};

struct series {
	struct bin bins[BINS_MAX];
	double bin_s; /* how long each is */
	double end_s; /* of the last append */
	size_t count;
};

/* 1, 2 or 5 times a power of ten, and not below @least. */
static double round_up(double least)
{
	double decade = pow(10, floor(log10(least)));

	return decade * (least <= decade       ? 1
			 : least <= 2 * decade ? 2
			 : least <= 5 * decade ? 5
					       : 10);
}

/* Not before the plot begins; NAN where it was not acknowledged. */
static double completed_s(const struct chronicle *chronicle, struct record_id id)
{
	double at_s = chronicle_completed_s(chronicle, id);

	return at_s < 0 ? 0 : at_s;
}

/* False where nothing was acknowledged. */
static bool collect(struct series *series, const struct chronicle *chronicle,
		    const struct judgment *judgment)
{
	*series = (struct series){.end_s = 0};
	for (size_t i = 0; i < judgment->fact_count; i++) {
		double at_s = completed_s(chronicle, judgment->facts[i].id);

		if (at_s > series->end_s)
			series->end_s = at_s;
	}
	if (!(series->end_s > 0) || !isfinite(series->end_s))
		return false;
	series->bin_s = round_up(series->end_s / BINS_WANTED);
	for (size_t i = 0; i < judgment->fact_count; i++) {
		double at_s = completed_s(chronicle, judgment->facts[i].id);
		size_t bin;

		if (isnan(at_s))
			continue;
		bin = (size_t)(at_s / series->bin_s);
		bin = bin < BINS_MAX ? bin : BINS_MAX - 1;
		series->bins[bin].acknowledged += judgment->fact_stride;
		if (plot_is_lost(judgment->facts[i].fate))
			series->bins[bin].lost += judgment->fact_stride;
		series->count = bin + 1 > series->count ? bin + 1 : series->count;
	}
	return true;
}

/*
 * The last bin ends with the last append, so that it does not look like a fall.
 * Returns the highest rate, and adds to *lost.
 */
static double put_series(FILE *data, const struct series *series, uint64_t *lost)
{
	double highest = 0;

	for (size_t i = 0; i < series->count; i++) {
		double begin_s = (double)i * series->bin_s;
		double end_s = fmin(begin_s + series->bin_s, series->end_s);
		double length_s = end_s - begin_s;
		double rate = (double)series->bins[i].acknowledged / length_s;

		*lost += series->bins[i].lost;
		/* Too short to tell a rate. */
		if (length_s < series->bin_s / 4 && i > 0)
			continue;
		fprintf(data, "%.9g\t%.9g\t%.9g\t%.9g\n", begin_s, end_s, rate,
			(double)series->bins[i].lost / length_s);
		highest = fmax(highest, rate);
	}
	fputs("\n\n", data);
	return highest;
}

/* What the script must know of a panel. */
static int put_panel(FILE *settings, const struct result *result, size_t strategy,
		     size_t panel, double end_s, double highest)
{
	char *label = plot_label(result, strategy);

	if (!label)
		return -ENOMEM;
	fprintf(settings, "names[%zu] = ", panel);
	put_gnuplot_string(settings, label);
	fprintf(settings, "\nends[%zu] = %.9g\nhighest[%zu] = %.9g\n", panel, end_s,
		panel, highest);
	free(label);
	return 0;
}

/*
 * The faults that happened in @strategy: their panel, from and to (s), and names.
 * Those outside of the appends stand at the edge.
 */
static void put_faults(FILE *settings, const struct output_context *context,
		       size_t strategy, size_t panel, double end_s, size_t *count)
{
	const struct manifest *m = context->result->manifest;
	int64_t start_ns = context->chronicles[strategy].start_ns;

	for (size_t i = 0; i < m->fault_count; i++) {
		const struct manifest_fault *fault = &m->faults[i];
		double at_s = (double)((int64_t)fault->at_ns - start_ns) / 1e9;
		double until_s = (double)((int64_t)fault->until_ns - start_ns) / 1e9;

		if (fault->strategy != strategy || !fault->hit || !fault->at_ns)
			continue;
		at_s = fmin(fmax(at_s, 0), end_s);
		until_s = fault->until_ns ? fmin(fmax(until_s, at_s), end_s) : at_s;
		++*count;
		fprintf(settings,
			"fault_panel[%zu] = %zu\nfault_from[%zu] = %.9g\n"
			"fault_to[%zu] = %.9g\nfault_name[%zu] = ",
			*count, panel, *count, at_s, *count, until_s, *count);
		put_gnuplot_string(settings, fault->what);
		putc('\n', settings);
	}
}

static void put_arrays(FILE *settings, const struct manifest *m)
{
	static const char *const of_panels[] = {"names", "ends", "highest"};
	static const char *const of_faults[] = {"fault_panel", "fault_from", "fault_to",
						"fault_name"};

	for (size_t i = 0; i < sizeof(of_panels) / sizeof(of_panels[0]); i++)
		fprintf(settings, "array %s[%zu]\n", of_panels[i],
			m->strategy_count + 1);
	for (size_t i = 0; i < sizeof(of_faults) / sizeof(of_faults[0]); i++)
		fprintf(settings, "array %s[%zu]\n", of_faults[i], m->fault_count + 1);
}

int plot_timeline(const struct output_context *context, size_t strategy, FILE *data,
		  FILE *settings)
{
	const struct result *result = context->result;
	size_t panels = 0, faults = 0;
	struct series *series = calloc(1, sizeof(*series));
	int rc = series ? 0 : -ENOMEM;
	uint64_t lost = 0;

	(void)strategy;
	put_arrays(settings, result->manifest);
	for (size_t i = 0; rc == 0 && i < result->manifest->strategy_count; i++) {
		if (!collect(series, &context->chronicles[i], &result->judgments[i]))
			continue;
		rc = put_panel(settings, result, i, ++panels, series->end_s,
			       put_series(data, series, &lost));
		put_faults(settings, context, i, panels, series->end_s, &faults);
	}
	free(series);
	if (rc < 0 || panels == 0)
		return rc < 0 ? rc : -ENODATA;
	put_plot_titles(settings, result->manifest,
			"Acknowledged records per second over time", "");
	fprintf(settings, "count = %zu\nlost = %d\nfaults = %zu\n\n", panels, lost > 0,
		faults);
	return 0;
}
