/*
 * completion - the words that bash completes, out of the tables of commands,
 * options and strategies; completion.bash works with them.
 */
#ifndef TAILRACE_HARNESS_COMPLETION_H
#define TAILRACE_HARNESS_COMPLETION_H

#include <stddef.h>

#include "harness/commands.h"

/*
 * Print to standard output, as assignments in bash, the options of each of
 * @commands (as options_help() lists them), the strategies and their keys.
 * Returns an enum exit_code.
 */
int completion_print(const struct command *commands, size_t count);

#endif
