/*
 * service_aggregate - the one writer of a file to which all others send their
 * records: it appends what has arrived by one write, and answers.
 *
 * The first error ends it.  After an error of write(2) nobody knows what stands
 * where, and one of buffered writes can be that of writes which were answered
 * before (write(2), ERRORS): then everything since the last good flush is disowned.
 */
#include "workloads/part.h"
#include "workloads/service_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/bytes.h"

static int open_data(struct service *service)
{
	if (service->data_fd < 0)
		service->data_fd = open(service->job.data_path,
					service->job.open_flags | O_WRONLY | O_CLOEXEC |
						O_NOFOLLOW);
	return service->data_fd < 0 ? -errno : 0;
}

static int close_data(struct service *service)
{
	int rc = 0;

	if (service->data_fd >= 0 && close(service->data_fd) < 0)
		rc = -errno;
	service->data_fd = -1;
	return rc;
}

static int open_first(struct service *service, struct error *err)
{
	int rc;

	if (service->job.flush >= FLUSH_MODE_COUNT)
		return error_set(err, EBADMSG,
				 "the job of an aggregator makes no sense");
	rc = open_data(service);
	if (rc < 0)
		return error_sys(err, -rc, "cannot open %s", service->job.data_path);
	return 0;
}

static void close_last(struct service *service)
{
	close_data(service);
}

static uint64_t bytes_of(const struct connection *c)
{
	return get_le64(c->request + REQUEST_VALUE_AT);
}

static int request(struct service *service, struct connection *from, uint32_t kind,
		   uint64_t value)
{
	(void)value;
	if (kind != REQUEST_APPEND && kind != REQUEST_SETTLE)
		return -EPROTO;
	/* A second request before the answer to the first would overwrite it. */
	if (waiters_remove(&service->waiters, from))
		return -EPROTO;
	waiters_add(&service->waiters, from);
	return 0;
}

static bool is_append(const struct connection *c)
{
	return get_le32(c->request + REQUEST_KIND_AT) == REQUEST_APPEND;
}

/* Write what the waiters sent, as one; -EIO where it stays short. */
static int write_all(struct service *service, uint64_t *ret_bytes)
{
	struct iovec iov[SERVICE_AT_ONCE];
	int pieces = 0;
	uint64_t bytes = 0;
	ssize_t n;

	for (const struct connection *c = service->waiters.first; c; c = c->behind) {
		if (!is_append(c))
			continue;
		iov[pieces++] =
			(struct iovec){.iov_base = c->payload, .iov_len = bytes_of(c)};
		bytes += bytes_of(c);
	}
	*ret_bytes = bytes;
	if (!pieces)
		return 0;
	do {
		n = pwritev(service->data_fd, iov, pieces, (off_t)service->end);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (uint64_t)n == bytes ? 0 : -EIO;
}

static int flush(struct service *service)
{
	int (*call)(int fd) = flush_table[service->job.flush].flush;

	if (service->job.flush == FLUSH_CLOSE)
		return close_data(service);
	if (call && call(service->data_fd) < 0)
		return -errno;
	return 0;
}

/* All that is buffered is to reach the server, for one who asks for that. */
static int settle(struct service *service)
{
	if (!service->unflushed || service->errnum)
		return -service->errnum;
	if (fsync(service->data_fd) < 0)
		service->errnum = errno;
	service->unflushed = false;
	return -service->errnum;
}

/* Tell all how it ended. */
static void answer_all(struct service *service)
{
	struct connection *c;
	struct answer failed = {.rc = -service->errnum};

	if (service->job.flush == FLUSH_NONE)
		failed.flags = ANSWER_DISOWNED;
	while ((c = waiters_first(&service->waiters))) {
		if (!is_append(c)) {
			service_answer(c, (struct answer){.rc = settle(service)});
		} else if (service->errnum) {
			service_answer(c, failed);
		} else {
			service_answer(c, (struct answer){.value = service->end});
			service->end += bytes_of(c);
		}
	}
}

static void append_what_came(struct service *service)
{
	uint64_t bytes = 0;
	int rc = -service->errnum;

	if (!service->waiters.first)
		return;
	if (rc == 0)
		rc = open_data(service);
	if (rc == 0)
		rc = write_all(service, &bytes);
	if (rc == 0 && bytes) {
		service->unflushed = service->job.flush == FLUSH_NONE;
		rc = flush(service);
	}
	service->errnum = -rc;
	answer_all(service);
}

const struct service_ops service_aggregate = {
	.name = "aggregator",
	.open = open_first,
	.close = close_last,
	.request = request,
	.rest = append_what_came,
	.takes_payload = true,
};
