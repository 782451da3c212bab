/*
 * follow - a file that grows, as `tail -f` and log shippers follow it: look at its
 * size, read what is new, and parse it.  Here it is also looked at again where
 * something else than records stood.
 *
 * Without input or output of its own, so that it can be tried on any sequence of
 * states that a file may show.
 */
#ifndef TAILRACE_HARNESS_FOLLOW_H
#define TAILRACE_HARNESS_FOLLOW_H

#include <stdbool.h>
#include <sys/types.h>

#include "verify/tail.h"

/* The file and the clock.  Errors are negative errnos. */
struct follow_io {
	int (*size)(void *context, uint64_t *ret_bytes);
	/* How many of @length bytes there were at @offset. */
	ssize_t (*read)(void *context, uint64_t offset, uint8_t *bytes, size_t length);
	uint64_t (*now_ns)(void *context);
	void *context;
};

/*
 * Bytes that were read and are no whole record.  A patch ends where another history
 * begins; patches that touch make a place, which is read as one.
 */
struct patch {
	struct tail_place seen;
	uint64_t due_ns; /* when to look again */
};

struct patches {
	struct patch *items; /* in order, disjoint */
	size_t count, room;
};

/* Owner: whoever called follow_init; ended by follow_release. */
struct follower {
	struct follow_io io;
	const struct record_form *form;
	struct tail *tail;
	uint64_t size; /* as last told */
	uint64_t end;  /* up to here everything was read */
	struct patches open;
	uint8_t *buffer;
	size_t buffer_bytes;
	size_t place_bytes; /* that are watched of one place */
};

/* Borrows @form and @tail, into which it notes what it sees.  0 or -ENOMEM. */
int follow_init(struct follower *follower, const struct follow_io *io,
		const struct record_form *form, struct tail *tail);
void follow_release(struct follower *follower);

/*
 * One poll: ask for the size; read up to it; look again at what is due.
 * Returns 0 or a negative errno of the file or of memory.
 */
int follow_poll(struct follower *follower);

/*
 * The file has been opened again: what is seen from now on is noted as such, and
 * the next poll looks at all places.
 */
void follow_reopened(struct follower *follower);

/* The last of it: note in the tail what is still open.  0 or -ENOMEM. */
int follow_conclude(struct follower *follower);

/* Is nothing but whole records known of? */
bool follow_is_settled(const struct follower *follower);

#endif
