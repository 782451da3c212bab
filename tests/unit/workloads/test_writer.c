/*
 * test_writer - a whole writer: it does its share and leaves a finished history,
 * stops when it is asked, also while it waits for a lock, and leaves where
 * going on is pointless.
 */
#include "core/clock.h"
#include "core/live.h"
#include "tests/unit/workloads/scratch.h"
#include "workloads/writer.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { RECORD_BYTES = 128 };

#define MS ((uint64_t)1000000)

static const char *const files[] = {"data",	 "data-0",    "data-1",
				    "history-0", "history-1", NULL};

static struct writer_job job_of(const char *strategy, uint32_t writer, uint64_t records)
{
	struct writer_job job = {
		.identity = {.run_id = "0123456789ab",
			     .writer = writer,
			     .host = "here",
			     .min_bytes = RECORD_BYTES,
			     .max_bytes = RECORD_BYTES},
		.local_fs = true,
		.records = records,
		.data_path = "data",
	};

	ck_assert_int_eq(strategy_parse(strategy, &job.spec, NULL), 0);
	snprintf(job.history_path, sizeof(job.history_path), "history-%u", writer);
	if (!strategy_shared_file(&job.spec))
		snprintf(job.data_path, sizeof(job.data_path), "data-%u", writer);
	return job;
}

/* The whole life of a writer in this process. */
static struct writer_report run(const struct writer_job *job)
{
	static struct writer writer;
	struct error err = {""};
	bool skip;

	ck_assert_msg(writer_prepare(&writer, job, &skip, &err) == 0, "%s",
		      err.sentence);
	writer_run(&writer, 0);
	writer_finish(&writer);
	return writer.report;
}

static pid_t run_in_child(const struct writer_job *job)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct writer_report report = run(job);

		_exit(report.leave);
	}
	return pid;
}

static int status_of(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The history of @writer is finished, whole, and has @count good appends. */
static void check_history(unsigned int writer, uint64_t count)
{
	struct history_entry entry;
	struct history history;
	char name[32];

	snprintf(name, sizeof(name), "history-%u", writer);
	ck_assert_int_eq(history_open(&history, name, NULL), 0);
	ck_assert(history.finished && !history.cut);
	ck_assert_uint_eq(history.count, count);
	ck_assert_uint_eq(history_identity(&history).writer, writer);
	ck_assert_str_eq(history_identity(&history).host, "here");
	for (uint64_t seq = 0; seq < count; seq++) {
		ck_assert_int_eq(history_get(&history, seq, &entry), 0);
		ck_assert_int_eq(entry.outcome, OUTCOME_ACKNOWLEDGED);
	}
	history_close(&history);
}

START_TEST(two_writers_share_a_file)
{
	static const char *const strategies[] = {
		"append",
		"flock",
		"fcntl",
		"per-file",
		"flock:batch=7",
		"fcntl:wait=poll",
		"flock:flush=close",
	};

	for (size_t i = 0; i < sizeof(strategies) / sizeof(strategies[0]); i++) {
		struct writer_job first, second;
		pid_t pid;

		scratch_enter();
		scratch_touch("data");
		first = job_of(strategies[i], 0, 300);
		second = job_of(strategies[i], 1, 300);
		pid = run_in_child(&second);
		ck_assert_int_eq(run(&first).leave, LEAVE_DONE);
		ck_assert_int_eq(status_of(pid), LEAVE_DONE);
		check_history(0, 300);
		check_history(1, 300);
		if (strategy_shared_file(&first.spec))
			ck_assert_int_eq(scratch_size("data"), 600 * RECORD_BYTES);
		else
			ck_assert_int_eq(scratch_size("data-1"), 300 * RECORD_BYTES);
		scratch_leave(files);
	}
}
END_TEST

START_TEST(it_starts_on_time_and_keeps_to_rate_and_duration)
{
	struct writer_job job;
	static struct writer writer;
	struct writer_report report;
	uint64_t start;
	bool skip;

	scratch_enter();
	scratch_touch("data");
	job = job_of("flock", 0, 0);
	job.rate = 100;
	job.duration_ns = 250 * MS;
	ck_assert_int_eq(writer_prepare(&writer, &job, &skip, NULL), 0);
	start = clock_now_ns() + 50 * MS;
	writer_run(&writer, start);
	report = writer.report;
	writer_finish(&writer);
	ck_assert_uint_ge(report.started_ns, start);
	ck_assert_uint_ge(report.ended_ns - start, 240 * MS);
	ck_assert_int_eq(report.leave, LEAVE_DONE);
	/* Due at 0, 10 .. 240 ms; a late one is never made up beyond the rate. */
	ck_assert_uint_le(report.acknowledged, 26);
	ck_assert_uint_ge(report.acknowledged, 5);
	check_history(0, report.acknowledged);
	scratch_leave(files);
}
END_TEST

enum { ROW = 12 };

/* The entries that a writer leaves of ROW records. */
static void run_row(struct writer_job *job, struct history_entry *ret_entries)
{
	struct history history;

	scratch_enter();
	scratch_touch("data");
	ck_assert_int_eq(run(job).acknowledged, ROW);
	ck_assert_int_eq(history_open(&history, job->history_path, NULL), 0);
	for (uint64_t seq = 0; seq < ROW; seq++)
		ck_assert_int_eq(history_get(&history, seq, &ret_entries[seq]), 0);
	history_close(&history);
	scratch_leave(files);
}

/* One reading of the clock is the end of an append and the begin of the next. */
START_TEST(an_append_begins_where_the_one_before_ended)
{
	static const struct {
		const char *strategy;
		uint32_t bytes;
		bool joined;
	} cases[] = {
		{"per-file", 64, true},
		{"append", 8192, true},
		{"flock", 128, true},
		{"flock:flush=close", 128, true},
		/* What takes its time to make is no part of an append. */
		{"per-file", 1 << 20, false},
		{"per-file:batch=4", 8192, false},
	};
	struct history_entry e[ROW];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct writer_job job = job_of(cases[i].strategy, 0, ROW);
		uint32_t batch = job.spec.parts.batch;

		job.identity.min_bytes = job.identity.max_bytes = cases[i].bytes;
		run_row(&job, e);
		for (uint64_t seq = batch; seq < ROW; seq += batch)
			if (cases[i].joined)
				ck_assert_uint_eq(e[seq].invoke_ns,
						  e[seq - 1].completed_ns);
			else
				ck_assert_uint_gt(e[seq].invoke_ns,
						  e[seq - 1].completed_ns);
	}
}
END_TEST

/* Neither for its time nor for others, with 10 us at least for these (turn.c). */
START_TEST(an_append_does_not_begin_in_a_pause)
{
	struct writer_job job = job_of("per-file", 0, ROW);
	struct history_entry e[ROW];

	job.rate = 500;
	run_row(&job, e);
	for (uint64_t seq = 1; seq < ROW; seq++)
		ck_assert_uint_ge(e[seq].invoke_ns, e[0].invoke_ns + seq * 2 * MS);
	job = job_of("flock", 0, ROW);
	job.turn_holds = 2;
	run_row(&job, e);
	for (uint64_t seq = 2; seq < ROW; seq += 2)
		ck_assert_uint_ge(e[seq].invoke_ns, e[seq - 1].completed_ns + 10000);
}
END_TEST

/* Ten records in a tenth of a second: it goes on to 15, or to its last moment. */
START_TEST(it_goes_on_until_it_has_enough)
{
	static const struct {
		uint64_t enough, longest_ms, least, most;
	} cases[] = {
		{15, 5000, 15, 15},
		{15, 120, 1, 13},
		{5, 5000, 5, 11},
	};

	for (size_t i = 0; i < 3; i++) {
		struct writer_job job;
		struct writer_report report;

		scratch_enter();
		scratch_touch("data");
		job = job_of("flock", 0, 0);
		job.rate = 100;
		job.duration_ns = 100 * MS;
		job.enough_records = cases[i].enough;
		job.longest_ns = cases[i].longest_ms * MS;
		report = run(&job);
		ck_assert_int_eq(report.leave, LEAVE_DONE);
		ck_assert_uint_ge(report.acknowledged, cases[i].least);
		ck_assert_uint_le(report.acknowledged, cases[i].most);
		scratch_leave(files);
	}
}
END_TEST

START_TEST(records_of_any_size)
{
	struct writer_job job;

	scratch_enter();
	scratch_touch("data");
	job = job_of("flock:batch=3", 0, 100);
	job.identity.min_bytes = RECORD_MIN_BYTES;
	job.identity.max_bytes = 5000;
	job.identity.seed = 7;
	ck_assert_int_eq(run(&job).leave, LEAVE_DONE);
	check_history(0, 100);
	for (uint64_t seq = 1; seq < 100; seq++) {
		struct history_entry last = scratch_entry("history-0", seq - 1);
		struct history_entry entry = scratch_entry("history-0", seq);

		ck_assert_int_ge(entry.offset - last.offset, RECORD_MIN_BYTES);
	}
	scratch_leave(files);
}
END_TEST

START_TEST(a_signal_stops_it)
{
	struct writer_job job;
	pid_t pid;

	scratch_enter();
	scratch_touch("data");
	job = job_of("append", 0, 0);
	pid = run_in_child(&job);
	while (history_peek("history-0") < 100)
		clock_sleep_ns(MS);
	kill(pid, SIGUSR1);
	ck_assert_int_eq(status_of(pid), LEAVE_ASKED);
	check_history(0, (uint64_t)scratch_size("data") / RECORD_BYTES);
	scratch_leave(files);
}
END_TEST

START_TEST(a_signal_ends_its_wait_for_the_lock)
{
	static const char *const strategies[] = {"flock", "flock:wait=poll"};

	for (size_t i = 0; i < 2; i++) {
		struct writer_job job;
		pid_t pid;
		int fd;

		scratch_enter();
		scratch_touch("data");
		fd = open("data", O_WRONLY);
		ck_assert_int_eq(flock(fd, LOCK_EX), 0);
		job = job_of(strategies[i], 0, 10);
		pid = run_in_child(&job);
		while (history_peek("history-0") < 1)
			clock_sleep_ns(MS);
		/* Wherever it is by now: the signal comes again. */
		kill(pid, SIGUSR1);
		ck_assert_int_eq(status_of(pid), LEAVE_ASKED);
		CHECK_ENTRY("history-0", 0, OUTCOME_FAILED, STEP_LOCK, EINTR);
		ck_assert_int_eq(scratch_size("data"), 0);
		close(fd);
		scratch_leave(files);
	}
}
END_TEST

/* A time to leave lets it get the lock that it waits for, and append once more. */
START_TEST(a_time_to_leave_ends_no_wait_for_the_lock)
{
	struct writer_job job;
	struct live *live;
	pid_t pid;
	int fd;

	scratch_enter();
	scratch_touch("data");
	fd = open("data", O_WRONLY);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	job = job_of("flock", 0, 0);
	pid = run_in_child(&job);
	while (history_peek("history-0") < 1)
		clock_sleep_ns(MS);
	ck_assert_int_eq(live_open("history-0", &live, NULL), 0);
	while (atomic_load(&live->state) != LIVE_WAITING)
		clock_sleep_ns(MS);
	ck_assert_int_eq(live_leave_at("history-0", clock_now_ns(), NULL), 0);
	clock_sleep_ns(20 * MS);
	ck_assert_uint_eq(atomic_load(&live->state), LIVE_WAITING);
	flock(fd, LOCK_UN); /* the child has the descriptor, too */
	close(fd);
	ck_assert_int_eq(status_of(pid), LEAVE_ASKED);
	ck_assert_uint_eq(atomic_load(&live->state), LIVE_IDLE);
	live_close(live);
	check_history(0, 1);
	scratch_leave(files);
}
END_TEST

/* Far from its start, it does not sleep until then. */
START_TEST(a_time_to_leave_ends_a_pause)
{
	struct writer_job job;
	static struct writer writer;
	bool skip;
	pid_t pid;

	scratch_enter();
	scratch_touch("data");
	job = job_of("append", 0, 10);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (writer_prepare(&writer, &job, &skip, NULL) == 0)
			writer_run(&writer, clock_now_ns() + 1000000 * MS);
		writer_finish(&writer);
		_exit(writer.report.leave);
	}
	while (live_leave_at("history-0", clock_now_ns() + 50 * MS, NULL) < 0)
		clock_sleep_ns(MS);
	ck_assert_int_eq(status_of(pid), LEAVE_ASKED);
	check_history(0, 0);
	scratch_leave(files);
}
END_TEST

/* Whoever waits for it gets the lock; and the record stands in the file. */
START_TEST(a_holder_kills_itself_after_the_write)
{
	struct writer_job job;
	struct history history;
	struct history_entry entry;
	struct live *live;
	int status;
	pid_t pid;

	scratch_enter();
	scratch_touch("data");
	job = job_of("flock", 0, 0);
	pid = run_in_child(&job);
	while (history_peek("history-0") < 5)
		clock_sleep_ns(MS);
	ck_assert_int_eq(live_open("history-0", &live, NULL), 0);
	atomic_store(&live->order, LIVE_KILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ck_assert_uint_eq(atomic_load(&live->order), LIVE_NO_ORDER);
	ck_assert_uint_eq(atomic_load(&live->state), LIVE_HOLDING);
	ck_assert_uint_ne(atomic_load(&live->obeyed_ns), 0);
	ck_assert_int_eq(history_open(&history, "history-0", NULL), 0);
	ck_assert(!history.finished && !history.cut);
	ck_assert_int_eq(history_get(&history, history.count - 1, &entry), 0);
	ck_assert_int_eq(entry.outcome, OUTCOME_OPEN);
	ck_assert_uint_eq((uint64_t)scratch_size("data"), history.count * RECORD_BYTES);
	history_close(&history);
	live_close(live);
	scratch_leave(files);
}
END_TEST

START_TEST(a_holder_stops_itself_before_the_write)
{
	struct writer_job job;
	struct live *live;
	uint64_t begun;
	int status;
	pid_t pid;
	int fd;

	scratch_enter();
	scratch_touch("data");
	job = job_of("flock", 0, 0);
	pid = run_in_child(&job);
	while (history_peek("history-0") < 5)
		clock_sleep_ns(MS);
	ck_assert_int_eq(live_open("history-0", &live, NULL), 0);
	atomic_store(&live->order, LIVE_STOP);
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(WIFSTOPPED(status));
	ck_assert_uint_eq(atomic_load(&live->state), LIVE_HOLDING);
	begun = history_peek("history-0");
	ck_assert_uint_eq((uint64_t)scratch_size("data"), (begun - 1) * RECORD_BYTES);
	fd = open("data", O_WRONLY);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), -1);
	close(fd);
	live_close(live);
	kill(pid, SIGCONT);
	while (history_peek("history-0") < begun + 1)
		clock_sleep_ns(MS);
	kill(pid, SIGUSR1);
	ck_assert_int_eq(status_of(pid), LEAVE_ASKED);
	check_history(0, (uint64_t)scratch_size("data") / RECORD_BYTES);
	scratch_leave(files);
}
END_TEST

/* It would wait for ever for a hold that it never has. */
START_TEST(without_a_lock_no_order_is_obeyed)
{
	struct writer_job job;
	struct live *live;
	static struct writer writer;
	bool skip;

	scratch_enter();
	scratch_touch("data");
	job = job_of("append", 0, 20);
	ck_assert_int_eq(writer_prepare(&writer, &job, &skip, NULL), 0);
	ck_assert_int_eq(live_open("history-0", &live, NULL), 0);
	atomic_store(&live->order, LIVE_KILL);
	writer_run(&writer, 0);
	writer_finish(&writer);
	ck_assert_uint_eq(atomic_load(&live->order), LIVE_KILL);
	ck_assert_uint_eq(atomic_load(&live->obeyed_ns), 0);
	live_close(live);
	check_history(0, 20);
	scratch_leave(files);
}
END_TEST

START_TEST(a_killed_writer_leaves_a_readable_history)
{
	struct writer_job job;
	struct history history;
	int status;
	pid_t pid;

	scratch_enter();
	scratch_touch("data");
	job = job_of("append", 0, 0);
	pid = run_in_child(&job);
	while (history_peek("history-0") < 100)
		clock_sleep_ns(MS);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(history_open(&history, "history-0", NULL), 0);
	ck_assert(!history.finished);
	ck_assert_uint_ge(history.count, 100);
	history_close(&history);
	scratch_leave(files);
}
END_TEST

START_TEST(a_full_file_system_ends_it)
{
	struct writer_job job;
	struct writer_report report;

	scratch_enter();
	job = job_of("flock", 0, 1000);
	snprintf(job.data_path, sizeof(job.data_path), "/dev/full");
	report = run(&job);
	ck_assert_int_eq(report.leave, LEAVE_NO_SPACE);
	ck_assert_int_eq(report.errnum, ENOSPC);
	ck_assert_uint_eq(report.begun, 1);
	ck_assert_uint_eq(report.unknown, 1);
	CHECK_ENTRY("history-0", 0, OUTCOME_UNKNOWN, STEP_WRITE, ENOSPC);
	scratch_leave(files);
}
END_TEST

START_TEST(nothing_but_failures_end_it)
{
	struct rlimit limit = {.rlim_cur = 50, .rlim_max = RLIM_INFINITY};
	struct writer_job job;
	static struct writer writer;
	bool skip;

	scratch_enter();
	scratch_touch("data");
	job = job_of("append", 0, 1000);
	ck_assert_int_eq(writer_prepare(&writer, &job, &skip, NULL), 0);
	setrlimit(RLIMIT_FSIZE, &limit);
	writer_run(&writer, 0);
	writer_finish(&writer);
	limit.rlim_cur = RLIM_INFINITY; /* a reader copies the history */
	setrlimit(RLIMIT_FSIZE, &limit);
	ck_assert_int_eq(writer.report.leave, LEAVE_FAILURES);
	ck_assert_uint_eq(writer.report.unknown, WRITER_FAILURES_MAX);
	ck_assert_int_eq(writer.report.errnum, EFBIG);
	CHECK_ENTRY("history-0", 0, OUTCOME_UNKNOWN, STEP_WRITE, 0);
	CHECK_ENTRY("history-0", 99, OUTCOME_UNKNOWN, STEP_WRITE, EFBIG);
	scratch_leave(files);
}
END_TEST

START_TEST(no_room_for_the_history)
{
	struct writer_job job;
	struct history history;
	static struct writer writer;
	bool skip;

	scratch_enter();
	scratch_touch("data");
	job = job_of("append", 0, 10);
	ck_assert_int_eq(writer_prepare(&writer, &job, &skip, NULL), 0);
	writer.history.reserved = writer.history.capacity = 5;
	writer_run(&writer, 0);
	writer.history.capacity = 10; /* what is mapped */
	ck_assert_int_eq(writer.report.leave, LEAVE_HISTORY);
	writer_finish(&writer);
	ck_assert_int_eq(scratch_size("data"), 5 * RECORD_BYTES);
	/* Unfinished: the verifier takes it for a cut one. */
	ck_assert_int_eq(history_open(&history, "history-0", NULL), 0);
	ck_assert(!history.finished);
	history_close(&history);
	scratch_leave(files);
}
END_TEST

static int prepare_result(const struct writer_job *job, bool *ret_skip)
{
	static struct writer writer;
	struct error err = {""};
	int rc = writer_prepare(&writer, job, ret_skip, &err);

	if (rc == 0) {
		writer_finish(&writer);
	} else {
		ck_assert(err.sentence[0]);
		writer_finish(&writer); /* harmless on an empty one */
	}
	return rc;
}

START_TEST(what_cannot_be_prepared)
{
	struct writer_job job;
	bool skip = true;

	scratch_enter();
	job = job_of("flock", 0, 10);
	ck_assert_int_eq(prepare_result(&job, &skip), -ENOENT);
	ck_assert(!skip);
	/* It left no history behind, so that it can be tried again. */
	ck_assert_int_eq(scratch_size("history-0"), -1);

	scratch_touch("history-0");
	ck_assert_int_eq(prepare_result(&job, &skip), -EEXIST);
	unlink("history-0");

	job = job_of("per-file", 0, 10);
	scratch_touch("data-0");
	ck_assert_int_eq(prepare_result(&job, &skip), -EEXIST);
	ck_assert(!skip);

	job.spec.parts.lock = LOCK_KIND_COUNT;
	ck_assert_int_eq(prepare_result(&job, &skip), -EBADMSG);
	job = job_of("flock", 0, 10);
	memset(job.data_path, 'x', sizeof(job.data_path));
	ck_assert_int_eq(prepare_result(&job, &skip), -EBADMSG);
	job = job_of("flock", 0, 10);
	job.identity.min_bytes = 10;
	ck_assert_int_eq(prepare_result(&job, &skip), -EINVAL);
	ck_assert(!skip);
	scratch_leave(files);
}
END_TEST

UNIT_MAIN("writer", 60, two_writers_share_a_file,
	  it_starts_on_time_and_keeps_to_rate_and_duration,
	  an_append_begins_where_the_one_before_ended,
	  an_append_does_not_begin_in_a_pause, it_goes_on_until_it_has_enough,
	  records_of_any_size, a_signal_stops_it, a_signal_ends_its_wait_for_the_lock,
	  a_time_to_leave_ends_no_wait_for_the_lock, a_time_to_leave_ends_a_pause,
	  a_holder_kills_itself_after_the_write, a_holder_stops_itself_before_the_write,
	  without_a_lock_no_order_is_obeyed, a_killed_writer_leaves_a_readable_history,
	  a_full_file_system_ends_it, nothing_but_failures_end_it,
	  no_room_for_the_history, what_cannot_be_prepared)
