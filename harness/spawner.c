/* spawner - the rank's end; the process itself is in spawner_serve.c. */
#include "harness/spawner.h"

#include "core/clock.h"
#include "harness/spawner_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A fork takes microseconds; far longer means that something is broken. */
#define LAUNCH_TIMEOUT_MS 30000

/* Longer than the spawner itself waits for killed children. */
#define STOP_TIMEOUT_MS 3000

struct spawner_exit {
	bool ended;
	struct child_end end;
};

/* ---- starting ----------------------------------------------------------------- */

static int open_log(const char *path, struct error *err)
{
	int fd;

	if (!path)
		path = "/dev/null";
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_sys(err, errno, "cannot open the log of the writers %s",
				 path);
	return fd;
}

/* In the new process: become the spawner. */
static void become_spawner(const struct task *tasks, size_t task_count, pid_t rank,
			   int log_fd, int fd) __attribute__((noreturn));

static void become_spawner(const struct task *tasks, size_t task_count, pid_t rank,
			   int log_fd, int fd)
{
	int null_fd = open("/dev/null", O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The rank may have died before that took hold. */
	if (getppid() != rank || setsid() < 0)
		_exit(EXIT_FAILURE);
	if (dup2(null_fd, STDIN_FILENO) < 0 || dup2(log_fd, STDOUT_FILENO) < 0 ||
	    dup2(log_fd, STDERR_FILENO) < 0 || dup2(fd, STDERR_FILENO + 1) < 0)
		_exit(EXIT_FAILURE);
	closefrom(STDERR_FILENO + 2);
	prctl(PR_SET_NAME, "tailrace-spawn");
	spawner_serve(STDERR_FILENO + 1, tasks, task_count);
}

int spawner_start(const struct task *tasks, size_t task_count, const char *log_path,
		  struct spawner *spawner, struct error *err)
{
	pid_t rank = getpid();
	int fds[2];
	int log_fd;
	pid_t pid;
	int rc;

	log_fd = open_log(log_path, err);
	if (log_fd < 0)
		return log_fd;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
		rc = error_sys(err, errno, "cannot make a socket for the spawner");
		close(log_fd);
		return rc;
	}
	/* Else both processes would print what is buffered now. */
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		become_spawner(tasks, task_count, rank, log_fd, fds[1]);
	rc = pid < 0 ? error_sys(err, errno, "cannot fork the spawner") : 0;
	close(log_fd);
	close(fds[1]);
	if (rc < 0) {
		close(fds[0]);
		return rc;
	}
	*spawner = (struct spawner){.pid = pid, .fd = fds[0]};
	return 0;
}

/* ---- answers ------------------------------------------------------------------ */

static void note_end(struct spawner *spawner, const struct spawner_answer *answer)
{
	struct spawner_exit *exit_of;

	if (answer->number >= spawner->exit_room)
		return;
	exit_of = &spawner->exits[answer->number];
	exit_of->ended = true;
	exit_of->end.signalled = WIFSIGNALED(answer->wait_status);
	exit_of->end.value = exit_of->end.signalled ? WTERMSIG(answer->wait_status)
						    : WEXITSTATUS(answer->wait_status);
}

/* The descriptor that came with @message, or -1. */
static int passed_fd(struct msghdr *message)
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(message);
	int fd;

	if (!header || header->cmsg_level != SOL_SOCKET ||
	    header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/*
 * Read one answer.  Ends are noted; the answer and descriptor (or -1) of a launch
 * are returned with 0.  1: it was something else; or a negative errno.
 */
static int read_answer(struct spawner *spawner, struct spawner_answer *ret_answer,
		       int *ret_fd)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct spawner_answer answer;
	struct iovec iov = {.iov_base = &answer, .iov_len = sizeof(answer)};
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(spawner->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 1 : -EPIPE;
	if (n == 0)
		return -EPIPE;
	*ret_fd = passed_fd(&message);
	if ((size_t)n < sizeof(answer))
		return 1;
	*ret_answer = answer;
	if (answer.kind == ANSWER_LAUNCHED)
		return 0;
	note_end(spawner, &answer);
	return 1;
}

/* Wait for the answer to the launch of @number. */
static int await_launch(struct spawner *spawner, uint32_t number,
			struct spawner_answer *ret_answer, int *ret_fd)
{
	uint64_t deadline_ns = socket_deadline_ns(LAUNCH_TIMEOUT_MS);

	for (;;) {
		int rc = socket_wait(spawner->fd, deadline_ns);

		if (rc == 0)
			rc = read_answer(spawner, ret_answer, ret_fd);
		if (rc < 0)
			return rc;
		if (rc == 0 && ret_answer->number == number)
			return 0;
		/* The late answer to a launch that was given up. */
		if (rc == 0 && *ret_fd >= 0)
			close(*ret_fd);
	}
}

/* ---- children ----------------------------------------------------------------- */

static int reserve_exit(struct spawner *spawner)
{
	size_t room = spawner->exit_room ? 2 * spawner->exit_room : 64;
	struct spawner_exit *grown;

	if (spawner->launched < spawner->exit_room)
		return 0;
	grown = reallocarray(spawner->exits, room, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memset(grown + spawner->exit_room, 0,
	       (room - spawner->exit_room) * sizeof(*grown));
	spawner->exits = grown;
	spawner->exit_room = room;
	return 0;
}

static int send_request(const struct spawner *spawner,
			const struct spawner_request *request, const void *arg,
			size_t arg_bytes)
{
	struct iovec iov[2] = {
		{.iov_base = (void *)(uintptr_t)request, .iov_len = sizeof(*request)},
		{.iov_base = (void *)(uintptr_t)arg, .iov_len = arg_bytes},
	};
	struct msghdr message = {.msg_iov = iov, .msg_iovlen = 2};
	ssize_t n;

	do {
		n = sendmsg(spawner->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return 0;
}

int spawner_launch(struct spawner *spawner, size_t task, const void *arg,
		   size_t arg_bytes, struct child *child, struct error *err)
{
	struct spawner_request request = {.kind = REQUEST_LAUNCH,
					  .number = spawner->launched,
					  .task = (uint32_t)task};
	struct spawner_answer answer = {.rc = -EPROTO};
	int fd = -1;
	int rc = arg_bytes > SPAWNER_MESSAGE_MAX ? -EMSGSIZE : reserve_exit(spawner);

	if (rc == 0)
		rc = send_request(spawner, &request, arg, arg_bytes);
	if (rc == 0) {
		spawner->launched++;
		rc = await_launch(spawner, request.number, &answer, &fd);
	}
	if (rc == 0)
		rc = answer.rc;
	if (rc == 0 && fd < 0)
		rc = -EMFILE; /* the kernel drops a descriptor that has no room */
	if (rc < 0)
		return error_sys(err, -rc, "cannot start another process");
	*child = (struct child){
		.spawner = spawner,
		.number = request.number,
		.pid = answer.pid,
		.fd = fd,
	};
	return 0;
}

int child_send(const struct child *child, const void *message, size_t bytes)
{
	return socket_send(child->fd, message, bytes, MSG_DONTWAIT);
}

int child_receive(const struct child *child, void *message, size_t capacity,
		  int timeout_ms, size_t *ret_bytes)
{
	return socket_receive(child->fd, message, capacity, timeout_ms, ret_bytes);
}

int child_wait(const struct child *child, int timeout_ms, struct child_end *ret_end)
{
	uint64_t deadline_ns = socket_deadline_ns(timeout_ms);
	struct spawner *spawner = child->spawner;
	struct spawner_answer answer;
	int fd;

	while (!spawner->exits[child->number].ended) {
		int rc = socket_wait(spawner->fd, deadline_ns);

		if (rc == 0)
			rc = read_answer(spawner, &answer, &fd);
		if (rc < 0)
			return rc;
		if (rc == 0 && fd >= 0)
			close(fd);
	}
	*ret_end = spawner->exits[child->number].end;
	return 0;
}

int child_kill(const struct child *child, int signal_number)
{
	struct spawner_request request = {.kind = REQUEST_KILL,
					  .number = child->number,
					  .signal_number = signal_number};

	return send_request(child->spawner, &request, NULL, 0);
}

void child_release(struct child *child)
{
	if (!child->spawner)
		return;
	close(child->fd);
	memset(child, 0, sizeof(*child));
}

int task_send(int fd, const void *message, size_t bytes)
{
	return socket_send(fd, message, bytes, 0);
}

int task_receive(int fd, void *message, size_t capacity, int timeout_ms,
		 size_t *ret_bytes)
{
	return socket_receive(fd, message, capacity, timeout_ms, ret_bytes);
}

/* ---- the end ------------------------------------------------------------------ */

/* Is the spawner gone within @timeout_ms? */
static bool gone_within(pid_t pid, int timeout_ms)
{
	uint64_t deadline_ns = socket_deadline_ns(timeout_ms);

	for (;;) {
		pid_t reaped = waitpid(pid, NULL, WNOHANG);

		if (reaped == pid || (reaped < 0 && errno != EINTR))
			return true;
		if (clock_now_ns() >= deadline_ns)
			return false;
		clock_sleep_ns(1000000);
	}
}

void spawner_stop(struct spawner *spawner)
{
	if (!spawner->pid)
		return;
	/* Its end of the socket tells it, and it kills the children. */
	close(spawner->fd);
	if (!gone_within(spawner->pid, STOP_TIMEOUT_MS)) {
		kill(spawner->pid, SIGKILL);
		gone_within(spawner->pid, STOP_TIMEOUT_MS);
	}
	free(spawner->exits);
	memset(spawner, 0, sizeof(*spawner));
}
