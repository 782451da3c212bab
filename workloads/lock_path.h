/*
 * lock_path - the names of lock files: that of the data file, and ".lock".
 */
#ifndef TAILRACE_WORKLOADS_LOCK_PATH_H
#define TAILRACE_WORKLOADS_LOCK_PATH_H

#include <limits.h>

#include "workloads/part.h"

/* The file that all writers lock by.  0 or -ENAMETOOLONG. */
int lock_path(const struct data_file *file, char ret_path[PATH_MAX]);

/* The file that this writer links to it: the same name and the writer's number. */
int lock_path_own(const struct data_file *file, char ret_path[PATH_MAX]);

#endif
