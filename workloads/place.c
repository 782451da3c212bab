/* place - see place.h. */
#include "workloads/place.h"

#include <errno.h>
#include <unistd.h>

ssize_t place_write(struct data_file *file, const void *bytes, size_t size)
{
	ssize_t n = write(file->fd, bytes, size);

	return n < 0 ? -errno : n;
}

ssize_t place_pwrite(struct data_file *file, const void *bytes, size_t size)
{
	ssize_t n = pwrite(file->fd, bytes, size, file->next);

	if (n < 0)
		return -errno;
	file->next += n;
	return n;
}
