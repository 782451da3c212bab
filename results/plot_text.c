/* plot_text - what stands in words in the pictures; see plot.h. */
#include "results/plot.h"

#include <errno.h>
#include <stdlib.h>

#include "results/format.h"
#include "results/measure.h"

static const char *const verdict_marks[] = {
	[VERDICT_SAFE] = "",
	[VERDICT_INCONCLUSIVE] = " (inconclusive)",
	[VERDICT_UNSAFE] = " (UNSAFE)",
	[VERDICT_SKIPPED] = " (skipped)",
};

void put_plot_titles(FILE *settings, const struct manifest *manifest, const char *title,
		     const char *more)
{
	char *setting = NULL;
	size_t size;
	FILE *stream = open_memstream(&setting, &size);

	if (!stream)
		return;
	put_setting(stream, manifest);
	fputs(more, stream);
	fclose(stream);
	fputs("title = ", settings);
	put_gnuplot_string(settings, title);
	fputs("\nsubtitle = ", settings);
	put_gnuplot_string(settings, setting ? setting : "");
	putc('\n', settings);
	free(setting);
}

/* Cut @text to so many characters of UTF-8. */
static void cut(char *text, size_t characters)
{
	for (; *text; text++)
		if (((unsigned char)*text & 0xc0) != 0x80 && characters-- == 0)
			break;
	*text = '\0';
}

char *plot_label(const struct result *result, size_t strategy)
{
	char *text = printable_name(result->manifest->strategies[strategy].name);
	const char *mark = verdict_marks[result->judgments[strategy].verdict];
	char *label = NULL;
	bool too_long;

	if (!text)
		return NULL;
	too_long = text_columns(text) > PLOT_LABEL_CHARS_MAX;
	if (too_long)
		cut(text, PLOT_LABEL_CHARS_MAX - 3);
	if (asprintf(&label, "%s%s%s", text, too_long ? "..." : "", mark) < 0)
		label = NULL;
	free(text);
	return label;
}

int put_plot_label(FILE *data, const struct result *result, size_t strategy,
		   size_t *widest)
{
	char *label = plot_label(result, strategy);
	size_t columns;

	if (!label)
		return -ENOMEM;
	columns = text_columns(label);
	*widest = columns > *widest ? columns : *widest;
	put_tsv_field(data, label);
	free(label);
	return 0;
}

bool plot_is_lost(enum record_fate fate)
{
	return fate == FATE_OVERWRITTEN || fate == FATE_INTERLEAVED ||
	       fate == FATE_TORN || fate == FATE_CORRUPTED || fate == FATE_MISSING;
}
