/*
 * test_changed - a history that changes or ends while it is judged: never a crash,
 * and never "safe".
 */
#include "core/bytes.h"
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/holds.h"
#include "verify/lost.h"
#include "verify/match.h"
#include "verify/verdict.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* In two passes, so that there is a time between them. */
static const struct judge_means in_two_passes = {.check_first = true};
static const struct judge_means in_one_pass;

enum { RECORDS = 2000, SIZE = 64, WRITERS = 2 };

static struct craft c;

/* Both in turn, each at the lock before the other has done: nothing to complain of. */
static void begin(void)
{
	static const struct craft_plan plan = {2, WRITERS, SIZE, SIZE, 7};
	uint8_t bytes[SIZE];

	craft_init(&c, &plan);
	for (uint64_t i = 0; i < (uint64_t)WRITERS * RECORDS; i++) {
		struct history_entry entry = {
			.outcome = OUTCOME_ACKNOWLEDGED,
			.offset = (int64_t)(i * SIZE),
			.invoke_ns = CRAFT_SAMPLE_NS + i * 100000 - 90000,
			.locked_ns = CRAFT_SAMPLE_NS + i * 100000,
			.written_ns = CRAFT_SAMPLE_NS + i * 100000 + 10000,
			.flushed_ns = CRAFT_SAMPLE_NS + i * 100000 + 10000,
			.unlock_ns = CRAFT_SAMPLE_NS + i * 100000 + 20000,
			.completed_ns = CRAFT_SAMPLE_NS + i * 100000 + 30000,
		};
		struct record_id id = {i % WRITERS, 0};

		id.seq = craft_append(&c, id.writer, &entry);
		record_write(&c.form, id, bytes);
		craft_put(&c, 0, i * SIZE, bytes, SIZE);
	}
	craft_save(&c);
}

/* What happens to the file of a history. */
typedef void harm(const char *path);

static void unharmed(const char *path)
{
	(void)path;
}

static void emptied(const char *path)
{
	ck_assert_int_eq(truncate(path, 0), 0);
}

static void halved(const char *path)
{
	ck_assert_int_eq(truncate(path, HISTORY_HEADER_BYTES +
						RECORDS / 2 * HISTORY_ENTRY_BYTES),
			 0);
}

/* Of one entry a single bit: "acknowledged" becomes "failed", and so is not lost. */
static void altered(const char *path)
{
	const uint8_t failed = OUTCOME_FAILED;
	int fd = open(path, O_WRONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, &failed, 1,
				HISTORY_HEADER_BYTES + 1000 * HISTORY_ENTRY_BYTES),
			 1);
	close(fd);
}

/* Judge, with these done to the history of writer 1 once the histories are open. */
static enum verdict judged(harm *before, harm *between, harm *after, char *ret_reason)
{
	char *path = manifest_history_path(&c.manifest, c.dir, 0, 1);
	struct judgment judgment = {0};
	struct evidence e;
	struct error err;
	enum verdict verdict;

	ck_assert_int_eq(evidence_open(&e, &in_two_passes, &c.manifest, c.dir, 0, &err),
			 0);
	ck_assert_uint_eq(e.damaged_histories, 0);
	before(path);
	ck_assert_int_eq(match_files(&e, &err), 0);
	between(path);
	ck_assert_int_eq(lost_explain(&e, &err), 0);
	ck_assert_int_eq(holds_check(&e, &err), 0);
	tally_move(&e, &judgment);
	ck_assert_uint_eq(judgment.acknowledged, WRITERS * RECORDS);
	after(path);
	verdict_reach(&e, &judgment);
	verdict = judgment.verdict;
	memcpy(ret_reason, judgment.reason, sizeof(judgment.reason));
	judgment_release(&judgment);
	evidence_close(&e);
	free(path);
	return verdict;
}

START_TEST(nothing_happens)
{
	char reason[512];

	begin();
	ck_assert_msg(judged(unharmed, unharmed, unharmed, reason) == VERDICT_SAFE,
		      "%s", reason);
	craft_release(&c);
}
END_TEST

START_TEST(before_the_files_are_read)
{
	harm *const harms[] = {emptied, halved, altered};
	char reason[512];

	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		begin();
		ck_assert_int_eq(judged(harms[i], unharmed, unharmed, reason),
				 VERDICT_INCONCLUSIVE);
		ck_assert_ptr_nonnull(strstr(reason, "1 of 2 writers changed"));
		craft_release(&c);
	}
}
END_TEST

/* A record that is not there is lost only if its history can still be read. */
START_TEST(between_two_passes)
{
	harm *const harms[] = {emptied, halved, altered};
	char reason[512];

	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		begin();
		memset(c.files[0].bytes + (1000 * WRITERS + 1) * SIZE, 'x', SIZE);
		craft_save(&c);
		ck_assert_int_eq(judged(unharmed, unharmed, unharmed, reason),
				 VERDICT_UNSAFE);
		ck_assert_int_eq(judged(unharmed, harms[i], unharmed, reason),
				 VERDICT_INCONCLUSIVE);
		craft_release(&c);
	}
}
END_TEST

/* Whether the clocks could be compared is told by times that were read last of all. */
START_TEST(before_the_clocks_are_looked_at)
{
	char reason[512];

	begin();
	ck_assert_int_eq(judged(unharmed, unharmed, emptied, reason),
			 VERDICT_INCONCLUSIVE);
	ck_assert_ptr_nonnull(strstr(reason, "1 of 2 writers changed"));
	craft_release(&c);
}
END_TEST

/* In one pass, what is not whole any more is found when it is first read. */
START_TEST(together_with_the_data)
{
	harm *const harms[] = {emptied, halved, altered};

	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		struct evidence e;
		char *path;

		begin();
		path = manifest_history_path(&c.manifest, c.dir, 0, 1);
		ck_assert_int_eq(
			evidence_open(&e, &in_one_pass, &c.manifest, c.dir, 0, NULL),
			0);
		harms[i](path);
		ck_assert_int_eq(match_files(&e, NULL), 0);
		ck_assert(!evidence_settle(&e));
		ck_assert_uint_eq(e.contradicted, 1);
		evidence_close(&e);
		free(path);
		craft_release(&c);
	}
}
END_TEST

/* What was found out once, and looks whole when it is judged again, was changed. */
START_TEST(whole_at_the_second_look)
{
	for (uint32_t doubted = 0; doubted < WRITERS; doubted++) {
		struct judgment judgment = {0};
		struct evidence e;

		begin();
		ck_assert_int_eq(
			evidence_open(&e, &in_two_passes, &c.manifest, c.dir, 0, NULL),
			0);
		evidence_doubt(&e, WRITER_NONE);
		ck_assert_uint_eq(e.damaged_histories, 0);
		evidence_doubt(&e, doubted);
		ck_assert_int_eq(match_files(&e, NULL), 0);
		ck_assert_int_eq(holds_check(&e, NULL), 0);
		tally_move(&e, &judgment);
		verdict_reach(&e, &judgment);
		ck_assert_int_eq(judgment.verdict, VERDICT_INCONCLUSIVE);
		ck_assert_ptr_nonnull(
			strstr(judgment.reason, "1 of 2 writers changed"));
		judgment_release(&judgment);
		evidence_close(&e);
		craft_release(&c);
	}
}
END_TEST

/* Once all was read and found whole, it is as if it had been read first. */
START_TEST(behind_the_one_pass)
{
	harm *const harms[] = {emptied, halved, altered};

	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		struct judgment judgment = {0};
		struct evidence e;
		char *path;

		begin();
		path = manifest_history_path(&c.manifest, c.dir, 0, 1);
		ck_assert_int_eq(
			evidence_open(&e, &in_one_pass, &c.manifest, c.dir, 0, NULL),
			0);
		ck_assert_int_eq(match_files(&e, NULL), 0);
		ck_assert(evidence_settle(&e));
		harms[i](path);
		ck_assert_int_eq(holds_check(&e, NULL), 0);
		tally_move(&e, &judgment);
		ck_assert_uint_eq(judgment.acknowledged, WRITERS * RECORDS);
		verdict_reach(&e, &judgment);
		ck_assert_int_eq(judgment.verdict, VERDICT_INCONCLUSIVE);
		ck_assert_ptr_nonnull(
			strstr(judgment.reason, "1 of 2 writers changed"));
		judgment_release(&judgment);
		evidence_close(&e);
		free(path);
		craft_release(&c);
	}
}
END_TEST

/*
 * Damage in an entry that no record of the file leads to: the append failed, and
 * rightly left nothing; neither history nor data would miss it.
 */
START_TEST(where_no_record_leads)
{
	struct history_entry failed = {
		.outcome = OUTCOME_FAILED,
		.step = STEP_LOCK,
		.offset = HISTORY_OFFSET_UNKNOWN,
		.invoke_ns = CRAFT_SAMPLE_NS,
	};
	struct judgment judgment;
	uint64_t seq;
	char *path;
	int fd;

	begin();
	seq = craft_append(&c, 1, &failed);
	craft_save(&c);
	craft_judge(&c, &judgment);
	ck_assert_msg(judgment.verdict == VERDICT_SAFE, "%s", judgment.reason);
	ck_assert_uint_eq(judgment.failed, 1);
	judgment_release(&judgment);
	path = manifest_history_path(&c.manifest, c.dir, 0, 1);
	fd = open(path, O_WRONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		pwrite(fd, "?", 1,
		       (off_t)(HISTORY_HEADER_BYTES + seq * HISTORY_ENTRY_BYTES + 30)),
		1);
	close(fd);
	craft_judge(&c, &judgment);
	ck_assert_int_eq(judgment.verdict, VERDICT_INCONCLUSIVE);
	ck_assert_ptr_nonnull(strstr(judgment.reason, "damaged"));
	judgment_release(&judgment);
	free(path);
	craft_release(&c);
}
END_TEST

UNIT_MAIN("changed", 30, nothing_happens, before_the_files_are_read, between_two_passes,
	  before_the_clocks_are_looked_at, together_with_the_data,
	  whole_at_the_second_look, behind_the_one_pass, where_no_record_leads)
