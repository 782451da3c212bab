/*
 * history_read - opening a history, and telling whether it is whole; its entries are
 * read by history_reader.c.
 */
#include "core/history.h"

#include "core/crc32c.h"
#include "core/history_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

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

	for (; tally.used < file->slots; tally.used++) {
		const struct history_entry *entry =
			history_slot(file, &file->reader, tally.used);

		if (!entry || entry->outcome == OUTCOME_NONE)
			break;
		if (entry->outcome == OUTCOME_DAMAGED) {
			tally.damaged++;
			tally.last_damaged = tally.used;
			continue;
		}
		tally.concluded += entry->outcome != OUTCOME_OPEN;
		if (visit)
			visit(context, tally.used, entry);
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

static void finished_check(struct history *history, struct tally tally)
{
	history->count = tally.used;
	/* A writer that lived to mark it has concluded whatever it began. */
	history->cut = tally.damaged > 0 || history->file->announced != tally.used ||
		       tally.concluded != tally.used;
}

void history_check(struct history *history, history_visit *visit, void *context)
{
	struct history_file *file = history->file;
	struct tally tally = entries_tally(file, visit, context);

	history->torn = UINT64_MAX;
	if (history->finished)
		finished_check(history, tally);
	else
		unfinished_check(history, tally);
	/* What stands behind is no append, whatever it looks like. */
	file->slots = history->count;
	file->reader.held = 0;
}

/* ---- presuming --------------------------------------------------------- */

/* Has slot number @seq never been used, or is there none? */
static bool is_unused(const struct history_file *file, uint64_t seq)
{
	uint8_t outcome = OUTCOME_NONE;

	return seq == file->slots ||
	       (history_read_at(file->fd, &outcome, 1,
				entry_offset(seq) + OUTCOME_AT) == 1 &&
		outcome == OUTCOME_NONE);
}

/* A hole has no entries: a small file cannot make us make room for what it announces.
 */
bool history_presume(struct history *history, history_visit *visit, void *context)
{
	struct history_file *file = history->file;
	uint64_t count = file->announced;

	if (!history->finished || file->holes || count > file->slots ||
	    !is_unused(file, count))
		return false;
	file->shown = calloc(count / BLOCK_ENTRIES / 64 + 1, sizeof(*file->shown));
	if (!file->shown)
		return false;
	file->reader.visit = visit;
	file->reader.context = context;
	file->slots = history->count = count;
	history->torn = UINT64_MAX;
	return true;
}

bool history_settle(struct history *history)
{
	struct history_file *file = history->file;

	if (!file || !file->shown)
		return true;
	history_show_rest(file, &file->reader);
	if (file->changed)
		return false;
	free(file->shown);
	file->shown = NULL;
	return true;
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

/* Is @fd a file that may be a history?  0, or a negative errno. */
static int file_stat(int fd, bool own, struct stat *ret_st)
{
	if (fstat(fd, ret_st) < 0)
		return -errno;
	if (!S_ISREG(ret_st->st_mode) || ret_st->st_size < HISTORY_HEADER_BYTES)
		return -EBADMSG;
	return own && ret_st->st_uid != geteuid() ? -EPERM : 0;
}

/* Take what the header says of the file @fd. */
static int header_read(struct history *history, int fd, bool own)
{
	struct history_file *file = history->file;
	uint8_t header[HISTORY_HEADER_BYTES];
	struct stat st;
	ssize_t got = file_stat(fd, own, &st);

	if (got == 0)
		got = history_read_at(fd, header, sizeof(header), 0);
	if (got < 0)
		return (int)got;
	if (got < HISTORY_HEADER_BYTES)
		return -EBADMSG;
	file->fd = fd;
	memcpy(file->fixed, header, sizeof(file->fixed));
	file->sum_start = crc32c_raw(~0u, header, HISTORY_FIXED_BYTES);
	file->slots =
		((uint64_t)st.st_size - HISTORY_HEADER_BYTES) / HISTORY_ENTRY_BYTES;
	/* Of 512 bytes, whatever the file system's are: inode(7). */
	file->holes = st.st_blocks * 512 < st.st_size;
	file->begun = get_le64(header + LIVE_COUNT_AT);
	file->concluded = get_le64(header + LIVE_CONCLUDED_AT);
	history->finished = final_decode(header, &file->announced);
	return 0;
}

static struct history_file *file_make(void)
{
	struct history_file *file = calloc(1, sizeof(*file));

	if (file && history_reader_init(&file->reader, WINDOW_ENTRIES) < 0) {
		free(file);
		return NULL;
	}
	return file;
}

static void file_free(struct history_file *file)
{
	history_reader_release(&file->reader);
	free(file->shown);
	free(file);
}

int history_attach(struct history *history, const char *path, bool own,
		   struct error *err)
{
	struct history h = {.file = file_make()};
	struct history_identity ignored;
	struct stat st;
	int fd, rc;

	if (!h.file)
		return error_sys(err, ENOMEM, "cannot read the history %s", path);
	/* Of some devices the mere opening has consequences. */
	if (own && lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		file_free(h.file);
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
		h.reader = &h.file->reader;
		*history = h;
		return 0;
	}
	if (fd >= 0)
		close(fd);
	file_free(h.file);
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
		file_free(history->file);
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

int history_get_read(const struct history *history, uint64_t seq,
		     struct history_entry *ret_entry)
{
	struct history_file *file = history->file;
	const struct history_entry *entry;

	if (seq >= history->count)
		return -ERANGE;
	if (seq == history->torn) {
		torn_entry(history, ret_entry);
		return 0;
	}
	entry = history_look(history, history->reader, seq);
	if (entry) {
		*ret_entry = *entry;
		return 0;
	}
	/* One that is cut has entries like this; any other had none. */
	if (!history->cut)
		file->changed = true;
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
