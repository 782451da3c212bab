/*
 * history_reader - the entries of a history through a window.
 *
 * They are read by pread(2), and each time they are, their sums are checked: a file
 * that is cut under us is no SIGBUS, and one that changes is found.  Nothing of it is
 * kept but the window, since the histories of a long run are larger than memory.
 */
#include "core/crc32c.h"
#include "core/history_file.h"

#include <stdlib.h>
#include <unistd.h>

ssize_t history_read_at(int fd, uint8_t *bytes, size_t length, uint64_t offset)
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

int history_reader_init(struct history_reader *reader, size_t capacity)
{
	reader->entries = calloc(capacity, sizeof(*reader->entries));
	if (!reader->entries)
		return -ENOMEM;
	reader->capacity = capacity;
	reader->first = reader->held = 0;
	return 0;
}

void history_reader_release(struct history_reader *reader)
{
	free(reader->entries);
	*reader = (struct history_reader){0};
}

/* ---- showing ----------------------------------------------------------- */

/* Each of @wanted entries, of which @held were read, must be there and concluded. */
static void block_show(struct history_file *file, const struct history_reader *reader,
		       size_t at, size_t held, size_t wanted)
{
	bool whole = held == wanted;

	for (size_t i = at; i < at + held; i++) {
		const struct history_entry *entry = &reader->entries[i];

		if (entry->outcome < OUTCOME_ACKNOWLEDGED ||
		    entry->outcome == OUTCOME_DAMAGED)
			whole = false;
		else if (reader->visit)
			reader->visit(reader->context, reader->first + i, entry);
	}
	if (!whole)
		file->changed = true;
}

/* Show what of the window nobody has shown before. */
static void window_show(struct history_file *file, const struct history_reader *reader)
{
	for (size_t at = 0; at < reader->held; at += BLOCK_ENTRIES) {
		uint64_t block = (reader->first + at) / BLOCK_ENTRIES;
		uint64_t mask = (uint64_t)1 << block % 64;
		_Atomic uint64_t *word = &file->shown[block / 64];
		uint64_t left = file->slots - (reader->first + at);
		size_t held = reader->held - at;

		if (atomic_load_explicit(word, memory_order_relaxed) & mask ||
		    atomic_fetch_or(word, mask) & mask)
			continue;
		block_show(file, reader, at,
			   held < BLOCK_ENTRIES ? held : BLOCK_ENTRIES,
			   left < BLOCK_ENTRIES ? (size_t)left : BLOCK_ENTRIES);
	}
}

void history_show_rest(struct history_file *file, struct history_reader *reader)
{
	for (uint64_t seq = 0; seq < file->slots && !file->changed;
	     seq += BLOCK_ENTRIES) {
		uint64_t block = seq / BLOCK_ENTRIES;

		if (file->shown[block / 64] >> block % 64 & 1)
			continue;
		if (!history_slot(file, reader, seq))
			file->changed = true;
	}
}

/* ---- the window -------------------------------------------------------- */

static void entries_decode(const struct history_file *file, uint64_t first,
			   const uint8_t *bytes, size_t count,
			   struct history_entry *ret_entries)
{
	uint32_t sums[WINDOW_ENTRIES];

	crc32c_raw_numbered(file->sum_start, first, bytes, ENTRY_SUM_AT,
			    HISTORY_ENTRY_BYTES, count, sums);
	for (size_t i = 0; i < count; i++) {
		const uint8_t *p = bytes + i * HISTORY_ENTRY_BYTES;

		if (get_le32(p + ENTRY_SUM_AT) != ~sums[i] ||
		    entry_decode(p, &ret_entries[i]) < 0)
			ret_entries[i].outcome = p[OUTCOME_AT] == OUTCOME_NONE
							 ? OUTCOME_NONE
							 : OUTCOME_DAMAGED;
	}
}

/* Fill it with what stands around @seq.  What cannot be read is not in it. */
static void window_fill(struct history_file *file, struct history_reader *reader,
			uint64_t seq)
{
	uint8_t bytes[WINDOW_ENTRIES * HISTORY_ENTRY_BYTES];
	uint64_t first = seq - seq % reader->capacity, left = file->slots - first;
	size_t wanted = left < reader->capacity ? (size_t)left : reader->capacity;
	ssize_t got = history_read_at(file->fd, bytes, wanted * HISTORY_ENTRY_BYTES,
				      entry_offset(first));

	reader->first = first;
	reader->held = 0;
	/* It was as long when it was opened; were it whole again, it is not to be
	 * trusted. */
	if (got < (ssize_t)(wanted * HISTORY_ENTRY_BYTES))
		file->changed = true;
	if (got <= 0)
		return;
	reader->held = (size_t)got / HISTORY_ENTRY_BYTES;
	entries_decode(file, first, bytes, reader->held, reader->entries);
	if (file->shown)
		window_show(file, reader);
}

const struct history_entry *history_slot(struct history_file *file,
					 struct history_reader *reader, uint64_t seq)
{
	uint64_t at = seq - reader->first; /* huge for what lies before the window */

	if (at >= reader->held) {
		if (seq >= file->slots)
			return NULL;
		window_fill(file, reader, seq);
		at = seq - reader->first;
		if (at >= reader->held)
			return NULL;
	}
	return &reader->entries[at];
}

const struct history_entry *history_look(const struct history *history,
					 struct history_reader *reader, uint64_t seq)
{
	return history_slot(history->file, reader, seq) ? history_held(reader, seq)
							: NULL;
}
