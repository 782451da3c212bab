/*
 * model_map - whose is each byte of a file: an intact record's, a piece's, a NUL, or
 * nobody's.
 */
#include "tests/mutate/model_parts.h"

#include "tests/mutate/text.h"

#include <stdlib.h>
#include <string.h>

bool model_fits(const struct model_file *f, const struct model_text *text,
		int64_t implied, int64_t at)
{
	return at >= 0 && at < f->length && at >= implied &&
	       at - implied < text->size && f->bytes[at] == text->bytes[at - implied];
}

static void intact_find(struct model *m, struct model_file *f)
{
	for (int64_t at = 0; at + RECORD_MIN_BYTES <= f->length; at++) {
		struct record_id id;
		uint32_t position;
		const struct model_text *text;

		if (f->bytes[at] != '#' ||
		    !text_is_cell(&m->plan, f->bytes + at, &id, &position))
			continue;
		text = model_text(m, id);
		if (at + text->size > f->length ||
		    memcmp(f->bytes + at, text->bytes, text->size) != 0)
			continue;
		for (int64_t i = at; i < at + text->size; i++) {
			f->map[i].owner = INTACT;
			f->map[i].id = id;
		}
		f->map[at].head = true;
	}
}

static int compare_runs(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* All the cells of a run imply the same: each by itself, a large record took minutes.
 */
static bool within_last(const struct model_file *f, const struct run *run)
{
	const struct run *last;

	if (!f->run_count)
		return false;
	last = &f->runs[f->run_count - 1];
	return same(last->id, run->id) && last->implied == run->implied &&
	       run->from < last->to;
}

/* All maximal runs with a whole cell; each byte is counted with the one begun first. */
static void pieces_find(struct model *m, struct model_file *f)
{
	for (int64_t at = 0; at + CELL <= f->length; at++) {
		const struct model_text *text;
		struct run run = {.from = at, .to = at};
		uint32_t position;

		if (f->map[at].owner == INTACT ||
		    !text_is_cell(&m->plan, f->bytes + at, &run.id, &position))
			continue;
		text = model_text(m, run.id);
		run.implied = at - position;
		if (within_last(f, &run))
			continue;
		while (model_fits(f, text, run.implied, run.from - 1))
			run.from--;
		while (model_fits(f, text, run.implied, run.to))
			run.to++;
		if (f->run_count && same(f->runs[f->run_count - 1].id, run.id) &&
		    f->runs[f->run_count - 1].from == run.from)
			continue;
		f->runs = craft_grow(f->runs, (f->run_count + 1) * sizeof(run));
		f->runs[f->run_count++] = run;
	}
	if (f->run_count)
		qsort(f->runs, f->run_count, sizeof(*f->runs), compare_runs);
	for (size_t i = 0; i < f->run_count; i++)
		for (int64_t at = f->runs[i].from; at < f->runs[i].to; at++)
			if (f->map[at].owner == NOBODY) {
				f->map[at].owner = PIECE;
				f->map[at].id = f->runs[i].id;
			}
}

bool model_belongs(const struct model *m, struct record_id id, uint32_t number)
{
	return id.writer < m->m->rank_count &&
	       (m->s->shared_file || id.writer == number);
}

void model_map_file(struct model *m, uint32_t number)
{
	const struct craft_file *from = &m->craft->files[number];
	struct model_file *f = &m->files[number];

	f->bytes = from->bytes;
	f->length = from->vanished ? 0 : (int64_t)from->length;
	f->map = craft_grow(NULL, (size_t)f->length * sizeof(*f->map));
	memset(f->map, 0, (size_t)f->length * sizeof(*f->map));
	intact_find(m, f);
	pieces_find(m, f);
	for (int64_t at = 0; at < f->length; at++) {
		struct byte *b = &f->map[at];

		if (b->owner == NOBODY && !f->bytes[at])
			b->owner = NULS;
		if ((b->owner == INTACT || b->owner == PIECE) &&
		    !model_belongs(m, b->id, number))
			*b = (struct byte){.owner = NOBODY};
	}
}
