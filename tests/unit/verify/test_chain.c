/* test_chain - did each writer see what the one before it had left? */
#include "core/crc32c.h"
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/judge.h"

#include <string.h>

enum { SECOND = 1000000000, MS = 1000000, BYTES = 100, RECORDS = 100 };

static struct craft c;
static struct judgment j;
static struct history_entry entries[RECORDS];

static struct record_id id_of(unsigned int at)
{
	return (struct record_id){at % 4, at / 4};
}

/* What stands before record number @at of the file: the last BYTES of it. */
static uint32_t left_before(unsigned int at)
{
	uint8_t bytes[BYTES];

	record_write(&c.form, id_of(at - 1), bytes);
	return crc32c(bytes, BYTES);
}

/* Four writers on two hosts in turn, each of which sees the one before. */
static void begin(void)
{
	const struct craft_plan plan = {2, 4, BYTES, BYTES, 0};

	craft_init(&c, &plan);
	c.strategy->workload = WORKLOAD_CHAIN;
	for (unsigned int at = 0; at < RECORDS; at++) {
		uint64_t from = SECOND + at * (uint64_t)MS;

		entries[at] = (struct history_entry){
			.outcome = OUTCOME_ACKNOWLEDGED,
			.offset = at * BYTES,
			.invoke_ns = from - 3 * (uint64_t)MS,
			.locked_ns = from,
			.written_ns = from + MS / 4,
			.flushed_ns = from + MS / 4,
			.unlock_ns = from + MS / 2,
			.completed_ns = from + MS / 2 + MS / 8,
			.saw = at > 0,
			.seen = at > 0 ? left_before(at) : 0,
		};
	}
}

static void judge(void)
{
	uint8_t bytes[BYTES];

	for (unsigned int at = 0; at < RECORDS; at++) {
		craft_append(&c, id_of(at).writer, &entries[at]);
		record_write(&c.form, id_of(at), bytes);
		craft_put(&c, 0, at * BYTES, bytes, BYTES);
	}
	craft_save(&c);
	craft_judge(&c, &j);
}

static void end(void)
{
	judgment_release(&j);
	craft_release(&c);
}

START_TEST(unbroken_is_safe)
{
	begin();
	judge();
	ck_assert_int_eq(j.anomalies[ANOMALY_STALE_READ], 0);
	ck_assert_int_eq(j.verdict, VERDICT_SAFE);
	end();
}
END_TEST

START_TEST(seeing_an_older_end_is_a_stale_read)
{
	begin();
	entries[50].seen = left_before(49);
	judge();
	ck_assert_int_eq(j.anomalies[ANOMALY_STALE_READ], 1);
	ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
	ck_assert_int_eq(j.findings[0].kind, ANOMALY_STALE_READ);
	ck_assert_uint_eq(j.findings[0].offset, 50 * BYTES);
	ck_assert_uint_eq(j.findings[0].record.writer, 50 % 4);
	ck_assert_uint_eq(j.findings[0].record.seq, 50 / 4);
	ck_assert_uint_eq(j.findings[0].by.writer, 49 % 4);
	end();
}
END_TEST

START_TEST(seeing_nothing_or_something_too_much)
{
	begin();
	entries[50].saw = false;
	entries[0].saw = true;
	judge();
	ck_assert_int_eq(j.anomalies[ANOMALY_STALE_READ], 2);
	end();
}
END_TEST

START_TEST(not_while_the_other_still_held_the_lock)
{
	begin();
	/* Host 1's clock may be wrong by more than the pause between two holds. */
	craft_clock(&c, 1, SECOND, 0, 4 * (uint64_t)MS);
	entries[50].seen = left_before(49);
	judge();
	ck_assert_int_eq(j.anomalies[ANOMALY_STALE_READ], 0);
	end();
}
END_TEST

START_TEST(not_without_a_lock)
{
	begin();
	c.strategy->exclusive_lock = false;
	entries[50].seen = left_before(49);
	judge();
	ck_assert_int_eq(j.anomalies[ANOMALY_STALE_READ], COUNT_NULL);
	end();
}
END_TEST

START_TEST(what_a_doubtful_append_left_need_not_be_seen)
{
	begin();
	entries[49].outcome = OUTCOME_UNKNOWN;
	entries[49].step = STEP_UNLOCK;
	entries[50].seen = left_before(49);
	judge();
	ck_assert_int_eq(j.anomalies[ANOMALY_STALE_READ], 0);
	end();
}
END_TEST

START_TEST(other_workloads_have_no_chain)
{
	begin();
	c.strategy->workload = WORKLOAD_APPEND;
	entries[50].seen = left_before(49);
	judge();
	ck_assert_int_eq(j.anomalies[ANOMALY_STALE_READ], COUNT_NULL);
	ck_assert_int_eq(j.verdict, VERDICT_SAFE);
	end();
}
END_TEST

UNIT_MAIN("chain", 20, unbroken_is_safe, seeing_an_older_end_is_a_stale_read,
	  seeing_nothing_or_something_too_much, not_while_the_other_still_held_the_lock,
	  not_without_a_lock, what_a_doubtful_append_left_need_not_be_seen,
	  other_workloads_have_no_chain)
