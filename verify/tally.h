/*
 * tally - what the histories alone tell: outcomes, latencies, shares.  Taken in the one
 * pass in which they are checked.
 */
#ifndef TAILRACE_VERIFY_TALLY_H
#define TAILRACE_VERIFY_TALLY_H

#include "core/history.h"
#include "core/manifest.h"
#include "verify/judgment.h"

struct evidence;

/* Owner: whoever called tally_init; ended by tally_release. */
struct tally {
	struct histogram *latency;   /* LATENCY_PARTS of them, ns */
	struct writer_share *shares; /* one per rank */
	uint64_t acknowledged, acknowledged_bytes, failed;
};

/* 0 or -ENOMEM; in either case good for tally_release(). */
int tally_init(struct tally *tally, uint32_t writers);
void tally_release(struct tally *tally);

/* Add the append @id of @strategy, whose records have @form. */
void tally_add(struct tally *tally, const struct manifest_strategy *strategy,
	       const struct record_form *form, struct record_id id,
	       const struct history_entry *entry);

/* Move @evidence's into @judgment; of what was not added nobody knows how it ended. */
void tally_move(struct evidence *evidence, struct judgment *judgment);

#endif
