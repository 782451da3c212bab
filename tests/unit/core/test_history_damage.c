/*
 * test_history_damage - a history that was cut or flipped, before it is opened or
 * while it is read: all that was written comes back, or the damage is reported.
 */
#include "tests/unit/core/sample_history.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { DAMAGED_COUNT = 9, DAMAGED_CAPACITY = 12 };

/*
 * What a reader may make of a damaged history: an error, `cut`, or nothing less
 * than all that was written.  A finished one may also look unfinished.
 */
static void damage_is_found(const char *what, size_t at)
{
	struct error err = {0};
	struct history history;

	if (history_open(&history, PATH, &err) < 0) {
		ck_assert_uint_ne(err.sentence[0], '\0');
		return;
	}
	if (!history.cut)
		ck_assert_msg(holds_samples(&history, DAMAGED_COUNT), "%s at %zu", what,
			      at);
	history_close(&history);
}

static void each_flip_is_found(bool finished)
{
	uint8_t bytes[HISTORY_HEADER_BYTES + DAMAGED_CAPACITY * HISTORY_ENTRY_BYTES];
	size_t size;
	int fd;

	make_history(DAMAGED_COUNT, DAMAGED_CAPACITY, finished);
	size = read_whole(bytes, sizeof(bytes));
	fd = open(PATH, O_WRONLY);
	ck_assert_int_ge(fd, 0);
	for (size_t at = 0; at < size; at++) {
		/* What the header leaves free may hold anything. */
		bool is_free = at >= 1200 && at < HISTORY_HEADER_BYTES;

		for (unsigned int flip = is_free ? 128 : 1; flip < 256; flip <<= 1) {
			uint8_t flipped = bytes[at] ^ (uint8_t)flip;

			ck_assert_int_eq(pwrite(fd, &flipped, 1, (off_t)at), 1);
			damage_is_found("flipped", at);
		}
		if (bytes[at]) {
			ck_assert_int_eq(pwrite(fd, "", 1, (off_t)at), 1);
			damage_is_found("zeroed", at);
		}
		ck_assert_int_eq(pwrite(fd, &bytes[at], 1, (off_t)at), 1);
	}
	close(fd);
}

START_TEST(each_flip_of_a_finished_one_is_found)
{
	enter_folder();
	each_flip_is_found(true);
	leave_folder();
}
END_TEST

START_TEST(each_flip_of_a_killed_one_is_found)
{
	enter_folder();
	each_flip_is_found(false);
	leave_folder();
}
END_TEST

START_TEST(each_cut_is_found)
{
	uint8_t bytes[HISTORY_HEADER_BYTES + DAMAGED_CAPACITY * HISTORY_ENTRY_BYTES];
	size_t size;

	enter_folder();
	for (int finished = 0; finished < 2; finished++) {
		make_history(DAMAGED_COUNT, DAMAGED_CAPACITY, finished);
		size = read_whole(bytes, sizeof(bytes));
		for (size_t cut = 0; cut < size; cut++) {
			write_whole(bytes, cut);
			damage_is_found("cut", cut);
		}
	}
	leave_folder();
}
END_TEST

START_TEST(a_zeroed_entry_is_found)
{
	uint8_t bytes[HISTORY_HEADER_BYTES + DAMAGED_CAPACITY * HISTORY_ENTRY_BYTES];
	uint8_t kept[HISTORY_ENTRY_BYTES];
	size_t size;

	enter_folder();
	for (int finished = 0; finished < 2; finished++) {
		make_history(DAMAGED_COUNT, DAMAGED_CAPACITY, finished);
		size = read_whole(bytes, sizeof(bytes));
		for (size_t i = 0; i < DAMAGED_COUNT; i++) {
			uint8_t *p = bytes + HISTORY_HEADER_BYTES + i * sizeof(kept);

			memcpy(kept, p, sizeof(kept));
			memset(p, 0, sizeof(kept));
			write_whole(bytes, size);
			damage_is_found("zeroed entry", i);
			memcpy(p, kept, sizeof(kept));
		}
	}
	leave_folder();
}
END_TEST

START_TEST(an_entry_out_of_place_is_found)
{
	uint8_t bytes[HISTORY_HEADER_BYTES + DAMAGED_CAPACITY * HISTORY_ENTRY_BYTES];
	uint8_t kept[HISTORY_ENTRY_BYTES];
	size_t size;

	enter_folder();
	make_history(DAMAGED_COUNT, DAMAGED_CAPACITY, true);
	size = read_whole(bytes, sizeof(bytes));
	for (size_t i = 1; i < DAMAGED_COUNT; i++) {
		uint8_t *p = bytes + HISTORY_HEADER_BYTES + i * sizeof(kept);

		memcpy(kept, p, sizeof(kept));
		memcpy(p, p - sizeof(kept), sizeof(kept));
		write_whole(bytes, size);
		damage_is_found("repeated entry", i);
		memcpy(p, kept, sizeof(kept));
	}
	leave_folder();
}
END_TEST

/* What is read again is checked again: no SIGBUS, and no other entry than before. */
START_TEST(a_cut_after_opening_is_found)
{
	static const off_t cuts[] = {HISTORY_HEADER_BYTES +
					     12345 * HISTORY_ENTRY_BYTES + 33,
				     HISTORY_HEADER_BYTES + 777, 33, 0};
	const uint64_t count = 20000;
	struct history_entry entry, expected;

	enter_folder();
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		uint64_t failed = 0;
		struct history history;

		make_history(count, count, true);
		history = opened();
		ck_assert(!history.cut);
		ck_assert_int_eq(truncate(PATH, cuts[i]), 0);
		ck_assert(!history_changed(&history));
		for (uint64_t seq = 0; seq < count; seq++) {
			expected = sample_entry(seq);
			if (history_get(&history, seq, &entry) == 0)
				assert_same(&entry, &expected);
			else
				failed++;
		}
		/* One window may have been read before. */
		ck_assert_uint_ge(failed, count - 12345 - 256);
		ck_assert(history_changed(&history));
		ck_assert_uint_eq(history.count, count);
		ck_assert_str_eq(history_identity(&history).run_id,
				 sample_identity.run_id);
		history_close(&history);
	}
	leave_folder();
}
END_TEST

START_TEST(each_flip_after_opening_is_found)
{
	const size_t at = HISTORY_HEADER_BYTES + 3 * HISTORY_ENTRY_BYTES;
	uint8_t bytes[HISTORY_HEADER_BYTES + 5 * HISTORY_ENTRY_BYTES];
	struct history_entry entry;
	struct history history;

	enter_folder();
	make_history(1000, 1000, true);
	read_whole(bytes, sizeof(bytes));
	for (size_t i = 0; i < HISTORY_ENTRY_BYTES; i++) {
		history = opened();
		put_byte(at + i, bytes[at + i] ^ 0x10);
		/* Far away first, so that it is read again. */
		ck_assert_int_eq(history_get(&history, 999, &entry), 0);
		ck_assert_int_eq(history_get(&history, 2, &entry), 0);
		ck_assert(!history_changed(&history));
		ck_assert_int_eq(history_get(&history, 3, &entry), -EBADMSG);
		ck_assert(history_changed(&history));
		ck_assert_int_eq(history_get(&history, 4, &entry), 0);
		put_byte(at + i, bytes[at + i]);
		history_close(&history);
	}
	leave_folder();
}
END_TEST

/* A cut one is damaged anyway: that an entry of it cannot be had is no change. */
START_TEST(damage_of_old_is_no_change)
{
	struct history_entry entry;
	struct history history;

	enter_folder();
	make_history(10, 10, true);
	put_byte(HISTORY_HEADER_BYTES + 3 * HISTORY_ENTRY_BYTES + 8, 0x55);
	history = opened();
	ck_assert(history.cut);
	ck_assert_int_eq(history_get(&history, 3, &entry), -EBADMSG);
	ck_assert(!history_changed(&history));
	history_close(&history);
	ck_assert(!history_changed(&history));
	leave_folder();
}
END_TEST

UNIT_MAIN("history_damage", 60, each_flip_of_a_finished_one_is_found,
	  each_flip_of_a_killed_one_is_found, each_cut_is_found,
	  a_zeroed_entry_is_found, an_entry_out_of_place_is_found,
	  a_cut_after_opening_is_found, each_flip_after_opening_is_found,
	  damage_of_old_is_no_change)
