/*
 * test_append_service - appends whose parts ask a service: where it stands, where it
 * is dead, and where it fails, each outcome is the one that can be answered for.
 */
#include "core/clock.h"
#include "tests/unit/workloads/scratch.h"
#include "workloads/append.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum {
	RECORD_BYTES = 100,
	SLOT_BYTES = 4096,
	PATIENCE_MS = 20000, /* a flush may wait for a disk that others load */
	SOON_MS = 300,	     /* where nobody will answer */
};

#define HISTORY "history"
#define DATA	"data"

static const struct record_plan plan = {
	.run_id = "0123456789ab",
	.min_bytes = RECORD_BYTES,
	.max_bytes = RECORD_BYTES,
};

/* One appender with all that it borrows, and the process that it asks. */
struct bench {
	struct record_form form;
	struct history_writer history;
	volatile sig_atomic_t stop;
	struct strategy_spec spec;
	struct endpoints endpoints;
	struct appender appender;
	struct append_end end;
	pid_t service;
	int channel; /* closed, it ends the service */
	int patience_ms;
};

/* A page of 4 KiB wherever this runs; an extent is as large everywhere. */
static uint32_t slot_bytes(const struct strategy_spec *spec)
{
	uint32_t bytes = strategy_slot_bytes(spec, RECORD_BYTES);

	return bytes == (uint32_t)sysconf(_SC_PAGESIZE) ? SLOT_BYTES : bytes;
}

static void start_service(struct bench *bench)
{
	const struct strategy_parts *parts = &bench->spec.parts;
	struct service_job job = {
		.kind = strategy_service(&bench->spec),
		.writers = 1,
		.slot_bytes = slot_bytes(&bench->spec),
		.flush = parts->flush,
		.batch_bytes = parts->batch * RECORD_BYTES,
		.data_path = DATA,
	};
	struct service *service;
	int channel[2];

	ck_assert_int_eq(pipe(channel), 0);
	ck_assert_int_eq(service_new(&job, &service, &bench->endpoints, NULL), 0);
	bench->service = fork();
	ck_assert_int_ge(bench->service, 0);
	if (bench->service == 0) {
		signal(SIGXFSZ, SIG_IGN);
		close(channel[1]);
		_exit(service_run(service, channel[0]) < 0);
	}
	close(channel[0]);
	bench->channel = channel[1];
	service_free(service);
}

static int bench_open(struct bench *bench, struct error *err)
{
	struct appender_config config = {
		.spec = &bench->spec,
		.data_path = DATA,
		.form = &bench->form,
		.history = &bench->history,
		.stop = &bench->stop,
		.endpoints = &bench->endpoints,
		.service_timeout_ms = bench->patience_ms,
	};

	return appender_open(&bench->appender, &config, err);
}

static void bench_start(struct bench *bench, const char *strategy)
{
	struct history_identity identity = {.run_id = "0123456789ab"};
	struct error err = {""};

	*bench = (struct bench){.patience_ms = PATIENCE_MS};
	scratch_enter();
	scratch_touch(DATA);
	ck_assert_int_eq(strategy_parse(strategy, &bench->spec, NULL), 0);
	ck_assert_int_eq(record_form_init(&bench->form, &plan), 0);
	ck_assert_int_eq(
		history_create(&bench->history, HISTORY, &identity, 1000, NULL), 0);
	start_service(bench);
	ck_assert_msg(bench_open(bench, &err) == 0, "%s", err.sentence);
}

static void bench_append(struct bench *bench, uint32_t records)
{
	ck_assert_int_eq(
		appender_append(&bench->appender, records, clock_now_ns(), &bench->end),
		0);
}

static void kill_service(struct bench *bench)
{
	kill(bench->service, SIGKILL);
	waitpid(bench->service, NULL, 0);
	bench->service = 0;
}

/* Close; what close(2), or what stands for it, returned. */
static int bench_finish(struct bench *bench)
{
	int rc = appender_close(&bench->appender);

	history_finish(&bench->history);
	record_form_release(&bench->form);
	close(bench->channel);
	if (bench->service)
		waitpid(bench->service, NULL, 0);
	return rc;
}

static void bench_clean(void)
{
	static const char *const names[] = {HISTORY, DATA, NULL};

	scratch_leave(names);
}

static bool stands(uint64_t seq, off_t offset)
{
	struct record_form form;
	uint8_t bytes[RECORD_BYTES];
	int fd = open(DATA, O_RDONLY);
	bool equal;

	ck_assert_int_eq(record_form_init(&form, &plan), 0);
	equal = pread(fd, bytes, sizeof(bytes), offset) == RECORD_BYTES &&
		record_equals(&form, (struct record_id){0, seq}, bytes);
	record_form_release(&form);
	close(fd);
	return equal;
}

/* ---- what goes well -------------------------------------------------------- */

START_TEST(records_stand_where_they_were_told_to)
{
	static const struct {
		const char *strategy;
		uint32_t batch;
		int64_t stride; /* from batch to batch */
	} rows[] = {
		{"sequencer", 1, RECORD_BYTES},
		{"sequencer:io=dsync,flush=close", 1, RECORD_BYTES},
		{"sequencer-aligned", 1, SLOT_BYTES},
		{"sequencer-aligned:batch=3", 3, SLOT_BYTES},
		{"sequencer-aligned:batch=41", 41, 2 * SLOT_BYTES},
		{"extents", 1, RECORD_BYTES},
		{"extents:batch=3,io=dsync", 3, 3 * RECORD_BYTES},
		{"aggregator", 1, RECORD_BYTES},
		{"aggregator:batch=5,flush=fsync", 5, 5 * RECORD_BYTES},
		{"mpi-token", 1, RECORD_BYTES},
		{"mpi-token:batch=2,wait=poll", 2, 2 * RECORD_BYTES},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t batch = rows[i].batch;
		struct bench bench;

		bench_start(&bench, rows[i].strategy);
		bench_append(&bench, batch);
		bench_append(&bench, batch);
		ck_assert_int_eq(bench_finish(&bench), 0);
		for (uint64_t seq = 0; seq < 2 * batch; seq++) {
			int64_t offset = (int64_t)(seq / batch) * rows[i].stride +
					 (int64_t)(seq % batch) * RECORD_BYTES;

			CHECK_ENTRY(HISTORY, seq, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
			ck_assert_int_eq(scratch_entry(HISTORY, seq).offset, offset);
			ck_assert_msg(stands(seq, offset), "%s: record %d",
				      rows[i].strategy, (int)seq);
		}
		bench_clean();
	}
}
END_TEST

/* One ticket serves until no whole batch fits; what is over stays empty. */
START_TEST(an_extent_is_filled_and_then_the_next)
{
	enum {
		BATCH = 60,
		EXTENT_BYTES = 65536,
		FIT = EXTENT_BYTES / (BATCH * RECORD_BYTES)
	};
	struct bench bench;

	bench_start(&bench, "extents:batch=60");
	for (int i = 0; i < FIT + 1; i++)
		bench_append(&bench, BATCH);
	ck_assert_int_eq(bench_finish(&bench), 0);
	for (uint64_t seq = 0; seq < (FIT + 1) * BATCH; seq++) {
		struct history_entry entry = scratch_entry(HISTORY, seq);
		bool second = seq >= FIT * BATCH;
		int64_t offset = (int64_t)seq * RECORD_BYTES;

		if (second)
			offset += EXTENT_BYTES - FIT * BATCH * RECORD_BYTES;
		ck_assert_int_eq(entry.outcome, OUTCOME_ACKNOWLEDGED);
		ck_assert_int_eq(entry.offset, offset);
		ck_assert_uint_eq(entry.hold, second ? 2 : 1);
		ck_assert(stands(seq, offset));
	}
	ck_assert_int_eq(scratch_size(DATA), EXTENT_BYTES + BATCH * RECORD_BYTES);
	bench_clean();
}
END_TEST

/* What of a failed write may still come lands on nothing else. */
START_TEST(the_place_of_a_failed_write_is_given_away)
{
	struct rlimit limit = {.rlim_cur = RECORD_BYTES + 50,
			       .rlim_max = RLIM_INFINITY};
	struct rlimit before;
	struct bench bench;

	signal(SIGXFSZ, SIG_IGN);
	bench_start(&bench, "extents");
	bench_append(&bench, 1);
	ck_assert_int_eq(prlimit(0, RLIMIT_FSIZE, &limit, &before), 0);
	bench_append(&bench, 1); /* 50 bytes of it */
	bench_append(&bench, 1); /* none */
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	bench_append(&bench, 1);
	ck_assert_int_eq(bench_finish(&bench), 0);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	CHECK_ENTRY(HISTORY, 1, OUTCOME_UNKNOWN, STEP_WRITE, 0);
	CHECK_ENTRY(HISTORY, 2, OUTCOME_UNKNOWN, STEP_WRITE, EFBIG);
	CHECK_ENTRY(HISTORY, 3, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	for (uint64_t seq = 0; seq < 4; seq++)
		ck_assert_int_eq(scratch_entry(HISTORY, seq).offset,
				 (int64_t)seq * RECORD_BYTES);
	ck_assert(stands(0, 0) && stands(3, 3 * RECORD_BYTES));
	bench_clean();
}
END_TEST

/* The hold of the token lasts until the file is closed: the flush is in it. */
START_TEST(the_token_is_held_over_the_close)
{
	struct history_entry entry;
	struct bench bench;

	bench_start(&bench, "mpi-token");
	ck_assert_int_eq(bench.appender.file.fd, -1);
	bench_append(&bench, 1);
	ck_assert_int_eq(bench.appender.file.fd, -1);
	bench_finish(&bench);
	entry = scratch_entry(HISTORY, 0);
	ck_assert(entry.invoke_ns < entry.locked_ns &&
		  entry.locked_ns < entry.written_ns &&
		  entry.written_ns < entry.flushed_ns &&
		  entry.flushed_ns <= entry.unlock_ns &&
		  entry.unlock_ns < entry.completed_ns);
	bench_clean();
}
END_TEST

/* ---- a service that is dead ------------------------------------------------- */

START_TEST(nothing_is_written_without_the_service)
{
	static const struct {
		const char *strategy;
		enum append_step step;
		enum outcome first; /* of the append that finds it dead */
		enum append_step found;
		enum outcome before; /* what becomes of the one before */
	} rows[] = {
		{"sequencer", STEP_PLACE, OUTCOME_FAILED, STEP_PLACE,
		 OUTCOME_ACKNOWLEDGED},
		{"sequencer-aligned:io=dsync", STEP_PLACE, OUTCOME_FAILED, STEP_PLACE,
		 OUTCOME_ACKNOWLEDGED},
		{"mpi-token", STEP_LOCK, OUTCOME_FAILED, STEP_LOCK,
		 OUTCOME_ACKNOWLEDGED},
		/* It was asked to write, and it may hold back what it had written. */
		{"aggregator", STEP_PLACE, OUTCOME_UNKNOWN, STEP_WRITE,
		 OUTCOME_UNKNOWN},
		{"aggregator:flush=fsync", STEP_PLACE, OUTCOME_UNKNOWN, STEP_WRITE,
		 OUTCOME_ACKNOWLEDGED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench bench;

		bench_start(&bench, rows[i].strategy);
		bench_append(&bench, 1);
		kill_service(&bench);
		bench_append(&bench, 1);
		bench_append(&bench, 1);
		bench_finish(&bench);
		ck_assert_int_eq(scratch_entry(HISTORY, 0).outcome, rows[i].before);
		ck_assert_int_eq(scratch_entry(HISTORY, 1).outcome, rows[i].first);
		CHECK_ENTRY(HISTORY, 1, rows[i].first, rows[i].found, EPIPE);
		CHECK_ENTRY(HISTORY, 2, OUTCOME_FAILED, rows[i].step, ENOTCONN);
		ck_assert_int_eq(scratch_entry(HISTORY, 2).offset,
				 HISTORY_OFFSET_UNKNOWN);
		ck_assert_int_eq(scratch_size(DATA), RECORD_BYTES);
		bench_clean();
	}
}
END_TEST

START_TEST(a_service_that_nobody_finds)
{
	struct error err = {""};
	struct bench bench;

	bench_start(&bench, "sequencer");
	appender_close(&bench.appender);
	kill_service(&bench);
	bench.patience_ms = SOON_MS;
	ck_assert_int_eq(bench_open(&bench, &err), -EHOSTUNREACH);
	ck_assert_ptr_nonnull(strstr(err.sentence, "sequencer"));
	bench_finish(&bench);
	bench_clean();
}
END_TEST

/* A stop does not end a wait for a ticket that is nearly there. */
START_TEST(a_stop_leaves_no_ticket_undrawn)
{
	struct bench bench;

	bench_start(&bench, "sequencer");
	bench.stop = 1;
	bench_append(&bench, 1);
	bench_finish(&bench);
	CHECK_ENTRY(HISTORY, 0, OUTCOME_ACKNOWLEDGED, STEP_NONE, 0);
	bench_clean();
}
END_TEST

/* ---- an aggregator that fails -------------------------------------------------- */

START_TEST(its_error_disowns_what_was_not_flushed)
{
	static const struct {
		const char *strategy;
		enum outcome before;
	} rows[] = {
		{"aggregator", OUTCOME_UNKNOWN},
		{"aggregator:flush=fdatasync", OUTCOME_ACKNOWLEDGED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rlimit limit = {.rlim_cur = RECORD_BYTES + 50,
				       .rlim_max = RLIM_INFINITY};
		struct bench bench;

		bench_start(&bench, rows[i].strategy);
		bench_append(&bench, 1);
		ck_assert_int_eq(prlimit(bench.service, RLIMIT_FSIZE, &limit, NULL), 0);
		bench_append(&bench, 1);
		bench_finish(&bench);
		ck_assert_int_eq(scratch_entry(HISTORY, 0).outcome, rows[i].before);
		CHECK_ENTRY(HISTORY, 1, OUTCOME_UNKNOWN, STEP_WRITE, EIO);
		bench_clean();
	}
}
END_TEST

UNIT_MAIN("append_service", 60, records_stand_where_they_were_told_to,
	  an_extent_is_filled_and_then_the_next,
	  the_place_of_a_failed_write_is_given_away, the_token_is_held_over_the_close,
	  nothing_is_written_without_the_service, a_service_that_nobody_finds,
	  a_stop_leaves_no_ticket_undrawn, its_error_disowns_what_was_not_flushed)
