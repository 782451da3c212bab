/* spawner_wire - see spawner_wire.h. */
#include "harness/spawner_wire.h"

#include "core/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>

#define NS_PER_MS ((uint64_t)1000000)

uint64_t socket_deadline_ns(int timeout_ms)
{
	if (timeout_ms < 0)
		return UINT64_MAX;
	return clock_now_ns() + (uint64_t)timeout_ms * NS_PER_MS;
}

/* Milliseconds for poll(2), rounded up so that it never spins at the end. */
static int left_ms(uint64_t deadline_ns)
{
	uint64_t now = clock_now_ns();
	uint64_t ms;

	if (deadline_ns == UINT64_MAX)
		return -1;
	if (now >= deadline_ns)
		return 0;
	ms = (deadline_ns - now + NS_PER_MS - 1) / NS_PER_MS;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

int socket_wait(int fd, uint64_t deadline_ns)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	int n;

	do {
		n = poll(&ready, 1, left_ms(deadline_ns));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == 0 ? -ETIMEDOUT : 0;
}

int socket_send(int fd, const void *message, size_t bytes, int flags)
{
	ssize_t n;

	/* An empty message could not be told from the end. */
	if (bytes == 0 || bytes > SPAWNER_MESSAGE_MAX)
		return -EMSGSIZE;
	do {
		n = send(fd, message, bytes, flags | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return 0;
}

int socket_receive(int fd, void *message, size_t capacity, int timeout_ms,
		   size_t *ret_bytes)
{
	uint64_t deadline_ns = socket_deadline_ns(timeout_ms);
	ssize_t n;
	int rc;

	for (;;) {
		rc = socket_wait(fd, deadline_ns);
		if (rc < 0)
			return rc;
		n = recv(fd, message, capacity, MSG_DONTWAIT | MSG_TRUNC);
		if (n >= 0)
			break;
		/*
		 * The other end closed without reading all that we sent: Linux says
		 * so once, before it hands out what is left to read.
		 */
		if (errno != ECONNRESET && errno != EINTR && errno != EAGAIN)
			return -errno;
	}
	if (n == 0)
		return -EPIPE;
	if ((size_t)n > capacity)
		return -EMSGSIZE;
	*ret_bytes = (size_t)n;
	return 0;
}
