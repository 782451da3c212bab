/*
 * json_file - a JSON document that others wrote: its size is bounded, a pipe or a
 * device does not make us wait, and names do not stand twice in an object.
 */
#ifndef TAILRACE_RESULTS_JSON_FILE_H
#define TAILRACE_RESULTS_JSON_FILE_H

#include <jansson.h>

#include "core/error.h"

/*
 * Read the object in the regular file @path, whose key `schema` is @schema, as a new
 * reference.  Returns 0; -EBADMSG where it is no such document; or another negative
 * errno; with a sentence in @err.
 */
int json_file_load(const char *path, const char *schema, json_t **ret_root,
		   struct error *err);

#endif
