/* html_environment - where and with what it was found out, and how to do it again. */
#include "results/html.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/chronicle.h"

enum { HOST_COLUMNS = 7 };

/* ---- the hosts ---------------------------------------------------------------------
 */

static void put_ranks(FILE *stream, const struct manifest *m, size_t host)
{
	size_t count = 0;

	for (uint32_t rank = 0; rank < m->rank_count; rank++)
		count += m->rank_host[rank] == host;
	fprintf(stream, "%zu", count);
}

static void put_cell(const struct html *html, const char *text)
{
	fputs("<td>", html->page.stream);
	html_name(html, text ? text : "-");
	fputs("</td>", html->page.stream);
}

/* A line may break after each comma. */
static void put_options(const struct html *html, const struct manifest_host *host)
{
	FILE *stream = html->page.stream;

	for (const char *c = host->mount_options ? host->mount_options : "-"; *c;) {
		char *option = strndup(c, strcspn(c, ","));

		html_name(html, option ? option : "?");
		free(option);
		c += strcspn(c, ",");
		fputs(*c ? ",<wbr/>" : "", stream);
		c += *c == ',';
	}
	if (host->module_options && *host->module_options) {
		fputs("; NFS client: ", stream);
		html_name(html, host->module_options);
	}
}

static void put_host(const struct html *html, uint32_t host)
{
	const struct manifest *m = html->page.result->manifest;
	const struct manifest_host *h = &m->hosts[host];
	double error_us = host_clock_error_us(m, host);
	FILE *stream = html->page.stream;

	fputs("<tbody><tr><th scope=\"row\">", stream);
	html_name(html, h->name);
	fputs("</th><td class=\"figure\">", stream);
	put_ranks(stream, m, host);
	fputs("</td>", stream);
	put_cell(html, h->kernel);
	put_cell(html, h->fstype);
	put_cell(html, h->mount_source);
	put_cell(html, h->mount_point);
	if (isnan(error_us))
		fputs("<td class=\"figure\">not known</td>", stream);
	else
		fprintf(stream, "<td class=\"figure\">%.0f us</td>", error_us);
	fprintf(stream, "</tr>\n<tr class=\"details\"><td colspan=\"%d\"><ul><li>",
		HOST_COLUMNS);
	put_options(html, h);
	fputs("</li></ul></td></tr></tbody>\n", stream);
}

static void put_hosts(const struct html *html)
{
	static const char *const headings[HOST_COLUMNS] = {
		"host", "ranks", "kernel", "type", "mount", "mounted at", "clock error",
	};
	FILE *stream = html->page.stream;

	fputs("<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr>", stream);
	for (size_t i = 0; i < HOST_COLUMNS; i++)
		fprintf(stream, "<th scope=\"col\">%s</th>", headings[i]);
	fputs("</tr></thead>\n", stream);
	for (size_t i = 0; i < html->page.result->manifest->host_count; i++)
		put_host(html, (uint32_t)i);
	fputs("</table></div>\n", stream);
}

/* ---- the run -----------------------------------------------------------------------
 */

static void put_fact(const struct html *html, const char *name, const char *value)
{
	if (!value)
		return;
	fprintf(html->page.stream, "<dt>%s</dt><dd>", name);
	html_name(html, value);
	fputs("</dd>\n", html->page.stream);
}

static void put_facts(const struct html *html)
{
	const struct manifest *m = html->page.result->manifest;
	char seed[FORMAT_MAX];

	snprintf(seed, sizeof(seed), "%" PRIu64, m->seed);
	fputs("<dl>\n", html->page.stream);
	put_fact(html, "run", m->run_id);
	put_fact(html, "label", m->label);
	put_fact(html, "began", m->created_utc);
	put_fact(html, "tailrace", m->version);
	put_fact(html, "seed", seed);
	put_fact(html, "data", m->data_dir);
	put_fact(html, "as typed", m->command);
	fputs("</dl>\n", html->page.stream);
}

/* As a word for the shell, good wherever the page is read. */
static void put_run_folder(FILE *stream, const struct page *page, const char *before,
			   const char *after)
{
	char *whole = realpath(page->run_dir, NULL), *path = NULL;

	if (asprintf(&path, "%s%s%s", before, whole ? whole : page->run_dir, after) >=
	    0)
		put_shell_word(stream, path);
	free(path);
	free(whole);
}

void html_verify_command(FILE *stream, const struct page *page)
{
	fputs("tailrace verify ", stream);
	put_run_folder(stream, page, "", "");
}

static void put_repeat_command(FILE *stream, const struct page *page)
{
	fprintf(stream, "tailrace %s ",
		page->result->manifest->check.level == CHECK_NONE ? "run" : "check");
	put_run_folder(stream, page, "@", "/args");
}

static void put_command(const struct html *html, const char *what,
			void (*put)(FILE *stream, const struct page *page))
{
	fprintf(html->page.stream, "<p>%s</p>\n<pre tabindex=\"0\">", what);
	html_words(html, put);
	fputs("</pre>\n", html->page.stream);
}

int html_environment(const struct html *html)
{
	FILE *stream = html->page.stream;

	fputs("<section id=\"environment\">\n<h2>Environment</h2>\n", stream);
	put_facts(html);
	put_hosts(html);
	fputs("</section>\n<section id=\"again\">\n<h2>Again</h2>\n", stream);
	put_command(html,
		    "To judge these data again, without MPI:", html_verify_command);
	put_command(html, "To run the same again:", put_repeat_command);
	fputs("</section>\n", stream);
	return 0;
}
