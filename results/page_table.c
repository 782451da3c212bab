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
static void format_latency(char buffer[FORMAT_MAX], const struct judgment *judgment,
			   double fraction)
{
	const struct histogram *append = judgment->latency;

	if (!append || append[LATENCY_APPEND].count == 0)
		snprintf(buffer, FORMAT_MAX, "-");
	else
		units_format_duration(
			histogram_quantile(&append[LATENCY_APPEND], fraction), buffer);
}

static void format_p50(char buffer[FORMAT_MAX], const struct judgment *judgment)
{
	format_latency(buffer, judgment, 0.5);
}

static void format_p99(char buffer[FORMAT_MAX], const struct judgment *judgment)
{
	format_latency(buffer, judgment, 0.99);
}

static void format_max(char buffer[FORMAT_MAX], const struct judgment *judgment)
{
	format_latency(buffer, judgment, 1);
}

static void format_contention(char buffer[FORMAT_MAX], const struct judgment *judgment)
{
	if (judgment->verdict == VERDICT_SKIPPED || !judgment->contention_applies ||
	    isnan(judgment->contention))
		snprintf(buffer, FORMAT_MAX, "-");
	else
		snprintf(buffer, FORMAT_MAX, "%.1f %%", judgment->contention * 100);
}

_Static_assert(FORMAT_MAX >= UNITS_TEXT_BYTES, "a duration fits into a cell");

const struct page_column page_columns[PAGE_COLUMNS] = {
	{"lost", 9, format_lost}, {"records/s", 10, format_rate},
	{"p50", 7, format_p50},	  {"p99", 7, format_p99},
	{"max", 7, format_max},	  {"contention", 10, format_contention},
};

const char *page_verdict(const struct judgment *judgment)
{
	return judgment->verdict == VERDICT_UNSAFE ? "UNSAFE"
						   : verdict_name(judgment->verdict);
}

static void print_figures(const struct page *page, const struct judgment *judgment)
{
	char cell[FORMAT_MAX];

	for (size_t i = 0; i < PAGE_COLUMNS; i++) {
		page_columns[i].format(cell, judgment);
		fprintf(page->stream, " %*s", page_columns[i].width, cell);
	}
	putc('\n', page->stream);
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
	fprintf(page->stream, "%-12s", page_verdict(judgment));
	print_figures(page, judgment);
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
	const double per_s = merged_records_per_s(s);
	char time[UNITS_TEXT_BYTES];

	put_count(stream, s->merge.records);
	fprintf(stream, " records into one log in %s",
		units_format_duration(s->merge.duration_ns, time));
	if (isfinite(per_s)) {
		fputs("; with it ", stream);
		put_count(stream, (uint64_t)(per_s + 0.5));
		fputs(" records/s", stream);
	}
	if (!s->merge.left_out)
		return;
	fputs("; left out ", stream);
	put_count(stream, s->merge.left_out);
}

/* Is there anything to say about what the hosts saw, beside anomalies? */
static bool has_views(const struct page *page, size_t index)
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
	fputs(" differed for a while, by a stale cache", stream);
	if (j->segments.count) /* which has its examples */
		return;
	fputs(": ", stream);
	put_stale_sentence(stream, page->result->manifest, &j->stale[0]);
}

static void put_remark(FILE *stream, const struct page *page, size_t index)
{
	put_name(stream, page->result->manifest->strategies[index].remark);
}

static bool has_causes(const struct page *page, size_t index)
{
	return has_kinds(&page->result->judgments[index], ANOMALY_LOST + 1,
			 ANOMALY_MISSING + 1);
}

static bool has_others(const struct page *page, size_t index)
{
	return has_kinds(&page->result->judgments[index], ANOMALY_MISSING + 1,
			 ANOMALY_COUNT);
}

static bool has_readers(const struct page *page, size_t index)
{
	return page->result->judgments[index].reader_count > 0;
}

static bool has_outcomes(const struct page *page, size_t index)
{
	const struct judgment *judgment = &page->result->judgments[index];

	return judgment->failed + judgment->unknown > 0;
}

static bool has_merge(const struct page *page, size_t index)
{
	return page->result->manifest->strategies[index].merge.path != NULL;
}

static bool has_no_verdict(const struct page *page, size_t index)
{
	enum verdict verdict = page->result->judgments[index].verdict;

	return verdict == VERDICT_INCONCLUSIVE || verdict == VERDICT_SKIPPED;
}

static bool has_remark(const struct page *page, size_t index)
{
	return page->result->manifest->strategies[index].remark != NULL;
}

/* Beneath a row, in this order. */
static const struct detail {
	const char *label;
	bool (*applies)(const struct page *page, size_t index);
	void (*put)(FILE *stream, const struct page *page, size_t index);
	bool of_skipped; /* also of a strategy that was */
} details[] = {
	{"lost:", has_causes, put_causes, false},
	{"found:", has_others, put_others, false},
	{"views:", has_views, put_views, false},
	{"readers:", has_readers, put_readers, false},
	{"appends:", has_outcomes, put_outcomes, false},
	{"merged:", has_merge, put_merge, false},
	{"why:", has_no_verdict, put_reason, true},
	{"note:", has_remark, put_remark, false},
};

int page_put_details(const struct page *page, size_t index, page_line *put_line,
		     void *data)
{
	bool skipped = page->result->judgments[index].verdict == VERDICT_SKIPPED;

	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++) {
		struct text text;

		if ((skipped && !details[i].of_skipped) ||
		    !details[i].applies(page, index))
			continue;
		if (text_begin(&text) < 0)
			return -ENOMEM;
		details[i].put(text.stream, page, index);
		put_line(page, details[i].label, &text, data);
	}
	return 0;
}

/* One indented line. */
static void print_detail(const struct page *page, const char *label, struct text *text,
			 void *data)
{
	(void)data;
	fprintf(page->stream, "    %s ", label);
	text_end(text, page, 5 + strlen(label), 6);
}

const char page_footnote[] = "(...) is no price to compare: what was not shown to be "
			     "safe may be fast because it loses records.";

int print_table(const struct page *page)
{
	size_t width = name_column(page);
	bool footnote = false;

	putc('\n', page->stream);
	fprintf(page->stream, "%-*s %-12s", (int)width, "strategy", "verdict");
	for (size_t i = 0; i < PAGE_COLUMNS; i++)
		fprintf(page->stream, " %*s", page_columns[i].width,
			page_columns[i].heading);
	putc('\n', page->stream);
	for (size_t k = 0; k < page->result->manifest->strategy_count; k++) {
		size_t i = page->order[k];
		enum verdict verdict = page->result->judgments[i].verdict;
		int rc = print_row(page, i, width);

		if (rc == 0)
			rc = page_put_details(page, i, print_detail, NULL);
		if (rc == 0)
			rc = print_faults(page, i);
		if (rc < 0)
			return rc;
		footnote = footnote || verdict == VERDICT_UNSAFE ||
			   verdict == VERDICT_INCONCLUSIVE;
	}
	if (!footnote)
		return 0;
	putc('\n', page->stream);
	put_wrapped(page->stream, page_footnote, 0, 0, page->columns);
	putc('\n', page->stream);
	return 0;
}

bool page_compares(const struct page *page)
{
	return page->result->manifest->strategy_count > 1 &&
	       page->result->judgments[page->order[1]].verdict == VERDICT_SAFE;
}

/* Safe ones against safe ones, the fastest first. */
void put_comparison(FILE *stream, const struct page *page)
{
	const struct result *result = page->result;
	const struct judgment *best = &result->judgments[page->order[0]];

	fputs("Of the safe ones, ", stream);
	put_name(stream, result->manifest->strategies[page->order[0]].name);
	if (!result->manifest->strategies[page->order[0]].shared_file)
		fputs(" (a file for each writer)", stream);
	fputs(" was the fastest:", stream);
	for (size_t k = 1; k < result->manifest->strategy_count; k++) {
		const struct judgment *other = &result->judgments[page->order[k]];
		double times = records_per_s(best) / records_per_s(other);

		if (other->verdict != VERDICT_SAFE || !isfinite(times))
			break;
		fprintf(stream, "%s %.*f times as fast as ", k > 1 ? "," : "",
			times < 99.5 ? 1 : 0, times);
		put_name(stream, result->manifest->strategies[page->order[k]].name);
	}
	putc('.', stream);
}

int print_comparison(const struct page *page)
{
	struct text text;

	if (!page_compares(page))
		return 0;
	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_comparison(text.stream, page);
	putc('\n', page->stream);
	text_end(&text, page, 0, 0);
	return 0;
}
