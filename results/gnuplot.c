/* gnuplot - see gnuplot.h. */
#include "results/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"

enum {
	EXIT_NOT_FOUND = 127, /* as sh(1) has it */
	POLL_NS = 5 * 1000 * 1000,
};

static void child_main(const char *program, int dir_fd, const char *script, int log_fd)
{
	int null_fd = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null_fd < 0 || fchdir(dir_fd) < 0 || dup2(null_fd, STDIN_FILENO) < 0 ||
	    dup2(null_fd, STDOUT_FILENO) < 0 || dup2(log_fd, STDERR_FILENO) < 0)
		_exit(EXIT_NOT_FOUND - 1);
	execlp(program, program, "--default-settings", script, (char *)NULL);
	_exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_FOUND - 1);
}

/* Its status, or -ETIMEDOUT once it was ended. */
static int wait_until(pid_t pid, uint64_t end_ns, int *ret_status)
{
	pid_t done;

	while ((done = waitpid(pid, ret_status, WNOHANG)) == 0) {
		if (clock_now_ns() >= end_ns) {
			kill(-pid, SIGKILL);
			waitpid(pid, ret_status, 0);
			return -ETIMEDOUT;
		}
		clock_sleep_ns(POLL_NS);
	}
	return done < 0 ? -errno : 0;
}

/* The first line of the log that says something, for people. */
static void first_message(int log_fd, char *ret_text, size_t size)
{
	ssize_t length = pread(log_fd, ret_text, size - 1, 0);
	size_t skip;

	ret_text[length > 0 ? length : 0] = '\0';
	/* gnuplot shows the line and a caret before its message. */
	while ((skip = strspn(ret_text, " \t\n^")) > 0)
		memmove(ret_text, ret_text + skip, strlen(ret_text + skip) + 1);
	ret_text[strcspn(ret_text, "\n")] = '\0';
}

static int judge_status(int status, int log_fd, const char *program, const char *script,
			struct error *err)
{
	char message[200];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NOT_FOUND)
		return error_set(err, ENOENT,
				 "%s is not installed (on Debian: gnuplot-nox)",
				 program);
	first_message(log_fd, message, sizeof(message));
	return error_set(err, EIO, "%s failed on %s: %s", program, script, message);
}

int gnuplot_start(struct gnuplot *gnuplot, const char *program, int dir_fd,
		  const char *script, const char *log, struct error *err)
{
	struct gnuplot started = {.since_ns = clock_now_ns()};

	started.log_fd =
		openat(dir_fd, log, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (started.log_fd < 0)
		return error_sys(err, errno, "cannot write %s", log);
	started.pid = fork();
	if (started.pid < 0) {
		int rc = error_sys(err, errno, "cannot start %s", program);

		close(started.log_fd);
		return rc;
	}
	if (started.pid == 0)
		child_main(program, dir_fd, script, started.log_fd);
	/* In both, so that the group is there whoever runs first. */
	setpgid(started.pid, started.pid);
	*gnuplot = started;
	return 0;
}

int gnuplot_wait(struct gnuplot *gnuplot, const char *program, const char *script,
		 unsigned int timeout_ms, struct error *err)
{
	uint64_t end_ns = gnuplot->since_ns + (uint64_t)timeout_ms * 1000000;
	int status;
	int rc = wait_until(gnuplot->pid, end_ns, &status);

	if (rc == -ETIMEDOUT)
		error_set(err, ETIMEDOUT, "%s did not finish %s in %u s", program,
			  script, timeout_ms / 1000);
	else if (rc < 0)
		error_sys(err, -rc, "cannot wait for %s", program);
	else
		rc = judge_status(status, gnuplot->log_fd, program, script, err);
	close(gnuplot->log_fd);
	return rc;
}
