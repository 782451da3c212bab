/* follow - see follow.h. */
#include "harness/follow.h"

#include "verify/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is read at a time beyond the end, and watched of one place, beside a record. */
#define AHEAD_BYTES ((size_t)1 << 20)

/*
 * A place is looked at again after an eighth of the time that it has been open, so
 * that times are known to that share and old damage costs little; within these
 * bounds.
 */
#define LOOK_SHARE	 8
#define LOOK_SHORTEST_NS 1000000u
#define LOOK_LONGEST_NS	 500000000u

/* Of more the first are given up: they have been watched the longest. */
#define PATCHES_MAX TAIL_PLACES_MAX

int follow_init(struct follower *follower, const struct follow_io *io,
		const struct record_form *form, struct tail *tail)
{
	struct follower f = {.io = *io, .form = form, .tail = tail};

	f.place_bytes = AHEAD_BYTES + form->plan.max_bytes;
	f.buffer_bytes = 2 * f.place_bytes;
	f.buffer = malloc(f.buffer_bytes);
	if (!f.buffer)
		return -ENOMEM;
	*follower = f;
	return 0;
}

void follow_release(struct follower *follower)
{
	free(follower->buffer);
	free(follower->open.items);
	memset(follower, 0, sizeof(*follower));
}

bool follow_is_settled(const struct follower *follower)
{
	return follower->open.count == 0;
}

/* ---- patches ----------------------------------------------------------------- */

static int patches_add(struct patches *patches, const struct patch *patch)
{
	struct patch *last =
		patches->count ? &patches->items[patches->count - 1] : NULL;

	if (last && last->seen.to == patch->seen.from &&
	    last->seen.nul_ns == patch->seen.nul_ns &&
	    last->seen.part_ns == patch->seen.part_ns) {
		last->seen.to = patch->seen.to;
		return 0;
	}
	if (patches->count == patches->room) {
		size_t room = patches->room ? 2 * patches->room : 16;
		struct patch *grown =
			reallocarray(patches->items, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		patches->items = grown;
		patches->room = room;
	}
	patches->items[patches->count++] = *patch;
	return 0;
}

/* The first that ends behind @offset, by bisection; count if none does. */
static size_t patches_find(const struct patches *patches, uint64_t offset)
{
	size_t low = 0, high = patches->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (patches->items[middle].seen.to <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The end of the place that begins with patch @first: one behind its last patch. */
static size_t place_end(const struct patches *patches, size_t first)
{
	size_t i = first + 1;

	while (i < patches->count &&
	       patches->items[i].seen.from == patches->items[i - 1].seen.to)
		i++;
	return i;
}

static void patches_remove(struct patches *patches, size_t first, size_t end)
{
	memmove(patches->items + first, patches->items + end,
		(patches->count - end) * sizeof(*patches->items));
	patches->count -= end - first;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* ---- taking in what was read ------------------------------------------------------
 */

/* One read: the old patches of the range [from, to), and the new ones. */
struct taking {
	struct follower *f;
	uint64_t from, to;
	uint64_t now_ns;
	struct patches now;
};

/* A record stands there whole: what had been seen in its place? */
static int take_record(struct taking *t, struct record_id id, uint64_t from,
		       uint64_t length)
{
	const struct patches *old = &t->f->open;
	struct tail_figures *figures = &t->f->tail->figures;
	struct sighting sighting = {.id = id, .offset = from, .seen_ns = t->now_ns};
	uint64_t nul_ns = 0, part_ns = 0;

	for (size_t i = patches_find(old, from);
	     i < old->count && old->items[i].seen.from < from + length; i++) {
		nul_ns = earlier(nul_ns, old->items[i].seen.nul_ns);
		part_ns = earlier(part_ns, old->items[i].seen.part_ns);
	}
	figures->records++;
	figures->after_reopen += figures->reopened;
	if (figures->reopened)
		sighting.flags |= SIGHTING_REOPENED;
	if (nul_ns) {
		sighting.flags |= SIGHTING_NULS;
		figures->nuls++;
		figures->nuls_lasting += figures->reopened;
		if (t->now_ns - nul_ns > figures->nul_longest_ns)
			figures->nul_longest_ns = t->now_ns - nul_ns;
	}
	if (part_ns) {
		sighting.flags |= SIGHTING_TORN;
		figures->torn++;
		if (t->now_ns - part_ns > figures->torn_longest_ns)
			figures->torn_longest_ns = t->now_ns - part_ns;
	}
	return tail_add(t->f->tail, &sighting);
}

static uint64_t next_look_ns(uint64_t since_ns, uint64_t now_ns)
{
	uint64_t pause_ns = (now_ns - since_ns) / LOOK_SHARE;

	if (pause_ns < LOOK_SHORTEST_NS)
		return now_ns + LOOK_SHORTEST_NS;
	return now_ns + (pause_ns < LOOK_LONGEST_NS ? pause_ns : LOOK_LONGEST_NS);
}

/* Bytes [@from, @to) are of no whole record; @old is what was known there, or NULL. */
static int take_part(struct taking *t, uint64_t from, uint64_t to, bool nul,
		     const struct patch *old)
{
	struct patch patch = {.seen = {.from = from, .to = to}};

	if (old) {
		patch.seen.nul_ns = old->seen.nul_ns;
		patch.seen.part_ns = old->seen.part_ns;
	}
	if (nul && !patch.seen.nul_ns)
		patch.seen.nul_ns = t->now_ns;
	if (!nul && !patch.seen.part_ns)
		patch.seen.part_ns = t->now_ns;
	patch.due_ns =
		next_look_ns(earlier(patch.seen.nul_ns, patch.seen.part_ns), t->now_ns);
	return patches_add(&t->now, &patch);
}

/* The same, cut where the old patches begin and end. */
static int take_other(struct taking *t, uint64_t from, uint64_t to, bool nul)
{
	const struct patches *old = &t->f->open;
	size_t i = patches_find(old, from);
	int rc = 0;

	while (rc == 0 && from < to) {
		const struct patch *next = i < old->count ? &old->items[i] : NULL;
		uint64_t until = to;
		bool inside = next && next->seen.from <= from;

		if (next && next->seen.from > from && next->seen.from < to)
			until = next->seen.from;
		if (inside && next->seen.to < to)
			until = next->seen.to;
		rc = take_part(t, from, until, nul, inside ? next : NULL);
		i += inside;
		from = until;
	}
	return rc;
}

static int take_segment(void *context, const struct segment *segment)
{
	struct taking *t = context;
	uint64_t from = t->from + segment->offset;

	if (segment->kind == SEGMENT_RECORD)
		return take_record(t, segment->id, from, segment->length);
	return take_other(t, from, from + segment->length,
			  segment->kind == SEGMENT_NUL);
}

/* Of the old patches what lies outside the range stays, and the new ones come between.
 */
static int patches_replace(struct taking *t)
{
	const struct patches *old = &t->f->open;
	struct patches merged = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < old->count; i++) {
		struct patch patch = old->items[i];

		if (patch.seen.to > t->from)
			patch.seen.to =
				patch.seen.from < t->from ? t->from : patch.seen.from;
		if (patch.seen.from < patch.seen.to)
			rc = patches_add(&merged, &patch);
	}
	for (size_t i = 0; rc == 0 && i < t->now.count; i++)
		rc = patches_add(&merged, &t->now.items[i]);
	for (size_t i = 0; rc == 0 && i < old->count; i++) {
		struct patch patch = old->items[i];

		if (patch.seen.from < t->to)
			patch.seen.from = patch.seen.to > t->to ? t->to : patch.seen.to;
		if (patch.seen.from < patch.seen.to)
			rc = patches_add(&merged, &patch);
	}
	if (rc < 0) {
		free(merged.items);
		return rc;
	}
	free(t->f->open.items);
	t->f->open = merged;
	return 0;
}

static void give_up_some(struct follower *f)
{
	while (f->open.count > PATCHES_MAX) {
		patches_remove(&f->open, 0, place_end(&f->open, 0));
		f->tail->figures.given_up++;
	}
}

/* Bytes [@from, @from + @length) of the file are in the buffer. */
static int take(struct follower *f, uint64_t from, size_t length)
{
	struct taking t = {
		.f = f,
		.from = from,
		.to = from + length,
		.now_ns = f->io.now_ns(f->io.context),
	};
	struct source source;
	int rc = source_of_bytes(&source, f->buffer, length);

	if (rc < 0)
		return rc;
	rc = scan_range(&source, f->form, 0, length, take_segment, &t);
	source_close(&source);
	if (rc == 0)
		rc = patches_replace(&t);
	free(t.now.items);
	if (rc < 0)
		return rc;
	if (f->end < t.to)
		f->end = t.to;
	give_up_some(f);
	return 0;
}

/* ---- reading ------------------------------------------------------------------- */

/* Into the buffer; how much there was. */
static ssize_t fetch(struct follower *f, uint64_t from, size_t length)
{
	ssize_t got = f->io.read(f->io.context, from, f->buffer, length);

	if (got < 0)
		return got;
	f->tail->figures.reads++;
	f->tail->figures.bytes += (uint64_t)got;
	return got;
}

/*
 * Of the place of patches [@first, *@end) no more than fits into the buffer is
 * watched on: its last part.
 */
static void place_cut(struct follower *f, size_t first, size_t *end)
{
	struct patch *items = f->open.items;
	uint64_t to = items[*end - 1].seen.to;
	size_t gone = first;

	if (to - items[first].seen.from <= f->place_bytes)
		return;
	while (items[gone].seen.to <= to - f->place_bytes)
		gone++;
	items[gone].seen.from = to - f->place_bytes;
	patches_remove(&f->open, first, gone);
	*end -= gone - first;
	f->tail->figures.given_up++;
}

/*
 * Where to read on: at the end, or from the beginning of a place that reaches up to it,
 * where a record may have begun that was not whole when it was read.  All of the
 * place: to read it from the midst would make parts of records that are whole by now.
 */
static uint64_t read_from(struct follower *f)
{
	const struct patches *open = &f->open;
	size_t first = open->count, end = open->count;

	while (first > 0 &&
	       open->items[first - 1].seen.to ==
		       (first == open->count ? f->end : open->items[first].seen.from))
		first--;
	if (first == end)
		return f->end;
	place_cut(f, first, &end);
	return open->items[first].seen.from;
}

/* What is new, as far as the file gives it. */
static int read_on(struct follower *f)
{
	while (f->end < f->size) {
		uint64_t from = read_from(f);
		ssize_t got = fetch(f, from, f->buffer_bytes);
		int rc;

		if (got < 0)
			return (int)got;
		/* It shows less than its size: another time. */
		if (from + (uint64_t)got <= f->end)
			return 0;
		rc = take(f, from, (size_t)got);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Look again at the place of patches [@first, @end). */
static int look_at(struct follower *f, size_t first, size_t end)
{
	uint64_t now_ns = f->io.now_ns(f->io.context), from;
	struct patch *items;
	ssize_t got;

	place_cut(f, first, &end);
	items = f->open.items;
	from = items[first].seen.from;
	/* Also where the file gives nothing now. */
	for (size_t i = first; i < end; i++)
		items[i].due_ns = next_look_ns(
			earlier(items[i].seen.nul_ns, items[i].seen.part_ns), now_ns);
	got = fetch(f, from, (size_t)(items[end - 1].seen.to - from));
	return got <= 0 ? (int)got : take(f, from, (size_t)got);
}

static bool place_is_due(const struct patches *open, size_t first, size_t end,
			 uint64_t now_ns)
{
	for (size_t i = first; i < end; i++)
		if (open->items[i].due_ns <= now_ns)
			return true;
	return false;
}

static int look_again(struct follower *f)
{
	uint64_t now_ns = f->io.now_ns(f->io.context), at = 0;
	int rc = 0;

	while (rc == 0) {
		size_t first = patches_find(&f->open, at), end;

		if (first == f->open.count)
			break;
		end = place_end(&f->open, first);
		at = f->open.items[end - 1].seen.to;
		if (place_is_due(&f->open, first, end, now_ns))
			rc = look_at(f, first, end);
	}
	return rc;
}

int follow_poll(struct follower *f)
{
	struct tail_figures *figures = &f->tail->figures;
	uint64_t size = 0;
	int rc = f->io.size(f->io.context, &size);

	if (rc < 0)
		return rc;
	if (size < f->size) {
		figures->backwards++;
		if (f->size - size > figures->backwards_bytes)
			figures->backwards_bytes = f->size - size;
	}
	f->size = size;
	rc = read_on(f);
	return rc < 0 ? rc : look_again(f);
}

void follow_reopened(struct follower *f)
{
	f->tail->figures.reopened = true;
	for (size_t i = 0; i < f->open.count; i++)
		f->open.items[i].due_ns = 0;
}

int follow_conclude(struct follower *f)
{
	struct tail *tail = f->tail;

	tail->figures.ended_ns = f->io.now_ns(f->io.context);
	tail->places = calloc(f->open.count + 1, sizeof(*tail->places));
	if (!tail->places)
		return -ENOMEM;
	for (size_t i = 0; i < f->open.count; i++)
		tail->places[tail->place_count++] = f->open.items[i].seen;
	return 0;
}
