/*
 * text - paths and names in JSON, which holds nothing but UTF-8.
 *
 * Linux names are bytes.  Those that are no UTF-8 stand as %XX, and a percent
 * sign as %25, so that the way back is exact.
 */
#ifndef TAILRACE_CORE_TEXT_H
#define TAILRACE_CORE_TEXT_H

#include <jansson.h>

/*
 * @bytes as valid UTF-8, as a new string that the caller frees; NULL without
 * memory.
 */
char *text_escape(const char *bytes);

/* The way back; a `%` that no two hex digits follow is left as it is. */
char *text_unescape(const char *text);

/* A new JSON string of the escaped @bytes; JSON null for NULL. */
json_t *text_to_json(const char *bytes);

#endif
