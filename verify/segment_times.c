/* segment_times - see segment_times.h; docs/formats.md has the layout. */
#include "verify/segment_times.h"

#include "core/bytes.h"
#include "core/crc32c.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "TRTIMES1"

enum {
	HEAD_BYTES = 16,  /* magic, writers, segments */
	SHARE_BYTES = 16, /* acknowledged, longest wait */
	PART_BYTES = 40,  /* count, sum, min, max, buckets that follow */
	BUCKET_BYTES = 12,
	SUM_BYTES = 4,
};

int segment_times_init(struct segment_times *times, uint32_t writer_count)
{
	struct segment_times t = {.writer_count = writer_count};

	t.latency = calloc(LATENCY_PARTS, sizeof(*t.latency));
	t.shares = calloc(writer_count + 1u, sizeof(*t.shares));
	if (!t.latency || !t.shares) {
		segment_times_release(&t);
		return -ENOMEM;
	}
	*times = t;
	return 0;
}

void segment_times_release(struct segment_times *times)
{
	free(times->latency);
	free(times->shares);
	memset(times, 0, sizeof(*times));
}

static void add_share(struct writer_share *into, const struct writer_share *from)
{
	into->acknowledged += from->acknowledged;
	if (from->longest_wait_ns > into->longest_wait_ns)
		into->longest_wait_ns = from->longest_wait_ns;
}

void segment_times_add_judgment(struct segment_times *times,
				const struct judgment *judgment)
{
	times->segments++;
	for (size_t part = 0; judgment->latency && part < LATENCY_PARTS; part++)
		histogram_merge(&times->latency[part], &judgment->latency[part]);
	for (uint32_t w = 0;
	     judgment->shares && w < times->writer_count && w < judgment->writer_count;
	     w++)
		add_share(&times->shares[w], &judgment->shares[w]);
}

/* ---- the file ------------------------------------------------------------------- */

/* As many bytes as the times of @writer_count writers take at most. */
static size_t most_bytes(uint32_t writer_count)
{
	return HEAD_BYTES + (size_t)writer_count * SHARE_BYTES +
	       LATENCY_PARTS * (PART_BYTES + (size_t)HISTOGRAM_BUCKETS * BUCKET_BYTES) +
	       SUM_BYTES;
}

static uint8_t *put_histogram(uint8_t *p, const struct histogram *h)
{
	uint8_t *head = p;
	uint32_t filled = 0;

	p += PART_BYTES;
	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (!h->buckets[i])
			continue;
		put_le32(p, i);
		put_le64(p + 4, h->buckets[i]);
		p += BUCKET_BYTES;
		filled++;
	}
	put_le64(head, h->count);
	put_le64(head + 8, h->sum);
	put_le64(head + 16, h->min);
	put_le64(head + 24, h->max);
	put_le64(head + 32, filled);
	return p;
}

static size_t encode(const struct segment_times *times, uint8_t *bytes)
{
	uint8_t *p = bytes + HEAD_BYTES;

	memcpy(bytes, MAGIC, 8);
	put_le32(bytes + 8, times->writer_count);
	put_le32(bytes + 12, times->segments);
	for (uint32_t w = 0; w < times->writer_count; w++, p += SHARE_BYTES) {
		put_le64(p, times->shares[w].acknowledged);
		put_le64(p + 8, times->shares[w].longest_wait_ns);
	}
	for (size_t part = 0; part < LATENCY_PARTS; part++)
		p = put_histogram(p, &times->latency[part]);
	put_le32(p, crc32c(bytes, (size_t)(p - bytes)));
	return (size_t)(p - bytes) + SUM_BYTES;
}

int segment_times_save(const struct segment_times *times, const char *path,
		       struct error *err)
{
	uint8_t *bytes = calloc(1, most_bytes(times->writer_count));
	char *new_path = NULL;
	FILE *file = NULL;
	size_t length;
	int rc = 0;

	if (!bytes || asprintf(&new_path, "%s.new", path) < 0) {
		free(bytes);
		return error_sys(err, ENOMEM, "cannot write %s", path);
	}
	length = encode(times, bytes);
	unlink(new_path);
	file = fopen(new_path, "wxe");
	if (!file || fwrite(bytes, 1, length, file) != length)
		rc = -(errno ? errno : EIO);
	if (file && fclose(file) != 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(new_path, path) < 0)
		rc = -errno;
	if (rc < 0) {
		error_sys(err, -rc, "cannot write %s", path);
		unlink(new_path);
	}
	free(new_path);
	free(bytes);
	return rc;
}

/* Where the next histogram begins, or NULL where this one makes no sense. */
static const uint8_t *get_histogram(const uint8_t *p, const uint8_t *end,
				    struct histogram *h)
{
	uint64_t filled;

	if ((size_t)(end - p) < PART_BYTES)
		return NULL;
	h->count = get_le64(p);
	h->sum = get_le64(p + 8);
	h->min = get_le64(p + 16);
	h->max = get_le64(p + 24);
	filled = get_le64(p + 32);
	p += PART_BYTES;
	if (filled > HISTOGRAM_BUCKETS || (size_t)(end - p) < filled * BUCKET_BYTES)
		return NULL;
	for (; filled; filled--, p += BUCKET_BYTES) {
		if (get_le32(p) >= HISTOGRAM_BUCKETS)
			return NULL;
		h->buckets[get_le32(p)] = get_le64(p + 4);
	}
	return p;
}

static int decode(const uint8_t *bytes, size_t length, struct segment_times *times)
{
	const uint8_t *p = bytes + HEAD_BYTES, *end;

	if (length < HEAD_BYTES + SUM_BYTES)
		return -EBADMSG;
	end = bytes + length - SUM_BYTES;
	if (memcmp(bytes, MAGIC, 8) != 0 ||
	    get_le32(end) != crc32c(bytes, length - SUM_BYTES) ||
	    get_le32(bytes + 8) != times->writer_count ||
	    (size_t)(end - p) < (size_t)times->writer_count * SHARE_BYTES)
		return -EBADMSG;
	times->segments = get_le32(bytes + 12);
	for (uint32_t w = 0; w < times->writer_count; w++, p += SHARE_BYTES) {
		times->shares[w].acknowledged = get_le64(p);
		times->shares[w].longest_wait_ns = get_le64(p + 8);
	}
	for (size_t part = 0; p && part < LATENCY_PARTS; part++)
		p = get_histogram(p, end, &times->latency[part]);
	return p == end ? 0 : -EBADMSG;
}

/* A regular file of at most @room bytes; longer ones are cut, and so damaged. */
static int read_file(const char *path, uint8_t *bytes, size_t room, size_t *ret_length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	FILE *file;
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !(file = fdopen(fd, "r"))) {
		close(fd);
		return -EBADMSG;
	}
	*ret_length = fread(bytes, 1, room, file);
	if (ferror(file))
		rc = -EIO;
	fclose(file);
	return rc;
}

int segment_times_add_file(struct segment_times *times, const char *path)
{
	size_t room = most_bytes(times->writer_count), length = 0;
	uint8_t *bytes = malloc(room);
	struct segment_times found = {0};
	int rc = bytes ? segment_times_init(&found, times->writer_count) : -ENOMEM;

	if (rc == 0)
		rc = read_file(path, bytes, room, &length);
	if (rc == 0)
		rc = decode(bytes, length, &found);
	for (size_t part = 0; rc == 0 && part < LATENCY_PARTS; part++)
		histogram_merge(&times->latency[part], &found.latency[part]);
	for (uint32_t w = 0; rc == 0 && w < times->writer_count; w++)
		add_share(&times->shares[w], &found.shares[w]);
	if (rc == 0)
		times->segments += found.segments;
	segment_times_release(&found);
	free(bytes);
	return rc;
}
