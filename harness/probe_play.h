/*
 * probe_play - the interpreter of probe scripts (rank 0), and the other host's
 * part in them.  Private to probe*.c.
 */
#ifndef TAILRACE_HARNESS_PROBE_PLAY_H
#define TAILRACE_HARNESS_PROBE_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/probe_crew.h"
#include "mpi/mail.h"
#include "results/probe_report.h"

/* Letters; far from those of other modules, which may run before and after. */
enum probe_mail {
	/* rank 0: [0] serial number, [1] probe, [2] step, [3] file: do it */
	MAIL_PROBE_STEP = MAIL_KINDS + 100,
	/* [0] serial number, [1] rc, [2] began, [3] ended: done; -EPIPE: it died */
	MAIL_PROBE_REPLY,
	/* rank 0: that was all */
	MAIL_PROBE_OVER,
};

/* How many hangs of the mount are enough to know that it hangs. */
enum { STAGE_HANGS_MAX = 3 };

/* One agent as rank 0 sees it. */
struct seat {
	bool remote;	 /* its orders go by letter */
	uint64_t serial; /* of its last order, where remote */
	bool replied;	 /* to that order: then this is the reply */
	struct probe_reply reply;
};

/* Rank 0's.  Owner: whoever called stage_init; ended by stage_release. */
struct stage {
	struct run *run;
	struct probe_crew crew;
	uint32_t other_host; /* where B is for two hosts; 0: there is none */
	struct seat seat[PROBE_AGENTS];
	uint64_t serials;
	uint32_t files;	     /* plays so far: each has a file of its own */
	uint64_t slowest_ns; /* of all locks so far that were not waited for */
	unsigned int hangs;
	bool stopped; /* what is left is not performed */
};

void stage_init(struct stage *stage, struct run *run);
void stage_release(struct stage *stage);

/*
 * Play @probe, which is number @index of the table, and judge the answer.  All of
 * @ret_result is set.  0, or a negative errno: the ranks lost touch.
 */
int stage_play(struct stage *stage, const struct probe *probe, size_t index,
	       enum probe_class class, struct probe_result *ret_result);

/* Read the letters that have arrived, and keep the clocks.  0 or a negative errno. */
int stage_attend(struct stage *stage);

/* Every other rank: do what the letters of rank 0 say.  0 or a negative errno. */
int probe_follow(struct run *run);

#endif
