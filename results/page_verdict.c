/*
 * page_verdict - the verdict in a sentence that a newcomer understands at once.
 */
#include "results/page.h"

#include <errno.h>
#include <string.h>

#include "results/format.h"
#include "results/measure.h"

static const char *const verdict_words[] = {
	[VERDICT_SAFE] = "SAFE",
	[VERDICT_UNSAFE] = "UNSAFE",
	[VERDICT_INCONCLUSIVE] = "INCONCLUSIVE",
	[VERDICT_SKIPPED] = "SKIPPED",
};

static bool supports_verdict(const struct result *result, size_t i)
{
	return verdict_rests_on(result->manifest, i) &&
	       (result->judgments[i].verdict == result->verdict.verdict ||
		(result->judgments[i].verdict == VERDICT_SKIPPED &&
		 result->verdict.verdict == VERDICT_INCONCLUSIVE));
}

static bool failed_beside(const struct result *result, size_t i)
{
	return !verdict_rests_on(result->manifest, i) &&
	       result->judgments[i].verdict == VERDICT_UNSAFE;
}

/* "45 of 8,000 acknowledged records were lost" */
static void put_loss(FILE *stream, uint64_t lost, uint64_t acknowledged)
{
	put_count(stream, lost);
	fputs(" of ", stream);
	put_count(stream, acknowledged);
	fprintf(stream, " acknowledged record%s %s lost", acknowledged == 1 ? "" : "s",
		lost == 1 ? "was" : "were");
}

/* "with flock, 45 of 8,000 acknowledged records were lost" */
static void put_losses(FILE *stream, const struct page *page, strategy_filter filter)
{
	size_t done = 0;

	for (size_t i = 0; i < page->result->manifest->strategy_count; i++) {
		const struct judgment *judgment = &page->result->judgments[i];

		if (!filter(page->result, i))
			continue;
		fputs(done++ ? "; with " : "with ", stream);
		put_name(stream, page->result->manifest->strategies[i].name);
		fputs(", ", stream);
		if (judgment->anomalies[ANOMALY_LOST] > 0) {
			put_loss(stream, (uint64_t)judgment->anomalies[ANOMALY_LOST],
				 judgment->acknowledged);
		} else {
			fputs("the file was damaged: ", stream);
			put_kinds(stream, judgment, 0, ANOMALY_COUNT);
		}
	}
}

void put_verdict_sentence(FILE *stream, const struct page *page)
{
	switch (page->result->verdict.verdict) {
	case VERDICT_SAFE:
		fputs("with ", stream);
		put_strategies(stream, page, supports_verdict);
		fputs(", every acknowledged record survived, whole and where it "
		      "belongs",
		      stream);
		break;
	case VERDICT_UNSAFE:
		put_losses(stream, page, supports_verdict);
		break;
	default:
		if (count_strategies(page->result, supports_verdict) == 0) {
			fputs("no strategy was required to be safe, so nothing was "
			      "shown",
			      stream);
			break;
		}
		fputs("this run cannot tell whether appends are safe here with ",
		      stream);
		put_strategies(stream, page, supports_verdict);
		fputs("; the table says why", stream);
	}
	putc('.', stream);
	if (count_strategies(page->result, failed_beside) > 0) {
		fputs(page->result->verdict.verdict == VERDICT_SAFE ? " But "
								    : " Besides, ",
		      stream);
		put_losses(stream, page, failed_beside);
		putc('.', stream);
	}
}

const char *page_verdict_word(const struct page *page)
{
	return verdict_words[page->result->verdict.verdict];
}

int print_headline(const struct page *page, const char *word,
		   void (*put_sentence)(FILE *stream, const struct page *page))
{
	struct text text;

	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_sentence(text.stream, page);
	fprintf(page->stream, "%s: ", word);
	text_end(&text, page, strlen(word) + 2, 0);
	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_setting(text.stream, page->result->manifest);
	putc('\n', page->stream);
	text_end(&text, page, 0, 0);
	return 0;
}

int print_verdict(const struct page *page)
{
	return print_headline(page, page_verdict_word(page), put_verdict_sentence);
}
