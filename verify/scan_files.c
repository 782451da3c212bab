/* scan_files - see scan_files.h. */
#include "verify/scan_files.h"

#include "verify/crew.h"
#include "verify/seam.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Large enough that what is read twice at its ends costs nothing. */
#define CHUNK_BYTES ((size_t)2 << 20)

/* Records whose head stands in a chunk: else a thread would find none in most. */
#define CHUNK_RECORDS 4

/* What a thread keeps of a chunk: 1.8 MiB, for records of 64 bytes. */
#define SEGMENTS_MAX (CHUNK_BYTES / RECORD_MIN_BYTES + 1)

_Static_assert(SHARE_SEGMENTS_MAX <= SEGMENTS_MAX, "a block of a share fits");

/* All threads' windows together. */
#define WINDOWS_MAX_BYTES ((size_t)128 << 20)

/* A file of which chunks are under way. */
struct file {
	uint32_t number;
	struct error err;     /* of opening it */
	int rc;		      /* likewise */
	struct source origin; /* as opened, for all to share */
	struct source source; /* the same, for whose turn it is */
	struct seam seam;     /* likewise */
	bool begun;	      /* likewise */
	atomic_bool ended;    /* nobody wants what is left */
	uint64_t from, to;    /* what is wanted of it */
	uint64_t next;	      /* where the next chunk to hand out begins */

	/* Of any thread's reading, also where the next attempt went well. */
	bool shrunk;
	int errnum;
};

/* One chunk, in the order of all. */
struct ticket {
	uint64_t number;
	struct file *file;
	uint64_t from, to;
	bool last; /* of the file */
	bool told; /* a host has read it, and @run is what it found */
	struct sequence run;
};

struct relay {
	const struct scan_files *job;
	size_t chunk_bytes;
	struct error *err;
	atomic_bool stopped;

	pthread_mutex_t handing; /* of chunks: */
	struct file *file;	 /* whose; NULL: the next one's */
	uint32_t next_file;
	uint64_t next_number;

	pthread_mutex_t turning;
	pthread_cond_t turned;
	uint64_t turn; /* of the ticket of this number; who has it owns the rest */
	uint32_t ended_files;
	int rc;
	bool starved; /* for there was no memory to open a file */

	struct worker *workers; /* a thread takes the next one */
	_Atomic uint32_t next_worker;
};

/* What a thread has of its own. */
struct worker {
	struct source reader;
	struct segment *found; /* SEGMENTS_MAX of them */
};

/* ---- one thread or one file ----------------------------------------------------- */

static void range_of(const struct scan_files *job, uint32_t number, uint64_t size_bytes,
		     uint64_t *ret_from, uint64_t *ret_to)
{
	*ret_from = 0;
	*ret_to = UINT64_MAX;
	if (job->range)
		job->range(job->context, number, size_bytes, ret_from, ret_to);
}

static int scan_alone(const struct scan_files *job, uint32_t number, struct error *err)
{
	struct source source;
	uint64_t from, to;
	int rc = job->open(job->context, number, &source, err);

	if (rc < 0)
		return rc;
	range_of(job, number, source.size_bytes, &from, &to);
	rc = job->begin(job->context, number, &source);
	if (rc == 0)
		rc = scan_range(&source, job->form, from, to, job->sink, job->context);
	rc = job->end(job->context, number, &source, rc, err);
	source_close(&source);
	return rc;
}

/* ---- handing out chunks --------------------------------------------------------- */

static struct file *file_open(struct relay *relay)
{
	const struct scan_files *job = relay->job;
	struct file *file = calloc(1, sizeof(*file));

	if (!file)
		return NULL;
	file->number = relay->next_file++;
	file->origin.fd = -1;
	file->rc = job->open(job->context, file->number, &file->origin, &file->err);
	file->source = file->origin;
	range_of(job, file->number, file->origin.size_bytes, &file->from, &file->to);
	file->next = file->from;
	file->seam = (struct seam){
		.source = &file->source,
		.form = job->form,
		.sink = job->sink,
		.context = job->context,
		.at = file->from,
	};
	return file;
}

static void file_close(struct file *file)
{
	source_close(&file->source);
	free(file);
}

/*
 * Have a host's share stand for the chunk @t if it begins so soon that the seam can
 * as well read what is before it; else end the chunk where it begins.
 */
static void share_use(const struct relay *relay, struct worker *worker,
		      struct ticket *t)
{
	struct shares *shares = relay->job->shares;
	const struct share_block *block = shares_look(
		shares, t->file->number, t->file->origin.size_bytes, t->from);

	if (!block || block->run.from >= t->to)
		return;
	t->last = false;
	if (block->run.from - t->from > SOURCE_AHEAD) {
		t->to = block->run.from;
		return;
	}
	memcpy(worker->found, block->run.items,
	       block->run.count * sizeof(*worker->found));
	t->told = true;
	t->run = block->run;
	t->run.items = worker->found;
	t->to = t->run.to;
	shares_pass(shares);
}

/* The next chunk, if there is one.  Under the lock of handing. */
static bool chunk_next(struct relay *relay, struct worker *worker,
		       struct ticket *ret_ticket)
{
	struct file *file = relay->file;
	struct ticket t;
	uint64_t size;

	if (relay->stopped || (!file && relay->next_file == relay->job->file_count))
		return false;
	if (!file)
		file = file_open(relay);
	if (!file)
		return false;
	t = (struct ticket){.file = file, .from = file->next, .last = true};
	t.to = file->to;
	size = file->origin.size_bytes < file->to ? file->origin.size_bytes : file->to;
	if (!file->ended && t.from < size && size - t.from > relay->chunk_bytes) {
		t.to = t.from + relay->chunk_bytes;
		t.last = false;
	}
	if (!file->ended && relay->job->shares)
		share_use(relay, worker, &t);
	t.number = relay->next_number++;
	file->next = t.to;
	relay->file = t.last ? NULL : file;
	*ret_ticket = t;
	return true;
}

static bool ticket_take(struct relay *relay, struct worker *worker,
			struct ticket *ret_ticket)
{
	bool any;

	pthread_mutex_lock(&relay->handing);
	any = chunk_next(relay, worker, ret_ticket);
	pthread_mutex_unlock(&relay->handing);
	return any;
}

/* ---- one chunk ------------------------------------------------------------------ */

/* What of a chunk is a run so far, and how far it is one. */
struct finding_run {
	struct segment *items;
	uint64_t chunk_from;
	bool begun;   /* at the beginning of the file, or at a whole record */
	size_t count; /* since then */
	struct sequence run;
};

static int segment_keep(void *context, const struct segment *segment)
{
	struct finding_run *f = context;
	bool whole = segment->kind == SEGMENT_RECORD;
	uint64_t end = segment->offset + segment->length;

	if (!f->begun && !whole)
		return 0;
	if (!f->begun) {
		f->begun = true;
		f->run.from = f->run.to = segment->offset;
	}
	/* It is in the chunk before, too, where it begins. */
	if (segment->offset < f->chunk_from) {
		f->run.from = f->run.to = end;
		return 0;
	}
	if (f->count == SEGMENTS_MAX)
		return -ENOBUFS;
	f->items[f->count++] = *segment;
	if (whole) {
		f->run.count = f->count;
		f->run.to = end;
	}
	return 0;
}

/*
 * A run of the chunk, perhaps an empty one.  What it lacks since reading went wrong,
 * the seam reads again.
 */
static struct sequence chunk_scan(struct worker *worker, const struct scan_files *job,
				  const struct ticket *t)
{
	struct finding_run f = {
		.items = worker->found,
		.chunk_from = t->from,
		.begun = t->from == 0,
		.run.items = worker->found,
	};

	if (!t->file->ended && source_share(&worker->reader, &t->file->origin) == 0 &&
	    scan_range(&worker->reader, job->form, t->from, t->to, segment_keep, &f) ==
		    0 &&
	    f.begun && t->to == UINT64_MAX && !worker->reader.shrunk) {
		f.run.count = f.count;
		f.run.to = UINT64_MAX;
	}
	return f.run;
}

/* ---- handing on ----------------------------------------------------------------- */

static int file_end(struct relay *relay, struct file *file, int rc)
{
	const struct scan_files *job = relay->job;

	file->ended = true;
	relay->ended_files++;
	file->source.shrunk |= file->shrunk;
	if (rc == 0 && file->errnum) {
		file->source.errnum = file->errnum;
		rc = -file->errnum;
	}
	return job->end(job->context, file->number, &file->source, rc, relay->err);
}

/* Whoever has the turn. */
static int run_pass(struct relay *relay, const struct ticket *t,
		    const struct sequence *run)
{
	const struct scan_files *job = relay->job;
	struct file *file = t->file;
	int rc = 0;

	if (file->rc < 0) {
		relay->starved = file->rc == -ENOMEM;
		if (!relay->starved)
			*relay->err = file->err;
		return file->rc;
	}
	if (!file->begun)
		rc = job->begin(job->context, file->number, &file->source);
	file->begun = true;
	if (rc == 0)
		rc = seam_take(&file->seam, run);
	if (rc == 0 && t->last)
		rc = seam_end(&file->seam, file->to);
	if (rc < 0 || t->last)
		rc = file_end(relay, file, rc);
	return rc;
}

static void trouble_note(struct file *file, const struct source *reader)
{
	file->shrunk |= reader->shrunk;
	if (!file->errnum)
		file->errnum = reader->errnum;
}

static void turn_take(struct relay *relay, const struct ticket *t,
		      const struct worker *worker, const struct sequence *run)
{
	pthread_mutex_lock(&relay->turning);
	while (relay->turn != t->number)
		pthread_cond_wait(&relay->turned, &relay->turning);
	pthread_mutex_unlock(&relay->turning);
	if (relay->rc == 0 && !t->file->ended) {
		if (!t->told)
			trouble_note(t->file, &worker->reader);
		relay->rc = run_pass(relay, t, run);
	}
	if (relay->rc < 0)
		relay->stopped = true;
	/* All other chunks of the file have had their turn. */
	if (t->last)
		file_close(t->file);
	pthread_mutex_lock(&relay->turning);
	relay->turn++;
	pthread_cond_broadcast(&relay->turned);
	pthread_mutex_unlock(&relay->turning);
}

static void work(void *context)
{
	struct relay *relay = context;
	struct worker *worker = &relay->workers[relay->next_worker++];
	struct ticket t;
	struct sequence run;

	while (ticket_take(relay, worker, &t)) {
		run = t.told ? t.run : chunk_scan(worker, relay->job, &t);
		if (relay->job->prepare)
			relay->job->prepare(relay->job->context,
					    (uint32_t)(worker - relay->workers),
					    worker->found, run.count);
		turn_take(relay, &t, worker, &run);
	}
	source_unshare(&worker->reader);
}

/* ---- all of it ------------------------------------------------------------------ */

static size_t chunk_bytes(const struct scan_files *job)
{
	size_t records = CHUNK_RECORDS * (size_t)job->form->plan.max_bytes;

	if (job->means.chunk_bytes)
		return job->means.chunk_bytes;
	return records > CHUNK_BYTES ? records : CHUNK_BYTES;
}

/* As many as are wanted, and as there is memory for. */
static uint32_t workers_make(const struct scan_files *job, struct worker *workers)
{
	size_t window_bytes = 2 * (size_t)job->form->plan.max_bytes + SOURCE_AHEAD;
	uint32_t wanted = job->means.threads < CREW_MAX ? job->means.threads : CREW_MAX;
	uint32_t count = 0;

	if (wanted < 1)
		wanted = 1;
	if (wanted > WINDOWS_MAX_BYTES / window_bytes)
		wanted = (uint32_t)(WINDOWS_MAX_BYTES / window_bytes);
	for (; count < wanted; count++) {
		workers[count].found =
			malloc(SEGMENTS_MAX * sizeof(*workers[count].found));
		if (!workers[count].found)
			break;
	}
	return count;
}

/*
 * Without memory for a file nobody goes on: then *ret_ended files, the first ones, are
 * done, and nothing of the next one.  True: it was not so, and *ret_rc is the return of
 * scan_files().
 */
static bool scan_together(const struct scan_files *job, struct worker *workers,
			  uint32_t count, uint32_t *ret_ended, int *ret_rc,
			  struct error *err)
{
	struct error none = {""};
	struct relay relay = {
		.job = job,
		.chunk_bytes = chunk_bytes(job),
		.err = err ? err : &none,
		.handing = PTHREAD_MUTEX_INITIALIZER,
		.turning = PTHREAD_MUTEX_INITIALIZER,
		.turned = PTHREAD_COND_INITIALIZER,
		.workers = workers,
	};

	crew_run(count, work, &relay);
	if (relay.file)
		file_close(relay.file);
	*ret_ended = relay.ended_files;
	*ret_rc = relay.rc;
	return !relay.starved && (relay.rc < 0 || relay.ended_files == job->file_count);
}

int scan_files(const struct scan_files *files, struct error *err)
{
	struct worker workers[CREW_MAX] = {0};
	uint32_t count = 0, ended = 0;
	bool done = false;
	int rc = 0;

	if (files->means.threads > 1 || files->shares)
		count = workers_make(files, workers);
	if (count > 1 || (count && files->shares))
		done = scan_together(files, workers, count, &ended, &rc, err);
	for (uint32_t i = 0; i < CREW_MAX; i++)
		free(workers[i].found);
	if (done)
		return rc;
	/* One alone needs less. */
	for (rc = 0; rc == 0 && ended < files->file_count; ended++)
		rc = scan_alone(files, ended, err);
	return rc;
}
