/* format - awkward names, and counts; see format.h. */
#include "results/format.h"

#include "core/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/*
 * The length of the control character at the valid UTF-8 @p, or 0: C0, DEL, and
 * C1 (U+0080..U+009F), which terminals may obey.
 */
static size_t control_length(const unsigned char *p)
{
	if (p[0] < 0x20 || p[0] == 0x7f)
		return 1;
	return p[0] == 0xc2 && p[1] < 0xa0 ? 2 : 0;
}

/*
 * Put what text_escape made, with control characters and those of @also as %XX
 * too.  %25, which stands for nothing but a percent sign, becomes one again.
 */
static void put_visible(FILE *stream, const char *text, const char *also)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		size_t length = control_length(p);

		if (length == 0 && strchr(also, *p))
			length = 1;
		if (length == 0)
			putc(*p, stream);
		if (length == 0)
			p += strncmp((const char *)p, "%25", 3) == 0 ? 3 : 1;
		for (; length > 0; length--)
			fprintf(stream, "%%%02X", *p++);
	}
}

static void put_escaped(FILE *stream, const char *name, const char *also)
{
	char *text = text_escape(name);

	put_visible(stream, text ? text : "?", also);
	free(text);
}

void put_name(FILE *stream, const char *name)
{
	put_escaped(stream, name, "");
}

char *printable_name(const char *name)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	bool failed;

	if (!stream)
		return NULL;
	put_name(stream, name);
	failed = ferror(stream) != 0;
	if (fclose(stream) != 0 || failed) {
		free(text);
		return NULL;
	}
	return text;
}

void put_csv_field(FILE *stream, const char *field)
{
	char *text = text_escape(field);
	bool quoted = text && strpbrk(text, ",\"\r\n");

	if (quoted)
		putc('"', stream);
	for (const char *p = text ? text : "?"; *p; p++) {
		if (*p == '"')
			putc('"', stream);
		putc(*p, stream);
	}
	if (quoted)
		putc('"', stream);
	free(text);
}

void put_tsv_field(FILE *stream, const char *field)
{
	put_escaped(stream, field, "\"");
}

void put_gnuplot_string(FILE *stream, const char *text)
{
	char *visible = printable_name(text);

	putc('\'', stream);
	for (const char *p = visible ? visible : "?"; *p; p++) {
		if (*p == '\'')
			putc('\'', stream);
		putc(*p, stream);
	}
	putc('\'', stream);
	free(visible);
}

/* $'...' of bash and POSIX.1-2024: no byte of it reaches the terminal raw. */
static void put_ansi_word(FILE *stream, const char *word)
{
	fputs("$'", stream);
	for (const unsigned char *p = (const unsigned char *)word; *p; p++) {
		if (*p == '\'' || *p == '\\')
			fprintf(stream, "\\%c", *p);
		else if (*p < 0x20 || *p >= 0x7f)
			fprintf(stream, "\\%03o", *p);
		else
			putc(*p, stream);
	}
	putc('\'', stream);
}

void put_shell_word(FILE *stream, const char *word)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789@%+=:,./_-";
	bool ascii = true;

	for (const unsigned char *p = (const unsigned char *)word; *p; p++)
		ascii = ascii && *p >= 0x20 && *p < 0x7f;
	if (*word && word[strspn(word, plain)] == '\0')
		fputs(word, stream);
	else if (ascii && !strchr(word, '\''))
		fprintf(stream, "'%s'", word);
	else
		put_ansi_word(stream, word);
}

size_t text_columns(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += !is_continuation(*text);
	return columns;
}

void put_wrapped(FILE *stream, const char *text, size_t used, size_t indent,
		 size_t columns)
{
	bool first = true;

	while (*text) {
		size_t length = strcspn(text, " ");
		size_t width = 0;

		for (size_t i = 0; i < length; i++)
			width += !is_continuation(text[i]);
		if (!first && used + 1 + width > columns) {
			fprintf(stream, "\n%*s", (int)indent, "");
			used = indent;
		} else if (!first) {
			putc(' ', stream);
			used++;
		}
		fwrite(text, 1, length, stream);
		used += width;
		text += length;
		text += strspn(text, " ");
		first = false;
	}
}

void format_count(char buffer[FORMAT_MAX], uint64_t count)
{
	char digits[FORMAT_MAX];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, count);
	char *out = buffer;

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	*out = '\0';
}
