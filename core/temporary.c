/* temporary - see temporary.h. */
#include "core/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

int temporary_file(void)
{
	const char *dir = getenv("TMPDIR");
	int fd = open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	/* Not every file system has O_TMPFILE (open(2)); memory then. */
	if (fd < 0)
		fd = memfd_create("tailrace", MFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
