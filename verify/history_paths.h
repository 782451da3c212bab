/*
 * history_paths - the histories that a person means by files and folders.
 */
#ifndef TAILRACE_VERIFY_HISTORY_PATHS_H
#define TAILRACE_VERIFY_HISTORY_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

struct history_path {
	char *path;
	bool named; /* itself, and not by the folder that it lies in */
};

/* Owner: whoever called history_paths_find; ended by history_paths_release. */
struct history_paths {
	struct history_path *items;
	size_t count;
};

/*
 * Each of the @count paths at @given, in their order; of a folder the files in it
 * that end in ".history", by name.  Whether they are histories is not looked at.
 * Returns 0 or a negative errno with a sentence in @err: a folder cannot be read.
 */
int history_paths_find(struct history_paths *paths, const char *const *given,
		       size_t count, struct error *err);

/* Harmless on an empty one. */
void history_paths_release(struct history_paths *paths);

#endif
