/*
 * test_history_killed - what a killed writer left behind is read as it stood, and a
 * half-written entry is told from damage.
 */
#include "core/bytes.h"
#include "core/clock.h"
#include "tests/unit/core/sample_history.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_until_killed(void)
{
	struct history_writer writer;

	if (history_create(&writer, PATH, &sample_identity, (uint64_t)1 << 24, NULL) <
	    0)
		_exit(1);
	for (;;) {
		struct history_entry entry = sample_entry(writer.count);

		if (history_intend(&writer, entry.invoke_ns) < 0)
			_exit(1);
		history_conclude(&writer, writer.count - 1, &entry);
	}
}

START_TEST(survives_its_writer)
{
	enter_folder();
	for (int round = 0; round < 20; round++) {
		uint64_t give_up_ns = clock_now_ns() + 20000000000u;
		pid_t child = fork();
		struct history history;
		struct history_entry entry, expected;
		int status;

		ck_assert_int_ge(child, 0);
		if (child == 0)
			write_until_killed();
		while (history_peek(PATH) < 1000u + (unsigned int)round * 777 &&
		       clock_now_ns() < give_up_ns)
			;
		kill(child, SIGKILL);
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert(WIFSIGNALED(status));

		history = opened();
		ck_assert(!history.finished);
		ck_assert(!history.cut);
		ck_assert_uint_ge(history.count, 1000);
		for (uint64_t seq = 0; seq + 1 < history.count; seq++) {
			expected = sample_entry(seq);
			ck_assert(history_get(&history, seq, &entry) == 0 &&
				  entry.outcome == expected.outcome &&
				  entry.offset == expected.offset &&
				  entry.completed_ns == expected.completed_ns);
		}
		ck_assert_int_eq(history_get(&history, history.count - 1, &entry), 0);
		history_close(&history);
		unlink(PATH);
	}
	leave_folder();
}
END_TEST

/*
 * The same, store by store: entry number 1 of two, half written when the kill
 * came. @live and @concluded are the counts that stood in the header.
 */
static struct history half_written(const uint8_t *first_half,
				   const uint8_t *second_half, uint64_t live,
				   uint64_t concluded)
{
	uint8_t bytes[HISTORY_HEADER_BYTES + 2 * HISTORY_ENTRY_BYTES];
	uint8_t *entry = bytes + HISTORY_HEADER_BYTES + HISTORY_ENTRY_BYTES;

	make_history(2, 2, false);
	ck_assert_uint_eq(read_whole(bytes, sizeof(bytes)), sizeof(bytes));
	if (first_half)
		memcpy(entry, first_half, HISTORY_ENTRY_BYTES / 2);
	if (second_half)
		memcpy(entry + HISTORY_ENTRY_BYTES / 2, second_half,
		       HISTORY_ENTRY_BYTES / 2);
	put_le64(bytes + 1024, live);
	put_le64(bytes + 1032, concluded);
	write_whole(bytes, sizeof(bytes));
	return opened();
}

START_TEST(killed_in_the_middle_of_an_intention)
{
	uint8_t zeros[HISTORY_ENTRY_BYTES] = {0};
	struct history history;

	enter_folder();
	/* Not begun: the call that announces it had not returned. */
	history = half_written(NULL, zeros, 1, 1);
	ck_assert(!history.cut && !history.finished);
	ck_assert(holds_samples(&history, 1));
	history_close(&history);
	history = half_written(zeros, NULL, 1, 1);
	ck_assert(!history.cut && !history.finished);
	ck_assert(holds_samples(&history, 1));
	history_close(&history);
	/* Counted as begun: then it was whole once, and this is damage. */
	history = half_written(zeros, NULL, 2, 1);
	ck_assert(history.cut);
	history_close(&history);
	leave_folder();
}
END_TEST

START_TEST(killed_in_the_middle_of_an_outcome)
{
	uint8_t zeros[HISTORY_ENTRY_BYTES] = {0};
	struct history_entry entry, before = sample_entry(0);
	struct history history;

	enter_folder();
	history = half_written(NULL, zeros, 2, 1);
	ck_assert(!history.cut && !history.finished);
	ck_assert_uint_eq(history.count, 2);
	ck_assert_int_eq(history_get(&history, 1, &entry), 0);
	ck_assert_int_eq(entry.outcome, OUTCOME_OPEN);
	ck_assert_int_eq(entry.offset, HISTORY_OFFSET_UNKNOWN);
	ck_assert_uint_eq(entry.invoke_ns, before.completed_ns);
	ck_assert_uint_eq(entry.completed_ns, before.completed_ns);
	history_close(&history);
	/* Counted as concluded: then it was whole once, and this is damage. */
	history = half_written(NULL, zeros, 2, 2);
	ck_assert(history.cut);
	history_close(&history);
	leave_folder();
}
END_TEST

UNIT_MAIN("history_killed", 60, survives_its_writer,
	  killed_in_the_middle_of_an_intention, killed_in_the_middle_of_an_outcome)
