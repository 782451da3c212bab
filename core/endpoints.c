/* endpoints - see endpoints.h. */
#include "core/endpoints.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

const int endpoint_families[ENDPOINT_FAMILIES] = {AF_INET, AF_INET6};

socklen_t endpoint_bytes(const union endpoint *endpoint)
{
	return endpoint->any.sa_family == AF_INET ? sizeof(endpoint->in)
						  : sizeof(endpoint->in6);
}

static int open_family(int family, int type, in_port_t *ret_port)
{
	union endpoint own = {.any.sa_family = (sa_family_t)family};
	socklen_t length = endpoint_bytes(&own);
	int fd = socket(family, type | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0)
		return -1;
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &own.any, length) < 0 || getsockname(fd, &own.any, &length) < 0) {
		close(fd);
		return -1;
	}
	*ret_port = family == AF_INET ? own.in.sin_port : own.in6.sin6_port;
	return fd;
}

/* Add @found with its port, if it is an address that another host might reach. */
static void address_add(struct endpoints *endpoints, const struct sockaddr *found,
			const in_port_t ports[ENDPOINT_FAMILIES])
{
	union endpoint *to = &endpoints->address[endpoints->count];

	if (endpoints->count == ENDPOINTS_MAX)
		return;
	if (found->sa_family == AF_INET && ports[0]) {
		memcpy(&to->in, found, sizeof(to->in));
		to->in.sin_port = ports[0];
		endpoints->count++;
	} else if (found->sa_family == AF_INET6 && ports[1] &&
		   !IN6_IS_ADDR_LINKLOCAL(
			   &((const struct sockaddr_in6 *)found)->sin6_addr)) {
		memcpy(&to->in6, found, sizeof(to->in6));
		to->in6.sin6_port = ports[1];
		endpoints->count++;
	}
}

int endpoints_open(int type, int ret_fd[ENDPOINT_FAMILIES],
		   struct endpoints *ret_endpoints)
{
	in_port_t ports[ENDPOINT_FAMILIES] = {0, 0};
	struct endpoints found = {0};
	int fd[ENDPOINT_FAMILIES];
	struct ifaddrs *all;

	if (getrandom(&found.key, sizeof(found.key), 0) != (ssize_t)sizeof(found.key) ||
	    getifaddrs(&all) < 0)
		return -errno;
	for (int i = 0; i < ENDPOINT_FAMILIES; i++)
		fd[i] = open_family(endpoint_families[i], type, &ports[i]);
	for (const struct ifaddrs *one = all; one; one = one->ifa_next)
		if (one->ifa_addr && one->ifa_flags & IFF_UP)
			address_add(&found, one->ifa_addr, ports);
	freeifaddrs(all);
	if (!found.count) {
		endpoints_close(fd);
		return -ENETUNREACH;
	}
	memcpy(ret_fd, fd, sizeof(fd));
	*ret_endpoints = found;
	return 0;
}

void endpoints_close(int fd[ENDPOINT_FAMILIES])
{
	for (int i = 0; i < ENDPOINT_FAMILIES; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}
