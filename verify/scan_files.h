/*
 * scan_files - data files, one after the other, scanned by several threads: what comes
 * out is what one would find, byte for byte and in the same order.
 *
 * Each thread takes the next chunk, of whichever file it is, keeps what it finds there,
 * waits until it is its turn and hands that on by the seam of the file (seam.h).
 */
#ifndef TAILRACE_VERIFY_SCAN_FILES_H
#define TAILRACE_VERIFY_SCAN_FILES_H

#include "core/error.h"
#include "verify/means.h"
#include "verify/scan.h"
#include "verify/shares.h"

struct scan_files {
	const struct record_form *form;
	uint32_t file_count;
	struct judge_means means;
	struct shares
		*shares; /* NULL: there are none; else what is in them is not read */

	/*
	 * Open file number @file, in their order; but on any of the threads, and ahead
	 * of the rest.  0 or a negative errno with a sentence in @err, which ends it
	 * all.
	 */
	int (*open)(void *context, uint32_t file, struct source *ret_source,
		    struct error *err);
	/*
	 * Which bytes are wanted of it; NULL: all.  What is cut at both ends is as
	 * scan_range() has it.
	 */
	void (*range)(void *context, uint32_t file, uint64_t size_bytes,
		      uint64_t *ret_from, uint64_t *ret_to);
	/*
	 * NULL, or what thread number @member, below CREW_MAX, does with what it has
	 * found while it waits for its turn; it may attach notes.  What the sink gets
	 * may also come without that.
	 */
	void (*prepare)(void *context, uint32_t member, struct segment *segments,
			size_t count);
	/* Then these, of each file in their order, and never two at a time. */
	int (*begin)(void *context, uint32_t file, const struct source *source);
	segment_sink *sink;
	/*
	 * @rc is 0, or what ended the scan of this file.  A negative return ends it
	 * all.
	 */
	int (*end)(void *context, uint32_t file, const struct source *source, int rc,
		   struct error *err);
	void *context;
};

/*
 * 0, or the negative return of `open` or `end`, with its sentence in @err.  Where
 * `open` has no memory beside other threads (-ENOMEM), it is called again for that file
 * and the rest, by one thread alone, which takes no shares.
 */
int scan_files(const struct scan_files *files, struct error *err);

#endif
