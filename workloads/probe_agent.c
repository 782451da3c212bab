/*
 * probe_agent - the process that performs the steps of one agent.  All that is
 * done to the mount by a probe is done here.
 */
#include "workloads/probe.h"

#include "core/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between two tries of `retry`: short against a hand-off, long against a call. */
#define RETRY_NS 1000000u

struct agent {
	const struct probe_job *job;
	int socket;
	int fd[PROBE_SLOTS]; /* -1: not open */
	pid_t child;
	int child_socket; /* -1: none was forked */
};

/* ---- messages ------------------------------------------------------------------ */

static int send_message(int fd, const void *message, size_t bytes)
{
	ssize_t n;

	do {
		n = send(fd, message, bytes, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* 0, or a negative errno: the other end is gone, or speaks another language. */
static int receive_message(int fd, void *message, size_t bytes)
{
	ssize_t n;

	do {
		n = recv(fd, message, bytes, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == bytes ? 0 : -EPIPE;
}

/* ---- the steps ----------------------------------------------------------------- */

static int serve(struct agent *agent);

static int do_open(struct agent *agent, const struct probe_step *step)
{
	int fd = open(agent->job->path, step->open_flags | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -errno;
	agent->fd[step->slot] = fd;
	return 0;
}

static int do_try(struct agent *agent, const struct probe_step *step)
{
	return probe_lock_range(step, agent->fd[step->slot], false);
}

static int do_retry(struct agent *agent, const struct probe_step *step)
{
	uint64_t give_up_ns = clock_now_ns() + agent->job->timeout_ns;
	int rc;

	for (;;) {
		rc = do_try(agent, step);
		if ((rc != -EAGAIN && rc != -EACCES) || clock_now_ns() > give_up_ns)
			return rc;
		clock_sleep_ns(RETRY_NS);
	}
}

static int do_wait(struct agent *agent, const struct probe_step *step)
{
	return probe_lock_range(step, agent->fd[step->slot], true);
}

static int do_unlock(struct agent *agent, const struct probe_step *step)
{
	return probe_unlock_range(step, agent->fd[step->slot]);
}

static int do_close(struct agent *agent, const struct probe_step *step)
{
	int fd = agent->fd[step->slot];

	agent->fd[step->slot] = -1;
	return close(fd) < 0 ? -errno : 0;
}

static int do_dup(struct agent *agent, const struct probe_step *step)
{
	int fd = fcntl(agent->fd[step->slot], F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	agent->fd[step->new_slot] = fd;
	return 0;
}

static int do_write(struct agent *agent, const struct probe_step *step)
{
	ssize_t written = pwrite(agent->fd[step->slot], "x", 1, 0);

	return written == 1 ? 0 : written < 0 ? -errno : -ENOSPC;
}

/* The child is an agent of its own, which this one speaks for. */
static int do_fork(struct agent *agent, const struct probe_step *step)
{
	pid_t parent = getpid();
	int pair[2];

	(void)step;
	if (agent->child_socket >= 0)
		return -EBUSY;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	agent->child = fork();
	if (agent->child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_FAILURE);
		close(agent->socket);
		close(pair[0]);
		agent->socket = pair[1];
		_exit(serve(agent));
	}
	close(pair[1]);
	if (agent->child < 0) {
		int errnum = errno;

		close(pair[0]);
		return -errnum;
	}
	agent->child_socket = pair[0];
	return 0;
}

/*
 * Become a shell that says one byte, as a sign that the descriptors to be closed
 * are closed, and then waits to be killed.  Returns only on failure.
 */
static int do_exec(struct agent *agent, const struct probe_step *step)
{
	char script[64];

	(void)step;
	snprintf(script, sizeof(script), "printf E >&%d; exec sleep 86400",
		 agent->socket);
	if (fcntl(agent->socket, F_SETFD, 0) < 0)
		return -errno;
	execl("/bin/sh", "sh", "-c", script, (char *)NULL);
	return -errno;
}

/* The reply comes first; see serve(). */
static int do_exit(struct agent *agent, const struct probe_step *step)
{
	(void)agent;
	(void)step;
	return 0;
}

static int (*const actions[PROBE_OPS])(struct agent *agent,
				       const struct probe_step *step) = {
	[PROBE_OPEN] = do_open,	    [PROBE_TRY] = do_try,   [PROBE_ERRNO] = do_try,
	[PROBE_RETRY] = do_retry,   [PROBE_WAIT] = do_wait, [PROBE_CLOSE] = do_close,
	[PROBE_UNLOCK] = do_unlock, [PROBE_DUP] = do_dup,   [PROBE_WRITE] = do_write,
	[PROBE_FORK] = do_fork,	    [PROBE_EXEC] = do_exec, [PROBE_EXIT] = do_exit,
};

/* ---- the agent ----------------------------------------------------------------- */

/* A child that was told to exit is gone, and so are its descriptors. */
static void relay(struct agent *agent, const struct probe_step *step,
		  struct probe_reply *ret_reply)
{
	struct probe_step own = *step;
	int rc = agent->child_socket < 0 ? -ECHILD : 0;

	own.child = false;
	if (rc == 0)
		rc = send_message(agent->child_socket, &own, sizeof(own));
	if (rc == 0)
		rc = receive_message(agent->child_socket, ret_reply,
				     sizeof(*ret_reply));
	if (rc == 0 && step->op == PROBE_EXIT)
		waitpid(agent->child, NULL, 0);
	if (rc < 0)
		ret_reply->rc = rc;
}

static void perform(struct agent *agent, const struct probe_step *step,
		    struct probe_reply *ret_reply)
{
	ret_reply->began_ns = clock_now_ns();
	if ((unsigned int)step->op >= PROBE_OPS || !actions[step->op] ||
	    step->slot >= PROBE_SLOTS || step->new_slot >= PROBE_SLOTS ||
	    (unsigned int)step->lock >= PROBE_LOCKS)
		ret_reply->rc = -EINVAL;
	else
		ret_reply->rc = actions[step->op](agent, step);
	ret_reply->ended_ns = clock_now_ns();
}

static int serve(struct agent *agent)
{
	struct probe_step step;

	while (receive_message(agent->socket, &step, sizeof(step)) == 0) {
		struct probe_reply reply = {0};

		if (step.child)
			relay(agent, &step, &reply);
		else
			perform(agent, &step, &reply);
		if (send_message(agent->socket, &reply, sizeof(reply)) < 0)
			return EXIT_FAILURE;
		if (step.op == PROBE_EXIT && !step.child)
			break;
	}
	return EXIT_SUCCESS;
}

int probe_agent(const struct probe_job *job, int fd)
{
	struct agent agent = {
		.job = job,
		.socket = fd,
		.fd = {-1, -1, -1, -1},
		.child_socket = -1,
	};

	return serve(&agent);
}
