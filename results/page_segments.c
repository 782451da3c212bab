/*
 * page_segments - what a run in segments kept, and where to look at it.
 */
#include "results/page.h"

#include <errno.h>
#include <stdlib.h>

#include "core/units.h"
#include "results/format.h"
#include "verify/segments.h"

/* "flock: 60 segments, 59 safe, 1 unsafe; 1 is kept (3.5 MiB were removed)." */
void put_segments(FILE *stream, const struct page *page, size_t index)
{
	const struct segment_facts *f = &page->result->judgments[index].segments;
	char text[UNITS_TEXT_BYTES];

	put_name(stream, page->result->manifest->strategies[index].name);
	fputs(": ", stream);
	put_count(stream, f->count);
	fprintf(stream, " segment%s", f->count == 1 ? "" : "s");
	if (f->safe)
		fprintf(stream, ", %u safe", f->safe);
	if (f->unsafe)
		fprintf(stream, ", %u unsafe", f->unsafe);
	if (f->inconclusive)
		fprintf(stream, ", %u inconclusive by itself", f->inconclusive);
	fprintf(stream, "; %u kept, %s of records removed.", f->kept,
		units_format_bytes(f->removed_bytes, text));
}

int print_segments(const struct page *page, size_t index)
{
	const struct manifest_strategy *s = &page->result->manifest->strategies[index];
	const struct segment_facts *f = &page->result->judgments[index].segments;
	struct text text;
	char *folder;

	if (!f->count)
		return 0;
	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_segments(text.stream, page, index);
	putc('\n', page->stream);
	text_end(&text, page, 0, 0);
	if (!f->first_unsafe || !page->run_dir)
		return 0;
	folder = segment_folder(page->run_dir, index, s->preset, f->first_unsafe);
	if (!folder)
		return -ENOMEM;
	fputs("The first unsafe one: tailrace verify ", page->stream);
	put_shell_word(page->stream, folder);
	putc('\n', page->stream);
	free(folder);
	return 0;
}
