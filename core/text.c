/* text - see text.h. */
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The length of the UTF-8 sequence at @p, or 0 where there is none: no
 * overlong form, no surrogate, nothing past U+10FFFF (RFC 3629 section 4).
 */
static size_t utf8_length(const uint8_t *p)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t length;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		low = 0xa0;
	if (p[0] == 0xed)
		high = 0x9f;
	if (p[0] == 0xf0)
		low = 0x90;
	if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return length;
}

char *text_escape(const char *bytes)
{
	const uint8_t *from = (const uint8_t *)bytes;
	char *text = malloc(strlen(bytes) * 3 + 1);
	char *to = text;

	if (!text)
		return NULL;
	while (*from) {
		size_t length = *from == '%' ? 0 : utf8_length(from);

		if (length) {
			memcpy(to, from, length);
			to += length;
			from += length;
		} else {
			to += snprintf(to, 4, "%%%02X", *from++);
		}
	}
	*to = '\0';
	return text;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

char *text_unescape(const char *text)
{
	char *bytes = malloc(strlen(text) + 1);
	char *to = bytes;

	if (!bytes)
		return NULL;
	while (*text) {
		int high = *text == '%' ? hex_value(text[1]) : -1;
		int low = high >= 0 ? hex_value(text[2]) : -1;

		if (low >= 0 && (high || low)) {
			*to++ = (char)(high << 4 | low);
			text += 3;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
	return bytes;
}

json_t *text_to_json(const char *bytes)
{
	char *text;
	json_t *json;

	if (!bytes)
		return json_null();
	text = text_escape(bytes);
	if (!text)
		return NULL;
	json = json_string(text);
	free(text);
	return json;
}
