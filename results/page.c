/* page - see page.h. */
#include "results/page.h"

#include <errno.h>
#include <stdlib.h>

#include "results/format.h"

int text_begin(struct text *text)
{
	text->stream = open_memstream(&text->bytes, &text->size);
	return text->stream ? 0 : -ENOMEM;
}

void text_end(struct text *text, const struct page *page, size_t used, size_t indent)
{
	if (fclose(text->stream) == 0) {
		put_wrapped(page->stream, text->bytes, used, indent, page->columns);
		putc('\n', page->stream);
	}
	free(text->bytes);
}

void put_count(FILE *stream, uint64_t count)
{
	char text[FORMAT_MAX];

	format_count(text, count);
	fputs(text, stream);
}

/* ", " between, " and " before the last. */
static void put_separator(FILE *stream, size_t index, size_t count)
{
	if (index > 0)
		fputs(index + 1 == count ? " and " : ", ", stream);
}

size_t count_strategies(const struct result *result, strategy_filter filter)
{
	size_t count = 0;

	for (size_t i = 0; i < result->manifest->strategy_count; i++)
		count += filter(result, i);
	return count;
}

void put_strategies(FILE *stream, const struct page *page, strategy_filter filter)
{
	size_t count = count_strategies(page->result, filter);
	size_t done = 0;

	for (size_t k = 0; k < page->result->manifest->strategy_count; k++) {
		size_t i = page->order[k];

		if (!filter(page->result, i))
			continue;
		put_separator(stream, done++, count);
		put_name(stream, page->result->manifest->strategies[i].name);
	}
}

void put_kinds(FILE *stream, const struct judgment *judgment, int first, int end)
{
	size_t done = 0;

	for (int kind = first; kind < end; kind++) {
		if (judgment->anomalies[kind] <= 0 || kind == ANOMALY_GAP_BYTES ||
		    kind == ANOMALY_FOREIGN_BYTES)
			continue;
		fprintf(stream, "%s%s ", done++ ? ", " : "", anomaly_table[kind].name);
		put_count(stream, (uint64_t)judgment->anomalies[kind]);
		if (kind == ANOMALY_GAP || kind == ANOMALY_FOREIGN) {
			fputs(" (", stream);
			put_count(stream, (uint64_t)judgment->anomalies[kind + 1]);
			fputs(" bytes)", stream);
		}
	}
}

bool has_kinds(const struct judgment *judgment, int first, int end)
{
	for (int kind = first; kind < end; kind++)
		if (judgment->anomalies[kind] > 0)
			return true;
	return false;
}
