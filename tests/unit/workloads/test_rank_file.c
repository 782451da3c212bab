/*
 * test_rank_file - a writer in the rank, whose file somebody else has open: what it
 * knows of where and whether it wrote, that all ranks close, and how it is stopped
 * and given up.
 */
#include "core/clock.h"
#include "tests/unit/workloads/scratch.h"
#include "workloads/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

enum { RECORD_BYTES = 128 };

static const char *const files[] = {"history", NULL};

/* What stands for MPI: counts, and fails as it is told. */
struct fake {
	unsigned int writes, closes;
	size_t bytes;
	unsigned int fail_at; /* write number 1, 2, ...; 0: none */
	ssize_t answer;	      /* of that */
	int close_answer;
};

static ssize_t fake_write(void *context, const void *bytes, size_t size)
{
	struct fake *fake = context;

	(void)bytes;
	fake->bytes += size;
	return ++fake->writes == fake->fail_at ? fake->answer : (ssize_t)size;
}

static int fake_close(void *context)
{
	struct fake *fake = context;

	fake->closes++;
	return fake->close_answer;
}

static struct writer_job job_of(const char *strategy, uint64_t records)
{
	struct writer_job job = {
		.identity = {.run_id = "0123456789ab",
			     .host = "here",
			     .min_bytes = RECORD_BYTES,
			     .max_bytes = RECORD_BYTES},
		.records = records,
		.data_path = "data",
		.history_path = "history",
	};

	ck_assert_int_eq(strategy_parse(strategy, &job.spec, NULL), 0);
	return job;
}

static struct writer writer;
static volatile sig_atomic_t stop;

static void begin(struct fake *fake, const struct writer_job *job)
{
	static struct rank_file file;
	struct error err = {""};
	bool skip;

	file = (struct rank_file){fake, fake_write, fake_close};
	stop = 0;
	scratch_enter();
	ck_assert_msg(writer_prepare_in_rank(&writer, job, &file, &stop, &skip, &err) ==
			      0,
		      "%s", err.sentence);
}

static void finish(void)
{
	writer_finish(&writer);
}

/* The entries of the history, of which there must be @count; leaves the scratch. */
static bool entries(struct history_entry *ret_entries, uint64_t count)
{
	struct history history;
	bool finished;

	ck_assert_int_eq(history_open(&history, "history", NULL), 0);
	ck_assert_uint_eq(history.count, count);
	for (uint64_t i = 0; i < count; i++)
		ck_assert_int_eq(history_get(&history, i, &ret_entries[i]), 0);
	finished = history.finished;
	history_close(&history);
	scratch_leave(files);
	return finished;
}

START_TEST(it_does_not_know_where_it_wrote)
{
	struct writer_job job = job_of("mpiio-shared:batch=2", 5);
	struct fake fake = {0};
	struct history_entry entry[5];

	begin(&fake, &job);
	writer_run(&writer, 0);
	ck_assert_int_eq(writer.report.leave, LEAVE_DONE);
	ck_assert_uint_eq(fake.closes, 0);
	finish();
	ck_assert_uint_eq(fake.closes, 1);
	ck_assert_uint_eq(fake.writes, 3);
	ck_assert_uint_eq(fake.bytes, 5 * RECORD_BYTES);
	ck_assert(entries(entry, 5));
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(entry[i].outcome, OUTCOME_ACKNOWLEDGED);
		ck_assert_int_eq(entry[i].offset, HISTORY_OFFSET_UNKNOWN);
		ck_assert_uint_eq(entry[i].hold, (unsigned int)i / 2);
	}
}
END_TEST

/* MPI does not say which error it is: it can be that of writes before. */
START_TEST(an_error_is_that_of_all_before)
{
	struct writer_job job = job_of("mpiio-shared", 4);
	struct fake fake = {.fail_at = 3, .answer = -EIO};
	struct history_entry entry[4];

	begin(&fake, &job);
	writer_run(&writer, 0);
	finish();
	ck_assert(entries(entry, 4));
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(entry[i].outcome, OUTCOME_UNKNOWN);
		ck_assert_int_eq(entry[i].step, STEP_WRITE);
		ck_assert_int_eq(entry[i].errnum, EIO);
	}
	ck_assert_int_eq(entry[3].outcome, OUTCOME_ACKNOWLEDGED);
}
END_TEST

START_TEST(a_short_write_is_unknown)
{
	struct writer_job job = job_of("mpiio-shared", 2);
	struct fake fake = {.fail_at = 1, .answer = RECORD_BYTES / 2};
	struct history_entry entry[2];

	begin(&fake, &job);
	writer_run(&writer, 0);
	finish();
	ck_assert(entries(entry, 2));
	ck_assert_int_eq(entry[0].outcome, OUTCOME_UNKNOWN);
	ck_assert_int_eq(entry[0].errnum, 0);
	ck_assert_int_eq(entry[1].outcome, OUTCOME_ACKNOWLEDGED);
	ck_assert_uint_eq(fake.writes, 2);
}
END_TEST

START_TEST(without_the_close_nothing_is_promised)
{
	struct writer_job job = job_of("mpiio-shared", 3);
	struct fake fake = {.close_answer = -ECANCELED};
	struct history_entry entry[3];

	begin(&fake, &job);
	writer_run(&writer, 0);
	finish();
	ck_assert(entries(entry, 3));
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(entry[i].outcome, OUTCOME_UNKNOWN);
		ck_assert_int_eq(entry[i].step, STEP_CLOSE);
		ck_assert_int_eq(entry[i].errnum, ECANCELED);
	}
}
END_TEST

/* The others would wait for it in the close. */
START_TEST(who_wrote_nothing_closes_too)
{
	struct writer_job job = job_of("mpiio-shared", 3);
	struct fake fake = {0};
	struct history_entry entry[1];

	begin(&fake, &job);
	stop = 1;
	writer_run(&writer, 0);
	ck_assert_int_eq(writer.report.leave, LEAVE_ASKED);
	finish();
	ck_assert_uint_eq(fake.closes, 1);
	ck_assert_uint_eq(fake.writes, 0);
	ck_assert(entries(entry, 0));
}
END_TEST

/* As where a write never came back: what was acknowledged before is disowned. */
START_TEST(given_up)
{
	struct writer_job job = job_of("mpiio-shared", 3);
	struct fake fake = {0};
	struct history_entry entry[3];

	begin(&fake, &job);
	writer_run(&writer, 0);
	writer_abandon(&writer, ETIMEDOUT);
	ck_assert_uint_eq(fake.closes, 0);
	ck_assert(!entries(entry, 3));
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(entry[i].outcome, OUTCOME_UNKNOWN);
		ck_assert_int_eq(entry[i].step, STEP_CLOSE);
		ck_assert_int_eq(entry[i].errnum, ETIMEDOUT);
	}
}
END_TEST

static void *stop_soon(void *arg)
{
	(void)arg;
	clock_sleep_ns(50000000);
	stop = 1;
	return NULL;
}

/* No signal wakes it: those are the rank's, whose handlers it leaves alone. */
START_TEST(a_stop_ends_a_long_pause)
{
	struct writer_job job = job_of("mpiio-shared", 100);
	struct fake fake = {0};
	struct history_entry entry[1];
	struct sigaction action;
	uint64_t start_ns = clock_now_ns();
	pthread_t thread;

	begin(&fake, &job);
	sigaction(SIGUSR1, NULL, &action);
	ck_assert(action.sa_handler == SIG_DFL);
	ck_assert_int_eq(pthread_create(&thread, NULL, stop_soon, NULL), 0);
	writer_run(&writer, start_ns + 60000000000);
	pthread_join(thread, NULL);
	ck_assert_uint_lt(clock_now_ns() - start_ns, 20000000000);
	ck_assert_int_eq(writer.report.leave, LEAVE_ASKED);
	finish();
	ck_assert(entries(entry, 0));
}
END_TEST

START_TEST(only_strategies_of_the_rank)
{
	struct writer_job job = job_of("flock", 1);
	struct rank_file file = {NULL, fake_write, fake_close};
	bool skip;

	ck_assert_int_eq(
		writer_prepare_in_rank(&writer, &job, &file, &stop, &skip, NULL),
		-EBADMSG);
	job = job_of("mpiio-shared", 1);
	ck_assert_int_eq(writer_prepare(&writer, &job, &skip, NULL), -EBADMSG);
}
END_TEST

UNIT_MAIN("rank_file", 60, it_does_not_know_where_it_wrote,
	  an_error_is_that_of_all_before, a_short_write_is_unknown,
	  without_the_close_nothing_is_promised, who_wrote_nothing_closes_too, given_up,
	  a_stop_ends_a_long_pause, only_strategies_of_the_rank)
