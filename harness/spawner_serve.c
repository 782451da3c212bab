/* spawner_serve - the spawner process; see spawner.h. */
#include "core/clock.h"
#include "harness/spawner_wire.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long the end waits for killed children to be gone. */
#define END_WAIT_MS 2000

enum { TASK_FD = 3 }; /* a child's socket, behind its standard descriptors */

struct living {
	pid_t pid;
	uint32_t number;
};

struct server {
	int fd;
	int child_signals; /* signalfd(2) of SIGCHLD */
	const struct task *tasks;
	size_t task_count;
	struct living *living;
	size_t count, room;
	alignas(max_align_t) uint8_t arg[SPAWNER_MESSAGE_MAX];
};

/* ---- a new child ----------------------------------------------------------- */

/* Undo what the spawner and the rank before it did to signals. */
static void restore_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_task(const struct server *server, const struct spawner_request *request,
		     size_t arg_bytes, pid_t spawner_pid, int fd)
	__attribute__((noreturn));

static void run_task(const struct server *server, const struct spawner_request *request,
		     size_t arg_bytes, pid_t spawner_pid, int fd)
{
	restore_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The spawner may have died before that took hold. */
	if (getppid() != spawner_pid)
		_exit(EXIT_FAILURE);
	if (fd != TASK_FD && dup2(fd, TASK_FD) < 0)
		_exit(EXIT_FAILURE);
	closefrom(TASK_FD + 1);
	prctl(PR_SET_NAME, server->tasks[request->task].name);
	exit(server->tasks[request->task].run(server->arg, arg_bytes, TASK_FD));
}

static int remember(struct server *server, pid_t pid, uint32_t number)
{
	if (server->count == server->room) {
		size_t room = server->room ? 2 * server->room : 16;
		struct living *grown =
			reallocarray(server->living, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		server->living = grown;
		server->room = room;
	}
	server->living[server->count++] = (struct living){.pid = pid, .number = number};
	return 0;
}

/* Fork; on success *@ret_fd is the rank's end of the new child's socket. */
static int launch(struct server *server, const struct spawner_request *request,
		  size_t arg_bytes, pid_t *ret_pid, int *ret_fd)
{
	pid_t spawner_pid = getpid();
	int fds[2];
	pid_t pid;

	if (request->task >= server->task_count)
		return -EINVAL;
	/* Reserve the place first: a child must never be forgotten. */
	if (remember(server, 0, request->number) < 0)
		return -ENOMEM;
	server->count--;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		run_task(server, request, arg_bytes, spawner_pid, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		int errnum = errno;

		close(fds[0]);
		return -errnum;
	}
	remember(server, pid, request->number);
	*ret_pid = pid;
	*ret_fd = fds[0];
	return 0;
}

/* ---- talking to the rank ------------------------------------------------------ */

/* Send @answer, and with it the descriptor @fd unless that is negative. */
static void answer_rank(const struct server *server,
			const struct spawner_answer *answer, int fd)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {.iov_base = (void *)(uintptr_t)answer,
			    .iov_len = sizeof(*answer)};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		struct cmsghdr *header;

		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(int));
	}
	/* Where the rank is gone, the next read tells. */
	while (sendmsg(server->fd, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

static void serve_launch(struct server *server, const struct spawner_request *request,
			 size_t arg_bytes)
{
	struct spawner_answer answer = {.kind = ANSWER_LAUNCHED,
					.number = request->number};
	int fd = -1;

	answer.rc = launch(server, request, arg_bytes, &answer.pid, &fd);
	answer_rank(server, &answer, fd);
	if (fd >= 0)
		close(fd);
}

/* A child that leads a process group is signalled with all that it started. */
static void signal_child(pid_t pid, int signal_number)
{
	kill(getpgid(pid) == pid ? -pid : pid, signal_number);
}

/* Only a child that was not reaped yet: its pid cannot be another's. */
static void serve_kill(const struct server *server,
		       const struct spawner_request *request)
{
	for (size_t i = 0; i < server->count; i++)
		if (server->living[i].number == request->number)
			signal_child(server->living[i].pid, request->signal_number);
}

/* One request; false when the rank closed its end. */
static bool serve_request(struct server *server)
{
	struct spawner_request request;
	struct iovec iov[2] = {
		{.iov_base = &request, .iov_len = sizeof(request)},
		{.iov_base = server->arg, .iov_len = sizeof(server->arg)},
	};
	struct msghdr message = {.msg_iov = iov, .msg_iovlen = 2};
	ssize_t n = recvmsg(server->fd, &message, 0);

	if (n < 0)
		return errno == EINTR;
	if ((size_t)n < sizeof(request))
		return false;
	if (request.kind == REQUEST_LAUNCH)
		serve_launch(server, &request, (size_t)n - sizeof(request));
	else
		serve_kill(server, &request);
	return true;
}

/* Reap who ended, and @tell the rank. */
static void reap(struct server *server, bool tell)
{
	size_t kept = 0;

	for (size_t i = 0; i < server->count; i++) {
		struct living child = server->living[i];
		struct spawner_answer answer = {.kind = ANSWER_ENDED,
						.number = child.number};

		if (waitpid(child.pid, &answer.wait_status, WNOHANG) != child.pid)
			server->living[kept++] = child;
		else if (tell)
			answer_rank(server, &answer, -1);
	}
	server->count = kept;
}

/* ---- the process ------------------------------------------------------------- */

/* Kill all, and wait a little; who cannot die is left to init. */
static void end(struct server *server) __attribute__((noreturn));

static void end(struct server *server)
{
	uint64_t deadline_ns = socket_deadline_ns(END_WAIT_MS);

	for (size_t i = 0; i < server->count; i++)
		signal_child(server->living[i].pid, SIGKILL);
	reap(server, false);
	while (server->count && socket_wait(server->child_signals, deadline_ns) == 0) {
		struct signalfd_siginfo ignored;

		if (read(server->child_signals, &ignored, sizeof(ignored)) < 0)
			break;
		reap(server, false);
	}
	_exit(EXIT_SUCCESS);
}

void spawner_serve(int fd, const struct task *tasks, size_t task_count)
{
	struct server *server = calloc(1, sizeof(*server));
	struct pollfd ready[2] = {{.events = POLLIN}, {.events = POLLIN}};
	struct signalfd_siginfo ignored;
	sigset_t signals;

	if (!server)
		_exit(EXIT_FAILURE);
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	/* Ignored, it would reap children before they are asked about. */
	signal(SIGCHLD, SIG_DFL);
	server->fd = fd;
	server->tasks = tasks;
	server->task_count = task_count;
	server->child_signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	ready[0].fd = server->fd;
	ready[1].fd = server->child_signals;
	for (;;) {
		if (poll(ready, 2, -1) < 0 && errno != EINTR)
			end(server);
		if (ready[1].revents && read(server->child_signals, &ignored,
					     sizeof(ignored)) == sizeof(ignored))
			reap(server, true);
		if (ready[0].revents && !serve_request(server))
			end(server);
	}
}
