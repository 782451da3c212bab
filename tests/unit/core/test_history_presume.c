/*
 * test_history_presume - a history that is presumed to be whole turns out to be so
 * exactly where one that is checked first does.
 */
#include "tests/unit/core/sample_history.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MANY = 5000,
	FEW = 3,
	FEW_BYTES = HISTORY_HEADER_BYTES + 5 * HISTORY_ENTRY_BYTES
};

/* How often each entry was shown. */
static uint8_t times_shown[MANY];

static void show(void *context, uint64_t seq, const struct history_entry *entry)
{
	struct history_entry expected = sample_entry(seq);

	ck_assert_ptr_eq(context, times_shown);
	ck_assert_uint_lt(seq, MANY);
	assert_same(entry, &expected);
	times_shown[seq]++;
}

static void begin(struct history *ret_history)
{
	enter_folder();
	make_history(MANY, MANY + 1000, true);
	memset(times_shown, 0, sizeof(times_shown));
	ck_assert_int_eq(history_attach(ret_history, PATH, true, NULL), 0);
	ck_assert(history_presume(ret_history, show, times_shown));
	ck_assert_uint_eq(ret_history->count, MANY);
}

static void end(struct history *history)
{
	for (size_t seq = 0; seq < MANY; seq++)
		ck_assert_uint_eq(times_shown[seq], 1);
	history_close(history);
	leave_folder();
}

START_TEST(each_entry_is_shown_once)
{
	struct history history;

	begin(&history);
	ck_assert(history_settle(&history));
	ck_assert(history_settle(&history));
	ck_assert(holds_samples(&history, MANY));
	end(&history);
}
END_TEST

/* Two readers, back and forth, of a part of it; the rest in the end. */
START_TEST(whoever_reads_it)
{
	struct history_reader other = {.visit = show, .context = times_shown};
	struct history history;
	struct history_entry entry;

	begin(&history);
	ck_assert_int_eq(history_reader_init(&other, 64), 0);
	for (uint64_t i = 0; i < 300; i++) {
		uint64_t seq = i * 2654435761u % MANY;
		struct history_entry expected = sample_entry(seq);
		const struct history_entry *seen;

		if (i % 2) {
			ck_assert_int_eq(history_get(&history, seq, &entry), 0);
			assert_same(&entry, &expected);
		} else {
			seen = history_look(&history, &other, seq);
			ck_assert_ptr_nonnull(seen);
			assert_same(seen, &expected);
		}
	}
	ck_assert_ptr_null(history_look(&history, &other, MANY));
	history_reader_release(&other);
	ck_assert(history_settle(&history));
	end(&history);
}
END_TEST

/* An entry that nobody asks for. */
START_TEST(damage_is_found_wherever_it_is)
{
	static const uint64_t places[] = {0, 63, 64, 1000, MANY - 1};
	struct history history;
	struct history_entry entry;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		begin(&history);
		put_byte(HISTORY_HEADER_BYTES + places[i] * HISTORY_ENTRY_BYTES + 20,
			 0x55);
		ck_assert_int_eq(history_get(&history, 2000, &entry), 0);
		ck_assert(!history_changed(&history));
		ck_assert(!history_settle(&history));
		ck_assert(!history_settle(&history));
		history_close(&history);
		leave_folder();
	}
}
END_TEST

/* In a window that was there, and at its edge, and all of it. */
START_TEST(one_that_is_cut_meanwhile)
{
	static const off_t lengths[] = {0, HISTORY_HEADER_BYTES,
					HISTORY_HEADER_BYTES + 64 * 100 + 7,
					HISTORY_HEADER_BYTES + 64 * 1024,
					HISTORY_HEADER_BYTES + 64 * (MANY - 1)};
	struct history history;
	struct history_entry entry;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		begin(&history);
		ck_assert_int_eq(history_get(&history, 70, &entry), 0);
		ck_assert_int_eq(truncate(PATH, lengths[i]), 0);
		ck_assert(!history_settle(&history));
		history_close(&history);
		leave_folder();
	}
}
END_TEST

START_TEST(what_its_writer_did_not_finish_is_checked)
{
	struct history history;

	enter_folder();
	make_history(100, 100, false);
	ck_assert_int_eq(history_attach(&history, PATH, true, NULL), 0);
	ck_assert(!history_presume(&history, NULL, NULL));
	history_check(&history, NULL, NULL);
	ck_assert(holds_samples(&history, 100));
	history_close(&history);
	leave_folder();
}
END_TEST

/* The room that a hole pretends to have is not to be made for it. */
START_TEST(a_file_with_holes_is_checked)
{
	struct history history;
	struct stat st;

	enter_folder();
	make_history(100, 100, true);
	ck_assert_int_eq(truncate(PATH, (off_t)1 << 40), 0);
	ck_assert_int_eq(stat(PATH, &st), 0);
	ck_assert_int_lt(st.st_blocks * 512, st.st_size);
	ck_assert_int_eq(history_attach(&history, PATH, true, NULL), 0);
	ck_assert(!history_presume(&history, NULL, NULL));
	history_check(&history, NULL, NULL);
	ck_assert(!history.cut);
	ck_assert_uint_eq(history.count, 100);
	history_close(&history);
	leave_folder();
}
END_TEST

/* Is what stands at PATH whole, by reading it first?  -1: it is no history. */
static int checked(uint64_t *ret_count)
{
	struct history history;
	int whole;

	if (history_attach(&history, PATH, true, NULL) < 0)
		return -1;
	history_check(&history, NULL, NULL);
	whole = history.finished && !history.cut;
	*ret_count = history.count;
	history_close(&history);
	return whole;
}

/* The same by presuming. */
static int presumed(uint64_t *ret_count)
{
	struct history history;
	int whole;

	if (history_attach(&history, PATH, true, NULL) < 0)
		return -1;
	whole = history_presume(&history, NULL, NULL) && history_settle(&history);
	*ret_count = history.count;
	history_close(&history);
	return whole;
}

static void expect_agreement(void)
{
	uint64_t count = 0, presumed_count = 0;
	int whole = checked(&count);

	ck_assert_int_eq(presumed(&presumed_count), whole);
	if (whole == 1)
		ck_assert_uint_eq(presumed_count, count);
}

/* A finished history, of which each byte that is read is spoilt, and each length cut.
 */
START_TEST(as_one_that_is_checked)
{
	static const uint8_t masks[] = {0x01, 0x03, 0x80, 0xff};
	uint8_t bytes[FEW_BYTES];
	size_t size;

	enter_folder();
	make_history(FEW, 5, true);
	size = read_whole(bytes, sizeof(bytes));
	ck_assert_uint_eq(size, sizeof(bytes));
	expect_agreement();
	for (size_t at = 1024; at < size; at++) {
		if (at == 1200)
			at = HISTORY_HEADER_BYTES;
		for (size_t i = 0; i < sizeof(masks); i++) {
			put_byte(at, bytes[at] ^ masks[i]);
			expect_agreement();
		}
		put_byte(at, bytes[at]);
	}
	for (size_t cut = HISTORY_HEADER_BYTES; cut < size; cut += 16) {
		write_whole(bytes, cut);
		expect_agreement();
	}
	leave_folder();
}
END_TEST

/* The mark may be right, and an append not over all the same. */
START_TEST(an_open_intention_in_a_finished_one)
{
	struct history_writer writer;
	uint64_t count = 0;

	enter_folder();
	ck_assert_int_eq(history_create(&writer, PATH, &sample_identity, 10, NULL), 0);
	append_one(&writer);
	ck_assert_int_eq(history_intend(&writer, 1000000), 0);
	history_finish(&writer);
	ck_assert_int_eq(checked(&count), 0);
	expect_agreement();
	leave_folder();
}
END_TEST

UNIT_MAIN("history_presume", 60, each_entry_is_shown_once, whoever_reads_it,
	  damage_is_found_wherever_it_is, one_that_is_cut_meanwhile,
	  what_its_writer_did_not_finish_is_checked, a_file_with_holes_is_checked,
	  as_one_that_is_checked, an_open_intention_in_a_finished_one)
