/*
 * explain_why - how a finding may have come about, in one sentence: no verdict,
 * but what the two histories and the file suggest.
 */
#include "results/explain_parts.h"

#include <inttypes.h>
#include <string.h>

#include "core/units.h"

static bool both_remembered(const struct explain *x)
{
	return x->deed.remembered && x->by.remembered;
}

/* Both know where they believe they wrote, and the ranges meet. */
static bool beliefs_meet(const struct explain *x)
{
	const struct deed *a = &x->deed, *b = &x->by;

	return both_remembered(x) && a->entry.offset != HISTORY_OFFSET_UNKNOWN &&
	       b->entry.offset != HISTORY_OFFSET_UNKNOWN &&
	       a->entry.offset < b->entry.offset + b->bytes &&
	       b->entry.offset < a->entry.offset + a->bytes;
}

static void put_duration(FILE *stream, int64_t ns)
{
	char text[UNITS_TEXT_BYTES];

	fputs(units_format_duration((uint64_t)(ns < 0 ? -ns : ns), text), stream);
}

/*
 * How long after @from of @a was @to of @b?  True where it was later by more than
 * the error of the clocks.
 */
static bool surely_later(const struct explain *x, const struct deed *a,
			 uint64_t from_ns, const struct deed *b, uint64_t to_ns,
			 int64_t *ret_ns)
{
	int64_t error_ns;

	return deed_distance_ns(x, a, from_ns, b, to_ns, ret_ns, &error_ns) &&
	       *ret_ns > error_ns;
}

static bool holds_overlap(const struct explain *x)
{
	const struct history_entry *a = &x->deed.entry, *b = &x->by.entry;
	int64_t ns;

	return surely_later(x, &x->deed, a->locked_ns, &x->by, b->unlock_ns, &ns) &&
	       surely_later(x, &x->by, b->locked_ns, &x->deed, a->unlock_ns, &ns);
}

/* What the lock did while two appends meant the same place, or the same number. */
static void put_lock_part(FILE *stream, const struct explain *x)
{
	const struct deed *a = &x->deed, *b = &x->by;
	int64_t ns;

	if (!x->strategy->exclusive_lock) {
		fputs("neither held a lock", stream);
		if (!explain_counts(x))
			fputs(", so each took the end of the file for its own", stream);
	} else if (holds_overlap(x)) {
		fputs("both held the exclusive lock at one time, so it does not "
		      "exclude "
		      "here",
		      stream);
	} else if (surely_later(x, a, a->entry.unlock_ns, b, b->entry.locked_ns, &ns) ||
		   surely_later(x, b, b->entry.unlock_ns, a, a->entry.locked_ns, &ns)) {
		fputs("the second got the lock ", stream);
		put_duration(stream, ns);
		fputs(" after the first began to release it, and still saw an old ",
		      stream);
		fputs(explain_counts(x) ? "number" : "end of the file", stream);
	} else {
		fputs("how their holds of the lock lay in time is closer than the "
		      "clocks "
		      "can tell",
		      stream);
	}
}

static void why_overwritten(FILE *stream, const struct explain *x)
{
	if (!both_remembered(x)) {
		fputs("Another record stands where this one was put.", stream);
	} else if (beliefs_meet(x)) {
		if (x->deed.entry.offset == x->by.entry.offset)
			fprintf(stream,
				"Both believed that they wrote at offset %" PRId64,
				x->deed.entry.offset);
		else
			fputs("The ranges that both believed they wrote overlap",
			      stream);
		fputs("; ", stream);
		put_lock_part(stream, x);
		putc('.', stream);
	} else if (x->deed.entry.offset == HISTORY_OFFSET_UNKNOWN ||
		   x->by.entry.offset == HISTORY_OFFSET_UNKNOWN) {
		fputs("One of the two does not know where it wrote; the other's bytes "
		      "came to the same place.",
		      stream);
	} else {
		fputs("The ranges that they believed in do not meet: one of them was "
		      "written elsewhere than its writer was told.",
		      stream);
	}
}

static void why_interleaved(FILE *stream, const struct explain *x)
{
	(void)x;
	fputs("The append went to the file in more than one piece, and something else "
	      "came between: a write is not one whole here.",
	      stream);
}

static void why_torn(FILE *stream, const struct explain *x)
{
	(void)x;
	fputs("Only a part of the write reached the file: where the rest should be "
	      "there is nothing but NULs or the end of the file.",
	      stream);
}

static void why_corrupted(FILE *stream, const struct explain *x)
{
	(void)x;
	fputs("The record stands in its place from end to end, so no append wrote over "
	      "it; its bytes were changed on the way or since.",
	      stream);
}

static void why_missing(FILE *stream, const struct explain *x)
{
	if (x->deed.remembered && x->deed.entry.offset != HISTORY_OFFSET_UNKNOWN &&
	    x->file_is_open && (uint64_t)x->deed.entry.offset >= x->scanned.size_bytes)
		fprintf(stream,
			"The file ends at %" PRIu64
			", before the place where its writer was told that it wrote.",
			x->scanned.size_bytes);
	else
		fputs("The append was acknowledged, and nothing of it is where its "
		      "writer was told that it wrote, or anywhere else.",
		      stream);
}

static void why_gap(FILE *stream, const struct explain *x)
{
	(void)x;
	fputs("No append that is accounted for was to leave NULs here: one writer saw "
	      "the file longer than it was, or bytes that were written never came.",
	      stream);
}

static void why_duplicate(FILE *stream, const struct explain *x)
{
	(void)x;
	fputs("One append reached the file more than once, as when a request is sent "
	      "again whose answer was lost.",
	      stream);
}

static void why_foreign(FILE *stream, const struct explain *x)
{
	(void)x;
	fputs("No append of this run that may stand here explains these bytes: another "
	      "program wrote to the file, or bytes were changed.",
	      stream);
}

static void why_unexpected(FILE *stream, const struct explain *x)
{
	if (!x->deed.remembered)
		fputs("The whole history of its writer knows no such append: nobody "
		      "should have written it.",
		      stream);
	else
		fprintf(stream,
			"Its writer was told that the append failed at %s, after which "
			"nothing of it should have reached the file.",
			append_step_name(x->deed.entry.step));
}

static void why_writer_disorder(FILE *stream, const struct explain *x)
{
	fprintf(stream,
		"Rank %" PRIu32 " appended record %" PRIu64
		" before it began record %" PRIu64
		", and yet they stand the other way round.",
		x->deed.id.writer, x->deed.id.seq, x->by.id.seq);
}

static void why_realtime_disorder(FILE *stream, const struct explain *x)
{
	int64_t ns;

	if (!both_remembered(x) ||
	    !surely_later(x, &x->deed, x->deed.entry.completed_ns, &x->by,
			  x->by.entry.invoke_ns, &ns)) {
		fputs("One was complete before the other was begun, and yet stands "
		      "behind it.",
		      stream);
		return;
	}
	put_record_name(stream, x->deed.id);
	fputs(" was complete ", stream);
	put_duration(stream, ns);
	fputs(" before ", stream);
	put_record_name(stream, x->by.id);
	fputs(" was begun, and yet it stands behind it: the later one did not see the "
	      "end of the file that the earlier one left.",
	      stream);
}

static void why_lock_overlap(FILE *stream, const struct explain *x)
{
	const struct deed *a = &x->deed, *b = &x->by;
	int64_t starts_ns, ends_ns, error_ns, overlap_ns;

	if (!both_remembered(x) ||
	    !deed_distance_ns(x, a, a->entry.locked_ns, b, b->entry.unlock_ns, &ends_ns,
			      &error_ns) ||
	    !deed_distance_ns(x, b, b->entry.locked_ns, a, a->entry.unlock_ns,
			      &starts_ns, &error_ns)) {
		fputs("Two writers held the exclusive lock at one time.", stream);
		return;
	}
	overlap_ns = ends_ns < starts_ns ? ends_ns : starts_ns;
	if (overlap_ns <= 0) {
		fputs("Both holds were of more appends than the two shown here, and "
		      "overlap as wholes.",
		      stream);
		return;
	}
	fputs("Both held the exclusive lock for ", stream);
	put_duration(stream, overlap_ns);
	fputs(" together", stream);
	if (error_ns > 0) {
		fputs(", give or take ", stream);
		put_duration(stream, error_ns);
	}
	fputs(": the lock does not exclude here.", stream);
}

static void why_stale_read(FILE *stream, const struct explain *x)
{
	(void)x;
	fputs("Under the lock this host was still shown what its cache held, not what "
	      "the last holder left.",
	      stream);
}

static void why_divergent_view(FILE *stream, const struct explain *x)
{
	(void)x;
	fputs("Hosts read different bytes at one place of a file that nobody writes "
	      "any "
	      "more: at least one of them is shown what is not there.",
	      stream);
}

static void (*const whys[ANOMALY_COUNT])(FILE *, const struct explain *) = {
	[ANOMALY_INTERLEAVED] = why_interleaved,
	[ANOMALY_OVERWRITTEN] = why_overwritten,
	[ANOMALY_TORN] = why_torn,
	[ANOMALY_CORRUPTED] = why_corrupted,
	[ANOMALY_MISSING] = why_missing,
	[ANOMALY_GAP] = why_gap,
	[ANOMALY_DUPLICATE] = why_duplicate,
	[ANOMALY_FOREIGN] = why_foreign,
	[ANOMALY_UNEXPECTED] = why_unexpected,
	[ANOMALY_WRITER_DISORDER] = why_writer_disorder,
	[ANOMALY_REALTIME_DISORDER] = why_realtime_disorder,
	[ANOMALY_LOCK_OVERLAP] = why_lock_overlap,
	[ANOMALY_STALE_READ] = why_stale_read,
	[ANOMALY_DIVERGENT_VIEW] = why_divergent_view,
};

/* Of a counter: two steps that wrote one number, or what the anomaly means. */
static void why_of_a_counter(FILE *stream, const struct explain *x)
{
	if (both_remembered(x) && x->deed.entry.offset == x->by.entry.offset) {
		fprintf(stream, "Both read the same number and wrote %" PRId64 "; ",
			x->deed.entry.offset);
		put_lock_part(stream, x);
		putc('.', stream);
	} else {
		fputs("A step of the counter was left out, repeated or lost: its "
		      "reader "
		      "was shown another number than the last one that was written.",
		      stream);
	}
}

void put_why(FILE *stream, const struct explain *x)
{
	if (explain_counts(x))
		why_of_a_counter(stream, x);
	else if (whys[x->finding->kind])
		whys[x->finding->kind](stream, x);
}
