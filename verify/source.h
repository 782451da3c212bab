/*
 * source - the bytes of one data file, by pread(2) through a window.
 *
 * Not mmap(2): a file on a network mount may shrink or fail while it is read,
 * and a SIGBUS would take the verdict with it.
 */
#ifndef TAILRACE_VERIFY_SOURCE_H
#define TAILRACE_VERIFY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/* To read a whole file: more would not stay in a processor's own cache until it is
 * looked at. */
#define SOURCE_AHEAD ((size_t)3 << 15)

/* Owner: whoever called source_open; ended by source_close. */
struct source {
	int fd;		     /* -1: an absent file, which reads as empty */
	uint64_t size_bytes; /* less than at first once `shrunk` */
	bool shrunk;	     /* it ended before the size it had when opened */
	int errnum;	     /* of a read that failed, or 0 */
	uint8_t *window;
	size_t window_bytes;  /* capacity */
	uint8_t *held;	      /* what it holds of the file: where in the window, */
	uint64_t held_offset; /* where in the file, */
	size_t held_bytes;    /* and how much */
};

/*
 * Open @path for reading; with @drop_cache after dropping what this host has
 * cached of it, so that a network file system's server is asked.  A file that
 * does not exist is an empty one: a finding, not an error.  Views of up to
 * @view_max bytes can be asked for; about @ahead bytes more are read at a time.
 * Returns 0 or a negative errno with a sentence in @err.
 */
int source_open(struct source *source, const char *path, size_t view_max, size_t ahead,
		bool drop_cache, struct error *err);
void source_close(struct source *source);

/*
 * Have @reader, all zero at first, read the file that @source has open, by a window of
 * its own: for another thread.  Again for another file; in the end source_unshare,
 * before
 * @source is closed.  0 or -ENOMEM, and it reads as empty.
 */
int source_share(struct source *reader, const struct source *source);
void source_unshare(struct source *reader);

/* The @length bytes at @bytes, copied, as if they were a file.  0 or -ENOMEM. */
int source_of_bytes(struct source *source, const uint8_t *bytes, size_t length);

/*
 * Bytes [@offset, @offset + @length), fewer at the end of the file; valid until
 * the next call.  @length is at most the view_max of source_open.
 * Returns 0 or a negative errno; *ret_available is how many bytes there are.
 */
int source_view(struct source *source, uint64_t offset, size_t length,
		const uint8_t **ret_bytes, size_t *ret_available);

/*
 * What the window holds anyway from @offset on, however much that is, without a
 * system call; valid as long as a view.
 */
static inline const uint8_t *source_held(const struct source *source, uint64_t offset,
					 size_t *ret_available)
{
	uint64_t at = offset - source->held_offset;

	*ret_available = at < source->held_bytes ? source->held_bytes - (size_t)at : 0;
	return source->held + at;
}

#endif
