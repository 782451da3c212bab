/* map_detail - see map_detail.h. */
#include "results/map_detail.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "core/units.h"
#include "results/chronicle.h"
#include "results/format.h"

enum {
	TRIES_MAX = 4096, /* places to look for turns at */
	TICK_ROWS = 9,	  /* labels that fit beside the picture, at most */
	TICK_COLUMNS = 4, /* a time stands below each 4th append */
	HOST_CHARS_MAX = 16,
	YEAR_S = 366 * 24 * 60 * 60, /* a damaged history may say anything */
};

/* ---- which ------------------------------------------------------------- */

/* The ranks of a window, in the order of their numbers. */
struct cast {
	uint32_t ranks[MAP_DETAIL_RANKS];
	size_t count;
};

/* False where it is full. */
static bool cast_add(struct cast *cast, uint32_t rank)
{
	size_t at = 0;

	while (at < cast->count && cast->ranks[at] < rank)
		at++;
	if (at < cast->count && cast->ranks[at] == rank)
		return true;
	if (cast->count == MAP_DETAIL_RANKS)
		return false;
	for (size_t i = cast->count++; i > at; i--)
		cast->ranks[i] = cast->ranks[i - 1];
	cast->ranks[at] = rank;
	return true;
}

static size_t cast_place(const struct cast *cast, uint32_t rank)
{
	size_t at = 0;

	while (at < cast->count && cast->ranks[at] != rank)
		at++;
	return at;
}

/* Take [@first, @end) into @cast; false where that is too much to show. */
static bool cast_all(struct cast *cast, const struct map_point *points, size_t first,
		     size_t end)
{
	*cast = (struct cast){.count = 0};
	if (end - first > MAP_DETAIL_POINTS)
		return false;
	for (size_t i = first; i < end; i++)
		if (!cast_add(cast, points[i].rank))
			return false;
	return true;
}

/* Add neighbours on both sides in turn, as long as they fit. */
static void grow(struct map_window *window, const struct map_point *points,
		 size_t count)
{
	bool up = true, down = true;
	struct cast cast;

	cast_all(&cast, points, window->first, window->end);
	while (up || down) {
		size_t shown = window->end - window->first;

		up = up && shown < MAP_DETAIL_POINTS && window->end < count &&
		     cast_add(&cast, points[window->end].rank);
		window->end += up;
		shown += up;
		down = down && shown < MAP_DETAIL_POINTS && window->first > 0 &&
		       cast_add(&cast, points[window->first - 1].rank);
		window->first -= down;
	}
}

/*
 * Records at one place tell a story only together, so a place of which a part is
 * outside is left out, unless the window is about that one.
 */
static void trim(struct map_window *window, const struct map_point *points,
		 size_t count, struct map_window core)
{
	uint64_t low = points[core.first].offset, high = points[core.end - 1].offset;

	while (window->first > 0 && points[window->first].offset < low &&
	       points[window->first].offset == points[window->first - 1].offset)
		window->first++;
	while (window->end < count && points[window->end - 1].offset > high &&
	       points[window->end].offset == points[window->end - 1].offset)
		window->end--;
}

static bool overlap(const struct map_point *a, const struct map_point *b)
{
	return a->offset < b->offset + b->bytes && b->offset < a->offset + a->bytes;
}

/* The lost @victim and an intact record in its place, if both can be shown. */
static bool find_culprit(const struct map_point *points, size_t count, size_t victim,
			 struct map_window *ret_core)
{
	struct cast cast;

	for (size_t step = 1; step < MAP_DETAIL_POINTS; step++) {
		size_t around[] = {victim + step, victim - step};

		for (size_t k = 0; k < 2; k++) {
			size_t other = around[k];
			struct map_window core = {
				.first = other < victim ? other : victim,
				.end = (other < victim ? victim : other) + 1,
			};

			/* Before the first, the number wraps to a great one. */
			if (other >= count || points[other].lost ||
			    !overlap(&points[other], &points[victim]) ||
			    !cast_all(&cast, points, core.first, core.end))
				continue;
			*ret_core = core;
			return true;
		}
	}
	return false;
}

/* A loss with its culprit, nearest to the middle; or a loss; or false. */
static bool find_loss(const struct map_point *points, size_t count, bool shared,
		      struct map_window *ret_core)
{
	size_t middle = count / 2;
	bool found = false;

	for (size_t step = 0; step <= middle; step++) {
		size_t around[] = {middle + step, middle - step};

		for (size_t k = 0; k < 2; k++) {
			size_t at = around[k];

			if (at >= count || !points[at].lost)
				continue;
			if (shared && find_culprit(points, count, at, ret_core))
				return true;
			if (!found)
				*ret_core = (struct map_window){at, at + 1};
			found = true;
		}
	}
	return found;
}

/* As far from @first as can be shown; and how often the writer changes there. */
static struct map_window window_from(const struct map_point *points, size_t count,
				     size_t first, size_t *ret_turns)
{
	struct map_window window = {first, first};
	struct cast cast = {.count = 0};

	*ret_turns = 0;
	while (window.end < count && window.end - first < MAP_DETAIL_POINTS &&
	       cast_add(&cast, points[window.end].rank)) {
		if (window.end > first)
			*ret_turns +=
				points[window.end].rank != points[window.end - 1].rank;
		window.end++;
	}
	return window;
}

static size_t distance(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

/* Where writers take turns most; of several such, nearest to the middle. */
static struct map_window find_turns(const struct map_point *points, size_t count)
{
	size_t starts = count > MAP_DETAIL_POINTS ? count - MAP_DETAIL_POINTS + 1 : 1;
	size_t stride = starts / TRIES_MAX + 1, most = 0, turns;
	struct map_window best = window_from(points, count, 0, &most);

	for (size_t first = 0; first < starts; first += stride) {
		struct map_window window = window_from(points, count, first, &turns);

		if (turns < most ||
		    (turns == most &&
		     distance(first, starts / 2) >= distance(best.first, starts / 2)))
			continue;
		best = window;
		most = turns;
	}
	return best;
}

struct map_window map_choose_window(const struct map_point *points, size_t count,
				    bool shared)
{
	struct map_window core = {0, 0}, window;

	if (!find_loss(points, count, shared, &core))
		return find_turns(points, count);
	window = core;
	grow(&window, points, count);
	if (shared)
		trim(&window, points, count, core);
	return window;
}

/* ---- what is put of it ------------------------------------------------- */

static int by_begin(const void *a, const void *b)
{
	const struct map_point *pa = a, *pb = b;

	return pa->begin_s < pb->begin_s ? -1 : pa->begin_s > pb->begin_s;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *va = a, *vb = b;

	return *va < *vb ? -1 : *va > *vb;
}

/* Block 1: column, from and to, colour, lost, rank, time since the first. */
static void put_columns(FILE *data, const struct map_point *points, size_t count,
			const struct cast *cast, bool shared)
{
	char time[UNITS_TEXT_BYTES];

	fputs("\n\n", data);
	for (size_t i = 0; i < count; i++) {
		const struct map_point *point = &points[i];
		size_t place = cast_place(cast, point->rank);
		double since_s = fmin(point->begin_s - points[0].begin_s, YEAR_S);

		fprintf(data, "%zu\t", i);
		if (shared)
			fprintf(data, "%" PRIu64 "\t%" PRIu64, point->offset,
				point->offset + point->bytes);
		else
			fprintf(data, "%.1f\t%.1f", (double)place - 0.4,
				(double)place + 0.4);
		fprintf(data, "\t%zu\t%d\t%" PRIu32 "\t%s\n", place + 1, point->lost,
			point->rank,
			i % TICK_COLUMNS == 0
				? units_format_duration((uint64_t)(since_s * 1e9), time)
				: "-");
	}
}

/* "rank 5 (host2)"; returns its columns. */
static size_t format_rank(const struct manifest *manifest, uint32_t rank,
			  char *ret_text, size_t size)
{
	char *host = printable_name(writer_host(manifest, rank));
	bool whole = host && text_columns(host) <= HOST_CHARS_MAX;
	int chars = host ? 0 : HOST_CHARS_MAX;

	/* Characters, not bytes: nothing is cut in the middle of one. */
	for (size_t columns = 0; host && host[chars]; chars++) {
		columns += ((unsigned char)host[chars] & 0xc0) != 0x80;
		if (!whole && columns > HOST_CHARS_MAX - 3)
			break;
	}
	snprintf(ret_text, size, "rank %" PRIu32 " (%.*s%s)", rank, chars,
		 host ? host : "?", whole || !host ? "" : "...");
	free(host);
	return text_columns(ret_text);
}

/* The legend; of files of their own also the names of the rows. */
static void put_cast(FILE *data, FILE *settings, const struct manifest *manifest,
		     const struct cast *cast, bool shared)
{
	char text[HOST_CHARS_MAX * 4 + 32];
	size_t widest = 0, chars;

	fprintf(settings, "shown = %zu\narray writers[shown] = [", cast->count);
	for (size_t i = 0; i < cast->count; i++) {
		chars = format_rank(manifest, cast->ranks[i], text, sizeof(text));
		widest = chars > widest ? chars : widest;
		fputs(i > 0 ? ", " : "", settings);
		put_gnuplot_string(settings, text);
		if (!shared) {
			fprintf(data, "%zu\t", i);
			put_tsv_field(data, text);
			putc('\n', data);
		}
	}
	fprintf(settings, "]\nwriter_chars = %zu\n", widest);
	if (!shared)
		fprintf(settings,
			"detail_label = ''\ntick_chars = %zu\nlowest = -0.5\n"
			"highest = %zu - 0.5\n",
			widest, cast->count);
}

/* Labels where records begin, each in KiB if all can be. */
static int put_offsets(FILE *data, FILE *settings, const struct map_point *points,
		       size_t count)
{
	uint64_t *offsets = calloc(count, sizeof(*offsets));
	uint64_t unit = 1024, high = 0, labelled = 0;
	char text[FORMAT_MAX] = "";
	bool first = true;

	if (!offsets)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		uint64_t end = points[i].offset + points[i].bytes;

		offsets[i] = points[i].offset;
		unit = offsets[i] % 1024 ? 1 : unit;
		high = end > high ? end : high;
	}
	qsort(offsets, count, sizeof(*offsets), by_value);
	for (size_t i = 0; i < count; i++) {
		if (!first && (offsets[i] == labelled ||
			       offsets[i] - labelled < (high - offsets[0]) / TICK_ROWS))
			continue;
		first = false;
		labelled = offsets[i];
		format_count(text, labelled / unit);
		fprintf(data, "%" PRIu64 "\t%s\n", labelled, text);
	}
	fprintf(settings,
		"detail_label = 'offset in the file (%s)'\ntick_chars = %zu\n"
		"lowest = %" PRIu64 ".0\nhighest = %" PRIu64 ".0\n",
		unit == 1 ? "bytes" : "KiB", text_columns(text), offsets[0],
		high > offsets[0] ? high : offsets[0] + 1);
	free(offsets);
	return 0;
}

int map_put_detail(FILE *data, FILE *settings, const struct manifest *manifest,
		   struct map_point *points, size_t count, bool shared)
{
	struct cast cast;
	size_t lost = 0;
	int rc = 0;

	cast_all(&cast, points, 0, count);
	qsort(points, count, sizeof(*points), by_begin);
	put_columns(data, points, count, &cast, shared);
	for (size_t i = 0; i < count; i++)
		lost += points[i].lost;
	/* Block 2: the ticks of the rows. */
	fputs("\n\n", data);
	put_cast(data, settings, manifest, &cast, shared);
	if (shared)
		rc = put_offsets(data, settings, points, count);
	fprintf(settings, "columns = %zu\ncrossed = %zu\norigin = %.9f\n", count, lost,
		points[0].begin_s);
	return rc;
}
