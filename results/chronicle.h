/*
 * chronicle - the histories of one strategy, and all of their times on one
 * clock.
 */
#ifndef TAILRACE_RESULTS_CHRONICLE_H
#define TAILRACE_RESULTS_CHRONICLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/history.h"
#include "core/manifest.h"
#include "core/record.h"

/*
 * Owner: whoever called chronicle_open; released by chronicle_release.  All zero
 * is an empty one.  Borrows the manifest.
 */
struct chronicle {
	const struct manifest *manifest;
	struct record_form form;
	struct history *histories; /* one per rank; .map NULL: not readable */
	uint32_t unreadable;	   /* histories that are not there or damaged */
	int64_t start_ns;	   /* of the first append, on rank 0's clock */
};

/*
 * Open the histories of strategy number @index in @run_dir.  One that cannot be
 * read is no error (whoever judged has met it too) but counted in @unreadable.
 * Returns 0 or a negative errno with a sentence in @err.
 */
int chronicle_open(struct chronicle *chronicle, const struct manifest *manifest,
		   const char *run_dir, size_t index, struct error *err);
void chronicle_release(struct chronicle *chronicle);

/* What the history says of @id; false where it says nothing. */
bool chronicle_entry(const struct chronicle *chronicle, struct record_id id,
		     struct history_entry *ret_entry);

/* The name of @host; "?" for one that is none of the run. */
const char *host_name(const struct manifest *manifest, uint32_t host);

/* The name of the host of @writer; "?" for a writer that is none of the run. */
const char *writer_host(const struct manifest *manifest, uint32_t writer);

/*
 * Seconds since the first append of the strategy, on rank 0's clock, of the time
 * @at_ns on the clock of @writer's host.  Good to about the host's clock error.
 */
double chronicle_time_s(const struct chronicle *chronicle, uint32_t writer,
			uint64_t at_ns);

/* When the append @id was complete, likewise; NAN where it was not acknowledged. */
double chronicle_completed_s(const struct chronicle *chronicle, struct record_id id);

/*
 * How far a time of @host, put on rank 0's clock, may be wrong at worst between
 * its first and its last clock sample, in microseconds; 0 for the host of rank
 * 0, NAN where nothing was measured.
 */
double host_clock_error_us(const struct manifest *manifest, uint32_t host);

#endif
