/*
 * strike - a rank's part of the faults: it does to its own writer what rank 0 asks
 * for, looks whether that took effect, and answers by one letter.
 *
 * Who holds the lock only the writer itself knows for sure: so a holder is ordered, by
 * a word in its history (core/live.h), to kill or stop itself at its next hold.  A
 * waiter sleeps in its wait: its rank kills it when it has seen it in the same wait
 * twice, and looks at the word afterwards.
 */
#ifndef TAILRACE_HARNESS_STRIKE_H
#define TAILRACE_HARNESS_STRIKE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/live.h"
#include "harness/own_writer.h"
#include "harness/run.h"
#include "mpi/mail.h"

/* What became of it. */
enum strike_end {
	STRIKE_HIT,
	STRIKE_LATE,	/* killed, but the waiter had just got the lock */
	STRIKE_GONE,	/* its writer had left, or was dead */
	STRIKE_NO_LOCK, /* it did not hold the lock, or wait for it, for so long */
	STRIKE_IN_RANK, /* its writer is a thread of its rank */
};

/*
 * Beyond it another rank's writer is tried.  A holder is found by waiting for its next
 * hold; a waiter rather by looking at all, again and again.
 */
#define STRIKE_WITHIN_NS      2000000000u
#define STRIKE_LOOK_WITHIN_NS 200000000u

enum strike_stage {
	STRIKE_NONE,
	STRIKE_ORDERED,	 /* the writer is to obey */
	STRIKE_WATCHING, /* until it waits */
	STRIKE_DYING,	 /* a waiter, killed */
	STRIKE_STOPPED,	 /* until it may go on */
};

/* One fault at work on this writer. */
struct strike {
	enum strike_stage stage;
	uint64_t deadline_ns;
	uint64_t at_ns, until_ns; /* of this host's clock */
	uint64_t seen_count, seen_ns;
	bool by_order; /* the stop: it tells when it goes on */
};

/* Of the writer of this rank, in one strategy. */
struct strikes {
	struct run *run;
	struct own_writer *writer;
	const char *history_path;
	struct live *live;
	struct strike strike[FAULTS_MAX]; /* by the number of the fault */
};

/* The history is there by now, unless the writer hangs. */
void strikes_begin(struct strikes *strikes, struct run *run, struct own_writer *writer,
		   const char *history_path);
void strikes_end(struct strikes *strikes);

/* Rank 0 asks for fault number @number.  @alive: the writer.  0 or -errno. */
int strikes_ask(struct strikes *strikes, uint64_t number, bool alive);

/* Look how far they are; often, while strikes_any().  0 or -errno. */
int strikes_tick(struct strikes *strikes, bool alive);
bool strikes_any(const struct strikes *strikes);

/* The run was interrupted: who is stopped goes on. */
void strikes_relent(struct strikes *strikes);

#endif
