/* html_matrix - the table of the strategies, with what is to be said of each. */
#include "results/html.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "results/measure.h"

static void put_calls(FILE *stream, const struct result *result, size_t index)
{
	double calls = rpcs_per_record(&result->manifest->strategies[index],
				       &result->judgments[index]);

	if (isfinite(calls))
		fprintf(stream, "%.*f", calls < 0.95 ? 3 : 1, calls);
	else
		putc('-', stream);
}

static bool has_calls(const struct result *result)
{
	for (size_t i = 0; i < result->manifest->strategy_count; i++)
		if (result->manifest->strategies[i].rpc)
			return true;
	return false;
}

/* The row beneath that of a strategy: one cell, as wide as the table. */
struct details {
	size_t columns;
	bool any; /* it was begun */
};

/* "lost: overwritten 12" as an item of its list. */
static void put_item(const struct page *page, const char *label, struct text *text,
		     void *data)
{
	struct details *details = data;
	const struct html html = {.page = *page};

	if (!details->any)
		fprintf(page->stream,
			"<tr class=\"details\"><td colspan=\"%zu\"><ul>\n",
			details->columns);
	details->any = true;
	fprintf(page->stream, "<li><b>%s</b> ", label);
	html_text_end(&html, text);
	fputs("</li>\n", page->stream);
}

static int put_details(const struct html *html, size_t index, size_t columns)
{
	struct details details = {.columns = columns};
	int rc = page_put_details(&html->page, index, put_item, &details);

	if (details.any)
		fputs("</ul></td></tr>\n", html->page.stream);
	return rc;
}

static void put_head(const struct html *html, bool calls)
{
	FILE *stream = html->page.stream;

	fputs("<thead><tr><th scope=\"col\">strategy</th><th "
	      "scope=\"col\">verdict</th>",
	      stream);
	for (size_t i = 0; i < PAGE_COLUMNS; i++)
		fprintf(stream, "<th scope=\"col\" class=\"figure\">%s</th>",
			page_columns[i].heading);
	if (calls)
		fputs("<th scope=\"col\" class=\"figure\">RPCs/record</th>", stream);
	fputs("</tr></thead>\n", stream);
}

static void put_row(const struct html *html, size_t index, bool calls)
{
	const struct judgment *judgment = &html->page.result->judgments[index];
	const struct manifest_strategy *s =
		&html->page.result->manifest->strategies[index];
	FILE *stream = html->page.stream;
	char cell[FORMAT_MAX];

	fputs("<tr><th scope=\"row\">", stream);
	html_name(html, s->name);
	fprintf(stream, "%s</th><td><span class=\"%s\">%s</span></td>",
		s->control ? " <small>control</small>" : "",
		verdict_name(judgment->verdict), page_verdict(judgment));
	for (size_t i = 0; i < PAGE_COLUMNS; i++) {
		page_columns[i].format(cell, judgment);
		fprintf(stream, "<td class=\"figure\">%s</td>", cell);
	}
	if (calls) {
		fputs("<td class=\"figure\">", stream);
		put_calls(stream, html->page.result, index);
		fputs("</td>", stream);
	}
	fputs("</tr>\n", stream);
}

/* What a run in segments kept; nothing of any other. */
static void put_all_segments(const struct html *html)
{
	struct text text;

	for (size_t k = 0; k < html->page.result->manifest->strategy_count; k++) {
		size_t i = html->page.order[k];

		if (!html->page.result->judgments[i].segments.count ||
		    text_begin(&text) < 0)
			continue;
		put_segments(text.stream, &html->page, i);
		fputs("<p>", html->page.stream);
		html_text_end(html, &text);
		fputs("</p>\n", html->page.stream);
	}
}

int html_matrix(const struct html *html)
{
	const struct manifest *m = html->page.result->manifest;
	FILE *stream = html->page.stream;
	bool calls = has_calls(html->page.result);
	int rc = 0;

	fputs("<section id=\"strategies\">\n<h2>Strategies</h2>\n"
	      "<div class=\"wide\" tabindex=\"0\"><table>\n",
	      stream);
	put_head(html, calls);
	for (size_t k = 0; rc == 0 && k < m->strategy_count; k++) {
		fputs("<tbody>\n", stream);
		put_row(html, html->page.order[k], calls);
		rc = put_details(html, html->page.order[k],
				 2 + PAGE_COLUMNS + (calls ? 1 : 0));
		fputs("</tbody>\n", stream);
	}
	fputs("</table></div>\n<p class=\"note\">", stream);
	html_name(html, page_footnote);
	fputs(" A control is a mistake that shows what this test can see.</p>\n",
	      stream);
	put_all_segments(html);
	fputs("</section>\n", stream);
	return rc;
}
