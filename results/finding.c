/* finding - see finding.h. */
#include "results/finding.h"

#include <inttypes.h>

#include "results/chronicle.h"
#include "results/format.h"

/*
 * What is said of each kind, with the other side named and without.  In it %r is
 * the record with its place, %b the other record, %p the place alone; of a
 * divergent view %h and %H are the hosts, %s and %S what each of them sees.
 */
static const struct sentence {
	const char *with_other;
	const char *alone;
} record_sentences[ANOMALY_COUNT] = {
	[ANOMALY_LOST] = {"%r is lost, because of %b", "%r is lost"},
	[ANOMALY_INTERLEAVED] = {"%r stands in pieces, with %b between them",
				 "%r stands in pieces, with other bytes between them"},
	[ANOMALY_OVERWRITTEN] = {"%r was overwritten by %b",
				 "%r was overwritten by another record"},
	[ANOMALY_TORN] = {"of %r only a part is in the file, next to %b",
			  "of %r only a part is in the file"},
	[ANOMALY_CORRUPTED] = {"%r holds bytes of %b",
			       "%r stands in its place, but holds bytes of no record"},
	[ANOMALY_MISSING] = {"%r is nowhere in the file, where %b stands",
			     "%r is nowhere in the file"},
	[ANOMALY_GAP] = {"%p are NUL bytes that belong to no record, next to %b",
			 "%p are NUL bytes that belong to no record"},
	[ANOMALY_DUPLICATE] = {"%r stands there once more, by %b",
			       "%r stands there once more"},
	[ANOMALY_FOREIGN] = {"%p do not belong there: bytes of %b",
			     "%p are bytes of no record of this run"},
	[ANOMALY_UNEXPECTED] = {"%r stands there though its append failed, by %b",
				"%r stands there though its append failed"},
	[ANOMALY_WRITER_DISORDER] = {"%r stands behind %b, which was written later",
				     "%r stands behind a later one of its writer"},
	[ANOMALY_REALTIME_DISORDER] =
		{"%r stands behind %b, which was begun only after it was complete",
		 "%r stands behind one that was begun only after it was complete"},
	[ANOMALY_LOCK_OVERLAP] = {"%r was appended while the lock was held for %b",
				  "%r was appended while another held the lock"},
	[ANOMALY_STALE_READ] = {"the writer of %r did not see %b under the lock",
				"the writer of %r saw an old state under the lock"},
	[ANOMALY_DIVERGENT_VIEW] = {"at %p %h sees %s, but %H sees %S",
				    "at %p %h and %H see different bytes"},
};

/* The same of a counter, where %r is a step with its number. */
static const struct sentence counter_sentences[ANOMALY_COUNT] = {
	[ANOMALY_OVERWRITTEN] = {"%r counted for nothing: %b took that number, too",
				 "%r counted for nothing"},
	[ANOMALY_MISSING] = {"%r is above what the file holds",
			     "%r is above what the file holds"},
	[ANOMALY_GAP] = {"%p was taken by nobody", "%p was taken by nobody"},
	[ANOMALY_FOREIGN] = {"the file holds what no step wrote",
			     "the file holds what no step wrote"},
	[ANOMALY_WRITER_DISORDER] = {"%r is above that of %b, which came later",
				     "%r is above that of a later one"},
	[ANOMALY_REALTIME_DISORDER] =
		{"%r is above that of %b, which was begun only after it was complete",
		 "%r is above that of one that was begun only after it was complete"},
	[ANOMALY_LOCK_OVERLAP] = {"%r was made while the lock was held for %b",
				  "%r was made while another held the lock"},
	[ANOMALY_STALE_READ] = {"%r read an old number: it did not see that of %b",
				"%r found no number in the file"},
	[ANOMALY_DIVERGENT_VIEW] = {"at %p %h sees %s, but %H sees %S",
				    "%h and %H see different numbers"},
};

static void put_record(FILE *stream, const struct manifest *manifest,
		       const struct finding *finding, struct record_id id)
{
	fprintf(stream, "%s %" PRIu64 " of rank %" PRIu32 " on ",
		finding->of_counter ? "step" : "record", id.seq, id.writer);
	put_name(stream, writer_host(manifest, id.writer));
}

static void put_place(FILE *stream, const struct finding *finding)
{
	uint64_t last = finding->offset + (finding->length ? finding->length - 1 : 0);

	if (finding->of_counter) {
		fprintf(stream, "number %" PRIu64, finding->offset);
		return;
	}
	fprintf(stream, "bytes %" PRIu64 "-%" PRIu64, finding->offset, last);
	if (finding->file_writer != WRITER_NONE)
		fprintf(stream, " of rank %" PRIu32 "'s file", finding->file_writer);
}

/* What a host sees at some place. */
static void put_sight(FILE *stream, const struct manifest *manifest,
		      const struct finding *finding, struct record_id id)
{
	if (id.writer == WRITER_NONE)
		fputs("no record", stream);
	else
		put_record(stream, manifest, finding, id);
}

static void put_record_and_place(FILE *stream, const struct manifest *manifest,
				 const struct finding *finding)
{
	if (finding->record.writer == WRITER_NONE)
		fputs("a record", stream);
	else
		put_record(stream, manifest, finding, finding->record);
	if (finding->offset_known) {
		fputs(" (", stream);
		put_place(stream, finding);
		putc(')', stream);
	}
}

/* Of a gap, where the file system tells. */
static const char *const natures[] = {
	[GAP_UNTOLD] = "",
	[GAP_HOLE] = ", a hole: nobody wrote them",
	[GAP_WRITTEN] = ", and were written",
};

/* Put one item of a sentence: what stands behind a percent sign. */
static void put_item(FILE *stream, const struct manifest *manifest,
		     const struct finding *finding, char item)
{
	switch (item) {
	case 'r':
		put_record_and_place(stream, manifest, finding);
		break;
	case 'b':
		put_record(stream, manifest, finding, finding->by);
		break;
	case 'h':
		put_name(stream, host_name(manifest, finding->host));
		break;
	case 'H':
		put_name(stream, host_name(manifest, finding->by_host));
		break;
	case 's':
		put_sight(stream, manifest, finding, finding->record);
		break;
	case 'S':
		put_sight(stream, manifest, finding, finding->by);
		break;
	default:
		put_place(stream, finding);
	}
}

static void put_sentence(FILE *stream, const struct manifest *manifest,
			 const struct finding *finding, const char *text)
{
	for (; *text; text++) {
		if (*text == '%')
			put_item(stream, manifest, finding, *++text);
		else
			putc(*text, stream);
	}
}

/* Is the other side named; of a view, either side? */
static bool is_named(const struct finding *finding)
{
	return finding->by.writer != WRITER_NONE ||
	       (finding->kind == ANOMALY_DIVERGENT_VIEW &&
		finding->record.writer != WRITER_NONE);
}

void put_finding_sentence(FILE *stream, const struct manifest *manifest,
			  const struct finding *finding)
{
	const struct sentence *sentence = finding->of_counter
						  ? &counter_sentences[finding->kind]
						  : &record_sentences[finding->kind];
	const char *text = is_named(finding) ? sentence->with_other : sentence->alone;

	/* Counts of bytes are no findings of their own. */
	if (!text)
		text = anomaly_table[finding->kind].name;
	put_sentence(stream, manifest, finding, text);
	fputs(natures[finding->nature], stream);
}

void put_stale_sentence(FILE *stream, const struct manifest *manifest,
			const struct stale_cache *stale)
{
	const char *text = is_named(&stale->where) ? "at %p %h saw %s, where %S stands"
						   : "at %p %h saw old bytes";

	put_sentence(stream, manifest, &stale->where, text);
	fputs(stale->healed_direct ? ", even after opening the file again, until its "
				     "cache was bypassed"
				   : ", until it opened the file again",
	      stream);
}

/* The finding of @kind that @skip others of it precede, or NULL. */
static const struct finding *nth_finding(const struct judgment *judgment,
					 enum anomaly kind, size_t skip)
{
	for (size_t i = 0; i < judgment->finding_count; i++)
		if (judgment->findings[i].kind == kind && skip-- == 0)
			return &judgment->findings[i];
	return NULL;
}

size_t choose_findings(const struct judgment *judgment, size_t max,
		       const struct finding **ret_findings)
{
	size_t count = 0;

	for (size_t turn = 0; turn < max; turn++) {
		for (int kind = 0; kind < ANOMALY_COUNT && count < max; kind++) {
			const struct finding *finding =
				nth_finding(judgment, (enum anomaly)kind, turn);

			if (finding)
				ret_findings[count++] = finding;
		}
	}
	return count;
}

uint64_t finding_number(const struct judgment *judgment, const struct finding *finding)
{
	uint64_t number = 0;

	for (const struct finding *f = judgment->findings; f <= finding; f++)
		number += f->kind == finding->kind;
	return number;
}
