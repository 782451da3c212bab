/* html - report.html: the verdict first, then why, and what it rests on. */
#include "results/html.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "results/format.h"
#include "results/measure.h"
#include "results/xml.h"

extern const char html_style[];

void html_text_end(const struct html *html, struct text *text)
{
	if (fclose(text->stream) == 0)
		put_xml_lines(html->page.stream, text->bytes);
	free(text->bytes);
}

void html_words(const struct html *html,
		void (*put)(FILE *stream, const struct page *page))
{
	struct text text;

	if (text_begin(&text) < 0)
		return;
	put(text.stream, &html->page);
	html_text_end(html, &text);
}

void html_name(const struct html *html, const char *name)
{
	put_xml_text(html->page.stream, name);
}

bool html_is_check(const struct html *html)
{
	return html->page.result->manifest->check.level != CHECK_NONE;
}

/* ---- the head ---------------------------------------------------------------------
 */

static const char *verdict_word(const struct html *html)
{
	return html_is_check(html) ? page_acceptance_word(&html->page)
				   : page_verdict_word(&html->page);
}

static void put_setting_words(FILE *stream, const struct page *page)
{
	put_setting(stream, page->result->manifest);
}

static void put_title(FILE *stream, const struct page *page)
{
	const struct manifest *m = page->result->manifest;

	if (m->label) {
		put_name(stream, m->label);
		fputs(", ", stream);
	}
	put_setting(stream, m);
}

static void put_head(const struct html *html)
{
	FILE *stream = html->page.stream;

	fputs("<!DOCTYPE html>\n"
	      "<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
	      "<meta charset=\"utf-8\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, "
	      "initial-scale=1\"/>\n"
	      /* Whatever a name may do: this page runs and loads nothing. */
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	      "'none'; "
	      "style-src 'unsafe-inline'; img-src data:\"/>\n"
	      "<title>",
	      stream);
	fprintf(stream, "%s: ", verdict_word(html));
	html_words(html, put_title);
	fprintf(stream, " - tailrace</title>\n<style>\n%s</style>\n</head>\n",
		html_style);
}

/* ---- the verdict, and why ----------------------------------------------------------
 */

static void put_verdict(const struct html *html)
{
	FILE *stream = html->page.stream;

	fprintf(stream, "<header class=\"%s\">\n<h1>%s</h1>\n<p class=\"verdict%s\">",
		verdict_name(html->page.result->verdict.verdict), verdict_word(html),
		/* That of a check may begin with the name of a strategy. */
		html_is_check(html) ? "" : " sentence");
	html_words(html, html_is_check(html) ? put_acceptance : put_verdict_sentence);
	fputs("</p>\n<p class=\"setting\">", stream);
	html_words(html, put_setting_words);
	fputs("</p>\n</header>\n", stream);
}

static void put_reason(const struct html *html, size_t index)
{
	FILE *stream = html->page.stream;
	const struct judgment *judgment = &html->page.result->judgments[index];

	fputs("<li><b>", stream);
	html_name(html, html->page.result->manifest->strategies[index].name);
	fprintf(stream,
		"</b>: <span class=\"%s\">%s</span>: ", verdict_name(judgment->verdict),
		page_verdict(judgment));
	html_name(html, judgment->reason);
	fputs("</li>\n", stream);
}

static void put_why(const struct html *html)
{
	const struct manifest *m = html->page.result->manifest;
	FILE *stream = html->page.stream;

	fputs("<section id=\"why\">\n<h2>Why</h2>\n"
	      "<p>The verdict rests on:</p>\n<ul>\n",
	      stream);
	for (size_t k = 0; k < m->strategy_count; k++)
		if (verdict_rests_on(m, html->page.order[k]))
			put_reason(html, html->page.order[k]);
	fprintf(stream, "</ul>\n<p><b>%s</b> ", page_teeth_label(&html->page));
	html_words(html, put_teeth);
	fputs("</p>\n", stream);
	if (page_compares(&html->page) && !html_is_check(html)) {
		fputs("<p>", stream);
		html_words(html, put_comparison);
		fputs("</p>\n", stream);
	}
	fputs("</section>\n", stream);
}

/* ---- all of it ---------------------------------------------------------------------
 */

static int put_document(const struct html *html)
{
	static int (*const sections[])(const struct html *html) = {
		html_check, html_matrix,   html_faults,
		html_plots, html_findings, html_environment,
	};
	int rc = 0;

	put_head(html);
	fputs("<body>\n<main>\n", html->page.stream);
	put_verdict(html);
	put_why(html);
	for (size_t i = 0; rc == 0 && i < sizeof(sections) / sizeof(sections[0]); i++)
		rc = sections[i](html);
	fputs("</main>\n</body>\n</html>\n", html->page.stream);
	return rc;
}

int write_html(const struct output_context *context, FILE *stream, struct error *err)
{
	struct html html = {
		.page = {.stream = stream,
			 .result = context->result,
			 .run_dir = context->run_dir,
			 .out_dir = context->out_dir},
		.context = context,
	};
	int rc;

	html.page.order = calloc(context->result->manifest->strategy_count + 1,
				 sizeof(*html.page.order));
	if (!html.page.order)
		return error_set(err, ENOMEM, "no memory for the report");
	rank_strategies(context->result, html.page.order);
	rc = put_document(&html);
	free(html.page.order);
	if (rc < 0)
		return error_sys(err, -rc, "cannot make the report");
	return 0;
}
