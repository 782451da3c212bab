/*
 * test_append - each step that fails is the outcome that it must be, with its
 * errno, in the history; and a refused lock or place writes nothing.
 *
 * Failures come from the kernel where an ordinary user can have them (the limit
 * on file sizes, a descriptor closed from under the strategy), and from fake
 * parts elsewhere.
 */
#include "core/clock.h"
#include "tests/unit/workloads/bench.h"
#include "tests/unit/workloads/scratch.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

/* Does the intact record number @seq stand at its place in an unbroken file? */
static bool stands(const struct bench *bench, uint64_t seq, off_t offset)
{
	uint8_t bytes[RECORD_BYTES];
	int fd = open(DATA, O_RDONLY);
	ssize_t n = pread(fd, bytes, sizeof(bytes), offset);

	close(fd);
	return n == RECORD_BYTES &&
	       record_equals(&bench->form, (struct record_id){0, seq}, bytes);
}

/* ---- fake parts ---------------------------------------------------------- */

static int refusals; /* how often, and with what */
static int refusal;

static int refuse(struct data_file *file, bool block)
{
	(void)file;
	(void)block;
	return refusals-- > 0 ? refusal : 0;
}

static int unlock_fails(struct data_file *file)
{
	(void)file;
	return -EIO;
}

/* The order of what happens beside a lock: the file is open (o) or not (-). */
static char steps[16];

static void note_step(char step, const struct data_file *file)
{
	size_t length = strlen(steps);

	snprintf(steps + length, sizeof(steps) - length, "%c%c", step,
		 file->fd < 0 ? '-' : 'o');
}

static int acquire_noted(struct data_file *file, bool block)
{
	(void)block;
	note_step('L', file);
	return 0;
}

static int release_noted(struct data_file *file)
{
	note_step('U', file);
	return 0;
}

static int place_noted(struct data_file *file, int64_t *ret_offset)
{
	note_step('P', file);
	return place_seek_end.place(file, ret_offset);
}

static int place_without_lock_file(struct data_file *file, int64_t *ret_offset)
{
	unlink(DATA ".lock");
	return place_seek_end.place(file, ret_offset);
}

/* Another held the lock until now, and wrote. */
static int acquire_behind_another(struct data_file *file, bool block)
{
	int fd = open(DATA, O_WRONLY | O_APPEND);

	(void)file;
	(void)block;
	ck_assert_int_eq(write(fd, "another's", 9), 9);
	close(fd);
	return 0;
}

static int place_fails(struct data_file *file, int64_t *ret_offset)
{
	(void)file;
	(void)ret_offset;
	return -ESTALE;
}

static ssize_t write_fails(struct data_file *file, const void *bytes, size_t size)
{
	(void)file;
	(void)bytes;
	(void)size;
	return refusal;
}

static const struct placement_ops *little_of = &place_seek_end;

static ssize_t write_little(struct data_file *file, const void *bytes, size_t size)
{
	return little_of->write(file, bytes, size < 33 ? size : 33);
}

static ssize_t write_nothing(struct data_file *file, const void *bytes, size_t size)
{
	(void)file;
	(void)bytes;
	(void)size;
	return 0;
}

static int locate_fails(struct data_file *file, size_t written, int64_t *ret_offset)
{
	(void)file;
	(void)written;
	(void)ret_offset;
	return -EIO;
}

/* @bench's own lock or placement with one function replaced. */
#define FAKE_LOCK(bench, member, function)                                             \
	struct lock_ops fake_lock = *(bench)->appender.lock;                           \
	fake_lock.member = function;                                                   \
	(bench)->appender.lock = &fake_lock

/* It outlives the function that puts it in. */
#define FAKE_PLACEMENT(bench, member, function)                                        \
	static struct placement_ops fake_placement;                                    \
	fake_placement = *(bench)->appender.placement;                                 \
	fake_placement.member = function;                                              \
	(bench)->appender.placement = &fake_placement

/* fsync(2) of a pipe is EINVAL; everything else goes on. */
static void make_flush_fail(struct bench *bench)
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(dup2(fds[1], bench->appender.file.fd),
			 bench->appender.file.fd);
}

/* ---- what goes well -------------------------------------------------------- */

START_TEST(all_presets_append)
{
	static const char *const strategies[] = {
		"append",
		"flock",
		"flock-append",
		"flock-pwrite",
		"seek-before-lock",
		"fstat-pwrite",
		"fcntl",
		"ofd",
		"lockfile",
		"lockfile:wait=exponential,flush=fsync",
		"link",
		"sidecar",
		"sidecar:flush=close",
		"per-file",
		"flock:wait=poll",
		"fcntl:flush=close",
		"append:io=sync",
		"per-file:flush=fsync",
		"flock:flush=fdatasync",
		"append:io=dsync",
		"per-file:flush=close",
		"append:flush=close",
	};

	for (size_t i = 0; i < sizeof(strategies) / sizeof(strategies[0]); i++) {
		struct bench bench;

		bench_start(&bench, strategies[i], 10, true);
		for (uint64_t seq = 0; seq < 5; seq++) {
			struct history_entry entry;

			bench_append(&bench, 1);
			entry = scratch_entry(HISTORY, seq);
			CHECK_ENTRY(HISTORY, seq, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
			ck_assert_int_eq(entry.offset, (int64_t)seq * RECORD_BYTES);
			ck_assert_uint_eq(entry.hold, seq);
			ck_assert(entry.invoke_ns <= entry.locked_ns &&
				  entry.locked_ns <= entry.written_ns &&
				  entry.written_ns <= entry.flushed_ns &&
				  entry.flushed_ns <= entry.unlock_ns &&
				  entry.unlock_ns <= entry.completed_ns);
			ck_assert_uint_eq(entry.completed_ns, bench.end.completed_ns);
			ck_assert(stands(&bench, seq, (off_t)seq * RECORD_BYTES));
			ck_assert(scratch_unlocked(DATA));
		}
		bench_finish(&bench);
	}
}
END_TEST

START_TEST(a_batch_is_one_hold)
{
	struct bench bench;

	bench_start(&bench, "flock:batch=4", 6, true);
	bench_append(&bench, 4);
	bench_append(&bench, 2);
	ck_assert_int_eq(scratch_size(DATA), 6 * RECORD_BYTES);
	for (uint64_t seq = 0; seq < 6; seq++) {
		struct history_entry entry = scratch_entry(HISTORY, seq);

		ck_assert_int_eq(entry.outcome, OUTCOME_ACKNOWLEDGED);
		ck_assert_uint_eq(entry.hold, seq / 4);
		ck_assert_int_eq(entry.offset, (int64_t)seq * RECORD_BYTES);
		ck_assert(stands(&bench, seq, (off_t)seq * RECORD_BYTES));
	}
	bench_finish(&bench);
}
END_TEST

START_TEST(o_append_knows_where_it_wrote)
{
	struct bench bench;
	int fd;

	bench_start(&bench, "append", 3, true);
	bench_append(&bench, 1);
	fd = open(DATA, O_WRONLY | O_APPEND);
	ck_assert_int_eq(write(fd, "another's", 9), 9);
	close(fd);
	bench_append(&bench, 1);
	ck_assert_int_eq(scratch_entry(HISTORY, 1).offset, RECORD_BYTES + 9);
	bench_finish(&bench);
}
END_TEST

/* ---- nothing is written ------------------------------------------------------ */

/* A lock file that a dead holder left makes others wait until they are stopped. */
START_TEST(a_lock_file_left_behind_stays)
{
	static const char *const strategies[] = {"lockfile", "link"};

	for (size_t i = 0; i < 2; i++) {
		struct bench bench;

		bench_start(&bench, strategies[i], 3, true);
		bench_append(&bench, 1);
		scratch_touch(DATA ".lock");
		bench.stop = 1;
		bench_append(&bench, 1);
		CHECK_ENTRY(HISTORY, 1, OUTCOME_FAILED, STEP_LOCK, EINTR);
		ck_assert_int_eq(scratch_size(DATA), RECORD_BYTES);
		ck_assert_int_eq(scratch_size(DATA ".lock"), 0);
		ck_assert_int_eq(unlink(DATA ".lock"), 0);
		bench_append(&bench, 1);
		CHECK_ENTRY(HISTORY, 2, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
		ck_assert_int_eq(scratch_size(DATA ".lock"), -1);
		bench_finish(&bench);
	}
}
END_TEST

/* The holder's own lock file is gone: somebody else may have been in. */
START_TEST(a_lock_file_taken_away)
{
	struct bench bench;

	bench_start(&bench, "lockfile", 2, true);
	FAKE_PLACEMENT(&bench, place, place_without_lock_file);
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_UNKNOWN, STEP_UNLOCK, ENOENT);
	bench_finish(&bench);
}
END_TEST

START_TEST(a_file_that_does_not_open_under_a_lock_apart)
{
	struct bench bench;

	bench_start(&bench, "lockfile", 2, true);
	ck_assert_int_eq(unlink(DATA), 0);
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_FAILED, STEP_OPEN, ENOENT);
	ck_assert_int_eq(scratch_size(DATA ".lock"), -1);
	bench_finish(&bench);
}
END_TEST

/* What is left of a broken write must not follow when others hold the lock. */
START_TEST(a_broken_write_is_closed_before_a_lock_apart_is_let_go)
{
	struct bench bench;

	steps[0] = '\0';
	bench_start(&bench, "sidecar", 2, true);
	FAKE_PLACEMENT(&bench, write, write_fails);
	FAKE_LOCK(&bench, release, release_noted);
	refusal = -EIO;
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_UNKNOWN, STEP_WRITE, EIO);
	ck_assert_str_eq(steps, "U-");
	bench_finish(&bench);
}
END_TEST

START_TEST(a_failed_unlock_does_not_keep_a_sidecar)
{
	struct bench bench;

	bench_start(&bench, "sidecar", 3, true);
	FAKE_LOCK(&bench, release, unlock_fails);
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_UNKNOWN, STEP_UNLOCK, EIO);
	ck_assert(scratch_unlocked(DATA ".lock"));
	fake_lock.release = lock_sidecar.release;
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	bench_finish(&bench);
}
END_TEST

/* Where the end is looked for before the lock, it is that of another time. */
START_TEST(when_the_end_is_looked_for)
{
	static const struct {
		const char *strategy;
		int64_t offset;
	} cases[] = {{"flock", 9}, {"flock-pwrite", 9}, {"seek-before-lock", 0}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench bench;

		bench_start(&bench, cases[i].strategy, 1, true);
		FAKE_LOCK(&bench, acquire, acquire_behind_another);
		bench_append(&bench, 1);
		CHECK_ENTRY(HISTORY, 0, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
		ck_assert_int_eq(scratch_entry(HISTORY, 0).offset, cases[i].offset);
		ck_assert(stands(&bench, 0, cases[i].offset));
		bench_finish(&bench);
	}
}
END_TEST

START_TEST(a_refused_lock_writes_nothing)
{
	struct bench bench;

	bench_start(&bench, "flock", 3, true);
	FAKE_LOCK(&bench, acquire, refuse);
	refusal = -ENOLCK;
	refusals = 1;
	bench_append(&bench, 1);
	ck_assert_int_eq(bench.end.outcome, OUTCOME_FAILED);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_FAILED, STEP_LOCK, ENOLCK);
	ck_assert_int_eq(scratch_entry(HISTORY, 0).offset, HISTORY_OFFSET_UNKNOWN);
	ck_assert_int_eq(scratch_size(DATA), 0);
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	ck_assert(stands(&bench, 1, 0));
	bench_finish(&bench);
}
END_TEST

START_TEST(a_failed_place_writes_nothing)
{
	struct bench bench;

	bench_start(&bench, "flock", 3, true);
	FAKE_PLACEMENT(&bench, place, place_fails);
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_FAILED, STEP_PLACE, ESTALE);
	ck_assert_int_eq(scratch_size(DATA), 0);
	ck_assert(scratch_unlocked(DATA));
	bench_finish(&bench);
}
END_TEST

START_TEST(a_file_that_does_not_open_again)
{
	struct bench bench;

	bench_start(&bench, "flock:flush=close", 3, true);
	bench_append(&bench, 1);
	ck_assert_int_eq(unlink(DATA), 0);
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_FAILED, STEP_OPEN, ENOENT);
	ck_assert_int_eq(scratch_size(DATA), -1);
	bench_finish(&bench);
}
END_TEST

START_TEST(waiting_ends_when_a_stop_is_asked_for)
{
	struct bench bench;

	bench_start(&bench, "flock", 3, true);
	FAKE_LOCK(&bench, acquire, refuse);
	refusal = -EINTR;
	refusals = 5;
	bench_append(&bench, 1); /* a signal that means nothing */
	CHECK_ENTRY(HISTORY, 0, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	bench.stop = 1;
	refusals = 1;
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_FAILED, STEP_LOCK, EINTR);
	ck_assert_int_eq(scratch_size(DATA), RECORD_BYTES);
	bench_finish(&bench);
}
END_TEST

START_TEST(polling_goes_on_until_the_lock_is_free)
{
	struct bench bench;

	bench_start(&bench, "flock:wait=poll", 3, true);
	FAKE_LOCK(&bench, acquire, refuse);
	refusal = -EAGAIN;
	refusals = 5;
	bench_append(&bench, 1);
	ck_assert_int_eq(refusals, -1);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	bench.stop = 1;
	refusals = 1;
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_FAILED, STEP_LOCK, EINTR);
	bench_finish(&bench);
}
END_TEST

START_TEST(every_way_of_polling_goes_on)
{
	static const char *const strategies[] = {"flock:wait=fixed",
						 "flock:wait=exponential"};

	for (size_t i = 0; i < 2; i++) {
		struct bench bench;
		uint64_t began, took;

		bench_start(&bench, strategies[i], 3, true);
		FAKE_LOCK(&bench, acquire, refuse);
		refusal = -EAGAIN;
		refusals = 4;
		bench_append(&bench, 1);
		CHECK_ENTRY(HISTORY, 0, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
		began = scratch_entry(HISTORY, 0).invoke_ns;
		took = scratch_entry(HISTORY, 0).locked_ns - began;
		/* 4 x 5 ms; 1 + 2 + 4 + 8 ms */
		ck_assert_uint_ge(took, i == 0 ? 20000000 : 15000000);
		bench_finish(&bench);
	}
}
END_TEST

START_TEST(the_order_of_steps)
{
	static const struct {
		const char *strategy;
		bool apart, before_lock;
		const char *steps; /* of two appends */
	} cases[] = {
		{"flock", false, false, "LoPoUoLoPoUo"},
		{"flock", false, true, "PoLoUoPoLoUo"},
		{"flock:flush=close", false, false, "LoPoLoPo"},
		{"flock", true, false, "LoPoUoLoPoUo"},
		{"sidecar", true, false, "LoPoUoLoPoUo"},
		{"sidecar:flush=close", true, false, "L-PoU-L-PoU-"},
		{"lockfile", true, false, "L-PoU-L-PoU-"},
	};
	struct bench bench;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		steps[0] = '\0';
		bench_start(&bench, cases[i].strategy, 2, true);
		FAKE_LOCK(&bench, acquire, acquire_noted);
		FAKE_PLACEMENT(&bench, place, place_noted);
		fake_lock.release = release_noted;
		fake_lock.apart = cases[i].apart;
		fake_placement.before_lock = cases[i].before_lock;
		bench_append(&bench, 1);
		bench_append(&bench, 1);
		ck_assert_str_eq(steps, cases[i].steps);
		CHECK_ENTRY(HISTORY, 1, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
		bench_finish(&bench);
	}
}
END_TEST

START_TEST(a_full_history_writes_nothing)
{
	struct bench bench;

	bench_start(&bench, "flock:batch=2", 3, true);
	bench_append(&bench, 2);
	ck_assert_int_eq(
		appender_append(&bench.appender, 2, clock_now_ns(), &bench.end),
		-ENOSPC);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	CHECK_ENTRY(HISTORY, 2, OUTCOME_FAILED, STEP_NONE, ENOSPC);
	ck_assert_int_eq(scratch_size(DATA), 2 * RECORD_BYTES);
	bench_finish(&bench);
}
END_TEST

/* ---- anything may have happened ------------------------------------------------ */

static void limit_file_size(rlim_t bytes)
{
	struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(short_and_failed_writes)
{
	struct bench bench;

	bench_start(&bench, "flock", 4, true);
	bench_append(&bench, 1);
	limit_file_size(RECORD_BYTES + 40);
	bench_append(&bench, 1);
	bench_append(&bench, 1);
	limit_file_size(RLIM_INFINITY);
	ck_assert_int_eq(bench.appender.file.fd, -1);
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_UNKNOWN, STEP_WRITE, 0);
	ck_assert_int_eq(scratch_entry(HISTORY, 1).offset, RECORD_BYTES);
	CHECK_ENTRY(HISTORY, 2, OUTCOME_UNKNOWN, STEP_WRITE, EFBIG);
	CHECK_ENTRY(HISTORY, 3, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	ck_assert(stands(&bench, 3, RECORD_BYTES + 40));
	ck_assert(scratch_unlocked(DATA));
	bench_finish(&bench);
}
END_TEST

START_TEST(short_writes_are_continued_on_request)
{
	static const char *const strategies[] = {
		"flock:short=retry", "append:short=retry", "fstat-pwrite:short=retry"};

	for (size_t i = 0; i < 3; i++) {
		struct bench bench;

		bench_start(&bench, strategies[i], 3, true);
		little_of = bench.appender.placement;
		FAKE_PLACEMENT(&bench, write, write_little);
		bench_append(&bench, 1);
		bench_append(&bench, 1);
		for (uint64_t seq = 0; seq < 2; seq++) {
			CHECK_ENTRY(HISTORY, seq, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
			ck_assert_int_eq(scratch_entry(HISTORY, seq).offset,
					 (int64_t)seq * RECORD_BYTES);
			ck_assert(stands(&bench, seq, (off_t)seq * RECORD_BYTES));
		}
		fake_placement.write = write_nothing;
		bench_append(&bench, 1);
		CHECK_ENTRY(HISTORY, 2, OUTCOME_UNKNOWN, STEP_WRITE, 0);
		bench_finish(&bench);
	}
}
END_TEST

START_TEST(a_failed_locate)
{
	struct bench bench;

	bench_start(&bench, "append", 3, true);
	FAKE_PLACEMENT(&bench, locate, locate_fails);
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_UNKNOWN, STEP_LOCATE, EIO);
	bench_finish(&bench);
}
END_TEST

START_TEST(a_failed_flush_disowns_since_the_last_good_one)
{
	struct bench bench;

	bench_start(&bench, "flock", 5, true);
	bench.appender.parts.flush = FLUSH_FSYNC;
	bench_append(&bench, 1);
	bench.appender.parts.flush = FLUSH_NONE;
	bench_append(&bench, 1);
	bench_append(&bench, 1);
	bench.appender.parts.flush = FLUSH_FDATASYNC;
	make_flush_fail(&bench);
	/* A pipe has no end to seek to. */
	bench.appender.placement = &place_append;
	FAKE_PLACEMENT(&bench, locate, NULL);
	bench_append(&bench, 1);
	ck_assert_int_eq(bench.end.outcome, OUTCOME_UNKNOWN);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_UNKNOWN, STEP_FLUSH, EINVAL);
	CHECK_ENTRY(HISTORY, 2, OUTCOME_UNKNOWN, STEP_FLUSH, EINVAL);
	CHECK_ENTRY(HISTORY, 3, OUTCOME_UNKNOWN, STEP_FLUSH, EINVAL);
	/* The file is opened again. */
	bench.appender.placement = &place_seek_end;
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 4, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	ck_assert(stands(&bench, 4, 3 * RECORD_BYTES));
	bench_finish(&bench);
}
END_TEST

START_TEST(a_failed_unlock_does_not_keep_the_lock)
{
	struct bench bench;

	bench_start(&bench, "flock", 3, true);
	FAKE_LOCK(&bench, release, unlock_fails);
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_UNKNOWN, STEP_UNLOCK, EIO);
	ck_assert(scratch_unlocked(DATA));
	fake_lock.release = lock_flock.release;
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	ck_assert(stands(&bench, 1, RECORD_BYTES));
	bench_finish(&bench);
}
END_TEST

START_TEST(a_failed_unlock_after_a_failed_place)
{
	struct bench bench;

	bench_start(&bench, "flock", 3, true);
	FAKE_LOCK(&bench, release, unlock_fails);
	FAKE_PLACEMENT(&bench, place, place_fails);
	bench_append(&bench, 1);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_FAILED, STEP_PLACE, ESTALE);
	ck_assert(scratch_unlocked(DATA));
	bench_finish(&bench);
}
END_TEST

START_TEST(a_failed_close_disowns_since_the_last_good_flush)
{
	struct bench bench;

	bench_start(&bench, "append", 3, true);
	bench.appender.parts.flush = FLUSH_FSYNC;
	bench_append(&bench, 1);
	bench.appender.parts.flush = FLUSH_NONE;
	bench_append(&bench, 1);
	close(bench.appender.file.fd);
	ck_assert_int_eq(appender_close(&bench.appender), -EBADF);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_UNKNOWN, STEP_CLOSE, EBADF);
	ck_assert_int_eq(appender_close(&bench.appender), 0);
	bench_finish(&bench);
}
END_TEST

/* Two good appends, then a write that fails with @errnum. */
static void write_fails_after_two(struct bench *bench, bool local_fs, int errnum)
{
	bench_start(bench, "append", 3, local_fs);
	bench_append(bench, 1);
	bench_append(bench, 1);
	FAKE_PLACEMENT(bench, write, write_fails);
	refusal = -errnum;
	bench_append(bench, 1);
	CHECK_ENTRY(HISTORY, 2, OUTCOME_UNKNOWN, STEP_WRITE, errnum);
}

START_TEST(an_error_of_write_back_disowns_on_a_network)
{
	struct bench bench;

	write_fails_after_two(&bench, false, ENOSPC);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_UNKNOWN, STEP_WRITE, ENOSPC);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_UNKNOWN, STEP_WRITE, ENOSPC);
	bench_finish(&bench);
	/* Such an error is an error of this write alone. */
	write_fails_after_two(&bench, false, EIO);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	bench_finish(&bench);
	write_fails_after_two(&bench, true, ENOSPC);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	bench_finish(&bench);
}
END_TEST

/* ---- opening ------------------------------------------------------------------- */

static int open_result(const char *strategy, struct error *err)
{
	struct history_writer history = {.fd = -1};
	struct record_form form;
	struct strategy_spec spec;
	struct appender appender = {0};
	volatile sig_atomic_t stop = 0;
	struct appender_config config = {
		.spec = &spec,
		.data_path = DATA,
		.form = &form,
		.history = &history,
		.stop = &stop,
	};
	int rc;

	ck_assert_int_eq(strategy_parse(strategy, &spec, NULL), 0);
	ck_assert_int_eq(record_form_init(&form, &plan), 0);
	rc = appender_open(&appender, &config, err);
	if (rc == 0)
		appender_close(&appender);
	record_form_release(&form);
	return rc;
}

START_TEST(opening)
{
	static const char *const names[] = {DATA, NULL};
	struct error err = {""};
	struct stat st;
	int rc;

	scratch_enter();
	ck_assert_int_eq(open_result("flock", &err), -ENOENT);
	ck_assert_str_eq(err.sentence, "cannot open data: No such file or directory");
	ck_assert_int_eq(scratch_size(DATA), -1);
	ck_assert_int_eq(open_result("per-file", &err), 0);
	ck_assert_int_eq(stat(DATA, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(open_result("per-file", &err), -EEXIST);
	ck_assert_int_eq(open_result("flock", &err), 0);
	/* Records of 100 bytes: refused wherever O_DIRECT has a rule or is unknown. */
	rc = open_result("flock:io=direct", &err);
	ck_assert_msg(rc == 0 || appender_need_unmet(-rc), "%s", err.sentence);
	unlink(DATA);
	ck_assert_int_eq(symlink("/etc/passwd", DATA), 0);
	ck_assert_int_eq(open_result("flock", &err), -ELOOP);
	scratch_leave(names);
}
END_TEST

START_TEST(what_a_mount_cannot_do)
{
	ck_assert(appender_need_unmet(EINVAL));
	ck_assert(appender_need_unmet(ENOLCK));
	ck_assert(appender_need_unmet(EOPNOTSUPP));
	ck_assert(!appender_need_unmet(EACCES));
	ck_assert(!appender_need_unmet(ENOENT));
	ck_assert(!appender_need_unmet(E2BIG));
}
END_TEST

UNIT_MAIN("append", 30, all_presets_append, a_batch_is_one_hold,
	  o_append_knows_where_it_wrote, a_lock_file_left_behind_stays,
	  a_lock_file_taken_away, a_file_that_does_not_open_under_a_lock_apart,
	  a_broken_write_is_closed_before_a_lock_apart_is_let_go,
	  a_failed_unlock_does_not_keep_a_sidecar, when_the_end_is_looked_for,
	  a_refused_lock_writes_nothing, a_failed_place_writes_nothing,
	  a_file_that_does_not_open_again, waiting_ends_when_a_stop_is_asked_for,
	  polling_goes_on_until_the_lock_is_free, every_way_of_polling_goes_on,
	  the_order_of_steps, a_full_history_writes_nothing, short_and_failed_writes,
	  short_writes_are_continued_on_request, a_failed_locate,
	  a_failed_flush_disowns_since_the_last_good_one,
	  a_failed_unlock_does_not_keep_the_lock, a_failed_unlock_after_a_failed_place,
	  a_failed_close_disowns_since_the_last_good_flush,
	  an_error_of_write_back_disowns_on_a_network, opening, what_a_mount_cannot_do)
