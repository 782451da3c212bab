/*
 * plot_rpcs - what a record costs the mount: remote procedure calls, by operation.
 */
#include "results/plot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/format.h"
#include "results/measure.h"

/* As many colours as can be told apart; the last is for all that is rare. */
enum { OPERATIONS_MAX = 7 };

struct operation {
	const char *name;
	double per_record; /* over all strategies, to find those that matter */
};

static bool counts(const char *name)
{
	return strcmp(name, "total") != 0;
}

static double per_record(const struct result *result, size_t strategy,
			 const char *operation)
{
	const struct judgment *judgment = &result->judgments[strategy];
	json_t *rpc = result->manifest->strategies[strategy].rpc;

	if (!rpc || judgment->acknowledged == 0)
		return 0;
	return json_number_value(json_object_get(rpc, operation)) /
	       (double)judgment->acknowledged;
}

static int by_weight(const void *a, const void *b)
{
	const struct operation *oa = a, *ob = b;

	if (oa->per_record != ob->per_record)
		return oa->per_record > ob->per_record ? -1 : 1;
	return strcmp(oa->name, ob->name);
}

/* All operations of all strategies, those first that cost most; NULL: no memory. */
static struct operation *weigh(const struct result *result, size_t *ret_count)
{
	json_t *weights = json_object(), *value;
	struct operation *operations;
	const char *name;
	size_t n = 0;

	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		json_object_foreach(result->manifest->strategies[i].rpc, name, value)
		{
			double sum = json_number_value(json_object_get(weights, name)) +
				     per_record(result, i, name);

			if (counts(name))
				json_object_set_new(weights, name, json_real(sum));
		}
	}
	operations = calloc(json_object_size(weights) + 1, sizeof(*operations));
	json_object_foreach(weights, name, value)
	{
		struct operation operation = {NULL, json_number_value(value)};

		/* The name that lives as long as the manifest. */
		for (size_t i = 0; i < result->manifest->strategy_count; i++) {
			void *iter = json_object_iter_at(
				result->manifest->strategies[i].rpc, name);

			if (iter)
				operation.name = json_object_iter_key(iter);
		}
		if (operations && operation.name)
			operations[n++] = operation;
	}
	json_decref(weights);
	if (operations)
		qsort(operations, n, sizeof(*operations), by_weight);
	*ret_count = n;
	return operations;
}

static double total(const struct result *result, size_t strategy)
{
	json_t *rpc = result->manifest->strategies[strategy].rpc, *value;
	const char *name;
	double sum = 0;

	json_object_foreach(rpc, name, value)
	{
		if (counts(name))
			sum += per_record(result, strategy, name);
	}
	return sum;
}

/* A strategy that has something to show. */
static bool measured(const struct result *result, size_t strategy)
{
	return result->judgments[strategy].verdict != VERDICT_SKIPPED &&
	       result->manifest->strategies[strategy].rpc &&
	       result->judgments[strategy].acknowledged > 0;
}

/* A row for each strategy and operation: where its part of the bar begins and ends. */
static void put_bar(FILE *data, const struct result *result, size_t row,
		    size_t strategy, const struct operation *operations, size_t named,
		    bool others)
{
	double end = total(result, strategy), at = 0;

	for (size_t i = 0; i < named; i++) {
		double width = per_record(result, strategy, operations[i].name);

		fprintf(data, "%zu\t%zu\t%.9g\t%.9g\t", row, i + 1, at, at + width);
		put_tsv_field(data, operations[i].name);
		putc('\n', data);
		at += width;
	}
	if (others)
		fprintf(data, "%zu\t%zu\t%.9g\t%.9g\tother\n", row, named + 1, at,
			fmax(end, at));
}

static double put_bars(FILE *data, const struct result *result, const size_t *order,
		       const struct operation *operations, size_t named, bool others)
{
	size_t row = 0;
	double most = 0;

	for (size_t k = 0; k < result->manifest->strategy_count; k++) {
		if (!measured(result, order[k]))
			continue;
		put_bar(data, result, row++, order[k], operations, named, others);
		most = fmax(most, total(result, order[k]));
	}
	return most;
}

/* Block 1: row, total, how it is written, the name. */
static int put_rows(FILE *data, const struct result *result, const size_t *order,
		    size_t *ret_rows, size_t *widest)
{
	int rc = 0;

	*ret_rows = 0;
	fputs("\n\n", data);
	for (size_t k = 0; rc == 0 && k < result->manifest->strategy_count; k++) {
		double sum;

		if (!measured(result, order[k]))
			continue;
		sum = total(result, order[k]);
		fprintf(data, "%zu\t%.9g\t%.*f\t", (*ret_rows)++, sum,
			sum < 0.995 ? 3 : 1, sum);
		rc = put_plot_label(data, result, order[k], widest);
		putc('\n', data);
	}
	return rc;
}

static void put_operations(FILE *settings, const struct operation *operations,
			   size_t named, bool others)
{
	fprintf(settings, "operations = %zu\narray operation[operations] = [",
		named + others);
	for (size_t i = 0; i < named; i++) {
		fputs(i ? ", " : "", settings);
		put_gnuplot_string(settings, operations[i].name);
	}
	fprintf(settings, "%s]\n", others ? ", 'other'" : "");
}

int plot_rpcs(const struct output_context *context, size_t strategy, FILE *data,
	      FILE *settings)
{
	const struct result *result = context->result;
	size_t count = 0, rows = 0, widest = 0, named;
	size_t *order = calloc(result->manifest->strategy_count + 1, sizeof(*order));
	struct operation *operations = weigh(result, &count);
	int rc = order && operations ? 0 : -ENOMEM;
	double most = 0;

	(void)strategy;
	named = count > OPERATIONS_MAX ? OPERATIONS_MAX - 1 : count;
	if (rc == 0) {
		rank_strategies(result, order);
		most = put_bars(data, result, order, operations, named, named < count);
		rc = put_rows(data, result, order, &rows, &widest);
	}
	if (rc == 0 && !(most > 0))
		rc = -ENODATA;
	if (rc == 0) {
		put_plot_titles(settings, result->manifest,
				"Remote procedure calls for each acknowledged record",
				"");
		fprintf(settings, "count = %zu\nlabel_chars = %zu\nmost = %.9g\n", rows,
			widest, most);
		put_operations(settings, operations, named, named < count);
		putc('\n', settings);
	}
	free(operations);
	free(order);
	return rc;
}
