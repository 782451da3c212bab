/* crew - see crew.h. */
#include "verify/crew.h"

#include <pthread.h>
#include <sched.h>

uint32_t crew_processors(void)
{
	cpu_set_t usable;
	int count;

	CPU_ZERO(&usable);
	/* It fails on machines of more than 1024 processors. */
	if (sched_getaffinity(0, sizeof(usable), &usable) < 0)
		return CREW_MAX;
	count = CPU_COUNT(&usable);
	return count < 1 ? 1 : count > CREW_MAX ? CREW_MAX : (uint32_t)count;
}

/* By default 8 MiB of address space each (setrlimit(2), RLIMIT_STACK): much of a tight
 * `ulimit -v`. */
#define STACK_BYTES ((size_t)1 << 20)

struct orders {
	void (*work)(void *context);
	void *context;
};

static void *member(void *arg)
{
	const struct orders *orders = arg;

	orders->work(orders->context);
	return NULL;
}

void crew_run(uint32_t members, void (*work)(void *context), void *context)
{
	struct orders orders = {work, context};
	pthread_t threads[CREW_MAX - 1];
	pthread_attr_t small;
	uint32_t started = 0;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_BYTES);
	while (started + 1 < members && started < CREW_MAX - 1 &&
	       pthread_create(&threads[started], &small, member, &orders) == 0)
		started++;
	pthread_attr_destroy(&small);
	work(context);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}
