/*
 * history_file - an open history as its readers share it; history_read.c opens and
 * checks it, history_reader.c reads its entries.
 */
#ifndef TAILRACE_CORE_HISTORY_FILE_H
#define TAILRACE_CORE_HISTORY_FILE_H

#include "core/history_entry.h"

#include <stdatomic.h>
#include <sys/types.h>

/* Entries that are shown together, so that one bit tells that they were. */
enum { BLOCK_ENTRIES = 64 };

/* So many are read at a time at most, and kept decoded: 15 KiB, for each of perhaps
 * thousands of histories. */
enum { WINDOW_ENTRIES = 192 };

/* A slot of a window whose sum disagrees, or whose fields make no sense. */
#define OUTCOME_DAMAGED ((enum outcome)(OUTCOME_UNKNOWN + 1))

struct history_file {
	int fd;
	uint32_t sum_start; /* what every entry's checksum begins with */
	uint64_t slots;	    /* whole entries that the file had room for when opened;
			       no more than `count`, once that is known */
	bool holes;	    /* a part of the file was never written */

	/* An entry was not what it had been, or was presumed to be; or a reading
	 * failed. */
	atomic_bool changed;

	/* A presumed history: a bit for each block that was shown; else NULL. */
	_Atomic uint64_t *shown;

	/* What the header says: its fixed part, the live counts, that of the final
	 * mark. */
	uint8_t fixed[HISTORY_FIXED_BYTES + sizeof(uint32_t)];
	uint64_t begun, concluded, announced;

	struct history_reader reader; /* for who has none of his own */
};

/* Up to @length bytes at @offset, fewer only where the file ends; or -errno. */
ssize_t history_read_at(int fd, uint8_t *bytes, size_t length, uint64_t offset);

/*
 * The slot number @seq in a window of @reader, whatever stands in it: OUTCOME_NONE and
 * OUTCOME_DAMAGED too.  NULL: there is none, or it cannot be read.
 */
const struct history_entry *history_slot(struct history_file *file,
					 struct history_reader *reader, uint64_t seq);

/* Show those blocks of a presumed history that were not, by @reader. */
void history_show_rest(struct history_file *file, struct history_reader *reader);

#endif
