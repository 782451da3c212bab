/* guard - see guard.h. */
#include "harness/guard.h"

#include "core/units.h"
#include "harness/exit_code.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TICK_MS = 200,
	SIGN_BYTES = 3072,
	LAST_MS = 200, /* for a child that was killed, if it can be */
};

/* Standard output, standard error, and one that nothing is written to. */
enum { OUT, ERR, LIFE, PIPES };

/* What of a file of proc(5) changes only while a process does something. */
static const struct sign {
	const char *file;
	const char *from; /* on; NULL: all of it */
} signs[] = {
	{"stat", NULL},			       /* processor time of all its threads */
	{"status", "voluntary_ctxt_switches"}, /* how often its first thread waited */
	{"io", NULL},			       /* what was read */
};

enum { SIGNS = sizeof(signs) / sizeof(signs[0]) };

struct guarded {
	pid_t pid;
	int from[PIPES]; /* -1: it writes there by itself */
	char seen[SIGNS][SIGN_BYTES];
};

/* ---- the pipes ----------------------------------------------------------- */

/* Somebody may read it until all have closed it. */
static bool is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

static void close_all(int fds[PIPES])
{
	for (int i = 0; i < PIPES; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static int open_pipes(int from[PIPES], int to[PIPES])
{
	for (int i = 0; i < PIPES; i++)
		from[i] = to[i] = -1;
	for (int i = 0; i < PIPES; i++) {
		int ends[2];

		if (i != LIFE && !is_pipe(i == OUT ? STDOUT_FILENO : STDERR_FILENO))
			continue;
		if (pipe2(ends, O_CLOEXEC) < 0) {
			int rc = -errno;

			close_all(from);
			close_all(to);
			return rc;
		}
		from[i] = ends[0];
		to[i] = ends[1];
		fcntl(from[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

/* What is there.  Errors of ours are left to ferror(3), which main looks at. */
static void relay(int fd, FILE *stream)
{
	char bytes[8192];
	ssize_t n;

	while (fd >= 0 && (n = read(fd, bytes, sizeof(bytes))) > 0)
		fwrite(bytes, 1, (size_t)n, stream);
	fflush(stream);
}

/* ---- the child ----------------------------------------------------------- */

/* Its life is to[LIFE], which stays open until it ends. */
static void become_child(int from[PIPES], const int to[PIPES], pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	close_all(from);
	for (int i = OUT; i <= ERR; i++) {
		if (to[i] < 0)
			continue;
		dup2(to[i], i == OUT ? STDOUT_FILENO : STDERR_FILENO);
		close(to[i]);
	}
}

/* ---- watching it --------------------------------------------------------- */

/* "" where it cannot be read. */
static void read_sign(pid_t pid, const struct sign *sign, char text[SIGN_BYTES])
{
	char path[64], *from;
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, sign->file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, SIGN_BYTES - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	from = sign->from ? strstr(text, sign->from) : text;
	memmove(text, from ? from : "", from ? strlen(from) + 1 : 1);
}

/* Has it run, or had an answer to a read, since we were here? */
static bool has_moved(struct guarded *guarded)
{
	bool moved = false, told = false;

	for (size_t i = 0; i < SIGNS; i++) {
		char now[SIGN_BYTES] = "";

		read_sign(guarded->pid, &signs[i], now);
		told |= *now != '\0';
		moved |= strcmp(now, guarded->seen[i]) != 0;
		memcpy(guarded->seen[i], now, sizeof(now));
	}
	return moved || !told;
}

/* Hand on what it prints for a tick, or to its end.  Returns whether that came. */
static bool wait_a_tick(const struct guarded *guarded, int tick_ms)
{
	struct pollfd fds[PIPES];

	for (int i = 0; i < PIPES; i++)
		fds[i] = (struct pollfd){.fd = guarded->from[i], .events = POLLIN};
	poll(fds, PIPES, tick_ms);
	relay(guarded->from[OUT], stdout);
	relay(guarded->from[ERR], stderr);
	return fds[LIFE].revents != 0;
}

/*
 * 0 when it has ended, or -ETIMEDOUT.  Only ticks are counted, since we may have been
 * stopped ourselves, or have waited for who reads us.
 */
static int watch(struct guarded *guarded, uint64_t patience_ns)
{
	uint64_t still_ms = 0;

	while (!wait_a_tick(guarded, TICK_MS)) {
		still_ms = has_moved(guarded) ? 0 : still_ms + TICK_MS;
		if (still_ms * 1000000u > patience_ns)
			return -ETIMEDOUT;
	}
	return 0;
}

static int give_up(struct guarded *guarded, uint64_t patience_ns, struct error *err)
{
	char time[UNITS_TEXT_BYTES];

	kill(guarded->pid, SIGKILL);
	wait_a_tick(guarded, LAST_MS);
	waitpid(guarded->pid, NULL, WNOHANG);
	return error_set(err, ETIMEDOUT,
			 "a mount does not answer: nothing could be read for %s "
			 "(--timeout)",
			 units_format_duration(patience_ns, time));
}

static int take_status(const struct guarded *guarded, int *ret_exit_code,
		       struct error *err)
{
	int status;

	while (waitpid(guarded->pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_sys(err, errno, "cannot wait for the work");
	if (WIFSIGNALED(status))
		return error_set(err, ECHILD, "it was ended by signal %d (%s)",
				 WTERMSIG(status), strsignal(WTERMSIG(status)));
	*ret_exit_code = WEXITSTATUS(status);
	return 0;
}

bool guard_child(uint64_t patience_ns, int *ret_exit_code, struct error *err)
{
	struct guarded guarded = {.pid = -1};
	pid_t parent = getpid();
	int to[PIPES];
	int rc = open_pipes(guarded.from, to);

	if (rc == 0) {
		fflush(NULL);
		guarded.pid = fork();
		if (guarded.pid == 0) {
			become_child(guarded.from, to, parent);
			return true;
		}
		rc = guarded.pid < 0 ? -errno : 0;
		close_all(to);
	}
	if (rc < 0)
		error_sys(err, -rc, "cannot begin");
	else if (watch(&guarded, patience_ns) < 0)
		rc = give_up(&guarded, patience_ns, err);
	else
		rc = take_status(&guarded, ret_exit_code, err);
	close_all(guarded.from);
	if (rc < 0)
		*ret_exit_code = EXIT_COULD_NOT_RUN;
	return false;
}
