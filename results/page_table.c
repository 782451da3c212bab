/*
 * page_table - a row per strategy, with what was found and why beneath it.
 *
 * A strategy that is not safe never looks like the winner: safe ones come first
 * and are compared with safe ones only; the rates of others stand in parentheses.
 */
#include "results/page.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "results/finding.h"
#include "results/format.h"
#include "results/measure.h"

/* verdict, lost, records/s, three latencies, contention, and blanks */
enum { TABLE_COLUMNS = 1 + 12 + 1 + 9 + 1 + 10 + 3 * 8 + 1 + 10 };

static size_t name_column(const struct page *page)
{
	const struct manifest *manifest = page->result->manifest;
	size_t most = page->columns > TABLE_COLUMNS ? page->columns - TABLE_COLUMNS : 0;
	size_t width = strlen("strategy");

	for (size_t i = 0; i < manifest->strategy_count; i++) {
		char *name = printable_name(manifest->strategies[i].name);
		size_t columns = name ? text_columns(name) : 0;

		if (columns > width && columns <= most)
			width = columns;
		free(name);
	}
	return width;
}

static void format_rate(char buffer[FORMAT_MAX], const struct judgment *judgment)
{
	double rate = records_per_s(judgment);
	char count[FORMAT_MAX];

	if (judgment->verdict == VERDICT_SKIPPED || isnan(rate)) {
		snprintf(buffer, FORMAT_MAX, "-");
		return;
	}
	if (rate < 10)
		snprintf(count, sizeof(count), "%.2f", rate);
	else
		format_count(count, (uint64_t)(rate + 0.5));
	if (judgment->verdict == VERDICT_SAFE)
		snprintf(buffer, FORMAT_MAX, "%s", count);
	else
		snprintf(buffer, FORMAT_MAX, "(%.*s)", FORMAT_MAX - 3, count);
}

static void format_lost(char buffer[FORMAT_MAX], const struct judgment *judgment)
{
	if (judgment->verdict == VERDICT_SKIPPED ||
	    judgment->anomalies[ANOMALY_LOST] == COUNT_NULL)
		snprintf(buffer, FORMAT_MAX, "-");
	else
		format_count(buffer, (uint64_t)judgment->anomalies[ANOMALY_LOST]);
}

/* @fraction 1 is the maximum. */
static void format_latency(char buffer[UNITS_TEXT_BYTES],
			   const struct judgment *judgment, double fraction)
{
	const struct histogram *append = judgment->latency;

	if (!append || append[LATENCY_APPEND].count == 0)
		snprintf(buffer, FORMAT_MAX, "-");
	else
		units_format_duration(
			histogram_quantile(&append[LATENCY_APPEND], fraction), buffer);
}

static void format_contention(char buffer[FORMAT_MAX], const struct judgment *judgment)
{
	if (judgment->verdict == VERDICT_SKIPPED || !judgment->contention_applies ||
	    isnan(judgment->contention))
		snprintf(buffer, FORMAT_MAX, "-");
	else
		snprintf(buffer, FORMAT_MAX, "%.1f %%", judgment->contention * 100);
}

static void print_figures(const struct page *page, const struct judgment *judgment)
{
	static const double fractions[] = {0.5, 0.99, 1};
	char cell[FORMAT_MAX > UNITS_TEXT_BYTES ? FORMAT_MAX : UNITS_TEXT_BYTES];

	format_lost(cell, judgment);
	fprintf(page->stream, " %9s", cell);
	format_rate(cell, judgment);
	fprintf(page->stream, " %10s", cell);
	for (size_t i = 0; i < sizeof(fractions) / sizeof(fractions[0]); i++) {
		format_latency(cell, judgment, fractions[i]);
		fprintf(page->stream, " %7s", cell);
	}
	format_contention(cell, judgment);
	fprintf(page->stream, " %10s\n", cell);
}

static int print_row(const struct page *page, size_t index, size_t name_columns)
{
	const struct judgment *judgment = &page->result->judgments[index];
	char *name = printable_name(page->result->manifest->strategies[index].name);
	size_t columns;

	if (!name)
		return -ENOMEM;
	columns = text_columns(name);
	fputs(name, page->stream);
	if (columns > name_columns) {
		putc('\n', page->stream);
		columns = 0;
	}
	free(name);
	fprintf(page->stream, "%*s ", (int)(name_columns - columns), "");
	fprintf(page->stream, "%-12s",
		judgment->verdict == VERDICT_UNSAFE ? "UNSAFE"
						    : verdict_name(judgment->verdict));
	print_figures(page, judgment);
	return 0;
}

/* One indented line of details beneath a row. */
static int print_detail(const struct page *page, const char *label,
			void (*put)(FILE *stream, const struct page *page,
				    size_t index),
			size_t index)
{
	struct text text;

	if (text_begin(&text) < 0)
		return -ENOMEM;
	put(text.stream, page, index);
	fprintf(page->stream, "    %s ", label);
	text_end(&text, page, 5 + strlen(label), 6);
	return 0;
}

static void put_causes(FILE *stream, const struct page *page, size_t index)
{
	put_kinds(stream, &page->result->judgments[index], ANOMALY_LOST + 1,
		  ANOMALY_MISSING + 1);
}

static void put_others(FILE *stream, const struct page *page, size_t index)
{
	put_kinds(stream, &page->result->judgments[index], ANOMALY_MISSING + 1,
		  ANOMALY_COUNT);
}

static void put_outcomes(FILE *stream, const struct page *page, size_t index)
{
	const struct judgment *judgment = &page->result->judgments[index];

	put_count(stream, judgment->attempted);
	fputs(", of which ", stream);
	put_count(stream, judgment->failed);
	fputs(" failed and ", stream);
	put_count(stream, judgment->unknown);
	fputs(" have an unknown outcome", stream);
}

static void put_reason(FILE *stream, const struct page *page, size_t index)
{
	put_name(stream, page->result->judgments[index].reason);
}

static void put_merge(FILE *stream, const struct page *page, size_t index)
{
	const struct manifest_strategy *s = &page->result->manifest->strategies[index];
	char time[UNITS_TEXT_BYTES];

	put_count(stream, s->merge.records);
	fprintf(stream, " records into one log in %s; with it ",
		units_format_duration(s->merge.duration_ns, time));
	put_count(stream, (uint64_t)(merged_records_per_s(s) + 0.5));
	fputs(" records/s", stream);
	if (!s->merge.left_out)
		return;
	fputs("; left out ", stream);
	put_count(stream, s->merge.left_out);
}

/* Is there anything to say about what the hosts saw, beside anomalies? */
static bool has_views_to_tell(const struct page *page, size_t index)
{
	const struct judgment *j = &page->result->judgments[index];

	return j->stale_cache > 0 ||
	       (j->views.hosts &&
		(j->views.blocks < j->views.of_blocks ||
		 j->views.hosts < page->result->manifest->host_count));
}

/* What was compared, where that is not everything; and stale caches. */
static void put_views(FILE *stream, const struct page *page, size_t index)
{
	const struct judgment *j = &page->result->judgments[index];

	fprintf(stream, "%u of %zu hosts compared ", j->views.hosts,
		page->result->manifest->host_count);
	put_count(stream, j->views.blocks);
	fputs(" of ", stream);
	put_count(stream, j->views.of_blocks);
	fprintf(stream, " blocks of %u KiB", j->views.block_bytes >> 10);
	if (j->stale_cache <= 0)
		return;
	fputs("; ", stream);
	put_count(stream, (uint64_t)j->stale_cache);
	fputs(" differed for a while, by a stale cache: ", stream);
	put_stale_sentence(stream, page->result->manifest, &j->stale[0]);
}

static void put_remark(FILE *stream, const struct page *page, size_t index)
{
	put_name(stream, page->result->manifest->strategies[index].remark);
}

static int print_details(const struct page *page, size_t index)
{
	const struct judgment *judgment = &page->result->judgments[index];
	int rc = 0;

	if (judgment->verdict == VERDICT_SKIPPED)
		return print_detail(page, "why:", put_reason, index);
	if (has_kinds(judgment, ANOMALY_LOST + 1, ANOMALY_MISSING + 1))
		rc = print_detail(page, "lost:", put_causes, index);
	if (rc == 0 && has_kinds(judgment, ANOMALY_MISSING + 1, ANOMALY_COUNT))
		rc = print_detail(page, "found:", put_others, index);
	if (rc == 0 && has_views_to_tell(page, index))
		rc = print_detail(page, "views:", put_views, index);
	if (rc == 0 && judgment->reader_count)
		rc = print_detail(page, "readers:", put_readers, index);
	if (rc == 0 && judgment->failed + judgment->unknown > 0)
		rc = print_detail(page, "appends:", put_outcomes, index);
	if (rc == 0 && page->result->manifest->strategies[index].merge.path)
		rc = print_detail(page, "merged:", put_merge, index);
	if (rc == 0 && judgment->verdict == VERDICT_INCONCLUSIVE)
		rc = print_detail(page, "why:", put_reason, index);
	if (rc == 0 && page->result->manifest->strategies[index].remark)
		rc = print_detail(page, "note:", put_remark, index);
	return rc;
}

int print_table(const struct page *page)
{
	size_t width = name_column(page);
	bool footnote = false;

	putc('\n', page->stream);
	fprintf(page->stream, "%-*s %-12s %9s %10s %7s %7s %7s %10s\n", (int)width,
		"strategy", "verdict", "lost", "records/s", "p50", "p99", "max",
		"contention");
	for (size_t k = 0; k < page->result->manifest->strategy_count; k++) {
		size_t i = page->order[k];
		enum verdict verdict = page->result->judgments[i].verdict;
		int rc = print_row(page, i, width);

		if (rc == 0)
			rc = print_details(page, i);
		if (rc < 0)
			return rc;
		footnote = footnote || verdict == VERDICT_UNSAFE ||
			   verdict == VERDICT_INCONCLUSIVE;
	}
	if (!footnote)
		return 0;
	putc('\n', page->stream);
	put_wrapped(page->stream,
		    "(...) is no price to compare: what was not shown to be safe may "
		    "be fast because it loses records.",
		    0, 0, page->columns);
	putc('\n', page->stream);
	return 0;
}

/* Safe ones against safe ones, the fastest first. */
int print_comparison(const struct page *page)
{
	const struct result *result = page->result;
	size_t count = result->manifest->strategy_count;
	const struct judgment *best, *other;
	struct text text;
	size_t k = 1;

	if (count < 2 || result->judgments[page->order[1]].verdict != VERDICT_SAFE ||
	    text_begin(&text) < 0)
		return 0;
	best = &result->judgments[page->order[0]];
	fputs("Of the safe ones, ", text.stream);
	put_name(text.stream, result->manifest->strategies[page->order[0]].name);
	if (!result->manifest->strategies[page->order[0]].shared_file)
		fputs(" (a file for each writer)", text.stream);
	fputs(" was the fastest:", text.stream);
	for (; k < count; k++) {
		double times;

		other = &result->judgments[page->order[k]];
		times = records_per_s(best) / records_per_s(other);
		if (other->verdict != VERDICT_SAFE || !isfinite(times))
			break;
		fprintf(text.stream, "%s %.*f times as fast as ", k > 1 ? "," : "",
			times < 99.5 ? 1 : 0, times);
		put_name(text.stream,
			 result->manifest->strategies[page->order[k]].name);
	}
	putc('.', text.stream);
	putc('\n', page->stream);
	text_end(&text, page, 0, 0);
	return 0;
}
