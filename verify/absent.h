/*
 * absent - the records without an intact copy whose append was acknowledged or
 * has an unknown outcome, and the pieces of records that the file holds.
 */
#ifndef TAILRACE_VERIFY_ABSENT_H
#define TAILRACE_VERIFY_ABSENT_H

#include "verify/evidence.h"

struct absent {
	struct record_id id;
	int64_t believed; /* offset, or HISTORY_OFFSET_UNKNOWN */
	bool lost;	  /* acknowledged; else of unknown outcome */
	bool doubted;	  /* another append of its writer believes the same */
};

/*
 * A run of a record's bytes: a piece, with what it shares with the one before, or
 * debris that agrees with it.
 */
struct fragment {
	struct record_id id;
	uint32_t position;
	uint32_t length;
	uint32_t file;
	uint64_t offset;
};

/* By writer, then sequence number: negative, 0 or positive. */
int record_id_compare(struct record_id a, struct record_id b);

/*
 * Add all pieces in the damage to @pieces, sorted by record; of one record those
 * that imply the same place stand together.  0 or -errno.
 */
int pieces_gather(const struct evidence *evidence, struct stash *pieces);

/*
 * Add the absent records of all writers to @absent, sorted by record.  A
 * believed range that equals one of the same writer's own is no evidence and is
 * left out.  0 or -errno.
 */
int absent_gather(const struct evidence *evidence, struct stash *absent);

#endif
