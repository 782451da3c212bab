/*
 * test_cut - a data file that is cut while it is judged, be it where hosts listed what
 * stands there: never safe.
 */
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"
#include "verify/share.h"
#include "verify/shares.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RECORDS = 200, RECORD_BYTES = 100, FILE_BYTES = RECORDS * RECORD_BYTES };

static struct craft c;

/* A judge who opens a data file finds it whole, and then it has so many bytes. */
static off_t cut_to;
static bool removed;

/* Instead of the C library's: core and verify are linked statically. */
int posix_fadvise(int fd, off_t offset, off_t length, int advice)
{
	char *path = manifest_data_path(&c.manifest, 0, 0);

	(void)fd;
	(void)offset;
	(void)length;
	if (advice == POSIX_FADV_SEQUENTIAL && cut_to < FILE_BYTES)
		ck_assert_int_eq(truncate(path, cut_to), 0);
	if (advice == POSIX_FADV_SEQUENTIAL && removed)
		unlink(path);
	free(path);
	return 0;
}

/*
 * As by a client of NFS that knows the size from the open, and fills up by NULs what
 * the server did not send.
 */
static bool filled_up;

ssize_t pread(int fd, void *bytes, size_t length, off_t offset)
{
	ssize_t got = syscall(SYS_pread64, fd, bytes, length, offset);

	if (!filled_up || got < 0 || cut_to == FILE_BYTES || offset >= FILE_BYTES)
		return got;
	if ((off_t)length > FILE_BYTES - offset)
		length = (size_t)(FILE_BYTES - offset);
	memset((char *)bytes + got, 0, length - (size_t)got);
	return (ssize_t)length;
}

/* A contended clean run of two writers. */
static void run_make(void)
{
	static const struct craft_plan plan = {2, 2, RECORD_BYTES, RECORD_BYTES, 0};
	uint8_t bytes[RECORD_BYTES];

	craft_init(&c, &plan);
	for (uint64_t i = 0; i < RECORDS; i++) {
		uint64_t from = CRAFT_SAMPLE_NS + i * 1000000;
		struct record_id id = {i % 2, i / 2};

		craft_append(&c, id.writer,
			     &(struct history_entry){
				     .outcome = OUTCOME_ACKNOWLEDGED,
				     .offset = (int64_t)i * RECORD_BYTES,
				     .invoke_ns = from,
				     .locked_ns = from + 1000000,
				     .written_ns = from + 1100000,
				     .flushed_ns = from + 1100000,
				     .unlock_ns = from + 1300000,
				     .completed_ns = from + 1500000,
			     });
		record_write(&c.form, id, bytes);
		craft_put(&c, 0, c.files[0].length, bytes, sizeof(bytes));
	}
	craft_save(&c);
	cut_to = FILE_BYTES;
	removed = false;
}

/* What a host makes of records [@from, @to) of it. */
static void list_make(uint32_t from, uint32_t to)
{
	struct share_identity identity = {.run_id = CRAFT_RUN_ID, .parts = 1};
	char *path = share_path(c.dir, 0, 0);
	struct share_writer *list;

	ck_assert_ptr_nonnull(path);
	ck_assert_int_eq(share_create(&list, path, &identity, 0), 0);
	ck_assert_int_eq(share_file(list, 0, FILE_BYTES), 0);
	for (uint32_t i = from; i < to; i++) {
		struct segment segment = {
			.kind = SEGMENT_RECORD,
			.offset = (uint64_t)i * RECORD_BYTES,
			.length = RECORD_BYTES,
			.id = {i % 2, i / 2},
		};

		ck_assert_int_eq(share_add(list, &segment), 0);
	}
	ck_assert_int_eq(share_finish(list), 0);
	free(path);
}

static void judge(uint32_t shares, struct judgment *ret_judgment)
{
	const struct judge_means means = {.shares_dir = c.dir, .shares = shares};
	struct error err = {""};

	ck_assert_msg(judge_strategy_by(&means, &c.manifest, c.dir, 0, ret_judgment,
					&err) == 0,
		      "%s", err.sentence);
}

/* What is listed is not read: the bytes may as well be others. */
START_TEST(a_list_of_a_file_that_stays_as_it_is)
{
	struct judgment j;

	run_make();
	list_make(0, RECORDS);
	memset(c.files[0].bytes, 'x', FILE_BYTES);
	craft_save_file(&c, 0);
	judge(1, &j);
	ck_assert_msg(j.verdict == VERDICT_SAFE, "%s", j.reason);
	judgment_release(&j);
	craft_release(&c);
}
END_TEST

static void cut_and_judge(uint32_t shares, struct judgment *ret_judgment)
{
	off_t to = cut_to;

	run_make();
	list_make(0, RECORDS);
	cut_to = to;
	judge(shares, ret_judgment);
	craft_release(&c);
}

/* Who reads it all finds what is lost. */
START_TEST(a_file_that_is_cut_where_it_is_read)
{
	for (cut_to = 0; cut_to < FILE_BYTES; cut_to += FILE_BYTES / 8 - 1) {
		struct judgment j;

		cut_and_judge(0, &j);
		ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
		ck_assert_int_eq(j.anomalies[ANOMALY_LOST],
				 (FILE_BYTES - cut_to + RECORD_BYTES - 1) /
					 RECORD_BYTES);
		judgment_release(&j);
	}
}
END_TEST

START_TEST(a_file_that_is_cut_where_it_is_listed)
{
	for (cut_to = 0; cut_to < FILE_BYTES; cut_to += FILE_BYTES / 8 - 1) {
		for (int told = 0; told <= 1; told++) {
			struct judgment j;

			filled_up = !told;
			cut_and_judge(1, &j);
			ck_assert_int_eq(j.verdict, VERDICT_INCONCLUSIVE);
			ck_assert_ptr_nonnull(strstr(j.reason, "shrank"));
			judgment_release(&j);
		}
	}
	filled_up = false;
}
END_TEST

/* The name is gone, the bytes are still there for who has it open. */
START_TEST(a_file_that_is_removed)
{
	struct judgment j;

	run_make();
	list_make(0, RECORDS);
	removed = true;
	judge(1, &j);
	ck_assert_int_eq(j.verdict, VERDICT_INCONCLUSIVE);
	ck_assert_ptr_nonnull(strstr(j.reason, "shrank"));
	judgment_release(&j);
	craft_release(&c);
}
END_TEST

UNIT_MAIN("cut", 30, a_list_of_a_file_that_stays_as_it_is,
	  a_file_that_is_cut_where_it_is_read, a_file_that_is_cut_where_it_is_listed,
	  a_file_that_is_removed)
