/*
 * replacement - a file that appears whole under its name, or not at all.
 */
#ifndef TAILRACE_RESULTS_REPLACEMENT_H
#define TAILRACE_RESULTS_REPLACEMENT_H

#include <stdio.h>

/*
 * Owner: whoever called replacement_begin; ended by replacement_commit or
 * replacement_abandon.
 */
struct replacement {
	FILE *stream;
	int dir_fd;
	const char *name; /* borrowed */
	char temporary[256];
};

/*
 * Begin a new file in the folder @dir_fd that is to be called @name (at most 200
 * bytes).  Returns 0 or a negative errno.
 */
int replacement_begin(struct replacement *file, int dir_fd, const char *name);

/*
 * Give it its name, in place of a file (or symbolic link) that had it.
 * Returns 0, or the negative errno of the first write that failed: then nothing
 * has changed.
 */
int replacement_commit(struct replacement *file);

/* Remove what was written. */
void replacement_abandon(struct replacement *file);

#endif
