/*
 * test_unreadable - a data file with a block that cannot be read: never safe, never
 * called lost; what the rest proves still counts.
 */
#include "tests/craft/craft.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RECORDS = 200, RECORD_BYTES = 100 };

/* In the file of this inode, reads from here on fail. */
static ino_t bad_inode;
static off_t bad_from;

/* Instead of the C library's: core and verify are linked statically. */
ssize_t pread(int fd, void *bytes, size_t length, off_t offset)
{
	struct stat st;

	if (bad_inode && fstat(fd, &st) == 0 && st.st_ino == bad_inode) {
		if (offset >= bad_from) {
			errno = EIO;
			return -1;
		}
		if ((off_t)length > bad_from - offset)
			length = (size_t)(bad_from - offset);
	}
	return syscall(SYS_pread64, fd, bytes, length, offset);
}

static ino_t file_inode(const struct craft *c)
{
	char *path = manifest_data_path(&c->manifest, 0, 0);
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	free(path);
	return st.st_ino;
}

/* A contended clean run of two writers; with @twice record 0.0 stands twice. */
static void run_make(struct craft *c, bool twice)
{
	static const struct craft_plan plan = {2, 2, RECORD_BYTES, RECORD_BYTES, 0};
	uint8_t bytes[RECORD_BYTES];

	craft_init(c, &plan);
	for (uint64_t i = 0; i < RECORDS; i++) {
		uint64_t from = CRAFT_SAMPLE_NS + i * 1000000;
		struct record_id id = {i % 2, i / 2};

		craft_append(c, id.writer,
			     &(struct history_entry){
				     .outcome = OUTCOME_ACKNOWLEDGED,
				     .offset = HISTORY_OFFSET_UNKNOWN,
				     .invoke_ns = from,
				     .locked_ns = from + 1000000,
				     .written_ns = from + 1100000,
				     .flushed_ns = from + 1100000,
				     .unlock_ns = from + 1300000,
				     .completed_ns = from + 1500000,
			     });
		record_write(&c->form, id, bytes);
		for (int copy = 0; copy < 1 + (twice && i == 0); copy++)
			craft_put(c, 0, c->files[0].length, bytes, sizeof(bytes));
	}
	craft_save(c);
	bad_inode = file_inode(c);
}

START_TEST(a_block_that_cannot_be_read)
{
	struct judgment j;
	struct craft c;

	run_make(&c, false);
	bad_from = RECORDS * RECORD_BYTES;
	craft_judge(&c, &j);
	ck_assert_int_eq(j.verdict, VERDICT_SAFE);
	judgment_release(&j);
	for (bad_from = 0; bad_from < RECORDS * RECORD_BYTES; bad_from += 777) {
		craft_judge(&c, &j);
		ck_assert_int_eq(j.verdict, VERDICT_INCONCLUSIVE);
		ck_assert_ptr_nonnull(strstr(j.reason, strerror(EIO)));
		ck_assert_int_eq(j.anomalies[ANOMALY_LOST], COUNT_NULL);
		ck_assert_int_eq(j.anomalies[ANOMALY_GAP], COUNT_NULL);
		ck_assert_int_eq(j.anomalies[ANOMALY_DUPLICATE], 0);
		ck_assert_uint_eq(j.intact, (uint64_t)bad_from / RECORD_BYTES);
		judgment_release(&j);
	}
	craft_release(&c);
}
END_TEST

START_TEST(what_stands_before_it_counts)
{
	struct judgment j;
	struct craft c;

	run_make(&c, true);
	bad_from = 5000;
	craft_judge(&c, &j);
	ck_assert_int_eq(j.verdict, VERDICT_UNSAFE);
	ck_assert_int_eq(j.anomalies[ANOMALY_DUPLICATE], 1);
	ck_assert_int_eq(j.anomalies[ANOMALY_LOST], COUNT_NULL);
	judgment_release(&j);
	craft_release(&c);
}
END_TEST

START_TEST(a_counter_that_cannot_be_read)
{
	struct judgment j;
	struct craft c;

	for (int twice = 0; twice < 2; twice++) {
		run_make(&c, false);
		c.strategy->workload = WORKLOAD_COUNTER;
		for (uint32_t writer = 0; writer < 2; writer++)
			for (size_t i = 0; i < c.writers[writer].count; i++)
				c.writers[writer].entries[i].offset =
					(int64_t)(2 * i + writer + 1);
		/* Lost, whatever the file holds: another took the same number. */
		c.writers[0].entries[7].offset -= twice;
		craft_save(&c);
		bad_inode = file_inode(&c);
		bad_from = 0;
		craft_judge(&c, &j);
		ck_assert_int_eq(j.verdict,
				 twice ? VERDICT_UNSAFE : VERDICT_INCONCLUSIVE);
		ck_assert(twice || strstr(j.reason, strerror(EIO)));
		ck_assert_int_eq(j.anomalies[ANOMALY_OVERWRITTEN], twice);
		ck_assert_int_eq(j.anomalies[ANOMALY_LOST], COUNT_NULL);
		ck_assert_int_eq(j.anomalies[ANOMALY_FOREIGN], COUNT_NULL);
		ck_assert_uint_eq(j.intact, 0);
		judgment_release(&j);
		craft_release(&c);
	}
}
END_TEST

UNIT_MAIN("unreadable", 20, a_block_that_cannot_be_read, what_stands_before_it_counts,
	  a_counter_that_cannot_be_read)
