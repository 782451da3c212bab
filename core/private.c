/* private - see private.h. */
#include "core/private.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

int private_folder(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return 0;
	/* A symbolic link is no folder, whatever it leads to. */
	if (errno != EEXIST || lstat(path, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
			       !(st.st_mode & (S_IWGRP | S_IWOTH))
		       ? 0
		       : -EPERM;
}
