/*
 * markdown - summary.md: the verdict, the table and what was found, for a pull request
 * or the summary of a CI job (GitHub Flavored Markdown).
 *
 * Names stand in <code>, and every character that Markdown or HTML might take for
 * its own stands as a reference by number: nothing in a name is a link, a mention
 * or a cell's end.
 */
#include "results/writers.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "results/finding.h"
#include "results/format.h"
#include "results/measure.h"
#include "results/page.h"

enum { EXAMPLES_MAX = 5 };

/* @text as text, whatever is in it. */
static void put_text(FILE *stream, const char *text)
{
	char *visible = printable_name(text);

	for (const char *c = visible ? visible : "?"; *c; c++) {
		if (strchr("&<>\"'`*_~[]()#|\\!@$:", *c))
			fprintf(stream, "&#%d;", *c);
		else
			putc(*c, stream);
	}
	free(visible);
}

static void put_code(FILE *stream, const char *name)
{
	fputs("<code>", stream);
	put_text(stream, name);
	fputs("</code>", stream);
}

/* What was composed on @text, as text; frees it. */
static void put_composed(FILE *stream, struct text *text)
{
	if (fclose(text->stream) == 0)
		put_text(stream, text->bytes);
	free(text->bytes);
}

static void put_duration(FILE *stream, const struct histogram *latency, double fraction)
{
	char text[UNITS_TEXT_BYTES];

	if (latency && latency->count)
		fputs(units_format_duration(histogram_quantile(latency, fraction),
					    text),
		      stream);
	else
		putc('-', stream);
}

/* A cell with a count; NAN for what is not known. */
static void put_cell(FILE *stream, double value)
{
	char text[FORMAT_MAX] = "-";

	if (isfinite(value))
		format_count(text, (uint64_t)llround(value));
	fprintf(stream, " | %s", text);
}

/* In parentheses where it is no price, as on the page. */
static void put_rate(FILE *stream, double rate, bool safe)
{
	char text[FORMAT_MAX];

	if (!isfinite(rate) || safe) {
		put_cell(stream, rate);
		return;
	}
	format_count(text, (uint64_t)llround(rate));
	fprintf(stream, " | (%s)", text);
}

static double count_or_nan(int64_t count)
{
	return count == COUNT_NULL ? NAN : (double)count;
}

static void put_row(FILE *stream, const struct manifest_strategy *strategy,
		    const struct judgment *j)
{
	bool ran = j->verdict != VERDICT_SKIPPED;
	double rpcs = ran ? rpcs_per_record(strategy, j) : NAN;

	fputs("| ", stream);
	put_code(stream, strategy->name);
	fputs(strategy->control ? " (control) | " : " | ", stream);
	fputs(j->verdict == VERDICT_UNSAFE ? "**UNSAFE**" : verdict_name(j->verdict),
	      stream);
	put_cell(stream, ran ? count_or_nan(j->anomalies[ANOMALY_LOST]) : NAN);
	put_rate(stream, ran ? records_per_s(j) : NAN, j->verdict == VERDICT_SAFE);
	fputs(" | ", stream);
	put_duration(stream, ran ? j->latency : NULL, 0.5);
	fputs(" | ", stream);
	put_duration(stream, ran ? j->latency : NULL, 0.99);
	if (isfinite(rpcs))
		fprintf(stream, " | %.1f |\n", rpcs);
	else
		fputs(" | - |\n", stream);
}

static void put_table(FILE *stream, const struct page *page)
{
	bool doubtful = false;

	fputs("\n| strategy | verdict | lost | records/s | p50 | p99 | RPCs/record |\n"
	      "|---|---|--:|--:|--:|--:|--:|\n",
	      stream);
	for (size_t i = 0; i < page->result->manifest->strategy_count; i++) {
		size_t index = page->order[i];

		put_row(stream, &page->result->manifest->strategies[index],
			&page->result->judgments[index]);
		doubtful =
			doubtful ||
			page->result->judgments[index].verdict == VERDICT_UNSAFE ||
			page->result->judgments[index].verdict == VERDICT_INCONCLUSIVE;
	}
	if (doubtful)
		fprintf(stream, "\n%s\n", page_footnote);
}

/* Why each that is not safe is not, and examples with both sides. */
static int put_strategy_findings(FILE *stream, const struct page *page, size_t index)
{
	const struct manifest *manifest = page->result->manifest;
	const struct judgment *j = &page->result->judgments[index];
	const struct finding *findings[EXAMPLES_MAX];
	size_t count = choose_findings(j, EXAMPLES_MAX, findings);
	struct text text;

	if (j->verdict == VERDICT_SAFE && count == 0)
		return 0;
	fputs("- ", stream);
	put_code(stream, manifest->strategies[index].name);
	fprintf(stream, " %s: ", verdict_name(j->verdict));
	put_text(stream, j->reason);
	putc('\n', stream);
	for (size_t i = 0; i < count; i++) {
		if (text_begin(&text) < 0)
			return -ENOMEM;
		put_finding_sentence(text.stream, manifest, findings[i]);
		fputs("  - ", stream);
		put_composed(stream, &text);
		putc('\n', stream);
	}
	return 0;
}

static int put_findings(FILE *stream, const struct page *page)
{
	int rc = 0;

	putc('\n', stream);
	for (size_t i = 0; rc == 0 && i < page->result->manifest->strategy_count; i++)
		rc = put_strategy_findings(stream, page, page->order[i]);
	return rc;
}

static int put_head(FILE *stream, const struct page *page)
{
	static const char *const words[] = {
		[VERDICT_SAFE] = "SAFE",
		[VERDICT_UNSAFE] = "UNSAFE",
		[VERDICT_INCONCLUSIVE] = "INCONCLUSIVE",
		[VERDICT_SKIPPED] = "SKIPPED",
	};
	const struct run_verdict *verdict = &page->result->verdict;
	const struct manifest *manifest = page->result->manifest;
	struct text text;

	fprintf(stream, "### tailrace %s: %s\n\n",
		manifest->check.level == CHECK_NONE ? "run" : "check",
		words[verdict->verdict]);
	if (verdict->reason[0]) {
		put_text(stream, verdict->reason);
		fputs("\n\n", stream);
	}
	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_setting(text.stream, manifest);
	put_composed(stream, &text);
	fputs("; run ", stream);
	put_code(stream, manifest->label ? manifest->label : "");
	fputs(" in ", stream);
	put_code(stream, manifest->data_dir);
	fprintf(stream, "; teeth %s\n", verdict->teeth ? "shown" : "not shown");
	return 0;
}

int write_markdown(const struct output_context *context, FILE *stream,
		   struct error *err)
{
	struct page page = {
		.stream = stream,
		.result = context->result,
		.order = calloc(context->result->manifest->strategy_count + 1,
				sizeof(*page.order)),
	};
	int rc = page.order ? 0 : -ENOMEM;

	if (rc == 0) {
		rank_strategies(context->result, page.order);
		rc = put_head(stream, &page);
	}
	if (rc == 0) {
		put_table(stream, &page);
		rc = put_findings(stream, &page);
	}
	free(page.order);
	return rc < 0 ? error_set(err, ENOMEM, "no memory for summary.md") : 0;
}
