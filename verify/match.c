/* match - see match.h. */
#include "verify/match.h"

#include "verify/chain.h"
#include "verify/handoff.h"
#include "verify/recollect.h"
#include "verify/scan_files.h"

#include <errno.h>
#include <string.h>

/* What the pass remembers of the file so far. */
struct matcher {
	struct evidence *e;
	bool chain;			   /* chain_applies() */
	struct recollection *recollection; /* NULL: entries are read when it is their
					      turn */
	uint32_t file;
	struct latest invoked; /* of the first intact copies so far */
	uint64_t last_end;     /* where the last of these ends */

	/* The last one, and room for the next: an entry is too large to be copied. */
	struct effect effects[2];
	unsigned int last;
};

/* Whose bytes are they: of a piece, or of a record or piece in the wrong file? */
static struct record_id damage_owner(const struct matcher *m,
				     const struct segment *segment, bool named)
{
	static const struct record_id nobody = {.writer = WRITER_NONE};

	return named && segment->id.writer < m->e->manifest->rank_count ? segment->id
									: nobody;
}

/* The damage that ends where @segment begins, if both are foreign. */
static struct damage *foreign_before(struct matcher *m, const struct segment *segment)
{
	struct stash *all = &m->e->damage;
	struct damage *last;

	if (!all->count || segment->kind != SEGMENT_FOREIGN)
		return NULL;
	last = (struct damage *)all->items + all->count - 1;
	if (last->file != m->file || last->segment.kind != SEGMENT_FOREIGN ||
	    last->segment.offset + last->segment.length != segment->offset)
		return NULL;
	return last;
}

/* Foreign runs that touch are one: a record of nobody may stand beside junk. */
static int damage_add(struct matcher *m, const struct segment *segment)
{
	struct damage damage = {
		.segment = *segment, .named_at = segment->offset, .file = m->file};
	struct damage *last = foreign_before(m, segment);

	if (last) {
		last->segment.length += segment->length;
		if (last->segment.id.writer == WRITER_NONE) {
			last->segment.id = segment->id;
			last->named_at = segment->offset;
		}
		return 0;
	}
	return stash_add(&m->e->damage, &damage);
}

/* Count @kind of the record @id in @segment, perhaps because of @by. */
static int finding_add(struct matcher *m, enum anomaly kind,
		       const struct segment *segment, const struct record_id *by)
{
	struct finding finding =
		evidence_finding(m->e, kind, m->file, segment->offset, segment->length);

	finding.record = segment->id;
	if (by)
		finding.by = *by;
	return evidence_add(m->e, &finding);
}

/* Does this first copy stand behind one that it should stand before? */
static int order_check(struct matcher *m, const struct segment *segment,
		       const struct history_entry *entry)
{
	struct writer_evidence *w = &m->e->writers[segment->id.writer];
	uint32_t host = evidence_host(m->e, segment->id.writer);
	struct record_id before = {segment->id.writer, w->highest_found};
	struct moment invoked, completed;
	int rc = 0;

	if (w->any_found && segment->id.seq < w->highest_found)
		rc = finding_add(m, ANOMALY_WRITER_DISORDER, segment, &before);
	else
		w->highest_found = segment->id.seq;
	w->any_found = true;
	if (rc == 0 && entry->outcome == OUTCOME_ACKNOWLEDGED) {
		completed = timeline_moment(m->e->manifest, host, entry->completed_ns);
		if (latest_after(&m->invoked, &completed, &before))
			rc = finding_add(m, ANOMALY_REALTIME_DISORDER, segment,
					 &before);
	}
	invoked = timeline_moment(m->e->manifest, host, entry->invoke_ns);
	latest_add(&m->invoked, &invoked, segment->id);
	return rc;
}

/* The first intact copy of a record; what its writer's history knows is in the room. */
static int first_copy(struct matcher *m, const struct segment *segment)
{
	const struct effect *last = &m->effects[m->last];
	struct effect *effect = &m->effects[!m->last];
	const struct history_entry *entry = &effect->entry;
	struct record_id id = segment->id;
	enum record_fate fate = FATE_INTACT;
	int rc = 0;

	m->e->writers[id.writer].found[id.seq / 64] |= (uint64_t)1 << id.seq % 64;
	if (entry->outcome == OUTCOME_ACKNOWLEDGED) {
		m->e->intact++;
	} else if (entry->outcome == OUTCOME_FAILED) {
		fate = FATE_UNEXPECTED;
		rc = finding_add(m, ANOMALY_UNEXPECTED, segment, NULL);
	} else {
		fate = FATE_RECOVERED;
		m->e->recovered++;
	}
	evidence_fact(m->e, id, fate, (int64_t)segment->offset);
	if (rc == 0)
		rc = order_check(m, segment, entry);
	handoff_count(m->e, last, id, entry);
	if (rc == 0 && m->last_end == segment->offset && m->chain)
		rc = chain_check(m->e, last, id, entry, segment->offset);
	effect->any = true;
	effect->id = id;
	m->last = !m->last;
	m->last_end = segment->offset + segment->length;
	return rc;
}

/* What its writer remembers of the record is put into the room. */
static bool entry_take(struct matcher *m, const struct segment *segment)
{
	struct history_entry *room = &m->effects[!m->last].entry;
	const struct history *history = &m->e->writers[segment->id.writer].history;

	if (!segment->note)
		return history_get(history, segment->id.seq, room) == 0;
	*room = *(const struct history_entry *)segment->note;
	return true;
}

static int record_match(struct matcher *m, const struct segment *segment)
{
	struct writer_evidence *w = &m->e->writers[segment->id.writer];

	/* An append that a whole history does not know was never begun. */
	if (segment->id.seq >= w->history.count)
		return w->damaged ? 0
				  : finding_add(m, ANOMALY_UNEXPECTED, segment, NULL);
	if (evidence_found(m->e, segment->id))
		return finding_add(m, ANOMALY_DUPLICATE, segment, NULL);
	if (!entry_take(m, segment))
		return 0; /* a damaged history, known already or by evidence_recheck */
	return first_copy(m, segment);
}

static int segment_match(void *context, const struct segment *segment)
{
	struct matcher *m = context;
	bool named = segment->kind == SEGMENT_RECORD || segment->kind == SEGMENT_PIECE;
	/* A writer that is not of this run, or that has a file of its own elsewhere. */
	bool strayed =
		named &&
		(segment->id.writer >= m->e->manifest->rank_count ||
		 (!m->e->strategy->shared_file && segment->id.writer != m->file));
	struct segment damage;

	if (segment->kind == SEGMENT_RECORD && !strayed)
		return record_match(m, segment);
	damage = *segment;
	damage.id = damage_owner(m, segment, named);
	damage.note = NULL;
	if (strayed)
		damage.kind = SEGMENT_FOREIGN;
	return damage_add(m, &damage);
}

/* ---- all files ------------------------------------------------------------------ */

static int file_open(void *context, uint32_t file, struct source *ret_source,
		     struct error *err)
{
	const struct matcher *m = context;

	return source_open(ret_source, m->e->file_paths[file],
			   m->e->manifest->max_bytes + RECORD_CELL_BYTES + (1 << 14),
			   SOURCE_AHEAD, !m->e->manifest->local_fs, err);
}

static int file_begin(void *context, uint32_t file, const struct source *source)
{
	struct matcher *m = context;

	(void)source;
	m->file = file;
	m->last_end = 0;
	m->effects[0].any = m->effects[1].any = false;
	return latest_init(&m->invoked, m->e->manifest->host_count);
}

/*
 * Has it become shorter since it was opened?  Where hosts listed what it holds nobody
 * meets its end: an NFS client fills up by NULs what its server does not send of the
 * size that it knows (nfs_read_completion() in fs/nfs/read.c).  So the size is asked
 * anew, by an open that asks the server (close-to-open, nfs(5)).
 */
static void size_recheck(struct evidence *e, uint32_t file, const struct source *source)
{
	struct source now;
	int rc = source_open(&now, e->file_paths[file], 1, 0, false, NULL);

	if (rc < 0) {
		e->unreadable = -rc;
		return;
	}
	e->shrunk |= now.size_bytes < source->size_bytes;
	source_close(&now);
}

/* On several threads: nothing of the matcher changes that they look at. */
static void records_prepare(void *context, uint32_t member, struct segment *segments,
			    size_t count)
{
	const struct matcher *m = context;

	recollect(m->recollection, member, segments, count);
}

static int file_end(void *context, uint32_t file, const struct source *source, int rc,
		    struct error *err)
{
	struct matcher *m = context;
	struct evidence *e = m->e;

	/* What stands behind an unreadable block nobody knows. */
	if (rc < 0 && source->errnum) {
		e->unreadable = source->errnum;
		rc = 0;
	}
	if (rc < 0)
		error_sys(err, -rc, "cannot judge the data file %s",
			  e->file_paths[file]);
	else if (e->means.shares && !source->errnum)
		size_recheck(e, file, source);
	e->file_bytes[file] = source->size_bytes;
	e->shrunk |= source->shrunk;
	latest_release(&m->invoked);
	return rc;
}

/* What the hosts found, if this is so judged; without memory for it all is read. */
static struct shares *hosts_shares(const struct evidence *e)
{
	struct share_identity identity = {
		.strategy_index = (uint32_t)e->strategy_index,
		.parts = e->means.shares,
	};

	if (!identity.parts)
		return NULL;
	memcpy(identity.run_id, e->manifest->run_id, sizeof(identity.run_id));
	return shares_open(e->means.shares_dir, &identity, &e->form,
			   e->strategy->padding_bytes);
}

int match_files(struct evidence *evidence, struct error *err)
{
	struct matcher m = {.e = evidence, .chain = chain_applies(evidence)};
	struct scan_files files = {
		.form = &evidence->form,
		.file_count = evidence->file_count,
		.means = evidence->means,
		.open = file_open,
		.begin = file_begin,
		.sink = segment_match,
		.end = file_end,
		.context = &m,
	};
	int rc;

	if (m.chain)
		evidence->anomalies[ANOMALY_STALE_READ] = 0;
	files.shares = hosts_shares(evidence);
	if (evidence->means.threads > 1 || files.shares)
		m.recollection = recollect_open(evidence);
	if (m.recollection)
		files.prepare = records_prepare;
	rc = scan_files(&files, err);
	shares_close(files.shares);
	recollect_close(m.recollection, evidence);
	return rc;
}
