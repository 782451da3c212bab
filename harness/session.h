/*
 * session - what every command that starts ranks goes through: parse, start
 * mpirun or be a rank, agree on the plan, meet, check the mount; then the part
 * that is the command's own; and the way out.
 */
#ifndef TAILRACE_HARNESS_SESSION_H
#define TAILRACE_HARNESS_SESSION_H

#include <stdio.h>

#include "harness/run.h"

/* What makes one command differ from another. */
struct session_command {
	/* As plan_parse() and plan_show(). */
	int (*parse)(int argc, char **argv, struct options *options,
		     struct plan *ret_plan, struct error *err);
	void (*show)(const struct plan *plan, FILE *file);

	/* In the run folder: a JSON object with "exit_code". */
	const char *result_file;

	/* Its own part, on every rank; the exit code is the same on all of them. */
	enum exit_code (*live)(struct run *run, struct error *err);
};

/* The whole command; prints what went wrong.  Returns an enum exit_code. */
int session_main(const struct session_command *command, int argc, char **argv);

/*
 * Collective; the beginning of live(): every rank runs the same build, has the
 * same plan and knows the others, preflight() went well, and the run folder stands
 * open.  Rank 0 calls
 * @announce (before the run folder is filled; it may be NULL).
 * Returns EXIT_SAFE, or the exit code of the run with a sentence.
 */
enum exit_code session_begin(struct run *run, void (*announce)(const struct run *run),
			     struct error *err);

/* Rank 0, on stderr: what each host is and what it has mounted. */
void session_announce_hosts(const struct run *run);

#endif
