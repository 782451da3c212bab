/*
 * hold_stream - the holds of a lock, of all writers, in an order of time: a merge of
 * the histories, since each writer's holds stand there in the order in which it had
 * them, whatever their number.
 *
 * But not quite: where one sample of the clocks takes over from another, a host's
 * time on rank 0's clock may step back; and a hostile history is in no order at all.
 * Holds that stand behind a later one of their own writer are sorted apart, in a stash.
 */
#ifndef TAILRACE_VERIFY_HOLD_STREAM_H
#define TAILRACE_VERIFY_HOLD_STREAM_H

#include "verify/evidence.h"

/* One hold: the appends that one acquisition of the lock served. */
struct hold {
	int64_t start, end;		   /* by the order's clocks */
	uint64_t acquired_ns, released_ns; /* on the writer's own host */
	struct record_id first;
	uint32_t host;
	bool acknowledged; /* all of its appends */
};

/* By which clocks, and in which order. */
struct hold_order {
	/* Set start and end of @hold. */
	void (*clock)(const struct manifest *manifest, struct hold *hold);
	/* As qsort(3); no two are equal. */
	int (*compare)(const void *a, const void *b);
};

/* Takes holds in their order; a negative return ends it. */
typedef int hold_sink(void *context, const struct hold *hold);

/* Pass all holds to @sink.  0, its negative return, or a negative errno. */
int hold_stream(const struct evidence *evidence, const struct hold_order *order,
		hold_sink *sink, void *context);

#endif
