/*
 * html_plots - the pictures, inline.
 *
 * What gnuplot drew is an SVG document of its own.  Inside a page its names (of
 * symbols, of clips) must not meet those of another, and it needs words for those who
 * cannot see it.
 */
#include "results/html.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/plot.h"

enum { SVG_BYTES_MAX = 16 << 20 }; /* beyond, it is left beside the page */

/* The text of plots/@name, ended by NUL, which the caller frees; NULL: none. */
static char *read_picture(const struct output_context *context, const char *name)
{
	char path[PLOT_NAME_BYTES + 16];
	struct stat st;
	char *text = NULL;
	ssize_t length = -1;
	int fd;

	snprintf(path, sizeof(path), "plots/%s.svg", name);
	fd = openat(context->out_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < SVG_BYTES_MAX)
		text = malloc((size_t)st.st_size + 1);
	if (text)
		length = pread(fd, text, (size_t)st.st_size, 0);
	close(fd);
	if (length < 0) {
		free(text);
		return NULL;
	}
	text[length] = '\0';
	return text;
}

/* How many bytes at @tag, inside a tag, come before a name; 0: none does. */
static size_t before_name(const char *tag)
{
	static const char *const starts[] = {" id='", " id=\"", "href='#", "href=\"#",
					     "url(#"};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(tag, starts[i], strlen(starts[i])) == 0)
			return strlen(starts[i]);
	return 0;
}

/* Put what follows "<svg", with all names in it made those of picture @number. */
static void put_renamed(FILE *stream, const char *svg, size_t number)
{
	bool in_tag = true;

	while (*svg) {
		size_t length = in_tag ? before_name(svg) : 0;

		if (length > 0) {
			fwrite(svg, 1, length, stream);
			fprintf(stream, "plot%zu-", number);
			svg += length;
			continue;
		}
		in_tag = *svg == '<' || (in_tag && *svg != '>');
		putc(*svg++, stream);
	}
}

/* False where this is no picture that gnuplot drew. */
static bool put_picture(const struct html *html, const char *svg, size_t number,
			const char *legend)
{
	static const char words_begin[] = "<title>", words_end[] = "</desc>";
	const char *begin = strstr(svg, "<svg");
	const char *own = begin ? strstr(begin, words_begin) : NULL;
	const char *rest = own ? strstr(own, words_end) : NULL;
	FILE *stream = html->page.stream;

	if (!rest || !strstr(rest, "</svg>"))
		return false;
	fprintf(stream,
		"<div class=\"picture\" tabindex=\"0\"><svg role=\"img\" "
		"aria-labelledby=\"plot%zu-words\"",
		number);
	fwrite(begin + 4, 1, (size_t)(own - begin) - 4, stream);
	fprintf(stream, "<title id=\"plot%zu-words\">", number);
	html_name(html, legend);
	fputs("</title>", stream);
	put_renamed(stream, rest + strlen(words_end), number);
	fputs("</div>\n", stream);
	return true;
}

/* A picture that is not there has nothing to show, or nobody drew it. */
static bool put_figure(const struct html *html, const struct plot *plot,
		       size_t strategy, size_t number)
{
	const struct manifest *m = html->page.result->manifest;
	FILE *stream = html->page.stream;
	char name[PLOT_NAME_BYTES];
	char *svg;
	bool shown;

	plot_name(plot, m, strategy, name);
	svg = read_picture(html->context, name);
	if (!svg)
		return false;
	fputs("<figure>\n", stream);
	shown = put_picture(html, svg, number, plot->legend);
	free(svg);
	fputs("<figcaption>", stream);
	html_name(html, plot->legend);
	if (plot->per_strategy) {
		fputs(": ", stream);
		html_name(html, m->strategies[strategy].name);
	}
	fprintf(stream,
		". <a href=\"plots/%s.png\">PNG</a>, <a "
		"href=\"plots/%s.tsv\">data</a>, "
		"<a href=\"plots/%s.gp\">script</a></figcaption>\n</figure>\n",
		name, name, name);
	return shown;
}

int html_plots(const struct html *html)
{
	const struct manifest *m = html->page.result->manifest;
	size_t shown = 0;

	fputs("<section id=\"plots\">\n<h2>Plots</h2>\n", html->page.stream);
	for (size_t i = 0; i < plot_count; i++) {
		size_t count = plot_table[i].per_strategy ? m->strategy_count : 1;

		for (size_t strategy = 0; strategy < count; strategy++)
			shown += put_figure(html, &plot_table[i], strategy, shown + 1);
	}
	if (shown == 0)
		fputs("<p>There are no pictures: gnuplot was not there or not wanted, "
		      "or there was nothing to draw. Data and scripts are in the "
		      "folder plots.</p>\n",
		      html->page.stream);
	fputs("</section>\n", html->page.stream);
	return 0;
}
