/*
 * endpoints - the addresses at which the other hosts of a run may reach a service
 * of this one: plain data, to be broadcast, with a key that only this run knows.
 *
 * Which of a host's addresses the others can reach is not known here, so all are
 * listed, and whoever asks takes the one that answers.
 */
#ifndef TAILRACE_CORE_ENDPOINTS_H
#define TAILRACE_CORE_ENDPOINTS_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

enum { ENDPOINTS_MAX = 32, ENDPOINT_FAMILIES = 2 };

extern const int endpoint_families[ENDPOINT_FAMILIES]; /* AF_INET, AF_INET6 */

union endpoint {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct endpoints {
	uint64_t key;
	uint32_t count; /* 0: there is no service */
	union endpoint address[ENDPOINTS_MAX];
};

/* What bind(2) and connect(2) want to know of it. */
socklen_t endpoint_bytes(const union endpoint *endpoint);

/*
 * Open a socket of @type (SOCK_DGRAM, SOCK_STREAM) for each family that the host
 * has (-1 for the other), bound to a free port, and list where they can be
 * reached, with a new key.  0; or a negative errno with nothing open, -ENETUNREACH
 * where there is no network at all.  The caller closes them.
 */
int endpoints_open(int type, int ret_fd[ENDPOINT_FAMILIES],
		   struct endpoints *ret_endpoints);

/* Close those that are open, and mark them as closed. */
void endpoints_close(int fd[ENDPOINT_FAMILIES]);

#endif
