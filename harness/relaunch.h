/*
 * relaunch - `tailrace run -n N --hosts A,B DIR`: the same command again, under
 * an mpirun of our own.
 */
#ifndef TAILRACE_HARNESS_RELAUNCH_H
#define TAILRACE_HARNESS_RELAUNCH_H

#include "harness/exit_code.h"
#include "harness/plan.h"

/* Was that asked for, and is nobody our launcher yet? */
bool relaunch_wanted(const struct plan *plan);

/*
 * Run @argv ("run", ...) under mpirun.  The exit code is that in @result_file of
 * the run folder; where there is none, EXIT_USAGE if the ranks said so, else
 * EXIT_COULD_NOT_RUN.  A sentence is in @err where the ranks printed none.
 */
enum exit_code relaunch(struct plan *plan, const char *result_file, const char *command,
			int argc, char **argv, struct error *err);

/* The command as typed, also where we were started by relaunch(); or NULL. */
char *relaunch_command_text(int argc, char **argv);

/* Is this a rank of an mpirun that relaunch() started? */
bool relaunch_made_us(void);

/* Does what we print on stderr reach a terminal? */
bool relaunch_terminal(void);

/* Does what we print on stdout reach a terminal that shows colours? */
bool relaunch_colour(void);

#endif
