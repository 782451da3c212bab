/*
 * progress - what a person sees while writers append: one line on a terminal,
 * kept up to date; nothing where no terminal is, unless asked for: then a plain line
 * every PROGRESS_LINE_NS, for a log.
 */
#ifndef TAILRACE_HARNESS_PROGRESS_H
#define TAILRACE_HARNESS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/plan.h"

#define PROGRESS_LINE_NS 10000000000u

/* Rank 0.  All zero shows nothing. */
struct progress {
	bool shown;
	const char *name;     /* of the strategy; borrowed */
	uint64_t planned;     /* appends of all writers; 0: unknown */
	uint64_t duration_ns; /* 0: none */
	uint64_t begun_ns;
	bool terminal;
	uint64_t next_ns;   /* no terminal: when the next line is due */
	unsigned int width; /* of the line that stands there */
};

/* Will anything be shown for @plan on this stderr? */
bool progress_wanted(const struct plan *plan);

/* @terminal: does stderr reach one, whatever it is itself? */
void progress_begin(struct progress *progress, const struct plan *plan,
		    const char *name, bool terminal, uint64_t now_ns);

/* @done appends of all writers were begun until @now_ns. */
void progress_show(struct progress *progress, uint64_t done, uint64_t now_ns);

/* Wipe the line. */
void progress_end(struct progress *progress);

/*
 * The line itself: share done, records, rate, time left; what is not known is
 * left out.  For progress_show and its test.
 */
void progress_text(const struct progress *progress, uint64_t done, uint64_t now_ns,
		   char *ret_text, size_t size);

#endif
