/* sweep_child - see sweep_child.h. */
#include "harness/sweep_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A process group of its own keeps the terminal's Ctrl-C from it: one interrupt is to
 * reach it once.
 */
_Noreturn static void become(char *const argv[], const sigset_t *mask, pid_t parent)
{
	int null_fd = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	if (null_fd >= 0) {
		dup2(null_fd, STDIN_FILENO);
		dup2(null_fd, STDOUT_FILENO);
	}
	sigprocmask(SIG_SETMASK, mask, NULL);
	execv("/proc/self/exe", argv);
	dprintf(STDERR_FILENO, "tailrace: cannot start a run: %s\n", strerror(errno));
	_exit(127);
}

static bool wait_for(pid_t child, const sigset_t *awaited, int *ret_status)
{
	bool interrupted = false;
	pid_t ended;

	do {
		int sig = sigwaitinfo(awaited, NULL);

		if (sig == SIGINT || sig == SIGTERM) {
			interrupted = true;
			kill(child, SIGINT);
		}
		ended = waitpid(child, ret_status, WNOHANG);
	} while (ended == 0 || (ended < 0 && errno == EINTR));
	return interrupted;
}

int sweep_child(char *const argv[], int *ret_exit_code, bool *ret_interrupted,
		struct error *err)
{
	sigset_t awaited, before;
	pid_t parent = getpid();
	int status = 0, rc = 0;
	pid_t child;

	sigemptyset(&awaited);
	sigaddset(&awaited, SIGINT);
	sigaddset(&awaited, SIGTERM);
	sigaddset(&awaited, SIGCHLD);
	sigprocmask(SIG_BLOCK, &awaited, &before);
	child = fork();
	if (child == 0)
		become(argv, &before, parent);
	if (child < 0) {
		rc = error_sys(err, errno, "cannot start a run");
	} else {
		*ret_interrupted = wait_for(child, &awaited, &status);
		*ret_exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}
