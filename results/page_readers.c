/* page_readers - what readers saw who followed a file; see page.h. */
#include "results/page.h"

#include <string.h>

#include "core/units.h"
#include "results/chronicle.h"
#include "results/format.h"

/* On the page; result.json has them all. */
enum { READERS_SHOWN = 4 };

/* "3 NULs first (...)": what a reader met beside whole records. */
static void put_reader_troubles(FILE *stream, const struct reader_facts *reader)
{
	const struct tail_figures *f = &reader->figures;
	char time[UNITS_TEXT_BYTES];

	if (reader->unseen > 0) {
		fputs(", never saw ", stream);
		put_count(stream, (uint64_t)reader->unseen);
	}
	if (f->after_reopen) {
		fputs(", saw ", stream);
		put_count(stream, f->after_reopen);
		fputs(" only when it opened the file again", stream);
	}
	if (f->nuls) {
		fputs(", saw NULs first where ", stream);
		put_count(stream, f->nuls);
		fprintf(stream, " came to stand (up to %s)",
			units_format_duration(f->nul_longest_ns, time));
	}
	if (f->torn) {
		fputs(", saw ", stream);
		put_count(stream, f->torn);
		fprintf(stream, " in part first (up to %s)",
			units_format_duration(f->torn_longest_ns, time));
	}
	if (f->backwards) {
		fputs(", saw the end move back ", stream);
		put_count(stream, f->backwards);
		fputs(f->backwards == 1 ? " time" : " times", stream);
	}
	if (f->errnum)
		fprintf(stream, ", until it met: %s", strerror(f->errnum));
}

static void put_reader(FILE *stream, const struct page *page,
		       const struct reader_facts *reader)
{
	char p50[UNITS_TEXT_BYTES], p99[UNITS_TEXT_BYTES], max[UNITS_TEXT_BYTES];

	put_name(stream, host_name(page->result->manifest, reader->host));
	if (!reader->told) {
		fputs(" did not tell what it saw", stream);
		return;
	}
	fputs(" saw ", stream);
	put_count(stream, reader->figures.records);
	fputs(" records", stream);
	if (reader->compared)
		fprintf(stream, ", p50 %s after they were complete, p99 %s, max %s",
			units_format_duration(reader->p50_ns, p50),
			units_format_duration(reader->p99_ns, p99),
			units_format_duration(reader->max_ns, max));
	put_reader_troubles(stream, reader);
}

void put_readers(FILE *stream, const struct page *page, size_t index)
{
	const struct judgment *j = &page->result->judgments[index];

	for (uint32_t i = 0; i < j->reader_count && i < READERS_SHOWN; i++) {
		if (i > 0)
			fputs("; ", stream);
		put_reader(stream, page, &j->readers[i]);
	}
	if (j->reader_count > READERS_SHOWN)
		fprintf(stream, "; and %u more", j->reader_count - READERS_SHOWN);
}
