/*
 * spawner - the process that makes processes for a rank.
 *
 * A rank must neither fork after MPI_Init nor touch the mount, where any call
 * may never come back.  So before MPI_Init it forks a spawner, which is
 * single-threaded, touches no mount, and makes children on request; each child
 * runs one task of a table and talks to the rank over a socket of its own.
 *
 *	rank --- requests, exits ---> spawner --- fork ---> child
 *	  \------------------ messages ----------------------/
 *
 * Everything here that waits has a time-out: a child that hangs for ever, even
 * in uninterruptible sleep, costs the rank that and no more.  The spawner dies
 * with the rank and the children die with the spawner (PR_SET_PDEATHSIG, and a
 * check of getppid); they are a session of their own, so that signals of the
 * terminal and of the launcher reach the rank alone, which decides.  Their
 * standard descriptors are /dev/null and the log: an orphan that held mpirun's
 * pipe would keep mpirun alive.
 */
#ifndef TAILRACE_HARNESS_SPAWNER_H
#define TAILRACE_HARNESS_SPAWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/error.h"

/* One message, either way, and the argument of a task. */
#define SPAWNER_MESSAGE_MAX ((size_t)64 << 10)

/*
 * A kind of child.  @run gets a copy of the argument and the child's end of the
 * socket; what it returns (0 .. 255) is the exit status.  Signals have their
 * default actions, none is blocked, and no descriptor is open beside 0, 1, 2
 * and @fd.
 */
struct task {
	const char *name;
	int (*run)(const void *arg, size_t arg_bytes, int fd);
};

/* Owner: whoever called spawner_start; ended by spawner_stop.  The rank's end. */
struct spawner {
	pid_t pid;
	int fd;
	uint32_t launched;	    /* children so far: the next one's number */
	struct spawner_exit *exits; /* by number: who ended, and how */
	size_t exit_room;
};

/* The rank's end of a child; ended by child_release. */
struct child {
	struct spawner *spawner;
	uint32_t number;
	pid_t pid;
	int fd;
};

/* How a child ended. */
struct child_end {
	bool signalled;
	int value; /* the exit status, or the signal */
};

/*
 * Fork the spawner.  @tasks must live as long as the program.  @log_path is
 * appended to (made with mode 0600); NULL: /dev/null.  Call it before MPI_Init
 * and before any thread is made.  0 or a negative errno with a sentence.
 */
int spawner_start(const struct task *tasks, size_t task_count, const char *log_path,
		  struct spawner *spawner, struct error *err);

/*
 * Have a child run @tasks[@task] with @arg_bytes (at most SPAWNER_MESSAGE_MAX) at
 * @arg.  0 or a negative errno with a sentence.
 */
int spawner_launch(struct spawner *spawner, size_t task, const void *arg,
		   size_t arg_bytes, struct child *child, struct error *err);

/*
 * Kill what is left of the children, end the spawner, and return within about
 * three seconds whatever they do.  Harmless on an empty (zeroed) spawner.
 */
void spawner_stop(struct spawner *spawner);

/*
 * Send one message.  Never waits: 0, -EAGAIN (the child does not read), -EPIPE (it
 * is dead), -EMSGSIZE.
 */
int child_send(const struct child *child, const void *message, size_t bytes);

/*
 * Receive one message within @timeout_ms (negative: for ever).
 * Returns 0 with its length in *@ret_bytes; -ETIMEDOUT; -EPIPE (the child closed its
 * end or is dead, and nothing is left to read); -EMSGSIZE (longer than
 * @capacity; it is gone).
 */
int child_receive(const struct child *child, void *message, size_t capacity,
		  int timeout_ms, size_t *ret_bytes);

/* Learn how the child ended, within @timeout_ms: 0, -ETIMEDOUT, -EPIPE (no spawner). */
int child_wait(const struct child *child, int timeout_ms, struct child_end *ret_end);

/* Have @signal_number sent to it, if it lives.  0 or -EPIPE (no spawner). */
int child_kill(const struct child *child, int signal_number);

/* Close the rank's end.  Does not end the child.  Harmless on a released one. */
void child_release(struct child *child);

/* ---- the child's side, within a task -------------------------------------- */

/* The same two over the task's @fd; send waits until there is room. */
int task_send(int fd, const void *message, size_t bytes);
int task_receive(int fd, void *message, size_t capacity, int timeout_ms,
		 size_t *ret_bytes);

#endif
