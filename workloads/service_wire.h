/*
 * service_wire - the messages of a service, and what its parts share.  Private to
 * service*.c.
 *
 * A request is 16 bytes, an append's records behind it; the answer is 16 bytes.
 * The service is one thread: what it does is a table of functions.
 */
#ifndef TAILRACE_WORKLOADS_SERVICE_WIRE_H
#define TAILRACE_WORKLOADS_SERVICE_WIRE_H

#include "workloads/service.h"

enum request_kind {
	REQUEST_HELLO = 0x72746c31, /* value: the key; the answer's: its complement */
	REQUEST_TICKET = 1,	    /* value: bytes; the answer's: the offset */
	REQUEST_TOKEN,		    /* answered when it is ours */
	REQUEST_TRY_TOKEN,
	REQUEST_CANCEL,	 /* of a wait for the token; the wait's is the answer */
	REQUEST_RELEASE, /* no answer */
	REQUEST_APPEND,	 /* value: bytes, which follow; the answer's: the offset */
	REQUEST_SETTLE,
};

enum {
	REQUEST_KIND_AT = 0,
	REQUEST_VALUE_AT = 8,
	REQUEST_BYTES = 16,

	ANSWER_RC_AT = 0, /* 0 or a negative errno */
	ANSWER_FLAGS_AT = 4,
	ANSWER_VALUE_AT = 8,
	ANSWER_BYTES = 16,
};

/* Requests that are read before any that waits for the rest of them is served. */
#define SERVICE_AT_ONCE 64

/* Appends that this client was told are accepted may be lost. */
#define ANSWER_DISOWNED 1u

struct answer {
	int rc;
	uint32_t flags;
	uint64_t value;
};

/* One that is connected, or a free place. */
struct connection {
	int fd;	       /* -1: free */
	bool known;    /* it had the key */
	uint64_t born; /* counts connections: the eldest stranger makes room */
	size_t got;    /* bytes of request and payload so far */
	uint8_t request[REQUEST_BYTES];
	struct connection *behind; /* who waits after it */
	uint8_t *payload; /* of an aggregator: page aligned, made when needed */
};

/* What a kind of service does; functions that it does not need are NULL. */
struct service_ops {
	const char *name;
	/* 0 or a negative errno with a sentence; close is called after success. */
	int (*open)(struct service *service, struct error *err);
	void (*close)(struct service *service);
	/* A whole request of one who is known.  Negative: drop the connection. */
	int (*request)(struct service *service, struct connection *from, uint32_t kind,
		       uint64_t value);
	/* One who is known has gone. */
	void (*gone)(struct service *service, struct connection *who);
	/* All that had arrived has been read. */
	void (*rest)(struct service *service);
	bool takes_payload;
};

extern const struct service_ops service_tickets, service_token, service_aggregate;

/* Ones who wait, in the order in which they came. */
struct waiters {
	struct connection *first, *last;
};

struct service {
	struct service_job job;
	const struct service_ops *ops;
	uint64_t key;
	int listen_fd[ENDPOINT_FAMILIES];
	int epoll_fd;
	struct connection *connections;
	uint32_t room;
	uint64_t born;
	struct waiters waiters;

	uint64_t end; /* tickets, aggregate: where the next record goes */

	struct connection *holder; /* token */
	bool token_lost;

	int data_fd; /* aggregate; -1: closed */
	int errnum;  /* of the first write or flush that failed */
	bool unflushed;
};

/* Answer; who cannot take it is dropped by the next read. */
void service_answer(const struct connection *to, struct answer answer);

/* Add @who behind the others; remove the first, or @who: was it there? */
void waiters_add(struct waiters *waiters, struct connection *who);
struct connection *waiters_first(struct waiters *waiters);
bool waiters_remove(struct waiters *waiters, const struct connection *who);

#endif
