/* paint - see paint.h. */
#include "results/paint.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* SGR codes (ECMA-48 section 8.3.117). */
#define BOLD "1"
#define DIM  "2"

struct word {
	const char *text;
	const char *code;
};

/* How the page begins. */
static const struct word results[] = {
	{"SAFE:", "1;32"},    {"UNSAFE:", "1;31"}, {"INCONCLUSIVE:", "1;33"},
	{"ACCEPT:", "1;32"},  {"REJECT:", "1;31"}, {"CONFORMS:", "1;32"},
	{"HARMFUL:", "1;31"},
};

/* In the table; as wide as its column. */
static const struct word verdicts[] = {
	{"safe         ", "1;32"},
	{"UNSAFE       ", "1;31"},
	{"inconclusive ", "1;33"},
	{"skipped      ", DIM},
};

/* Elsewhere. */
static const struct word headings[] = {
	{"Teeth shown:", BOLD}, {"Teeth not shown:", BOLD}, {"Recommended:", BOLD},
	{"Locks:", BOLD},	{"Advice:", BOLD},	    {"Footprint:", BOLD},
	{"HARM    ", "1;31"}, /* how an answer is marked on the page of a probe */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct word *find_word(const struct word *words, size_t count,
				    const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(text, words[i].text, strlen(words[i].text)) == 0)
			return &words[i];
	return NULL;
}

static void put_painted(FILE *stream, const char *code, const char *text, size_t length)
{
	fprintf(stream, "\033[%sm%.*s\033[0m", code, (int)length, text);
}

/* Paint @word, with which @line begins. */
static void paint_begin(FILE *stream, const char *line, const struct word *word)
{
	size_t length = word ? strlen(word->text) : 0;

	if (word)
		put_painted(stream, word->code, line, length);
	fputs(line + length, stream);
}

/* Where character number @column of @line begins (UTF-8), or its end. */
static const char *find_column(const char *line, size_t column)
{
	for (; *line; line++)
		if (((unsigned char)*line & 0xc0) != 0x80 && column-- == 0)
			break;
	return line;
}

/* A row of the table; @column is where verdicts stand. */
static void paint_row(FILE *stream, const char *line, size_t column)
{
	const char *cell = find_column(line, column);
	const struct word *verdict = find_word(verdicts, COUNT(verdicts), cell);
	size_t length = verdict ? strlen(verdict->text) : 0;
	const char *figures = cell + length;

	if (!verdict) {
		fputs(line, stream);
		return;
	}
	fprintf(stream, "%.*s", (int)(cell - line), line);
	put_painted(stream, verdict->code, cell, length);
	if (verdict != &verdicts[0]) {
		length = strcspn(figures, "\n");
		put_painted(stream, DIM, figures, length);
		figures += length;
	}
	fputs(figures, stream);
}

int paint_page(FILE *page, FILE *stream)
{
	bool first = true, in_table = false;
	char *line = NULL;
	size_t size = 0, column = 0;
	int rc;

	while (getline(&line, &size, page) >= 0) {
		bool heading = strncmp(line, "strategy ", strlen("strategy ")) == 0 &&
			       strstr(line, " verdict ") && column == 0;

		if (heading) {
			column = (size_t)(strstr(line, " verdict ") + 1 - line);
			put_painted(stream, BOLD, line, strcspn(line, "\n"));
			putc('\n', stream);
		} else if (in_table) {
			paint_row(stream, line, column);
		} else if (first) {
			paint_begin(stream, line,
				    find_word(results, COUNT(results), line));
		} else {
			paint_begin(stream, line,
				    find_word(headings, COUNT(headings), line));
		}
		in_table = heading || (in_table && line[0] != '\n');
		first = false;
	}
	rc = feof(page) ? 0 : -(errno ? errno : EIO);
	free(line);
	return rc;
}
