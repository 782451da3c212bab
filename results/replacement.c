/* replacement - write under another name, then rename; see replacement.h. */
#include "results/replacement.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int replacement_begin(struct replacement *file, int dir_fd, const char *name)
{
	int fd, length;

	file->dir_fd = dir_fd;
	file->name = name;
	length = snprintf(file->temporary, sizeof(file->temporary), ".%s.%d.tmp", name,
			  (int)getpid());
	if (length < 0 || (size_t)length >= sizeof(file->temporary))
		return -ENAMETOOLONG;
	/* A leftover can only be that of a dead process with our id. */
	unlinkat(dir_fd, file->temporary, 0);
	fd = openat(dir_fd, file->temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	file->stream = fdopen(fd, "w");
	if (!file->stream) {
		int errnum = errno;

		close(fd);
		unlinkat(dir_fd, file->temporary, 0);
		return -errnum;
	}
	return 0;
}

int replacement_commit(struct replacement *file)
{
	int errnum = 0;

	if (ferror(file->stream) || fflush(file->stream) != 0)
		errnum = errno ? errno : EIO;
	if (fclose(file->stream) != 0 && errnum == 0)
		errnum = errno;
	file->stream = NULL;
	if (errnum == 0 &&
	    renameat(file->dir_fd, file->temporary, file->dir_fd, file->name) != 0)
		errnum = errno;
	if (errnum != 0)
		unlinkat(file->dir_fd, file->temporary, 0);
	return -errnum;
}

void replacement_abandon(struct replacement *file)
{
	fclose(file->stream);
	file->stream = NULL;
	unlinkat(file->dir_fd, file->temporary, 0);
}
