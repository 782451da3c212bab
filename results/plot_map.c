/*
 * plot_map - who wrote where and when, and what was lost there.
 *
 * Single records cannot be seen in a picture of a whole run, so that is drawn in
 * cells; and a few appends, where something was lost, are drawn one by one.
 */
#include "results/plot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "results/format.h"
#include "results/map_detail.h"

enum {
	CELL_COLUMNS = 160,
	CELL_ROWS_MAX = 64, /* beyond, several ranks share a row */
};

struct points {
	struct map_point *items;
	size_t count;
	size_t lost;	 /* of count */
	size_t unplaced; /* lost, and nobody knows from where */
};

static void add_fact(struct points *points, const struct chronicle *chronicle,
		     const struct record_fact *fact)
{
	struct map_point *point = &points->items[points->count];
	bool lost = plot_is_lost(fact->fate);
	struct history_entry entry;
	int64_t offset;

	if (!lost && fact->found_offset < 0)
		return;
	if (!chronicle_entry(chronicle, fact->id, &entry) ||
	    entry.outcome == OUTCOME_OPEN)
		return;
	offset = lost ? entry.offset : fact->found_offset;
	if (offset < 0) {
		points->unplaced++;
		return;
	}
	point->begin_s = chronicle_time_s(chronicle, fact->id.writer, entry.locked_ns);
	point->offset = (uint64_t)offset;
	point->bytes = record_size(&chronicle->form, fact->id);
	point->rank = fact->id.writer;
	point->lost = lost;
	points->count++;
	points->lost += lost;
}

static int by_begin(const void *a, const void *b)
{
	const struct map_point *pa = a, *pb = b;

	return pa->begin_s < pb->begin_s ? -1 : pa->begin_s > pb->begin_s;
}

static int by_offset(const void *a, const void *b)
{
	const struct map_point *pa = a, *pb = b;

	if (pa->offset != pb->offset)
		return pa->offset < pb->offset ? -1 : 1;
	return by_begin(a, b);
}

/* Neighbours are what competes: by place in one file, by time in many. */
static int collect(struct points *points, const struct chronicle *chronicle,
		   const struct judgment *judgment, bool shared)
{
	points->items = calloc(judgment->fact_count + 1, sizeof(*points->items));
	if (!points->items)
		return -ENOMEM;
	for (size_t i = 0; i < judgment->fact_count; i++)
		add_fact(points, chronicle, &judgment->facts[i]);
	qsort(points->items, points->count, sizeof(*points->items),
	      shared ? by_offset : by_begin);
	return 0;
}

static uint64_t end_of_file(const struct points *points)
{
	uint64_t end = 1;

	for (size_t i = 0; i < points->count; i++)
		if (points->items[i].offset + points->items[i].bytes > end)
			end = points->items[i].offset + points->items[i].bytes;
	return end;
}

/* As many columns as there may be, but none shorter than a record: no gaps. */
static uint64_t choose_column_bytes(const struct points *points)
{
	uint64_t bytes = end_of_file(points) / CELL_COLUMNS + 1;

	for (size_t i = 0; i < points->count; i++)
		if (points->items[i].bytes > bytes)
			bytes = points->items[i].bytes;
	return bytes;
}

/* Block 0: the file in columns, the ranks in rows; empty cells are left out. */
static int put_cells(FILE *data, const struct points *points, uint32_t ranks)
{
	struct {
		uint64_t records, lost;
	} *cells = calloc(CELL_COLUMNS * CELL_ROWS_MAX, sizeof(*cells)), *cell;
	uint64_t column_bytes = choose_column_bytes(points);
	uint32_t row_ranks = (ranks + CELL_ROWS_MAX - 1) / CELL_ROWS_MAX;

	if (!cells)
		return -ENOMEM;
	for (size_t i = 0; i < points->count; i++) {
		const struct map_point *point = &points->items[i];

		cell = &cells[point->rank / row_ranks * CELL_COLUMNS +
			      point->offset / column_bytes];
		cell->records++;
		cell->lost += point->lost;
	}
	for (uint32_t row = 0; row < CELL_ROWS_MAX; row++) {
		for (uint64_t column = 0; column < CELL_COLUMNS; column++) {
			cell = &cells[row * CELL_COLUMNS + column];
			if (cell->records > 0)
				fprintf(data,
					"%" PRIu64 "\t%" PRIu64 "\t%" PRIu32
					"\t%" PRIu32 "\t%" PRIu64 "\t%" PRIu64 "\n",
					column * column_bytes,
					(column + 1) * column_bytes, row * row_ranks,
					(row + 1) * row_ranks - 1, cell->records,
					cell->lost);
		}
	}
	free(cells);
	return 0;
}

static void put_scale(FILE *settings, const struct points *points)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
	uint64_t end = end_of_file(points), scale = 1;
	size_t unit = 0;

	while (end / scale >= 2048 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		scale *= 1024;
		unit++;
	}
	fprintf(settings,
		"scale = %" PRIu64 ".0\nunit = '%s'\nlast_offset = %" PRIu64 ".0\n",
		scale, units[unit], end);
}

static void put_map_titles(FILE *settings, const struct output_context *context,
			   size_t strategy, const struct points *points)
{
	const struct manifest *manifest = context->result->manifest;
	const struct manifest_strategy *s = &manifest->strategies[strategy];
	char *name = printable_name(s->name);
	char title[256], more[96] = "";

	snprintf(title, sizeof(title), "Who wrote where: %s", name ? name : "?");
	if (points->unplaced > 0)
		snprintf(more, sizeof(more), "; %zu lost whose place is not known",
			 points->unplaced);
	put_plot_titles(settings, manifest, title, more);
	fprintf(settings, "shared = %d\n", s->shared_file);
	fputs(s->shared_file
		      ? "where = 'offset in the file'\n"
			"overview_label = 'The whole file: who wrote which part'\n"
		      : "where = 'offset in each file'\n"
			"overview_label = 'All files, one for each rank'\n",
	      settings);
	free(name);
}

static int put_map(const struct output_context *context, size_t strategy,
		   struct points *points, FILE *data, FILE *settings)
{
	const struct manifest *manifest = context->result->manifest;
	bool shared = manifest->strategies[strategy].shared_file;
	struct map_window window =
		map_choose_window(points->items, points->count, shared);
	int rc = put_cells(data, points, manifest->rank_count);

	if (rc < 0)
		return rc;
	put_map_titles(settings, context, strategy, points);
	put_scale(settings, points);
	fprintf(settings, "ranks = %" PRIu32 "\nlost = %zu\n", manifest->rank_count,
		points->lost);
	rc = map_put_detail(data, settings, manifest, &points->items[window.first],
			    window.end - window.first, shared);
	putc('\n', settings);
	return rc;
}

int plot_map(const struct output_context *context, size_t strategy, FILE *data,
	     FILE *settings)
{
	struct points points = {0};
	int rc = collect(&points, &context->chronicles[strategy],
			 &context->result->judgments[strategy],
			 context->result->manifest->strategies[strategy].shared_file);

	if (rc == 0)
		rc = points.count > 0
			     ? put_map(context, strategy, &points, data, settings)
			     : -ENODATA;
	free(points.items);
	return rc;
}
