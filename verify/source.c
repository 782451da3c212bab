/* source - see source.h. */
#include "verify/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A window begins a page, and its bytes stand as far behind the beginning of one as
 * they do in the file.  Then the kernel copies whole pages to whole pages: to a place
 * of another alignment that takes a fifth longer (AMD Zen 4, `rep movsb`).
 */
#define PAGE_BYTES ((size_t)4096)

static size_t window_size(size_t view_max, size_t ahead)
{
	return ((2 * view_max + ahead) / PAGE_BYTES + 2) * PAGE_BYTES;
}

int source_open(struct source *source, const char *path, size_t view_max, size_t ahead,
		bool drop_cache, struct error *err)
{
	struct source s = {.fd = -1, .window_bytes = window_size(view_max, ahead)};
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
	s.window = s.held = aligned_alloc(PAGE_BYTES, s.window_bytes);
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
		s.window = aligned_alloc(PAGE_BYTES, s.window_bytes);
	}
	s.held = s.window;
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
	s.held = s.window;
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

/* Have it hold what it holds from @offset on, if anything, at its beginning. */
static void window_move(struct source *s, uint64_t offset)
{
	uint64_t gone = offset - s->held_offset;
	size_t kept = gone < s->held_bytes ? s->held_bytes - (size_t)gone : 0;
	uint8_t *to = s->window + offset % PAGE_BYTES;

	if (kept)
		memmove(to, s->held + gone, kept);
	s->held = to;
	s->held_offset = offset;
	s->held_bytes = kept;
}

/* Append to the window what follows it in the file, up to its capacity. */
static int window_fill(struct source *s, size_t wanted)
{
	const size_t capacity = s->window_bytes - (size_t)(s->held - s->window);

	while (s->held_bytes < wanted) {
		uint64_t at = s->held_offset + s->held_bytes;
		size_t room = capacity - s->held_bytes;
		ssize_t got;

		if (at >= s->size_bytes)
			return 0;
		if (room > s->size_bytes - at)
			room = (size_t)(s->size_bytes - at);
		got = pread(s->fd, s->held + s->held_bytes, room, (off_t)at);
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
	size_t in_window = (size_t)(s->held - s->window), at;
	int rc;

	if (offset >= s->size_bytes) {
		*ret_bytes = s->window;
		*ret_available = 0;
		return 0;
	}
	if (offset - s->held_offset >= s->held_bytes ||
	    in_window + (offset - s->held_offset) + length > s->window_bytes)
		window_move(s, offset);
	at = (size_t)(offset - s->held_offset);
	rc = window_fill(s, at + length);
	if (rc < 0)
		return rc;
	*ret_bytes = s->held + at;
	*ret_available = s->held_bytes > at ? s->held_bytes - at : 0;
	if (*ret_available > length)
		*ret_available = length;
	return 0;
}
