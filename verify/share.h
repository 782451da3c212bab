/*
 * share - which intact records one host found in its share of the data files: a list
 * that saves the judge the reading of just those bytes.  docs/formats.md has the
 * layout.
 *
 * A list is hostile input.  What it does not tell, or tells damaged, the judge reads.
 */
#ifndef TAILRACE_VERIFY_SHARE_H
#define TAILRACE_VERIFY_SHARE_H

#include <stdbool.h>
#include <stdio.h>

#include "verify/seam.h"
#include "verify/share_identity.h"

/* Records in one block of a list, which stands for itself. */
enum { SHARE_RECORDS_MAX = 8192, SHARE_SEGMENTS_MAX = 2 * SHARE_RECORDS_MAX };

/*
 * Are the NULs [@from, @to) between two records what a strategy with slots of
 * @slot_bytes leaves (0: it has none)?
 */
bool share_padding(uint64_t from, uint64_t to, uint32_t slot_bytes);

/* ---- writing ---------------------------------------------------------- */

/* Owner: whoever called share_create; ended by share_finish. */
struct share_writer;

/* Make the list @path, which must not exist.  0 or a negative errno. */
int share_create(struct share_writer **ret_writer, const char *path,
		 const struct share_identity *identity, uint32_t slot_bytes);

/* From here on segments are of file number @file, of @size_bytes. */
int share_file(struct share_writer *writer, uint32_t file, uint64_t size_bytes);

/* The next segment, in order; all but records and padding is left out.  0 or -errno. */
int share_add(struct share_writer *writer, const struct segment *segment);

/* 0, or the negative errno that kept it from being written. */
int share_finish(struct share_writer *writer);

/* ---- reading ---------------------------------------------------------- */

/* Records that follow each other, with nothing but padding between them. */
struct share_block {
	uint32_t file;
	uint64_t size_bytes; /* that the host saw of this file */
	struct sequence run; /* whose items are the reader's, until the next block */
};

/* Owner: whoever called share_open; ended by share_close. */
struct share_reader;

/* 0; -EBADMSG: it is no such list, or another one's; or another negative errno. */
int share_open(struct share_reader **ret_reader, const char *path,
	       const struct share_identity *identity, const struct record_form *form,
	       uint32_t slot_bytes);

/* The next block; false at the end, or where it is damaged: there is no more then. */
bool share_next(struct share_reader *reader, struct share_block *ret_block);
void share_close(struct share_reader *reader);

#endif
