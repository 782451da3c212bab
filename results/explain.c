/* explain - see explain.h. */
#include "results/explain.h"

#include "results/explain_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/suggest.h"
#include "core/units.h"
#include "results/finding.h"
#include "results/format.h"
#include "results/writers.h"

/* ---- which finding --------------------------------------------------------------- */

/* Counts of bytes are no findings of their own. */
static bool explainable(enum anomaly kind)
{
	return kind != ANOMALY_GAP_BYTES && kind != ANOMALY_FOREIGN_BYTES;
}

static int kind_parse(const char *text, size_t length, enum anomaly *ret_kind,
		      struct error *err)
{
	char name[64], hint[96];
	struct suggestion meant;

	snprintf(name, sizeof(name), "%.*s", (int)(length < 63 ? length : 63), text);
	meant = suggest_for(name);
	for (int kind = 0; kind < ANOMALY_COUNT; kind++) {
		if (!explainable((enum anomaly)kind))
			continue;
		if (strcmp(name, anomaly_table[kind].name) == 0) {
			*ret_kind = (enum anomaly)kind;
			return 0;
		}
		suggest_offer(&meant, anomaly_table[kind].name);
	}
	return error_set(
		err, EINVAL,
		"there is no anomaly '%s' to explain%s (tailrace list has them)", name,
		suggest_text(&meant, "", hint, sizeof(hint)));
}

int explain_parse(const char *text, struct explain_request *ret_request,
		  struct error *err)
{
	struct explain_request request = {.number = 1};
	const char *slash = strrchr(text, '/');
	const char *kind = slash ? slash + 1 : text;
	const char *hash = strchr(kind, '#');
	int rc = kind_parse(kind, hash ? (size_t)(hash - kind) : strlen(kind),
			    &request.kind, err);

	if (rc < 0)
		return rc;
	if (slash) {
		request.strategy = text;
		request.strategy_length = (size_t)(slash - text);
	}
	if (hash && (units_parse_count(hash + 1, &request.number, NULL) < 0 ||
		     request.number == 0))
		return error_set(err, EINVAL,
				 "'%s' is no number of a finding: they count from 1",
				 hash + 1);
	*ret_request = request;
	return 0;
}

static bool is_asked_for(const struct explain_request *request, enum anomaly kind)
{
	if (request->kind == ANOMALY_LOST)
		return kind >= ANOMALY_INTERLEAVED && kind <= ANOMALY_MISSING;
	return kind == request->kind;
}

/* The finding, or NULL. */
static const struct finding *find(const struct judgment *judgment,
				  const struct explain_request *request)
{
	uint64_t number = 0;

	for (size_t i = 0; i < judgment->finding_count; i++)
		if (is_asked_for(request, judgment->findings[i].kind) &&
		    ++number == request->number)
			return &judgment->findings[i];
	return NULL;
}

static bool is_named(const struct explain_request *request, const char *strategy)
{
	return !request->strategy ||
	       (strlen(strategy) == request->strategy_length &&
		memcmp(strategy, request->strategy, request->strategy_length) == 0);
}

/* "append has 3, flock has none" */
static void put_counts(FILE *stream, const struct result *result,
		       const struct explain_request *request)
{
	size_t done = 0;

	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		const char *name = result->manifest->strategies[i].name;
		int64_t count = result->judgments[i].anomalies[request->kind];

		if (!is_named(request, name))
			continue;
		fputs(done++ ? ", " : "", stream);
		put_name(stream, name);
		if (count == COUNT_NULL)
			fputs(" was not checked for it", stream);
		else if (count == 0)
			fputs(" has none", stream);
		else
			fprintf(stream, " has %" PRId64, count);
		if (count > FINDINGS_PER_KIND)
			fprintf(stream, " (of which the first %d can be shown)",
				FINDINGS_PER_KIND);
	}
	if (!done)
		fprintf(stream, "there is no strategy '%.*s'",
			(int)request->strategy_length, request->strategy);
}

static int no_such_finding(const struct result *result,
			   const struct explain_request *request, struct error *err)
{
	char *counts = NULL;
	size_t size;
	FILE *stream = open_memstream(&counts, &size);
	int rc;

	if (!stream)
		return error_set(err, ENOMEM, "no memory for the page");
	put_counts(stream, result, request);
	if (fclose(stream) != 0)
		rc = error_set(err, ENOMEM, "no memory for the page");
	else
		rc = error_set(
			err, EINVAL, "there is no %s number %" PRIu64 " to show: %s",
			anomaly_table[request->kind].name, request->number, counts);
	free(counts);
	return rc;
}

/* ---- what is known of it ------------------------------------------------------------
 */

static void deed_fill(struct explain *x, struct deed *deed, struct record_id id)
{
	deed->found = -1;
	deed->named = id.writer != WRITER_NONE && id.writer < x->manifest->rank_count;
	if (!deed->named)
		return;
	deed->id = id;
	deed->remembered = chronicle_entry(&x->chronicle, id, &deed->entry);
	if (explain_counts(x))
		return;
	deed->bytes = record_size(&x->chronicle.form, id);
	deed->found = explain_find(x, id);
}

static uint32_t file_of(const struct explain *x)
{
	return x->finding->file_writer == WRITER_NONE ? 0 : x->finding->file_writer;
}

static void site_add(struct explain *x, const char *title, uint64_t from,
		     uint64_t length)
{
	/* The same place twice tells nothing. */
	if (x->site_count == EXPLAIN_SITES ||
	    (x->site_count > 0 && x->sites[0].from <= from &&
	     from + length <= x->sites[0].to))
		return;
	x->sites[x->site_count++] = (struct site){
		.title = title,
		.file = file_of(x),
		.from = from,
		.to = from + length,
	};
}

/* Where a piece of the lost record implies that it was put; false if there is none. */
static bool implied_place(struct explain *x, uint64_t *ret_from)
{
	struct site site = {.file = file_of(x), .from = x->finding->offset};
	struct layout layout;

	site.to = site.from + x->finding->length;
	if (!x->finding->offset_known || explain_look(x, &site, &layout, NULL) < 0)
		return false;
	for (uint64_t i = 0; i < layout.count; i++) {
		const struct segment *segment = layout_segment(&layout, i);

		if (segment && segment->kind == SEGMENT_PIECE &&
		    segment->id.writer == x->deed.id.writer &&
		    segment->id.seq == x->deed.id.seq &&
		    segment->offset >= segment->position) {
			*ret_from = segment->offset - segment->position;
			return true;
		}
	}
	return false;
}

static void sites_of_a_loss(struct explain *x)
{
	uint64_t from;

	if (x->deed.remembered && x->deed.entry.offset != HISTORY_OFFSET_UNKNOWN)
		site_add(x, "What stands where its writer believes that it wrote:",
			 (uint64_t)x->deed.entry.offset, x->deed.bytes);
	if (implied_place(x, &from))
		site_add(x, "What stands where a piece of it was found:", from,
			 x->deed.bytes);
	else if (x->finding->offset_known)
		site_add(x, "What stands there:", x->finding->offset,
			 x->finding->length);
}

static void sites_of_pieces(struct explain *x)
{
	struct segment piece;

	sites_of_a_loss(x);
	if (x->site_count == 1 && explain_find_piece(x, &x->sites[0], &piece))
		site_add(x, "What stands where another piece of it was found:",
			 piece.offset, piece.length);
}

static void sites_of_a_place(struct explain *x)
{
	if (x->finding->offset_known)
		site_add(x, "What stands there:", x->finding->offset,
			 x->finding->length);
}

static void sites_of_a_copy(struct explain *x)
{
	if (x->deed.found >= 0)
		site_add(x, "Its first copy:", (uint64_t)x->deed.found, x->deed.bytes);
	site_add(x, "This copy:", x->finding->offset, x->finding->length);
}

static void sites_of_a_pair(struct explain *x)
{
	if (x->by.found >= 0)
		site_add(x, "The one that stands before:", (uint64_t)x->by.found,
			 x->by.bytes);
	if (x->finding->offset_known)
		site_add(x, "The one that stands behind:", x->finding->offset,
			 x->finding->length);
}

static void sites_of_holds(struct explain *x)
{
	if (x->deed.found >= 0)
		site_add(x, "What the one left in the file:", (uint64_t)x->deed.found,
			 x->deed.bytes);
	if (x->by.found >= 0)
		site_add(x, "What the other left in the file:", (uint64_t)x->by.found,
			 x->by.bytes);
}

/* A counter is one number: there are no places to look at. */
static void sites_of_a_counter(struct explain *x)
{
	site_add(x, "What the file holds:", 0, COUNTER_BYTES);
}

/* How each kind is shown. */
static const struct kind_page {
	void (*sites)(struct explain *x);
	bool both_ends; /* show the boundaries inside and at the end of a site, too */
} kind_pages[ANOMALY_COUNT] = {
	[ANOMALY_INTERLEAVED] = {sites_of_pieces, true},
	[ANOMALY_OVERWRITTEN] = {sites_of_a_loss, true},
	[ANOMALY_TORN] = {sites_of_a_loss, true},
	[ANOMALY_CORRUPTED] = {sites_of_a_loss, true},
	[ANOMALY_MISSING] = {sites_of_a_loss, true},
	[ANOMALY_GAP] = {sites_of_a_place, true},
	[ANOMALY_DUPLICATE] = {sites_of_a_copy, false},
	[ANOMALY_FOREIGN] = {sites_of_a_place, true},
	[ANOMALY_UNEXPECTED] = {sites_of_a_place, false},
	[ANOMALY_WRITER_DISORDER] = {sites_of_a_pair, false},
	[ANOMALY_REALTIME_DISORDER] = {sites_of_a_pair, false},
	[ANOMALY_LOCK_OVERLAP] = {sites_of_holds, false},
	[ANOMALY_STALE_READ] = {sites_of_a_place, true},
	[ANOMALY_DIVERGENT_VIEW] = {sites_of_a_place, true},
};

/* ---- the page
 * ------------------------------------------------------------------------- */

/* "overwritten 1 of 12 with append: record 0 of rank 0 ..." */
static int put_headline(struct explain *x)
{
	const char *kind = anomaly_table[x->finding->kind].name;
	struct text text;

	if (text_begin(&text) < 0)
		return -ENOMEM;
	fprintf(text.stream, "%s %" PRIu64 " of %" PRId64 " with ", kind, x->number,
		x->judgment->anomalies[x->finding->kind]);
	put_name(text.stream, x->strategy->name);
	fputs(": ", text.stream);
	put_finding_sentence(text.stream, x->manifest, x->finding);
	putc('.', text.stream);
	text_end(&text, &x->page, 0, 0);
	return 0;
}

static void put_path(struct explain *x)
{
	char *path = manifest_data_path(x->manifest, x->index, file_of(x));

	if (!path)
		return;
	fputs("\nFile: ", x->page.stream);
	put_shell_word(x->page.stream, path);
	putc('\n', x->page.stream);
	free(path);
}

static int put_sites(struct explain *x, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < x->site_count; i++) {
		struct layout layout;

		rc = explain_look(x, &x->sites[i], &layout, err);
		if (rc < 0)
			return rc;
		put_heading(x, x->sites[i].title);
		put_layout(x, &x->sites[i], &layout);
		rc = put_boundaries(x, &x->sites[i], &layout,
				    kind_pages[x->finding->kind].both_ends, err);
	}
	return rc;
}

/* Where nobody is named, those who stand next to it may tell something. */
static int take_neighbours(struct explain *x, struct error *err)
{
	const struct segment *last = NULL, *first;
	struct layout layout;
	int rc;

	if (x->deed.named || x->by.named || !x->site_count)
		return 0;
	rc = explain_look(x, &x->sites[0], &layout, err);
	if (rc < 0 || layout.count < 2)
		return rc;
	first = layout_segment(&layout, 0);
	last = layout_segment(&layout, layout.count - 1);
	if (first->kind == SEGMENT_RECORD && first->offset < x->sites[0].from)
		deed_fill(x, &x->deed, first->id);
	if (last->kind == SEGMENT_RECORD && last->offset >= x->sites[0].to)
		deed_fill(x, &x->by, last->id);
	if (x->deed.named || x->by.named)
		put_heading(x, "Who wrote next to it, and what they believed:");
	return 0;
}

/* With which other strategies it was found, too. */
static void put_elsewhere(const struct explain *x)
{
	enum anomaly kind = x->finding->kind;

	for (size_t i = 0; i < x->manifest->strategy_count; i++) {
		const char *name = x->manifest->strategies[i].name;
		int64_t count = x->page.result->judgments[i].anomalies[kind];

		if (i == x->index || count <= 0)
			continue;
		fprintf(x->page.stream, "\nFound with ");
		put_name(x->page.stream, name);
		fprintf(x->page.stream, " too (%" PRId64 "): --explain ", count);
		put_shell_word(x->page.stream, name);
		fprintf(x->page.stream, "/%s\n", anomaly_table[kind].name);
	}
}

static int put_page(struct explain *x, struct error *err)
{
	struct text text;
	int rc;

	if (put_headline(x) < 0 || text_begin(&text) < 0)
		return error_set(err, ENOMEM, "no memory for the page");
	put_why(text.stream, x);
	putc('\n', x->page.stream);
	text_end(&text, &x->page, 0, 0);
	put_path(x);
	rc = put_sites(x, err);
	if (rc < 0)
		return rc;
	if (x->deed.named || x->by.named)
		put_heading(x, "Who wrote, and what they believed:");
	rc = take_neighbours(x, err);
	if (rc < 0)
		return rc;
	if (x->deed.named)
		put_deed(x, &x->deed);
	if (x->by.named)
		put_deed(x, &x->by);
	put_timeline(x);
	put_elsewhere(x);
	return 0;
}

static int explain_fill(struct explain *x, struct error *err)
{
	int rc = chronicle_open(&x->chronicle, x->manifest, x->run_dir, x->index, err);

	if (rc < 0)
		return rc;
	deed_fill(x, &x->deed, x->finding->record);
	deed_fill(x, &x->by, x->finding->by);
	rc = explain_open(x, file_of(x), err);
	if (rc < 0)
		return rc;
	if (explain_counts(x))
		sites_of_a_counter(x);
	else
		kind_pages[x->finding->kind].sites(x);
	return 0;
}

/* Compose the page of @x->finding in memory, so that it is shown whole or not. */
static int explain_show(struct explain *x, FILE *stream, struct error *err)
{
	char *bytes = NULL;
	size_t size;
	int rc;

	x->page.stream = open_memstream(&bytes, &size);
	if (!x->page.stream)
		return error_set(err, ENOMEM, "no memory for the page");
	rc = explain_fill(x, err);
	if (rc == 0)
		rc = put_page(x, err);
	explain_close(x);
	chronicle_release(&x->chronicle);
	if (fclose(x->page.stream) != 0 && rc == 0)
		rc = error_set(err, ENOMEM, "no memory for the page");
	if (rc == 0 && (fwrite(bytes, 1, size, stream) != size || fflush(stream) != 0))
		rc = error_sys(err, errno ? errno : EIO, "cannot print the page");
	free(bytes);
	return rc;
}

int results_explain(const struct result *result, const char *run_dir,
		    const struct explain_request *request, FILE *stream,
		    struct error *err)
{
	struct explain x = {
		.page = {.result = result, .columns = results_columns(stream)},
		.colour = results_want_colour(stream),
		.run_dir = run_dir,
		.manifest = result->manifest,
	};

	for (size_t i = 0; i < result->manifest->strategy_count; i++) {
		const struct manifest_strategy *s = &result->manifest->strategies[i];

		if (!is_named(request, s->name))
			continue;
		x.finding = find(&result->judgments[i], request);
		if (!x.finding)
			continue;
		x.index = i;
		x.strategy = s;
		x.judgment = &result->judgments[i];
		x.number = finding_number(x.judgment, x.finding);
		return explain_show(&x, stream, err);
	}
	return no_such_finding(result, request, err);
}
