/* crew - see crew.h. */
#include "verify/crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

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

struct jobs {
	int (*job)(void *context, uint32_t index);
	void *context;
	uint32_t count;
	_Atomic uint32_t next;
	_Atomic int rc;
};

static void do_jobs(void *context)
{
	struct jobs *jobs = context;
	uint32_t index;
	int rc;

	while (jobs->rc == 0 && (index = jobs->next++) < jobs->count) {
		rc = jobs->job(jobs->context, index);
		if (rc < 0)
			jobs->rc = rc;
	}
}

int crew_each(uint32_t members, uint32_t count,
	      int (*job)(void *context, uint32_t index), void *context)
{
	struct jobs jobs = {.job = job, .context = context, .count = count};

	crew_run(members < count ? members : count, do_jobs, &jobs);
	return jobs.rc;
}
