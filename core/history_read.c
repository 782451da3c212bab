/*
 * history_read - a history as its reader sees it.
 *
 * Entries are read by pread(2) through a window, and each time they are, their sums
 * are checked: a file that is cut under us is no SIGBUS, and one that changes is found.
 * Nothing of it is kept but the window, since the histories of a long run are larger
 * than memory.
 */
#include "core/history.h"

#include "core/crc32c.h"
#include "core/history_entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* So many entries are read at a time: 16 KiB, for each of perhaps thousands. */
enum { WINDOW_ENTRIES = 256 };

struct history_file {
	int fd;
	uint32_t sum_start; /* what every entry's checksum begins with */
	uint64_t slots;	    /* whole entries that the file had room for when opened */
	bool changed;

	/* What the header says: its fixed part, the live counts, that of the final
	 * mark. */
	uint8_t fixed[HISTORY_FIXED_BYTES + sizeof(uint32_t)];
	uint64_t begun, concluded, announced;

	/* The window: entries from @first on, and of which of them the sum agrees. */
	uint64_t first;
	size_t held;
	uint64_t agrees[WINDOW_ENTRIES / 64];
	uint8_t bytes[WINDOW_ENTRIES * HISTORY_ENTRY_BYTES];
};

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

/* ---- the window ------------------------------------------------------- */

/* Fill it from entry @first on.  What cannot be read is not in it. */
static void window_fill(struct history_file *file, uint64_t first)
{
	uint32_t sums[WINDOW_ENTRIES];
	uint64_t left = file->slots - first;
	size_t wanted = left < WINDOW_ENTRIES ? (size_t)left : WINDOW_ENTRIES;
	ssize_t got = read_at(file->fd, file->bytes, wanted * HISTORY_ENTRY_BYTES,
			      entry_offset(first));

	file->first = first;
	file->held = got < 0 ? 0 : (size_t)got / HISTORY_ENTRY_BYTES;
	crc32c_raw_numbered(file->sum_start, first, file->bytes, ENTRY_SUM_AT,
			    HISTORY_ENTRY_BYTES, file->held, sums);
	memset(file->agrees, 0, sizeof(file->agrees));
	for (size_t i = 0; i < file->held; i++) {
		const uint8_t *p = file->bytes + i * HISTORY_ENTRY_BYTES;
		uint64_t agrees = get_le32(p + ENTRY_SUM_AT) == ~sums[i];

		file->agrees[i / 64] |= agrees << i % 64;
	}
}

/* Entry number @seq, of those that the file has room for; NULL: it has no more. */
static const uint8_t *window_entry(struct history_file *file, uint64_t seq,
				   bool *ret_agrees)
{
	uint64_t at = seq - file->first; /* huge for what lies before the window */

	if (at >= file->held) {
		window_fill(file, seq - seq % WINDOW_ENTRIES);
		at = seq - file->first;
		if (at >= file->held)
			return NULL;
	}
	*ret_agrees = file->agrees[at / 64] >> at % 64 & 1;
	return file->bytes + at * HISTORY_ENTRY_BYTES;
}

/* ---- checking --------------------------------------------------------- */

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

static struct tally entries_tally(struct history_file *file, history_visit *visit,
				  void *context)
{
	struct tally tally = {0};
	struct history_entry entry;

	for (; tally.used < file->slots; tally.used++) {
		bool agrees;
		const uint8_t *p = window_entry(file, tally.used, &agrees);

		if (!p || p[OUTCOME_AT] == OUTCOME_NONE)
			break;
		if (!agrees || entry_decode(p, &entry) < 0) {
			tally.damaged++;
			tally.last_damaged = tally.used;
			continue;
		}
		tally.concluded += entry.outcome != OUTCOME_OPEN;
		if (visit)
			visit(context, tally.used, &entry);
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
	uint64_t begun = history->file->begun;
	uint64_t concluded = history->file->concluded;

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

void history_check(struct history *history, history_visit *visit, void *context)
{
	struct tally tally = entries_tally(history->file, visit, context);

	history->torn = UINT64_MAX;
	if (!history->finished) {
		unfinished_check(history, tally);
		return;
	}
	history->count = tally.used;
	/* A writer that lived to mark it has concluded whatever it began. */
	history->cut = tally.damaged > 0 || history->file->announced != tally.used ||
		       tally.concluded != tally.used;
}

/* ---- opening ---------------------------------------------------------- */

/*
 * Open @path, where there may be more histories than a process has descriptors at
 * first: the limit is raised as far as it goes.
 */
static int open_raising(const char *path)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	int fd = open(path, flags);
	struct rlimit limit;

	if (fd >= 0 || errno != EMFILE)
		return fd < 0 ? -errno : fd;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= limit.rlim_max)
		return -EMFILE;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -EMFILE;
	fd = open(path, flags);
	return fd < 0 ? -errno : fd;
}

/* Is @fd a file that may be a history?  Its size, or a negative errno. */
static int64_t file_size(int fd, bool own)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EBADMSG;
	return own && st.st_uid != geteuid() ? -EPERM : (int64_t)st.st_size;
}

/* Take what the header says of the file @fd. */
static int header_read(struct history *history, int fd, bool own)
{
	struct history_file *file = history->file;
	uint8_t header[HISTORY_HEADER_BYTES];
	int64_t size = file_size(fd, own);
	ssize_t got = size < 0 ? size : read_at(fd, header, sizeof(header), 0);

	if (got < 0)
		return (int)got;
	if (got < HISTORY_HEADER_BYTES || size < HISTORY_HEADER_BYTES)
		return -EBADMSG;
	file->fd = fd;
	memcpy(file->fixed, header, sizeof(file->fixed));
	file->sum_start = crc32c_raw(~0u, header, HISTORY_FIXED_BYTES);
	file->slots = ((uint64_t)size - HISTORY_HEADER_BYTES) / HISTORY_ENTRY_BYTES;
	file->begun = get_le64(header + LIVE_COUNT_AT);
	file->concluded = get_le64(header + LIVE_CONCLUDED_AT);
	history->finished = final_decode(header, &file->announced);
	return 0;
}

int history_attach(struct history *history, const char *path, bool own,
		   struct error *err)
{
	struct history h = {.file = calloc(1, sizeof(*h.file))};
	struct history_identity ignored;
	struct stat st;
	int fd, rc;

	if (!h.file)
		return error_sys(err, ENOMEM, "cannot read the history %s", path);
	/* Of some devices the mere opening has consequences. */
	if (own && lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		free(h.file);
		return error_set(err, EBADMSG, "%s is no history", path);
	}
	fd = open_raising(path);
	rc = fd < 0 ? fd : header_read(&h, fd, own);
	if (rc == 0) {
		rc = history_identity_decode(h.file->fixed, &ignored);
		if (rc == -EPROTONOSUPPORT)
			error_set(err, -rc,
				  "the history %s is of another version of tailrace",
				  path);
		else if (rc < 0)
			error_set(err, -rc, "the header of the history %s is damaged",
				  path);
	} else if (rc == -EBADMSG) {
		error_set(err, -rc, "%s is no history, or it was cut", path);
	} else {
		error_sys(err, -rc,
			  fd < 0 ? "cannot open the history %s"
				 : "cannot read the history %s",
			  path);
	}
	if (rc == 0) {
		*history = h;
		return 0;
	}
	if (fd >= 0)
		close(fd);
	free(h.file);
	return rc;
}

int history_open(struct history *history, const char *path, struct error *err)
{
	int rc = history_attach(history, path, false, err);

	if (rc == 0)
		history_check(history, NULL, NULL);
	return rc;
}

void history_close(struct history *history)
{
	if (history->file) {
		close(history->file->fd);
		free(history->file);
	}
	memset(history, 0, sizeof(*history));
}

/* ---- what it holds ---------------------------------------------------- */

struct history_identity history_identity(const struct history *history)
{
	struct history_identity identity = {0};

	/* Decoded from the same bytes when it was opened. */
	(void)history_identity_decode(history->file->fixed, &identity);
	return identity;
}

bool history_changed(const struct history *history)
{
	return history->file && history->file->changed;
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
	bool agrees;

	if (seq >= history->count)
		return -ERANGE;
	if (seq == history->torn) {
		torn_entry(history, ret_entry);
		return 0;
	}
	p = window_entry(history->file, seq, &agrees);
	if (p && agrees && entry_decode(p, ret_entry) == 0)
		return 0;
	/* One that is cut has entries like this; any other had none. */
	history->file->changed |= !history->cut;
	return -EBADMSG;
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
