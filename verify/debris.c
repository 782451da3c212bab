/* debris - see debris.h. */
#include "verify/debris.h"

#include "verify/sparse.h"

#include <errno.h>

struct stretch {
	uint32_t file;
	int64_t from, to;
};

void debris_init(struct debris *debris)
{
	debris->nul = STASH_OF(struct stretch);
	debris->foreign = STASH_OF(struct stretch);
	debris->sorted = 0;
}

void debris_release(struct debris *debris)
{
	stash_release(&debris->nul);
	stash_release(&debris->foreign);
}

static int explain(struct stash *stash, uint32_t file, int64_t from, int64_t to)
{
	struct stretch stretch = {.file = file, .from = from, .to = to};

	return from < to ? stash_add(stash, &stretch) : 0;
}

int debris_explain_nul(struct debris *debris, uint32_t file, int64_t from, int64_t to)
{
	return explain(&debris->nul, file, from, to);
}

int debris_explain_foreign(struct debris *debris, uint32_t file, int64_t from,
			   int64_t to)
{
	return explain(&debris->foreign, file, from, to);
}

static int compare_stretches(const void *a, const void *b)
{
	const struct stretch *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

/* Sort, and join those that touch, so that one pass can subtract them. */
static void stretches_merge(struct stash *stash)
{
	struct stretch *all;
	size_t kept = 0;

	stash_sort(stash, compare_stretches);
	all = stash->items;
	for (size_t i = 1; i < stash->count; i++) {
		if (all[i].file == all[kept].file && all[i].from <= all[kept].to) {
			if (all[i].to > all[kept].to)
				all[kept].to = all[i].to;
		} else {
			all[++kept] = all[i];
		}
	}
	if (stash->count)
		stash->count = kept + 1;
}

void debris_sort(struct debris *debris)
{
	stretches_merge(&debris->foreign);
	debris->sorted = debris->foreign.count;
}

uint64_t debris_foreign_end(const struct debris *debris, uint32_t file, uint64_t offset)
{
	const struct stretch *all = debris->foreign.items;
	size_t low = 0, high = debris->sorted;

	/* The first stretch that ends after offset. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct stretch *s = &all[middle];

		if (s->file < file || (s->file == file && s->to <= (int64_t)offset))
			low = middle + 1;
		else
			high = middle;
	}
	if (low < debris->sorted && all[low].file == file &&
	    all[low].from <= (int64_t)offset)
		return (uint64_t)all[low].to;
	return offset;
}

/* One kind of damage being counted, in order of file and offset. */
struct counter {
	struct evidence *e;
	enum anomaly kind;	 /* of regions */
	enum anomaly bytes_kind; /* of their bytes */
	const struct stash *explained;
	size_t next;	       /* the first stretch not yet passed */
	struct finding region; /* the region that grows, or length 0 */
	uint32_t region_file;
	struct sparse sparse;
};

static int region_end(struct counter *c)
{
	struct finding region = c->region;
	bool proven = c->e->damaged_histories == 0;

	c->region.length = 0;
	if (!region.length)
		return 0;
	c->e->anomalies[c->bytes_kind] += (int64_t)region.length;
	c->e->proven[c->bytes_kind] += proven ? (int64_t)region.length : 0;
	if (c->kind == ANOMALY_GAP && c->e->anomalies[c->kind] < FINDINGS_PER_KIND)
		region.nature =
			sparse_look(&c->sparse, c->e->file_paths[c->region_file],
				    c->region_file, region.offset, region.length);
	return evidence_add(c->e, &region);
}

/*
 * Bytes [@from, @to) of @damage are explained by nothing.  Whose bytes strayed into
 * a region its finding names: the first of them.
 */
static int region_add(struct counter *c, const struct damage *damage, int64_t from,
		      int64_t to)
{
	int rc = 0;

	if (from >= to)
		return 0;
	if (!c->region.length || c->region_file != damage->file ||
	    c->region.offset + c->region.length != (uint64_t)from) {
		rc = region_end(c);
		c->region = evidence_finding(c->e, c->kind, damage->file,
					     (uint64_t)from, 0);
		c->region_file = damage->file;
	}
	c->region.length += (uint64_t)(to - from);
	if (c->region.by.writer == WRITER_NONE && (int64_t)damage->named_at >= from &&
	    (int64_t)damage->named_at < to)
		c->region.by = damage->segment.id;
	return rc;
}

/* Take what is explained out of @damage; the rest grows regions. */
static int damage_count(struct counter *c, const struct damage *damage)
{
	const struct stretch *all = c->explained->items;
	int64_t at = (int64_t)damage->segment.offset;
	int64_t end = at + (int64_t)damage->segment.length;
	int rc = 0;

	for (; rc == 0 && c->next < c->explained->count; c->next++) {
		const struct stretch *s = &all[c->next];

		if (s->file > damage->file ||
		    (s->file == damage->file && s->from >= end))
			break;
		if (s->file < damage->file || s->to <= at)
			continue;
		rc = region_add(c, damage, at, s->from);
		at = s->to;
		if (at >= end)
			return rc; /* the next damage may need this stretch too */
	}
	return rc < 0 ? rc : region_add(c, damage, at, end);
}

/* NULs up to the next slot are the padding of a strategy with aligned slots. */
static bool is_padding(const struct evidence *e, const struct segment *segment)
{
	uint64_t slot = e->strategy->padding_bytes;

	return slot && segment->length < slot &&
	       (segment->offset + segment->length) % slot == 0;
}

/* A piece that no lost or unknown record accounts for. */
static bool is_stray(const struct evidence *e, const struct segment *segment)
{
	const struct writer_evidence *w = &e->writers[segment->id.writer];
	struct history_entry entry;

	if (segment->id.seq >= w->history.count)
		return !w->damaged;
	if (history_get(&w->history, segment->id.seq, &entry) < 0)
		return false;
	return evidence_found(e, segment->id) || entry.outcome == OUTCOME_FAILED;
}

int debris_count_rest(struct evidence *e, struct debris *debris)
{
	struct counter gap = {
		.e = e,
		.kind = ANOMALY_GAP,
		.bytes_kind = ANOMALY_GAP_BYTES,
		.explained = &debris->nul,
		.sparse = SPARSE_NONE,
	};
	struct counter foreign = {
		.e = e,
		.kind = ANOMALY_FOREIGN,
		.bytes_kind = ANOMALY_FOREIGN_BYTES,
		.explained = &debris->foreign,
		.sparse = SPARSE_NONE,
	};
	const struct damage *all = e->damage.items;
	int rc = 0;

	stretches_merge(&debris->nul);
	stretches_merge(&debris->foreign);
	for (size_t i = 0; rc == 0 && i < e->damage.count; i++) {
		const struct segment *segment = &all[i].segment;

		if (segment->kind == SEGMENT_NUL && !is_padding(e, segment))
			rc = damage_count(&gap, &all[i]);
		else if (segment->kind == SEGMENT_FOREIGN ||
			 (segment->kind == SEGMENT_PIECE && is_stray(e, segment)))
			rc = damage_count(&foreign, &all[i]);
	}
	if (rc == 0)
		rc = region_end(&gap);
	if (rc == 0)
		rc = region_end(&foreign);
	sparse_release(&gap.sparse);
	return rc;
}
