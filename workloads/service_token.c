/*
 * service_token - one token for all writers, first come first served.
 *
 * Whoever dies with it takes it along.  What such a holder had written may still
 * be on its way to the server, where nothing orders it before the next holder's
 * open; so nobody gets the token any more, and all learn that (EOWNERDEAD).
 */
#include "workloads/service_wire.h"

#include <errno.h>

static void grant(struct service *service, struct connection *to)
{
	service->holder = to;
	service_answer(to, (struct answer){0});
}

static int give_back(struct service *service, const struct connection *from)
{
	struct connection *next;

	if (service->holder != from)
		return -EPROTO;
	service->holder = NULL;
	next = waiters_first(&service->waiters);
	if (next)
		grant(service, next);
	return 0;
}

static int want(struct service *service, struct connection *from, bool wait)
{
	/* One request at a time: who waits already would be in the queue twice. */
	if (service->holder == from)
		return -EPROTO;
	if (service->token_lost)
		service_answer(from, (struct answer){.rc = -EOWNERDEAD});
	else if (!service->holder)
		grant(service, from);
	else if (!wait)
		service_answer(from, (struct answer){.rc = -EAGAIN});
	else if (waiters_remove(&service->waiters, from))
		return -EPROTO;
	else
		waiters_add(&service->waiters, from);
	return 0;
}

static int request(struct service *service, struct connection *from, uint32_t kind,
		   uint64_t value)
{
	(void)value;
	switch (kind) {
	case REQUEST_TOKEN:
		return want(service, from, true);
	case REQUEST_TRY_TOKEN:
		return want(service, from, false);
	case REQUEST_RELEASE:
		return give_back(service, from);
	case REQUEST_CANCEL:
		/* Granted meanwhile, it has its answer already. */
		if (waiters_remove(&service->waiters, from))
			service_answer(from, (struct answer){.rc = -EINTR});
		return 0;
	default:
		return -EPROTO;
	}
}

static void gone(struct service *service, struct connection *who)
{
	struct connection *waiter;

	if (service->holder != who)
		return;
	service->holder = NULL;
	service->token_lost = true;
	while ((waiter = waiters_first(&service->waiters)))
		service_answer(waiter, (struct answer){.rc = -EOWNERDEAD});
}

const struct service_ops service_token = {
	.name = "token",
	.request = request,
	.gone = gone,
};
