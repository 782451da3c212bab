/*
 * history - what one writer remembers of its appends, on local disk.
 *
 * One file per writer and strategy: a page of header, then 64 bytes an append
 * in order of sequence number.  The writer maps it and fills it as it goes: the
 * intention before the first system call, the outcome after the last.  Being a
 * shared mapping, it survives the death of the writer, not of the host.
 * docs/formats.md has the layout.
 *
 * A history is hostile input: nothing in it is believed before its checksum
 * agrees, each time that it is read, so that what was checked is what is used,
 * whatever happens to the file meanwhile.
 */
#ifndef TAILRACE_CORE_HISTORY_H
#define TAILRACE_CORE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/history_identity.h"
#include "core/record.h"

enum {
	HISTORY_HEADER_BYTES = 4096,
	HISTORY_ENTRY_BYTES = 64,
};

/* How an append ended; `open` is an intention whose end was not seen. */
enum outcome {
	OUTCOME_NONE = 0, /* this slot was never used */
	OUTCOME_OPEN = 1,
	OUTCOME_ACKNOWLEDGED = 2, /* every call succeeded in full */
	OUTCOME_FAILED = 3,	  /* nothing can have been written */
	OUTCOME_UNKNOWN = 4,	  /* anything may have happened */
};

/* The call that decided an outcome which is not `acknowledged`. */
enum append_step {
	STEP_NONE = 0,
	STEP_OPEN = 1,
	STEP_LOCK = 2,
	STEP_PLACE = 3, /* finding the offset: seek, fstat, asking a sequencer */
	STEP_WRITE = 4,
	STEP_LOCATE = 5, /* asking where the write went */
	STEP_FLUSH = 6,
	STEP_UNLOCK = 7,
	STEP_CLOSE = 8,
};

/* "acknowledged", "lock", ...; "?" for a value out of range. */
const char *outcome_name(enum outcome outcome);
const char *append_step_name(enum append_step step);

#define HISTORY_OFFSET_UNKNOWN (-1)

/*
 * One append.  Times are CLOCK_MONOTONIC of the writer's host, in ns; those of
 * steps that did not happen, or that the strategy does not have, equal the
 * time before.  All later times lie within 78 hours of invoke_ns.
 */
struct history_entry {
	enum outcome outcome;
	enum append_step step;
	int errnum;	       /* errno of that step; 0 for a short write */
	uint32_t hold;	       /* counts holds, of a lock or of a reserved part of
				  the file: equal within a batch */
	int64_t offset;	       /* where the writer believes it wrote, bytes */
	uint64_t invoke_ns;    /* before the first call */
	uint64_t locked_ns;    /* the lock was granted */
	uint64_t written_ns;   /* write(2) returned */
	uint64_t flushed_ns;   /* the data was flushed */
	uint64_t unlock_ns;    /* before the call that unlocks: the hold ends */
	uint64_t completed_ns; /* after the last call */

	/*
	 * WORKLOAD_CHAIN: what stood at the end of the file under the lock, the
	 * CRC-32C of its last min_bytes bytes; `saw` is false of an empty file.
	 */
	bool saw;
	uint32_t seen;
};

/* ---- writing ---------------------------------------------------------- */

/* Owner: whoever called history_create; ended by history_finish or _release. */
struct history_writer {
	int fd;
	uint8_t *map;
	uint64_t capacity;  /* entries that the map may hold */
	uint64_t reserved;  /* entries whose blocks are allocated and touched */
	uint64_t count;	    /* entries begun */
	uint64_t concluded; /* of them, those that are no longer open */
	uint32_t sum_start; /* what every entry's checksum begins with */
};

/*
 * Create the file @path (which must not exist, mode 0600) for up to @capacity
 * appends.  Blocks are allocated and touched in strides, the first one here, or up to
 * 128 MiB all of them, so that neither a full disk (SIGBUS) nor page faults meet the
 * measured phase.
 * Returns 0 or a negative errno with a sentence in @err.
 */
int history_create(struct history_writer *history, const char *path,
		   const struct history_identity *identity, uint64_t capacity,
		   struct error *err);

/*
 * Record the intention to append record number history->count, before any
 * system call of it.  Returns 0, or a negative errno where no block could be had
 * (-ENOSPC, -EDQUOT, -EFBIG if SIGXFSZ is ignored, -EIO) or @capacity is used up:
 * then nothing may be written to the file under test.
 */
int history_intend(struct history_writer *history, uint64_t invoke_ns);

/* Record how append number @seq, begun before, ended. */
void history_conclude(struct history_writer *history, uint64_t seq,
		      const struct history_entry *entry);

/*
 * A flush or a close failed: every acknowledged append from @from_seq on
 * becomes unknown, with that step and errno.
 */
void history_disown(struct history_writer *history, uint64_t from_seq,
		    enum append_step step, int errnum);

/* Mark the history as complete and unmap it. */
void history_finish(struct history_writer *history);

/* Unmap without marking: what a reader calls an unfinished history. */
void history_release(struct history_writer *history);

/* ---- reading ---------------------------------------------------------- */

/* What each intact entry is shown to, once. */
typedef void history_visit(void *context, uint64_t seq,
			   const struct history_entry *entry);

/*
 * A window on a history.  All zero but for @visit and @context it is empty; ended by
 * history_reader_release().
 */
struct history_reader {
	history_visit *visit; /* of what it is the first to read; may be NULL */
	void *context;
	uint64_t first; /* what the window holds: entries from here on */
	size_t held;
	size_t capacity;
	struct history_entry *entries;
};

/* Room for @capacity entries, a multiple of 64 and at most 192, of 80 B.  0, -ENOMEM.
 */
int history_reader_init(struct history_reader *reader, size_t capacity);
void history_reader_release(struct history_reader *reader);

/* Owner: whoever called history_open or _attach; ended by history_close. */
struct history {
	struct history_file *file;     /* NULL: none is open */
	struct history_reader *reader; /* for one thread at a time */
	uint64_t count;		       /* appends begun, the open one included */
	bool finished;		       /* the writer marked it as complete */
	bool cut;      /* the file ends before the entries that it announces,
			  or an entry within is damaged */
	uint64_t torn; /* the append whose writer was killed while it noted the
			  outcome: read as open; UINT64_MAX for none */
};

/*
 * Open @path, and check its header and each entry's checksum.  Costs a descriptor
 * and 17 KiB; the descriptor limit is raised where it is in the way.  Returns 0;
 * -EBADMSG where this is no history or the header is damaged; -EPROTONOSUPPORT where
 * it is of another version; or another negative errno; with a sentence in @err.
 * Damage beyond the header is no error: it sets @cut.
 */
int history_open(struct history *history, const char *path, struct error *err);

/*
 * The two halves of history_open().  The first looks at the header only; with @own,
 * of a file whose place we have from a run folder and not from a person, so that it
 * must be a file of our own (-EPERM: it is another user's).  The second is to be
 * called once: it reads all entries, passes those whose sums agree to @visit
 * (NULL: nobody) in their order, and only then knows `count`, `cut` and `torn`.
 */
int history_attach(struct history *history, const char *path, bool own,
		   struct error *err);
void history_check(struct history *history, history_visit *visit, void *context);

/*
 * Instead of history_check(), which reads a history before it is used and so reads it
 * twice: presume for now that it is whole, if its writer marked it as complete and its
 * file is as long.  Then `count` is known, and each entry is checked and shown to
 * @visit when it is first read, in any order: by whoever reads it, so a thread's own
 * reader has a visit of its own.  In the end history_settle() reads the rest.
 *
 * False: so little can be presumed that it has to be checked.
 */
bool history_presume(struct history *history, history_visit *visit, void *context);

/*
 * Did all entries of a presumed history turn out to be what history_check() calls
 * whole?  If not, what was read of it means nothing: attach it anew and check it.
 * Afterwards it is as a checked one.  True at once for one that was checked, or
 * settled.
 */
bool history_settle(struct history *history);

/* Harmless on an empty one. */
void history_close(struct history *history);

/* What the header of an open history says of it. */
struct history_identity history_identity(const struct history *history);

/*
 * Entry number @seq by a window of one's own, for threads that read a history at a
 * time: valid until @reader is used again.  NULL: history_get() tells why not.
 */
const struct history_entry *history_look(const struct history *history,
					 struct history_reader *reader, uint64_t seq);

/* The same, if it is in the window anyway. */
static inline const struct history_entry *history_held(
	const struct history_reader *reader, uint64_t seq)
{
	uint64_t at = seq - reader->first; /* huge for what lies before the window */

	return at < reader->held && reader->entries[at].outcome - OUTCOME_OPEN <=
					    OUTCOME_UNKNOWN - OUTCOME_OPEN
		       ? &reader->entries[at]
		       : NULL;
}

/* history_get() for what the window does not hold. */
int history_get_read(const struct history *history, uint64_t seq,
		     struct history_entry *ret_entry);

/*
 * Entry number @seq, read and checked again.  Returns 0, -ERANGE (no such append) or
 * -EBADMSG (its checksum disagrees, its fields make no sense, or it could not be
 * read).  Quick for a caller that goes forward; not for two threads at a time.
 */
static inline int history_get(const struct history *history, uint64_t seq,
			      struct history_entry *ret_entry)
{
	const struct history_entry *entry =
		seq < history->count ? history_held(history->reader, seq) : NULL;

	if (!entry)
		return history_get_read(history, seq, ret_entry);
	*ret_entry = *entry;
	return 0;
}

/*
 * Did history_get() fail for an entry that was intact when the history was opened?
 * Then the file was changed or cut meanwhile, or is no longer readable.
 */
bool history_changed(const struct history *history);

/*
 * How many appends a live writer has begun, read from the mapped @path while
 * it runs: a progress display, not evidence.  0 where it cannot be read.
 */
uint64_t history_peek(const char *path);

#endif
