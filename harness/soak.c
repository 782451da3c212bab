/* soak - see soak.h. */
#include "harness/soak.h"

#include "core/clock.h"
#include "core/units.h"
#include "harness/interrupt.h"
#include "harness/phase.h"
#include "harness/segment.h"
#include "harness/views.h"
#include "results/measure.h"
#include "verify/segment_times.h"
#include "verify/segments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* With less time left than this a segment would hardly begin. */
#define WORTH_BEGINNING_NS 200000000u

/* Rank 0 has all of it; the others the first few. */
struct soak {
	struct run *run;
	uint32_t index;
	struct manifest_strategy *strategy; /* of the whole */
	struct segment *written, *judged;   /* the latest, and the one before */
	bool over;			    /* no other is to be begun */
	bool ran;			    /* one did, at least */
	bool anomaly;			    /* that --until-anomaly asks for */

	uint64_t ends_ns;
	struct segment_row told; /* of the one that is judged, if it is told */
	bool is_told;
	struct segment_times removed; /* sum of the times of those that were */
	struct segment_row doubtful[SOAK_KEPT_MAX]; /* inconclusive, kept; by age */
	uint32_t doubtful_count, unsafe_count;
	uint32_t dropped;     /* that were neither safe nor kept */
	bool said_it_waits;   /* for the judge */
	uint64_t ended_ns;    /* when the latest segment's last writer left */
	uint64_t pause_ns[2]; /* between segments: the longest, and all together */
};

static const char *name_of(const struct soak *soak)
{
	return soak->strategy->name;
}

/* Rank 0: what there is will be judged, but there is to be no more of it. */
static void give_up(struct soak *soak, const struct error *err)
{
	fprintf(stderr, "tailrace: %s: no further segment is begun: %s\n",
		name_of(soak), err->sentence);
	soak->over = true;
}

/* ---- what was judged (rank 0) --------------------------------------------------- */

static int note_row(struct soak *soak, const struct segment_row *row, struct error *err)
{
	char path[PATH_MAX + 32];
	FILE *file;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/" SEGMENTS_FILE, soak->run->plan.out);
	file = fopen(path, "ae");
	if (!file)
		return error_sys(err, errno, "cannot open %s", path);
	if (ftell(file) == 0)
		segment_row_head(file);
	segment_row_write(row, soak->run->plan.run_id, file);
	if (ferror(file))
		rc = -EIO;
	if (fclose(file) != 0 && rc == 0)
		rc = -errno;
	return rc < 0 ? error_sys(err, -rc, "cannot write %s", path) : 0;
}

/* The times of one that is about to be removed; without them latencies are null. */
static int note_times(struct soak *soak, uint32_t number, struct error *err)
{
	const char *out = soak->run->plan.out;
	char *folder = segment_folder(out, soak->index, soak->strategy->preset, number);
	char *sum = segments_times_path(out, soak->index, soak->strategy->preset);
	char *path = NULL;
	int rc = 0;

	if (!folder || !sum || asprintf(&path, "%s/" SEGMENT_TIMES_FILE, folder) < 0)
		rc = error_sys(err, ENOMEM, "cannot sum up");
	else if (segment_times_add_file(&soak->removed, path) == 0)
		rc = segment_times_save(&soak->removed, sum, err);
	free(path);
	free(sum);
	free(folder);
	return rc;
}

/* First the row: what is gone must have left one. */
static void drop(struct soak *soak, struct segment_row *row)
{
	struct error err = {""};

	row->kept = false;
	if (note_row(soak, row, &err) < 0 || note_times(soak, row->number, &err) < 0 ||
	    segment_remove(soak->run, soak->index, row->number, &err) < 0)
		give_up(soak, &err);
}

static void keep(struct soak *soak, struct segment_row *row)
{
	struct error err = {""};

	row->kept = true;
	soak->run->manifest.data_kept = true;
	if (note_row(soak, row, &err) < 0)
		give_up(soak, &err);
	fprintf(stderr, "tailrace: %s: segment %u is %s: %s\n", name_of(soak),
		row->number, verdict_name(row->judgment.verdict), row->judgment.reason);
}

/* The last inconclusive ones are kept: the oldest makes room. */
static void keep_doubtful(struct soak *soak, struct segment_row *row)
{
	struct segment_row *oldest = &soak->doubtful[0];

	if (soak->doubtful_count == SOAK_KEPT_MAX) {
		soak->dropped++;
		drop(soak, oldest);
		memmove(oldest, oldest + 1, (SOAK_KEPT_MAX - 1) * sizeof(*oldest));
		soak->doubtful_count--;
	}
	keep(soak, row);
	soak->doubtful[soak->doubtful_count++] = *row;
}

/* One that by itself was only too short has nothing to explain. */
static void settle(struct soak *soak, struct segment_row *row)
{
	const struct judgment *j = &row->judgment;
	bool is_clean = j->verdict == VERDICT_SAFE || j->only_short;
	bool is_unsafe = j->verdict == VERDICT_UNSAFE;

	if (is_clean || soak->run->plan.keep == KEEP_NEVER ||
	    (is_unsafe && soak->unsafe_count == SOAK_KEPT_MAX)) {
		soak->dropped += !is_clean;
		drop(soak, row);
	} else if (is_unsafe) {
		soak->unsafe_count++;
		keep(soak, row);
	} else {
		keep_doubtful(soak, row);
	}
}

/* An anomaly where the verdict of the run rests on there being none. */
static bool ends_run(const struct soak *soak, const struct judgment *j)
{
	const char *expected = soak->strategy->expected;

	return soak->run->plan.until_anomaly && j->verdict == VERDICT_UNSAFE &&
	       !(expected && strcmp(expected, verdict_name(VERDICT_UNSAFE)) == 0);
}

/*
 * While writers append, with the segment in the run's place: has the one before shown
 * what ends the run?
 */
static bool peek(void *context)
{
	struct soak *soak = context;

	if (!soak->judged || soak->is_told ||
	    segment_verdict(soak->judged, 0, &soak->told) < 0)
		return soak->anomaly;
	soak->is_told = true;
	soak->anomaly |= soak->run->plan.strategy[0].required &&
			 ends_run(soak, &soak->told.judgment);
	return soak->anomaly;
}

/* Wait for the judge, if need be, and do away with the segment or keep it. */
static void finish_judging(struct soak *soak)
{
	if (!soak->judged)
		return;
	if (!soak->is_told && segment_verdict(soak->judged, 0, &soak->told) < 0) {
		if (!soak->said_it_waits && !soak->over && !soak->run->plan.quiet)
			fprintf(stderr,
				"tailrace: %s: to judge a segment takes longer than to "
				"write one, so that the next waits\n",
				name_of(soak));
		soak->said_it_waits = true;
		segment_verdict(soak->judged, -1, &soak->told);
	}
	soak->is_told = false;
	settle(soak, &soak->told);
	soak->anomaly |= verdict_rests_on(&soak->run->manifest, soak->index) &&
			 ends_run(soak, &soak->told.judgment);
	soak->over |= soak->anomaly;
	segment_release(soak->judged);
	free(soak->judged);
	soak->judged = NULL;
}

/* ---- the next (rank 0) ---------------------------------------------------------- */

static bool a_writer_hangs(const struct soak *soak)
{
	for (uint32_t rank = 0; rank < soak->run->manifest.rank_count; rank++)
		if (soak->strategy->writers[rank].end == WRITER_HUNG)
			return true;
	return false;
}

/* What hangs may hang for ever: of such writers there must not be ever more. */
static bool may_go_on(struct soak *soak, uint64_t now_ns)
{
	struct error err = {""};

	if (interrupt_asked() || now_ns + WORTH_BEGINNING_NS > soak->ends_ns ||
	    soak->strategy->segments == MANIFEST_SEGMENTS_MAX)
		soak->over = true;
	if (!soak->over && soak->run->left_early) {
		error_set(&err, 0, "a writer left early");
		give_up(soak, &err);
	}
	if (!soak->over && (soak->run->stuck || a_writer_hangs(soak))) {
		error_set(&err, 0, "a writer hangs");
		give_up(soak, &err);
	}
	return !soak->over;
}

/* It could not be made, so that it, or the strategy, was skipped. */
static void skip_next(struct soak *soak, int errnum, const struct error *err)
{
	struct segment_row row = {.strategy = soak->index,
				  .number = soak->strategy->segments};
	struct error ignored;

	give_up(soak, err);
	if (row.number == 1) {
		soak->strategy->segments = 0;
		phase_skip(soak->run, soak->index, err->sentence, errnum);
		return;
	}
	memcpy(row.run_id, soak->run->plan.run_id, sizeof(row.run_id));
	segment_row_clear(&row.judgment);
	row.judgment.verdict = VERDICT_SKIPPED;
	snprintf(row.judgment.reason, sizeof(row.judgment.reason), "%.511s",
		 err->sentence);
	(void)note_row(soak, &row, &ignored); /* without it there is none at all */
}

/* Decide on the next segment and make room for it; its number is 0 if there is none. */
static enum exit_code decide(struct soak *soak, struct segment_order *order,
			     struct error *err)
{
	struct run *run = soak->run;
	uint64_t now_ns = clock_now_ns(), bits = 0;
	int rc;

	if (!may_go_on(soak, now_ns))
		return EXIT_SAFE;
	if (getrandom(&bits, sizeof(bits), 0) != (ssize_t)sizeof(bits)) {
		error_sys(err, errno, "cannot draw a run id");
		return EXIT_COULD_NOT_RUN;
	}
	soak->strategy->segments++;
	if (manifest_save(&run->manifest, run->plan.out, err) < 0)
		return EXIT_COULD_NOT_RUN;
	rc = segment_make(run, soak->index, soak->strategy->segments, err);
	if (rc < 0) {
		skip_next(soak, -rc, err);
		return EXIT_SAFE;
	}
	order->number = soak->strategy->segments;
	run_id_format(bits, order->run_id);
	order->duration_ns = soak->ends_ns - now_ns;
	return EXIT_SAFE;
}

/* Collective. */
static enum exit_code agree_on_next(struct soak *soak, struct segment_order *order,
				    struct error *err)
{
	struct run *run = soak->run;
	enum exit_code code = EXIT_SAFE;
	int rc;

	*order = (struct segment_order){0};
	if (run_is_first(run))
		code = decide(soak, order, err);
	code = run_agree(run, code, err);
	if (code != EXIT_SAFE)
		return code;
	rc = world_broadcast(&run->world, order, sizeof(*order));
	if (rc < 0)
		run_lost_touch(run, rc);
	return EXIT_SAFE;
}

/* ---- one segment ------------------------------------------------------------------
 */

static void note_pause(struct soak *soak)
{
	uint64_t pause_ns = soak->run->phase_start_ns - soak->ended_ns;

	if (soak->ended_ns && soak->run->phase_start_ns > soak->ended_ns) {
		soak->pause_ns[1] += pause_ns;
		if (pause_ns > soak->pause_ns[0])
			soak->pause_ns[0] = pause_ns;
	}
	soak->ended_ns = soak->run->phase_end_ns;
}

/* Collective: append, in the run's place. */
static enum exit_code write_segment(struct soak *soak,
				    const struct segment_order *order,
				    struct error *err)
{
	struct run *run = soak->run;
	struct segment *segment = calloc(1, sizeof(*segment));
	enum exit_code code = EXIT_SAFE;

	if (!segment)
		run_lost_touch(run, -ENOMEM);
	soak->written = segment;
	if (segment_enter(segment, run, soak->index, order, err) < 0)
		run_lost_touch(run, -ENOMEM);
	run->watch = (struct run_watch){peek, soak};
	code = phase(run, 0, err);
	if (code == EXIT_SAFE)
		code = views(run, 0, err);
	run->watch = (struct run_watch){NULL, NULL};
	if (segment_leave(segment, run) < 0)
		run_lost_touch(run, -ENOMEM);
	soak->ran |= segment->manifest.strategies[0].ran;
	note_pause(soak);
	return code;
}

/* Rank 0: where the first did not run the strategy is skipped, as it would be whole. */
static void skip_strategy(struct soak *soak, const struct manifest_strategy *part)
{
	struct error err = {""};

	soak->over = true;
	soak->strategy->segments = 0;
	phase_skip(soak->run, soak->index, part->skipped ? part->skipped : "",
		   part->skipped_errnum);
	if (segment_remove(soak->run, soak->index, 1, &err) < 0)
		fprintf(stderr, "tailrace: %s\n", err.sentence);
}

/* Have the one that was written judged, when the one before it is done with. */
static void pass_on(struct soak *soak)
{
	const struct manifest_strategy *part = &soak->written->manifest.strategies[0];

	if (!run_is_first(soak->run)) {
		segment_release(soak->written);
		free(soak->written);
	} else if (!part->ran && soak->written->number == 1) {
		skip_strategy(soak, part);
		segment_release(soak->written);
		free(soak->written);
	} else {
		finish_judging(soak);
		soak->over |= !part->ran;
		soak->judged = soak->written;
		segment_judge(soak->judged, soak->run);
	}
	soak->written = NULL;
}

/* ---- all of them --------------------------------------------------------------------
 */

static void soak_end(struct soak *soak)
{
	for (int i = 0; i < 2; i++) {
		struct segment *segment = i ? soak->judged : soak->written;

		if (segment)
			segment_release(segment);
		free(segment);
	}
	segment_times_release(&soak->removed);
}

static void tell(const struct soak *soak)
{
	uint32_t count = soak->strategy->segments;
	char longest[UNITS_TEXT_BYTES], mean[UNITS_TEXT_BYTES];

	if (soak->dropped)
		fprintf(stderr,
			"tailrace: %s: %u segments that were not safe are removed but "
			"for their rows in " SEGMENTS_FILE "\n",
			name_of(soak), soak->dropped);
	if (count > 1 && !soak->run->plan.quiet)
		fprintf(stderr,
			"tailrace: %s: %u segments, with pauses of %s between them, at "
			"most %s\n",
			name_of(soak), count,
			units_format_duration(soak->pause_ns[1] / (count - 1), mean),
			units_format_duration(soak->pause_ns[0], longest));
}

/* Collective: does rank 0 know of an anomaly that ends the run? */
static bool is_ended(struct soak *soak)
{
	bool ended = soak->anomaly;
	int rc = world_any(&soak->run->world, &ended);

	if (rc < 0)
		run_lost_touch(soak->run, rc);
	return ended;
}

enum exit_code soak(struct run *run, uint32_t index, bool *ret_ended, struct error *err)
{
	struct soak *soak = calloc(1, sizeof(*soak));
	struct segment_order order;
	enum exit_code code;

	if (!soak || segment_times_init(&soak->removed, run->manifest.rank_count) < 0)
		run_lost_touch(run, -ENOMEM);
	soak->run = run;
	soak->index = index;
	soak->strategy = &run->manifest.strategies[index];
	soak->ends_ns = clock_now_ns() + run->plan.duration_ns;
	run->left_early = false;
	while ((code = agree_on_next(soak, &order, err)) == EXIT_SAFE && order.number) {
		code = write_segment(soak, &order, err);
		if (code != EXIT_SAFE)
			break;
		pass_on(soak);
	}
	finish_judging(soak);
	/* Only now: a manifest that does not have it is of a run that ended early. */
	if (code == EXIT_SAFE)
		soak->strategy->ran = soak->ran;
	if (run_is_first(run))
		tell(soak);
	*ret_ended = is_ended(soak);
	soak_end(soak);
	free(soak);
	return code;
}
