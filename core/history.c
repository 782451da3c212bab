/* history - what a writer does with its own; history_read.c is the other side. */
#include "core/history.h"

#include "core/crc32c.h"
#include "core/history_entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Blocks are allocated this many entries at a time: 16 MiB. */
#define STRIDE_ENTRIES ((uint64_t)1 << 18)

/* A history of no more than this many is given all of them before the first append. */
#define AHEAD_ENTRIES (8 * STRIDE_ENTRIES)

static uint8_t *entry_at(uint8_t *map, uint64_t seq)
{
	return map + entry_offset(seq);
}

/* A time as its distance from invoke; clamped, since it must not wrap. */
static uint64_t delta_ns(uint64_t at_ns, uint64_t invoke_ns)
{
	if (at_ns < invoke_ns)
		return 0;
	return at_ns - invoke_ns > DELTA_MAX ? DELTA_MAX : at_ns - invoke_ns;
}

/*
 * Word by word, each put together in a register: the checksum reads them again at
 * once, and a load over several narrower stores would wait until these have left the
 * processor.
 */
static void entry_encode(const struct history_writer *history, uint64_t seq,
			 const struct history_entry *entry)
{
	uint8_t *p = entry_at(history->map, seq);
	uint64_t from = entry->invoke_ns;
	uint64_t locked = delta_ns(entry->locked_ns, from);
	uint64_t written = delta_ns(entry->written_ns, from);
	uint64_t flushed = delta_ns(entry->flushed_ns, from);
	uint64_t unlock = delta_ns(entry->unlock_ns, from);
	uint64_t completed = delta_ns(entry->completed_ns, from);
	uint32_t rest = entry->seen >> 16 | (uint32_t)entry->saw << 16;

	_Static_assert(STEP_AT == 1 && ERRNO_AT == 2 && HOLD_AT == 4 &&
			       LOCKED_AT == 24 && WRITTEN_AT == 30 &&
			       FLUSHED_AT == 36 && UNLOCK_AT == 42 &&
			       COMPLETED_AT == 48 && SEEN_AT == 54 && SAW_AT == 58,
		       "the words that fields of an entry lie in");
	put_le64(p, (uint64_t)entry->outcome | (uint64_t)entry->step << 8 |
			    (uint64_t)(uint16_t)entry->errnum << 16 |
			    (uint64_t)entry->hold << 32);
	put_le64(p + OFFSET_AT, (uint64_t)entry->offset);
	put_le64(p + INVOKE_AT, from);
	put_le64(p + 24, locked | written << 48);
	put_le64(p + 32, written >> 16 | flushed << 32);
	put_le64(p + 40, flushed >> 32 | unlock << 16);
	put_le64(p + 48, completed | (uint64_t)entry->seen << 48);
	put_le32(p + 56, rest);
	put_le32(p + ENTRY_SUM_AT, entry_sum(history->sum_start, seq, p));
}

/* The same of an intention, of which there is little to say. */
static void intention_encode(const struct history_writer *history, uint64_t seq,
			     uint64_t invoke_ns)
{
	uint8_t *p = entry_at(history->map, seq);

	put_le64(p, OUTCOME_OPEN);
	put_le64(p + OFFSET_AT, (uint64_t)HISTORY_OFFSET_UNKNOWN);
	put_le64(p + INVOKE_AT, invoke_ns);
	memset(p + LOCKED_AT, 0, ENTRY_SUM_AT - LOCKED_AT);
	put_le32(p + ENTRY_SUM_AT, entry_sum(history->sum_start, seq, p));
}

/* ---- writing ---------------------------------------------------------- */

/*
 * Allocate the next stride of blocks and touch its pages.  posix_fallocate(3)
 * returns the error that a store into a hole would turn into SIGBUS.
 */
static int reserve_stride(struct history_writer *history)
{
	uint64_t left = history->capacity - history->reserved;
	uint64_t entries = left < STRIDE_ENTRIES ? left : STRIDE_ENTRIES;
	size_t from = entry_offset(history->reserved);
	size_t to = entry_offset(history->reserved + entries);
	int errnum;

	if (!entries)
		return -ENOSPC;
	errnum = posix_fallocate(history->fd, (off_t)from, (off_t)(to - from));
	if (errnum)
		return -errnum;
	for (size_t at = from; at < to; at += 4096)
		((volatile uint8_t *)history->map)[at] = 0;
	((volatile uint8_t *)history->map)[to - 1] = 0;
	history->reserved += entries;
	return 0;
}

int history_create(struct history_writer *history, const char *path,
		   const struct history_identity *identity, uint64_t capacity,
		   struct error *err)
{
	struct history_writer h = {.fd = -1, .map = MAP_FAILED, .capacity = capacity};
	int rc;

	if (capacity > RECORD_MAX_SEQ + 1)
		return error_set(err, EINVAL,
				 "%llu appends are more than a history holds",
				 (unsigned long long)capacity);
	h.fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (h.fd < 0)
		return error_sys(err, errno, "cannot create the history %s", path);
	rc = posix_fallocate(h.fd, 0, HISTORY_HEADER_BYTES);
	if (rc) {
		rc = error_sys(err, rc, "no room for the history %s", path);
		goto fail;
	}
	h.map = mmap(NULL, entry_offset(capacity), PROT_READ | PROT_WRITE, MAP_SHARED,
		     h.fd, 0);
	if (h.map == MAP_FAILED) {
		rc = error_sys(err, errno, "cannot map the history %s", path);
		goto fail;
	}
	history_identity_encode(identity, capacity, h.map);
	h.sum_start = crc32c_raw(~0u, h.map, HISTORY_FIXED_BYTES);
	rc = capacity ? reserve_stride(&h) : 0;
	while (rc == 0 && capacity <= AHEAD_ENTRIES && h.reserved < capacity)
		rc = reserve_stride(&h);
	if (rc < 0) {
		rc = error_sys(err, -rc, "no room for the history %s", path);
		goto fail;
	}
	*history = h;
	return 0;

fail:
	if (h.map != MAP_FAILED)
		munmap(h.map, entry_offset(capacity));
	close(h.fd);
	unlink(path);
	return rc;
}

/* The count follows its entry: a reader tells by it where a kill struck. */
static void live_raise(struct history_writer *history, size_t at, uint64_t count)
{
	atomic_thread_fence(memory_order_release);
	put_le64(history->map + at, count);
}

int history_intend(struct history_writer *history, uint64_t invoke_ns)
{
	if (history->count == history->reserved) {
		int rc = reserve_stride(history);

		if (rc < 0)
			return rc;
	}
	intention_encode(history, history->count, invoke_ns);
	history->count++;
	live_raise(history, LIVE_COUNT_AT, history->count);
	return 0;
}

void history_conclude(struct history_writer *history, uint64_t seq,
		      const struct history_entry *entry)
{
	bool was_open;

	if (seq >= history->count)
		return;
	was_open = entry_at(history->map, seq)[OUTCOME_AT] == OUTCOME_OPEN;
	entry_encode(history, seq, entry);
	if (was_open)
		live_raise(history, LIVE_CONCLUDED_AT, ++history->concluded);
}

void history_disown(struct history_writer *history, uint64_t from_seq,
		    enum append_step step, int errnum)
{
	struct history_entry entry;

	for (uint64_t seq = from_seq; seq < history->count; seq++) {
		const uint8_t *p = entry_at(history->map, seq);

		if (!entry_agrees(p, history->sum_start, seq) ||
		    entry_decode(p, &entry) < 0 ||
		    entry.outcome != OUTCOME_ACKNOWLEDGED)
			continue;
		entry.outcome = OUTCOME_UNKNOWN;
		entry.step = step;
		entry.errnum = errnum;
		entry_encode(history, seq, &entry);
	}
}

void history_finish(struct history_writer *history)
{
	uint8_t *p = history->map;

	memcpy(p + FINAL_AT, FINAL_MARK, FINAL_COUNT_AT - FINAL_AT);
	put_le64(p + FINAL_COUNT_AT, history->count);
	put_le32(p + FINAL_SUM_AT, crc32c(p + FINAL_AT, FINAL_SUM_AT - FINAL_AT));
	history_release(history);
}

void history_release(struct history_writer *history)
{
	if (!history->map)
		return;
	munmap(history->map, entry_offset(history->capacity));
	close(history->fd);
	memset(history, 0, sizeof(*history));
	history->fd = -1;
}
