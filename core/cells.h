/*
 * cells - whole cells of a record, many at a time: the loops on which the rates of
 * writers and of the verifier depend.  By the processor's 32-byte registers where it
 * has them.
 *
 * Each cell of a record is the cell of writer 0, seq 0 (the form) XOR one difference
 * (record.h).  Nothing here need be aligned.
 */
#ifndef TAILRACE_CORE_CELLS_H
#define TAILRACE_CORE_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record.h"

/*
 * Write to @ret_bytes @count cells of @form, each XOR @difference.  Both may be the
 * same place, but not overlap otherwise.
 */
void cells_write(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
		 const uint8_t difference[RECORD_CELL_BYTES], uint8_t *ret_bytes);

/* Does @bytes hold what cells_write would write? */
bool cells_equal(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
		 const uint8_t difference[RECORD_CELL_BYTES], const uint8_t *bytes);

#endif
