/*
 * text - the bytes of records, a second time: from the words of core/record.h,
 * a cell at a time, without any of its code.
 */
#ifndef TAILRACE_TESTS_MUTATE_TEXT_H
#define TAILRACE_TESTS_MUTATE_TEXT_H

#include "core/record.h"

enum { CELL = 32 };

/* The size that the plan gives to @id. */
uint32_t text_size(const struct record_plan *plan, struct record_id id);

/* Cell number @index of @id, as it stands in the file: CELL bytes, or fewer at
 * the record's end.  Returns how many. */
uint32_t text_cell(const struct record_plan *plan, struct record_id id, uint32_t index,
		   uint8_t ret_cell[CELL]);

/* The whole record. */
void text_record(const struct record_plan *plan, struct record_id id,
		 uint8_t *ret_bytes);

/* Is there a whole cell of some record at @bytes?  Which, and its position? */
bool text_is_cell(const struct record_plan *plan, const uint8_t bytes[CELL],
		  struct record_id *ret_id, uint32_t *ret_position);

#endif
