#include "tests/unit/core/sample_history.h"

#include "core/random.h"
#include "tests/unit/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

const struct history_identity sample_identity = {
	.run_id = "k3f0000000vu",
	.strategy_index = 2,
	.writer = 77,
	.host = "client-1.example",
	.strategy = "flock:batch=4",
};

void enter_folder(void)
{
	scratch_enter();
}

void leave_folder(void)
{
	scratch_leave((const char *const[]){PATH, NULL});
}

struct history_entry sample_entry(uint64_t seq)
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

void assert_same(const struct history_entry *a, const struct history_entry *b)
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

void append_one(struct history_writer *writer)
{
	uint64_t seq = writer->count;
	struct history_entry entry = sample_entry(seq);

	ck_assert_int_eq(history_intend(writer, entry.invoke_ns), 0);
	history_conclude(writer, seq, &entry);
}

void make_history(uint64_t count, uint64_t capacity, bool finished)
{
	struct history_writer writer;
	struct error err = {0};

	unlink(PATH);
	ck_assert_int_eq(
		history_create(&writer, PATH, &sample_identity, capacity, &err), 0);
	for (uint64_t seq = 0; seq < count; seq++)
		append_one(&writer);
	if (finished)
		history_finish(&writer);
	else
		history_release(&writer);
}

struct history opened(void)
{
	struct history history;
	struct error err = {0};

	ck_assert_msg(history_open(&history, PATH, &err) == 0, "%s", err.sentence);
	return history;
}

bool holds_samples(const struct history *history, uint64_t count)
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

size_t read_whole(uint8_t *bytes, size_t size)
{
	int fd = open(PATH, O_RDONLY);
	ssize_t got;

	ck_assert_int_ge(fd, 0);
	got = read(fd, bytes, size);
	ck_assert_int_gt(got, 0);
	close(fd);
	return (size_t)got;
}

void write_whole(const uint8_t *bytes, size_t size)
{
	int fd = open(PATH, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	close(fd);
}

void put_byte(size_t at, uint8_t byte)
{
	int fd = open(PATH, O_WRONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}
