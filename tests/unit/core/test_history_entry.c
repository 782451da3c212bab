/*
 * test_history_entry - the fields of an entry: their bounds when written, and what is
 * refused when read although its sum is right.
 */
#include "core/bytes.h"
#include "core/crc32c.h"
#include "tests/unit/core/sample_history.h"

#include <errno.h>
#include <string.h>

START_TEST(times_are_clamped_never_wrapped)
{
	const uint64_t max_delta = ((uint64_t)1 << 48) - 1;
	struct history_writer writer;
	struct history_entry entry = {
		.outcome = OUTCOME_ACKNOWLEDGED,
		.invoke_ns = 500,
		.locked_ns = 499,
		.written_ns = 500 + max_delta,
		.flushed_ns = 501 + max_delta,
		.unlock_ns = UINT64_MAX,
		.completed_ns = 500,
	};
	struct history history;

	enter_folder();
	ck_assert_int_eq(history_create(&writer, PATH, &sample_identity, 1, NULL), 0);
	ck_assert_int_eq(history_intend(&writer, 500), 0);
	history_conclude(&writer, 0, &entry);
	history_finish(&writer);
	history = opened();
	ck_assert_int_eq(history_get(&history, 0, &entry), 0);
	ck_assert_uint_eq(entry.locked_ns, 500);
	ck_assert_uint_eq(entry.written_ns, 500 + max_delta);
	ck_assert_uint_eq(entry.flushed_ns, 500 + max_delta);
	ck_assert_uint_eq(entry.unlock_ns, 500 + max_delta);
	ck_assert_uint_eq(entry.completed_ns, 500);
	history_close(&history);
	leave_folder();
}
END_TEST

/* What docs/formats.md says of an entry's sum. */
static void put_sum(uint8_t *file, uint64_t seq)
{
	uint8_t *entry = file + HISTORY_HEADER_BYTES + seq * HISTORY_ENTRY_BYTES;
	uint8_t covered[1020 + 8 + 60];

	memcpy(covered, file, 1020);
	put_le64(covered + 1020, seq);
	memcpy(covered + 1020 + 8, entry, 60);
	put_le32(entry + 60, crc32c(covered, sizeof(covered)));
}

/* An entry whose sum is right, and whose fields make no sense. */
static int get_hostile(size_t at, const void *field, size_t field_bytes)
{
	uint8_t bytes[HISTORY_HEADER_BYTES + HISTORY_ENTRY_BYTES];
	uint8_t *entry = bytes + HISTORY_HEADER_BYTES;
	struct history_entry ignored;
	struct history history;
	size_t size;
	int rc;

	make_history(1, 1, true);
	size = read_whole(bytes, sizeof(bytes));
	ck_assert_uint_eq(size, sizeof(bytes));
	memcpy(entry + at, field, field_bytes);
	put_sum(bytes, 0);
	write_whole(bytes, size);
	history = opened();
	rc = history.cut ? -EBADMSG : history_get(&history, 0, &ignored);
	history_close(&history);
	return rc;
}

START_TEST(hostile_fields_are_refused)
{
	static const uint8_t outcomes[] = {5, 6, 127, 128, 255};
	static const uint8_t steps[] = {9, 128, 255};
	static const int64_t offsets[] = {-2, INT64_MIN, INT64_MAX,
					  INT64_MAX - RECORD_MAX_BYTES + 1};
	uint8_t late[8];

	enter_folder();
	for (size_t i = 0; i < sizeof(outcomes); i++)
		ck_assert_int_eq(get_hostile(0, &outcomes[i], 1), -EBADMSG);
	for (size_t i = 0; i < sizeof(steps); i++)
		ck_assert_int_eq(get_hostile(1, &steps[i], 1), -EBADMSG);
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		uint8_t bytes[8];

		put_le64(bytes, (uint64_t)offsets[i]);
		ck_assert_int_eq(get_hostile(8, bytes, sizeof(bytes)), -EBADMSG);
	}
	put_le64(late, UINT64_MAX);
	ck_assert_int_eq(get_hostile(16, late, sizeof(late)), -EBADMSG);
	put_le64(late, INT64_MAX);
	ck_assert_int_eq(get_hostile(16, late, sizeof(late)), -EBADMSG);
	/* Nor what no clock shows, and so cannot be compared with any. */
	put_le64(late, INT64_MAX / 4);
	ck_assert_int_eq(get_hostile(16, late, sizeof(late)), -EBADMSG);
	/* And that the sum is what makes these tests tell something. */
	put_le64(late, 12345);
	ck_assert_int_eq(get_hostile(16, late, sizeof(late)), 0);
	leave_folder();
}
END_TEST

START_TEST(names_of_outcomes_and_steps)
{
	ck_assert_str_eq(outcome_name(OUTCOME_ACKNOWLEDGED), "acknowledged");
	ck_assert_str_eq(outcome_name(OUTCOME_FAILED), "failed");
	ck_assert_str_eq(outcome_name(OUTCOME_UNKNOWN), "unknown");
	ck_assert_str_eq(outcome_name((enum outcome)5), "?");
	ck_assert_str_eq(append_step_name(STEP_LOCK), "lock");
	ck_assert_str_eq(append_step_name(STEP_CLOSE), "close");
	ck_assert_str_eq(append_step_name((enum append_step)9), "?");
	ck_assert_str_eq(append_step_name((enum append_step) - 1), "?");
}
END_TEST

UNIT_MAIN("history_entry", 60, times_are_clamped_never_wrapped,
	  hostile_fields_are_refused, names_of_outcomes_and_steps)
