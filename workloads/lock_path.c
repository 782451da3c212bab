/* lock_path - see lock_path.h. */
#include "workloads/lock_path.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

int lock_path(const struct data_file *file, char ret_path[PATH_MAX])
{
	int length = snprintf(ret_path, PATH_MAX, "%s.lock", file->path);

	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int lock_path_own(const struct data_file *file, char ret_path[PATH_MAX])
{
	int length = snprintf(ret_path, PATH_MAX, "%s.lock.%05" PRIu32, file->path,
			      file->writer);

	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}
