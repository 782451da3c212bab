/*
 * place_chain - lseek(2) to the end, read what stands before it, then write(2).
 *
 * A log whose entries follow from each other: under the lock a writer must see the
 * last bytes that the holder before it left, not only the right size.  The history
 * keeps a digest of what it saw.
 */
#include "workloads/place.h"

#include "core/clock.h"
#include "core/crc32c.h"

#include <errno.h>
#include <unistd.h>

/* The last tail_bytes bytes before @end, or fewer where there are no more. */
static ssize_t read_tail(struct data_file *file, off_t end)
{
	size_t wanted = file->tail_bytes;

	if (end < (off_t)wanted)
		wanted = (size_t)end;
	return wanted ? pread(file->fd, file->tail, wanted, end - (off_t)wanted) : 0;
}

static int place(struct data_file *file, int64_t *ret_offset)
{
	off_t end = lseek(file->fd, 0, SEEK_END);
	ssize_t n = end < 0 ? -1 : read_tail(file, end);

	if (n < 0)
		return -errno;
	file->saw = n > 0;
	file->seen = n > 0 ? crc32c(file->tail, (size_t)n) : 0;
	if (file->think_ns)
		clock_sleep_ns(file->think_ns);
	*ret_offset = end;
	return 0;
}

const struct placement_ops place_chain = {
	.name = "chain",
	.summary = "lseek(2) to the end, pread(2) what stands there, then write(2)",
	.shared_file = true,
	.workload = WORKLOAD_CHAIN,
	.place = place,
	.write = place_write,
};
