/*
 * test_history_read - what was recorded comes back, in any order and however many are
 * open, and what is no history is refused.
 */
#include "tests/unit/core/sample_history.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(reads_back_what_was_written)
{
	struct history history;
	struct history_entry entry;
	struct stat st;

	enter_folder();
	make_history(1000, 5000, true);
	history = opened();
	ck_assert(history.finished);
	ck_assert(!history.cut);
	ck_assert(holds_samples(&history, 1000));
	ck_assert_str_eq(history_identity(&history).run_id, sample_identity.run_id);
	ck_assert_str_eq(history_identity(&history).host, sample_identity.host);
	ck_assert_str_eq(history_identity(&history).strategy, sample_identity.strategy);
	ck_assert_uint_eq(history_identity(&history).writer, sample_identity.writer);
	ck_assert_uint_eq(history_identity(&history).strategy_index,
			  sample_identity.strategy_index);
	ck_assert_int_eq(history_get(&history, 1000, &entry), -ERANGE);
	ck_assert_int_eq(history_get(&history, UINT64_MAX, &entry), -ERANGE);
	ck_assert_uint_eq(history_peek(PATH), 1000);
	history_close(&history);
	history_close(&history);
	ck_assert_int_eq(stat(PATH, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	leave_folder();
}
END_TEST

START_TEST(an_empty_one)
{
	struct history history;

	enter_folder();
	make_history(0, 0, true);
	history = opened();
	ck_assert(history.finished);
	ck_assert(!history.cut);
	ck_assert_uint_eq(history.count, 0);
	history_close(&history);
	leave_folder();
}
END_TEST

START_TEST(names_of_full_length_and_any_bytes)
{
	struct history_identity odd = sample_identity;
	struct history_writer writer;
	struct history history;

	enter_folder();
	memset(odd.host, 0xff, HISTORY_NAME_MAX);
	memset(odd.strategy, '\n', HISTORY_NAME_MAX);
	odd.writer = RECORD_MAX_WRITERS - 1;
	ck_assert_int_eq(history_create(&writer, PATH, &odd, 1, NULL), 0);
	history_finish(&writer);
	history = opened();
	ck_assert_str_eq(history_identity(&history).host, odd.host);
	ck_assert_str_eq(history_identity(&history).strategy, odd.strategy);
	ck_assert_uint_eq(history_identity(&history).writer, odd.writer);
	history_close(&history);
	leave_folder();
}
END_TEST

/* In any order, the same. */
START_TEST(entries_at_random)
{
	enum { COUNT = 5000 };
	struct history_entry entry, expected;
	struct history history;

	enter_folder();
	make_history(COUNT, COUNT, true);
	history = opened();
	for (uint64_t i = 0; i < 3 * COUNT; i++) {
		uint64_t seq = i * 2654435761u % COUNT;

		ck_assert_int_eq(history_get(&history, seq, &entry), 0);
		expected = sample_entry(seq);
		assert_same(&entry, &expected);
	}
	history_close(&history);
	leave_folder();
}
END_TEST

struct shown {
	uint64_t count, next;
};

static void show(void *context, uint64_t seq, const struct history_entry *entry)
{
	struct history_entry expected = sample_entry(seq);
	struct shown *shown = context;

	ck_assert_uint_ge(seq, shown->next);
	assert_same(entry, &expected);
	shown->next = seq + 1;
	shown->count++;
}

START_TEST(a_visitor_sees_each_intact_entry_once)
{
	struct history history;
	struct shown shown = {0};

	enter_folder();
	make_history(1000, 2000, true);
	ck_assert_int_eq(history_attach(&history, PATH, true, NULL), 0);
	ck_assert_uint_eq(history.count, 0);
	history_check(&history, show, &shown);
	ck_assert_uint_eq(shown.count, 1000);
	ck_assert_uint_eq(history.count, 1000);
	history_close(&history);
	put_byte(HISTORY_HEADER_BYTES + 300 * HISTORY_ENTRY_BYTES + 8, 0x55);
	shown = (struct shown){0};
	ck_assert_int_eq(history_attach(&history, PATH, true, NULL), 0);
	history_check(&history, show, &shown);
	ck_assert_uint_eq(shown.count, 999);
	ck_assert(history.cut);
	history_close(&history);
	leave_folder();
}
END_TEST

/* A process may have 1024 files open at first, and a run more writers. */
START_TEST(more_than_descriptors_at_first)
{
	enum { SOFT = 40, COUNT = 100 };
	struct history histories[COUNT];
	struct rlimit limit;
	int first, fd;

	enter_folder();
	make_history(3, 3, true);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_uint_ge(limit.rlim_max, SOFT + COUNT);
	limit.rlim_cur = SOFT;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	for (int i = 0; i < COUNT; i++)
		histories[i] = opened();
	for (int i = 0; i < COUNT; i++) {
		ck_assert(holds_samples(&histories[i], 3));
		history_close(&histories[i]);
	}
	limit.rlim_cur = limit.rlim_max = SOFT;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	first = fd = open("/dev/null", O_RDONLY);
	for (int last = fd; last >= 0; last = open("/dev/null", O_RDONLY))
		fd = last;
	ck_assert_int_eq(history_open(&histories[0], PATH, NULL), -EMFILE);
	/* Who looks for leaks at the end wants some. */
	ck_assert_int_eq(close_range((unsigned)first, (unsigned)fd, 0), 0);
	leave_folder();
}
END_TEST

/* Only what was used is read, however large a file pretends to be. */
START_TEST(a_huge_hole_is_not_read)
{
	struct history history;

	enter_folder();
	make_history(3, 300, true);
	ck_assert_int_eq(truncate(PATH, (off_t)1 << 40), 0);
	history = opened();
	ck_assert(!history.cut);
	ck_assert(holds_samples(&history, 3));
	history_close(&history);
	leave_folder();
}
END_TEST

START_TEST(what_is_no_history)
{
	struct history history;
	struct error err;
	uint8_t zeros[8192] = {0};

	enter_folder();
	ck_assert_int_eq(history_open(&history, "none", &err), -ENOENT);
	ck_assert_int_lt(history_open(&history, ".", &err), 0);
	ck_assert_int_lt(history_open(&history, "/dev/null", &err), 0);
	/* A pipe that nobody writes to must not be waited for. */
	ck_assert_int_eq(mkfifo(PATH, 0600), 0);
	ck_assert_int_lt(history_open(&history, PATH, &err), 0);
	unlink(PATH);
	ck_assert_int_eq(symlink("/etc/passwd", PATH), 0);
	ck_assert_int_lt(history_open(&history, PATH, &err), 0);
	unlink(PATH);
	write_whole(zeros, sizeof(zeros));
	ck_assert_int_eq(history_open(&history, PATH, &err), -EBADMSG);
	write_whole(zeros, 0);
	ck_assert_int_eq(history_open(&history, PATH, &err), -EBADMSG);
	ck_assert_uint_eq(history_peek("none"), 0);
	ck_assert_uint_eq(history_peek("."), 0);
	ck_assert_uint_eq(history_peek(PATH), 0);
	leave_folder();
}
END_TEST

UNIT_MAIN("history_read", 60, reads_back_what_was_written, an_empty_one,
	  names_of_full_length_and_any_bytes, entries_at_random,
	  a_visitor_sees_each_intact_entry_once, more_than_descriptors_at_first,
	  a_huge_hole_is_not_read, what_is_no_history)
