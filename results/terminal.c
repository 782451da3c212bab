/*
 * terminal - the page that a person reads: the verdict in a sentence, the table,
 * examples with both sides, whether the test had teeth, where to look deeper.
 *
 * A strategy that is not safe never looks like the winner: safe ones come first
 * and are compared with safe ones only; the rates of others stand in
 * parentheses.  Plain ASCII but for names, and no more than @columns wide.
 */
#include "results/writers.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/units.h"
#include "results/finding.h"
#include "results/format.h"
#include "results/measure.h"

enum {
	COLUMNS_USUAL = 80,
	COLUMNS_MIN = 60,
	COLUMNS_MAX = 120, /* beyond, text is tiresome to read */
	/* verdict, lost, records/s, three latencies, contention, and blanks */
	TABLE_COLUMNS = 1 + 12 + 1 + 9 + 1 + 10 + 3 * 8 + 1 + 10,
	EXAMPLES_MAX = 3,
};

struct page {
	FILE *stream;
	const struct result *result;
	const char *run_dir;
	const char *out_dir; /* where the results are, or NULL */
	bool colour;
	size_t columns;
	size_t *order; /* of the strategies */
};

#define BOLD "1"
#define DIM  "2"

static const char *const verdict_colours[] = {
	[VERDICT_SAFE] = "1;32",
	[VERDICT_UNSAFE] = "1;31",
	[VERDICT_INCONCLUSIVE] = "1;33",
	[VERDICT_SKIPPED] = DIM,
};

static const char *const verdict_words[] = {
	[VERDICT_SAFE] = "SAFE",
	[VERDICT_UNSAFE] = "UNSAFE",
	[VERDICT_INCONCLUSIVE] = "INCONCLUSIVE",
	[VERDICT_SKIPPED] = "SKIPPED",
};

static void colour_on(const struct page *page, const char *code)
{
	if (page->colour)
		fprintf(page->stream, "\033[%sm", code);
}

static void colour_off(const struct page *page)
{
	if (page->colour)
		fputs("\033[0m", page->stream);
}

/* ---- paragraphs ------------------------------------------------------- */

/* A text that is composed before it is wrapped. */
struct text {
	FILE *stream;
	char *bytes;
	size_t size;
};

static int text_begin(struct text *text)
{
	text->stream = open_memstream(&text->bytes, &text->size);
	return text->stream ? 0 : -ENOMEM;
}

/* Put it on the page, wrapped, and free it. */
static void text_end(struct text *text, const struct page *page, size_t used,
		     size_t indent)
{
	if (fclose(text->stream) == 0) {
		put_wrapped(page->stream, text->bytes, used, indent, page->columns);
		putc('\n', page->stream);
	}
	free(text->bytes);
}

static void put_count(FILE *stream, uint64_t count)
{
	char text[FORMAT_MAX];

	format_count(text, count);
	fputs(text, stream);
}

/* ", " between, " and " before the last. */
static void put_separator(FILE *stream, size_t index, size_t count)
{
	if (index > 0)
		fputs(index + 1 == count ? " and " : ", ", stream);
}

/* ---- the verdict ------------------------------------------------------ */

typedef bool (*strategy_filter)(const struct result *result, size_t index);

static bool supports_verdict(const struct result *result, size_t i)
{
	return verdict_rests_on(result->manifest, i) &&
	       (result->judgments[i].verdict == result->verdict.verdict ||
		(result->judgments[i].verdict == VERDICT_SKIPPED &&
		 result->verdict.verdict == VERDICT_INCONCLUSIVE));
}

static bool failed_beside(const struct result *result, size_t i)
{
	return !verdict_rests_on(result->manifest, i) &&
	       result->judgments[i].verdict == VERDICT_UNSAFE;
}

static bool is_failed_control(const struct result *result, size_t i)
{
	return result->manifest->strategies[i].control &&
	       result->judgments[i].verdict == VERDICT_UNSAFE;
}

static bool is_control(const struct result *result, size_t i)
{
	return result->manifest->strategies[i].control &&
	       result->judgments[i].verdict != VERDICT_SKIPPED;
}

static size_t count_strategies(const struct result *result, strategy_filter filter)
{
	size_t count = 0;

	for (size_t i = 0; i < result->manifest->strategy_count; i++)
		count += filter(result, i);
	return count;
}

static void put_strategies(FILE *stream, const struct page *page,
			   strategy_filter filter)
{
	size_t count = count_strategies(page->result, filter);
	size_t done = 0;

	for (size_t k = 0; k < page->result->manifest->strategy_count; k++) {
		size_t i = page->order[k];

		if (!filter(page->result, i))
			continue;
		put_separator(stream, done++, count);
		put_name(stream, page->result->manifest->strategies[i].name);
	}
}

/* "overwritten 12, torn 3"; kinds in [@first, @end) that were found. */
static size_t put_kinds(FILE *stream, const struct judgment *judgment, int first,
			int end)
{
	size_t done = 0;

	for (int kind = first; kind < end; kind++) {
		if (judgment->anomalies[kind] <= 0 || kind == ANOMALY_GAP_BYTES ||
		    kind == ANOMALY_FOREIGN_BYTES)
			continue;
		fprintf(stream, "%s%s ", done++ ? ", " : "", anomaly_table[kind].name);
		put_count(stream, (uint64_t)judgment->anomalies[kind]);
		if (kind == ANOMALY_GAP || kind == ANOMALY_FOREIGN) {
			fputs(" (", stream);
			put_count(stream, (uint64_t)judgment->anomalies[kind + 1]);
			fputs(" bytes)", stream);
		}
	}
	return done;
}

/* "with flock, 45 of 8,000 acknowledged records were lost" */
static void put_losses(FILE *stream, const struct page *page, strategy_filter filter)
{
	size_t done = 0;

	for (size_t i = 0; i < page->result->manifest->strategy_count; i++) {
		const struct judgment *judgment = &page->result->judgments[i];

		if (!filter(page->result, i))
			continue;
		fputs(done++ ? "; with " : "with ", stream);
		put_name(stream, page->result->manifest->strategies[i].name);
		fputs(", ", stream);
		if (judgment->anomalies[ANOMALY_LOST] > 0) {
			put_count(stream, (uint64_t)judgment->anomalies[ANOMALY_LOST]);
			fputs(" of ", stream);
			put_count(stream, judgment->acknowledged);
			fputs(" acknowledged records were lost", stream);
		} else {
			fputs("the file was damaged: ", stream);
			put_kinds(stream, judgment, 0, ANOMALY_COUNT);
		}
	}
}

static void put_verdict_sentence(FILE *stream, const struct page *page)
{
	switch (page->result->verdict.verdict) {
	case VERDICT_SAFE:
		fputs("every acknowledged record survived, whole and where it "
		      "belongs, with ",
		      stream);
		put_strategies(stream, page, supports_verdict);
		break;
	case VERDICT_UNSAFE:
		put_losses(stream, page, supports_verdict);
		break;
	default:
		fputs("this run cannot tell whether appends are safe here with ",
		      stream);
		put_strategies(stream, page, supports_verdict);
		fputs("; the table says why", stream);
	}
	putc('.', stream);
	if (count_strategies(page->result, failed_beside) > 0) {
		fputs(page->result->verdict.verdict == VERDICT_SAFE
			      ? " Not so without care: "
			      : " Besides, ",
		      stream);
		put_losses(stream, page, failed_beside);
		putc('.', stream);
	}
}

static int print_verdict(const struct page *page)
{
	enum verdict verdict = page->result->verdict.verdict;
	struct text text;

	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_verdict_sentence(text.stream, page);
	colour_on(page, verdict_colours[verdict]);
	fputs(verdict_words[verdict], page->stream);
	colour_off(page);
	fputs(": ", page->stream);
	text_end(&text, page, strlen(verdict_words[verdict]) + 2, 0);
	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_setting(text.stream, page->result->manifest);
	putc('\n', page->stream);
	text_end(&text, page, 0, 0);
	return 0;
}

/* ---- the table -------------------------------------------------------- */

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
		strcpy(buffer, "-");
		return;
	}
	if (rate < 10)
		snprintf(count, sizeof(count), "%.2f", rate);
	else
		format_count(count, (uint64_t)(rate + 0.5));
	if (judgment->verdict == VERDICT_SAFE)
		strcpy(buffer, count);
	else
		snprintf(buffer, FORMAT_MAX, "(%.*s)", FORMAT_MAX - 3, count);
}

static void format_lost(char buffer[FORMAT_MAX], const struct judgment *judgment)
{
	if (judgment->verdict == VERDICT_SKIPPED ||
	    judgment->anomalies[ANOMALY_LOST] == COUNT_NULL)
		strcpy(buffer, "-");
	else
		format_count(buffer, (uint64_t)judgment->anomalies[ANOMALY_LOST]);
}

/* @fraction 1 is the maximum. */
static void format_latency(char buffer[UNITS_TEXT_BYTES],
			   const struct judgment *judgment, double fraction)
{
	const struct histogram *append = judgment->latency;

	if (!append || append[LATENCY_APPEND].count == 0)
		strcpy(buffer, "-");
	else
		units_format_duration(
			histogram_quantile(&append[LATENCY_APPEND], fraction), buffer);
}

static void format_contention(char buffer[FORMAT_MAX], const struct judgment *judgment)
{
	if (judgment->verdict == VERDICT_SKIPPED || !judgment->contention_applies ||
	    isnan(judgment->contention))
		strcpy(buffer, "-");
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
	bool dim = judgment->verdict != VERDICT_SAFE;
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
	colour_on(page, verdict_colours[judgment->verdict]);
	fprintf(page->stream, "%-12s",
		judgment->verdict == VERDICT_UNSAFE ? "UNSAFE"
						    : verdict_name(judgment->verdict));
	colour_off(page);
	if (dim)
		colour_on(page, DIM);
	print_figures(page, judgment);
	if (dim)
		colour_off(page);
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
	const struct manifest_strategy *s = &page->result->manifest->strategies[index];
	const struct judgment *judgment = &page->result->judgments[index];
	bool skipped = judgment->verdict == VERDICT_SKIPPED && s->skipped;

	put_name(stream, skipped ? s->skipped : judgment->reason);
	if (skipped && s->skipped_errnum)
		fprintf(stream, " (%s)", strerror(s->skipped_errnum));
}

static bool has_kinds(const struct judgment *judgment, int first, int end)
{
	for (int kind = first; kind < end; kind++)
		if (judgment->anomalies[kind] > 0)
			return true;
	return false;
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
	if (rc == 0 && judgment->failed + judgment->unknown > 0)
		rc = print_detail(page, "appends:", put_outcomes, index);
	if (rc == 0 && judgment->verdict == VERDICT_INCONCLUSIVE)
		rc = print_detail(page, "why:", put_reason, index);
	return rc;
}

static int print_table(const struct page *page)
{
	size_t width = name_column(page);
	bool footnote = false;

	putc('\n', page->stream);
	colour_on(page, BOLD);
	fprintf(page->stream, "%-*s %-12s %9s %10s %7s %7s %7s %10s\n", (int)width,
		"strategy", "verdict", "lost", "records/s", "p50", "p99", "max",
		"contention");
	colour_off(page);
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
static int print_comparison(const struct page *page)
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

/* ---- below the table -------------------------------------------------- */

static int print_examples(const struct page *page, size_t index)
{
	const struct judgment *judgment = &page->result->judgments[index];
	const struct finding *findings[EXAMPLES_MAX];
	size_t count = choose_findings(judgment, EXAMPLES_MAX, findings);

	if (count == 0)
		return 0;
	fputs("\nWhat was found with ", page->stream);
	put_name(page->stream, page->result->manifest->strategies[index].name);
	fputs(", for example:\n", page->stream);
	for (size_t i = 0; i < count; i++) {
		struct text text;

		if (text_begin(&text) < 0)
			return -ENOMEM;
		put_finding_sentence(text.stream, page->result->manifest, findings[i]);
		fputs("  - ", page->stream);
		text_end(&text, page, 4, 4);
	}
	return 0;
}

static int print_teeth(const struct page *page)
{
	struct text text;

	if (text_begin(&text) < 0)
		return -ENOMEM;
	if (page->result->verdict.teeth) {
		put_strategies(text.stream, page, is_failed_control);
		fputs(" went wrong on this mount, as a control should; so this run can "
		      "see the race that the safe ones survived.",
		      text.stream);
	} else if (count_strategies(page->result, is_control) == 0) {
		fputs("no control was run. Add append to --strategy to see whether "
		      "a careless writer comes to harm on this mount.",
		      text.stream);
	} else {
		put_strategies(text.stream, page, is_control);
		fputs(" did not go wrong here, so this run has not shown that it would "
		      "see a race.",
		      text.stream);
		if (page->result->manifest->local_fs)
			fputs(" On a local file system that is no surprise: appends "
			      "are atomic there.",
			      text.stream);
	}
	putc('\n', page->stream);
	colour_on(page, BOLD);
	fputs(page->result->verdict.teeth ? "Teeth shown:" : "Teeth not shown:",
	      page->stream);
	colour_off(page);
	putc(' ', page->stream);
	text_end(&text, page, page->result->verdict.teeth ? 13 : 17, 0);
	return 0;
}

/* "Plots        RUN/plots" */
static void print_path(const struct page *page, const char *label, const char *dir,
		       const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s%s", dir, name) < 0)
		return;
	fprintf(page->stream, "%-13s ", label);
	put_shell_word(page->stream, path);
	putc('\n', page->stream);
	free(path);
}

static void print_places(const struct page *page)
{
	bool findings = false;

	for (size_t i = 0; i < page->result->manifest->strategy_count; i++)
		findings = findings || page->result->judgments[i].finding_count > 0;
	putc('\n', page->stream);
	print_path(page, "Run folder", page->run_dir, "");
	if (strcmp(page->out_dir, page->run_dir) != 0)
		print_path(page, "Results", page->out_dir, "");
	print_path(page, "Plots", page->out_dir, "/plots");
	if (findings)
		print_path(page, "All findings", page->out_dir, "/anomalies.csv");
	fprintf(page->stream, "%-13s tailrace verify ", "Judge again");
	put_shell_word(page->stream, page->run_dir);
	putc('\n', page->stream);
}

/* records.csv may be a sample; nobody should take it for the whole. */
static void print_sampling(const struct page *page)
{
	uint64_t stride = 1;

	for (size_t i = 0; i < page->result->manifest->strategy_count; i++)
		if (page->result->judgments[i].fact_count > 0 &&
		    records_csv_stride(page->result, i) > stride)
			stride = records_csv_stride(page->result, i);
	if (stride > 1) {
		fputs("records.csv holds a sample: each writer's every ", page->stream);
		put_count(page->stream, stride);
		fputs("th append, at the sparsest.\n", page->stream);
	}
}

static int print_page(struct page *page)
{
	size_t count = page->result->manifest->strategy_count;
	int rc;

	page->order = calloc(count + 1, sizeof(*page->order));
	if (!page->order)
		return -ENOMEM;
	rank_strategies(page->result, page->order);
	rc = print_verdict(page);
	if (rc == 0)
		rc = print_table(page);
	if (rc == 0)
		rc = print_comparison(page);
	for (size_t k = 0; rc == 0 && k < count; k++)
		rc = print_examples(page, page->order[k]);
	if (rc == 0)
		rc = print_teeth(page);
	if (rc == 0 && page->out_dir) {
		print_places(page);
		print_sampling(page);
	}
	free(page->order);
	return rc;
}

int write_summary(const struct output_context *context, FILE *stream, struct error *err)
{
	struct page page = {
		.stream = stream,
		.result = context->result,
		.run_dir = context->run_dir,
		.out_dir = context->out_dir,
		.columns = COLUMNS_USUAL,
	};

	if (print_page(&page) < 0)
		return error_set(err, ENOMEM, "no memory for the summary");
	return 0;
}

/* no-color.org: set and not empty, whatever its value. */
static bool wants_colour(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fileno(stream)) && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb") != 0;
}

static size_t columns_of(FILE *stream)
{
	struct winsize size;

	if (!isatty(fileno(stream)) || ioctl(fileno(stream), TIOCGWINSZ, &size) < 0 ||
	    size.ws_col == 0)
		return COLUMNS_USUAL;
	if (size.ws_col < COLUMNS_MIN)
		return COLUMNS_MIN;
	return size.ws_col > COLUMNS_MAX ? COLUMNS_MAX : size.ws_col;
}

int results_print(const struct result *result, const char *run_dir, const char *out_dir,
		  FILE *stream)
{
	struct page page = {
		.stream = stream,
		.result = result,
		.run_dir = run_dir,
		.out_dir = out_dir,
		.colour = wants_colour(stream),
		.columns = columns_of(stream),
	};
	int rc = print_page(&page);

	if (rc == 0 && (fflush(stream) != 0 || ferror(stream)))
		rc = -(errno ? errno : EIO);
	return rc;
}
