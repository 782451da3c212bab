/*
 * place_own_file - each writer has a file of its own, and knows its end.
 *
 * Bytes that an error left behind the accepted ones are written over by the
 * next record.
 */
#include "workloads/part.h"

#include <errno.h>
#include <unistd.h>

static int place(struct data_file *file, int64_t *ret_offset)
{
	*ret_offset = file->own_end;
	return 0;
}

static ssize_t put(struct data_file *file, const void *bytes, size_t size)
{
	ssize_t n = pwrite(file->fd, bytes, size, file->own_end);

	if (n < 0)
		return -errno;
	file->own_end += n;
	return n;
}

static int locate(struct data_file *file, size_t written, int64_t *ret_offset)
{
	(void)file;
	(void)written;
	(void)ret_offset;
	return 0;
}

const struct placement_ops place_own_file = {
	.name = "own-file",
	.summary = "a file for each writer, written one record behind the other",
	.shared_file = false,
	.place = place,
	.write = put,
	.locate = locate,
};
