/*
 * spawner_wire - what a rank and its spawner say to each other, and how any of
 * the sockets here is read within a time.  Private to spawner*.c.
 *
 * Both ends are the same program in the same run: structs go as they are.
 * Sockets are SOCK_SEQPACKET, so that a message arrives whole or not at all.
 */
#ifndef TAILRACE_HARNESS_SPAWNER_WIRE_H
#define TAILRACE_HARNESS_SPAWNER_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "harness/spawner.h"

enum request_kind {
	REQUEST_LAUNCH, /* the argument stands behind the request */
	REQUEST_KILL,
};

struct spawner_request {
	enum request_kind kind;
	uint32_t number; /* of the child */
	uint32_t task;
	int signal_number;
};

enum answer_kind {
	ANSWER_LAUNCHED, /* with the rank's end of the socket, unless rc < 0 */
	ANSWER_ENDED,
};

struct spawner_answer {
	enum answer_kind kind;
	uint32_t number;
	int rc; /* 0 or a negative errno */
	pid_t pid;
	int wait_status; /* as of waitpid(2) */
};

/* The spawner process: serves @fd until it is closed, and never returns. */
void spawner_serve(int fd, const struct task *tasks, size_t task_count)
	__attribute__((noreturn));

/* The point in time @timeout_ms from now; UINT64_MAX for a negative one. */
uint64_t socket_deadline_ns(int timeout_ms);

/* Wait until @fd can be read: 0, -ETIMEDOUT or another negative errno. */
int socket_wait(int fd, uint64_t deadline_ns);

/* Send one message of 1 .. SPAWNER_MESSAGE_MAX bytes with send(2)'s @flags. */
int socket_send(int fd, const void *message, size_t bytes, int flags);

/* As child_receive(). */
int socket_receive(int fd, void *message, size_t capacity, int timeout_ms,
		   size_t *ret_bytes);

#endif
