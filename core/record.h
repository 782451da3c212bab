/*
 * record - one appended line, of which every fragment names its writer.
 *
 * A record is a stream of 32-byte cells, cut at the record's size, with a
 * newline as its last byte:
 *
 *   #k3f.0007.0000001f.00040.GKQ_AB@=k3f.0007.0000001f.00001.ZPQRSTV=k3f...
 *   |run |writer |seq   |size |check |                 |cell
 *
 * The first cell begins with '#' and carries the record's size in bytes; the
 * others begin with '=' and carry their number.  Integers are base32hex
 * (RFC 4648 section 7, lower case), the check is the CRC-32C of the cell's
 * first 25 bytes.  Any 64 consecutive bytes of a record hold at least one whole
 * cell, so they name the run, the writer, the sequence number and where in the
 * record they belong.  docs/formats.md has the format in full.
 *
 * All bytes follow from the identity alone, never from the place in the file.
 * Therefore "intact" means equal in every byte, not merely a matching sum.
 */
#ifndef TAILRACE_CORE_RECORD_H
#define TAILRACE_CORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RECORD_CELL_BYTES = 32,
	RECORD_MIN_BYTES = 64,
	RECORD_MAX_BYTES = 16 << 20,
	/* Writers are numbered in four base32hex digits. */
	RECORD_MAX_WRITERS = 1 << 20,
	/* A run id is 12 base32hex digits; its first three stand in each cell. */
	RUN_ID_CHARS = 12,
};

#define RECORD_MAX_SEQ (((uint64_t)1 << 40) - 1)

/* Which record: the writer (its rank) and its count of appends so far. */
struct record_id {
	uint32_t writer;
	uint64_t seq;
};

/*
 * What fixes the bytes of every record of one data set.  @strategy_index
 * enters the checksums, so that a record of another strategy or another run
 * is never taken for one of this.
 */
struct record_plan {
	char run_id[RUN_ID_CHARS + 1];
	uint32_t strategy_index;
	uint32_t min_bytes; /* RECORD_MIN_BYTES .. max_bytes */
	uint32_t max_bytes; /* .. RECORD_MAX_BYTES */
	uint64_t seed;	    /* chooses the sizes where min < max */
};

/*
 * The prepared form: the cells of writer 0, sequence number 0.  Those of any
 * other identity differ from them by one 32-byte value, the same for all
 * cells, because text and CRC are both linear over XOR.
 * Owner: whoever called record_form_init; released by record_form_release.
 * Read-only after that, and safe to share among threads and forked processes.
 */
struct record_form {
	struct record_plan plan;
	uint32_t check_start; /* CRC register after run id and strategy */
	size_t cell_count;
	uint8_t (*cells)[RECORD_CELL_BYTES];
};

/* What a single cell says of itself. */
struct record_cell {
	struct record_id id;
	uint32_t position; /* of the cell in its record, bytes */
};

/*
 * Prepare @form for @plan: one cell per 32 bytes of the largest record.
 * Returns 0, -EINVAL (sizes out of range, malformed run id) or -ENOMEM.
 * On failure @form is empty and need not be released.
 */
int record_form_init(struct record_form *form, const struct record_plan *plan);
void record_form_release(struct record_form *form);

/* Of sizes that differ, the one that the plan's seed chooses for the record @id. */
uint32_t record_size_chosen(const struct record_form *form, struct record_id id);

/* The size in bytes of the record @id. */
static inline uint32_t record_size(const struct record_form *form, struct record_id id)
{
	return form->plan.min_bytes == form->plan.max_bytes
		       ? form->plan.max_bytes
		       : record_size_chosen(form, id);
}

/* Write the record_size() bytes of @id to @ret_bytes. */
void record_write(const struct record_form *form, struct record_id id,
		  uint8_t *ret_bytes);

/*
 * The same where another record of this writer, of the same form, stands at @bytes: it
 * is changed where it lies.  The prepared form need not be read then, which is half of
 * what a writer's cache holds beside the pages that the kernel copies records to.
 */
void record_change(const struct record_form *form, struct record_id id, uint8_t *bytes);

/* Write only its first cell. */
void record_write_head(const struct record_form *form, struct record_id id,
		       uint8_t ret_cell[RECORD_CELL_BYTES]);

/*
 * Is @bytes (at least record_size() of them) the record @id, in every byte?
 */
bool record_equals(const struct record_form *form, struct record_id id,
		   const uint8_t *bytes);

/*
 * How many whole records of this data set, each equal in every byte, do @available
 * bytes begin with, one right behind another?  At most @max; which ones is in @ret_ids,
 * of which the rest may be written to.
 */
size_t record_recognise(const struct record_form *form, const uint8_t *bytes,
			size_t available, size_t max, struct record_id *ret_ids);

/*
 * Do @available bytes begin with a whole cell of this data set?  A cell whose
 * last byte is a newline is accepted as the last of its record.  Returns false
 * where the cell contradicts the plan (a size or position beyond the record).
 */
bool record_cell_decode(const struct record_form *form, const uint8_t *bytes,
			size_t available, struct record_cell *ret_cell);

/*
 * How many bytes, from @bytes on, agree with @id from @position on (forward),
 * or up to but not including @position, from @end backwards (backward)?
 * At most @limit; never beyond either end of the record.
 */
size_t record_match_forward(const struct record_form *form, struct record_id id,
			    uint32_t position, const uint8_t *bytes, size_t limit);
size_t record_match_backward(const struct record_form *form, struct record_id id,
			     uint32_t position, const uint8_t *end, size_t limit);

/* Is @text a run id: RUN_ID_CHARS digits of base32hex? */
bool run_id_valid(const char *text);

/* Write the run id that the 60 low bits of @bits stand for. */
void run_id_format(uint64_t bits, char ret_text[RUN_ID_CHARS + 1]);

#endif
