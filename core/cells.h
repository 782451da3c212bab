/*
 * cells - whole cells of a record, many at a time: the loops on which the rates of
 * writers and of the verifier depend.  By the processor's 32-byte registers where it
 * has them.
 *
 * Each cell of a record is the cell of writer 0, seq 0 (the form) XOR one difference
 * (record.h); so are two records of different names one from the other.  Nothing here
 * need be aligned.
 */
#ifndef TAILRACE_CORE_CELLS_H
#define TAILRACE_CORE_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record.h"

/* Write to @ret_bytes @count cells of @form, each XOR @difference. */
void cells_write(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
		 const uint8_t difference[RECORD_CELL_BYTES], uint8_t *ret_bytes);

/*
 * XOR words 1, 2 and 3 of each of @count cells with these, as they lie in memory.  By
 * value, for a load of 32 bytes waits until stores of eight have left the processor.
 */
void cells_change(uint8_t *bytes, size_t count, uint64_t word1, uint64_t word2,
		  uint64_t word3);

/* Does @bytes hold what cells_write would write? */
bool cells_equal(const uint8_t (*form)[RECORD_CELL_BYTES], size_t count,
		 const uint8_t difference[RECORD_CELL_BYTES], const uint8_t *bytes);

#endif
