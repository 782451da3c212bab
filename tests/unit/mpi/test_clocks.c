/* The rounds of clock samples, with letters that only this file carries. */
#include "mpi/clocks.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

enum { HOSTS = 100, RANKS_A_HOST = 3 };

/* Instead of mpi/mail.c: calls that were sent and not yet answered. */
static uint32_t called[HOSTS];
static size_t called_count, called_most;

int mail_send(struct mailbox *box, uint32_t to, const struct mail *mail)
{
	(void)box;
	ck_assert_uint_eq(mail->kind, MAIL_CLOCK_CALL);
	ck_assert_uint_lt(called_count, HOSTS);
	called[called_count++] = to;
	if (called_count > called_most)
		called_most = called_count;
	return 0;
}

static struct host host[HOSTS];
static uint32_t rank_host[HOSTS * RANKS_A_HOST];
static struct hosts hosts = {
	.host = host,
	.count = HOSTS,
	.rank_host = rank_host,
	.rank_count = HOSTS * RANKS_A_HOST,
};

/* Rank 0's, as clocks_init leaves them. */
static struct clocks begin(void)
{
	for (uint32_t rank = 0; rank < hosts.rank_count; rank++)
		rank_host[rank] = rank / RANKS_A_HOST;
	for (uint32_t i = 0; i < HOSTS; i++)
		host[i].leader = i * RANKS_A_HOST;
	called_count = called_most = 0;
	return (struct clocks){
		.hosts = &hosts,
		.series = calloc(HOSTS, sizeof(struct clock_series)),
		.peer.fd = -1,
	};
}

/* The leader that was called first answers. */
static void answer(struct clocks *clocks, uint64_t rtt_ns)
{
	struct mail mail = {
		.kind = MAIL_CLOCK_SAMPLE,
		.from = called[0],
		.value = {called[0] * 10u, 7, rtt_ns},
	};

	called_count--;
	for (size_t i = 0; i < called_count; i++)
		called[i] = called[i + 1];
	ck_assert_int_eq(clocks_receive(clocks, &mail), 1);
}

START_TEST(each_host_is_asked_once_and_few_at_a_time)
{
	struct clocks clocks = begin();
	uint64_t now_ns = 5 * (uint64_t)CLOCK_INTERVAL_NS;

	ck_assert_int_eq(clocks_tick(&clocks, now_ns), 0);
	for (int i = 1; i < HOSTS; i++) {
		ck_assert(!clocks_round_complete(&clocks));
		/* Time alone does not begin another round. */
		ck_assert_int_eq(clocks_tick(&clocks, 2 * now_ns), 0);
		answer(&clocks, 100);
	}
	ck_assert(clocks_round_complete(&clocks));
	ck_assert_uint_eq(called_count, 0);
	ck_assert_uint_eq(called_most, CLOCK_AT_ONCE);
	for (uint32_t i = 0; i < HOSTS; i++) {
		ck_assert_uint_eq(clocks.series[i].count, 1);
		if (i)
			ck_assert_uint_eq(clocks.series[i].samples[0].at_ns,
					  i * RANKS_A_HOST * 10u);
	}
	clocks_release(&clocks);
}
END_TEST

START_TEST(hosts_without_a_sample_do_not_hold_up_the_others)
{
	struct clocks clocks = begin();
	uint64_t now_ns = 5 * (uint64_t)CLOCK_INTERVAL_NS;

	ck_assert_int_eq(clocks_tick(&clocks, now_ns), 0);
	for (int i = 1; i < HOSTS; i++)
		answer(&clocks, called[0] % 2 ? 100 : UINT64_MAX);
	ck_assert(clocks_round_complete(&clocks));
	for (uint32_t i = 1; i < HOSTS; i++)
		ck_assert_uint_eq(clocks.series[i].count, i * RANKS_A_HOST % 2);
	clocks_release(&clocks);
}
END_TEST

START_TEST(rounds_begin_at_intervals_or_when_hurried)
{
	struct clocks clocks = begin();
	uint64_t now_ns = 5 * (uint64_t)CLOCK_INTERVAL_NS;

	ck_assert_int_eq(clocks_tick(&clocks, now_ns), 0);
	while (called_count)
		answer(&clocks, 100);
	ck_assert_int_eq(clocks_tick(&clocks, now_ns + CLOCK_INTERVAL_NS - 1), 0);
	ck_assert_uint_eq(called_count, 0);
	clocks_hurry(&clocks);
	ck_assert(!clocks_round_complete(&clocks));
	ck_assert_int_eq(clocks_tick(&clocks, now_ns + CLOCK_INTERVAL_NS - 1), 0);
	ck_assert_uint_eq(called_count, CLOCK_AT_ONCE);
	clocks_release(&clocks);
}
END_TEST

UNIT_MAIN("clocks", 60, each_host_is_asked_once_and_few_at_a_time,
	  hosts_without_a_sample_do_not_hold_up_the_others,
	  rounds_begin_at_intervals_or_when_hurried)
