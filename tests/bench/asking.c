/*
 * asking - how many answers a second the services of rank 0's host give, and how long
 * each takes: tickets of the sequencer, and bursts of samples of the clock.
 *
 *	asking serve KIND FILE		offer it until standard input ends; FILE is
 *made, and tells those on other hosts where to ask
 *	asking ask KIND FILE ASKERS MS	so many processes ask, one question after
 *another
 *
 * KIND is tickets or clock.  The latter prints answers a second, and the median and the
 * 99th percentile, in microseconds, of a ticket's time, or of the shortest round trip
 * in a burst of samples.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/histogram.h"
#include "mpi/clock_service.h"
#include "workloads/service.h"

#define WRITERS_MAX 4096

/* Time for all askers to connect. */
#define START_AFTER_NS 500000000u
#define TIMEOUT_MS     5000

struct kind {
	const char *name;
	int (*serve)(const char *path);
	/* One question after another until @end_ns.  0 or a negative errno. */
	int (*ask)(const struct endpoints *where, uint64_t start_ns, uint64_t end_ns,
		   struct histogram *ret_times);
};

/* ---- offering --------------------------------------------------------------- */

/* Whole under another name first, since the others wait for it to appear. */
static int tell(const char *path, const struct endpoints *where)
{
	char new_path[4096];
	FILE *file;
	bool good;

	snprintf(new_path, sizeof(new_path), "%s.new", path);
	file = fopen(new_path, "we");
	if (!file)
		return 1;
	good = fwrite(where, sizeof(*where), 1, file) == 1;
	good = fclose(file) == 0 && good;
	return !good || rename(new_path, path) < 0;
}

static int serve_tickets(const char *path)
{
	const struct service_job job = {
		.kind = SERVICE_TICKETS,
		.writers = WRITERS_MAX,
		.slot_bytes = 1,
	};
	struct service *service;
	struct endpoints where;
	struct error err;
	int rc = service_new(&job, &service, &where, &err);

	if (rc < 0)
		return 1;
	rc = tell(path, &where);
	if (rc == 0)
		rc = service_run(service, STDIN_FILENO);
	service_free(service);
	return rc != 0;
}

static int serve_clock(const char *path)
{
	struct clock_service service;
	struct endpoints where;
	int rc = clock_service_open(&service, &where);

	if (rc < 0)
		return 1;
	rc = tell(path, &where);
	if (rc == 0)
		rc = clock_service_run(&service, STDIN_FILENO);
	clock_service_close(&service);
	return rc != 0;
}

/* ---- asking ------------------------------------------------------------------- */

static int ask_tickets(const struct endpoints *where, uint64_t start_ns,
		       uint64_t end_ns, struct histogram *ret_times)
{
	struct service_client client;
	int rc = service_connect(&client, where, TIMEOUT_MS, NULL);
	uint64_t began_ns, now_ns;
	int64_t offset;

	if (rc < 0)
		return rc;
	clock_sleep_until_ns(start_ns);
	for (now_ns = clock_now_ns(); rc == 0 && now_ns < end_ns;) {
		began_ns = now_ns;
		rc = service_ticket(&client, 4096, &offset);
		now_ns = clock_now_ns();
		histogram_add(ret_times, now_ns - began_ns);
	}
	service_disconnect(&client);
	return rc;
}

static int ask_clock(const struct endpoints *where, uint64_t start_ns, uint64_t end_ns,
		     struct histogram *ret_times)
{
	struct clock_sample sample;
	struct clock_peer peer;
	int rc = clock_peer_find(&peer, where);

	if (rc < 0)
		return rc;
	clock_sleep_until_ns(start_ns);
	while (rc == 0 && clock_now_ns() < end_ns) {
		rc = clock_peer_sample(&peer, &sample);
		if (rc == 0)
			histogram_add(ret_times, sample.rtt_ns);
	}
	clock_peer_close(&peer);
	return rc;
}

static const struct kind kinds[] = {
	{"tickets", serve_tickets, ask_tickets},
	{"clock", serve_clock, ask_clock},
};

/* All of @askers; their times end up in the first.  0: each had its answers. */
static int ask_all(const struct kind *kind, const struct endpoints *where, long askers,
		   uint64_t ms, struct histogram *times)
{
	uint64_t start_ns = clock_now_ns() + START_AFTER_NS;
	int status, failed = 0;

	for (long i = 0; i < askers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return 1;
		if (pid == 0)
			_exit(kind->ask(where, start_ns, start_ns + ms * 1000000,
					&times[i]) < 0);
	}
	for (long i = 0; i < askers; i++)
		failed |= wait(&status) < 0 || status != 0;
	for (long i = 1; i < askers; i++)
		histogram_merge(&times[0], &times[i]);
	return failed;
}

static int ask(const struct kind *kind, const char *path, long askers, uint64_t ms)
{
	size_t bytes = (size_t)askers * sizeof(struct histogram);
	struct histogram *times = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	FILE *file = fopen(path, "re");
	struct endpoints where;
	int failed = times == MAP_FAILED || !file ||
		     fread(&where, sizeof(where), 1, file) != 1;

	if (file)
		fclose(file);
	if (!failed)
		failed = ask_all(kind, &where, askers, ms, times);
	if (!failed)
		printf("%.0f %.1f %.1f\n", (double)times->count / (double)ms * 1000,
		       (double)histogram_quantile(times, 0.5) / 1000,
		       (double)histogram_quantile(times, 0.99) / 1000);
	if (times != MAP_FAILED)
		munmap(times, bytes);
	return failed;
}

int main(int argc, char **argv)
{
	const struct kind *kind = NULL;
	long askers = argc == 6 ? strtol(argv[4], NULL, 10) : 0;
	uint64_t ms = argc == 6 ? strtoull(argv[5], NULL, 10) : 0;

	for (size_t i = 0; argc > 3 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(argv[2], kinds[i].name) == 0)
			kind = &kinds[i];
	if (kind && argc == 4 && strcmp(argv[1], "serve") == 0)
		return kind->serve(argv[3]);
	if (kind && askers > 0 && askers <= WRITERS_MAX && ms &&
	    strcmp(argv[1], "ask") == 0)
		return ask(kind, argv[3], askers, ms);
	fputs("usage: asking serve|ask tickets|clock FILE [ASKERS MS]\n", stderr);
	return 2;
}
