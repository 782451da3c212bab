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
	const struct manifest_strategy *strategy; /* borrowed */
	const struct record_form *form;		  /* likewise, of its records */
	uint32_t equal_bytes;	     /* what each append wrote; 0: they differ */
	struct histogram *latency;   /* LATENCY_PARTS of them, ns */
	struct writer_share *shares; /* one per rank */
	uint64_t acknowledged, acknowledged_bytes, failed;
};

/*
 * For so many @writers, of @strategy, whose records have @form.  0 or -ENOMEM; in
 * either case good for tally_release().
 */
int tally_init(struct tally *tally, const struct manifest_strategy *strategy,
	       const struct record_form *form, uint32_t writers);
void tally_release(struct tally *tally);

/* Whose entries they are that are shown to tally_visit(). */
struct telling {
	struct tally *tally;
	uint32_t writer;
};

/* A history_visit of a struct telling: add the entry. */
void tally_visit(void *telling, uint64_t seq, const struct history_entry *entry);

/* Add what @from, of the same strategy, has told. */
void tally_merge(struct tally *into, const struct tally *from, uint32_t writers);

/* Move @evidence's into @judgment; of what was not added nobody knows how it ended. */
void tally_move(struct evidence *evidence, struct judgment *judgment);

#endif
