/* xml - see xml.h. */
#include "results/xml.h"

#include <stdlib.h>
#include <string.h>

#include "results/format.h"

/* U+FFFE and U+FFFF are UTF-8 and yet no characters of XML 1.0 (section 2.2). */
static size_t forbidden_length(const char *text)
{
	return strncmp(text, "\xef\xbf\xbe", 3) == 0 ||
			       strncmp(text, "\xef\xbf\xbf", 3) == 0
		       ? 3
		       : 0;
}

static void put_character(FILE *stream, char c)
{
	switch (c) {
	case '&':
		fputs("&amp;", stream);
		break;
	case '<':
		fputs("&lt;", stream);
		break;
	case '>':
		fputs("&gt;", stream);
		break;
	case '"':
		fputs("&quot;", stream);
		break;
	default:
		putc(c, stream);
	}
}

void put_xml_text(FILE *stream, const char *bytes)
{
	char *text = printable_name(bytes);

	for (const char *c = text ? text : ""; *c; c++) {
		size_t forbidden = forbidden_length(c);

		for (size_t i = 0; i < forbidden; i++)
			fprintf(stream, "%%%02X", (unsigned char)c[i]);
		if (forbidden)
			c += forbidden - 1;
		else
			put_character(stream, *c);
	}
	free(text);
}

void put_xml_lines(FILE *stream, const char *bytes)
{
	while (*bytes) {
		char *line = strndup(bytes, strcspn(bytes, "\n"));

		put_xml_text(stream, line ? line : "?");
		free(line);
		bytes += strcspn(bytes, "\n");
		if (*bytes == '\n')
			putc(*bytes++, stream);
	}
}
