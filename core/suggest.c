/* suggest - see suggest.h. */
#include "core/suggest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 63

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t suggest_distance(const char *a, const char *b)
{
	/* Three rows of the table: of this letter of @a, the last, the one before. */
	size_t rows[3][NAME_MAX_BYTES + 1];
	size_t a_bytes = strlen(a);
	size_t b_bytes = strlen(b);

	if (a_bytes > NAME_MAX_BYTES || b_bytes > NAME_MAX_BYTES)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_bytes; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_bytes; i++) {
		size_t *now = rows[i % 3];
		const size_t *last = rows[(i + 2) % 3];
		const size_t *before = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b_bytes; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return rows[a_bytes % 3][b_bytes];
}

struct suggestion suggest_for(const char *typed)
{
	struct suggestion suggestion = {.typed = typed};

	/* One slip for each three letters, and at most three. */
	suggestion.distance = 1 + least((strlen(typed) + 2) / 3, 3);
	return suggestion;
}

void suggest_offer(struct suggestion *suggestion, const char *name)
{
	size_t distance = suggest_distance(suggestion->typed, name);

	/* All of a short name replaced is another name. */
	if (distance < suggestion->distance && distance < strlen(name)) {
		suggestion->name = name;
		suggestion->distance = distance;
	}
}

const char *suggest_text(const struct suggestion *suggestion, const char *prefix,
			 char *text, size_t text_bytes)
{
	if (suggestion->name)
		snprintf(text, text_bytes, "; did you mean %s%s?", prefix,
			 suggestion->name);
	else
		snprintf(text, text_bytes, "%s", "");
	return text;
}
