/* exit_code - what the exit status of tailrace means; scripts rely on it. */
#ifndef TAILRACE_HARNESS_EXIT_CODE_H
#define TAILRACE_HARNESS_EXIT_CODE_H

enum exit_code {
	EXIT_SAFE = 0, /* also: the command did what was asked */
	EXIT_UNSAFE = 1,
	EXIT_USAGE = 2,
	EXIT_INCONCLUSIVE = 3,
	EXIT_COULD_NOT_RUN = 4, /* I/O or internal; never because of an append */
};

#endif
