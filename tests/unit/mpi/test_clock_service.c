/*
 * The clock service: asked over a real socket by another process, it tells the
 * time of its host within half the round trip, and only to those with the key.
 */
#include "mpi/clock_service.h"

#include "core/clock.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct endpoints addresses;
static int channel[2]; /* the service ends when our end is closed */
static pid_t child;

static void start_service(void)
{
	struct clock_service service;

	ck_assert_int_eq(pipe(channel), 0);
	ck_assert_int_eq(clock_service_open(&service, &addresses), 0);
	ck_assert_uint_gt(addresses.count, 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		close(channel[1]);
		_exit(clock_service_run(&service, channel[0]) < 0);
	}
	close(channel[0]);
	clock_service_close(&service);
}

/* It ends by itself once nobody needs it. */
static void stop_service(void)
{
	int status;

	close(channel[1]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Both processes read one clock, so the true offset is 0: the error bounds it. */
START_TEST(sample_is_within_its_error)
{
	struct clock_sample sample;
	struct clock_peer peer;
	uint64_t before_ns = clock_now_ns();

	start_service();
	ck_assert_int_eq(clock_peer_find(&peer, &addresses), 0);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(clock_peer_sample(&peer, &sample), 0);
		ck_assert_int_le(llabs(sample.offset_ns),
				 (long long)sample.rtt_ns / 2 + 1);
		ck_assert_uint_gt(sample.at_ns, before_ns);
		ck_assert_uint_lt(sample.at_ns, clock_now_ns());
	}
	clock_peer_close(&peer);
	stop_service();
}
END_TEST

START_TEST(stranger_gets_no_answer)
{
	struct clock_peer peer;

	start_service();
	addresses.key ^= 1;
	ck_assert_int_eq(clock_peer_find(&peer, &addresses), -ETIMEDOUT);
	ck_assert_int_eq(peer.fd, -1);
	stop_service();
}
END_TEST

/* A peer that was found, but whose service has gone, costs a time-out only. */
START_TEST(service_that_died_gives_no_sample)
{
	struct clock_sample sample;
	struct clock_peer peer;
	uint64_t asked_ns;

	start_service();
	ck_assert_int_eq(clock_peer_find(&peer, &addresses), 0);
	kill(child, SIGSTOP);
	asked_ns = clock_now_ns();
	ck_assert_int_eq(clock_peer_sample(&peer, &sample), -ETIMEDOUT);
	ck_assert_uint_lt(clock_now_ns() - asked_ns, 1000000000u);
	kill(child, SIGCONT);
	clock_peer_close(&peer);
	stop_service();
}
END_TEST

START_TEST(peer_without_service_gives_no_sample)
{
	struct clock_peer peer = {.fd = -1};
	struct clock_sample sample;

	ck_assert_int_eq(clock_peer_sample(&peer, &sample), -ETIMEDOUT);
}
END_TEST

/* The reading lies between the asker's two: at worst at one of them. */
START_TEST(sample_of_an_exchange)
{
	struct clock_sample s = clock_sample_of(1000, 5300, 1600);

	ck_assert_uint_eq(s.at_ns, 1300);
	ck_assert_int_eq(s.offset_ns, 4000);
	ck_assert_uint_eq(s.rtt_ns, 600);
	s = clock_sample_of(5000, 1300, 5600);
	ck_assert_int_eq(s.offset_ns, -4000);
}
END_TEST

UNIT_MAIN("clock_service", 60, sample_is_within_its_error, stranger_gets_no_answer,
	  service_that_died_gives_no_sample, peer_without_service_gives_no_sample,
	  sample_of_an_exchange)
