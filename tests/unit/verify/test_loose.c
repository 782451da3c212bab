/*
 * test_loose - data files judged by their histories alone: the same as with the run
 * folder where they suffice, doubt where they do not, and never a false safe.
 */
#include "core/random.h"
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/judge.h"
#include "verify/loose.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BYTES = 100, APPENDS = 200, WRITERS = 4 };

static struct craft c;
static struct judgment judgment;
static struct manifest manifest;
static struct error err;
static char *histories[WRITERS + 2], *files[WRITERS + 2];

/* @hosts hosts; each append is invoked while the one before it is under way. */
static void begin_on(uint32_t hosts)
{
	const struct craft_plan plan = {hosts, WRITERS, BYTES, BYTES, 0};

	craft_init(&c, &plan);
	c.manifest.local_fs = hosts == 1;
	c.strategy->exclusive_lock = false;
}

static void fill(void)
{
	uint8_t bytes[BYTES];

	for (uint64_t i = 0; i < APPENDS; i++) {
		uint64_t from = CRAFT_SAMPLE_NS + i * 1000000;
		uint32_t writer = (uint32_t)(i % WRITERS);
		uint32_t file = c.strategy->shared_file ? 0 : writer;
		uint64_t at = c.strategy->shared_file ? i : i / WRITERS;
		struct history_entry entry = {
			.outcome = OUTCOME_ACKNOWLEDGED,
			.offset = (int64_t)(at * BYTES),
			.invoke_ns = from,
			.locked_ns = from,
			.written_ns = from + 1500000,
			.flushed_ns = from + 1500000,
			.unlock_ns = from + 1500000,
			.completed_ns = from + 1500000,
		};

		record_write(&c.form, (struct record_id){writer, i / WRITERS}, bytes);
		craft_put(&c, file, at * BYTES, bytes, BYTES);
		craft_append(&c, writer, &entry);
	}
}

static void save(void)
{
	craft_save(&c);
	for (uint32_t w = 0; w < WRITERS; w++) {
		histories[w] = manifest_history_path(&c.manifest, c.dir, 0, w);
		files[w] = manifest_data_path(&c.manifest, 0, w);
	}
}

static void end(void)
{
	for (uint32_t w = 0; w < WRITERS; w++) {
		free(histories[w]);
		free(files[w]);
	}
	judgment_release(&judgment);
	manifest_release(&manifest);
	craft_release(&c);
}

static int load(char **some_files, size_t file_count, char **some, size_t count)
{
	const struct loose_paths paths = {
		.files = (const char *const *)some_files,
		.file_count = file_count,
		.histories = (const char *const *)some,
		.history_count = count,
	};

	manifest_release(&manifest);
	err.sentence[0] = '\0';
	return loose_manifest(&manifest, &paths, &err);
}

static enum verdict judged(void)
{
	judgment_release(&judgment);
	ck_assert_msg(judge_strategy(&manifest, NULL, 0, &judgment, &err) == 0, "%s",
		      err.sentence);
	return judgment.verdict;
}

static void assert_refused(int rc, int expected, const char *words)
{
	ck_assert_int_eq(rc, expected);
	ck_assert_msg(strstr(err.sentence, words), "no \"%s\" in: %s", words,
		      err.sentence);
	ck_assert_ptr_null(manifest.strategies);
}

/* ---- where they suffice ---------------------------------------------------------- */

START_TEST(the_same_as_with_the_run_folder)
{
	struct judgment with_folder;
	char *reversed[WRITERS];

	begin_on(1);
	fill();
	save();
	craft_judge(&c, &with_folder);
	ck_assert_int_eq(with_folder.verdict, VERDICT_SAFE);
	for (int w = 0; w < WRITERS; w++)
		reversed[w] = histories[WRITERS - 1 - w];
	ck_assert_msg(load(files, 1, reversed, WRITERS) == 0, "%s", err.sentence);
	ck_assert_int_eq(judged(), VERDICT_SAFE);
	ck_assert_str_eq(judgment.reason, with_folder.reason);
	ck_assert_mem_eq(judgment.anomalies, with_folder.anomalies,
			 sizeof(judgment.anomalies));
	ck_assert_uint_eq(judgment.intact, APPENDS);
	ck_assert_uint_eq(judgment.handoffs, with_folder.handoffs);
	/* From the first invoke to the last completion. */
	ck_assert_uint_eq(judgment.duration_ns,
			  (APPENDS - 1 - 3) * 1000000ul + 1500000);
	judgment_release(&with_folder);
	end();
}
END_TEST

START_TEST(folders_of_histories_and_of_files)
{
	char *history_dir, *data_dir = c.manifest.data_dir;

	begin_on(1);
	/* Not the first strategy of its run: the number enters records and names. */
	c.manifest.loose_number = 3;
	record_form_release(&c.form);
	ck_assert_int_eq(
		record_form_init(&c.form, &(struct record_plan){.run_id = CRAFT_RUN_ID,
								.strategy_index = 3,
								.min_bytes = BYTES,
								.max_bytes = BYTES}),
		0);
	fill();
	save();
	ck_assert_ptr_nonnull(strstr(files[0], "/03-flock.log"));
	ck_assert_ptr_nonnull(strstr(histories[0], "/03-flock.00000.history"));
	ck_assert_int_gt(asprintf(&history_dir, "%s/history", c.dir), 0);
	data_dir = c.manifest.data_dir;
	ck_assert_msg(load(&data_dir, 1, &history_dir, 1) == 0, "%s", err.sentence);
	ck_assert_int_eq(judged(), VERDICT_SAFE);
	free(history_dir);
	end();
}
END_TEST

START_TEST(own_files)
{
	char *data_dir;

	begin_on(2);
	c.strategy->shared_file = false;
	fill();
	save();
	ck_assert_msg(load(files, WRITERS, histories, WRITERS) == 0, "%s",
		      err.sentence);
	/* Between hosts nothing is to be compared. */
	ck_assert_int_eq(judged(), VERDICT_SAFE);
	data_dir = c.manifest.data_dir;
	ck_assert_int_eq(load(&data_dir, 1, histories, WRITERS), 0);
	ck_assert_int_eq(judged(), VERDICT_SAFE);
	/* Of a folder, what is not there is a finding. */
	unlink(files[2]);
	ck_assert_int_eq(judged(), VERDICT_UNSAFE);
	ck_assert_int_eq(judgment.anomalies[ANOMALY_MISSING], APPENDS / WRITERS);
	assert_refused(load(files, WRITERS, histories, WRITERS), -ENOENT, files[2]);
	assert_refused(load(files, 2, histories, WRITERS), -EINVAL,
		       "data file of rank 2 is not given");
	assert_refused(load(histories, 1, histories, WRITERS), -EINVAL,
		       "file of no writer");
	files[WRITERS] = files[0];
	files[WRITERS + 1] = files[1];
	assert_refused(load(files + 3, 2, histories, WRITERS), -EINVAL, "rank 1");
	files[2][strlen(files[2]) - 5] = '9';
	assert_refused(load(files, 3, histories, WRITERS), -EINVAL, "to .00003.log");
	end();
}
END_TEST

/* ---- where they do not ------------------------------------------------------------
 */

START_TEST(hosts_whose_clocks_were_never_compared)
{
	begin_on(2);
	fill();
	save();
	craft_judge(&c, &judgment);
	ck_assert_int_eq(judgment.verdict, VERDICT_SAFE);
	ck_assert_int_eq(load(files, 1, histories, WRITERS), 0);
	ck_assert_int_eq(judged(), VERDICT_INCONCLUSIVE);
	ck_assert_ptr_nonnull(
		strstr(judgment.reason, "the clock of host1 could not be compared"));
	ck_assert_uint_eq(judgment.handoffs, 0);
	/* Not even where hand-offs within a host would do. */
	c.manifest.local_fs = true;
	craft_save(&c);
	ck_assert_int_eq(load(files, 1, histories, WRITERS), 0);
	ck_assert_int_eq(judged(), VERDICT_INCONCLUSIVE);
	/* What the file shows needs no clock. */
	c.files[0].bytes[5 * BYTES + 3] ^= 1;
	craft_save_file(&c, 0);
	ck_assert_int_eq(judged(), VERDICT_UNSAFE);
	ck_assert_int_eq(judgment.anomalies[ANOMALY_LOST], 1);
	end();
}
END_TEST

START_TEST(a_history_that_was_not_given)
{
	begin_on(1);
	fill();
	save();
	for (int w = 0; w < WRITERS; w++) {
		char *some[WRITERS];
		size_t count = 0;

		for (int i = 0; i < WRITERS; i++)
			if (i != w)
				some[count++] = histories[i];
		ck_assert_int_eq(load(files, 1, some, count), 0);
		ck_assert_int_eq(judged(), VERDICT_INCONCLUSIVE);
		ck_assert_str_eq(judgment.reason,
				 "the history of 1 of 4 writers is missing or damaged");
	}
	end();
}
END_TEST

START_TEST(a_writer_that_did_not_finish)
{
	begin_on(1);
	fill();
	c.strategy->writers[1].end = WRITER_KILLED;
	save();
	ck_assert_int_eq(load(files, 1, histories, WRITERS), 0);
	ck_assert_int_eq(judged(), VERDICT_INCONCLUSIVE);
	end();
}
END_TEST

/* ---- what does not belong together
 * ---------------------------------------------------- */

START_TEST(wrong_usage)
{
	char *nowhere = (char *)"nowhere";
	char *twice[] = {NULL, NULL};
	struct history_identity identity;
	struct history_writer writer;
	char *other;

	begin_on(1);
	fill();
	save();
	twice[0] = twice[1] = histories[2];
	assert_refused(load(files, 1, twice, 2), -EINVAL, "histories of rank 2");
	assert_refused(load(&nowhere, 1, histories, WRITERS), -ENOENT, "nowhere");
	assert_refused(load(files, 1, &nowhere, 1), -ENOENT, "nowhere");
	assert_refused(load(files, 2, histories, WRITERS), -EINVAL, "one too many");
	assert_refused(load(files, 1, &c.manifest.data_dir, 1), -EINVAL, "no history");
	/* A data file is no history. */
	assert_refused(load(files, 1, files, 1), -EBADMSG, "header");

	manifest_history_identity(&c.manifest, 0, 3, &identity);
	ck_assert_int_gt(asprintf(&other, "%s/other", c.dir), 0);
	identity.seed++;
	ck_assert_int_eq(history_create(&writer, other, &identity, 1, NULL), 0);
	history_finish(&writer);
	twice[0] = histories[0];
	twice[1] = other;
	assert_refused(load(files, 1, twice, 2), -EINVAL, "not of the same strategy");
	unlink(other);
	identity.seed--;
	identity.writers = 0;
	ck_assert_int_eq(history_create(&writer, other, &identity, 1, NULL), 0);
	history_finish(&writer);
	assert_refused(load(files, 1, &other, 1), -EBADMSG, "makes no sense");
	unlink(other);
	identity.writers = WRITERS;
	snprintf(identity.spec, sizeof(identity.spec), "../../flock:batch=1");
	ck_assert_int_eq(history_create(&writer, other, &identity, 1, NULL), 0);
	history_finish(&writer);
	assert_refused(load(files, 1, &other, 1), -EBADMSG, "makes no sense");
	free(other);
	end();
}
END_TEST

/* ---- hostile
 * ---------------------------------------------------------------------------- */

static void flip(const char *path, off_t at, uint8_t bits)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t byte;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
	byte ^= bits;
	ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

START_TEST(a_damaged_header_makes_nothing_safe)
{
	begin_on(1);
	fill();
	save();
	for (off_t at = 0; at < HISTORY_FIXED_BYTES + 4; at++) {
		flip(histories[1], at, 0x41);
		ck_assert_int_eq(load(files, 1, histories, WRITERS), 0);
		ck_assert_int_eq(judged(), VERDICT_INCONCLUSIVE);
		/* It is the only one: then there is nothing to judge by. */
		ck_assert_int_eq(load(files, 1, histories + 1, 1), -EBADMSG);
		flip(histories[1], at, 0x41);
	}
	ck_assert_int_eq(load(files, 1, histories, WRITERS), 0);
	ck_assert_int_eq(judged(), VERDICT_SAFE);
	end();
}
END_TEST

START_TEST(a_cut_history_makes_nothing_safe)
{
	const off_t whole =
		HISTORY_HEADER_BYTES + APPENDS / WRITERS * HISTORY_ENTRY_BYTES;

	begin_on(1);
	fill();
	save();
	for (off_t bytes = whole - 1; bytes >= 0; bytes -= 61) {
		ck_assert_int_eq(truncate(histories[0], bytes), 0);
		ck_assert_int_eq(load(files, 1, histories, WRITERS), 0);
		ck_assert_int_eq(judged(), VERDICT_INCONCLUSIVE);
	}
	end();
}
END_TEST

/* A page of history that tells of a million writers must not cost a page for each. */
START_TEST(a_million_writers_that_left_nothing)
{
	struct history_identity identity;
	struct history_writer writer;
	struct rusage usage;

	begin_on(1);
	save();
	manifest_history_identity(&c.manifest, 0, 0, &identity);
	identity.writers = RECORD_MAX_WRITERS;
	ck_assert_int_eq(unlink(histories[0]), 0);
	ck_assert_int_eq(history_create(&writer, histories[0], &identity, 1, NULL), 0);
	history_finish(&writer);
	ck_assert_int_eq(load(files, 1, histories, 1), 0);
	ck_assert_int_eq(judged(), VERDICT_INCONCLUSIVE);
	ck_assert_ptr_nonnull(
		strstr(judgment.reason, "1048575 of 1048576 writers is missing"));
	ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
	/* Half a KiB for each, with all that is kept of it. */
#ifndef __SANITIZE_ADDRESS__
	ck_assert_int_lt(usage.ru_maxrss, 512 << 10);
#endif
	end();
}
END_TEST

UNIT_MAIN("loose", 120, the_same_as_with_the_run_folder,
	  folders_of_histories_and_of_files, own_files,
	  hosts_whose_clocks_were_never_compared, a_history_that_was_not_given,
	  a_writer_that_did_not_finish, wrong_usage,
	  a_damaged_header_makes_nothing_safe, a_cut_history_makes_nothing_safe,
	  a_million_writers_that_left_nothing)
