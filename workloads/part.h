/*
 * part - the parts that a strategy is put together from: one table each of
 * locks, placements, I/O modes and flushes.
 *
 * A new lock or placement is one file with one ops table, one enumerator here
 * and one line in part.c.  The ops make the system calls of their name and
 * nothing else: whatever goes wrong is returned, and becomes an outcome.
 */
#ifndef TAILRACE_WORKLOADS_PART_H
#define TAILRACE_WORKLOADS_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/workload.h"
#include "workloads/rank_file.h"
#include "workloads/service.h"

/* The open data file, as the parts see it.  Owned by the appender. */
struct data_file {
	int fd; /* -1 while it is closed */
	const char *path;
	int open_flags;
	int lock_fd;	 /* what the lock keeps open beside it; -1: nothing */
	uint32_t writer; /* in the names of files that a lock makes for one writer */

	const struct rank_file *rank_file; /* of a writer in the rank, else NULL */
	struct service_client service;	   /* of parts that need one */
	uint64_t batch_bytes;		   /* that are about to be placed and written */
	uint64_t slot_bytes; /* of a placement that fills slots, the size, */
	uint64_t slot_left;  /* what is left of the last one drawn */
	int64_t slot_next;   /* and where that begins, */
	uint32_t slots;	     /* and how many were drawn */
	int64_t next;	     /* where they go, and what is left of them */
	bool disowned;	     /* an error that can be that of appends before */

	/* Of a workload that reads: how long it thinks then, and what it saw. */
	uint64_t think_ns;
	uint8_t *tail; /* room for tail_bytes, page aligned for O_DIRECT */
	size_t tail_bytes;
	bool saw;
	uint32_t seen; /* as in struct history_entry */
};

/*
 * A lock.  One on the data file is freed by closing that; one apart from it is taken
 * before the data file is opened and given back after it was closed, where a strategy
 * opens it anew each time.  Functions return 0 or a negative errno. acquire: with
 * @block wait for it (-EINTR: a signal came first); without, -EAGAIN where another
 * holds it. release: after it others may hold the lock.  close: give up what acquire
 * keeps between holds, and a lock still held as far as that goes; NULL where nothing is
 * kept.
 */
struct lock_ops {
	const char *name;
	const char *summary;	   /* for people, no full stop */
	bool locks;		   /* false: there is none, and nothing is called */
	bool exclusive;		   /* where it is honoured, one holder at a time */
	bool apart;		   /* not on the descriptor of the data file */
	bool polled;		   /* nothing to sleep on: acquire ignores @block */
	int open_flags;		   /* that it needs beside O_WRONLY */
	enum service_kind service; /* that it asks; or SERVICE_NONE */
	int (*acquire)(struct data_file *file, bool block);
	int (*release)(struct data_file *file);
	void (*close)(struct data_file *file);
};

/*
 * Where the bytes go.  In the order of calls, under the lock: place finds the
 * offset if it is known before the write, else HISTORY_OFFSET_UNKNOWN; write is
 * write(2) with a negative errno; locate tells where the @written bytes of the
 * last call went, and is NULL where the placed offset stands.  settle is for a file
 * that the writer itself does not open: it has what was written reach the file's
 * server, as closing it would, and returns 0 or a negative errno; of a file of the rank
 * it is the close, in which all ranks take part.
 */
struct placement_ops {
	const char *name;
	const char *summary;
	bool shared_file;  /* one file for all writers, else one each */
	bool shares_pages; /* and no lock keeps others off the pages of a write */
	/*
	 * Offsets are handed out in multiples of this, for batches of so many bytes at
	 * most, and NULs lie between; NULL: anywhere.  fills_slots: a slot serves many
	 * appends of its writer, else an append takes as many as it needs.
	 */
	uint64_t (*slot_bytes)(uint64_t batch_bytes);
	bool fills_slots;
	bool before_lock; /* place comes before the lock: a mistake that people make */
	bool in_rank;	  /* the writer is a thread of the rank: see rank_file.h */
	enum workload workload; /* all but append read the file in place */
	int open_flags;
	int spare_flags;    /* of them: left out where the open answers EINVAL ... */
	const char *spared; /* ... which is then said with the result */
	enum service_kind service; /* that it asks; or SERVICE_NONE */
	int (*place)(struct data_file *file, int64_t *ret_offset);
	ssize_t (*write)(struct data_file *file, const void *bytes, size_t size);
	int (*locate)(struct data_file *file, size_t written, int64_t *ret_offset);
	int (*settle)(struct data_file *file); /* NULL: the writer has it open */
};

enum lock_kind {
	LOCK_KIND_NONE,
	LOCK_KIND_FLOCK,
	LOCK_KIND_FCNTL,
	LOCK_KIND_OFD,
	LOCK_KIND_LOCKFILE,
	LOCK_KIND_LINK,
	LOCK_KIND_SIDECAR,
	LOCK_KIND_TOKEN,
	LOCK_KIND_COUNT,
};

enum placement_kind {
	PLACEMENT_APPEND,
	PLACEMENT_SEEK_END,
	PLACEMENT_SEEK_EARLY,
	PLACEMENT_SEEK_APPEND,
	PLACEMENT_STAT_END,
	PLACEMENT_OWN_FILE,
	PLACEMENT_SEQUENCER,
	PLACEMENT_SEQUENCER_ALIGNED,
	PLACEMENT_EXTENTS,
	PLACEMENT_AGGREGATOR,
	PLACEMENT_SHARED_POINTER,
	PLACEMENT_COUNTER,
	PLACEMENT_CHAIN,
	PLACEMENT_COUNT,
};

enum io_mode {
	IO_BUFFERED,
	IO_DIRECT,
	IO_SYNC,
	IO_DSYNC,
	IO_MODE_COUNT,
};

enum flush_mode {
	FLUSH_NONE,
	FLUSH_FSYNC,
	FLUSH_FDATASYNC,
	FLUSH_CLOSE, /* open, lock, write, close: the close flushes and unlocks */
	FLUSH_MODE_COUNT,
};

/* How to wait for a lock that another holds: in the kernel, or by trying again. */
enum lock_wait {
	LOCK_WAIT_BLOCK,
	LOCK_WAIT_POLL,
	LOCK_WAIT_FIXED,
	LOCK_WAIT_EXPONENTIAL,
	LOCK_WAIT_COUNT,
};

/* What to do when write(2) takes fewer bytes than it was given. */
enum short_write {
	SHORT_FAIL,  /* the outcome is unknown */
	SHORT_RETRY, /* write the rest */
	SHORT_WRITE_COUNT,
};

struct lock_wait_info {
	const char *name;
	/*
	 * The pause after refusal number @refusals (0, 1, ...) of one wait, in ns and
	 * below a second; @random is the state of random_next().  NULL: no polling.
	 */
	uint64_t (*pause_ns)(uint32_t refusals, uint64_t *random);
};

struct io_mode_info {
	const char *name;
	int open_flags;
	bool exact; /* an NFS client sends the bytes of a write and no others */
};

struct flush_info {
	const char *name;
	int (*flush)(int fd); /* like fsync(2); NULL: no call of its own */
};

/* Indexed by the enumerations above. */
extern const struct lock_ops *const lock_table[LOCK_KIND_COUNT];
extern const struct placement_ops *const placement_table[PLACEMENT_COUNT];
extern const struct io_mode_info io_mode_table[IO_MODE_COUNT];
extern const struct flush_info flush_table[FLUSH_MODE_COUNT];
extern const struct lock_wait_info lock_wait_table[LOCK_WAIT_COUNT];
extern const char *const short_write_names[SHORT_WRITE_COUNT];

/* Each in the file of its name. */
extern const struct lock_ops lock_none, lock_flock, lock_fcntl, lock_ofd, lock_lockfile,
	lock_link, lock_sidecar, lock_token;
extern const struct placement_ops place_append, place_seek_end, place_seek_early,
	place_seek_append, place_stat_end, place_own_file, place_sequencer,
	place_sequencer_aligned, place_extents, place_aggregator, place_shared_pointer,
	place_counter, place_chain;

#endif
