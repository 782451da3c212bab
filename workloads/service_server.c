/* service_server - the loop of a service; see service.h and service_wire.h. */
#include "core/bytes.h"
#include "core/clock.h"
#include "workloads/service_wire.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

/* Beside the writers: each may reach us at several addresses while it looks. */
#define STRANGERS_MAX 256

#define ALIGNMENT 4096

/* How epoll names what is ready: connections by number, from LISTENERS on. */
enum { UNTIL, LISTENER, LISTENERS = LISTENER + ENDPOINT_FAMILIES };

static const struct service_ops *const kinds[SERVICE_KIND_COUNT] = {
	[SERVICE_TICKETS] = &service_tickets,
	[SERVICE_TOKEN] = &service_token,
	[SERVICE_AGGREGATE] = &service_aggregate,
};

/* ---- waiters ------------------------------------------------------------ */

void waiters_add(struct waiters *waiters, struct connection *who)
{
	who->behind = NULL;
	if (waiters->last)
		waiters->last->behind = who;
	else
		waiters->first = who;
	waiters->last = who;
}

struct connection *waiters_first(struct waiters *waiters)
{
	struct connection *first = waiters->first;

	if (first)
		waiters_remove(waiters, first);
	return first;
}

bool waiters_remove(struct waiters *waiters, const struct connection *who)
{
	struct connection *before = NULL;
	struct connection *at = waiters->first;

	for (; at && at != who; at = at->behind)
		before = at;
	if (!at)
		return false;
	if (before)
		before->behind = at->behind;
	else
		waiters->first = at->behind;
	if (waiters->last == at)
		waiters->last = before;
	return true;
}

/* ---- connections --------------------------------------------------------- */

void service_answer(const struct connection *to, struct answer answer)
{
	uint8_t message[ANSWER_BYTES];

	put_le32(message + ANSWER_RC_AT, (uint32_t)answer.rc);
	put_le32(message + ANSWER_FLAGS_AT, answer.flags);
	put_le64(message + ANSWER_VALUE_AT, answer.value);
	/* Who lets answers pile up until there is no room has broken the protocol. */
	if (send(to->fd, message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL) !=
	    (ssize_t)sizeof(message))
		shutdown(to->fd, SHUT_RDWR);
}

static void drop(struct service *service, struct connection *who)
{
	bool known = who->known;

	close(who->fd);
	who->fd = -1;
	who->known = false;
	waiters_remove(&service->waiters, who);
	if (known && service->ops->gone)
		service->ops->gone(service, who);
}

/* A free place; the eldest stranger gives up its own. */
static struct connection *place_for_one(struct service *service)
{
	struct connection *eldest = NULL;

	for (uint32_t i = 0; i < service->room; i++) {
		struct connection *c = &service->connections[i];

		if (c->fd < 0)
			return c;
		if (!c->known && (!eldest || c->born < eldest->born))
			eldest = c;
	}
	if (eldest)
		drop(service, eldest);
	return eldest;
}

static void accept_one(struct service *service, int listen_fd)
{
	union endpoint from;
	socklen_t from_bytes = sizeof(from);
	int fd = accept4(listen_fd, &from.any, &from_bytes,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct epoll_event event = {.events = EPOLLIN};
	struct connection *c;
	int on = 1;

	if (fd < 0) {
		/* Without descriptors it would be ready again at once. */
		if (errno == EMFILE || errno == ENFILE)
			clock_sleep_ns(1000000);
		return;
	}
	c = place_for_one(service);
	if (!c) {
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	event.data.u32 = LISTENERS + (uint32_t)(c - service->connections);
	if (epoll_ctl(service->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
		close(fd);
		return;
	}
	c->fd = fd;
	c->known = false;
	c->got = 0;
	c->born = service->born++;
}

/* ---- requests ------------------------------------------------------------ */

static int greet(const struct service *service, struct connection *c, uint32_t kind,
		 uint64_t value)
{
	if (kind != REQUEST_HELLO || value != service->key)
		return -EACCES;
	c->known = true;
	service_answer(c, (struct answer){.value = ~value});
	return 0;
}

/* Bytes that belong behind the request that is there; negative: nonsense. */
static int64_t payload_bytes(const struct service *service, struct connection *c,
			     uint32_t kind, uint64_t value)
{
	void *payload;

	if (!c->known || kind != REQUEST_APPEND || !service->ops->takes_payload)
		return 0;
	if (value < 1 || value > service->job.batch_bytes)
		return -EMSGSIZE;
	if (!c->payload) {
		/* As long as O_DIRECT may want it, and where it wants it. */
		if (posix_memalign(&payload, ALIGNMENT, service->job.batch_bytes) != 0)
			return -ENOMEM;
		c->payload = payload;
	}
	return (int64_t)value;
}

/* Read what is there into @to; 1: all of @bytes are, 0: not yet, or -errno. */
static int read_into(struct connection *c, uint8_t *to, size_t done, size_t bytes)
{
	ssize_t n = recv(c->fd, to + done, bytes - done, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -EPIPE;
	c->got += (size_t)n;
	return (size_t)n == bytes - done;
}

/* Serve the request that @c has sent, if all of it is there.  0 or -errno. */
static int serve(struct service *service, struct connection *c)
{
	int64_t payload = 0;
	uint64_t value;
	uint32_t kind;
	int rc = 1;

	if (c->got < REQUEST_BYTES)
		rc = read_into(c, c->request, c->got, REQUEST_BYTES);
	if (rc <= 0)
		return rc;
	kind = get_le32(c->request + REQUEST_KIND_AT);
	value = get_le64(c->request + REQUEST_VALUE_AT);
	payload = payload_bytes(service, c, kind, value);
	if (payload > 0)
		rc = read_into(c, c->payload, c->got - REQUEST_BYTES, (size_t)payload);
	if (payload < 0 || rc <= 0)
		return payload < 0 ? (int)payload : rc;
	c->got = 0;
	if (!c->known)
		return greet(service, c, kind, value);
	return service->ops->request(service, c, kind, value);
}

/* ---- the whole ------------------------------------------------------------ */

static int watch(const struct service *service, int fd, uint32_t name)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = name};

	return epoll_ctl(service->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int open_sockets(struct service *service, struct endpoints *ret_endpoints)
{
	int rc = endpoints_open(SOCK_STREAM, service->listen_fd, ret_endpoints);

	if (rc < 0)
		return rc;
	service->key = ret_endpoints->key;
	service->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (service->epoll_fd < 0)
		return -errno;
	for (uint32_t i = 0; rc == 0 && i < ENDPOINT_FAMILIES; i++) {
		if (service->listen_fd[i] < 0)
			continue;
		rc = listen(service->listen_fd[i], SOMAXCONN) < 0
			     ? -errno
			     : watch(service, service->listen_fd[i], LISTENER + i);
	}
	return rc;
}

static int make_room(struct service *service)
{
	struct rlimit files;

	/* One descriptor a writer; the soft limit is for those who select(2). */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	service->room = service->job.writers + STRANGERS_MAX;
	service->connections = calloc(service->room, sizeof(*service->connections));
	if (!service->connections)
		return -ENOMEM;
	for (uint32_t i = 0; i < service->room; i++)
		service->connections[i].fd = -1;
	return 0;
}

void service_free(struct service *service)
{
	if (!service)
		return;
	for (uint32_t i = 0; service->connections && i < service->room; i++) {
		if (service->connections[i].fd >= 0)
			close(service->connections[i].fd);
		free(service->connections[i].payload);
	}
	if (service->ops->close)
		service->ops->close(service);
	if (service->epoll_fd >= 0)
		close(service->epoll_fd);
	endpoints_close(service->listen_fd);
	free(service->connections);
	free(service);
}

int service_new(const struct service_job *job, struct service **ret_service,
		struct endpoints *ret_endpoints, struct error *err)
{
	struct service *service;
	struct endpoints endpoints;
	int rc;

	if ((size_t)job->kind >= SERVICE_KIND_COUNT || !kinds[job->kind])
		return error_set(err, EBADMSG, "there is no such service");
	service = calloc(1, sizeof(*service));
	if (!service)
		return error_sys(err, ENOMEM, "cannot hold a service");
	service->job = *job;
	service->ops = kinds[job->kind];
	service->listen_fd[0] = service->listen_fd[1] = -1;
	service->epoll_fd = service->data_fd = -1;
	rc = make_room(service);
	if (rc == 0)
		rc = open_sockets(service, &endpoints);
	if (rc < 0)
		error_sys(err, -rc, "cannot offer the %s to the other ranks",
			  service->ops->name);
	else if (service->ops->open)
		rc = service->ops->open(service, err);
	if (rc < 0) {
		service_free(service);
		return rc;
	}
	*ret_service = service;
	*ret_endpoints = endpoints;
	return 0;
}

static void take_event(struct service *service, uint32_t name)
{
	struct connection *c;

	if (name < LISTENERS) {
		accept_one(service, service->listen_fd[name - LISTENER]);
		return;
	}
	c = &service->connections[name - LISTENERS];
	if (c->fd >= 0 && serve(service, c) < 0)
		drop(service, c);
}

int service_run(struct service *service, int until_fd)
{
	struct epoll_event events[SERVICE_AT_ONCE];
	int rc = watch(service, until_fd, UNTIL);

	while (rc == 0) {
		int n = epoll_wait(service->epoll_fd, events, SERVICE_AT_ONCE, -1);

		if (n < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < n; i++) {
			if (events[i].data.u32 == UNTIL)
				return 0;
			take_event(service, events[i].data.u32);
		}
		if (service->ops->rest)
			service->ops->rest(service);
	}
	return rc;
}
