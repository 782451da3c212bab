/* segments - see segments.h. */
#include "verify/segments.h"

#include "verify/judge.h"
#include "verify/salvage.h"
#include "verify/segment_row.h"
#include "verify/segment_times.h"
#include "verify/verdict.h"
#include "verify/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NO_ROW (-1)

/* The last row of a segment. */
struct last_row {
	long at; /* where it begins in the file, or NO_ROW */
	bool kept;
	enum verdict verdict;
};

/* The sum so far, and what it was made of. */
struct whole {
	const struct judge_means *means;
	const struct manifest *manifest;
	const struct manifest_strategy *strategy;
	const char *run_dir;
	size_t index;
	enum segments_source source;

	FILE *rows;		    /* segments.tsv; NULL: there is none */
	struct last_row *last;	    /* by segment */
	uint64_t damaged_rows;	    /* of any strategy: they do not tell of which */
	struct segment_times times; /* of all segments, if whole_times */
	bool whole_times;
	uint32_t removed;
	bool *unchecked; /* by column: it was not, in some segment */

	struct judgment sum;
	char doubt[512];       /* the first that more appends would not settle */
	char first_words[400]; /* the reason of the first unsafe segment */
	uint32_t first_unsafe;
};

char *segment_folder(const char *run_dir, size_t index, const char *preset,
		     uint32_t number)
{
	char *path;

	return asprintf(&path, "%s/" SEGMENTS_FOLDER "/%02zu-%s-%04u", run_dir, index,
			preset, number) < 0
		       ? NULL
		       : path;
}

char *segments_times_path(const char *run_dir, size_t index, const char *preset)
{
	char *path;

	return asprintf(&path, "%s/" SEGMENTS_FOLDER "/%02zu-%s.times", run_dir, index,
			preset) < 0
		       ? NULL
		       : path;
}

static void __attribute__((format(printf, 3, 4)))
add_doubt(struct whole *w, uint32_t number, const char *fmt, ...)
{
	size_t used;
	va_list args;

	if (w->doubt[0])
		return;
	used = (size_t)snprintf(w->doubt, sizeof(w->doubt), "segment %u ", number);
	va_start(args, fmt);
	vsnprintf(w->doubt + used, sizeof(w->doubt) - used, fmt, args);
	va_end(args);
}

/* ---- the rows ------------------------------------------------------------------ */

/* Longer than any row; the rest of a longer line is another, damaged one. */
enum { LINE_BYTES = 4096 };

static FILE *open_rows(const char *run_dir)
{
	char *path = NULL;
	struct stat st;
	FILE *file;
	int fd;

	if (asprintf(&path, "%s/" SEGMENTS_FILE, run_dir) < 0)
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	free(path);
	if (fd < 0)
		return NULL;
	file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? fdopen(fd, "r") : NULL;
	if (!file)
		close(fd);
	return file;
}

static bool next_row(struct whole *w, struct segment_row *ret_row, bool *ret_damaged)
{
	char line[LINE_BYTES];

	if (!fgets(line, sizeof(line), w->rows))
		return false;
	*ret_damaged = segment_row_read(line, w->manifest->run_id, ret_row) < 0;
	return true;
}

/*
 * False: it contradicts the manifest, which knows each segment before it is begun, or
 * the row before: one that was kept may be removed later, and nothing else.
 */
static bool take_row(struct whole *w, const struct segment_row *row, long at)
{
	enum verdict verdict = row->judgment.verdict;
	struct last_row *last;
	bool agrees;

	if (row->strategy != w->index)
		return row->strategy < w->manifest->strategy_count;
	if (row->number < 1 || row->number > w->strategy->segments)
		return false;
	last = &w->last[row->number];
	agrees = last->at == NO_ROW || (last->kept && last->verdict == verdict);
	*last = (struct last_row){at, row->kept, verdict};
	return agrees;
}

/* Where is the last row of each segment? */
static int find_rows(struct whole *w)
{
	uint32_t count = w->strategy->segments;
	struct segment_row row;
	char head[LINE_BYTES];
	bool damaged;
	long at;

	w->last = malloc((count + 1u) * sizeof(*w->last));
	if (!w->last)
		return -ENOMEM;
	for (uint32_t i = 0; i <= count; i++)
		w->last[i] = (struct last_row){.at = NO_ROW};
	w->rows = open_rows(w->run_dir);
	if (!w->rows || !fgets(head, sizeof(head), w->rows))
		return 0;
	while (at = ftell(w->rows), next_row(w, &row, &damaged))
		w->damaged_rows += damaged || !take_row(w, &row, at);
	return 0;
}

static bool recall_row(struct whole *w, uint32_t number, struct segment_row *ret_row)
{
	bool damaged = true;

	return w->last[number].at != NO_ROW &&
	       fseek(w->rows, w->last[number].at, SEEK_SET) == 0 &&
	       next_row(w, ret_row, &damaged) && !damaged;
}

/* ---- one segment --------------------------------------------------------------- */

/* Does @data_dir lie in that of the run, under the name of @folder? */
static bool lies_in(const char *data_dir, const struct manifest *run,
		    const char *folder)
{
	size_t length = strlen(run->data_dir);

	return strncmp(data_dir, run->data_dir, length) == 0 &&
	       strcmp(data_dir + length, strrchr(folder, '/')) == 0;
}

/*
 * Is @segment, of @folder, what that segment of this run can be, and not another one
 * that was put in its place?  A run folder may be anybody's.
 */
static bool fits(const struct whole *w, const struct manifest *segment,
		 const char *folder, const struct segment_row *row)
{
	const struct manifest *m = w->manifest;
	const struct manifest_strategy *s = w->strategy, *other = segment->strategies;

	return segment->strategy_count == 1 && !segment->segment_bytes &&
	       lies_in(segment->data_dir, m, folder) &&
	       (!row || strcmp(row->run_id, segment->run_id) == 0) &&
	       strcmp(other->spec, s->spec) == 0 && other->claims == s->claims &&
	       other->control == s->control && other->workload == s->workload &&
	       other->shared_file == s->shared_file &&
	       other->exclusive_lock == s->exclusive_lock &&
	       segment->rank_count == m->rank_count &&
	       segment->local_fs == m->local_fs &&
	       segment->one_client == m->one_client && segment->fault_count == 0;
}

/*
 * Its manifest.  The one that was under way when the run was killed has not gathered
 * its histories.
 */
static int load(struct manifest *manifest, const char *folder, struct error *err)
{
	static const struct salvage_places nowhere;
	int rc = manifest_load(manifest, folder, err);

	return rc < 0 ? rc : salvage(manifest, folder, &nowhere, err);
}

/* By its folder.  False: it cannot be, and the doubt says why. */
static bool judge_folder(struct whole *w, uint32_t number,
			 const struct segment_row *row, struct judgment *ret_judgment)
{
	char *folder =
		segment_folder(w->run_dir, w->index, w->strategy->preset, number);
	struct manifest manifest = {0};
	struct error err = {"no memory"};
	int rc = folder ? load(&manifest, folder, &err) : -ENOMEM;

	if (rc == 0 && !fits(w, &manifest, folder, row))
		rc = error_set(&err, EBADMSG, "it is of another run");
	if (rc == 0)
		rc = judge_strategy_by(w->means, &manifest, folder, 0, ret_judgment,
				       &err);
	if (rc < 0)
		add_doubt(w, number, "cannot be judged: %s", err.sentence);
	manifest_release(&manifest);
	free(folder);
	return rc == 0;
}

static void add_verdict(struct whole *w, uint32_t number, const struct judgment *j)
{
	struct segment_facts *facts = &w->sum.segments;

	facts->safe += j->verdict == VERDICT_SAFE;
	facts->unsafe += j->verdict == VERDICT_UNSAFE;
	facts->inconclusive += j->verdict == VERDICT_INCONCLUSIVE;
	if (j->verdict == VERDICT_UNSAFE && !w->first_unsafe) {
		w->first_unsafe = number;
		snprintf(w->first_words, sizeof(w->first_words), "%.399s", j->reason);
	}
	if (j->verdict == VERDICT_SKIPPED)
		add_doubt(w, number, "did not run: %s", j->reason);
	if (j->verdict == VERDICT_INCONCLUSIVE && !j->only_short)
		add_doubt(w, number, "was inconclusive: %s", j->reason);
}

static void add_figures(struct whole *w, const struct judgment *j)
{
	for (size_t i = 0; i < segment_column_count; i++) {
		int64_t value;

		memcpy(&value, (const char *)j + segment_columns[i].offset,
		       sizeof(value));
		w->unchecked[i] |= segment_columns[i].is_checked && value == COUNT_NULL;
	}
	segment_row_add(&w->sum, j);
}

/* The times that were noted of one that is kept. */
static void recall_times(struct whole *w, uint32_t number)
{
	char *folder =
		segment_folder(w->run_dir, w->index, w->strategy->preset, number);
	char *path = NULL;

	if (!folder || asprintf(&path, "%s/" SEGMENT_TIMES_FILE, folder) < 0 ||
	    segment_times_add_file(&w->times, path) < 0)
		w->whole_times = false;
	free(path);
	free(folder);
}

static void add_segment(struct whole *w, uint32_t number)
{
	struct segment_facts *facts = &w->sum.segments;
	struct segment_row row = {0};
	bool known = recall_row(w, number, &row);
	struct judgment afresh = {0};

	facts->count++;
	if (known && (!row.kept || w->source == SEGMENTS_RECALLED)) {
		add_verdict(w, number, &row.judgment);
		add_figures(w, &row.judgment);
		if (row.kept)
			recall_times(w, number);
	} else if (judge_folder(w, number, known ? &row : NULL, &afresh)) {
		add_verdict(w, number, &afresh);
		add_figures(w, &afresh);
		segment_times_add_judgment(&w->times, &afresh);
	} else if (known && row.judgment.verdict == VERDICT_UNSAFE) {
		/* What was proven stays so, though what explained it is gone. */
		add_verdict(w, number, &row.judgment);
		add_figures(w, &row.judgment);
		w->whole_times = false;
	} else {
		/* It counts as what nobody knows. */
		facts->inconclusive++;
		w->whole_times = false;
	}
	if (known && !row.kept) {
		w->removed++;
		facts->removed_bytes += row.judgment.acknowledged_bytes;
	} else {
		facts->kept++;
		if (!facts->first_unsafe && w->first_unsafe == number)
			facts->first_unsafe = number;
	}
	judgment_release(&afresh);
}

/* ---- all of them ------------------------------------------------------------------
 */

static void add_removed_times(struct whole *w)
{
	uint32_t before = w->times.segments;
	char *path = segments_times_path(w->run_dir, w->index, w->strategy->preset);

	if (w->removed && (!path || segment_times_add_file(&w->times, path) < 0 ||
			   w->times.segments - before != w->removed))
		w->whole_times = false;
	free(path);
}

/* A count of nothing, where not everything was counted, is none. */
static void settle_figures(struct whole *w)
{
	struct judgment *j = &w->sum;

	for (size_t i = 0; i < segment_column_count; i++) {
		int64_t *value =
			(int64_t *)(void *)((char *)j + segment_columns[i].offset);

		if (w->unchecked[i] && *value == 0)
			*value = COUNT_NULL;
	}
	j->contention_applies = w->strategy->shared_file;
	j->contention =
		j->appends_placed ? (double)j->handoffs / (double)j->appends_placed : 0;
	if (j->views.blocks) {
		j->views.hosts = (uint32_t)w->manifest->host_count;
		j->views.block_bytes = VIEW_BLOCK_BYTES;
	}
}

static void reach_verdict(struct whole *w)
{
	struct judgment *j = &w->sum;

	j->verdict = VERDICT_INCONCLUSIVE;
	if (j->segments.unsafe) {
		j->verdict = VERDICT_UNSAFE;
		snprintf(j->reason, sizeof(j->reason),
			 "%u of %u segments %s unsafe; number %u: %s",
			 j->segments.unsafe, j->segments.count,
			 j->segments.unsafe == 1 ? "is" : "are", w->first_unsafe,
			 w->first_words);
	} else if (w->doubt[0]) {
		snprintf(j->reason, sizeof(j->reason), "%s", w->doubt);
	} else if (!verdict_find_shortage(j,
					  manifest_was_struck(w->manifest, w->index))) {
		j->verdict = VERDICT_SAFE;
		snprintf(j->reason, sizeof(j->reason),
			 "all %llu acknowledged %s; in %u segments",
			 (unsigned long long)j->acknowledged,
			 verdict_safe_words[w->strategy->workload], j->segments.count);
	}
}

static int judge_all(struct whole *w)
{
	int rc = find_rows(w);

	if (rc < 0)
		return rc;
	segment_row_clear(&w->sum);
	for (uint32_t number = 1; number <= w->strategy->segments; number++)
		add_segment(w, number);
	if (!w->strategy->ran && !w->doubt[0])
		snprintf(w->doubt, sizeof(w->doubt),
			 "the run ended before this strategy did, after %u segments",
			 w->strategy->segments);
	if (w->damaged_rows && !w->doubt[0])
		snprintf(w->doubt, sizeof(w->doubt),
			 w->damaged_rows == 1
				 ? "%llu row of %s is damaged or contradicts others"
				 : "%llu rows of %s are damaged or contradict others",
			 (unsigned long long)w->damaged_rows, SEGMENTS_FILE);
	add_removed_times(w);
	settle_figures(w);
	reach_verdict(w);
	if (w->whole_times) {
		w->sum.latency = w->times.latency;
		w->sum.shares = w->times.shares;
		w->sum.writer_count = w->times.writer_count;
		w->times.latency = NULL;
		w->times.shares = NULL;
	}
	return 0;
}

int segments_judge(const struct judge_means *means, const struct manifest *manifest,
		   const char *run_dir, size_t index, enum segments_source source,
		   struct judgment *judgment, struct error *err)
{
	struct whole w = {
		.means = means,
		.manifest = manifest,
		.strategy = &manifest->strategies[index],
		.run_dir = run_dir,
		.index = index,
		.source = source,
		.whole_times = true,
		.sum.fact_stride = 1,
	};
	int rc = segment_times_init(&w.times, manifest->rank_count);

	w.unchecked = calloc(segment_column_count, sizeof(*w.unchecked));
	if (rc == 0)
		rc = w.unchecked ? judge_all(&w) : -ENOMEM;
	if (rc == 0)
		*judgment = w.sum;
	else
		error_sys(err, -rc, "cannot judge the segments");
	if (w.rows)
		fclose(w.rows);
	segment_times_release(&w.times);
	free(w.unchecked);
	free(w.last);
	return rc;
}
