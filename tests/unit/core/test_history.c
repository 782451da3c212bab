/*
 * test_history - written, read back, cut, flipped, and left behind by a writer
 * that was killed: what was recorded comes back, or the damage is reported.
 */
#include "core/bytes.h"
#include "core/clock.h"
#include "core/crc32c.h"
#include "core/history.h"
#include "core/random.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each test has a folder of its own, which is its working folder. */
#define PATH "a.history"

static const struct history_identity identity = {
	.run_id = "k3f0000000vu",
	.strategy_index = 2,
	.writer = 77,
	.host = "client-1.example",
	.strategy = "flock:batch=4",
};

static void enter_folder(void)
{
	char folder[] = "/tmp/test_history.XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static void leave_folder(void)
{
	char folder[64];

	unlink(PATH);
	ck_assert_ptr_nonnull(getcwd(folder, sizeof(folder)));
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}

/* What append number @seq is made to look like in these tests. */
static struct history_entry sample_entry(uint64_t seq)
{
	uint64_t random = seq;
	struct history_entry entry = {
		.outcome = OUTCOME_ACKNOWLEDGED,
		.offset = (int64_t)(random_next(&random) >> 2),
		.invoke_ns = 1000000000u + seq * 5000,
		.hold = (uint32_t)seq / 4,
	};

	entry.locked_ns = entry.invoke_ns + random_next(&random) % 1000;
	entry.written_ns = entry.locked_ns + random_next(&random) % 1000;
	entry.flushed_ns = entry.written_ns + random_next(&random) % 1000;
	entry.unlock_ns = entry.flushed_ns + random_next(&random) % 1000;
	entry.completed_ns = entry.unlock_ns + random_next(&random) % 1000;
	if (seq % 5 == 3) {
		entry.outcome = OUTCOME_FAILED;
		entry.step = STEP_LOCK;
		entry.errnum = ENOLCK;
		entry.offset = HISTORY_OFFSET_UNKNOWN;
	}
	if (seq % 7 == 6) {
		entry.outcome = OUTCOME_UNKNOWN;
		entry.step = STEP_WRITE;
		entry.errnum = EIO;
	}
	return entry;
}

static void assert_same(const struct history_entry *a, const struct history_entry *b)
{
	ck_assert_int_eq(a->outcome, b->outcome);
	ck_assert_int_eq(a->step, b->step);
	ck_assert_int_eq(a->errnum, b->errnum);
	ck_assert_int_eq(a->offset, b->offset);
	ck_assert_uint_eq(a->invoke_ns, b->invoke_ns);
	ck_assert_uint_eq(a->locked_ns, b->locked_ns);
	ck_assert_uint_eq(a->written_ns, b->written_ns);
	ck_assert_uint_eq(a->flushed_ns, b->flushed_ns);
	ck_assert_uint_eq(a->unlock_ns, b->unlock_ns);
	ck_assert_uint_eq(a->completed_ns, b->completed_ns);
	ck_assert_uint_eq(a->hold, b->hold);
}

static void append_one(struct history_writer *writer)
{
	uint64_t seq = writer->count;
	struct history_entry entry = sample_entry(seq);

	ck_assert_int_eq(history_intend(writer, entry.invoke_ns), 0);
	history_conclude(writer, seq, &entry);
}

/* A history of @count concluded appends, finished or left as a killed one. */
static void make_history(uint64_t count, uint64_t capacity, bool finished)
{
	struct history_writer writer;
	struct error err = {0};

	unlink(PATH);
	ck_assert_int_eq(history_create(&writer, PATH, &identity, capacity, &err), 0);
	for (uint64_t seq = 0; seq < count; seq++)
		append_one(&writer);
	if (finished)
		history_finish(&writer);
	else
		history_release(&writer);
}

static struct history opened(void)
{
	struct history history;
	struct error err = {0};

	ck_assert_msg(history_open(&history, PATH, &err) == 0, "%s", err.sentence);
	return history;
}

/* Does @history hold exactly the @count sample entries? */
static bool holds_samples(const struct history *history, uint64_t count)
{
	struct history_entry entry, expected;

	if (history->count != count)
		return false;
	for (uint64_t seq = 0; seq < count; seq++) {
		if (history_get(history, seq, &entry) < 0)
			return false;
		expected = sample_entry(seq);
		assert_same(&entry, &expected);
	}
	return true;
}

static size_t read_whole(uint8_t *bytes, size_t size)
{
	int fd = open(PATH, O_RDONLY);
	ssize_t got;

	ck_assert_int_ge(fd, 0);
	got = read(fd, bytes, size);
	ck_assert_int_gt(got, 0);
	close(fd);
	return (size_t)got;
}

static void write_whole(const uint8_t *bytes, size_t size)
{
	int fd = open(PATH, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	close(fd);
}

/* ---- round trips ------------------------------------------------------- */

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
	ck_assert_str_eq(history_identity(&history).run_id, identity.run_id);
	ck_assert_str_eq(history_identity(&history).host, identity.host);
	ck_assert_str_eq(history_identity(&history).strategy, identity.strategy);
	ck_assert_uint_eq(history_identity(&history).writer, identity.writer);
	ck_assert_uint_eq(history_identity(&history).strategy_index,
			  identity.strategy_index);
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
	struct history_identity odd = identity;
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
	ck_assert_int_eq(history_create(&writer, PATH, &identity, 1, NULL), 0);
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

/* ---- the writer -------------------------------------------------------- */

START_TEST(an_intention_is_seen_before_its_outcome)
{
	struct history_writer writer;
	struct history history;
	struct history_entry entry;

	enter_folder();
	ck_assert_int_eq(history_create(&writer, PATH, &identity, 10, NULL), 0);
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
	ck_assert_int_eq(history_create(&writer, PATH, &identity, 3, NULL), 0);
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
	ck_assert_int_eq(history_create(&writer, PATH, &identity, 3, NULL), 0);
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
	ck_assert_int_eq(history_create(&writer, PATH, &identity, 30, NULL), 0);
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
	ck_assert_int_eq(history_create(&writer, PATH, &identity, 3, &err), -EEXIST);
	ck_assert_uint_ne(err.sentence[0], '\0');
	ck_assert_int_eq(stat(PATH, &st), 0);
	ck_assert_int_eq(st.st_size, 4);
	unlink(PATH);
	ck_assert_int_eq(symlink("/nonexistent/target", PATH), 0);
	ck_assert_int_eq(history_create(&writer, PATH, &identity, 3, &err), -EEXIST);
	ck_assert_int_eq(history_create(&writer, "no/such/folder", &identity, 3, &err),
			 -ENOENT);
	ck_assert_int_eq(
		history_create(&writer, "big", &identity, RECORD_MAX_SEQ + 2, &err),
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
		ck_assert_int_lt(history_create(&writer, PATH, &identity, 100000, &err),
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
	ck_assert_int_eq(history_create(&writer, PATH, &identity, 1 << 24, NULL), 0);
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
	ck_assert_int_eq(history_create(&writer, PATH, &identity, ENTRIES, NULL), 0);
	limit_file_size(0);
	for (int i = 0; i < ENTRIES; i++)
		append_one(&writer);
	ck_assert_uint_eq(writer.count, ENTRIES);
	history_finish(&writer);
	leave_folder();
}
END_TEST

/* ---- a killed writer --------------------------------------------------- */

static void write_until_killed(void)
{
	struct history_writer writer;

	if (history_create(&writer, PATH, &identity, (uint64_t)1 << 24, NULL) < 0)
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

/* ---- damage ------------------------------------------------------------ */

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

/* What stands in the file under an open history; then it is as it was. */
static void put_byte(size_t at, uint8_t byte)
{
	int fd = open(PATH, O_WRONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

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
		ck_assert_str_eq(history_identity(&history).run_id, identity.run_id);
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

UNIT_MAIN("history", 60, reads_back_what_was_written, an_empty_one,
	  names_of_full_length_and_any_bytes, times_are_clamped_never_wrapped,
	  an_intention_is_seen_before_its_outcome, holds_no_more_than_its_capacity,
	  more_than_a_stride, concluding_what_was_not_begun_is_ignored,
	  disowned_appends_become_unknown, takes_no_file_that_is_there,
	  no_room_at_the_start, no_room_later, all_the_room_in_advance,
	  survives_its_writer, killed_in_the_middle_of_an_intention,
	  killed_in_the_middle_of_an_outcome, each_flip_of_a_finished_one_is_found,
	  each_flip_of_a_killed_one_is_found, each_cut_is_found,
	  a_zeroed_entry_is_found, an_entry_out_of_place_is_found,
	  a_cut_after_opening_is_found, each_flip_after_opening_is_found,
	  damage_of_old_is_no_change, entries_at_random,
	  a_visitor_sees_each_intact_entry_once, more_than_descriptors_at_first,
	  a_huge_hole_is_not_read, hostile_fields_are_refused, what_is_no_history,
	  names_of_outcomes_and_steps)
