/*
 * plot_fairness - how the writers of each strategy shared the file: who got how much,
 * who waited longest, and how many records stand in a row before another's turn.
 */
#include "results/plot.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "results/measure.h"

enum { RUN_BINS = 21 }; /* 1, 2-3, 4-7, ... and all from 2^20 on */

struct sharing {
	double *last_s;	   /* of each writer: when its last record was complete */
	uint64_t *records; /* of each: complete when the first of them was done */
};

static void sharing_release(struct sharing *sharing)
{
	free(sharing->last_s);
	free(sharing->records);
}

/*
 * Where each writer has so many records to append, in the end all have the same
 * share; so what counts is how far each was when the first of them had finished.
 */
static double first_done_s(const struct manifest_strategy *strategy, uint32_t writers,
			   const struct sharing *sharing)
{
	double first_s = INFINITY;

	for (uint32_t i = 0; i < writers; i++)
		if (strategy->writers[i].end != WRITER_KILLED &&
		    isfinite(sharing->last_s[i]))
			first_s = fmin(first_s, sharing->last_s[i]);
	return first_s;
}

/* 0 or -ENOMEM. */
static int count_shares(struct sharing *sharing, const struct output_context *context,
			size_t strategy)
{
	const struct judgment *judgment = &context->result->judgments[strategy];
	const struct chronicle *chronicle = &context->chronicles[strategy];
	double end_s;

	sharing->last_s = calloc(judgment->writer_count + 1, sizeof(double));
	sharing->records = calloc(judgment->writer_count + 1, sizeof(uint64_t));
	if (!sharing->last_s || !sharing->records)
		return -ENOMEM;
	for (uint32_t i = 0; i < judgment->writer_count; i++)
		sharing->last_s[i] = NAN;
	for (size_t i = 0; i < judgment->fact_count; i++) {
		double *last_s = &sharing->last_s[judgment->facts[i].id.writer];

		/* Of the two, fmax takes the number. */
		*last_s = fmax(*last_s,
			       chronicle_completed_s(chronicle, judgment->facts[i].id));
	}
	end_s = first_done_s(&context->result->manifest->strategies[strategy],
			     judgment->writer_count, sharing);
	for (size_t i = 0; i < judgment->fact_count; i++)
		if (chronicle_completed_s(chronicle, judgment->facts[i].id) <= end_s)
			sharing->records[judgment->facts[i].id.writer]++;
	return 0;
}

/* A point for each writer; a row's stand below each other.  The largest share. */
static double put_writers(FILE *data, const struct judgment *judgment,
			  const struct sharing *sharing, size_t row)
{
	double sum = 0, largest = 0;

	for (uint32_t i = 0; i < judgment->writer_count; i++)
		sum += (double)sharing->records[i];
	for (uint32_t i = 0; i < judgment->writer_count; i++) {
		double place = (i + 0.5) / judgment->writer_count - 0.5;
		double share = sum > 0 ? (double)sharing->records[i] / sum *
						 judgment->writer_count
				       : 0;
		double wait_s = (double)judgment->shares[i].longest_wait_ns / 1e9;

		fprintf(data, "%.9g\t%.9g\t", (double)row + 0.7 * place, share);
		largest = fmax(largest, share);
		if (wait_s > 0)
			fprintf(data, "%.9g\n", wait_s);
		else
			fputs("NaN\n", data);
	}
	return largest;
}

/* ---- how many in a row --------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const struct record_fact *fa = a, *fb = b;

	return fa->found_offset < fb->found_offset
		       ? -1
		       : fa->found_offset > fb->found_offset;
}

/* What takes turns, as where hand-offs are counted: hosts; on one host its writers. */
static uint32_t who(const struct manifest *manifest, const struct record_fact *fact)
{
	return manifest->local_fs ? fact->id.writer
				  : manifest->rank_host[fact->id.writer];
}

static void add_run(uint64_t bins[RUN_BINS], uint64_t length)
{
	size_t bin = 0;

	while (bin + 1 < RUN_BINS && length >> (bin + 1))
		bin++;
	bins[bin] += length;
}

/* How many records stand in runs of each length; 0 or -ENOMEM. */
static int count_runs(uint64_t bins[RUN_BINS], const struct manifest *manifest,
		      const struct judgment *judgment)
{
	struct record_fact *facts = calloc(judgment->fact_count + 1, sizeof(*facts));
	size_t count = 0, length = 0;

	if (!facts)
		return -ENOMEM;
	for (size_t i = 0; i < judgment->fact_count; i++)
		if (judgment->facts[i].found_offset >= 0)
			facts[count++] = judgment->facts[i];
	qsort(facts, count, sizeof(*facts), by_place);
	for (size_t i = 0; i < count; i++) {
		length++;
		if (i + 1 < count &&
		    who(manifest, &facts[i]) == who(manifest, &facts[i + 1]))
			continue;
		add_run(bins, length);
		length = 0;
	}
	free(facts);
	return 0;
}

/* Of a sample nobody can tell who stands next to whom. */
static bool has_runs(const struct result *result, size_t strategy)
{
	return result->manifest->strategies[strategy].shared_file &&
	       result->judgments[strategy].fact_stride == 1;
}

static int put_runs(FILE *data, const struct result *result, size_t strategy,
		    size_t row, size_t *longest)
{
	uint64_t bins[RUN_BINS] = {0}, sum = 0;
	int rc = count_runs(bins, result->manifest, &result->judgments[strategy]);

	for (size_t i = 0; i < RUN_BINS; i++)
		sum += bins[i];
	for (size_t i = 0; rc == 0 && i < RUN_BINS; i++) {
		if (bins[i] == 0)
			continue;
		fprintf(data, "%zu\t%zu\t%.9g\n", row, i,
			(double)bins[i] / (double)sum);
		*longest = i > *longest ? i : *longest;
	}
	return rc;
}

/* ---- the plot ------------------------------------------------------------------ */

/* A strategy whose writers competed, or could have. */
static bool is_shown(const struct result *result, size_t strategy)
{
	return result->judgments[strategy].acknowledged > 0 &&
	       result->judgments[strategy].shares &&
	       result->judgments[strategy].fact_count > 0 &&
	       result->judgments[strategy].writer_count > 1;
}

static int put_all_writers(FILE *data, const struct output_context *context,
			   const size_t *order, double *ret_largest)
{
	int rc = 0;

	for (size_t k = 0, row = 0;
	     rc == 0 && k < context->result->manifest->strategy_count; k++) {
		struct sharing sharing = {NULL, NULL};

		if (!is_shown(context->result, order[k]))
			continue;
		rc = count_shares(&sharing, context, order[k]);
		if (rc == 0)
			*ret_largest = fmax(
				*ret_largest,
				put_writers(data, &context->result->judgments[order[k]],
					    &sharing, row++));
		sharing_release(&sharing);
	}
	return rc;
}

static int put_rows(FILE *data, const struct result *result, const size_t *order,
		    size_t *ret_rows, size_t *ret_longest, size_t *ret_widest)
{
	size_t count = result->manifest->strategy_count;
	int rc = 0;

	/* A block that has nothing would not be counted. */
	fputs("\n\nNaN\tNaN\tNaN\n", data);
	for (size_t k = 0, row = 0; rc == 0 && k < count; k++) {
		if (!is_shown(result, order[k]))
			continue;
		if (has_runs(result, order[k]))
			rc = put_runs(data, result, order[k], row, ret_longest);
		row++;
	}
	fputs("\n\n", data);
	for (size_t k = 0; rc == 0 && k < count; k++) {
		if (!is_shown(result, order[k]))
			continue;
		fprintf(data, "%zu\t%s\t", (*ret_rows)++,
			has_runs(result, order[k]) ? ""
			: result->manifest->strategies[order[k]].shared_file
				? "not known of a sample"
				: "a file for each");
		rc = put_plot_label(data, result, order[k], ret_widest);
		putc('\n', data);
	}
	return rc;
}

int plot_fairness(const struct output_context *context, size_t strategy, FILE *data,
		  FILE *settings)
{
	const struct result *result = context->result;
	const struct manifest *manifest = result->manifest;
	size_t *order = calloc(manifest->strategy_count + 1, sizeof(*order));
	size_t rows = 0, longest = 0, widest = 0;
	int rc = order ? 0 : -ENOMEM;
	double largest = 0;

	(void)strategy;
	if (rc == 0) {
		rank_strategies(result, order);
		rc = put_all_writers(data, context, order, &largest);
	}
	if (rc == 0)
		rc = put_rows(data, result, order, &rows, &longest, &widest);
	free(order);
	if (rc < 0 || rows == 0)
		return rc < 0 ? rc : -ENODATA;
	put_plot_titles(settings, manifest, "How the writers shared the file", "");
	fprintf(settings,
		"count = %zu\nlabel_chars = %zu\nlongest_run = %zu\nwriters = %" PRIu32
		"\nwho = '%s'\nlargest = %.9g\n\n",
		rows, widest, longest, manifest->rank_count,
		manifest->local_fs ? "writer" : "host", largest);
	return 0;
}
