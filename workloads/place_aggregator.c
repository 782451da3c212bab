/*
 * place_aggregator - records are sent to a service that appends them for all: the
 * file has one writer, and a lock is not needed.
 *
 * The writer does not open the file at all.  The answer to a request says where its
 * records stand; where none comes, anything may have happened.
 */
#include "core/history.h"
#include "workloads/part.h"

#include <errno.h>

static int place(struct data_file *file, int64_t *ret_offset)
{
	*ret_offset = HISTORY_OFFSET_UNKNOWN;
	return file->service.fd < 0 ? -ENOTCONN : 0;
}

static ssize_t put(struct data_file *file, const void *bytes, size_t size)
{
	return service_append(&file->service, bytes, size, &file->next,
			      &file->disowned);
}

static int locate(struct data_file *file, size_t written, int64_t *ret_offset)
{
	(void)written;
	*ret_offset = file->next;
	return 0;
}

static int settle(struct data_file *file)
{
	return service_settle(&file->service);
}

const struct placement_ops place_aggregator = {
	.name = "aggregator",
	.summary = "sent to one process that writes for all",
	.shared_file = true,
	.service = SERVICE_AGGREGATE,
	.place = place,
	.write = put,
	.locate = locate,
	.settle = settle,
};
