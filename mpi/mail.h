/*
 * mail - short letters between ranks, polled for between naps.
 *
 * While writers append, their supervisors exchange a few letters a second with
 * rank 0: progress, clock samples, start and stop.  Letters of one sender to one
 * receiver keep their order.
 */
#ifndef TAILRACE_MPI_MAIL_H
#define TAILRACE_MPI_MAIL_H

#include <stdint.h>

#include "mpi/world.h"

enum mail_kind {
	/* clocks.c */
	MAIL_CLOCK_CALL = 1, /* rank 0: measure now */
	MAIL_CLOCK_SAMPLE,   /* leader: [0] at, [1] offset, [2] round trip, ns */
	MAIL_KINDS,	     /* those of other modules begin here */
};

/* What a letter says beside its kind is the sender's and receiver's matter. */
struct mail {
	uint32_t kind;
	uint32_t from; /* the rank that sent it; set on arrival */
	uint64_t value[4];
};

/* To oneself, too: what rank 0 does for all ranks it may do for itself. */
struct mailbox {
	const struct world *world;
	struct mail own[8];
	unsigned int own_count;
};

void mailbox_init(struct mailbox *box, const struct world *world);

/* Returns 0 or a negative errno; -ENOSPC: eight letters to oneself unread. */
int mail_send(struct mailbox *box, uint32_t to, const struct mail *mail);

/* Returns 1 with a letter in @ret_mail, 0 where there is none, or -errno. */
int mail_poll(struct mailbox *box, struct mail *ret_mail);

#endif
