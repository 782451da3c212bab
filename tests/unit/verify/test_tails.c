/*
 * test_tails - what readers saw, joined with what writers remember: delays over the
 * clocks of two hosts, what was never seen, and tails that cannot be believed.
 */
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/tail.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOSTS = 3, WRITERS = 3, BYTES = 64, RECORDS = 4, READERS = 2 };

/* Of these times the clocks are compared: right there only half a round trip counts. */
#define AT CRAFT_SAMPLE_NS
#define MS 1000000u

static struct craft craft;

/* Each writer appends; the file holds all records but the last of writer 2. */
static void enter(void)
{
	const struct craft_plan plan = {HOSTS, WRITERS, BYTES, BYTES, 0};
	uint8_t bytes[BYTES];
	size_t offset = 0;
	char folder[512];

	craft_init(&craft, &plan);
	for (uint32_t w = 0; w < WRITERS; w++)
		for (uint64_t n = 0; n < RECORDS; n++) {
			struct history_entry entry = {
				.outcome = OUTCOME_ACKNOWLEDGED,
				.offset = (int64_t)offset,
				.invoke_ns = AT - 1000 + n,
				.locked_ns = AT - 1000 + n,
				.written_ns = AT - 1000 + n,
				.flushed_ns = AT - 1000 + n,
				.unlock_ns = AT - 1000 + n,
				.completed_ns = AT,
				.hold = (uint32_t)n,
			};
			uint64_t seq = craft_append(&craft, w, &entry);

			if (w == WRITERS - 1 && seq == RECORDS - 1)
				continue;
			record_write(&craft.form, (struct record_id){w, seq}, bytes);
			craft_put(&craft, 0, offset, bytes, BYTES);
			offset += BYTES;
		}
	craft.strategy->readers = calloc(READERS, sizeof(struct manifest_reader));
	craft.strategy->reader_count = READERS;
	craft.strategy->readers[0] = (struct manifest_reader){1, true};
	craft.strategy->readers[1] = (struct manifest_reader){2, false};
	snprintf(folder, sizeof(folder), "%s/" TAILS_FOLDER, craft.dir);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
}

static struct tail empty_tail(uint32_t reader)
{
	return (struct tail){
		.identity = tail_identity_of(&craft.manifest, 0, reader,
					     craft.strategy->readers[reader].host)};
}

static void see(struct tail *tail, uint32_t writer, uint64_t seq, uint64_t seen_ns)
{
	struct sighting sighting = {.id = {writer, seq}, .seen_ns = seen_ns};

	ck_assert_int_eq(tail_add(tail, &sighting), 0);
}

static void save(struct tail *tail)
{
	char *path = tail_path(&craft.manifest, craft.dir, 0, tail->identity.reader);

	unlink(path);
	ck_assert_int_eq(tail_save(tail, path), 0);
	free(path);
	tail_release(tail);
}

static struct judgment judged(void)
{
	struct judgment judgment;

	craft_save(&craft);
	craft_judge(&craft, &judgment);
	ck_assert_uint_eq(judgment.reader_count, READERS);
	return judgment;
}

/*
 * Reader 0 is on host 1, whose clock is 5 ms behind rank 0's; host 2's is 2 ms
 * ahead of it.  Half the round trips of both are their error.
 */
START_TEST(delays_are_taken_over_the_clocks_of_both_hosts)
{
	struct reader_facts *facts;
	struct judgment judgment;
	struct tail tail;

	enter();
	craft_clock(&craft, 1, AT, 5 * MS, 200);
	craft_clock(&craft, 2, AT, -2 * (int64_t)MS, 600);
	tail = empty_tail(0);
	tail.figures.records = 77;
	see(&tail, 1, 0, AT + 3 * MS); /* its own host: 3 ms */
	see(&tail, 0, 0, AT);	       /* at +5 ms of rank 0's: 5 ms */
	see(&tail, 2, 0, AT);	       /* 5 ms after -2 ms: 7 ms */
	see(&tail, 1, 1, AT - 100);    /* before its writer's unlock returned: 0 */
	see(&tail, 0, 1, AT - 5 * MS); /* just then: 0 */
	save(&tail);
	judgment = judged();
	facts = &judgment.readers[0];
	ck_assert(facts->told);
	ck_assert_uint_eq(facts->host, 1);
	ck_assert_uint_eq(facts->figures.records, 77);
	ck_assert_uint_eq(facts->compared, 5);
	/* A middle of 0, 0, 3, 5, 7 ms, to 1.6 %. */
	ck_assert_uint_ge(facts->p50_ns, 3 * MS);
	ck_assert_uint_le(facts->p50_ns, 3 * MS * 1016 / 1000);
	ck_assert_uint_eq(facts->p99_ns, 7 * MS);
	ck_assert_uint_eq(facts->max_ns, 7 * MS);
	/* 100 + 300 ns; 5 ms from the sample 2500 ns more; 1 each for rounding. */
	ck_assert_uint_ge(facts->clock_error_ns, 400);
	ck_assert_uint_le(facts->clock_error_ns, 100 + 2500 + 2);
	ck_assert(!judgment.readers[1].told);
	ck_assert_uint_eq(judgment.readers[1].host, 2);
	judgment_release(&judgment);
	judgment_release(&judgment);
	craft_release(&craft);
}
END_TEST

/* Without samples a host can prove nothing about time to another, only to itself. */
START_TEST(unknown_clocks_give_no_delay)
{
	struct judgment judgment;
	struct tail tail;

	enter();
	craft.manifest.hosts[1].sample_count = 0;
	tail = empty_tail(0);
	see(&tail, 0, 0, AT + 3 * MS);
	see(&tail, 1, 0, AT + 4 * MS);
	save(&tail);
	judgment = judged();
	ck_assert_uint_eq(judgment.readers[0].compared, 1);
	ck_assert_uint_eq(judgment.readers[0].max_ns, 4 * MS);
	ck_assert_uint_eq(judgment.readers[0].clock_error_ns, 0);
	judgment_release(&judgment);
	craft_release(&craft);
}
END_TEST

/* 11 records stand in the file; 3 of them were seen, one twice. */
START_TEST(what_was_never_seen_is_counted)
{
	struct judgment judgment;
	struct tail tail;

	enter();
	tail = empty_tail(0);
	see(&tail, 1, 2, AT + 9 * MS);
	see(&tail, 1, 2, AT + 2 * MS);
	see(&tail, 1, 1, AT + 3 * MS);
	see(&tail, 0, 3, AT + 1 * MS);
	/* Seen, and lost since. */
	see(&tail, WRITERS - 1, RECORDS - 1, AT);
	/* What no writer of the run has appended. */
	see(&tail, 0, RECORDS, AT + 500 * MS);
	see(&tail, WRITERS, 0, AT + 500 * MS);
	see(&tail, RECORD_MAX_WRITERS - 1, RECORD_MAX_SEQ, UINT64_MAX);
	save(&tail);
	judgment = judged();
	ck_assert_int_eq(judgment.readers[0].unseen, 8);
	ck_assert_uint_eq(judgment.readers[0].compared, 4);
	ck_assert_uint_eq(judgment.readers[0].max_ns, 3 * MS);
	judgment_release(&judgment);
	craft_release(&craft);
}
END_TEST

/*
 * Record 1 of writer 0 is at bytes 64 to 127, record 0 of writer 1 at 256.  NULs where
 * a record stands that was seen are not its matter, nor where no record stands.
 */
START_TEST(nuls_to_the_very_end_are_lasting)
{
	struct judgment judgment;
	struct tail tail;

	enter();
	tail = empty_tail(0);
	tail.figures.nuls = 3;
	tail.figures.nuls_lasting = 1;
	tail.figures.nul_longest_ns = 5;
	tail.figures.ended_ns = AT + 9 * MS;
	tail.places = calloc(4, sizeof(*tail.places));
	tail.place_count = 4;
	tail.places[0] = (struct tail_place){0, 20, AT, 0};
	tail.places[1] = (struct tail_place){127, 128, AT + 2 * MS, 0};
	tail.places[2] = (struct tail_place){256, 300, 0, AT};
	tail.places[3] = (struct tail_place){5000, 6000, AT - 1, 0};
	see(&tail, 0, 0, AT + 3 * MS);
	save(&tail);
	judgment = judged();
	ck_assert_int_eq(judgment.readers[0].unseen, 10);
	ck_assert_uint_eq(judgment.readers[0].figures.nuls, 4);
	ck_assert_uint_eq(judgment.readers[0].figures.nuls_lasting, 2);
	ck_assert_uint_eq(judgment.readers[0].figures.nul_longest_ns, 7 * MS);
	judgment_release(&judgment);
	craft_release(&craft);
}
END_TEST

START_TEST(an_append_without_a_known_end_has_no_delay)
{
	struct judgment judgment;
	struct tail tail;

	enter();
	craft.writers[1].entries[0].outcome = OUTCOME_UNKNOWN;
	craft.writers[1].entries[0].step = STEP_FLUSH;
	tail = empty_tail(0);
	see(&tail, 1, 0, AT + 3 * MS);
	save(&tail);
	judgment = judged();
	ck_assert_uint_eq(judgment.readers[0].compared, 0);
	/* Nor is it one of the 10 that are acknowledged and intact. */
	ck_assert_int_eq(judgment.readers[0].unseen, 10);
	judgment_release(&judgment);
	craft_release(&craft);
}
END_TEST

START_TEST(of_a_sample_the_unseen_are_not_known)
{
	struct judgment judgment;
	struct tail tail;

	enter();
	tail = empty_tail(0);
	see(&tail, 1, 0, AT + 3 * MS);
	tail.stride = 2;
	save(&tail);
	judgment = judged();
	ck_assert(judgment.readers[0].told);
	ck_assert_int_eq(judgment.readers[0].unseen, COUNT_NULL);
	judgment_release(&judgment);
	craft_release(&craft);
}
END_TEST

START_TEST(stamps_of_any_kind_are_harmless)
{
	static const uint64_t stamps[] = {
		0,	   1,	      INT64_MAX / 4, (uint64_t)INT64_MAX / 4 + 1,
		INT64_MAX, UINT64_MAX};
	struct judgment judgment;
	struct tail tail;

	enter();
	craft_clock(&craft, 1, INT64_MAX / 4, INT64_MAX / 4, INT64_MAX / 4);
	craft_clock(&craft, 2, 0, -(INT64_MAX / 4), INT64_MAX / 4);
	for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
		tail = empty_tail(0);
		for (uint32_t w = 0; w < WRITERS; w++)
			see(&tail, w, 0, stamps[i]);
		save(&tail);
		judgment = judged();
		ck_assert(judgment.readers[0].told);
		judgment_release(&judgment);
	}
	craft_release(&craft);
}
END_TEST

/* A tail that is damaged, another's or not there tells nothing, and no verdict hangs on
 * it. */
START_TEST(no_verdict_hangs_on_it)
{
	struct judgment with, without;
	struct tail tail;

	enter();
	tail = empty_tail(0);
	tail.identity.host = 2;
	save(&tail);
	craft.strategy->readers[1].given = true;
	with = judged();
	ck_assert(!with.readers[0].told);
	ck_assert(!with.readers[1].told);
	craft.strategy->reader_count = 0;
	craft_save(&craft);
	craft_judge(&craft, &without);
	ck_assert_uint_eq(without.reader_count, 0);
	ck_assert_int_eq(with.verdict, without.verdict);
	ck_assert_str_eq(with.reason, without.reason);
	ck_assert_mem_eq(with.anomalies, without.anomalies, sizeof(with.anomalies));
	judgment_release(&with);
	judgment_release(&without);
	craft_release(&craft);
}
END_TEST

UNIT_MAIN("tails", 60, delays_are_taken_over_the_clocks_of_both_hosts,
	  unknown_clocks_give_no_delay, what_was_never_seen_is_counted,
	  nuls_to_the_very_end_are_lasting, an_append_without_a_known_end_has_no_delay,
	  of_a_sample_the_unseen_are_not_known, stamps_of_any_kind_are_harmless,
	  no_verdict_hangs_on_it)
