/*
 * test_append_reading - workloads that read what stands in the file before they write:
 * what they make of it, and what the history keeps.
 */
#include "core/clock.h"
#include "core/crc32c.h"
#include "tests/unit/workloads/bench.h"
#include "tests/unit/workloads/scratch.h"

#include <errno.h>

static void write_data(const char *text)
{
	int fd = open(DATA, O_WRONLY | O_TRUNC);

	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void data_is(const char *text)
{
	char bytes[64] = "";
	int fd = open(DATA, O_RDONLY);

	ck_assert_int_ge(read(fd, bytes, sizeof(bytes) - 1), 0);
	close(fd);
	ck_assert_str_eq(bytes, text);
}

START_TEST(counts_from_what_is_there)
{
	struct bench bench;

	bench_start(&bench, "counter", 5, true);
	bench_append(&bench, 1);
	ck_assert_int_eq(bench.end.offset, 1);
	data_is("00000000000000000001\n");
	bench_append(&bench, 1);
	ck_assert_int_eq(bench.end.offset, 2);
	write_data("00000000000000000099\n");
	bench_append(&bench, 1);
	ck_assert_int_eq(bench.end.offset, 100);
	data_is("00000000000000000100\n");
	bench_finish(&bench);
}
END_TEST

/* Else a turn would see somebody come in where nobody did; see turn.h. */
START_TEST(a_counter_alone_goes_on_where_it_ended)
{
	struct bench bench;
	int64_t end;

	bench_start(&bench, "counter", 5, true);
	bench_append(&bench, 1);
	end = bench.end.end;
	bench_append(&bench, 1);
	ck_assert_int_eq(bench.end.offset, end);
	bench_finish(&bench);
}
END_TEST

START_TEST(counts_nothing_that_is_no_number)
{
	static const char *const texts[] = {"1\n", "0000000000000000000x\n",
					    "00000000000000000001\n0",
					    "09223372036854775807\n"};
	struct bench bench;

	bench_start(&bench, "counter", 10, true);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_data(texts[i]);
		bench_append(&bench, 1);
		ck_assert_int_eq(bench.end.outcome, OUTCOME_FAILED);
		ck_assert_int_eq(bench.end.step, STEP_PLACE);
		ck_assert_int_eq(bench.end.errnum, EBADMSG);
		ck_assert_int_eq(bench.end.offset, HISTORY_OFFSET_UNKNOWN);
		data_is(texts[i]);
	}
	bench_finish(&bench);
}
END_TEST

/* The history keeps the CRC-32C of what stood before each record. */
START_TEST(remembers_what_it_saw)
{
	struct history_entry entry;
	struct history history;
	struct bench bench;
	uint8_t bytes[RECORD_BYTES];

	bench_start(&bench, "chain", 5, true);
	bench_append(&bench, 1);
	bench_append(&bench, 1);
	write_data("short");
	bench_append(&bench, 1);
	record_write(&bench.form, (struct record_id){0, 0}, bytes);
	ck_assert_int_eq(history_open(&history, HISTORY, NULL), 0);
	ck_assert_int_eq(history_get(&history, 0, &entry), 0);
	ck_assert(!entry.saw);
	ck_assert_int_eq(history_get(&history, 1, &entry), 0);
	ck_assert(entry.saw);
	ck_assert_uint_eq(entry.seen, crc32c(bytes, RECORD_BYTES));
	ck_assert_int_eq(history_get(&history, 2, &entry), 0);
	ck_assert(entry.saw);
	ck_assert_uint_eq(entry.seen, crc32c("short", 5));
	history_close(&history);
	bench_finish(&bench);
}
END_TEST

START_TEST(thinks_between_reading_and_writing)
{
	struct bench bench;
	uint64_t begun;

	bench_start(&bench, "counter:think=20000", 2, true);
	begun = clock_now_ns();
	bench_append(&bench, 1);
	ck_assert_uint_ge(clock_now_ns() - begun, 20000000);
	bench_finish(&bench);
}
END_TEST

UNIT_MAIN("append_reading", 30, counts_from_what_is_there,
	  a_counter_alone_goes_on_where_it_ended, counts_nothing_that_is_no_number,
	  remembers_what_it_saw, thinks_between_reading_and_writing)
