/* whole - see whole.h. */
#include "core/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int whole_create(const char *path, const uint8_t *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc = 0;

	if (fd < 0)
		return -errno;
	while (rc == 0 && length) {
		ssize_t done = TEMP_FAILURE_RETRY(write(fd, bytes, length));

		if (done < 0)
			rc = -errno;
		else
			length -= (size_t)done, bytes += done;
	}
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc;
}

static int read_open(int fd, size_t least, size_t most, uint8_t **ret_bytes,
		     size_t *ret_length)
{
	struct stat st;
	uint8_t *bytes;
	size_t length;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size < 0 || (uint64_t)st.st_size < least ||
	    (uint64_t)st.st_size > most)
		return -EBADMSG;
	length = (size_t)st.st_size;
	bytes = malloc(length + 1);
	if (!bytes)
		return -ENOMEM;
	if (TEMP_FAILURE_RETRY(read(fd, bytes, length)) != st.st_size) {
		free(bytes);
		return -EBADMSG;
	}
	*ret_bytes = bytes;
	*ret_length = length;
	return 0;
}

int whole_read(const char *path, size_t least, size_t most, uint8_t **ret_bytes,
	       size_t *ret_length)
{
	/* O_NONBLOCK: a pipe is refused, and not waited for. */
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int rc = read_open(fd, least, most, ret_bytes, ret_length);

	if (fd >= 0)
		close(fd);
	return rc;
}
