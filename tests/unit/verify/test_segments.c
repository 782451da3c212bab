/* test_segments - rows of segments.tsv, times of segments, and the verdict of all. */
#include "verify/segments.h"

#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/segment_row.h"
#include "verify/segment_times.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct judge_means alone;

#define SEGMENT_RUN_ID "k3fpqrstuv02"

static struct craft craft; /* as segment 1 is, where a test has it judged */
static struct manifest manifest;
static struct manifest_strategy strategy;
static char run_dir[4096];
static FILE *rows;
static struct judgment judgment;

static void setup(uint32_t segments)
{
	static const struct craft_plan plan = {2, 2, 64, 64, 0};
	char path[4200];

	craft_init(&craft, &plan);
	craft_save(&craft);
	strategy = *craft.strategy;
	strategy.segments = segments;
	manifest = craft.manifest;
	manifest.strategies = &strategy;
	manifest.segment_bytes = 65536;
	manifest.data_dir = craft.dir;
	snprintf(run_dir, sizeof(run_dir), "%s/segmentsXXXXXX", craft_parent());
	ck_assert_ptr_nonnull(mkdtemp(run_dir));
	snprintf(path, sizeof(path), "%s/" SEGMENTS_FOLDER, run_dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/" SEGMENTS_FILE, run_dir);
	rows = fopen(path, "w");
	ck_assert_ptr_nonnull(rows);
	segment_row_head(rows);
}

/* 100 of 100 appends acknowledged, 12 hand-offs among them: too few by themselves. */
static struct segment_row short_row(uint32_t number)
{
	struct segment_row row = {.number = number, .run_id = SEGMENT_RUN_ID};
	struct judgment *j = &row.judgment;

	segment_row_clear(j);
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		j->anomalies[kind] = 0;
	j->verdict = VERDICT_INCONCLUSIVE;
	j->only_short = true;
	j->attempted = j->acknowledged = j->intact = j->appends_placed = 100;
	j->acknowledged_bytes = 6400;
	j->handoffs = 12;
	j->hung = 0;
	snprintf(j->reason, sizeof(j->reason), "the writers hardly met");
	return row;
}

static void put(const struct segment_row *row)
{
	segment_row_write(row, manifest.run_id, rows);
}

static void put_short(uint32_t number)
{
	struct segment_row row = short_row(number);

	put(&row);
}

static enum verdict judge(enum segments_source source)
{
	struct error err = {""};

	ck_assert_int_eq(fflush(rows), 0);
	judgment_release(&judgment);
	ck_assert_msg(segments_judge(&alone, &manifest, run_dir, 0, source, &judgment,
				     &err) == 0,
		      "%s", err.sentence);
	ck_assert_uint_gt(strlen(judgment.reason), 0);
	return judgment.verdict;
}

static void teardown(void)
{
	fclose(rows);
	judgment_release(&judgment);
	ck_assert_int_eq(craft_remove(run_dir), 0);
	craft_release(&craft);
}

/* ---- rows ------------------------------------------------------------------------ */

static void row_text(const struct segment_row *row, char text[4096])
{
	FILE *file = fmemopen(text, 4096, "w");

	ck_assert_ptr_nonnull(file);
	segment_row_write(row, CRAFT_RUN_ID, file);
	fclose(file);
}

START_TEST(a_row_comes_back_as_it_was)
{
	struct segment_row row = short_row(7), found;
	char text[4096];

	row.strategy = 3;
	row.kept = true;
	row.judgment.anomalies[ANOMALY_LOST] = 5;
	row.judgment.stale_cache = COUNT_NULL;
	row.judgment.duration_ns = INT64_MAX / 10;
	snprintf(row.judgment.reason, sizeof(row.judgment.reason), "tab\there");
	row_text(&row, text);
	ck_assert_int_eq(segment_row_read(text, CRAFT_RUN_ID, &found), 0);
	ck_assert_uint_eq(found.strategy, 3);
	ck_assert_uint_eq(found.number, 7);
	ck_assert(found.kept);
	ck_assert(found.judgment.only_short);
	ck_assert_int_eq(found.judgment.verdict, VERDICT_INCONCLUSIVE);
	ck_assert_int_eq(found.judgment.anomalies[ANOMALY_LOST], 5);
	ck_assert_int_eq(found.judgment.stale_cache, COUNT_NULL);
	ck_assert_uint_eq(found.judgment.duration_ns, INT64_MAX / 10);
	ck_assert_uint_eq(found.judgment.handoffs, 12);
	ck_assert_str_eq(found.judgment.reason, "tab here");
	ck_assert_str_eq(found.run_id, SEGMENT_RUN_ID);
}
END_TEST

START_TEST(any_changed_byte_is_damage)
{
	struct segment_row row = short_row(1), found;
	char text[4096], damaged[4096];

	row_text(&row, text);
	for (size_t i = 0; text[i] != '\n'; i++) {
		memcpy(damaged, text, sizeof(damaged));
		damaged[i] ^= 1;
		ck_assert_int_eq(segment_row_read(damaged, CRAFT_RUN_ID, &found),
				 -EBADMSG);
		memcpy(damaged, text, sizeof(damaged));
		damaged[i] = '\0';
		ck_assert_int_eq(segment_row_read(damaged, CRAFT_RUN_ID, &found),
				 -EBADMSG);
	}
	ck_assert_int_eq(segment_row_read(text, "k3fpqrstuv09", &found), -EBADMSG);
}
END_TEST

/* ---- the verdict ------------------------------------------------------------------
 */

START_TEST(segments_that_met_enough_together_are_safe)
{
	setup(2);
	put_short(1);
	put_short(2);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	ck_assert_ptr_nonnull(strstr(judgment.reason, "hardly met"));
	strategy.segments = 3;
	put_short(3);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_SAFE);
	ck_assert_uint_eq(judgment.handoffs, 36);
	ck_assert_uint_eq(judgment.acknowledged, 300);
	ck_assert(judgment.contention > 0.1199 && judgment.contention < 0.1201);
	ck_assert_uint_eq(judgment.segments.count, 3);
	ck_assert_uint_eq(judgment.segments.inconclusive, 3);
	ck_assert_uint_eq(judgment.segments.kept, 0);
	ck_assert_uint_eq(judgment.segments.removed_bytes, 19200);
	teardown();
}
END_TEST

/* Killed between two segments it leaves nothing unfinished but itself. */
START_TEST(a_run_that_ended_early_is_not_safe)
{
	struct segment_row row = short_row(2);

	setup(3);
	for (uint32_t number = 1; number <= 3; number++)
		put_short(number);
	strategy.ran = false;
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	ck_assert_str_eq(judgment.reason,
			 "the run ended before this strategy did, after 3 segments");
	teardown();

	setup(2);
	strategy.ran = false;
	put_short(1);
	row.judgment.verdict = VERDICT_UNSAFE;
	put(&row);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_UNSAFE);
	teardown();
}
END_TEST

START_TEST(a_missing_row_is_a_doubt)
{
	setup(4);
	put_short(1);
	put_short(3);
	put_short(4);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	ck_assert_ptr_nonnull(strstr(judgment.reason, "segment 2 cannot be judged"));
	put_short(2);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_SAFE);
	fputs("0\t1\tgarbage\n", rows);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	ck_assert_ptr_nonnull(strstr(judgment.reason, "damaged"));
	teardown();
}
END_TEST

/* Each segment stands in the manifest before it is begun: one that does not was lost.
 */
START_TEST(a_row_of_a_segment_that_never_was_is_a_doubt)
{
	struct segment_row row = short_row(4);

	setup(3);
	for (uint32_t number = 1; number <= 3; number++)
		put_short(number);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_SAFE);
	put(&row);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	ck_assert_str_eq(judgment.reason,
			 "1 row of segments.tsv is damaged or contradicts others");
	row.number = 0;
	put(&row);
	row.number = 1;
	row.strategy = (uint32_t)manifest.strategy_count;
	put(&row);
	judge(SEGMENTS_AFRESH);
	ck_assert_str_eq(judgment.reason,
			 "3 rows of segments.tsv are damaged or contradict others");
	teardown();
}
END_TEST

/* A segment that was kept may be removed later, and its verdict is the same. */
START_TEST(rows_that_contradict_each_other_are_a_doubt)
{
	struct segment_row row = short_row(1);

	setup(3);
	row.kept = true;
	put(&row);
	for (uint32_t number = 1; number <= 3; number++)
		put_short(number);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_SAFE);
	put_short(2);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	teardown();

	setup(3);
	row.judgment.verdict = VERDICT_UNSAFE;
	put(&row);
	for (uint32_t number = 1; number <= 3; number++)
		put_short(number);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	teardown();
}
END_TEST

START_TEST(without_a_file_of_rows_nothing_is_known)
{
	char path[4200];

	setup(1);
	snprintf(path, sizeof(path), "%s/" SEGMENTS_FILE, run_dir);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(judge(SEGMENTS_RECALLED), VERDICT_INCONCLUSIVE);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(judge(SEGMENTS_RECALLED), VERDICT_INCONCLUSIVE);
	teardown();
}
END_TEST

START_TEST(one_doubt_that_more_appends_would_not_settle_is_enough)
{
	struct segment_row row = short_row(2);

	setup(4);
	put_short(1);
	put_short(3);
	put_short(4);
	row.judgment.only_short = false;
	snprintf(row.judgment.reason, sizeof(row.judgment.reason), "1 of 2 hung");
	put(&row);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	ck_assert_str_eq(judgment.reason, "segment 2 was inconclusive: 1 of 2 hung");
	row.judgment.verdict = VERDICT_SKIPPED;
	put(&row);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	teardown();
}
END_TEST

START_TEST(one_unsafe_segment_is_enough)
{
	struct segment_row row = short_row(2);

	setup(3);
	put_short(1);
	put_short(3);
	row.judgment.verdict = VERDICT_UNSAFE;
	row.judgment.anomalies[ANOMALY_LOST] = 2;
	snprintf(row.judgment.reason, sizeof(row.judgment.reason), "2 lost");
	put(&row);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_UNSAFE);
	ck_assert_str_eq(judgment.reason,
			 "1 of 3 segments is unsafe; number 2: 2 lost");
	ck_assert_int_eq(judgment.anomalies[ANOMALY_LOST], 2);
	ck_assert_uint_eq(judgment.segments.first_unsafe, 0); /* it was removed */
	teardown();
}
END_TEST

/* Sums may be as large as they come: 99 of the last would be more than 64 bits. */
START_TEST(one_in_a_hundred_is_one_of_any_number)
{
	static const uint64_t missed[][2] = {
		{9900, 100}, {9899, 101}, {1000, UINT64_MAX / 99}};
	static const enum verdict verdicts[] = {VERDICT_SAFE, VERDICT_INCONCLUSIVE,
						VERDICT_INCONCLUSIVE};

	for (size_t i = 0; i < 3; i++) {
		struct segment_row row = short_row(1);

		setup(1);
		row.judgment.acknowledged = missed[i][0];
		row.judgment.attempted = missed[i][0] + missed[i][1];
		row.judgment.handoffs = row.judgment.appends_placed = 9000;
		put(&row);
		ck_assert_int_eq(judge(SEGMENTS_AFRESH), verdicts[i]);
		teardown();
	}
}
END_TEST

/* What was not counted in one segment was not found to be none in all. */
START_TEST(null_stays_null_unless_something_was_found)
{
	struct segment_row row = short_row(2);

	setup(3);
	put_short(1);
	put_short(3);
	row.judgment.anomalies[ANOMALY_GAP] = COUNT_NULL;
	put(&row);
	judge(SEGMENTS_AFRESH);
	ck_assert_int_eq(judgment.anomalies[ANOMALY_GAP], COUNT_NULL);
	ck_assert_int_eq(judgment.anomalies[ANOMALY_LOST], 0);
	ck_assert_int_eq(judgment.lock_lost, COUNT_NULL);
	row = short_row(3);
	row.judgment.anomalies[ANOMALY_GAP] = 2;
	put(&row);
	judge(SEGMENTS_AFRESH);
	ck_assert_int_eq(judgment.anomalies[ANOMALY_GAP], 2);
	teardown();
}
END_TEST

/* ---- what was kept ----------------------------------------------------------------
 */

/* Let the crafted run be the folder of that segment, made as segment 1. */
static void place_craft(uint32_t number)
{
	char *folder = segment_folder(run_dir, 0, strategy.preset, number);

	ck_assert_int_eq(symlink(craft.dir, folder), 0);
	free(folder);
}

static void name_craft(void)
{
	char *folder = segment_folder(run_dir, 0, strategy.preset, 1);
	char *data_dir = NULL;

	ck_assert_int_ge(asprintf(&data_dir, "%s%s", craft.dir, strrchr(folder, '/')),
			 0);
	ck_assert_int_eq(rename(craft.manifest.data_dir, data_dir), 0);
	free(craft.manifest.data_dir);
	craft.manifest.data_dir = data_dir;
	craft_save(&craft);
	free(folder);
}

/* Let it be segment 1, of which @noted was told when it was judged. */
static void keep_craft(struct segment_row *noted)
{
	name_craft();
	place_craft(1);
	memcpy(noted->run_id, craft.manifest.run_id, sizeof(noted->run_id));
	noted->kept = true;
	put(noted);
}

START_TEST(a_kept_segment_is_judged_again)
{
	struct segment_row row = short_row(1);

	setup(4);
	for (uint32_t number = 2; number <= 4; number++)
		put_short(number);
	keep_craft(&row);
	ck_assert_int_eq(judge(SEGMENTS_RECALLED), VERDICT_SAFE);
	ck_assert_uint_eq(judgment.acknowledged, 400);
	ck_assert_uint_eq(judgment.segments.kept, 1);
	/* It holds nothing, whatever the row says. */
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_SAFE);
	ck_assert_uint_eq(judgment.acknowledged, 300);

	craft_put(&craft, 0, 0, "what nobody wrote", 17);
	craft_save(&craft);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_UNSAFE);
	ck_assert_int_eq(judgment.anomalies[ANOMALY_FOREIGN], 1);
	ck_assert_uint_eq(judgment.segments.first_unsafe, 1);
	teardown();
}
END_TEST

START_TEST(a_folder_of_another_run_is_a_doubt)
{
	struct segment_row row = short_row(1);

	setup(4);
	for (uint32_t number = 2; number <= 4; number++)
		put_short(number);
	keep_craft(&row);
	memcpy(row.run_id, SEGMENT_RUN_ID, sizeof(row.run_id));
	put(&row);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	ck_assert_str_eq(judgment.reason,
			 "segment 1 cannot be judged: it is of another run");
	teardown();
}
END_TEST

/* No row tells whose run id stands there, of the last segments of a killed run. */
START_TEST(a_folder_in_the_place_of_another_is_a_doubt)
{
	setup(4);
	for (uint32_t number = 3; number <= 4; number++)
		put_short(number);
	name_craft();
	place_craft(1);
	place_craft(2);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	ck_assert_str_eq(judgment.reason,
			 "segment 2 cannot be judged: it is of another run");
	teardown();
}
END_TEST

START_TEST(what_was_proven_outlives_its_folder)
{
	struct segment_row row = short_row(1);

	setup(1);
	row.kept = true;
	row.judgment.verdict = VERDICT_UNSAFE;
	row.judgment.anomalies[ANOMALY_LOST] = 2;
	put(&row);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_UNSAFE);
	ck_assert_int_eq(judgment.anomalies[ANOMALY_LOST], 2);
	ck_assert_ptr_null(judgment.latency);
	teardown();
}
END_TEST

/* A segment that is itself in segments could lead in a circle. */
START_TEST(a_segment_has_no_segments)
{
	struct segment_row row = short_row(1);

	setup(1);
	keep_craft(&row);
	craft.manifest.segment_bytes = 1;
	craft_save(&craft);
	ck_assert_int_eq(judge(SEGMENTS_AFRESH), VERDICT_INCONCLUSIVE);
	ck_assert_str_eq(judgment.reason,
			 "segment 1 cannot be judged: it is of another run");
	teardown();
}
END_TEST

/* ---- times -------------------------------------------------------------------------
 */

START_TEST(times_add_up_over_files)
{
	struct segment_times times, sum;
	struct histogram latency[LATENCY_PARTS] = {0};
	struct writer_share shares[2] = {{3, 50}, {4, 60}};
	struct judgment one = {.latency = latency, .shares = shares, .writer_count = 2};
	char *path;

	setup(0);
	histogram_add(&latency[LATENCY_APPEND], 1000);
	histogram_add(&latency[LATENCY_WRITE], UINT64_MAX);
	path = segments_times_path(run_dir, 0, strategy.preset);
	ck_assert_int_eq(segment_times_init(&times, 2), 0);
	ck_assert_int_eq(segment_times_init(&sum, 2), 0);
	segment_times_add_judgment(&times, &one);
	ck_assert_int_eq(segment_times_save(&times, path, NULL), 0);
	ck_assert_int_eq(segment_times_add_file(&sum, path), 0);
	ck_assert_int_eq(segment_times_add_file(&sum, path), 0);
	ck_assert_uint_eq(sum.segments, 2);
	ck_assert_uint_eq(sum.latency[LATENCY_APPEND].count, 2);
	ck_assert_uint_eq(sum.latency[LATENCY_APPEND].max, 1000);
	ck_assert_uint_eq(sum.latency[LATENCY_WRITE].max, UINT64_MAX);
	ck_assert_uint_eq(sum.latency[LATENCY_FLUSH].count, 0);
	ck_assert_uint_eq(sum.shares[1].acknowledged, 8);
	ck_assert_uint_eq(sum.shares[1].longest_wait_ns, 60);
	segment_times_release(&times);
	segment_times_release(&sum);
	free(path);
	teardown();
}
END_TEST

START_TEST(damaged_times_are_left_out)
{
	struct segment_times times, sum;
	struct stat st;
	char *path;
	FILE *file;

	setup(0);
	path = segments_times_path(run_dir, 0, strategy.preset);
	ck_assert_int_eq(segment_times_init(&times, 2), 0);
	ck_assert_int_eq(segment_times_init(&sum, 2), 0);
	ck_assert_int_eq(segment_times_save(&times, path, NULL), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	for (long at = 0; at < st.st_size; at++) {
		int byte;

		file = fopen(path, "r+");
		ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
		byte = getc(file);
		ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
		putc(byte ^ 0x40, file);
		fclose(file);
		ck_assert_int_eq(segment_times_add_file(&sum, path), -EBADMSG);
		file = fopen(path, "r+");
		ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
		putc(byte, file);
		fclose(file);
	}
	for (off_t length = 0; length < st.st_size; length++) {
		ck_assert_int_eq(segment_times_save(&times, path, NULL), 0);
		ck_assert_int_eq(truncate(path, length), 0);
		ck_assert_int_eq(segment_times_add_file(&sum, path), -EBADMSG);
	}
	ck_assert_uint_eq(sum.segments, 0);
	segment_times_release(&times);
	segment_times_release(&sum);
	free(path);
	teardown();
}
END_TEST

/* Latencies of some segments would pass for those of all. */
START_TEST(times_of_too_few_segments_are_null)
{
	struct segment_times times;
	char *path;

	setup(2);
	put_short(1);
	put_short(2);
	path = segments_times_path(run_dir, 0, strategy.preset);
	ck_assert_int_eq(segment_times_init(&times, 2), 0);
	times.segments = 1;
	ck_assert_int_eq(segment_times_save(&times, path, NULL), 0);
	judge(SEGMENTS_RECALLED);
	ck_assert_ptr_null(judgment.latency);
	times.segments = 2;
	ck_assert_int_eq(segment_times_save(&times, path, NULL), 0);
	judge(SEGMENTS_RECALLED);
	ck_assert_ptr_nonnull(judgment.latency);
	segment_times_release(&times);
	free(path);
	teardown();
}
END_TEST

UNIT_MAIN("segments", 60, a_row_comes_back_as_it_was, any_changed_byte_is_damage,
	  segments_that_met_enough_together_are_safe,
	  a_run_that_ended_early_is_not_safe, a_missing_row_is_a_doubt,
	  a_row_of_a_segment_that_never_was_is_a_doubt,
	  rows_that_contradict_each_other_are_a_doubt,
	  without_a_file_of_rows_nothing_is_known,
	  one_doubt_that_more_appends_would_not_settle_is_enough,
	  one_unsafe_segment_is_enough, null_stays_null_unless_something_was_found,
	  one_in_a_hundred_is_one_of_any_number, a_kept_segment_is_judged_again,
	  a_folder_of_another_run_is_a_doubt,
	  a_folder_in_the_place_of_another_is_a_doubt,
	  what_was_proven_outlives_its_folder, a_segment_has_no_segments,
	  times_add_up_over_files, damaged_times_are_left_out,
	  times_of_too_few_segments_are_null)
