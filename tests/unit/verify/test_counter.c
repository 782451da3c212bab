/* test_counter - a shared counter: what each history makes of each number. */
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/judge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SECOND = 1000000000, MS = 1000000 };

static struct craft c;
static struct judgment j;

/* Two hosts with two writers, under an exclusive lock. */
static void begin(void)
{
	const struct craft_plan plan = {2, 4, 64, 64, 0};

	craft_init(&c, &plan);
	c.strategy->workload = WORKLOAD_COUNTER;
}

static struct history_entry step_at(uint64_t at_ms, int64_t number,
				    enum outcome outcome)
{
	uint64_t from = SECOND + at_ms * MS;

	return (struct history_entry){
		.outcome = outcome,
		.step = outcome == OUTCOME_ACKNOWLEDGED ? STEP_NONE : STEP_WRITE,
		.offset = number,
		.invoke_ns = from - 3 * (uint64_t)MS,
		.locked_ns = from,
		.written_ns = from + MS / 4,
		.flushed_ns = from + MS / 4,
		.unlock_ns = from + MS / 2,
		.completed_ns = from + MS / 2 + MS / 8,
	};
}

/* A hold of the lock, from @at_ms on for half a millisecond, that wrote @number. */
static void step(uint32_t writer, uint64_t at_ms, int64_t number)
{
	struct history_entry entry = step_at(at_ms, number, OUTCOME_ACKNOWLEDGED);

	craft_append(&c, writer, &entry);
}

static void file_is(const char *text)
{
	craft_put(&c, 0, 0, text, strlen(text));
}

static void number_is(unsigned int number)
{
	char text[32];

	snprintf(text, sizeof(text), "%020u\n", number);
	file_is(text);
}

static void judge(void)
{
	craft_save(&c);
	craft_judge(&c, &j);
}

static void end(void)
{
	judgment_release(&j);
	craft_release(&c);
}

/* The counts that are not 0; every other one that is taken must be. */
struct count {
	enum anomaly kind;
	int64_t count;
};

static void expect(const struct count *counts, size_t count)
{
	for (int kind = 0; kind < ANOMALY_COUNT; kind++) {
		int64_t expected = 0;

		for (size_t i = 0; i < count; i++)
			if ((int)counts[i].kind == kind)
				expected = counts[i].count;
		if (j.anomalies[kind] == COUNT_NULL && !expected)
			continue;
		ck_assert_msg(j.anomalies[kind] == expected, "%s: %ld, not %ld (%s)",
			      anomaly_table[kind].name, (long)j.anomalies[kind],
			      (long)expected, j.reason);
	}
}

#define EXPECT(...)                                                                    \
	expect((const struct count[]){__VA_ARGS__},                                    \
	       sizeof((const struct count[]){__VA_ARGS__}) / sizeof(struct count))
#define EXPECT_NOTHING() expect(NULL, 0)

/* Numbers 1 to @count, by all writers in turn. */
static void honest_steps(unsigned int count)
{
	for (unsigned int n = 1; n <= count; n++)
		step((n - 1) % 4, n, n);
}

START_TEST(honest_is_safe)
{
	begin();
	honest_steps(100);
	number_is(100);
	judge();
	EXPECT_NOTHING();
	ck_assert_int_eq(j.verdict, VERDICT_SAFE);
	ck_assert_uint_eq(j.acknowledged, 100);
	ck_assert_uint_eq(j.intact, 100);
	/* Each came from the other host and waited while the one before was on. */
	ck_assert_uint_eq(j.handoffs, 99);
	ck_assert_int_eq(j.anomalies[ANOMALY_TORN], COUNT_NULL);
	ck_assert_int_eq(j.anomalies[ANOMALY_STALE_READ], 0);
	end();
}
END_TEST

START_TEST(without_a_lock_nobody_reads_under_one)
{
	begin();
	c.strategy->exclusive_lock = false;
	honest_steps(100);
	number_is(100);
	judge();
	EXPECT_NOTHING();
	ck_assert_int_eq(j.anomalies[ANOMALY_STALE_READ], COUNT_NULL);
	end();
}
END_TEST

START_TEST(repeated_number_is_a_lost_update)
{
	const struct finding *lost;

	begin();
	honest_steps(100);
	/* Later, and under a lock that nobody else held: it read 99. */
	step(1, 200, 100);
	number_is(100);
	judge();
	EXPECT({ANOMALY_LOST, 1}, {ANOMALY_OVERWRITTEN, 1}, {ANOMALY_STALE_READ, 1});
	ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
	ck_assert_uint_eq(j.intact, 100);
	lost = &j.findings[0];
	ck_assert_int_eq(lost->kind, ANOMALY_OVERWRITTEN);
	ck_assert_uint_eq(lost->offset, 100);
	ck_assert_uint_eq(lost->record.writer, 3);
	ck_assert_uint_eq(lost->record.seq, 24);
	ck_assert_uint_eq(lost->by.writer, 1);
	ck_assert_uint_eq(lost->by.seq, 25);
	ck_assert_int_eq(j.findings[1].kind, ANOMALY_STALE_READ);
	ck_assert_uint_eq(j.findings[1].record.writer, 1);
	ck_assert_uint_eq(j.findings[1].by.writer, 3);
	end();
}
END_TEST

START_TEST(repeat_within_the_clocks_error_is_no_stale_read)
{
	begin();
	/* Host 1's clock is only known to 10 s. */
	craft_clock(&c, 1, SECOND, 0, 20 * (uint64_t)SECOND);
	honest_steps(100);
	step(1, 200, 100); /* after rank 3, which is on the same host */
	step(0, 201, 100); /* on the other one */
	number_is(100);
	judge();
	/* Rank 1 is on rank 3's host, rank 0 is not. */
	EXPECT({ANOMALY_LOST, 2}, {ANOMALY_OVERWRITTEN, 2}, {ANOMALY_STALE_READ, 1});
	end();
}
END_TEST

START_TEST(skipped_number_is_a_gap)
{
	begin();
	honest_steps(60);
	for (unsigned int n = 63; n <= 100; n++)
		step(n % 4, n, n);
	number_is(100);
	judge();
	EXPECT({ANOMALY_GAP, 1}, {ANOMALY_GAP_BYTES, 2 * COUNTER_BYTES});
	ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
	ck_assert_uint_eq(j.findings[0].offset, 61);
	end();
}
END_TEST

START_TEST(a_killed_writer_may_have_taken_the_number)
{
	struct history_entry open = step_at(61, HISTORY_OFFSET_UNKNOWN, OUTCOME_OPEN);

	begin();
	honest_steps(60);
	craft_append(&c, 0, &open);
	c.strategy->writers[0].end = WRITER_KILLED;
	for (unsigned int n = 62; n <= 200; n++)
		step(1 + n % 3, n, n);
	number_is(200);
	judge();
	EXPECT_NOTHING();
	ck_assert_int_eq(j.verdict, VERDICT_SAFE);
	end();
}
END_TEST

START_TEST(an_unknown_step_repeats_nothing)
{
	struct history_entry unknown = step_at(101, 101, OUTCOME_UNKNOWN);

	begin();
	honest_steps(100);
	craft_append(&c, 0, &unknown);
	step(1, 102, 101); /* it did not see the other's, so that never was */
	number_is(101);
	judge();
	EXPECT_NOTHING();
	ck_assert_uint_eq(j.recovered, 0);
	end();
}
END_TEST

START_TEST(an_unknown_step_that_was_seen_is_recovered)
{
	struct history_entry unknown = step_at(101, 101, OUTCOME_UNKNOWN);

	begin();
	honest_steps(100);
	craft_append(&c, 0, &unknown);
	step(1, 102, 102);
	number_is(102);
	judge();
	EXPECT_NOTHING();
	ck_assert_uint_eq(j.recovered, 1);
	end();
}
END_TEST

START_TEST(what_the_file_does_not_hold_is_missing)
{
	begin();
	honest_steps(100);
	number_is(97);
	judge();
	EXPECT({ANOMALY_LOST, 3}, {ANOMALY_MISSING, 3});
	ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
	ck_assert_uint_eq(j.intact, 97);
	end();
}
END_TEST

START_TEST(an_empty_or_absent_file_holds_nothing)
{
	begin();
	honest_steps(100);
	judge();
	EXPECT({ANOMALY_LOST, 100}, {ANOMALY_MISSING, 100});
	judgment_release(&j);
	c.files[0].vanished = true;
	judge();
	EXPECT({ANOMALY_LOST, 100}, {ANOMALY_MISSING, 100});
	end();
}
END_TEST

START_TEST(no_number_is_foreign)
{
	static const char *const texts[] = {
		"garbage",
		"00000000000000000100",
		"0000000000000000010x\n",
		"000000000000000000100\n\n",
		"99999999999999999999\n", /* more than 63 bits */
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		begin();
		honest_steps(100);
		file_is(texts[i]);
		judge();
		EXPECT({ANOMALY_LOST, 100}, {ANOMALY_MISSING, 100},
		       {ANOMALY_FOREIGN, 1},
		       {ANOMALY_FOREIGN_BYTES, (int64_t)strlen(texts[i])});
		ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
		end();
	}
}
END_TEST

START_TEST(a_number_that_nobody_wrote_is_foreign)
{
	begin();
	honest_steps(100);
	number_is(101);
	judge();
	EXPECT({ANOMALY_FOREIGN, 1}, {ANOMALY_FOREIGN_BYTES, COUNTER_BYTES});
	end();
}
END_TEST

START_TEST(smaller_number_later_is_disorder)
{
	begin();
	honest_steps(98);
	/* 100 before 99, by the clock; and by one writer. */
	step(2, 105, 99);
	step(1, 99, 100);
	step(1, 300, 102);
	step(1, 310, 101);
	number_is(102);
	judge();
	EXPECT({ANOMALY_WRITER_DISORDER, 1}, {ANOMALY_REALTIME_DISORDER, 2},
	       {ANOMALY_STALE_READ, 2});
	end();
}
END_TEST

START_TEST(garbage_under_the_lock_is_a_stale_read)
{
	struct history_entry failed =
		step_at(101, HISTORY_OFFSET_UNKNOWN, OUTCOME_FAILED);

	failed.step = STEP_PLACE;
	failed.errnum = EBADMSG;
	begin();
	honest_steps(100);
	craft_append(&c, 0, &failed);
	number_is(100);
	judge();
	EXPECT({ANOMALY_STALE_READ, 1});
	ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
	end();
}
END_TEST

START_TEST(a_damaged_history_accuses_nobody_of_a_gap)
{
	begin();
	honest_steps(100);
	for (unsigned int n = 101; n <= 104; n++)
		if (n != 102)
			step((n - 1) % 4, n, n);
	number_is(104);
	craft_save(&c);
	c.strategy->writers[1].begun++; /* its history tells of one less */
	ck_assert_int_eq(manifest_save(&c.manifest, c.dir, NULL), 0);
	craft_judge(&c, &j);
	EXPECT({ANOMALY_GAP, 1}, {ANOMALY_GAP_BYTES, COUNTER_BYTES});
	ck_assert_int_eq(j.verdict, VERDICT_INCONCLUSIVE);
	end();
}
END_TEST

START_TEST(a_promise_without_a_number_is_missing)
{
	begin();
	honest_steps(100);
	step(0, 101, HISTORY_OFFSET_UNKNOWN);
	step(1, 102, 0);
	number_is(100);
	judge();
	EXPECT({ANOMALY_LOST, 2}, {ANOMALY_MISSING, 2});
	ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
	/* Nor does it account for a number that nobody wrote. */
	judgment_release(&j);
	number_is(101);
	judge();
	EXPECT({ANOMALY_LOST, 2}, {ANOMALY_MISSING, 2}, {ANOMALY_FOREIGN, 1},
	       {ANOMALY_FOREIGN_BYTES, COUNTER_BYTES});
	end();
}
END_TEST

START_TEST(a_silent_step_excuses_one_number)
{
	struct history_entry open = step_at(61, HISTORY_OFFSET_UNKNOWN, OUTCOME_OPEN);

	begin();
	honest_steps(60);
	craft_append(&c, 0, &open);
	c.strategy->writers[0].end = WRITER_KILLED;
	for (unsigned int n = 62; n <= 200; n++)
		step(1 + n % 3, n, n);
	number_is(201); /* the gap at 61 and this: one of them is nobody's */
	judge();
	EXPECT({ANOMALY_GAP, 1}, {ANOMALY_GAP_BYTES, COUNTER_BYTES});
	ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
	end();
}
END_TEST

START_TEST(what_was_never_written_is_in_no_order)
{
	struct history_entry unknown;

	begin();
	honest_steps(100);
	/* Its flush failed: what these two wrote never got to the server. */
	for (unsigned int n = 101; n <= 102; n++) {
		unknown = step_at(n, n, OUTCOME_UNKNOWN);
		craft_append(&c, 0, &unknown);
	}
	step(0, 103, 101);
	for (unsigned int n = 102; n <= 300; n++)
		step(n % 4, n + 2, n);
	number_is(300);
	judge();
	EXPECT_NOTHING();
	ck_assert_int_eq(j.verdict, VERDICT_SAFE);
	end();
}
END_TEST

START_TEST(a_gap_as_wide_as_numbers_go)
{
	begin();
	honest_steps(100);
	for (uint64_t i = 0; i < 3; i++)
		step(1, 101 + i, INT64_MAX / 4 * (int64_t)(i + 1));
	file_is("09223372036854775807\n");
	judge();
	ck_assert_int_eq(j.anomalies[ANOMALY_GAP], 3);
	ck_assert_int_eq(j.anomalies[ANOMALY_GAP_BYTES], INT64_MAX);
	ck_assert_int_eq(j.anomalies[ANOMALY_FOREIGN], 1);
	ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
	end();
}
END_TEST

UNIT_MAIN("counter", 20, honest_is_safe, without_a_lock_nobody_reads_under_one,
	  repeated_number_is_a_lost_update,
	  repeat_within_the_clocks_error_is_no_stale_read, skipped_number_is_a_gap,
	  a_killed_writer_may_have_taken_the_number, an_unknown_step_repeats_nothing,
	  an_unknown_step_that_was_seen_is_recovered,
	  what_the_file_does_not_hold_is_missing, an_empty_or_absent_file_holds_nothing,
	  no_number_is_foreign, a_number_that_nobody_wrote_is_foreign,
	  smaller_number_later_is_disorder, garbage_under_the_lock_is_a_stale_read,
	  a_damaged_history_accuses_nobody_of_a_gap,
	  a_promise_without_a_number_is_missing, a_silent_step_excuses_one_number,
	  what_was_never_written_is_in_no_order, a_gap_as_wide_as_numbers_go)
