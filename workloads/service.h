/*
 * service - what writers ask a process of rank 0's host for: the next offset, a
 * token, or to append for them.
 *
 * Writers are children without MPI, and a measured append must neither spin nor
 * wait for somebody's nap.  So the service is a process that sleeps in epoll_wait(2),
 * and a request is one message over a TCP connection made before the measured
 * phase, whose answer is slept for in the kernel.
 *
 * Measured (Linux 6.18, two busy processors, four writers with 1 ms between tickets;
 * a round trip's median and 99th percentile, and the processor time of both ends):
 *
 *	this service                           54 us   0.4 ..  0.8 ms    45 us
 *	two-sided MPI, a rank that spins       20 us   1.8 ..  3.4 ms   250 us
 *	two-sided MPI, ranks that nap        2500 us        21 ms      145 us
 *
 * The spinning rank is the quickest and takes a processor from the writers that are
 * to be measured.  One writer alone, back to back, waits 17 us for a ticket of this
 * service.
 *
 * Every connection begins with the key that only this run knows; who has it not
 * is dropped, and so is whoever breaks the protocol.  No wait is longer than the
 * client's time-out, but for the token, which is waited for like a lock.
 */
#ifndef TAILRACE_WORKLOADS_SERVICE_H
#define TAILRACE_WORKLOADS_SERVICE_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/endpoints.h"
#include "core/error.h"

enum service_kind {
	SERVICE_NONE,
	SERVICE_TICKETS,   /* hands out offsets */
	SERVICE_TOKEN,	   /* passes one token round, first come first served */
	SERVICE_AGGREGATE, /* appends what it is sent */
	SERVICE_KIND_COUNT,
};

/* All that a service needs to know: plain data, to be sent to a child. */
struct service_job {
	enum service_kind kind;
	uint32_t writers;
	uint32_t slot_bytes; /* tickets: offsets are multiples of it; 1: any */

	/* Of an aggregator, whose file it is. */
	int open_flags;
	uint32_t flush;	      /* enum flush_mode: ends each write */
	uint32_t batch_bytes; /* most that one request carries */
	char data_path[PATH_MAX];
};

/* ---- the service ------------------------------------------------------- */

struct service;

/*
 * Open the sockets, and the file of an aggregator.  0 with a service to be freed by
 * service_free, and where to reach it; or a negative errno with a sentence.
 */
int service_new(const struct service_job *job, struct service **ret_service,
		struct endpoints *ret_endpoints, struct error *err);

/* Serve until @until_fd becomes readable or is closed.  0 or a negative errno. */
int service_run(struct service *service, int until_fd);
void service_free(struct service *service);

/* ---- asking ------------------------------------------------------------ */

/* A writer's connection; ended by service_disconnect. */
struct service_client {
	int fd; /* -1: there is none, or it broke */
	int timeout_ms;
	const volatile sig_atomic_t *stop; /* borrowed: give up waiting */
};

/* No client, for one that is not connected. */
#define SERVICE_CLIENT_NONE ((struct service_client){.fd = -1})

/*
 * Connect to whichever address answers with the right key, within @timeout_ms.
 * 0, -EHOSTUNREACH (none does) or another negative errno, with @client untouched.
 */
int service_connect(struct service_client *client, const struct endpoints *endpoints,
		    int timeout_ms, const volatile sig_atomic_t *stop);
void service_disconnect(struct service_client *client);

/*
 * What follows returns 0 or a negative errno.  -ENOTCONN: the connection broke
 * before, and nothing was asked; -EPIPE: the service is dead or dropped us;
 * -ETIMEDOUT: it did not answer.  A connection whose answer did not come is ended.
 *
 * A stop does not end the wait for a ticket at once, since the answer is nearly
 * there and an offset that nobody fills is a gap: it has a second left.
 */
int service_ticket(struct service_client *client, uint64_t bytes, int64_t *ret_offset);

/*
 * The token.  With @block wait until it is ours (-EINTR: a stop came first, and it
 * is not); without, -EAGAIN where another has it.  -EOWNERDEAD: its holder died with
 * it, and nobody gets it any more.
 */
int service_token_acquire(struct service_client *client, bool block);
int service_token_release(struct service_client *client);

/*
 * Append @bytes as one piece.  Returns how many were accepted, with the offset of
 * the first, or a negative errno, after which anything may have been written.
 * *@ret_disowned: this error can be that of appends that were accepted before.
 */
ssize_t service_append(struct service_client *client, const void *bytes, size_t size,
		       int64_t *ret_offset, bool *ret_disowned);

/* Have what was accepted reach the file's server: 0, or what went wrong with any. */
int service_settle(struct service_client *client);

#endif
