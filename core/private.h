/*
 * private - folders that nobody else may write into.
 */
#ifndef TAILRACE_CORE_PRIVATE_H
#define TAILRACE_CORE_PRIVATE_H

/*
 * Make the folder @path, for us alone; or take one that is there, if it is our own and
 * nobody else may write into it.  -EPERM: what has that name is no such folder; or
 * another negative errno of mkdir(2).
 */
int private_folder(const char *path);

#endif
