/*
 * interrupt - a request to end the append phase early and judge what there is.
 *
 * SIGUSR1 is what mpirun hands to every rank.  A process that no launcher
 * started takes SIGINT and SIGTERM for the same; the second one ends it at once.
 */
#ifndef TAILRACE_HARNESS_INTERRUPT_H
#define TAILRACE_HARNESS_INTERRUPT_H

#include <stdbool.h>

/* Catch the signals from now on; children that are forked later inherit it. */
void interrupt_catch(bool alone);

/* Was a stop asked for? */
bool interrupt_asked(void);

#endif
