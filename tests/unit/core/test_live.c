/*
 * test_live - the words that a writer and its supervisor share: they lie in the history
 * and are no part of it.
 */
#include "core/history.h"
#include "core/live.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH "a.history"

static const struct history_identity identity = {.run_id = "k3f0000000vu"};

static void leave_folder(void)
{
	scratch_leave((const char *const[]){PATH, NULL});
}

START_TEST(both_see_the_same_words)
{
	struct history_writer writer;
	struct live *theirs, *ours;

	scratch_enter();
	ck_assert_int_eq(history_create(&writer, PATH, &identity, 10, NULL), 0);
	theirs = live_in(writer.map);
	ck_assert_uint_eq(atomic_load(&theirs->leave_ns), 0);
	ck_assert_int_eq(live_open(PATH, &ours, NULL), 0);
	atomic_store(&ours->order, LIVE_STOP);
	atomic_store(&theirs->state, LIVE_WAITING);
	ck_assert_uint_eq(atomic_load(&theirs->order), LIVE_STOP);
	ck_assert_uint_eq(atomic_load(&ours->state), LIVE_WAITING);
	ck_assert_int_eq(live_leave_at(PATH, 77, NULL), 0);
	ck_assert_uint_eq(atomic_load(&theirs->leave_ns), 77);
	live_close(ours);
	live_close(NULL);
	history_release(&writer);
	leave_folder();
}
END_TEST

/* Whatever stands there, it is the same history. */
START_TEST(they_are_no_part_of_the_history)
{
	struct history_writer writer;
	struct history history;

	scratch_enter();
	ck_assert_int_eq(history_create(&writer, PATH, &identity, 10, NULL), 0);
	ck_assert_int_eq(history_intend(&writer, 5), 0);
	history_conclude(&writer, 0,
			 &(struct history_entry){.outcome = OUTCOME_ACKNOWLEDGED,
						 .invoke_ns = 5});
	memset(live_in(writer.map), 0xff, sizeof(struct live));
	history_finish(&writer);
	ck_assert_int_eq(history_open(&history, PATH, NULL), 0);
	ck_assert(history.finished && !history.cut);
	ck_assert_uint_eq(history.count, 1);
	history_close(&history);
	leave_folder();
}
END_TEST

START_TEST(what_has_no_words)
{
	struct live *live = NULL;
	struct error err = {""};

	scratch_enter();
	ck_assert_int_eq(live_open(PATH, &live, &err), -ENOENT);
	close(open(PATH, O_WRONLY | O_CREAT, 0600));
	ck_assert_int_eq(live_open(PATH, &live, &err), -EBADMSG);
	ck_assert_int_eq(truncate(PATH, HISTORY_HEADER_BYTES - 1), 0);
	ck_assert_int_eq(live_leave_at(PATH, 1, &err), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(err.sentence, PATH));
	unlink(PATH);
	ck_assert_int_eq(mkfifo(PATH, 0600), 0);
	ck_assert_int_eq(live_open(PATH, &live, &err), -EBADMSG);
	unlink(PATH);
	ck_assert_int_eq(symlink("/dev/zero", PATH), 0);
	ck_assert_int_eq(live_open(PATH, &live, &err), -ELOOP);
	ck_assert_ptr_null(live);
	leave_folder();
}
END_TEST

UNIT_MAIN("live", 60, both_see_the_same_words, they_are_no_part_of_the_history,
	  what_has_no_words)
