/*
 * offer - the service that the writers of one strategy ask, as rank 0 has it: a
 * child of its own, from before the first writer until the last has ended.
 */
#ifndef TAILRACE_HARNESS_OFFER_H
#define TAILRACE_HARNESS_OFFER_H

#include "core/endpoints.h"
#include "harness/run.h"

/* Owner: whoever called offer_begin; ended by offer_end.  Empty when all zero. */
struct offer {
	struct child child;	    /* of rank 0 */
	struct endpoints endpoints; /* the same on every rank */
};

/*
 * Rank 0: start the service that strategy number @index needs, if any.  0 or a
 * negative errno with a sentence in @err.
 */
int offer_begin(struct offer *offer, struct run *run, uint32_t index,
		struct error *err);

/* Collective: all learn where it is.  0, or a negative errno: the ranks lost touch. */
int offer_share(struct offer *offer, const struct run *run);

/* Rank 0: nobody needs it any more; one that hangs is left behind. */
void offer_end(struct offer *offer);

/* How long a writer waits for one answer: it gives up before it passes for hung. */
int offer_timeout_ms(const struct run *run);

#endif
