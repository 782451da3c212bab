/*
 * director - rank 0's part of the faults: when each is due, whom it is to strike, what
 * became of it; and the commands of the user.
 */
#ifndef TAILRACE_HARNESS_DIRECTOR_H
#define TAILRACE_HARNESS_DIRECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/fault.h"
#include "harness/run.h"
#include "mpi/mail.h"

enum direction_stage {
	DIRECTION_PENDING, /* not due */
	DIRECTION_ASKED,   /* a rank is at it */
	DIRECTION_RUNNING, /* the command is */
	DIRECTION_OVER,
};

/* One fault of the plan, in this strategy. */
struct direction {
	enum direction_stage stage;
	uint32_t first, tried; /* ranks are tried in turn from a seeded one on */
	uint64_t asked_ns;     /* when the first of them was */
	struct child command;
	uint64_t end_ns; /* a command that must end: when it was told so first */
	bool hit;
	int exit;
	uint32_t target, host;
	uint64_t at_ns, until_ns; /* of rank 0's clock */
	char note[256];
};

/* Ended by director_release. */
struct director {
	struct run *run;
	uint32_t index; /* of the strategy */
	struct direction direction[FAULTS_MAX];
	uint64_t start_ns; /* 0: the writers do not append yet */
	uint64_t over_ns;  /* all writers have ended; 0: not yet */
};

void director_init(struct director *director, struct run *run, uint32_t index);

/* The writers begin at @start_ns of this clock; have all ended by @now_ns. */
void director_start(struct director *director, uint64_t start_ns);
void director_writers_over(struct director *director, uint64_t now_ns);

/* An answer of a rank (MAIL_STRUCK).  0 or -errno. */
int director_receive(struct director *director, const struct mail *mail);

/*
 * Do what is due, of @records appended by all so far.  @hurry: the run was interrupted,
 * commands are to end.  0 or -errno.
 */
int director_tick(struct director *director, uint64_t records, bool hurry,
		  uint64_t now_ns);

/* Is nothing under way or to come? */
bool director_done(const struct director *director);

/* Add what became of each fault to the manifest.  0 or -ENOMEM. */
int director_tell(const struct director *director);

/* A command that still runs is killed. */
void director_release(struct director *director);

#endif
