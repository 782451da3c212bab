/* html_check - what an administrator wants of a check: what to take, what to change. */
#include "results/html.h"

#include <errno.h>
#include <stdlib.h>

#include "results/advice.h"

enum { HARMS_SHOWN = 4 };

static void put_paragraph(const struct html *html, const char *label,
			  void (*put)(FILE *stream, const struct page *page))
{
	fprintf(html->page.stream, "<p><b>%s</b> ", label);
	html_words(html, put);
	fputs("</p>\n", html->page.stream);
}

static int put_harm_items(const struct html *html, size_t first, size_t end)
{
	fputs("<ul>\n", html->page.stream);
	for (size_t i = first; i < end; i++) {
		struct text text;

		if (text_begin(&text) < 0)
			return -ENOMEM;
		put_harm(text.stream, &html->page.result->manifest->check.harms[i]);
		fputs("<li>", html->page.stream);
		html_text_end(html, &text);
		fputs("</li>\n", html->page.stream);
	}
	fputs("</ul>\n", html->page.stream);
	return 0;
}

/* Where locks do not work at all, most questions have such an answer. */
static int put_harms(const struct html *html)
{
	size_t count = html->page.result->manifest->check.harm_count;
	size_t shown = count < HARMS_SHOWN ? count : HARMS_SHOWN;
	int rc = count > 0 ? put_harm_items(html, 0, shown) : 0;

	if (rc < 0 || shown == count)
		return rc;
	fprintf(html->page.stream, "<details><summary>and %zu more</summary>\n",
		count - shown);
	rc = put_harm_items(html, shown, count);
	fputs("</details>\n", html->page.stream);
	return rc;
}

static void put_one(const struct html *html, const struct advice *advice)
{
	FILE *stream = html->page.stream;

	fprintf(stream, "<li><b class=\"weight-%s\">%s</b>: ",
		advice_weight_name(advice->weight), advice_weight_name(advice->weight));
	html_name(html, advice->cause);
	putc(' ', stream);
	html_name(html, advice->remedy);
	fputs(" <small>Seen: ", stream);
	html_name(html, advice->evidence);
	fputs(". Source: ", stream);
	html_name(html, advice->source);
	fputs(".</small></li>\n", stream);
}

static int put_advice(const struct html *html)
{
	struct advice *advice = calloc(ADVICE_MAX, sizeof(*advice));
	size_t count = advice ? advice_give(html->page.result, advice) : 0;

	if (count)
		fputs("<h2>Advice</h2>\n<ul class=\"advice\">\n", html->page.stream);
	for (size_t i = 0; i < count; i++)
		put_one(html, &advice[i]);
	if (count)
		fputs("</ul>\n", html->page.stream);
	free(advice);
	return advice ? 0 : -ENOMEM;
}

int html_check(const struct html *html)
{
	FILE *stream = html->page.stream;
	int rc;

	if (!html_is_check(html))
		return 0;
	fputs("<section id=\"methods\">\n<h2>What to take</h2>\n", stream);
	put_paragraph(html, "Recommended:", put_recommendation);
	put_paragraph(html, "Locks:", put_probes);
	rc = put_harms(html);
	put_paragraph(html, "Footprint:", put_footprint);
	if (rc == 0)
		rc = put_advice(html);
	fputs("</section>\n", stream);
	return rc;
}
