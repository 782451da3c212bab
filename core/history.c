/* history - write, survive, read back; the layout is in docs/formats.md. */
#include "core/history.h"

#include "core/bytes.h"
#include "core/crc32c.h"
#include "core/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The header page: history_identity.c has the fixed part; then three live fields. */
enum {
	LIVE_COUNT_AT = 1024,	  /* entries begun, raised after each */
	LIVE_CONCLUDED_AT = 1032, /* entries concluded, likewise */
	FINAL_AT = 1088,	  /* "done", then the count */
	FINAL_COUNT_AT = 1096,
	FINAL_SUM_AT = 1104, /* CRC-32C of bytes 1088..1103 */
};
#define FINAL_MARK "all done"

/*
 * An entry: 60 bytes under a checksum, which also covers the fixed part of the
 * header and the entry's number, so that no entry passes in another's place.
 */
enum {
	OUTCOME_AT = 0,
	STEP_AT = 1,
	ERRNO_AT = 2,
	HOLD_AT = 4,
	OFFSET_AT = 8,
	INVOKE_AT = 16,
	LOCKED_AT = 24, /* this and the next: ns since invoke, 6 bytes each */
	WRITTEN_AT = 30,
	FLUSHED_AT = 36,
	UNLOCK_AT = 42,
	COMPLETED_AT = 48,
	SEEN_AT = 54,
	SAW_AT = 58,
	ENTRY_SUM_AT = 60,
};
#define DELTA_MAX (((uint64_t)1 << 48) - 1)

/* A clock that ran for 73 years: later times are damage, and could not be added up. */
#define INVOKE_MAX (INT64_MAX / 4 - DELTA_MAX)

/* Blocks are allocated this many entries at a time: 16 MiB. */
#define STRIDE_ENTRIES ((uint64_t)1 << 18)

static const char *const outcome_names[] = {
	[OUTCOME_NONE] = "none",
	[OUTCOME_OPEN] = "open",
	[OUTCOME_ACKNOWLEDGED] = "acknowledged",
	[OUTCOME_FAILED] = "failed",
	[OUTCOME_UNKNOWN] = "unknown",
};

static const char *const step_names[] = {
	[STEP_NONE] = "none",	[STEP_OPEN] = "open",	  [STEP_LOCK] = "lock",
	[STEP_PLACE] = "place", [STEP_WRITE] = "write",	  [STEP_LOCATE] = "locate",
	[STEP_FLUSH] = "flush", [STEP_UNLOCK] = "unlock", [STEP_CLOSE] = "close",
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const char *outcome_name(enum outcome outcome)
{
	return (size_t)outcome < COUNT_OF(outcome_names) ? outcome_names[outcome] : "?";
}

const char *append_step_name(enum append_step step)
{
	return (size_t)step < COUNT_OF(step_names) ? step_names[step] : "?";
}

static uint8_t *entry_at(uint8_t *map, uint64_t seq)
{
	return map + HISTORY_HEADER_BYTES + seq * HISTORY_ENTRY_BYTES;
}

static size_t file_bytes(uint64_t entries)
{
	return HISTORY_HEADER_BYTES + entries * HISTORY_ENTRY_BYTES;
}

/* A time as its distance from invoke; clamped, since it must not wrap. */
static uint64_t delta_ns(uint64_t at_ns, uint64_t invoke_ns)
{
	if (at_ns < invoke_ns)
		return 0;
	return at_ns - invoke_ns > DELTA_MAX ? DELTA_MAX : at_ns - invoke_ns;
}

static uint32_t entry_sum(uint32_t sum_start, uint64_t seq, const uint8_t *p)
{
	uint8_t place[8];

	put_le64(place, seq);
	return ~crc32c_raw(crc32c_raw(sum_start, place, sizeof(place)), p,
			   ENTRY_SUM_AT);
}

static void entry_encode(const struct history_writer *history, uint64_t seq,
			 const struct history_entry *entry)
{
	uint8_t bytes[HISTORY_ENTRY_BYTES] = {0};
	uint64_t from = entry->invoke_ns;

	bytes[OUTCOME_AT] = (uint8_t)entry->outcome;
	bytes[STEP_AT] = (uint8_t)entry->step;
	put_le16(bytes + ERRNO_AT, (uint16_t)entry->errnum);
	put_le32(bytes + HOLD_AT, entry->hold);
	put_le64(bytes + OFFSET_AT, (uint64_t)entry->offset);
	put_le64(bytes + INVOKE_AT, from);
	put_le48(bytes + LOCKED_AT, delta_ns(entry->locked_ns, from));
	put_le48(bytes + WRITTEN_AT, delta_ns(entry->written_ns, from));
	put_le48(bytes + FLUSHED_AT, delta_ns(entry->flushed_ns, from));
	put_le48(bytes + UNLOCK_AT, delta_ns(entry->unlock_ns, from));
	put_le48(bytes + COMPLETED_AT, delta_ns(entry->completed_ns, from));
	put_le32(bytes + SEEN_AT, entry->seen);
	bytes[SAW_AT] = entry->saw;
	put_le32(bytes + ENTRY_SUM_AT, entry_sum(history->sum_start, seq, bytes));
	memcpy(entry_at(history->map, seq), bytes, sizeof(bytes));
}

static bool sum_agrees(const uint8_t *p, uint32_t sum_start, uint64_t seq)
{
	return get_le32(p + ENTRY_SUM_AT) == entry_sum(sum_start, seq, p);
}

/* An entry whose sum agreed: do its fields make sense? */
static int entry_decode(const uint8_t *p, struct history_entry *ret_entry)
{
	struct history_entry entry;

	if (p[OUTCOME_AT] < OUTCOME_OPEN || p[OUTCOME_AT] > OUTCOME_UNKNOWN ||
	    p[STEP_AT] > STEP_CLOSE)
		return -EBADMSG;
	entry.outcome = p[OUTCOME_AT];
	entry.step = p[STEP_AT];
	entry.errnum = get_le16(p + ERRNO_AT);
	entry.hold = get_le32(p + HOLD_AT);
	entry.offset = (int64_t)get_le64(p + OFFSET_AT);
	entry.invoke_ns = get_le64(p + INVOKE_AT);
	entry.locked_ns = entry.invoke_ns + get_le48(p + LOCKED_AT);
	entry.written_ns = entry.invoke_ns + get_le48(p + WRITTEN_AT);
	entry.flushed_ns = entry.invoke_ns + get_le48(p + FLUSHED_AT);
	entry.unlock_ns = entry.invoke_ns + get_le48(p + UNLOCK_AT);
	entry.completed_ns = entry.invoke_ns + get_le48(p + COMPLETED_AT);
	entry.saw = p[SAW_AT];
	entry.seen = get_le32(p + SEEN_AT);
	if (entry.offset < HISTORY_OFFSET_UNKNOWN ||
	    entry.offset > INT64_MAX - RECORD_MAX_BYTES || entry.invoke_ns > INVOKE_MAX)
		return -EBADMSG;
	*ret_entry = entry;
	return 0;
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
	size_t from = file_bytes(history->reserved);
	size_t to = file_bytes(history->reserved + entries);
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
	h.map = mmap(NULL, file_bytes(capacity), PROT_READ | PROT_WRITE, MAP_SHARED,
		     h.fd, 0);
	if (h.map == MAP_FAILED) {
		rc = error_sys(err, errno, "cannot map the history %s", path);
		goto fail;
	}
	history_identity_encode(identity, capacity, h.map);
	h.sum_start = crc32c_raw(~0u, h.map, HISTORY_FIXED_BYTES);
	rc = capacity ? reserve_stride(&h) : 0;
	if (rc < 0) {
		rc = error_sys(err, -rc, "no room for the history %s", path);
		goto fail;
	}
	*history = h;
	return 0;

fail:
	if (h.map != MAP_FAILED)
		munmap(h.map, file_bytes(capacity));
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
	struct history_entry entry = {
		.outcome = OUTCOME_OPEN,
		.offset = HISTORY_OFFSET_UNKNOWN,
		.invoke_ns = invoke_ns,
	};
	int rc;

	if (history->count == history->reserved) {
		rc = reserve_stride(history);
		if (rc < 0)
			return rc;
	}
	entry_encode(history, history->count, &entry);
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

		if (!sum_agrees(p, history->sum_start, seq) ||
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
	munmap(history->map, file_bytes(history->capacity));
	close(history->fd);
	memset(history, 0, sizeof(*history));
	history->fd = -1;
}

/* ---- reading ---------------------------------------------------------- */

/* Did the writer leave its final mark, and with what count? */
static bool final_decode(const uint8_t *p, uint64_t *ret_count)
{
	if (memcmp(p + FINAL_AT, FINAL_MARK, FINAL_COUNT_AT - FINAL_AT) != 0 ||
	    get_le32(p + FINAL_SUM_AT) != crc32c(p + FINAL_AT, FINAL_SUM_AT - FINAL_AT))
		return false;
	*ret_count = get_le64(p + FINAL_COUNT_AT);
	return true;
}

/* What stands in the slots, before it is judged. */
struct tally {
	uint64_t used;	    /* slots from the first on that are not NONE */
	uint64_t concluded; /* of them, whole and not open */
	uint64_t damaged;
	uint64_t last_damaged;
};

static struct tally entries_tally(const struct history *history)
{
	uint64_t slots =
		(history->map_bytes - HISTORY_HEADER_BYTES) / HISTORY_ENTRY_BYTES;
	struct tally tally = {0};
	struct history_entry entry;

	for (; tally.used < slots; tally.used++) {
		const uint8_t *p = history->map + file_bytes(tally.used);

		if (p[OUTCOME_AT] == OUTCOME_NONE)
			break;
		if (!sum_agrees(p, history->sum_start, tally.used) ||
		    entry_decode(p, &entry) < 0) {
			tally.damaged++;
			tally.last_damaged = tally.used;
		} else if (entry.outcome != OUTCOME_OPEN) {
			tally.concluded++;
		}
	}
	return tally;
}

/*
 * A writer may be killed between any two stores.  It raises a count after each
 * entry, so an entry that is half there and not counted is its last deed and
 * not damage: a half intention was never begun, and a half outcome leaves the
 * append open.  Anything else that does not add up is a cut history.
 */
static void unfinished_check(struct history *history, struct tally tally)
{
	uint64_t begun = get_le64(history->map + LIVE_COUNT_AT);
	uint64_t concluded = get_le64(history->map + LIVE_CONCLUDED_AT);

	history->count = tally.used;
	if (tally.damaged && tally.used == begun + 1 && tally.last_damaged == begun) {
		history->count--;
		tally.damaged--;
	}
	if (tally.damaged == 1 && tally.concluded == concluded) {
		history->torn = tally.last_damaged;
		tally.damaged--;
	}
	history->cut =
		tally.damaged > 0 ||
		(history->count != begun && history->count != begun + 1) ||
		(tally.concluded != concluded && tally.concluded != concluded + 1);
}

/* Count the entries and look for damage. */
static void entries_check(struct history *history)
{
	struct tally tally = entries_tally(history);
	uint64_t announced;

	history->torn = UINT64_MAX;
	history->whole = tally.damaged == 0;
	history->finished = final_decode(history->map, &announced);
	if (!history->finished) {
		unfinished_check(history, tally);
		return;
	}
	history->count = tally.used;
	/* A writer that lived to mark it has concluded whatever it began. */
	history->cut = tally.damaged > 0 || announced != tally.used ||
		       tally.concluded != tally.used;
}

/* Copied so many bytes at a time; a multiple of header and entry. */
#define COPY_BYTES ((size_t)1 << 20)

/* Up to @length bytes at @offset, fewer only where the file ends; or -errno. */
static ssize_t read_at(int fd, uint8_t *bytes, size_t length, uint64_t offset)
{
	size_t have = 0;

	while (have < length) {
		ssize_t got =
			pread(fd, bytes + have, length - have, (off_t)(offset + have));

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0)
			break;
		have += got > 0 ? (size_t)got : 0;
	}
	return (ssize_t)have;
}

static int write_whole(int fd, const uint8_t *bytes, size_t length)
{
	while (length) {
		ssize_t put = write(fd, bytes, length);

		if (put < 0 && errno != EINTR)
			return -errno;
		bytes += put > 0 ? put : 0;
		length -= put > 0 ? (size_t)put : 0;
	}
	return 0;
}

/* How many of @length bytes from @offset on stand before the first unused slot. */
static size_t used_bytes(const uint8_t *bytes, size_t length, uint64_t offset)
{
	size_t at = offset ? 0 : HISTORY_HEADER_BYTES;

	while (at < length && bytes[at + OUTCOME_AT] != OUTCOME_NONE)
		at += HISTORY_ENTRY_BYTES;
	return at < length ? at : length;
}

/*
 * Copy what was used of the file @from, of @size_bytes when it was opened, to the
 * end of @to.  Returns how many bytes those are, or -errno.
 */
static ssize_t copy_used(int from, uint64_t size_bytes, int to)
{
	uint8_t *chunk = malloc(COPY_BYTES);
	uint64_t copied = 0;
	ssize_t got = chunk ? 0 : -ENOMEM;
	size_t wanted, used;
	int rc;

	while (got >= 0 && copied < size_bytes) {
		wanted = size_bytes - copied < COPY_BYTES
				 ? (size_t)(size_bytes - copied)
				 : COPY_BYTES;
		got = read_at(from, chunk, wanted, copied);
		if (got < 0)
			break;
		used = used_bytes(chunk, (size_t)got, copied);
		rc = write_whole(to, chunk, used);
		if (rc < 0)
			got = rc;
		copied += used;
		if (used < wanted)
			break;
	}
	free(chunk);
	return got < 0 ? got : (ssize_t)copied;
}

/*
 * Map a copy of the file @fd that nobody else can reach.  Mapped itself, it could
 * be cut under us, which is a SIGBUS, or changed after it was checked.
 */
static int copy_map(struct history *h, int fd, uint64_t size_bytes)
{
	int copy = temporary_file();
	ssize_t length = copy < 0 ? copy : copy_used(fd, size_bytes, copy);
	void *map;
	int rc = 0;

	if (length < HISTORY_HEADER_BYTES) {
		rc = length < 0 ? (int)length : -EBADMSG;
	} else {
		map = mmap(NULL, (size_t)length, PROT_READ, MAP_SHARED, copy, 0);
		if (map == MAP_FAILED) {
			rc = -errno;
		} else {
			h->map = map;
			h->map_bytes = (size_t)length;
		}
	}
	if (copy >= 0)
		close(copy);
	return rc;
}

/* Read the history from @fd, which is closed; @path is for the sentence. */
static int open_from(struct history *history, int fd, const char *path, bool own,
		     struct error *err)
{
	struct history_identity ignored;
	struct history h = {0};
	struct stat st;
	int rc;

	rc = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -EBADMSG;
	if (rc == 0 && own && st.st_uid != geteuid())
		rc = -EPERM;
	if (rc == 0)
		rc = copy_map(&h, fd, (uint64_t)st.st_size);
	close(fd);
	if (rc == -EBADMSG)
		return error_set(err, EBADMSG, "%s is no history, or it was cut", path);
	if (!h.map)
		return error_sys(err, -rc, "cannot read the history %s", path);
	rc = history_identity_decode(h.map, &ignored);
	if (rc < 0) {
		history_close(&h);
		return error_set(
			err, -rc,
			rc == -EPROTONOSUPPORT
				? "the history %s is of another version of tailrace"
				: "the header of the history %s is damaged",
			path);
	}
	h.sum_start = crc32c_raw(~0u, h.map, HISTORY_FIXED_BYTES);
	entries_check(&h);
	*history = h;
	return 0;
}

static int open_path(struct history *history, const char *path, bool own,
		     struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return error_sys(err, errno, "cannot open the history %s", path);
	return open_from(history, fd, path, own, err);
}

int history_open(struct history *history, const char *path, struct error *err)
{
	return open_path(history, path, false, err);
}

int history_open_own(struct history *history, const char *path, struct error *err)
{
	struct stat st;

	/* Of some devices the mere opening has consequences. */
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return error_set(err, EBADMSG, "%s is no history", path);
	return open_path(history, path, true, err);
}

void history_close(struct history *history)
{
	if (history->map)
		munmap((void *)(uintptr_t)history->map, history->map_bytes);
	memset(history, 0, sizeof(*history));
}

struct history_identity history_identity(const struct history *history)
{
	struct history_identity identity = {0};

	/* Decoded from the same private bytes when it was opened; not kept, since that
	 * is a KiB, and a run may claim a million writers. */
	(void)history_identity_decode(history->map, &identity);
	return identity;
}

/* Open, and begun no earlier than the one before it ended. */
static void torn_entry(const struct history *history, struct history_entry *ret_entry)
{
	struct history_entry entry = {
		.outcome = OUTCOME_OPEN,
		.offset = HISTORY_OFFSET_UNKNOWN,
	};
	struct history_entry before;

	if (history->torn > 0 && history_get(history, history->torn - 1, &before) == 0)
		entry.invoke_ns = before.completed_ns;
	entry.locked_ns = entry.written_ns = entry.flushed_ns = entry.invoke_ns;
	entry.unlock_ns = entry.completed_ns = entry.invoke_ns;
	*ret_entry = entry;
}

int history_get(const struct history *history, uint64_t seq,
		struct history_entry *ret_entry)
{
	const uint8_t *p;

	if (seq >= history->count)
		return -ERANGE;
	if (seq == history->torn) {
		torn_entry(history, ret_entry);
		return 0;
	}
	p = history->map + file_bytes(seq);
	if (!history->whole && !sum_agrees(p, history->sum_start, seq))
		return -EBADMSG;
	return entry_decode(p, ret_entry);
}

uint64_t history_peek(const char *path)
{
	uint8_t bytes[8];
	uint64_t count = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return 0;
	if (pread(fd, bytes, sizeof(bytes), LIVE_COUNT_AT) == (ssize_t)sizeof(bytes))
		count = get_le64(bytes);
	close(fd);
	return count;
}
