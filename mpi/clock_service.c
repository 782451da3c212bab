/* clock_service - see clock_service.h. */
#include "mpi/clock_service.h"

#include "core/bytes.h"
#include "core/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* A question and its answer: the key, the question's number, the time told. */
enum {
	KEY_AT = 0,
	NUMBER_AT = 8,
	TIME_AT = 16,
	MESSAGE_BYTES = 24,
};

#define EXCHANGES    16
#define BURST_NS     100000000u
#define ANSWER_MS    30
#define FIND_ROUNDS  10
#define FIND_WAIT_MS 100

/* ---- the service ------------------------------------------------------- */

int clock_service_open(struct clock_service *service, struct endpoints *ret_addresses)
{
	int rc = endpoints_open(SOCK_DGRAM, service->fd, ret_addresses);

	if (rc == 0)
		service->key = ret_addresses->key;
	return rc;
}

void clock_service_close(struct clock_service *service)
{
	endpoints_close(service->fd);
}

static void answer_one(const struct clock_service *service, int fd)
{
	uint8_t message[MESSAGE_BYTES + 1];
	union endpoint from = {0};
	socklen_t length = sizeof(from);
	ssize_t got = recvfrom(fd, message, sizeof(message), MSG_DONTWAIT, &from.any,
			       &length);

	if (got != MESSAGE_BYTES || get_le64(message + KEY_AT) != service->key)
		return;
	put_le64(message + TIME_AT, clock_now_ns());
	sendto(fd, message, MESSAGE_BYTES, MSG_DONTWAIT, &from.any, length);
}

int clock_service_run(const struct clock_service *service, int until_fd)
{
	struct pollfd fds[3] = {
		{.fd = service->fd[0], .events = POLLIN},
		{.fd = service->fd[1], .events = POLLIN},
		{.fd = until_fd, .events = POLLIN},
	};

	for (;;) {
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return -errno;
		if (fds[2].revents)
			return 0;
		for (int i = 0; i < 2; i++)
			if (fds[i].revents)
				answer_one(service, fds[i].fd);
	}
}

/* ---- asking ------------------------------------------------------------ */

struct clock_sample clock_sample_of(uint64_t sent_ns, uint64_t remote_ns,
				    uint64_t returned_ns)
{
	uint64_t rtt_ns = returned_ns - sent_ns;
	uint64_t middle_ns = sent_ns + rtt_ns / 2;

	return (struct clock_sample){
		.at_ns = middle_ns,
		.offset_ns = (int64_t)(remote_ns - middle_ns),
		.rtt_ns = rtt_ns,
	};
}

static void question_encode(uint8_t *message, uint64_t key, uint64_t number)
{
	put_le64(message + KEY_AT, key);
	put_le64(message + NUMBER_AT, number);
	put_le64(message + TIME_AT, 0);
}

/* Wait for an answer on @fd to question @number; ask each of @addresses first. */
static bool address_answers(int fd, const struct endpoints *addresses, uint64_t number,
			    union endpoint *ret_from)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	uint8_t message[MESSAGE_BYTES];
	int family = 0;
	socklen_t length = sizeof(family);

	question_encode(message, addresses->key, number);
	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length);
	for (uint32_t i = 0; i < addresses->count; i++)
		if (addresses->address[i].any.sa_family == family)
			sendto(fd, message, sizeof(message), MSG_DONTWAIT,
			       &addresses->address[i].any,
			       endpoint_bytes(&addresses->address[i]));
	length = sizeof(*ret_from);
	return poll(&ready, 1, FIND_WAIT_MS / 2) > 0 &&
	       recvfrom(fd, message, sizeof(message), MSG_DONTWAIT, &ret_from->any,
			&length) == MESSAGE_BYTES &&
	       get_le64(message + KEY_AT) == addresses->key;
}

int clock_peer_find(struct clock_peer *peer, const struct endpoints *addresses)
{
	union endpoint from = {0};

	*peer = (struct clock_peer){.fd = -1, .key = addresses->key};
	for (unsigned int round = 0; round < FIND_ROUNDS * 2; round++) {
		int fd = socket(endpoint_families[round % 2], SOCK_DGRAM | SOCK_CLOEXEC,
				0);

		if (fd < 0)
			continue;
		if (address_answers(fd, addresses, peer->question++, &from) &&
		    connect(fd, &from.any, endpoint_bytes(&from)) == 0) {
			peer->fd = fd;
			return 0;
		}
		close(fd);
	}
	return -ETIMEDOUT;
}

void clock_peer_close(struct clock_peer *peer)
{
	if (peer->fd >= 0)
		close(peer->fd);
	peer->fd = -1;
}

/* One exchange.  Answers to earlier questions are passed over.  0 or -errno. */
static int exchange(struct clock_peer *peer, struct clock_sample *ret_sample)
{
	struct pollfd ready = {.fd = peer->fd, .events = POLLIN};
	uint64_t number = peer->question++;
	uint8_t message[MESSAGE_BYTES];
	uint64_t sent_ns;

	question_encode(message, peer->key, number);
	sent_ns = clock_now_ns();
	if (send(peer->fd, message, sizeof(message), 0) < 0)
		return -errno;
	while (poll(&ready, 1, ANSWER_MS) > 0) {
		ssize_t got = recv(peer->fd, message, sizeof(message), MSG_DONTWAIT);
		uint64_t now_ns = clock_now_ns();

		if (got < 0 && errno != EAGAIN)
			return -errno;
		if (got != MESSAGE_BYTES || get_le64(message + KEY_AT) != peer->key ||
		    get_le64(message + NUMBER_AT) != number)
			continue;
		*ret_sample =
			clock_sample_of(sent_ns, get_le64(message + TIME_AT), now_ns);
		return 0;
	}
	return -ETIMEDOUT;
}

int clock_peer_sample(struct clock_peer *peer, struct clock_sample *ret_sample)
{
	struct clock_sample best = {.rtt_ns = UINT64_MAX};
	uint64_t until_ns = clock_now_ns() + BURST_NS;
	struct clock_sample sample = {.rtt_ns = UINT64_MAX};

	if (peer->fd < 0)
		return -ETIMEDOUT;
	for (int i = 0; i < EXCHANGES && clock_now_ns() < until_ns; i++)
		if (exchange(peer, &sample) == 0 && sample.rtt_ns < best.rtt_ns)
			best = sample;
	if (best.rtt_ns == UINT64_MAX)
		return -ETIMEDOUT;
	*ret_sample = best;
	return 0;
}
