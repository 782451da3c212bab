/*
 * supervise - the append phase of one strategy, as its ranks live through it:
 * asleep, but for a letter now and then.
 *
 *	each rank:  wait for its writer, tell rank 0 how far it is, notice a hang
 *	rank 0:     measure clocks, start all, stop all, learn that all have ended
 *
 * conductor.c is rank 0's part; both run in the one loop of supervise.c.
 */
#ifndef TAILRACE_HARNESS_SUPERVISE_H
#define TAILRACE_HARNESS_SUPERVISE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/manifest.h"
#include "harness/director.h"
#include "harness/own_writer.h"
#include "harness/progress.h"
#include "harness/run.h"
#include "harness/strike.h"
#include "harness/stuck.h"
#include "workloads/writer.h"

/* Letters beside those of the clocks. */
enum supervise_mail {
	MAIL_START = MAIL_KINDS, /* rank 0: [0] when, on your clock */
	MAIL_STOP,		 /* rank 0: have your writer leave */
	MAIL_LEAVE,		 /* rank 0: [0] when it is to leave, on your clock */
	MAIL_PROGRESS,		 /* rank: [0] appends begun */
	MAIL_ENDED,		 /* rank: [0] begun, [1] when, on its clock */
	MAIL_OVER,		 /* rank 0: all have ended */
	MAIL_STRIKE,		 /* rank 0: [0] number of a fault for your writer */
	MAIL_STRUCK, /* rank: [0] number, [1] enum strike_end, [2] when, [3] until when,
			on its clock */
};

/* How the writer of this rank ended. */
struct writer_status {
	enum writer_end end;
	uint64_t begun;
	uint64_t ended_ns;	 /* on this host's clock */
	char stuck[STUCK_BYTES]; /* of a hung one: the call and since when */
	enum writer_leave leave; /* of one that finished: why */
	int errnum;
};

/* ---- rank 0 (conductor.c) ------------------------------------------------- */

enum conductor_state {
	CONDUCT_CLOCKS_BEFORE, /* a round of clock samples, then the start */
	CONDUCT_RUNNING,
	CONDUCT_CLOCKS_AFTER,
	CONDUCT_OVER,
};

struct conductor {
	struct run *run;
	enum conductor_state state;
	struct progress progress;
	uint64_t *begun; /* by rank */
	uint32_t ended;	 /* ranks whose writer has */
	bool stopping;
	bool leaving;			/* all were told when to */
	uint64_t start_ns, last_end_ns; /* on rank 0's clock */
	uint64_t shown_ns;
	struct director director; /* of the faults */
};

/* For strategy @index.  0 or -ENOMEM; conductor_release is harmless on an empty one. */
int conductor_init(struct conductor *conductor, struct run *run, uint32_t index);
void conductor_release(struct conductor *conductor);

/* A letter that is no clock's; and what time alone brings.  0 or -errno. */
int conductor_receive(struct conductor *conductor, const struct mail *mail);
int conductor_tick(struct conductor *conductor, uint64_t now_ns);

/* ---- every rank ----------------------------------------------------------- */

struct supervision {
	struct run *run;
	struct own_writer *writer; /* ready to start; or dead */
	const char *history_path;  /* where to look how far it is */
	uint64_t patience_ns;	   /* without progress */
	struct writer_status status;

	struct strikes strikes; /* faults at work on the writer */
	bool started, over;
	uint64_t started_ns;
	uint64_t moved_ns;     /* when it last made progress */
	uint64_t looked_ns;    /* when we last asked */
	uint64_t next_look_ns; /* after that: how long until we ask again */
	uint64_t nudge_ns;     /* it is to leave: until then by itself; or 0 */
};

/*
 * Live through the phase.  @conductor is rank 0's, NULL elsewhere.  A writer that
 * is no more when this is called has its end in supervision->status.  Returns 0
 * with the status filled, or a negative errno: the ranks lost touch.
 */
int supervise(struct supervision *supervision, struct conductor *conductor);

#endif
