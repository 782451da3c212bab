/*
 * suggest - which known name was meant by a misspelt one?
 *
 *	struct suggestion meant = suggest_for(typed);
 *	for (each known name)
 *		suggest_offer(&meant, name);
 *	if (meant.name)
 *		... "did you mean " meant.name "?"
 */
#ifndef TAILRACE_CORE_SUGGEST_H
#define TAILRACE_CORE_SUGGEST_H

#include <stddef.h>

struct suggestion {
	const char *typed;
	const char *name; /* the nearest so far, or NULL: none is near enough */
	size_t distance;
};

struct suggestion suggest_for(const char *typed);
void suggest_offer(struct suggestion *suggestion, const char *name);

/*
 * "; did you mean NAME?" or "" for the end of a sentence; @text of any size,
 * cut where it does not fit.  Returns @text.
 */
const char *suggest_text(const struct suggestion *suggestion, const char *prefix,
			 char *text, size_t text_bytes);

/*
 * Damerau-Levenshtein distance (optimal string alignment): insertions,
 * deletions, substitutions and swaps of neighbours that turn @a into @b.
 * Names longer than 63 bytes are far from everything: SIZE_MAX.
 */
size_t suggest_distance(const char *a, const char *b);

#endif
