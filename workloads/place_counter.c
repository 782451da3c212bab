/*
 * place_counter - the shared serial number: read it, think, write back one more.
 *
 * What every program does that keeps a sequence number, a job id or a balance in a
 * shared file.  The record that the appender has ready is not written; what is
 * written is the number, and the offset that the history keeps is that number.
 * One write replaces the whole file (core/workload.h), so nothing of it is ever left
 * of an older one.
 */
#include "workloads/part.h"

#include "core/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* Of a file that holds one number, or nothing yet; -EBADMSG: neither. */
static int read_number(int fd, int64_t *ret_number)
{
	char text[COUNTER_BYTES + 2];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	int64_t number = 0;

	if (n < 0)
		return -errno;
	if (n != 0 && (n != COUNTER_BYTES || text[n - 1] != '\n'))
		return -EBADMSG;
	for (ssize_t i = 0; i + 1 < n; i++)
		if (text[i] < '0' || text[i] > '9' ||
		    __builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, text[i] - '0', &number))
			return -EBADMSG;
	if (number == INT64_MAX)
		return -EBADMSG;
	*ret_number = number;
	return 0;
}

static int place(struct data_file *file, int64_t *ret_offset)
{
	int64_t number = 0;
	int rc = read_number(file->fd, &number);

	if (rc < 0)
		return rc;
	if (file->think_ns)
		clock_sleep_ns(file->think_ns);
	file->next = number + 1;
	*ret_offset = file->next;
	return 0;
}

/* All of the record counts as written when all of the number was. */
static ssize_t put(struct data_file *file, const void *bytes, size_t size)
{
	char text[COUNTER_BYTES + 1];
	ssize_t n;

	(void)bytes;
	snprintf(text, sizeof(text), "%0*" PRId64 "\n", COUNTER_BYTES - 1, file->next);
	n = pwrite(file->fd, text, COUNTER_BYTES, 0);
	if (n < 0)
		return -errno;
	return n == COUNTER_BYTES ? (ssize_t)size : 0;
}

const struct placement_ops place_counter = {
	.name = "counter",
	.summary = "pread(2) a number, add 1, pwrite(2) it back",
	.shared_file = true,
	.workload = WORKLOAD_COUNTER,
	.place = place,
	.write = put,
};
