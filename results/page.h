/*
 * page - what the parts of the page that a person reads have in common:
 * paragraphs, lists of strategies and of what was found.
 */
#ifndef TAILRACE_RESULTS_PAGE_H
#define TAILRACE_RESULTS_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "results/format.h"
#include "results/result.h"

struct page {
	FILE *stream;
	const struct result *result;
	const char *run_dir;
	const char *out_dir; /* where the results are, or NULL */
	size_t columns;
	size_t *order; /* of the strategies */
};

/* A text that is composed before it is wrapped. */
struct text {
	FILE *stream;
	char *bytes;
	size_t size;
};

/* Compose on text->stream.  0 or -ENOMEM. */
int text_begin(struct text *text);

/* Put it on the page, wrapped as put_wrapped() says, end the line, and free it. */
void text_end(struct text *text, const struct page *page, size_t used, size_t indent);

/* "1,234,567" */
void put_count(FILE *stream, uint64_t count);

/* Which strategies are meant. */
typedef bool (*strategy_filter)(const struct result *result, size_t index);

size_t count_strategies(const struct result *result, strategy_filter filter);

/* "flock, fcntl and per-file", in the order of the table. */
void put_strategies(FILE *stream, const struct page *page, strategy_filter filter);

/* Was one of the kinds in [@first, @end) found? */
bool has_kinds(const struct judgment *judgment, int first, int end);

/* "overwritten 12, torn 3", of the kinds in [@first, @end) that were found. */
void put_kinds(FILE *stream, const struct judgment *judgment, int first, int end);

/*
 * What the first few readers of strategy @index saw (page_readers.c); there is
 * one or more.
 */
void put_readers(FILE *stream, const struct page *page, size_t index);

/* ---- the words, which report.html has too ------------------------------------- */

/* "UNSAFE", and a sentence or two. */
const char *page_verdict_word(const struct page *page);
void put_verdict_sentence(FILE *stream, const struct page *page);

/* "Teeth shown:", and what that rests on. */
const char *page_teeth_label(const struct page *page);
void put_teeth(FILE *stream, const struct page *page);

/* Are there two safe strategies or more, which put_comparison() compares? */
bool page_compares(const struct page *page);
void put_comparison(FILE *stream, const struct page *page);

/* The columns of figures; in each the text of its cell. */
enum { PAGE_COLUMNS = 6 };
extern const struct page_column {
	const char *heading;
	int width; /* characters */
	void (*format)(char buffer[FORMAT_MAX], const struct judgment *judgment);
} page_columns[PAGE_COLUMNS];

/* The verdict of a strategy as it stands in its row. */
const char *page_verdict(const struct judgment *judgment);

/* What the parentheses in the table mean. */
extern const char page_footnote[];

/*
 * What is to be said of strategy @index beside its figures: @put_line is called for
 * each line, and ends @text (text_end() or html_text_end()).  Returns 0 or -ENOMEM.
 */
typedef void page_line(const struct page *page, const char *label, struct text *text,
		       void *data);
int page_put_details(const struct page *page, size_t index, page_line *put_line,
		     void *data);

/* What became of the segments of strategy @index; there are some. */
void put_segments(FILE *stream, const struct page *page, size_t index);

/* Of a check (check_page.c): "ACCEPT", why, what to take, what the locks answered. */
const char *page_acceptance_word(const struct page *page);
void put_acceptance(FILE *stream, const struct page *page);
void put_recommendation(FILE *stream, const struct page *page);
void put_probes(FILE *stream, const struct page *page);
void put_harm(FILE *stream, const struct check_harm *harm);
void put_footprint(FILE *stream, const struct page *page);

/*
 * Which histories of strategy @index the run did not gather (page_histories.c), and
 * that @command, such as "tailrace verify", takes on its @run_dir what is missing.
 */
bool has_strays(const struct manifest *manifest, size_t index);
void put_strays(FILE *stream, const struct manifest *manifest, size_t index,
		const char *command, const char *run_dir);

/* ---- the page of a terminal --------------------------------------------------- */

/* A line for each fault of strategy @index (page_faults.c).  0 or -ENOMEM. */
int print_faults(const struct page *page, size_t index);

/*
 * The parts, each in a file of its own.  They return 0 or -ENOMEM; errors of the
 * stream are left to ferror(3).
 */
int print_verdict(const struct page *page);
int print_table(const struct page *page);
int print_histories(const struct page *page);
int print_comparison(const struct page *page);
int print_teeth(const struct page *page);

/* Of strategy @index, where it ran in segments. */
int print_segments(const struct page *page, size_t index);

/* "WORD: ", what @put_sentence says, and on what mount it was seen. */
int print_headline(const struct page *page, const char *word,
		   void (*put_sentence)(FILE *stream, const struct page *page));

/* All of it, where the run was a check. */
int print_check_page(const struct page *page);

#endif
