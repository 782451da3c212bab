/* place - see place.h. */
#include "verify/place.h"

static const struct damage *damage_at(const struct evidence *e, size_t index)
{
	return (const struct damage *)e->damage.items + index;
}

static bool damage_ends_after(const struct damage *damage, uint32_t file,
			      uint64_t offset)
{
	if (damage->file != file)
		return damage->file > file;
	return damage->segment.offset + damage->segment.length > offset;
}

size_t damage_find(const struct evidence *e, uint32_t file, uint64_t offset)
{
	size_t low = 0, high = e->damage.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (damage_ends_after(damage_at(e, middle), file, offset))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void other_note(struct place_content *content, uint64_t at, uint64_t bytes,
		       struct record_id id)
{
	if (!bytes)
		return;
	if (!content->others) {
		content->other_at = (int64_t)at;
		content->other = id;
	}
	content->others += bytes;
}

/*
 * Where the bytes before @to begin that fit a piece of @id in @place, though they
 * stand in damage number @index, a piece of another; @to if there are none.
 */
static uint64_t shared_from(const struct evidence *e, size_t index, uint64_t to,
			    const struct place *place, struct record_id id)
{
	for (size_t i = index + 1; i < e->damage.count; i++) {
		const struct segment *s = &damage_at(e, i)->segment;

		if (damage_at(e, i)->file != place->file ||
		    s->offset >= to + 2 * RECORD_CELL_BYTES)
			break;
		if (s->kind == SEGMENT_PIECE && s->id.writer == id.writer &&
		    s->id.seq == id.seq &&
		    (int64_t)s->offset - s->position == place->from)
			return s->offset - s->shared < to ? s->offset - s->shared : to;
	}
	return to;
}

/* Bytes [@at, @to) of damage number @index stand in @place. */
static void damage_note(struct place_content *content, const struct evidence *e,
			size_t index, uint64_t at, uint64_t to,
			const struct place *place, struct record_id id)
{
	const struct segment *segment = &damage_at(e, index)->segment;
	uint64_t own;

	switch (segment->kind) {
	case SEGMENT_NUL:
		content->nul += to - at;
		break;
	case SEGMENT_PIECE:
		own = at;
		if (segment->id.writer != id.writer || segment->id.seq != id.seq)
			own = shared_from(e, index, to, place, id);
		own = own > at ? own : at;
		other_note(content, at, own - at, segment->id);
		content->own += to - own;
		break;
	default:
		content->foreign += to - at;
	}
}

struct place_content place_look(const struct evidence *e, const struct place *place,
				struct record_id id)
{
	static const struct record_id nobody = {.writer = WRITER_NONE};
	struct place_content content = {.other.writer = WRITER_NONE, .other_at = -1};
	int64_t end = place->from + place->length;
	int64_t file_end = (int64_t)e->file_bytes[place->file];
	uint64_t at = place->from < 0 ? 0 : (uint64_t)place->from;
	uint64_t stop = end < 0 ? 0 : (uint64_t)(end < file_end ? end : file_end);

	if (stop <= at) {
		content.outside = place->length;
		return content;
	}
	content.outside = place->length - (stop - at);
	for (size_t i = damage_find(e, place->file, at); at < stop; i++) {
		const struct damage *d = i < e->damage.count ? damage_at(e, i) : NULL;
		uint64_t from = stop, to = stop;

		if (d && d->file == place->file && d->segment.offset < stop) {
			from = d->segment.offset > at ? d->segment.offset : at;
			to = d->segment.offset + d->segment.length;
			to = to < stop ? to : stop;
		}
		/* What is no damage is part of an intact record. */
		other_note(&content, at, from - at, nobody);
		if (to > from)
			damage_note(&content, e, i, from, to, place, id);
		at = to;
	}
	return content;
}
