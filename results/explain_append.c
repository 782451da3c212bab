/* explain_append - both appends of a finding: what they believed, and when. */
#include "results/explain_parts.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/units.h"
#include "results/format.h"
#include "verify/timeline.h"

enum {
	STEPS = 6,
	LABEL_COLUMNS = 14,
	NAME_COLUMNS = 18, /* before a line of the timeline */
};

/* The times of an append, in their order; of those that equal the one before, the
 * step did not happen. */
static const struct step {
	const char *name;
	char letter;
	size_t offset; /* in struct history_entry */
} steps[STEPS] = {
	{"invoked", 'i', offsetof(struct history_entry, invoke_ns)},
	{"locked", 'L', offsetof(struct history_entry, locked_ns)},
	{"written", 'w', offsetof(struct history_entry, written_ns)},
	{"flushed", 'f', offsetof(struct history_entry, flushed_ns)},
	{"unlock begun", 'u', offsetof(struct history_entry, unlock_ns)},
	{"completed", 'c', offsetof(struct history_entry, completed_ns)},
};

static uint64_t step_ns(const struct history_entry *entry, size_t step)
{
	uint64_t ns;

	memcpy(&ns, (const char *)entry + steps[step].offset, sizeof(ns));
	return ns;
}

static bool step_happened(const struct history_entry *entry, size_t step)
{
	return step == 0 || step_ns(entry, step) > step_ns(entry, step - 1);
}

static struct moment deed_moment(const struct explain *x, const struct deed *deed,
				 uint64_t at_ns)
{
	return timeline_moment(x->manifest, x->manifest->rank_host[deed->id.writer],
			       at_ns);
}

double deed_time_s(const struct explain *x, const struct deed *deed, uint64_t at_ns)
{
	return chronicle_time_s(&x->chronicle, deed->id.writer, at_ns);
}

double deed_error_us(const struct explain *x, const struct deed *deed, uint64_t at_ns)
{
	struct moment moment = deed_moment(x, deed, at_ns);

	if (moment.low_ns == INT64_MIN)
		return NAN;
	return (double)(moment.high_ns - moment.low_ns) / 2000;
}

bool deed_distance_ns(const struct explain *x, const struct deed *a, uint64_t from_ns,
		      const struct deed *b, uint64_t to_ns, int64_t *ret_ns,
		      int64_t *ret_error_ns)
{
	struct moment from = deed_moment(x, a, from_ns), to = deed_moment(x, b, to_ns);
	int64_t low, high;

	*ret_error_ns = 0;
	*ret_ns = (int64_t)(to_ns - from_ns);
	if (from.host == to.host)
		return true;
	if (from.low_ns == INT64_MIN || to.low_ns == INT64_MIN)
		return false;
	low = to.low_ns - from.high_ns;
	high = to.high_ns - from.low_ns;
	*ret_ns = low + (high - low) / 2;
	*ret_error_ns = (high - low) / 2;
	return true;
}

/* ---- one side ----------------------------------------------------------------- */

static void put_label(FILE *stream, const char *label)
{
	fprintf(stream, "    %-*s", LABEL_COLUMNS, label);
}

static void put_range(FILE *stream, int64_t offset, uint32_t bytes)
{
	fprintf(stream, "bytes %" PRId64 "-%" PRId64, offset, offset + bytes - 1);
}

static void put_number(FILE *stream, const struct deed *deed)
{
	put_label(stream, "wrote");
	if (deed->entry.offset == HISTORY_OFFSET_UNKNOWN)
		fputs("a number that it did not note", stream);
	else
		fprintf(stream, "the number %" PRId64, deed->entry.offset);
	putc('\n', stream);
}

static void put_belief(FILE *stream, const struct deed *deed)
{
	put_label(stream, "believed");
	if (deed->entry.offset == HISTORY_OFFSET_UNKNOWN)
		fputs("that it does not know where it wrote", stream);
	else
		put_range(stream, deed->entry.offset, deed->bytes);
	putc('\n', stream);
	put_label(stream, "found");
	if (deed->found < 0)
		fputs("no intact copy", stream);
	else
		put_range(stream, deed->found, deed->bytes);
	putc('\n', stream);
}

static void put_outcome(FILE *stream, const struct history_entry *entry)
{
	put_label(stream, "outcome");
	fputs(outcome_name(entry->outcome), stream);
	if (entry->step != STEP_NONE)
		fprintf(stream, " at %s", append_step_name(entry->step));
	if (entry->errnum)
		fprintf(stream, ": %s", strerror(entry->errnum));
	putc('\n', stream);
}

static void put_times(const struct explain *x, const struct deed *deed)
{
	const struct history_entry *entry = &deed->entry;
	double error_us = deed_error_us(x, deed, entry->invoke_ns);
	FILE *stream = x->page.stream;
	char text[UNITS_TEXT_BYTES];

	put_label(stream, steps[0].name);
	if (isnan(error_us))
		fputs("at a time unknown to rank 0's clock\n", stream);
	else
		fprintf(stream, "at %.6f s (+- %.1f us)\n",
			deed_time_s(x, deed, entry->invoke_ns), error_us);
	for (size_t step = 1; step < STEPS; step++) {
		if (!step_happened(entry, step))
			continue;
		put_label(stream, steps[step].name);
		fprintf(stream, "%s later\n",
			units_format_duration(step_ns(entry, step) - entry->invoke_ns,
					      text));
	}
}

static void put_hold(const struct explain *x, const struct deed *deed)
{
	const struct history_entry *entry = &deed->entry;
	char text[UNITS_TEXT_BYTES];

	if (!x->strategy->exclusive_lock || entry->unlock_ns <= entry->locked_ns)
		return;
	put_label(x->page.stream, "held the lock");
	fprintf(x->page.stream, "for %s (hold %" PRIu32 " of its writer)\n",
		units_format_duration(entry->unlock_ns - entry->locked_ns, text),
		entry->hold);
}

void put_deed(struct explain *x, const struct deed *deed)
{
	FILE *stream = x->page.stream;

	fputs("  ", stream);
	put_record_name(stream, deed->id);
	fputs(" on ", stream);
	put_name(stream, writer_host(x->manifest, deed->id.writer));
	if (explain_counts(x))
		putc('\n', stream);
	else
		fprintf(stream, ", %" PRIu32 " bytes\n", deed->bytes);
	if (!deed->remembered) {
		put_label(stream, "history");
		fputs("knows no such append, or cannot be read\n", stream);
		return;
	}
	if (explain_counts(x))
		put_number(stream, deed);
	else
		put_belief(stream, deed);
	put_outcome(stream, &deed->entry);
	put_times(x, deed);
	put_hold(x, deed);
}

/* ---- both on one line of time ---------------------------------------------------- */

/* One line: columns for its times, of which the first is @zero_ns. */
struct line {
	const struct deed *deed;
	int64_t shift_ns; /* of its invoke, from the beginning of the timeline */
};

/* The columns of a line, from the invoke at @shift_ns on. */
static void put_line(const struct explain *x, const struct line *line, int64_t span_ns)
{
	const struct history_entry *entry = &line->deed->entry;
	size_t width = x->page.columns - NAME_COLUMNS - 8;
	char cells[256], name[NAME_COLUMNS + 1];
	size_t used = 0;
	bool held = false;

	if (width > sizeof(cells) - STEPS - 1)
		width = sizeof(cells) - STEPS - 1;
	memset(cells, ' ', sizeof(cells));
	for (size_t step = 0; step < STEPS; step++) {
		int64_t at_ns = line->shift_ns +
				(int64_t)(step_ns(entry, step) - entry->invoke_ns);
		size_t column =
			(size_t)((double)at_ns / (double)span_ns * (double)(width - 1));

		if (!step_happened(entry, step))
			continue;
		/* No two letters in one place: the later ones stand aside. */
		if (step > 0 && column < used)
			column = used;
		if (step > 0)
			memset(cells + used, held ? '=' : '-', column - used);
		cells[column] = steps[step].letter;
		used = column + 1;
		held = x->strategy->exclusive_lock &&
		       (held || steps[step].letter == 'L') && steps[step].letter != 'u';
	}
	snprintf(name, sizeof(name), "rank %" PRIu32 ", %" PRIu64,
		 line->deed->id.writer, line->deed->id.seq);
	fprintf(x->page.stream, "  %-*s%.*s\n", NAME_COLUMNS, name, (int)used, cells);
}

/* Until the last of its times: a hostile history may have them in any order. */
static int64_t duration_ns(const struct deed *deed)
{
	uint64_t last_ns = deed->entry.invoke_ns;

	for (size_t step = 1; step < STEPS; step++)
		if (step_ns(&deed->entry, step) > last_ns)
			last_ns = step_ns(&deed->entry, step);
	return (int64_t)(last_ns - deed->entry.invoke_ns);
}

/* Which letters mean what, as far as they occur. */
static void put_legend(struct explain *x)
{
	struct text text;

	if (text_begin(&text) < 0)
		return;
	for (size_t step = 0; step < STEPS; step++)
		if ((x->deed.remembered && step_happened(&x->deed.entry, step)) ||
		    (x->by.remembered && step_happened(&x->by.entry, step)))
			fprintf(text.stream, "%s%c %s", step ? ", " : "",
				steps[step].letter, steps[step].name);
	fprintf(x->page.stream, "  %-*s", NAME_COLUMNS, "");
	text_end(&text, &x->page, NAME_COLUMNS + 2, NAME_COLUMNS + 2);
}

void put_timeline(struct explain *x)
{
	struct line lines[2];
	int64_t span_ns = 1, between_ns = 0, error_ns = 0;
	FILE *stream = x->page.stream;
	char span[UNITS_TEXT_BYTES], error[UNITS_TEXT_BYTES];
	size_t count = 0;
	bool together = true;

	if (x->deed.remembered)
		lines[count++] = (struct line){.deed = &x->deed};
	if (x->by.remembered)
		lines[count++] = (struct line){.deed = &x->by};
	if (!count)
		return;
	if (count == 2)
		together = deed_distance_ns(
			x, lines[0].deed, lines[0].deed->entry.invoke_ns, lines[1].deed,
			lines[1].deed->entry.invoke_ns, &between_ns, &error_ns);
	if (together && count == 2)
		lines[between_ns > 0].shift_ns =
			between_ns > 0 ? between_ns : -between_ns;
	for (size_t i = 0; i < count; i++)
		if (lines[i].shift_ns + duration_ns(lines[i].deed) > span_ns)
			span_ns = lines[i].shift_ns + duration_ns(lines[i].deed);
	put_heading(x, "In time:");
	for (size_t i = 0; i < count; i++)
		put_line(x, &lines[i], span_ns);
	put_legend(x);
	fprintf(stream, "  %-*s%s from end to end", NAME_COLUMNS, "",
		units_format_duration((uint64_t)span_ns, span));
	if (!together)
		fputs("; the clocks of these hosts were\n  never compared: each line "
		      "begins at its own start",
		      stream);
	else if (error_ns > 0)
		fprintf(stream, "; one against the other +- %s",
			units_format_duration((uint64_t)error_ns, error));
	putc('\n', stream);
}
