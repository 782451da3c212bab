/*
 * temporary - files that vanish with their last descriptor.
 */
#ifndef TAILRACE_CORE_TEMPORARY_H
#define TAILRACE_CORE_TEMPORARY_H

/*
 * An empty file of mode 0600 without a name, for reading and writing, in TMPDIR or
 * /tmp; in memory where no such file can be had.  Returns its descriptor, which the
 * caller closes, or a negative errno.
 */
int temporary_file(void);

#endif
