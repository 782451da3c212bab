/*
 * test_recall - which histories are believed: a whole one, of this writer, whose plan
 * is the manifest's.
 */
#include "verify/recall.h"
#include "core/claim.h"
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"

#include <unistd.h>

enum { RECORDS = 3 };

static struct craft c;

static void begin(enum writer_end end)
{
	static const struct craft_plan plan = {2, 2, 100, 200, 7};
	struct history_entry entry = {.outcome = OUTCOME_ACKNOWLEDGED,
				      .invoke_ns = CRAFT_SAMPLE_NS};

	craft_init(&c, &plan);
	for (int i = 0; i < RECORDS; i++)
		craft_append(&c, 1, &entry);
	c.strategy->writers[1].end = end;
	craft_save(&c);
}

/* Is the history of writer 1 taken, and is it whole? */
static void expect(bool taken, bool damaged)
{
	struct history history;
	bool is_damaged;

	ck_assert_int_eq(recall(&c.manifest, c.dir, 0, 1, NULL, &history, &is_damaged),
			 0);
	ck_assert_uint_eq(history.count, taken ? RECORDS : 0);
	ck_assert_int_eq(history.file != NULL, taken);
	ck_assert_int_eq(is_damaged, damaged);
	history_close(&history);
}

START_TEST(a_whole_one)
{
	begin(WRITER_FINISHED);
	expect(true, false);
	craft_release(&c);
}
END_TEST

START_TEST(one_that_is_gone_or_another_writers)
{
	char *own, *other;

	begin(WRITER_FINISHED);
	own = manifest_history_path(&c.manifest, c.dir, 0, 1);
	other = manifest_history_path(&c.manifest, c.dir, 0, 0);
	ck_assert_int_eq(rename(other, own), 0);
	expect(false, true);
	ck_assert_int_eq(unlink(own), 0);
	expect(false, true);
	free(own);
	free(other);
	craft_release(&c);
}
END_TEST

START_TEST(one_that_is_not_finished)
{
	/* Made by a writer that was killed, which is normal then and only then. */
	begin(WRITER_KILLED);
	expect(true, false);
	c.strategy->writers[1].end = WRITER_HUNG;
	expect(true, false);
	c.strategy->writers[1].end = WRITER_FINISHED;
	expect(true, true);
	c.strategy->writers[1].end = WRITER_ABSENT;
	expect(true, true);
	craft_release(&c);
}
END_TEST

START_TEST(one_that_tells_less_than_was_begun)
{
	begin(WRITER_FINISHED);
	c.strategy->writers[1].begun = RECORDS + 1;
	expect(true, true);
	craft_release(&c);
}
END_TEST

/* A manifest whose plan was changed, whatever its checksum says. */
START_TEST(one_of_another_plan)
{
	struct manifest_strategy *s;
	struct manifest *m;

	begin(WRITER_FINISHED);
	s = c.strategy;
	m = &c.manifest;
	expect(true, false);
#define EXPECT_DENIED(field, value)                                                    \
	do {                                                                           \
		__typeof__(field) was = (field);                                       \
		(field) = (value);                                                     \
		expect(false, true);                                                   \
		(field) = was;                                                         \
	} while (0)
	EXPECT_DENIED(s->claims, s->claims & ~(unsigned int)CLAIM_ONCE);
	EXPECT_DENIED(s->control, true);
	EXPECT_DENIED(s->shared_file, false);
	EXPECT_DENIED(s->exclusive_lock, false);
	EXPECT_DENIED(s->batch, 2);
	EXPECT_DENIED(s->padding_bytes, 4096);
	EXPECT_DENIED(s->workload, WORKLOAD_CHAIN);
	EXPECT_DENIED(m->local_fs, true);
	EXPECT_DENIED(m->one_client, true);
	EXPECT_DENIED(m->seed, 8);
	EXPECT_DENIED(m->min_bytes, 99);
	EXPECT_DENIED(m->records, 4);
#undef EXPECT_DENIED
	expect(true, false);
	craft_release(&c);
}
END_TEST

UNIT_MAIN("recall", 20, a_whole_one, one_that_is_gone_or_another_writers,
	  one_that_is_not_finished, one_that_tells_less_than_was_begun,
	  one_of_another_plan)
