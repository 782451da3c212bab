/*
 * place - where a record without an intact copy was put, and what stands there.
 *
 * A place is a range of a data file: the one its writer believed it wrote, or
 * one that a piece of the record implies by where it stands.
 */
#ifndef TAILRACE_VERIFY_PLACE_H
#define TAILRACE_VERIFY_PLACE_H

#include "verify/evidence.h"

struct place {
	uint32_t file;
	int64_t from; /* may be negative, where a piece implies so */
	uint32_t length;
};

/* What stands in a place, in bytes; the sum is its length. */
struct place_content {
	uint64_t own;	 /* pieces of the record itself */
	uint64_t others; /* other records, whole or in pieces */
	uint64_t nul;
	uint64_t foreign;
	uint64_t outside;	/* before or after the file */
	int64_t other_at;	/* the first byte of another record */
	struct record_id other; /* named if that is a piece; else WRITER_NONE */
};

/* The first damage of @file that ends after @offset; damage.count if none. */
size_t damage_find(const struct evidence *evidence, uint32_t file, uint64_t offset);

/* What stands in @place, seen from the record @id. */
struct place_content place_look(const struct evidence *evidence,
				const struct place *place, struct record_id id);

#endif
