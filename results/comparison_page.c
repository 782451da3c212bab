/* comparison_page - a comparison, for people and for the log of a CI job. */
#include "results/comparison.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/format.h"
#include "results/writers.h"

/* Points and strategies with longer names get a line of their own. */
enum { NAME_COLUMNS = 16, COUNT_TEXT = 32 };

static const char *figure_text(double value, char text[COUNT_TEXT])
{
	if (isfinite(value))
		snprintf(text, COUNT_TEXT, fabs(value) < 99.95 ? "%#.3g" : "%.0f",
			 value);
	else
		snprintf(text, COUNT_TEXT, "-");
	return text;
}

static const char *verdict_text(const struct outcome_strategy *strategy)
{
	if (!strategy)
		return "-";
	return strategy->verdict == VERDICT_UNSAFE ? "UNSAFE"
						   : verdict_name(strategy->verdict);
}

static void put_row_name(FILE *stream, const struct comparison_row *row)
{
	char *name = printable_name(row->name);
	size_t columns = (name ? text_columns(name) : 1) + row->control;

	fprintf(stream, "%s%s", name ? name : "?", row->control ? "*" : "");
	if (columns < NAME_COLUMNS)
		fprintf(stream, "%*s", (int)(NAME_COLUMNS - columns), "");
	else
		fprintf(stream, "\n%*s", NAME_COLUMNS, "");
	free(name);
}

static bool is_known(const struct metric_change *change)
{
	return change->ratio.count > 0;
}

static void put_change(FILE *stream, const struct comparison_row *row,
		       enum change change)
{
	if (!row->control)
		fprintf(stream, " %s", change_name(change));
	putc('\n', stream);
}

/* Two or three noisy repeats can tell next to nothing. */
static const char *interval_text(const struct interval *ratio, char text[COUNT_TEXT])
{
	if (ratio->count < 2)
		snprintf(text, COUNT_TEXT, "-");
	else if (ratio->high > 100 * ratio->low)
		snprintf(text, COUNT_TEXT, "any");
	else
		snprintf(text, COUNT_TEXT, "%.2f to %.2f", ratio->low, ratio->high);
	return text;
}

static void put_metric(FILE *stream, const struct comparison_row *row, int metric)
{
	const struct metric_change *m = &row->metrics[metric];
	char base[COUNT_TEXT], next[COUNT_TEXT], interval[COUNT_TEXT];

	fprintf(stream, "%*s%-9s %12s %12s %6.2f %13s", NAME_COLUMNS, "",
		metric_table[metric].unit, figure_text(m->base, base),
		figure_text(m->next, next), m->ratio.mean,
		interval_text(&m->ratio, interval));
	put_change(stream, row, m->change);
}

static void put_row(FILE *stream, const struct comparison_row *row)
{
	put_row_name(stream, row);
	fprintf(stream, "%-9s %12s %12s %6s %13s", "verdict", verdict_text(row->base),
		verdict_text(row->next), "-", "-");
	put_change(stream, row, row->verdict);
	for (int m = 0; m < METRIC_COUNT; m++)
		if (is_known(&row->metrics[m]))
			put_metric(stream, row, m);
}

static void put_rows(FILE *stream, const struct comparison *comparison)
{
	const char *point = "";
	bool controls = false;

	fprintf(stream, "%-*s%-9s %12s %12s %6s %13s\n", NAME_COLUMNS, "strategy", "",
		"base", "new", "ratio", "95 % interval");
	for (size_t i = 0; i < comparison->row_count; i++) {
		const struct comparison_row *row = &comparison->rows[i];

		if (strcmp(row->point, point) != 0) {
			point = row->point;
			putc('[', stream);
			put_name(stream, point);
			fputs("]\n", stream);
		}
		put_row(stream, row);
		controls = controls || row->control;
	}
	if (controls)
		fputs("* a control: nothing is asked of it\n", stream);
}

static void put_reasons(FILE *stream, const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->reason_count; i++) {
		const struct comparison_reason *reason = &comparison->reasons[i];

		fputs(reason->regression ? "REGRESSION: " : "CANNOT BE JUDGED: ",
		      stream);
		put_name(stream, reason->text ? reason->text : "no memory to say why");
		putc('\n', stream);
	}
}

static bool has_pairs(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->row_count; i++)
		if (comparison->rows[i].metrics[METRIC_THROUGHPUT].ratio.count > 1)
			return true;
	return false;
}

int comparison_print(const struct comparison *comparison, FILE *stream)
{
	put_reasons(stream, comparison);
	if (comparison->verdict == NO_REGRESSION)
		fputs("NO REGRESSION\n", stream);
	putc('\n', stream);
	put_rows(stream, comparison);
	if (!has_pairs(comparison) && !comparison->options.single)
		put_wrapped(stream,
			    "With one pair of runs there is no interval: verdicts and "
			    "RPCs were judged, times were not. Give repeats by --base "
			    "and --new.",
			    0, 0, results_columns(stream));
	if (!has_pairs(comparison) && !comparison->options.single)
		putc('\n', stream);
	return ferror(stream) ? -EIO : 0;
}
