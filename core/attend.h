/* attend - a program that we start and wait for; what an interrupt does is ours to say.
 */
#ifndef TAILRACE_CORE_ATTEND_H
#define TAILRACE_CORE_ATTEND_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/error.h"

struct attended {
	const char *what;    /* for a sentence: "mpirun" */
	const char *program; /* a path, or a name to be found as execvp(3) has it */
	char *const *argv;   /* ended by NULL */
	bool mute;	     /* nowhere to print to */
	void (*prepare)(
		void); /* in the child, before it becomes the program; or NULL */
	/*
	 * Do to @child, the leader of a process group of its own, what the @times-th
	 * interrupt is to do.  Returns seconds: if it has not ended by then, that is
	 * the next interrupt; 0: none but a signal is; negative: it could not be done
	 * yet, and is the same one again after so many.
	 */
	int (*interrupt)(pid_t child, unsigned int times, void *context);
	void *context;
};

/*
 * Start it, without a terminal to read from, and wait for it.  It ends with us.  A
 * SIGINT or SIGTERM that we get meanwhile is an interrupt.  Not for a process with
 * threads or with other children to wait for.
 *
 * Returns 0 with its exit code (-1: a signal ended it; 127: it could not be started,
 * and has said so) and the number of interrupts, or a negative errno with a sentence.
 */
int attend(const struct attended *attended, int *ret_exit_code,
	   unsigned int *ret_interrupts, struct error *err);

#endif
