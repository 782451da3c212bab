/*
 * export - a result as JSON where a pipe or a script wants it, beside what is written
 * into folders.
 */
#ifndef TAILRACE_RESULTS_EXPORT_H
#define TAILRACE_RESULTS_EXPORT_H

#include "core/error.h"
#include "results/result.h"

/* Does @path, the value of --json, mean standard output?  False for NULL. */
bool export_to_stdout(const char *path);

/*
 * Before the work whose result it takes: can @path be written?  Makes nothing, and so
 * may err.  0, or a negative errno with the sentence of the next two.
 */
int export_check(const char *path, struct error *err);

/*
 * Write to @path, a file or "-", what result.json of @result says.  0, or a negative
 * errno with a sentence; errors of standard output are left to ferror(3).
 */
int export_result(const struct result *result, const char *path, struct error *err);

/* The same for the file @name that stands in the folder @dir. */
int export_file(const char *dir, const char *name, const char *path, struct error *err);

#endif
