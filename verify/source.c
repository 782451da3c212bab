/* source - see source.h. */
#include "verify/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int source_open(struct source *source, const char *path, size_t view_max, size_t ahead,
		bool drop_cache, struct error *err)
{
	struct source s = {.fd = -1, .window_bytes = 2 * view_max + ahead};
	struct stat st;
	int rc;

	s.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (s.fd < 0 && errno != ENOENT)
		return error_sys(err, errno, "cannot open the data file %s", path);
	if (s.fd >= 0) {
		if (fstat(s.fd, &st) < 0) {
			rc = error_sys(err, errno, "cannot stat the data file %s",
				       path);
			goto fail;
		}
		if (!S_ISREG(st.st_mode)) {
			rc = error_set(err, EINVAL, "the data file %s is not a file",
				       path);
			goto fail;
		}
		s.size_bytes = (uint64_t)st.st_size;
		/*
		 * Dirty pages stay (posix_fadvise(2)), and with an NFSv4 write
		 * delegation even a close may leave some (nfs4_file_flush() in
		 * fs/nfs/nfs4file.c). Where that fails, what is read tells; the rest is
		 * advice.
		 */
		if (drop_cache) {
			(void)fdatasync(s.fd);
			(void)posix_fadvise(s.fd, 0, 0, POSIX_FADV_DONTNEED);
		}
		(void)posix_fadvise(s.fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	s.window = malloc(s.window_bytes);
	if (!s.window) {
		rc = error_set(err, ENOMEM, "no memory to read %s", path);
		goto fail;
	}
	*source = s;
	return 0;

fail:
	if (s.fd >= 0)
		close(s.fd);
	return rc;
}

int source_share(struct source *reader, const struct source *source)
{
	struct source s = {
		.fd = -1,
		.window = reader->window,
		.window_bytes = reader->window_bytes,
	};
	int rc = 0;

	if (s.window_bytes < source->window_bytes) {
		free(s.window);
		s.window_bytes = source->window_bytes;
		s.window = malloc(s.window_bytes);
	}
	if (s.window) {
		s.fd = source->fd;
		s.size_bytes = source->size_bytes;
	} else {
		s.window_bytes = 0;
		rc = -ENOMEM;
	}
	*reader = s;
	return rc;
}

void source_unshare(struct source *reader)
{
	reader->fd = -1;
	source_close(reader);
}

int source_of_bytes(struct source *source, const uint8_t *bytes, size_t length)
{
	struct source s = {
		.fd = -1,
		.size_bytes = length,
		.window = malloc(length + 1),
		.window_bytes = SIZE_MAX, /* so that nothing ever has to move */
		.held_bytes = length,
	};

	if (!s.window)
		return -ENOMEM;
	memcpy(s.window, bytes, length);
	*source = s;
	return 0;
}

void source_close(struct source *source)
{
	free(source->window);
	if (source->window && source->fd >= 0)
		close(source->fd);
	memset(source, 0, sizeof(*source));
	source->fd = -1;
}

/* Append to the window what follows it in the file, up to its capacity. */
static int window_fill(struct source *s, size_t wanted)
{
	while (s->held_bytes < wanted) {
		uint64_t at = s->held_offset + s->held_bytes;
		size_t room = s->window_bytes - s->held_bytes;
		ssize_t got;

		if (at >= s->size_bytes)
			return 0;
		if (room > s->size_bytes - at)
			room = (size_t)(s->size_bytes - at);
		got = pread(s->fd, s->window + s->held_bytes, room, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			s->errnum = errno;
			return -errno;
		}
		if (got == 0) {
			s->shrunk = true;
			s->size_bytes = at;
		}
		s->held_bytes += (size_t)got;
	}
	return 0;
}

int source_view(struct source *s, uint64_t offset, size_t length,
		const uint8_t **ret_bytes, size_t *ret_available)
{
	uint64_t held_end = s->held_offset + s->held_bytes;
	size_t at;
	int rc;

	if (offset < s->held_offset || offset >= held_end) {
		s->held_offset = offset;
		s->held_bytes = 0;
	} else if (offset - s->held_offset + length > s->window_bytes) {
		s->held_bytes = (size_t)(held_end - offset);
		memmove(s->window, s->window + (offset - s->held_offset),
			s->held_bytes);
		s->held_offset = offset;
	}
	at = (size_t)(offset - s->held_offset);
	rc = window_fill(s, at + length);
	if (rc < 0)
		return rc;
	*ret_bytes = s->window + at;
	*ret_available = s->held_bytes > at ? s->held_bytes - at : 0;
	if (*ret_available > length)
		*ret_available = length;
	return 0;
}
