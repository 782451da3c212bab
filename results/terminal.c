/*
 * terminal - the page that a person reads: the verdict in a sentence, the table,
 * examples with both sides, whether the test had teeth, where to look deeper.
 * Plain ASCII but for names, and no wider than the terminal.
 */
#include "results/writers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "results/finding.h"
#include "results/format.h"
#include "results/measure.h"
#include "results/page.h"
#include "results/paint.h"

enum {
	COLUMNS_USUAL = 80,
	COLUMNS_MIN = 60,
	COLUMNS_MAX = 120, /* beyond, text is tiresome to read */
	EXAMPLES_MAX = 3,
};

static int print_examples(const struct page *page, size_t index)
{
	const struct judgment *judgment = &page->result->judgments[index];
	const struct finding *findings[EXAMPLES_MAX];
	size_t count = choose_findings(judgment, EXAMPLES_MAX, findings);
	struct text text;

	if (count == 0)
		return 0;
	if (text_begin(&text) < 0)
		return -ENOMEM;
	fputs("What was found with ", text.stream);
	put_name(text.stream, page->result->manifest->strategies[index].name);
	fputs(", for example:", text.stream);
	putc('\n', page->stream);
	text_end(&text, page, 0, 0);
	for (size_t i = 0; i < count; i++) {
		if (text_begin(&text) < 0)
			return -ENOMEM;
		put_finding_sentence(text.stream, page->result->manifest, findings[i]);
		fputs("  - ", page->stream);
		text_end(&text, page, 4, 4);
	}
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
	if (page->run_dir)
		print_path(page, "Run folder", page->run_dir, "");
	if (!page->run_dir || strcmp(page->out_dir, page->run_dir) != 0)
		print_path(page, "Results", page->out_dir, "");
	print_path(page, "Report", page->out_dir, "/" RESULT_REPORT_FILE);
	print_path(page, "Plots", page->out_dir, "/plots");
	if (findings)
		print_path(page, "All findings", page->out_dir, "/anomalies.csv");
	if (!page->run_dir)
		return;
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
	if (page->result->manifest->check.level != CHECK_NONE) {
		rc = print_check_page(page);
		if (rc == 0)
			rc = print_histories(page);
		free(page->order);
		return rc;
	}
	rc = print_verdict(page);
	if (rc == 0)
		rc = print_table(page);
	if (rc == 0)
		rc = print_histories(page);
	if (rc == 0)
		rc = print_comparison(page);
	for (size_t k = 0; rc == 0 && k < count; k++)
		rc = print_examples(page, page->order[k]);
	for (size_t k = 0; rc == 0 && k < count; k++)
		rc = print_segments(page, page->order[k]);
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
bool results_want_colour(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fileno(stream)) && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb") != 0;
}

size_t results_columns(FILE *stream)
{
	struct winsize size;

	if (!isatty(fileno(stream)) || ioctl(fileno(stream), TIOCGWINSZ, &size) < 0 ||
	    size.ws_col == 0)
		return COLUMNS_USUAL;
	if (size.ws_col < COLUMNS_MIN)
		return COLUMNS_MIN;
	return size.ws_col > COLUMNS_MAX ? COLUMNS_MAX : size.ws_col;
}

/* Copy @page, an open file that is closed here. */
static int show(FILE *page, bool colour, FILE *stream)
{
	char bytes[4096];
	size_t length;
	int rc = 0;

	if (colour) {
		rc = paint_page(page, stream);
	} else {
		while ((length = fread(bytes, 1, sizeof(bytes), page)) > 0)
			fwrite(bytes, 1, length, stream);
		rc = ferror(page) ? -EIO : 0;
	}
	fclose(page);
	if (rc == 0 && (fflush(stream) != 0 || ferror(stream)))
		rc = -(errno ? errno : EIO);
	return rc;
}

int results_print(const struct result *result, const char *run_dir, const char *out_dir,
		  FILE *stream)
{
	char *text = NULL;
	size_t size;
	struct page page = {
		.stream = open_memstream(&text, &size),
		.result = result,
		.run_dir = run_dir,
		.out_dir = out_dir,
		.columns = results_columns(stream),
	};
	int rc;

	if (!page.stream)
		return -ENOMEM;
	rc = print_page(&page);
	if (fclose(page.stream) != 0 && rc == 0)
		rc = -ENOMEM;
	if (rc == 0) {
		FILE *copy = fmemopen(text, size, "r");

		rc = copy ? show(copy, results_want_colour(stream), stream) : -ENOMEM;
	}
	free(text);
	return rc;
}

int results_show(const char *out_dir, bool colour, FILE *stream)
{
	char *path = NULL;
	FILE *page;
	int rc;

	if (asprintf(&path, "%s/" RESULT_SUMMARY_FILE, out_dir) < 0)
		return -ENOMEM;
	page = fopen(path, "re");
	rc = page ? show(page, colour, stream) : -errno;
	free(path);
	return rc;
}
