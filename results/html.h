/*
 * html - what the parts of report.html share.
 *
 * The report is one file that loads nothing.  It is HTML that is well-formed XML too,
 * so that any parser can read it; the words are those of the terminal's page.
 */
#ifndef TAILRACE_RESULTS_HTML_H
#define TAILRACE_RESULTS_HTML_H

#include "results/page.h"
#include "results/writers.h"

struct html {
	struct page page; /* .stream: the report's */
	const struct output_context *context;
};

/*
 * End @text, composed after text_begin(), and put it on the page, escaped; its lines
 * stay lines.
 */
void html_text_end(const struct html *html, struct text *text);

/* The same of what @put says. */
void html_words(const struct html *html,
		void (*put)(FILE *stream, const struct page *page));

/* A name of any bytes. */
void html_name(const struct html *html, const char *name);

/* Does this report tell of `tailrace check`? */
bool html_is_check(const struct html *html);

/* The sections, each in a file of its own.  0, -ENOMEM, or what reading a file met. */
int html_matrix(const struct html *html);
int html_check(const struct html *html);
int html_faults(const struct html *html);
int html_plots(const struct html *html);
int html_findings(const struct html *html);
int html_environment(const struct html *html);

/* How to judge again, and to run again: a part of the environment. */
void html_verify_command(FILE *stream, const struct page *page);

#endif
