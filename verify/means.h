/*
 * means - with what to judge: it changes how long that takes, never what comes out.
 */
#ifndef TAILRACE_VERIFY_MEANS_H
#define TAILRACE_VERIFY_MEANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: one thread. */
struct judge_means {
	uint32_t threads;   /* at most so many; 0 is 1 */
	size_t chunk_bytes; /* of a data file that one scans at a time; 0: our choice */

	/* Read histories whole before the data files, and not only together with them.
	 */
	bool check_first;

	/* What hosts found in their shares (shares.h): the folder and how many; 0:
	 * none. */
	const char *shares_dir;
	uint32_t shares;
};

#endif
