/* plot_map - who wrote where and when, and what was lost there. */
#include "results/plot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "results/format.h"

/* Points that a picture still shows apart, and a viewer still opens. */
enum {
	INTACT_MAX = 10000,
	LOST_MAX = 5000,
	DETAIL_BOXES = 24,
};

/* One append that has a place in the file. */
struct point {
	double begin_s; /* the lock was granted, or the append invoked */
	double end_s;	/* the write returned */
	uint64_t offset;
	uint32_t bytes;
	uint32_t rank;
	bool lost;
};

struct points {
	struct point *items;
	size_t count;
	size_t lost;	 /* of count */
	size_t unplaced; /* lost, and nobody knows from where */
};

static bool is_lost(enum record_fate fate)
{
	return fate == FATE_OVERWRITTEN || fate == FATE_INTERLEAVED ||
	       fate == FATE_TORN || fate == FATE_CORRUPTED || fate == FATE_MISSING;
}

static void add_fact(struct points *points, const struct chronicle *chronicle,
		     const struct record_fact *fact)
{
	struct point *point = &points->items[points->count];
	bool lost = is_lost(fact->fate);
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
	point->end_s = chronicle_time_s(chronicle, fact->id.writer, entry.written_ns);
	point->offset = (uint64_t)offset;
	point->bytes = record_size(&chronicle->form, fact->id);
	point->rank = fact->id.writer;
	point->lost = lost;
	points->count++;
	points->lost += lost;
}

static int by_end(const void *a, const void *b)
{
	const struct point *pa = a, *pb = b;

	return pa->end_s < pb->end_s ? -1 : pa->end_s > pb->end_s;
}

/* Collect them in order of time. */
static int collect(struct points *points, const struct chronicle *chronicle,
		   const struct judgment *judgment)
{
	points->items = calloc(judgment->fact_count + 1, sizeof(*points->items));
	if (!points->items)
		return -ENOMEM;
	for (size_t i = 0; i < judgment->fact_count; i++)
		add_fact(points, chronicle, &judgment->facts[i]);
	qsort(points->items, points->count, sizeof(*points->items), by_end);
	return 0;
}

static size_t stride_for(size_t count, size_t max)
{
	return count > max ? (count + max - 1) / max : 1;
}

/* Block 0: seconds, offset, rank, lost. */
static void put_overview(FILE *data, const struct points *points)
{
	size_t strides[] = {stride_for(points->count - points->lost, INTACT_MAX),
			    stride_for(points->lost, LOST_MAX)};
	size_t seen[] = {0, 0};

	for (size_t i = 0; i < points->count; i++) {
		const struct point *point = &points->items[i];

		if (seen[point->lost]++ % strides[point->lost] == 0)
			fprintf(data, "%.9f\t%" PRIu64 "\t%" PRIu32 "\t%d\n",
				point->end_s, point->offset, point->rank, point->lost);
	}
}

/* Around the first loss; around the middle where nothing was lost. */
static size_t choose_detail(const struct points *points)
{
	size_t centre = points->count / 2;

	for (size_t i = 0; i < points->count; i++) {
		if (points->items[i].lost) {
			centre = i;
			break;
		}
	}
	if (centre + DETAIL_BOXES / 2 > points->count)
		centre = points->count > DETAIL_BOXES / 2
				 ? points->count - DETAIL_BOXES / 2
				 : 0;
	return centre > DETAIL_BOXES / 2 ? centre - DETAIL_BOXES / 2 : 0;
}

/*
 * Block 1: begin and end in milliseconds from @origin_s, offset, end of the
 * record, rank, lost.
 */
static void put_detail(FILE *data, const struct points *points, size_t first,
		       double *ret_origin_s)
{
	size_t end = first + DETAIL_BOXES;
	double origin_s;

	if (end > points->count)
		end = points->count;
	origin_s = points->items[first].begin_s;
	for (size_t i = first; i < end; i++)
		if (points->items[i].begin_s < origin_s)
			origin_s = points->items[i].begin_s;
	fputs("\n\n", data);
	for (size_t i = first; i < end; i++) {
		const struct point *point = &points->items[i];

		fprintf(data, "%.6f\t%.6f\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu32 "\t%d\n",
			(point->begin_s - origin_s) * 1e3,
			(point->end_s - origin_s) * 1e3, point->offset,
			point->offset + point->bytes, point->rank, point->lost);
	}
	*ret_origin_s = origin_s;
}

static void put_scale(FILE *settings, const struct points *points)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
	uint64_t most = 0, scale = 1;
	size_t unit = 0;

	for (size_t i = 0; i < points->count; i++)
		if (points->items[i].offset > most)
			most = points->items[i].offset;
	while (most / scale >= 2048 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		scale *= 1024;
		unit++;
	}
	fprintf(settings, "scale = %" PRIu64 ".0\nunit = '%s'\n", scale, units[unit]);
}

static void put_map_titles(FILE *settings, const struct output_context *context,
			   size_t strategy, const struct points *points)
{
	const struct manifest *manifest = context->result->manifest;
	const struct manifest_strategy *s = &manifest->strategies[strategy];
	char *name = printable_name(s->name);
	char title[256], more[128] = "";
	size_t shown = stride_for(points->count - points->lost, INTACT_MAX);

	snprintf(title, sizeof(title), "Who wrote where: %s%s", name ? name : "?",
		 s->shared_file ? "" : ", each rank in its own file");
	if (points->unplaced > 0)
		snprintf(more, sizeof(more), "; %zu lost without a known place",
			 points->unplaced);
	else if (shown > 1)
		snprintf(more, sizeof(more), "; every %zuth shown", shown);
	put_plot_titles(settings, manifest, title, more);
	free(name);
}

int plot_map(const struct output_context *context, size_t strategy, FILE *data,
	     FILE *settings)
{
	const struct manifest *manifest = context->result->manifest;
	const struct judgment *judgment = &context->result->judgments[strategy];
	struct points points = {0};
	double origin_s = 0;
	int rc = collect(&points, &context->chronicles[strategy], judgment);

	if (rc == 0 && points.count == 0)
		rc = -ENODATA;
	if (rc == 0) {
		put_overview(data, &points);
		put_detail(data, &points, choose_detail(&points), &origin_s);
		put_map_titles(settings, context, strategy, &points);
		put_scale(settings, &points);
		fprintf(settings,
			"ranks = %" PRIu32 "\nlost = %zu\norigin = %.9f\n"
			"whole = %d # 0: a sample, without neighbours\n\n",
			manifest->rank_count, points.lost, origin_s,
			judgment->fact_stride <= 1);
	}
	free(points.items);
	return rc;
}
