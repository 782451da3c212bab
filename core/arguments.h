/*
 * arguments - a command line in which "@FILE" stands for the arguments in FILE.
 *
 * One argument a line, as it is: no quoting, blanks count.  Empty lines and
 * lines that begin with '#' are skipped.  A backslash is written "\\", a newline
 * "\n", and a '#' or '@' that would have its meaning at the start of a line "\#" or
 * "\@", so that every name can be written.  A file may name other files.  After
 * an argument "--" everything is taken as it is.
 */
#ifndef TAILRACE_CORE_ARGUMENTS_H
#define TAILRACE_CORE_ARGUMENTS_H

#include <stddef.h>
#include <stdio.h>

#include "core/error.h"

enum {
	ARGUMENTS_DEPTH_MAX = 8,  /* a file named by a file named by ... */
	ARGUMENTS_FILES_MAX = 64, /* in all */
	ARGUMENTS_FILE_BYTES_MAX = 1 << 20,
};

/* Strings with their owner.  Empty when all zero; ends with a NULL like argv. */
struct arguments {
	char **items;
	size_t count;
};

/*
 * Copy @argv into @arguments, reading the files that it names.  Returns 0 or a
 * negative errno with a sentence; -EINVAL for a file that cannot be meant.
 */
int arguments_expand(struct arguments *arguments, int argc, char *const *argv,
		     struct error *err);
void arguments_release(struct arguments *arguments);

/* Add a copy of @text; the copy, or NULL without memory. */
char *arguments_add(struct arguments *arguments, const char *text);

/* Write @text as a line that arguments_expand reads back. 0 or -EIO. */
int arguments_write(FILE *file, const char *text);

#endif
