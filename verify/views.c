/* views - see views.h. */
#include "verify/views.h"

#include "verify/compare_views.h"

#include <errno.h>
#include <stdlib.h>

/* The views of the hosts that gave a first one; the later looks may be empty. */
struct showing {
	const struct evidence *e;
	size_t count;
	struct view *look[VIEW_LOOKS]; /* count of them each */
};

static bool promised(const struct evidence *e, uint32_t host, enum view_look look)
{
	return e->strategy->views.looks[host] >> look & 1;
}

bool views_taken(const struct evidence *e)
{
	size_t hosts = 0;

	if (!e->strategy->views.block_bytes)
		return false;
	for (uint32_t host = 0; host < e->manifest->host_count; host++)
		hosts += promised(e, host, VIEW_FIRST);
	return hosts > 1;
}

/* ---- reading ------------------------------------------------------------------ */

/* Load one look of @host, if there is one.  -ENOMEM, or 0: damage is noted. */
static int look_load(struct evidence *e, uint32_t host, enum view_look look,
		     struct view *ret_view)
{
	struct view_identity identity =
		view_identity_of(e->manifest, e->strategy_index, host, look);
	char *path;
	int rc;

	if (!promised(e, host, look))
		return 0;
	path = view_path(e->manifest, e->run_dir, e->strategy_index, host, look);
	rc = path ? view_load(ret_view, path, &identity) : -ENOMEM;
	free(path);
	if (rc == 0 || rc == -ENOMEM)
		return rc;
	e->damaged_views++;
	return 0;
}

static int showing_load(struct showing *s, struct evidence *e)
{
	int rc = 0;

	for (int look = 0; look < VIEW_LOOKS; look++) {
		s->look[look] = calloc(e->manifest->host_count, sizeof(struct view));
		if (!s->look[look])
			return -ENOMEM;
	}
	for (uint32_t host = 0; rc == 0 && host < e->manifest->host_count; host++) {
		struct view *first = &s->look[VIEW_FIRST][s->count];

		rc = look_load(e, host, VIEW_FIRST, first);
		if (rc < 0 || !first->sizes)
			continue;
		for (int look = VIEW_AGAIN; rc == 0 && look < VIEW_LOOKS; look++)
			rc = look_load(e, host, (enum view_look)look,
				       &s->look[look][s->count]);
		s->count++;
	}
	return rc;
}

static void showing_release(struct showing *s)
{
	for (int look = 0; look < VIEW_LOOKS; look++) {
		for (size_t v = 0; s->look[look] && v < s->e->manifest->host_count; v++)
			view_release(&s->look[look][v]);
		free(s->look[look]);
	}
}

/* ---- whose bytes -------------------------------------------------------------- */

struct naming {
	uint64_t at;
	struct record_id id; /* whose byte that is; WRITER_NONE: of no record */
};

static int segment_name(void *context, const struct segment *segment)
{
	struct naming *n = context;

	if ((segment->kind == SEGMENT_RECORD || segment->kind == SEGMENT_PIECE) &&
	    segment->offset <= n->at && n->at < segment->offset + segment->length)
		n->id = segment->id;
	return 0;
}

/* Whose is byte @at of a block that was saved? */
static struct record_id whose_byte(const struct evidence *e, const struct view *view,
				   const struct view_block *block, uint64_t at)
{
	struct naming n = {.at = at, .id.writer = WRITER_NONE};
	struct source source = {0};

	if (at >= block->length ||
	    source_of_bytes(&source, view->bytes + block->bytes_at, block->length) < 0)
		return n.id;
	scan_range(&source, &e->form, at, at + 1, segment_name, &n);
	source_close(&source);
	/* A writer that the run does not have has no records. */
	if (n.id.writer >= e->manifest->rank_count)
		n.id.writer = WRITER_NONE;
	return n.id;
}

/* What two views show of one block. */
struct pair {
	const struct view *a, *b;
	const struct view_block *x, *y;
};

/* Nothing is saved of an empty block, where nothing need be. */
static bool pair_saved(const struct pair *p)
{
	return (p->x->saved || !p->x->length) && (p->y->saved || !p->y->length);
}

/* From where to where in the block do they differ?  All of it, if not saved. */
static void pair_narrow(const struct pair *p, uint32_t *ret_from, uint32_t *ret_end)
{
	uint32_t most = p->x->length > p->y->length ? p->x->length : p->y->length;
	uint32_t least = p->x->length < p->y->length ? p->x->length : p->y->length;
	const uint8_t *left = p->a->bytes + p->x->bytes_at;
	const uint8_t *right = p->b->bytes + p->y->bytes_at;
	uint32_t from = 0, end = most;

	if (pair_saved(p)) {
		while (from < least && left[from] == right[from])
			from++;
		while (most == least && end > from && left[end - 1] == right[end - 1])
			end--;
	}
	*ret_from = from;
	*ret_end = end;
}

/* Where two views differ at @place, and whose bytes each shows there. */
static struct finding difference_describe(const struct evidence *e,
					  const struct view *a, const struct view *b,
					  struct view_place place)
{
	struct pair p = {a, b, view_find(a, place.file, place.index),
			 view_find(b, place.file, place.index)};
	uint64_t start = place.index * e->strategy->views.block_bytes;
	uint64_t x_size = a->sizes[place.file], y_size = b->sizes[place.file];
	struct finding finding =
		evidence_finding(e, ANOMALY_DIVERGENT_VIEW, place.file, start, 0);
	uint32_t from, end;

	finding.host = a->identity.host;
	finding.by_host = b->identity.host;
	if (p.x->length == p.y->length && p.x->digest == p.y->digest) {
		finding.offset = x_size < y_size ? x_size : y_size;
		finding.length = x_size < y_size ? y_size - x_size : x_size - y_size;
		return finding;
	}
	pair_narrow(&p, &from, &end);
	finding.offset += from;
	finding.length = end - from;
	if (pair_saved(&p)) {
		finding.record = whose_byte(e, a, p.x, from);
		finding.by = whose_byte(e, b, p.y, from);
	}
	return finding;
}

/* The first view of a look that shows @place, and differs there from @from if any. */
static const struct view *first_showing(const struct showing *s, enum view_look look,
					struct view_place place,
					const struct view *from)
{
	for (size_t v = 0; v < s->count; v++) {
		const struct view *view = &s->look[look][v];

		if (view->sizes && view_find(view, place.file, place.index) &&
		    (!from || !views_same(from, view, place)))
			return view;
	}
	return NULL;
}

/* ---- the check ------------------------------------------------------------------ */

/* It lasts past every cache. */
static int lasting_add(const struct showing *s, struct evidence *e,
		       struct view_place place)
{
	const struct view *a = first_showing(s, VIEW_DIRECT, place, NULL);
	const struct view *b = first_showing(s, VIEW_DIRECT, place, a);
	struct finding finding = difference_describe(e, a, b, place);

	return evidence_add(e, &finding);
}

/*
 * It healed.  Stale was who differed from what all see now: the bytes are known
 * where reopening did not heal it.
 */
static void stale_add(const struct showing *s, struct evidence *e,
		      struct view_place place, enum agreement direct)
{
	enum view_look now = direct == AGREEMENT_SAME ? VIEW_DIRECT : VIEW_AGAIN;
	const struct view *truth = first_showing(s, now, place, NULL);
	const struct view *stale = first_showing(s, VIEW_AGAIN, place, truth);
	struct stale_cache note = {.healed_direct = stale != NULL};

	if (e->stale_cache++ >= STALE_EXAMPLES)
		return;
	if (!stale)
		stale = first_showing(s, VIEW_FIRST, place, truth);
	/* A block that grew into being since the first look was in nobody's. */
	note.where = stale ? difference_describe(e, stale, truth, place)
			   : evidence_finding(e, ANOMALY_DIVERGENT_VIEW, place.file,
					      truth->sizes[place.file], 0);
	e->stale[e->stale_cache - 1] = note;
}

static int difference_judge(const struct showing *s, struct evidence *e,
			    struct view_place place)
{
	enum agreement again = views_agreement(s->look[VIEW_AGAIN], s->count, place);
	enum agreement direct = views_agreement(s->look[VIEW_DIRECT], s->count, place);

	switch (difference_settle(again, direct)) {
	case DIFFERENCE_LASTING:
		return lasting_add(s, e, place);
	case DIFFERENCE_STALE:
		stale_add(s, e, place, direct);
		return 0;
	default:
		e->untold_differences++;
		return 0;
	}
}

static int differences_judge(const struct showing *s, struct evidence *e)
{
	struct stash differing = STASH_OF(struct view_place);
	int rc = views_differences(s->look[VIEW_FIRST], s->count, &differing,
				   &e->views.blocks);

	e->views.hosts = (uint32_t)s->count;
	e->views.block_bytes = e->strategy->views.block_bytes;
	e->views.of_blocks = views_blocks(s->look[VIEW_FIRST], s->count);
	e->stale_cache = 0;
	for (size_t i = 0; rc == 0 && i < differing.count; i++)
		rc = difference_judge(s, e, ((struct view_place *)differing.items)[i]);
	stash_release(&differing);
	return rc;
}

int views_check(struct evidence *e, struct error *err)
{
	struct showing s = {.e = e};
	int rc = showing_load(&s, e);

	if (rc == 0 && s.count > 1)
		rc = differences_judge(&s, e);
	else
		e->anomalies[ANOMALY_DIVERGENT_VIEW] = COUNT_NULL;
	showing_release(&s);
	if (rc < 0)
		error_sys(err, -rc, "cannot compare what the hosts saw");
	return rc;
}
