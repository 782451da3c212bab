/* test_merge - one log of many files: what goes in, in which order, what does not. */
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/merge.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES = 100, SECOND = 1000000000 };

static struct craft c;
static struct merge_counts counts;
static char *merged;
static size_t merged_bytes;

/* Two hosts with a writer each, and a file each. */
static void begin(uint32_t writers)
{
	const struct craft_plan plan = {2, writers, BYTES, BYTES, 0};

	craft_init(&c, &plan);
	c.strategy->shared_file = false;
	c.strategy->exclusive_lock = false;
}

/* An append by @writer that was complete when its host's clock showed @completed_ns. */
static void append(uint32_t writer, uint64_t completed_ns, enum outcome outcome)
{
	uint64_t seq = c.writers[writer].count;
	struct record_id id = {writer, seq};
	struct history_entry entry = {
		.outcome = outcome,
		.offset = (int64_t)(seq * BYTES),
		.invoke_ns = completed_ns - 1000,
		.locked_ns = completed_ns - 1000,
		.written_ns = completed_ns,
		.flushed_ns = completed_ns,
		.unlock_ns = completed_ns,
		.completed_ns = completed_ns,
	};
	uint8_t bytes[BYTES];

	craft_append(&c, writer, &entry);
	record_write(&c.form, id, bytes);
	craft_put(&c, writer, seq * BYTES, bytes, BYTES);
}

/* Merge what was saved. */
static void merge_saved(void)
{
	struct error err = {""};
	FILE *log = open_memstream(&merged, &merged_bytes);

	ck_assert_msg(merge_strategy(&c.manifest, c.dir, 0, log, &counts, &err) == 0,
		      "%s", err.sentence);
	fclose(log);
	ck_assert_uint_eq(merged_bytes, counts.bytes);
	ck_assert_uint_eq(merged_bytes, counts.records * BYTES);
}

static void merge(void)
{
	craft_save(&c);
	merge_saved();
}

static void end(void)
{
	free(merged);
	craft_release(&c);
}

/* Record number @at of the log is @seq of @writer. */
static void expect(size_t at, uint32_t writer, uint64_t seq)
{
	struct record_id id = {writer, seq};

	ck_assert_uint_lt(at, counts.records);
	ck_assert_msg(record_equals(&c.form, id, (uint8_t *)merged + at * BYTES),
		      "record %zu is not %u:%lu", at, writer, (unsigned long)seq);
}

START_TEST(stands_in_the_order_of_completion)
{
	begin(2);
	append(0, 1 * SECOND, OUTCOME_ACKNOWLEDGED);
	append(0, 4 * (uint64_t)SECOND, OUTCOME_ACKNOWLEDGED);
	append(1, 2 * (uint64_t)SECOND, OUTCOME_ACKNOWLEDGED);
	append(1, 3 * (uint64_t)SECOND, OUTCOME_ACKNOWLEDGED);
	merge();
	ck_assert_uint_eq(counts.records, 4);
	ck_assert_uint_eq(counts.left_out, 0);
	ck_assert_uint_eq(counts.damaged_histories, 0);
	expect(0, 0, 0);
	expect(1, 1, 0);
	expect(2, 1, 1);
	expect(3, 0, 1);
	end();
}
END_TEST

START_TEST(goes_by_the_clock_of_rank_0)
{
	/* Host 1's clock is a minute behind: its 2 s are rank 0's 62 s. */
	begin(2);
	craft_clock(&c, 1, SECOND, 60 * (int64_t)SECOND, 2000);
	append(0, 5 * (uint64_t)SECOND, OUTCOME_ACKNOWLEDGED);
	append(1, 2 * (uint64_t)SECOND, OUTCOME_ACKNOWLEDGED);
	merge();
	expect(0, 0, 0);
	expect(1, 1, 0);
	end();
}
END_TEST

START_TEST(keeps_the_order_of_a_writer_whose_clock_was_corrected)
{
	/* By its samples the second append was complete 9 s before the first. */
	static const struct clock_sample samples[] = {
		{1 * (uint64_t)SECOND, 20 * (int64_t)SECOND, 2000},
		{9 * (uint64_t)SECOND, 3 * (int64_t)SECOND, 2000},
	};
	struct manifest_host *host;

	begin(2);
	host = &c.manifest.hosts[1];
	host->samples = craft_grow(host->samples, sizeof(samples));
	memcpy(host->samples, samples, sizeof(samples));
	host->sample_count = 2;
	append(1, 1 * (uint64_t)SECOND, OUTCOME_ACKNOWLEDGED);
	append(1, 9 * (uint64_t)SECOND, OUTCOME_ACKNOWLEDGED);
	append(0, 30 * (uint64_t)SECOND, OUTCOME_ACKNOWLEDGED);
	merge();
	expect(0, 1, 0);
	expect(1, 1, 1);
	expect(2, 0, 0);
	end();
}
END_TEST

START_TEST(takes_what_is_there_and_tells_what_is_not)
{
	begin(2);
	append(0, 1 * SECOND, OUTCOME_ACKNOWLEDGED);
	append(0, 2 * (uint64_t)SECOND, OUTCOME_ACKNOWLEDGED); /* spoiled below */
	append(0, 3 * (uint64_t)SECOND, OUTCOME_UNKNOWN);      /* recovered */
	append(0, 4 * (uint64_t)SECOND, OUTCOME_FAILED);
	append(1, 5 * (uint64_t)SECOND, OUTCOME_UNKNOWN); /* spoiled below */
	craft_put(&c, 0, BYTES + 50, "x", 1);
	craft_put(&c, 1, 50, "x", 1);
	merge();
	ck_assert_uint_eq(counts.records, 2);
	ck_assert_uint_eq(counts.left_out, 1);
	expect(0, 0, 0);
	expect(1, 0, 2);
	end();
}
END_TEST

START_TEST(misses_no_file_silently)
{
	begin(2);
	append(0, 1 * SECOND, OUTCOME_ACKNOWLEDGED);
	append(1, 2 * (uint64_t)SECOND, OUTCOME_ACKNOWLEDGED);
	c.files[1].vanished = true;
	merge();
	ck_assert_uint_eq(counts.records, 1);
	ck_assert_uint_eq(counts.left_out, 1);
	end();
}
END_TEST

START_TEST(tells_of_histories_and_clocks_that_are_not_there)
{
	begin(2);
	c.manifest.hosts[1].sample_count = 0;
	append(0, 1 * SECOND, OUTCOME_ACKNOWLEDGED);
	append(1, 2 * (uint64_t)SECOND, OUTCOME_ACKNOWLEDGED);
	craft_save(&c);
	c.strategy->writers[1].begun = 2; /* its history tells of 1 */
	merge_saved();
	ck_assert_uint_eq(counts.damaged_histories, 1);
	ck_assert_uint_eq(counts.unmeasured_hosts, 1);
	ck_assert_uint_eq(counts.records, 2);
	end();
}
END_TEST

/* More writers than a heap of three levels has, in a shuffled order of time. */
START_TEST(merges_many)
{
	enum { WRITERS = 50, EACH = 40 };

	begin(WRITERS);
	for (uint64_t seq = 0; seq < EACH; seq++)
		for (uint32_t w = 0; w < WRITERS; w++)
			append(w, SECOND + (seq * WRITERS + w * 37 % WRITERS) * 10000,
			       OUTCOME_ACKNOWLEDGED);
	merge();
	ck_assert_uint_eq(counts.records, WRITERS * EACH);
	for (size_t at = 0; at < WRITERS * EACH; at++) {
		uint32_t w = 0;

		while (w * 37 % WRITERS != at % WRITERS)
			w++;
		expect(at, w, at / WRITERS);
	}
	end();
}
END_TEST

UNIT_MAIN("merge", 20, stands_in_the_order_of_completion, goes_by_the_clock_of_rank_0,
	  keeps_the_order_of_a_writer_whose_clock_was_corrected,
	  takes_what_is_there_and_tells_what_is_not, misses_no_file_silently,
	  tells_of_histories_and_clocks_that_are_not_there, merges_many)
