/*
 * bench - one appender for a test, in a folder of the test's own, with all that it
 * borrows.
 */
#ifndef TAILRACE_TESTS_UNIT_WORKLOADS_BENCH_H
#define TAILRACE_TESTS_UNIT_WORKLOADS_BENCH_H

#include <signal.h>

#include "core/history.h"
#include "core/record.h"
#include "workloads/append.h"

enum { RECORD_BYTES = 100 };

#define HISTORY "history"
#define DATA	"data"

extern const struct record_plan plan;

struct bench {
	struct record_form form;
	struct history_writer history;
	volatile sig_atomic_t stop;
	struct strategy_spec spec;
	struct appender appender;
	struct append_end end;
};

/* Enter the folder and open an appender of @strategy, by its command-line words. */
void bench_start(struct bench *bench, const char *strategy, uint64_t capacity,
		 bool local_fs);

/* Append so many records, as one batch: how that ended is in @bench->end. */
void bench_append(struct bench *bench, uint32_t records);

/* Close it all, and leave the folder. */
void bench_finish(struct bench *bench);

#endif
