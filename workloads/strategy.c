/* strategy - the presets, and what is asked of a chosen one. */
#include "workloads/strategy.h"

#include "core/claim.h"
#include "core/units.h"

#include <errno.h>
#include <string.h>

#define CLAIMS_OWN_FILE                                                                \
	(CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_NO_GAP | CLAIM_WRITER_ORDER)
/* A ticket that was drawn and not used leaves a gap. */
#define CLAIMS_SEQUENCED                                                               \
	(CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_WRITER_ORDER | CLAIM_REALTIME_ORDER)
/*
 * A call moves the pointer on as soon as it is begun, and calls behave as if in some
 * order, which nobody is told (MPI-3.1, 13.4.4); a place taken and not filled is a gap.
 */
#define CLAIMS_SHARED_POINTER (CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_WRITER_ORDER)
/* A ticket is drawn before most of the records that it is for, by each writer. */
#define CLAIMS_EXTENTS	  (CLAIM_COMPLETE | CLAIM_ONCE | CLAIM_WRITER_ORDER)
#define CLAIMS_AGGREGATED (CLAIMS_SEQUENCED | CLAIM_NO_GAP)
#define CLAIMS_LOCKED	  (CLAIMS_OWN_FILE | CLAIM_REALTIME_ORDER | CLAIM_EXCLUSION)

/* Buffered, unflushed, one record at a time, unless a row or the user says so. */
#define PARTS(lock_kind, placement_kind, ...)                                          \
	{                                                                              \
		.lock = lock_kind, .placement = placement_kind, .batch = 1,            \
		__VA_ARGS__                                                            \
	}

const struct strategy_preset strategy_presets[] = {
	{.name = "append",
	 .parts = PARTS(LOCK_KIND_NONE, PLACEMENT_APPEND),
	 .control = true,
	 .summary = "Open with O_APPEND and write; no lock.",
	 .origin = "Every logger that trusts O_APPEND; atomic on one machine, not over "
		   "NFS.",
	 .needs = "nothing: the control that shows whether the test had teeth"},
	{.name = "flock",
	 .parts = PARTS(LOCK_KIND_FLOCK, PLACEMENT_SEEK_END),
	 .claims = CLAIMS_LOCKED,
	 .summary = "Lock the file by flock, seek to its end, write, unlock.",
	 .origin = "flock(1) in scripts, and most advice on shared logs.",
	 .needs = "flock that reaches the other hosts"},
	{.name = "flock-poll",
	 .parts = PARTS(LOCK_KIND_FLOCK, PLACEMENT_SEEK_APPEND, .wait = LOCK_WAIT_POLL,
			.io = IO_DIRECT),
	 .claims = CLAIMS_LOCKED,
	 .summary = "Open with O_APPEND and O_DIRECT, poll for flock, seek to the end, "
		    "write, unlock.",
	 .origin = "The help pages of a cloud vendor's NAS, for many clients that "
		   "write one log.",
	 .needs = "flock that reaches the other hosts, and O_DIRECT for the size of "
		  "the records"},
	{.name = "flock-append",
	 .parts = PARTS(LOCK_KIND_FLOCK, PLACEMENT_APPEND),
	 .claims = CLAIMS_LOCKED,
	 .summary =
		 "Lock a file that was opened with O_APPEND by flock, write, unlock.",
	 .origin =
		 "Loggers whose O_APPEND was not enough, and who put a lock around it.",
	 .needs = "flock that reaches the other hosts"},
	{.name = "flock-pwrite",
	 .parts = PARTS(LOCK_KIND_FLOCK, PLACEMENT_STAT_END),
	 .claims = CLAIMS_LOCKED,
	 .summary = "Lock the file by flock, take its size by fstat, pwrite there, "
		    "unlock.",
	 .origin = "Programs that keep no file offset, such as those of many threads.",
	 .needs = "flock that reaches the other hosts, and makes fstat ask the server"},
	{.name = "fcntl",
	 .parts = PARTS(LOCK_KIND_FCNTL, PLACEMENT_SEEK_END),
	 .claims = CLAIMS_LOCKED,
	 .summary = "Lock the file by a POSIX record lock, seek to its end, write, "
		    "unlock.",
	 .origin = "lockf(3), databases and mail spools.",
	 .needs = "record locks that reach the other hosts",
	 .alias = "lockf"},
	{.name = "ofd",
	 .parts = PARTS(LOCK_KIND_OFD, PLACEMENT_SEEK_END),
	 .claims = CLAIMS_LOCKED,
	 .summary = "Lock the file by an open file description lock, seek to the end, "
		    "write, unlock.",
	 .origin = "Programs of many threads, where any close would drop a POSIX lock.",
	 .needs =
		 "open file description locks (Linux 3.15) that reach the other hosts"},
	{.name = "lockfile",
	 .parts = PARTS(LOCK_KIND_LOCKFILE, PLACEMENT_SEEK_END, .wait = LOCK_WAIT_POLL,
			.flush = FLUSH_CLOSE),
	 .claims = CLAIMS_LOCKED,
	 .summary = "Make a lock file, open the data file, seek, write, close, remove "
		    "the lock file.",
	 .origin = "Mail spools and shell scripts; O_EXCL works over NFS since v3 "
		   "(open(2)).",
	 .needs = "O_EXCL and close-to-open; whoever dies with the lock file leaves it "
		  "to all"},
	{.name = "link",
	 .parts = PARTS(LOCK_KIND_LINK, PLACEMENT_SEEK_END, .wait = LOCK_WAIT_POLL,
			.flush = FLUSH_CLOSE),
	 .claims = CLAIMS_LOCKED,
	 .summary = "As lockfile, but made by link(2), where the link count tells "
		    "whether it was.",
	 .origin = "What open(2) advises where O_EXCL is not to be relied on.",
	 .needs = "hard links and close-to-open; whoever dies with the lock file "
		  "leaves it to all"},
	{.name = "sidecar",
	 .parts = PARTS(LOCK_KIND_SIDECAR, PLACEMENT_SEEK_END),
	 .control = true,
	 .summary = "Lock another file by flock, seek to the end of the file, write, "
		    "unlock.",
	 .origin = "flock(1) around a command that appends; safe on one machine.",
	 .needs = "flock: the control that shows whether the size is asked for under "
		  "its lock"},
	{.name = "seek-before-lock",
	 .parts = PARTS(LOCK_KIND_FLOCK, PLACEMENT_SEEK_EARLY),
	 .control = true,
	 .summary = "Seek to the end of the file, lock it by flock, write, unlock.",
	 .origin = "Programs that open and seek first, and lock only the write.",
	 .needs = "flock: the control that loses wherever writers wait for each other"},
	{.name = "fstat-pwrite",
	 .parts = PARTS(LOCK_KIND_NONE, PLACEMENT_STAT_END),
	 .control = true,
	 .summary = "Take the size of the file by fstat and pwrite there; no lock.",
	 .origin = "Programs that do O_APPEND's work by hand.",
	 .needs = "nothing: the control that may lose on a local file system, too"},
	{.name = "per-file",
	 .parts = PARTS(LOCK_KIND_NONE, PLACEMENT_OWN_FILE),
	 .claims = CLAIMS_OWN_FILE,
	 .summary = "Write to a file of one's own.",
	 .origin = "The way around the question; the files are merged later.",
	 .needs = "nothing"},
	{.name = "sequencer",
	 .parts = PARTS(LOCK_KIND_NONE, PLACEMENT_SEQUENCER),
	 .claims = CLAIMS_SEQUENCED,
	 .summary = "Ask a sequencer for an offset, and write there; no lock. Buffered "
		    "it is a control, since writers share pages.",
	 .origin = "Parallel programs whose ranks know where to write; shared file "
		   "pointers.",
	 .needs = "io=direct, sync or dsync to be safe; ranks that reach each other by "
		  "TCP"},
	{.name = "sequencer-aligned",
	 .parts = PARTS(LOCK_KIND_NONE, PLACEMENT_SEQUENCER_ALIGNED),
	 .claims = CLAIMS_SEQUENCED,
	 .summary = "The same in slots of whole pages, with NULs up to the next one.",
	 .origin = "Checkpoint files with aligned blocks.",
	 .needs = "no host with larger pages than rank 0's; ranks that reach each "
		  "other by TCP"},
	{.name = "extents",
	 .parts = PARTS(LOCK_KIND_NONE, PLACEMENT_EXTENTS),
	 .claims = CLAIMS_EXTENTS,
	 .summary = "Write into extents of one's own, of whole pages, that a sequencer "
		    "hands out; NULs where one is not full.",
	 .origin = "Parallel logs and stores that reserve room for many records at "
		   "once.",
	 .needs = "pages of 64 KiB at most; ranks that reach each other by TCP"},
	{.name = "aggregator",
	 .parts = PARTS(LOCK_KIND_NONE, PLACEMENT_AGGREGATOR),
	 .claims = CLAIMS_AGGREGATED,
	 .summary = "Send the records to one process that writes for all, and wait.",
	 .origin = "Log daemons, and the two-phase writes of MPI-IO.",
	 .needs = "ranks that reach each other by TCP"},
	{.name = "mpi-token",
	 .parts = PARTS(LOCK_KIND_TOKEN, PLACEMENT_SEEK_END, .flush = FLUSH_CLOSE),
	 .claims = CLAIMS_LOCKED,
	 .summary = "Open, seek to the end, write and close under a token that the "
		    "ranks pass on.",
	 .origin = "Programs that take turns by messages, since they do not trust file "
		   "locks.",
	 .needs = "close-to-open consistency (no nocto); ranks that reach each other "
		  "by TCP"},
	{.name = "mpiio-shared",
	 .parts = PARTS(LOCK_KIND_NONE, PLACEMENT_SHARED_POINTER),
	 .claims = CLAIMS_SHARED_POINTER,
	 .summary = "Write at MPI-IO's shared file pointer (MPI_File_write_shared).",
	 .origin = "Parallel programs that log through MPI.",
	 .needs = "MPI with MPI_THREAD_MULTIPLE, whose shared file pointer works here; "
		  "mostly fcntl locks that reach the other hosts"},
	{.name = "counter",
	 .parts = PARTS(LOCK_KIND_FLOCK, PLACEMENT_COUNTER),
	 .claims = CLAIMS_LOCKED,
	 .summary = "Lock the file, read the number in it, write back one more, "
		    "unlock.",
	 .origin = "Serial numbers, job ids and quotas in a shared file.",
	 .needs = "a lock that reaches the other hosts and has them read anew"},
	{.name = "chain",
	 .parts = PARTS(LOCK_KIND_FLOCK, PLACEMENT_CHAIN),
	 .claims = CLAIMS_LOCKED,
	 .summary = "Lock the file, read the last record, append the next one, unlock.",
	 .origin = "Journals whose entries follow from the one before.",
	 .needs = "a lock that reaches the other hosts and has them read anew"},
};
const size_t strategy_preset_count =
	sizeof(strategy_presets) / sizeof(strategy_presets[0]);

/* ---- asking ------------------------------------------------------------- */

const char *strategy_preset_name(const struct strategy_spec *spec)
{
	return strategy_presets[spec->preset].name;
}

unsigned int strategy_claims(const struct strategy_spec *spec)
{
	return strategy_control(spec) ? 0 : strategy_presets[spec->preset].claims;
}

bool strategy_control(const struct strategy_spec *spec)
{
	const struct strategy_parts *parts = &spec->parts;

	if (placement_table[parts->placement]->shares_pages &&
	    !io_mode_table[parts->io].exact)
		return true;
	if (lock_table[parts->lock]->apart && parts->flush != FLUSH_CLOSE)
		return true;
	if (strategy_workload(spec) != WORKLOAD_APPEND &&
	    !strategy_exclusive_lock(spec))
		return true;
	return strategy_presets[spec->preset].control;
}

enum workload strategy_workload(const struct strategy_spec *spec)
{
	return placement_table[spec->parts.placement]->workload;
}

bool strategy_shared_file(const struct strategy_spec *spec)
{
	return placement_table[spec->parts.placement]->shared_file;
}

bool strategy_exclusive_lock(const struct strategy_spec *spec)
{
	return lock_table[spec->parts.lock]->exclusive;
}

bool strategy_in_rank(const struct strategy_spec *spec)
{
	return placement_table[spec->parts.placement]->in_rank;
}

enum service_kind strategy_service(const struct strategy_spec *spec)
{
	const struct lock_ops *lock = lock_table[spec->parts.lock];

	return lock->service != SERVICE_NONE
		       ? lock->service
		       : placement_table[spec->parts.placement]->service;
}

uint32_t strategy_slot_bytes(const struct strategy_spec *spec, uint32_t max_bytes)
{
	const struct placement_ops *placement = placement_table[spec->parts.placement];
	uint64_t batch_bytes = (uint64_t)spec->parts.batch * max_bytes;

	return placement->slot_bytes ? (uint32_t)placement->slot_bytes(batch_bytes) : 0;
}

uint64_t strategy_growth_bytes(const struct strategy_spec *spec, uint32_t max_bytes)
{
	uint64_t slot = strategy_slot_bytes(spec, max_bytes);
	uint64_t batch = spec->parts.batch, bytes = batch * max_bytes;

	if (!slot)
		return max_bytes;
	if (placement_table[spec->parts.placement]->fills_slots)
		batch *= slot / bytes;
	else
		slot *= (bytes + slot - 1) / slot;
	return (slot + batch - 1) / batch;
}

int strategy_check_size(const struct strategy_spec *spec, uint32_t max_bytes,
			struct error *err)
{
	char batch[UNITS_TEXT_BYTES];
	char limit[UNITS_TEXT_BYTES];
	uint64_t bytes = (uint64_t)spec->parts.batch * max_bytes;

	if (bytes <= STRATEGY_BATCH_BYTES_MAX)
		return 0;
	return error_set(err, EINVAL,
			 "%s makes writes of %s, and at most %s is allowed", spec->name,
			 units_format_bytes(bytes, batch),
			 units_format_bytes(STRATEGY_BATCH_BYTES_MAX, limit));
}

bool strategy_spec_valid(const struct strategy_spec *spec)
{
	const struct strategy_parts *parts = &spec->parts;

	return spec->preset < strategy_preset_count &&
	       (size_t)parts->lock < LOCK_KIND_COUNT &&
	       (size_t)parts->placement < PLACEMENT_COUNT &&
	       (size_t)parts->wait < LOCK_WAIT_COUNT &&
	       (size_t)parts->io < IO_MODE_COUNT &&
	       (size_t)parts->flush < FLUSH_MODE_COUNT &&
	       (size_t)parts->short_write < SHORT_WRITE_COUNT && parts->batch >= 1 &&
	       parts->batch <= STRATEGY_BATCH_MAX &&
	       parts->think_us <= STRATEGY_THINK_US_MAX &&
	       memchr(spec->name, '\0', sizeof(spec->name));
}
