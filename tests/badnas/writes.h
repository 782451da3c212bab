/*
 * writes - what becomes of a write to a data file, and what a writer is told
 * of the file's size.
 */
#ifndef TAILRACE_TESTS_BADNAS_WRITES_H
#define TAILRACE_TESTS_BADNAS_WRITES_H

#include "tests/badnas/store.h"

/*
 * Write @size bytes at @offset, honestly or as the faults have it.  Returns what
 * the writer is to be told: bytes, or a negative errno.
 */
ssize_t writes_put(struct badnas *nas, struct opener *opener, const char *bytes,
		   size_t size, int64_t offset);

/* The size that @opener is told of its file, which has @size bytes. */
int64_t writes_size(struct badnas *nas, const struct opener *opener, int64_t size);

/* Let the delayed writes of @opener land now: it flushes, or closes. */
void writes_land(struct badnas *nas, struct opener *opener);

/* Put NULs in place of what @opener wrote last and did not flush. */
int writes_forget_last(struct opener *opener);

#endif
