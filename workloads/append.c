/* append - the steps of one append; see append.h. */
#include "workloads/append.h"

#include "core/clock.h"
#include "core/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* O_DIRECT takes any alignment that divides a page, everywhere that we know. */
#define BUFFER_ALIGNMENT 4096

/* ---- opening and closing ------------------------------------------------ */

bool appender_need_unmet(int errnum)
{
	return errnum == EINVAL || errnum == EOPNOTSUPP || errnum == ENOSYS ||
	       errnum == ENOLCK;
}

/* Where the kernel tells it (Linux 6.1), O_DIRECT must suit the records' sizes. */
static int check_alignment(const struct appender *appender, struct error *err)
{
	const struct record_plan *plan = &appender->form->plan;
	uint32_t unit;
	struct statx st;

	if (appender->parts.io != IO_DIRECT ||
	    statx(appender->file.fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &st) < 0 ||
	    !(st.stx_mask & STATX_DIOALIGN))
		return 0;
	unit = st.stx_dio_offset_align;
	if (unit == 0)
		return error_set(err, EINVAL, "O_DIRECT is not supported here");
	if (plan->max_bytes % unit || plan->min_bytes != plan->max_bytes)
		return error_set(
			err, EINVAL,
			"O_DIRECT takes multiples of %u bytes here, and not every "
			"record is one",
			unit);
	return 0;
}

static void close_lock(struct appender *appender)
{
	if (appender->lock->close)
		appender->lock->close(&appender->file);
}

/* Another's lock is as good an answer as the lock itself. */
static int try_lock(struct appender *appender, struct error *err)
{
	int rc;

	if (!appender->lock->locks)
		return 0;
	rc = appender->lock->acquire(&appender->file, false);
	if (rc == -EAGAIN)
		return 0;
	if (rc == 0)
		rc = appender->lock->release(&appender->file);
	if (rc < 0)
		return error_sys(err, -rc, "cannot lock %s by %s", appender->file.path,
				 appender->lock->name);
	return 0;
}

static int open_first(struct appender *appender, struct error *err)
{
	struct data_file *file = &appender->file;
	int make = appender->placement->shared_file ? 0 : O_CREAT | O_EXCL;

	file->fd = open(file->path, file->open_flags | make, 0600);
	if (file->fd < 0 && errno == EINVAL && appender->placement->spare_flags) {
		file->open_flags &= ~appender->placement->spare_flags;
		file->fd = open(file->path, file->open_flags | make, 0600);
		appender->remark = appender->placement->spared;
	}
	if (file->fd < 0)
		return error_sys(err, errno, "cannot open %s%s%s", file->path,
				 appender->parts.io == IO_BUFFERED ? "" : " with io=",
				 appender->parts.io == IO_BUFFERED
					 ? ""
					 : io_mode_table[appender->parts.io].name);
	return 0;
}

/* Long enough for all writers to find it at once. */
#define SERVICE_FIND_MS 10000

static int reach_service(struct appender *appender,
			 const struct appender_config *config, struct error *err)
{
	int find_ms = config->service_timeout_ms < SERVICE_FIND_MS
			      ? config->service_timeout_ms
			      : SERVICE_FIND_MS;
	int rc;

	if (strategy_service(config->spec) == SERVICE_NONE)
		return 0;
	rc = service_connect(&appender->file.service, config->endpoints, find_ms,
			     config->stop);
	if (rc < 0)
		return error_sys(err, -rc, "cannot reach the service of %s",
				 strategy_preset_name(config->spec));
	appender->file.service.timeout_ms = config->service_timeout_ms;
	return 0;
}

/* Does the service or the rank have the file open, and not we? */
static bool is_remote(const struct appender *appender)
{
	return appender->placement->settle;
}

/* Touched, so that no page fault meets the measured phase.  0 or -errno. */
static int allocate(size_t bytes, uint8_t **ret_buffer)
{
	void *buffer;
	int errnum = posix_memalign(&buffer, BUFFER_ALIGNMENT, bytes);

	if (errnum)
		return -errnum;
	memset(buffer, 0, bytes);
	*ret_buffer = buffer;
	return 0;
}

/* For a batch, and for what the workload reads. */
static int allocate_buffers(struct appender *appender, struct error *err)
{
	size_t bytes = (size_t)appender->parts.batch * appender->form->plan.max_bytes;
	int rc = allocate(bytes, &appender->buffer);

	if (rc == 0 && appender->file.tail_bytes)
		rc = allocate(appender->file.tail_bytes, &appender->file.tail);
	if (rc < 0)
		return error_sys(err, -rc, "cannot keep a batch of records");
	return 0;
}

/*
 * Read the file once as the workload will: O_DIRECT takes no such sizes on most
 * local file systems.
 */
static int try_reading(struct appender *appender, struct error *err)
{
	int64_t offset;
	int rc = 0;

	if (appender->placement->workload != WORKLOAD_APPEND)
		rc = appender->placement->place(&appender->file, &offset);
	if (rc == -EINVAL)
		return error_sys(err, -rc, "cannot read %s as %s does",
				 appender->file.path, appender->placement->name);
	return 0;
}

int appender_open(struct appender *appender, const struct appender_config *config,
		  struct error *err)
{
	const struct strategy_parts *parts = &config->spec->parts;
	bool reads = strategy_workload(config->spec) != WORKLOAD_APPEND;
	struct appender a = {
		.parts = *parts,
		.lock = lock_table[parts->lock],
		.placement = placement_table[parts->placement],
		.form = config->form,
		.history = config->history,
		.live = live_in(config->history->map),
		.stop = config->stop,
		.file = {.fd = -1,
			 .path = config->data_path,
			 .lock_fd = -1,
			 .writer = config->writer,
			 .rank_file = config->rank_file,
			 .slot_bytes = strategy_slot_bytes(
				 config->spec, config->form->plan.max_bytes),
			 .service = SERVICE_CLIENT_NONE,
			 .tail_bytes = reads ? config->form->plan.min_bytes : 0},
		.local_fs = config->local_fs,
		.writer = config->writer,
		.unflushed_seq = config->history->count,
		.random = random_hash(config->form->plan.seed, config->writer, 1),
	};
	int rc;

	if (strategy_check_size(config->spec, config->form->plan.max_bytes, err) < 0)
		return -E2BIG;
	a.file.open_flags = (reads ? O_RDWR : O_WRONLY) | O_CLOEXEC | O_NOFOLLOW |
			    a.lock->open_flags | a.placement->open_flags |
			    io_mode_table[parts->io].open_flags;
	rc = allocate_buffers(&a, err);
	if (rc == 0)
		rc = reach_service(&a, config, err);
	if (rc == 0 && !is_remote(&a))
		rc = open_first(&a, err);
	if (rc == 0 && !is_remote(&a))
		rc = check_alignment(&a, err);
	if (rc == 0)
		rc = try_reading(&a, err);
	if (rc == 0)
		rc = try_lock(&a, err);
	if (rc < 0) {
		close_lock(&a);
		if (a.file.fd >= 0)
			close(a.file.fd);
		service_disconnect(&a.file.service);
		free(a.buffer);
		free(a.file.tail);
		return rc;
	}
	/* Opened under such a lock, the file has the size that its last holder left. */
	if (a.lock->apart && parts->flush == FLUSH_CLOSE) {
		close(a.file.fd);
		a.file.fd = -1;
	}
	a.file.think_ns = parts->think_us * (uint64_t)1000;
	*appender = a;
	return 0;
}

/*
 * Close the descriptor.  What it still held back may fail now; what went
 * through it since the last good flush is then nobody's promise.
 */
static int close_file(struct appender *appender)
{
	int rc = 0;

	if (appender->file.fd < 0)
		return 0;
	if (close(appender->file.fd) < 0) {
		rc = -errno;
		history_disown(appender->history, appender->unflushed_seq, STEP_CLOSE,
			       -rc);
	}
	appender->file.fd = -1;
	appender->unflushed_seq = appender->history->count;
	return rc;
}

/*
 * What the service still holds back may fail now, as a close may.  In the close of a
 * file of the ranks those take part, too, that have written nothing.
 */
static int settle(struct appender *appender)
{
	int rc = 0;

	if (appender->placement->in_rank ||
	    appender->unflushed_seq < appender->history->count)
		rc = appender->placement->settle(&appender->file);
	if (rc < 0)
		history_disown(appender->history, appender->unflushed_seq, STEP_CLOSE,
			       -rc);
	return rc;
}

void appender_abandon(struct appender *appender, int errnum)
{
	history_disown(appender->history, appender->unflushed_seq, STEP_CLOSE, errnum);
}

int appender_close(struct appender *appender)
{
	int rc;

	if (!appender->buffer)
		return 0;
	rc = is_remote(appender) ? settle(appender) : close_file(appender);
	close_lock(appender);
	service_disconnect(&appender->file.service);
	free(appender->buffer);
	free(appender->file.tail);
	appender->buffer = NULL;
	return rc;
}

/* ---- the steps ---------------------------------------------------------- */

/* The first step that fails decides.  Cold: what leads here lies apart from the rest.
 */
__attribute__((cold)) static void step_failed(struct history_entry *entry,
					      enum outcome outcome,
					      enum append_step step, int rc)
{
	if (entry->outcome != OUTCOME_ACKNOWLEDGED)
		return;
	entry->outcome = outcome;
	entry->step = step;
	entry->errnum = -rc;
}

/* Open the data file if it is closed; false: the append failed. */
static bool open_data(struct appender *appender, struct history_entry *entry)
{
	struct data_file *file = &appender->file;

	if (file->fd >= 0 || is_remote(appender))
		return true;
	file->fd = open(file->path, file->open_flags);
	if (file->fd < 0)
		step_failed(entry, OUTCOME_FAILED, STEP_OPEN, -errno);
	return file->fd >= 0;
}

static int acquire(struct appender *appender)
{
	const struct lock_wait_info *wait = &lock_wait_table[appender->parts.wait];
	uint32_t refusals = 0;

	for (;;) {
		int rc = appender->lock->acquire(&appender->file, !wait->pause_ns);

		if (rc != -EINTR && (!wait->pause_ns || rc != -EAGAIN))
			return rc;
		if (*appender->stop)
			return -EINTR;
		if (rc == -EAGAIN) {
			uint64_t ns = wait->pause_ns(refusals++, &appender->random);
			struct timespec pause = {.tv_nsec = (long)ns};

			nanosleep(&pause, NULL);
		}
	}
}

/* Tell whoever looks what the writer is at; who does without a lock holds nothing. */
static void be(const struct appender *appender, enum live_state state)
{
	if (appender->lock->locks)
		atomic_store_explicit(&appender->live->state, state,
				      memory_order_relaxed);
}

static bool take_lock(struct appender *appender, struct history_entry *entry)
{
	int rc;

	if (!appender->lock->locks)
		return true;
	be(appender, LIVE_WAITING);
	rc = acquire(appender);
	be(appender, rc < 0 ? LIVE_IDLE : LIVE_HOLDING);
	if (rc < 0)
		step_failed(entry, OUTCOME_FAILED, STEP_LOCK, rc);
	else
		entry->locked_ns = clock_now_ns();
	return rc == 0;
}

/*
 * Obey @order, if that is what was ordered.  In a thread of the rank it would be the
 * rank that dies.
 */
__attribute__((cold)) static void obey_now(const struct appender *appender,
					   enum live_order order)
{
	struct live *live = appender->live;
	uint32_t expected = order;

	if (!appender->lock->locks || appender->file.rank_file ||
	    !atomic_compare_exchange_strong(&live->order, &expected, LIVE_NO_ORDER))
		return;
	atomic_store(&live->obeyed_ns, clock_now_ns());
	raise(order == LIVE_KILL ? SIGKILL : SIGSTOP);
	atomic_store(&live->resumed_ns, clock_now_ns());
}

/* Nearly always there is no order. */
static inline void obey(const struct appender *appender, enum live_order order)
{
	if (atomic_load_explicit(&appender->live->order, memory_order_relaxed) == order)
		obey_now(appender, order);
}

static bool find_place(struct appender *appender, struct history_entry *entry)
{
	int rc = appender->placement->place(&appender->file, &entry->offset);

	/* Where a slot is held, and not a lock: see place_extents.c. */
	if (appender->placement->fills_slots)
		entry->hold = appender->file.slots;
	entry->saw = appender->file.saw;
	entry->seen = appender->file.seen;
	if (rc < 0)
		step_failed(entry, OUTCOME_FAILED, STEP_PLACE, rc);
	return rc == 0;
}

/*
 * An error of write(2) can be that of earlier writes whose write-back failed:
 * the NFS client reports these three there, and then not again (write(2),
 * ERRORS; fs/nfs/file.c).  A local file system refuses them at once instead.
 */
static void disown_written_back(struct appender *appender, int rc)
{
	bool late = rc == -ENOSPC || rc == -EDQUOT || rc == -EFBIG;

	if (appender->local_fs || !(late || appender->file.disowned))
		return;
	history_disown(appender->history, appender->unflushed_seq, STEP_WRITE, -rc);
	appender->unflushed_seq = appender->history->count;
}

/* Write the batch, and learn where its first piece went. */
static void write_batch(struct appender *appender, size_t bytes,
			struct history_entry *entry)
{
	const struct placement_ops *placement = appender->placement;
	size_t done = 0;

	while (done < bytes) {
		ssize_t n = placement->write(&appender->file, appender->buffer + done,
					     bytes - done);
		int rc = 0;

		if (n < 0) {
			step_failed(entry, OUTCOME_UNKNOWN, STEP_WRITE, (int)n);
			disown_written_back(appender, (int)n);
			return;
		}
		if (done == 0 && placement->locate)
			rc = placement->locate(&appender->file, (size_t)n,
					       &entry->offset);
		done += (size_t)n;
		if (done < bytes &&
		    (n == 0 || appender->parts.short_write == SHORT_FAIL)) {
			step_failed(entry, OUTCOME_UNKNOWN, STEP_WRITE, 0);
			return;
		}
		if (rc < 0) {
			step_failed(entry, OUTCOME_UNKNOWN, STEP_LOCATE, rc);
			return;
		}
	}
}

static void close_data(struct appender *appender, struct history_entry *entry)
{
	int rc = close_file(appender);

	if (rc < 0)
		step_failed(entry, OUTCOME_UNKNOWN, STEP_CLOSE, rc);
}

/*
 * What ends the batch before the unlock; a close that unlocks comes later.  No lock
 * apart from the file writes back what is still held: so a write that may be only
 * half done is closed first, too.
 */
static void flush(struct appender *appender, struct history_entry *entry)
{
	const struct flush_info *how = &flush_table[appender->parts.flush];

	if (is_remote(appender)) {
		/* The answer came after the flush. */
		if (appender->parts.flush != FLUSH_NONE)
			appender->unflushed_seq = appender->history->count;
		return;
	}
	if (how->flush && entry->outcome == OUTCOME_ACKNOWLEDGED) {
		if (how->flush(appender->file.fd) < 0) {
			step_failed(entry, OUTCOME_UNKNOWN, STEP_FLUSH, -errno);
			history_disown(appender->history, appender->unflushed_seq,
				       STEP_FLUSH, entry->errnum);
		}
		appender->unflushed_seq = appender->history->count;
		entry->flushed_ns = clock_now_ns();
	}
	if (appender->lock->apart && (appender->parts.flush == FLUSH_CLOSE ||
				      entry->outcome == OUTCOME_UNKNOWN)) {
		close_data(appender, entry);
		entry->flushed_ns = clock_now_ns();
	}
}

/*
 * Let go of the lock: by closing where the strategy flushes so, else by its own
 * call; and by closing, too, where this descriptor can no longer be trusted.
 */
static void let_go(struct appender *appender, struct history_entry *entry)
{
	bool closes = appender->parts.flush == FLUSH_CLOSE && !appender->lock->apart;

	if (!closes) {
		int rc = 0;

		if (appender->lock->locks)
			rc = appender->lock->release(&appender->file);
		if (rc < 0) {
			step_failed(entry, OUTCOME_UNKNOWN, STEP_UNLOCK, rc);
			close_lock(appender);
		}
		closes = rc < 0 || entry->outcome == OUTCOME_UNKNOWN;
	}
	if (closes)
		close_data(appender, entry);
	be(appender, LIVE_IDLE);
	if (closes || appender->lock->locks)
		entry->completed_ns = clock_now_ns();
}

/* Keep the lock while others come to wait for it; see turn.h. */
static void linger(const struct appender *appender, struct history_entry *entry)
{
	struct timespec moment = {.tv_nsec = (long)appender->linger_ns};

	nanosleep(&moment, NULL);
	entry->unlock_ns = entry->completed_ns = clock_now_ns();
}

/*
 * Open, lock and place, in the strategy's order.  *@ret_locked: there is something
 * to let go of.  False: the append failed.
 */
static bool get_ready(struct appender *appender, struct history_entry *entry,
		      bool *ret_locked)
{
	bool early = appender->placement->before_lock;
	bool apart = appender->lock->apart;

	*ret_locked = false;
	if (!apart && !open_data(appender, entry))
		return false;
	if (early && !find_place(appender, entry))
		return false;
	if (!take_lock(appender, entry))
		return false;
	*ret_locked = true;
	if (apart && !open_data(appender, entry))
		return false;
	return early || find_place(appender, entry);
}

/* From the lock to the flush; false where there is nothing to let go of. */
static bool under_lock(struct appender *appender, size_t bytes,
		       struct history_entry *entry)
{
	bool locked;
	bool ready = get_ready(appender, entry, &locked);

	/*
	 * Stopped here, a writer that lost its lock meanwhile goes on to write where it
	 * meant to.  Killed after the write, it leaves the most undone.
	 */
	if (ready) {
		obey(appender, LIVE_STOP);
		write_batch(appender, bytes, entry);
		obey(appender, LIVE_KILL);
	} else {
		entry->offset = HISTORY_OFFSET_UNKNOWN;
	}
	if (locked) {
		entry->written_ns = entry->flushed_ns =
			ready ? clock_now_ns() : entry->locked_ns;
		flush(appender, entry);
	}
	return locked;
}

/* ---- a batch ------------------------------------------------------------ */

/* Put the next records into the buffer; returns their size in bytes. */
static size_t build(struct appender *appender, uint32_t records)
{
	struct record_id id = {appender->writer, appender->history->count};
	uint8_t *at = appender->buffer;

	for (uint32_t i = 0; i < records; i++, id.seq++) {
		if (i < appender->built)
			record_change(appender->form, id, at);
		else
			record_write(appender->form, id, at);
		at += record_size(appender->form, id);
	}
	appender->built = records;
	return (size_t)(at - appender->buffer);
}

/* The intentions of all records; on failure those that stand are called off. */
static int intend(struct appender *appender, uint32_t records,
		  const struct history_entry *entry)
{
	uint64_t first = appender->history->count;
	int rc = 0;

	for (uint32_t i = 0; i < records && rc == 0; i++)
		rc = history_intend(appender->history, entry->invoke_ns);
	if (rc < 0) {
		struct history_entry failed = *entry;

		step_failed(&failed, OUTCOME_FAILED, STEP_NONE, rc);
		for (uint64_t seq = first; seq < appender->history->count; seq++)
			history_conclude(appender->history, seq, &failed);
	}
	return rc;
}

/* From an append to where the next one stands; the offsets of a counter are numbers. */
static uint32_t advance(const struct appender *appender, struct record_id id)
{
	if (appender->placement->workload == WORKLOAD_COUNTER)
		return 1;
	return record_size(appender->form, id);
}

static void conclude(struct appender *appender, uint64_t first, uint32_t records,
		     struct history_entry *entry)
{
	struct record_id id = {.writer = appender->writer, .seq = first};

	for (uint32_t i = 0; i < records; i++, id.seq++) {
		history_conclude(appender->history, id.seq, entry);
		if (entry->offset != HISTORY_OFFSET_UNKNOWN)
			entry->offset += advance(appender, id);
	}
}

/* A record of so many bytes at most is made in about the time of a few clock readings.
 */
#define MADE_AT_ONCE_BYTES 8192

/*
 * When an append begins whose bytes are made now.  It may be said to have begun too
 * early, which makes its interval wider, so that less follows from it, but never what
 * is wrong; too late, it could be blamed for standing before one that it overlapped.
 */
static uint64_t invoked_ns(uint32_t records, size_t bytes, uint64_t now_ns)
{
	return records == 1 && bytes <= MADE_AT_ONCE_BYTES ? now_ns : clock_now_ns();
}

int appender_append(struct appender *appender, uint32_t records, uint64_t now_ns,
		    struct append_end *ret_end)
{
	uint64_t first = appender->history->count;
	size_t bytes = build(appender, records);
	uint64_t now = invoked_ns(records, bytes, now_ns);
	/* All of it is named: what is left out is zeroed by a slow instruction. */
	struct history_entry entry = {
		.outcome = OUTCOME_ACKNOWLEDGED,
		.step = STEP_NONE,
		.errnum = 0,
		.offset = HISTORY_OFFSET_UNKNOWN,
		.invoke_ns = now,
		.locked_ns = now,
		.written_ns = now,
		.flushed_ns = now,
		.unlock_ns = now,
		.completed_ns = now,
		.hold = appender->hold,
		.saw = false,
		.seen = 0,
	};
	int rc = intend(appender, records, &entry);

	if (rc < 0)
		return rc;
	appender->hold++;
	appender->file.batch_bytes = bytes;
	if (under_lock(appender, bytes, &entry)) {
		entry.unlock_ns = entry.completed_ns = entry.flushed_ns;
		if (appender->linger_ns)
			linger(appender, &entry);
		let_go(appender, &entry);
	} else {
		entry.completed_ns = clock_now_ns();
	}
	ret_end->offset = entry.offset;
	conclude(appender, first, records, &entry);
	*ret_end = (struct append_end){
		.outcome = entry.outcome,
		.offset = ret_end->offset,
		.end = entry.offset,
		.step = entry.step,
		.errnum = entry.errnum,
		.completed_ns = entry.completed_ns,
	};
	return 0;
}
