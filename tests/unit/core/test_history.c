/*
 * test_history - what a writer notes as it goes, and what it does where there is no
 * room for it.
 */
#include "tests/unit/core/sample_history.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(an_intention_is_seen_before_its_outcome)
{
	struct history_writer writer;
	struct history history;
	struct history_entry entry;

	enter_folder();
	ck_assert_int_eq(history_create(&writer, PATH, &sample_identity, 10, NULL), 0);
	append_one(&writer);
	ck_assert_int_eq(history_intend(&writer, 424242), 0);
	history = opened();
	ck_assert(!history.finished);
	ck_assert(!history.cut);
	ck_assert_uint_eq(history.count, 2);
	ck_assert_int_eq(history_get(&history, 1, &entry), 0);
	ck_assert_int_eq(entry.outcome, OUTCOME_OPEN);
	ck_assert_int_eq(entry.offset, HISTORY_OFFSET_UNKNOWN);
	ck_assert_uint_eq(entry.invoke_ns, 424242);
	ck_assert_uint_eq(entry.completed_ns, 424242);
	history_close(&history);
	history_release(&writer);
	history_release(&writer);
	leave_folder();
}
END_TEST

START_TEST(holds_no_more_than_its_capacity)
{
	struct history_writer writer;
	struct history history;

	enter_folder();
	ck_assert_int_eq(history_create(&writer, PATH, &sample_identity, 3, NULL), 0);
	for (int i = 0; i < 3; i++)
		append_one(&writer);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(history_intend(&writer, 1), -ENOSPC);
	ck_assert_uint_eq(writer.count, 3);
	history_finish(&writer);
	history = opened();
	ck_assert(history.finished && !history.cut);
	ck_assert(holds_samples(&history, 3));
	history_close(&history);
	leave_folder();
}
END_TEST

START_TEST(more_than_a_stride)
{
	enum { COUNT = (1 << 18) + 1000 };
	struct history history;

	enter_folder();
	make_history(COUNT, COUNT + 500, true);
	history = opened();
	ck_assert(history.finished && !history.cut);
	ck_assert_uint_eq(history.count, COUNT);
	history_close(&history);
	leave_folder();
}
END_TEST

START_TEST(concluding_what_was_not_begun_is_ignored)
{
	struct history_writer writer;
	struct history_entry entry = sample_entry(0);
	struct history history;

	enter_folder();
	ck_assert_int_eq(history_create(&writer, PATH, &sample_identity, 3, NULL), 0);
	append_one(&writer);
	history_conclude(&writer, 1, &entry);
	history_conclude(&writer, UINT64_MAX, &entry);
	history_finish(&writer);
	history = opened();
	ck_assert(!history.cut);
	ck_assert(holds_samples(&history, 1));
	history_close(&history);
	leave_folder();
}
END_TEST

START_TEST(disowned_appends_become_unknown)
{
	struct history_writer writer;
	struct history history;
	struct history_entry entry, before;

	enter_folder();
	ck_assert_int_eq(history_create(&writer, PATH, &sample_identity, 30, NULL), 0);
	for (int i = 0; i < 20; i++)
		append_one(&writer);
	ck_assert_int_eq(history_intend(&writer, 9), 0);
	history_disown(&writer, 10, STEP_FLUSH, EIO);
	history_release(&writer);
	history = opened();
	for (uint64_t seq = 0; seq < 20; seq++) {
		before = sample_entry(seq);
		ck_assert_int_eq(history_get(&history, seq, &entry), 0);
		if (seq >= 10 && before.outcome == OUTCOME_ACKNOWLEDGED) {
			before.outcome = OUTCOME_UNKNOWN;
			before.step = STEP_FLUSH;
			before.errnum = EIO;
		}
		assert_same(&entry, &before);
	}
	ck_assert_int_eq(history_get(&history, 20, &entry), 0);
	ck_assert_int_eq(entry.outcome, OUTCOME_OPEN);
	history_close(&history);
	leave_folder();
}
END_TEST

START_TEST(takes_no_file_that_is_there)
{
	struct history_writer writer;
	struct error err = {0};
	struct stat st;

	enter_folder();
	write_whole((const uint8_t *)"mine", 4);
	ck_assert_int_eq(history_create(&writer, PATH, &sample_identity, 3, &err),
			 -EEXIST);
	ck_assert_uint_ne(err.sentence[0], '\0');
	ck_assert_int_eq(stat(PATH, &st), 0);
	ck_assert_int_eq(st.st_size, 4);
	unlink(PATH);
	ck_assert_int_eq(symlink("/nonexistent/target", PATH), 0);
	ck_assert_int_eq(history_create(&writer, PATH, &sample_identity, 3, &err),
			 -EEXIST);
	ck_assert_int_eq(
		history_create(&writer, "no/such/folder", &sample_identity, 3, &err),
		-ENOENT);
	ck_assert_int_eq(history_create(&writer, "big", &sample_identity,
					RECORD_MAX_SEQ + 2, &err),
			 -EINVAL);
	ck_assert_int_eq(access("big", F_OK), -1);
	leave_folder();
}
END_TEST

/* ---- a full disk ------------------------------------------------------- */

/* From here on no file grows beyond @bytes; as if the disk were full. */
static void limit_file_size(rlim_t bytes)
{
	struct rlimit limit = {bytes, bytes};

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(no_room_at_the_start)
{
	static const rlim_t limits[] = {0, 100, 4096, 5000, 1 << 20};
	struct history_writer writer;
	struct error err;

	enter_folder();
	for (int i = 4; i >= 0; i--) {
		limit_file_size(limits[i]);
		err.sentence[0] = '\0';
		ck_assert_int_lt(
			history_create(&writer, PATH, &sample_identity, 100000, &err),
			0);
		ck_assert_uint_ne(err.sentence[0], '\0');
		/* It leaves nothing behind. */
		ck_assert_int_eq(access(PATH, F_OK), -1);
	}
	leave_folder();
}
END_TEST

START_TEST(no_room_later)
{
	enum { STRIDE = 1 << 18 };
	struct history_writer writer;
	struct history history;

	enter_folder();
	ck_assert_int_eq(history_create(&writer, PATH, &sample_identity, 1 << 24, NULL),
			 0);
	limit_file_size(HISTORY_HEADER_BYTES + STRIDE * HISTORY_ENTRY_BYTES + 100);
	for (int i = 0; i < STRIDE; i++)
		append_one(&writer);
	ck_assert_int_lt(history_intend(&writer, 1), 0);
	ck_assert_int_lt(history_intend(&writer, 1), 0);
	ck_assert_uint_eq(writer.count, STRIDE);
	history_finish(&writer);
	history = opened();
	ck_assert(history.finished && !history.cut);
	ck_assert_uint_eq(history.count, STRIDE);
	history_close(&history);
	leave_folder();
}
END_TEST

/* What was given in advance costs no append a system call, and cannot be refused. */
START_TEST(all_the_room_in_advance)
{
	enum { ENTRIES = (1 << 18) + 100 };
	struct history_writer writer;

	enter_folder();
	ck_assert_int_eq(history_create(&writer, PATH, &sample_identity, ENTRIES, NULL),
			 0);
	limit_file_size(0);
	for (int i = 0; i < ENTRIES; i++)
		append_one(&writer);
	ck_assert_uint_eq(writer.count, ENTRIES);
	history_finish(&writer);
	leave_folder();
}
END_TEST

UNIT_MAIN("history", 60, an_intention_is_seen_before_its_outcome,
	  holds_no_more_than_its_capacity, more_than_a_stride,
	  concluding_what_was_not_begun_is_ignored, disowned_appends_become_unknown,
	  takes_no_file_that_is_there, no_room_at_the_start, no_room_later,
	  all_the_room_in_advance)
