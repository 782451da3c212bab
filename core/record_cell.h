/*
 * record_cell - where the fields of a record's cell stand, and how 32 or 40 bits become
 * text there: for those who write and recognise records, and nobody else.  record.h
 * shows a cell.
 */
#ifndef TAILRACE_CORE_RECORD_CELL_H
#define TAILRACE_CORE_RECORD_CELL_H

#include <stdint.h>

/* Where the fields of a cell begin, and how many characters they have. */
enum {
	MARK_AT = 0,
	RUN_AT = 1,
	RUN_CHARS = 3,
	WRITER_AT = 5,
	WRITER_CHARS = 4,
	SEQ_AT = 10,
	SEQ_CHARS = 8,
	PLACE_AT = 19, /* the size in a head, the cell's number elsewhere */
	PLACE_CHARS = 5,
	CHECK_AT = 25,
	CHECK_CHARS = 7,
};

/* The 40 low bits of @bits, five to a byte, the highest in the lowest byte. */
static inline uint64_t spread(uint64_t bits)
{
	bits = (bits & 0x00000000000fffff) | (bits & 0x000000fffff00000) << 12;
	bits = (bits & 0x000003ff000003ff) | (bits & 0x000ffc00000ffc00) << 6;
	bits = (bits & 0x001f001f001f001f) | (bits & 0x03e003e003e003e0) << 3;
	return __builtin_bswap64(bits);
}

/* The 32 bits of @crc, five a character from the top; the last has only two. */
static inline uint64_t spread_check(uint32_t crc)
{
	return spread((uint64_t)crc << 3);
}

#endif
