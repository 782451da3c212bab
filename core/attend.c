/* attend - see attend.h. */
#include "core/attend.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The group of its own keeps the terminal's Ctrl-C from the child. */
_Noreturn static void become(const struct attended *attended, const sigset_t *mask,
			     pid_t parent)
{
	int null_fd = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	if (null_fd >= 0) {
		dup2(null_fd, STDIN_FILENO);
		if (attended->mute)
			dup2(null_fd, STDOUT_FILENO);
	}
	if (attended->prepare)
		attended->prepare();
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(attended->program, attended->argv);
	dprintf(STDERR_FILENO, "tailrace: cannot start %s: %s\n", attended->what,
		strerror(errno));
	_exit(127);
}

/* Returns how often it was interrupted. */
static unsigned int wait_for(const struct attended *attended, pid_t child,
			     const sigset_t *awaited, int *ret_status)
{
	unsigned int interrupts = 0;
	int seconds = 0;
	pid_t ended;

	do {
		const struct timespec patience = {.tv_sec = abs(seconds)};
		int sig = sigtimedwait(awaited, NULL, seconds ? &patience : NULL);
		bool over = sig < 0 && errno == EAGAIN;

		if (sig == SIGINT || sig == SIGTERM || (over && seconds > 0))
			interrupts++;
		if (sig == SIGINT || sig == SIGTERM || over)
			seconds = attended->interrupt(child, interrupts,
						      attended->context);
		ended = waitpid(child, ret_status, WNOHANG);
	} while (ended == 0 || (ended < 0 && errno == EINTR));
	return interrupts;
}

int attend(const struct attended *attended, int *ret_exit_code,
	   unsigned int *ret_interrupts, struct error *err)
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
		become(attended, &before, parent);
	if (child < 0) {
		rc = error_sys(err, errno, "cannot start %s", attended->what);
	} else {
		setpgid(child, child); /* whoever comes first */
		*ret_interrupts = wait_for(attended, child, &awaited, &status);
		*ret_exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}
