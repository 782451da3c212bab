/* page_histories - histories that a run did not gather: verify/salvage.h. */
#include "results/page.h"

#include <errno.h>
#include <string.h>

#include "results/chronicle.h"
#include "results/format.h"

/* So many missing ones are named, with where they were. */
enum { MISSING_SHOWN = 4 };

struct strays {
	uint32_t found, missing;
	const char *example; /* where one of those was found */
};

static struct strays count_strays(const struct manifest *m, size_t index)
{
	struct strays strays = {0};

	for (uint32_t rank = 0; rank < m->rank_count; rank++) {
		const struct manifest_writer *w = &m->strategies[index].writers[rank];

		strays.missing += w->astray;
		strays.found += w->salvaged_path != NULL;
		if (!strays.example)
			strays.example = w->salvaged_path;
	}
	return strays;
}

/* "rank 3 (n2:/tmp/...)", for the first of them. */
static void put_missing(FILE *stream, const struct manifest *m, size_t index,
			uint32_t missing)
{
	const struct manifest_writer *writers = m->strategies[index].writers;
	uint32_t shown = 0;

	for (uint32_t rank = 0; rank < m->rank_count && shown < MISSING_SHOWN; rank++) {
		if (!writers[rank].astray)
			continue;
		fprintf(stream, "%srank %u", shown++ ? ", " : "", rank);
		if (!writers[rank].history_path)
			continue;
		fputs(" (", stream);
		put_name(stream, writer_host(m, rank));
		putc(':', stream);
		put_name(stream, writers[rank].history_path);
		putc(')', stream);
	}
	if (missing > shown) {
		fputs(" and ", stream);
		put_count(stream, missing - shown);
		fputs(" more", stream);
	}
}

bool has_strays(const struct manifest *m, size_t index)
{
	const struct strays strays = count_strays(m, index);

	return strays.found || strays.missing;
}

void put_strays(FILE *stream, const struct manifest *m, size_t index,
		const char *command, const char *run_dir)
{
	const struct strays strays = count_strays(m, index);

	fputs("of ", stream);
	put_name(stream, m->strategies[index].name);
	if (strays.found) {
		putc(' ', stream);
		put_count(stream, strays.found);
		fputs(strays.found == 1 ? " was found at " : " were found, one at ",
		      stream);
		put_name(stream, strays.example);
	}
	if (strays.missing) {
		fputs(strays.found ? ", and " : " ", stream);
		put_count(stream, strays.missing);
		fputs(strays.missing == 1 ? " is missing: " : " are missing: ", stream);
		put_missing(stream, m, index, strays.missing);
		fprintf(stream, ". Copy what is missing into a folder here and run %s ",
			command);
		put_shell_word(stream, run_dir);
		fputs(" --history FOLDER", stream);
	}
	putc('.', stream);
}

int print_histories(const struct page *page)
{
	const char *title = "Histories that were not gathered:";
	const struct manifest *m = page->result->manifest;

	for (size_t i = 0; page->run_dir && i < m->strategy_count; i++) {
		struct text text;

		if (!has_strays(m, i))
			continue;
		if (text_begin(&text) < 0)
			return -ENOMEM;
		put_strays(text.stream, m, i, "tailrace verify", page->run_dir);
		fprintf(page->stream, "\n%s ", title);
		text_end(&text, page, strlen(title) + 1, 0);
	}
	return 0;
}
