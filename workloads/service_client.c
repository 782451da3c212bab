/* service_client - a writer's end of a service; see service.h. */
#include "core/bytes.h"
#include "core/clock.h"
#include "workloads/service_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define NS_PER_MS	 ((uint64_t)1000000)
#define STOP_PATIENCE_MS 1000
#define LOOK_UP_MS	 1000

/* While looking for the service: one round of all its addresses, and one answer. */
#define FIND_ROUND_MS  1000
#define FIND_ANSWER_MS 200

/* ---- messages ---------------------------------------------------------- */

#define FOR_EVER UINT64_MAX

static int left_ms(uint64_t deadline_ns)
{
	uint64_t now_ns = clock_now_ns();

	if (deadline_ns == FOR_EVER)
		return -1;
	if (now_ns >= deadline_ns)
		return 0;
	return (int)((deadline_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS);
}

static uint64_t deadline_in(int ms)
{
	return clock_now_ns() + (uint64_t)ms * NS_PER_MS;
}

static void encode(uint8_t request[REQUEST_BYTES], uint32_t kind, uint64_t value)
{
	memset(request, 0, REQUEST_BYTES);
	put_le32(request + REQUEST_KIND_AT, kind);
	put_le64(request + REQUEST_VALUE_AT, value);
}

static struct answer decode(const uint8_t message[ANSWER_BYTES])
{
	return (struct answer){
		.rc = (int)(int32_t)get_le32(message + ANSWER_RC_AT),
		.flags = get_le32(message + ANSWER_FLAGS_AT),
		.value = get_le64(message + ANSWER_VALUE_AT),
	};
}

void service_disconnect(struct service_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
}

/* What is said next would be out of step with the answers: end it. */
static int broken(struct service_client *client, int rc)
{
	service_disconnect(client);
	return rc;
}

/* Errors that say that the other end is gone are one to us. */
static int socket_error(void)
{
	return errno == ECONNRESET || errno == EPIPE ? -EPIPE : -errno;
}

/* Wait until something can be sent.  0 or -ETIMEDOUT: a stop does not end it. */
static int await_room(const struct service_client *client, uint64_t deadline_ns)
{
	struct pollfd ready = {.fd = client->fd, .events = POLLOUT};
	int n;

	do {
		n = poll(&ready, 1, left_ms(deadline_ns));
	} while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : -ETIMEDOUT;
}

/* Send all of @iov, which is used up. */
static int send_all(const struct service_client *client, struct iovec *iov,
		    size_t parts, uint64_t deadline_ns)
{
	while (parts) {
		struct msghdr message = {.msg_iov = iov, .msg_iovlen = parts};
		ssize_t n = sendmsg(client->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
		int rc = 0;

		if (n < 0 && errno == EAGAIN) {
			rc = await_room(client, deadline_ns);
			n = 0;
		} else if (n < 0 && errno != EINTR) {
			rc = socket_error();
		}
		if (rc < 0)
			return rc;
		for (; n > 0 && parts;
		     parts -= iov->iov_len == 0, iov += !iov->iov_len) {
			size_t step =
				(size_t)n < iov->iov_len ? (size_t)n : iov->iov_len;

			iov->iov_base = (uint8_t *)iov->iov_base + step;
			iov->iov_len -= step;
			n -= (ssize_t)step;
		}
	}
	return 0;
}

/*
 * The answer, by one recv(2) that sleeps where it comes whole, as it nearly always
 * does.  SO_RCVTIMEO ends the sleep once a second, to look at the time.
 * -EINTR: a stop was asked for, and none of it has come.
 */
static int receive(const struct service_client *client, struct answer *ret_answer,
		   uint64_t deadline_ns)
{
	uint8_t message[ANSWER_BYTES];
	size_t got = 0;

	while (got < sizeof(message)) {
		ssize_t n = recv(client->fd, message + got, sizeof(message) - got, 0);

		if (n == 0)
			return -EPIPE;
		if (n > 0)
			got += (size_t)n;
		else if (errno != EAGAIN && errno != EINTR)
			return socket_error();
		else if (*client->stop && !got)
			return -EINTR;
		else if (left_ms(deadline_ns) == 0)
			return -ETIMEDOUT;
	}
	*ret_answer = decode(message);
	return 0;
}

static int ask(struct service_client *client, uint32_t kind, uint64_t value,
	       uint64_t deadline_ns)
{
	uint8_t request[REQUEST_BYTES];
	struct iovec iov = {.iov_base = request, .iov_len = sizeof(request)};
	int rc;

	if (client->fd < 0)
		return -ENOTCONN;
	encode(request, kind, value);
	rc = send_all(client, &iov, 1, deadline_ns);
	return rc < 0 ? broken(client, rc) : 0;
}

/* Wait for the answer that must come soon: a stop leaves it little time. */
static int conclude(struct service_client *client, struct answer *ret_answer,
		    uint64_t deadline_ns)
{
	uint64_t soon_ns = deadline_in(STOP_PATIENCE_MS);
	int rc = receive(client, ret_answer, deadline_ns);

	if (soon_ns > deadline_ns)
		soon_ns = deadline_ns;
	while (rc == -EINTR && left_ms(soon_ns) > 0)
		rc = receive(client, ret_answer, soon_ns);
	return rc < 0 ? broken(client, rc) : 0;
}

static int ask_and_conclude(struct service_client *client, uint32_t kind,
			    uint64_t value, struct answer *ret_answer)
{
	uint64_t deadline_ns = deadline_in(client->timeout_ms);
	int rc = ask(client, kind, value, deadline_ns);

	if (rc == 0)
		rc = conclude(client, ret_answer, deadline_ns);
	return rc < 0 ? rc : ret_answer->rc;
}

/* ---- connecting -------------------------------------------------------- */

static int connect_begin(const union endpoint *to)
{
	int fd = socket(to->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);
	int on = 1;

	if (fd < 0)
		return -1;
	/* Each message is waited for: none may wait for another to go with. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, &to->any, endpoint_bytes(to)) < 0 && errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

/* From now on wait in the kernel, but look up now and then. */
static int sleep_in_calls(int fd, int timeout_ms)
{
	int ms = timeout_ms < LOOK_UP_MS ? timeout_ms : LOOK_UP_MS;
	struct timeval every = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &every, sizeof(every)) < 0)
		return -errno;
	return 0;
}

/* Does whoever is behind the connected @fd know the key? */
static bool is_ours(int fd, uint64_t key)
{
	static const volatile sig_atomic_t never;
	struct service_client peer = {.fd = fd, .stop = &never};
	uint64_t deadline_ns = deadline_in(FIND_ANSWER_MS);
	uint8_t request[REQUEST_BYTES];
	struct iovec iov = {.iov_base = request, .iov_len = sizeof(request)};
	struct answer answer = {0};

	encode(request, REQUEST_HELLO, key);
	return sleep_in_calls(fd, FIND_ANSWER_MS) == 0 &&
	       send_all(&peer, &iov, 1, deadline_ns) == 0 &&
	       receive(&peer, &answer, deadline_ns) == 0 && answer.rc == 0 &&
	       answer.value == ~key;
}

/* Try all addresses at once; the first that turns out to be ours, or -1. */
static int find_round(const struct endpoints *endpoints, uint64_t deadline_ns)
{
	struct pollfd fds[ENDPOINTS_MAX];
	int found = -1;

	for (uint32_t i = 0; i < endpoints->count; i++)
		fds[i] = (struct pollfd){.fd = connect_begin(&endpoints->address[i]),
					 .events = POLLOUT};
	while (found < 0 && left_ms(deadline_ns) > 0 &&
	       poll(fds, endpoints->count, left_ms(deadline_ns)) > 0)
		for (uint32_t i = 0; i < endpoints->count && found < 0; i++) {
			if (!fds[i].revents)
				continue;
			if (fds[i].revents == POLLOUT &&
			    is_ours(fds[i].fd, endpoints->key))
				found = fds[i].fd;
			else
				close(fds[i].fd);
			fds[i].fd = -1;
		}
	for (uint32_t i = 0; i < endpoints->count; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	return found;
}

int service_connect(struct service_client *client, const struct endpoints *endpoints,
		    int timeout_ms, const volatile sig_atomic_t *stop)
{
	uint64_t deadline_ns = deadline_in(timeout_ms);

	if (endpoints->count > ENDPOINTS_MAX)
		return -EBADMSG;
	while (endpoints->count && left_ms(deadline_ns) > 0) {
		uint64_t round_ns = deadline_in(FIND_ROUND_MS);
		int fd = find_round(endpoints,
				    round_ns < deadline_ns ? round_ns : deadline_ns);

		if (fd >= 0 && sleep_in_calls(fd, timeout_ms) == 0) {
			*client = (struct service_client){
				.fd = fd, .timeout_ms = timeout_ms, .stop = stop};
			return 0;
		}
		if (fd >= 0)
			close(fd);
		if (*stop)
			return -EINTR;
		/* All refused at once: not at once again. */
		clock_sleep_ns(FIND_ROUND_MS / 20 * NS_PER_MS);
	}
	return -EHOSTUNREACH;
}

/* ---- what is asked ------------------------------------------------------ */

int service_ticket(struct service_client *client, uint64_t bytes, int64_t *ret_offset)
{
	struct answer answer = {0};
	int rc = ask_and_conclude(client, REQUEST_TICKET, bytes, &answer);

	if (rc == 0)
		*ret_offset = (int64_t)answer.value;
	return rc;
}

int service_token_acquire(struct service_client *client, bool block)
{
	struct answer answer = {0};
	int rc;

	if (!block)
		return ask_and_conclude(client, REQUEST_TRY_TOKEN, 0, &answer);
	rc = ask(client, REQUEST_TOKEN, 0, deadline_in(client->timeout_ms));
	if (rc < 0)
		return rc;
	rc = receive(client, &answer, FOR_EVER);
	if (rc == -EINTR)
		/* The answer is that of the wait: it may have been granted since. */
		return ask_and_conclude(client, REQUEST_CANCEL, 0, &answer);
	return rc < 0 ? broken(client, rc) : answer.rc;
}

int service_token_release(struct service_client *client)
{
	return ask(client, REQUEST_RELEASE, 0, deadline_in(client->timeout_ms));
}

ssize_t service_append(struct service_client *client, const void *bytes, size_t size,
		       int64_t *ret_offset, bool *ret_disowned)
{
	uint64_t deadline_ns = deadline_in(client->timeout_ms);
	uint8_t request[REQUEST_BYTES];
	struct iovec iov[2] = {
		{.iov_base = request, .iov_len = sizeof(request)},
		{.iov_base = (void *)(uintptr_t)bytes, .iov_len = size},
	};
	struct answer answer = {0};
	int rc;

	*ret_disowned = false;
	if (client->fd < 0)
		return -ENOTCONN;
	encode(request, REQUEST_APPEND, size);
	rc = send_all(client, iov, 2, deadline_ns);
	if (rc < 0)
		return broken(client, rc);
	rc = conclude(client, &answer, deadline_ns);
	if (rc < 0)
		return rc;
	*ret_disowned = answer.flags & ANSWER_DISOWNED;
	if (answer.rc < 0)
		return answer.rc;
	*ret_offset = (int64_t)answer.value;
	return (ssize_t)size;
}

int service_settle(struct service_client *client)
{
	struct answer answer = {0};

	return ask_and_conclude(client, REQUEST_SETTLE, 0, &answer);
}
