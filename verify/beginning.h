/*
 * beginning - debris of appends of unknown outcome that is too short for a cell.
 *
 * A writer that was killed in mid-write, or whose disk was full, may know no
 * offset and may leave a few bytes: the beginning of its record.
 */
#ifndef TAILRACE_VERIFY_BEGINNING_H
#define TAILRACE_VERIFY_BEGINNING_H

#include "verify/debris.h"

/*
 * Explain the foreign runs, from their first byte on or from where other debris
 * in them ends, that are the beginnings of records in @unknown (struct record_id,
 * sorted).  0 or a negative errno.
 */
int beginnings_explain(const struct evidence *evidence, const struct stash *unknown,
		       struct debris *debris);

#endif
