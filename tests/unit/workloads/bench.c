#include "tests/unit/workloads/bench.h"

#include "core/clock.h"
#include "tests/unit/workloads/scratch.h"

const struct record_plan plan = {
	.run_id = "0123456789ab",
	.min_bytes = RECORD_BYTES,
	.max_bytes = RECORD_BYTES,
};

void bench_start(struct bench *bench, const char *strategy, uint64_t capacity,
		 bool local_fs)
{
	struct history_identity identity = {.run_id = "0123456789ab"};
	struct appender_config config = {
		.spec = &bench->spec,
		.data_path = DATA,
		.form = &bench->form,
		.history = &bench->history,
		.stop = &bench->stop,
		.local_fs = local_fs,
	};
	struct error err = {""};

	memset(bench, 0, sizeof(*bench));
	scratch_enter();
	ck_assert_int_eq(strategy_parse(strategy, &bench->spec, NULL), 0);
	if (strategy_shared_file(&bench->spec))
		scratch_touch(DATA);
	ck_assert_int_eq(record_form_init(&bench->form, &plan), 0);
	ck_assert_int_eq(
		history_create(&bench->history, HISTORY, &identity, capacity, NULL), 0);
	ck_assert_msg(appender_open(&bench->appender, &config, &err) == 0, "%s",
		      err.sentence);
}

void bench_append(struct bench *bench, uint32_t records)
{
	ck_assert_int_eq(
		appender_append(&bench->appender, records, clock_now_ns(), &bench->end),
		0);
}

void bench_finish(struct bench *bench)
{
	static const char *const names[] = {HISTORY, DATA, DATA ".lock", NULL};

	appender_close(&bench->appender);
	history_finish(&bench->history);
	record_form_release(&bench->form);
	scratch_leave(names);
}
