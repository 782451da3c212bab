/* page_teeth - whether the run would have seen a race: what became of the controls. */
#include "results/page.h"

#include <errno.h>
#include <string.h>

static bool is_failed_control(const struct result *result, size_t i)
{
	return result->manifest->strategies[i].control &&
	       result->judgments[i].verdict == VERDICT_UNSAFE;
}

static bool is_control(const struct result *result, size_t i)
{
	return result->manifest->strategies[i].control &&
	       result->judgments[i].verdict != VERDICT_SKIPPED;
}

/* Did it stand where writers met? */
static bool survived(const struct result *result, size_t i)
{
	return !result->manifest->strategies[i].control &&
	       result->manifest->strategies[i].shared_file &&
	       result->judgments[i].verdict == VERDICT_SAFE;
}

void put_teeth(FILE *stream, const struct page *page)
{
	if (page->result->verdict.teeth) {
		put_strategies(stream, page, is_failed_control);
		fputs(" went wrong on this mount, as a control should; so this run can "
		      "see the race",
		      stream);
		fputs(count_strategies(page->result, survived) > 0
			      ? " that the safe ones survived."
			      : ".",
		      stream);
		return;
	}
	if (count_strategies(page->result, is_control) == 0) {
		fputs("no control was run. Add append to --strategy to see whether "
		      "a careless writer comes to harm on this mount.",
		      stream);
		return;
	}
	put_strategies(stream, page, is_control);
	fputs(" did not go wrong here, so this run has not shown that it would "
	      "see a race.",
	      stream);
	if (page->result->manifest->local_fs)
		fputs(" On a local file system that is no surprise: appends "
		      "are atomic there.",
		      stream);
}

const char *page_teeth_label(const struct page *page)
{
	return page->result->verdict.teeth ? "Teeth shown:" : "Teeth not shown:";
}

int print_teeth(const struct page *page)
{
	const char *label = page_teeth_label(page);
	struct text text;

	if (text_begin(&text) < 0)
		return -ENOMEM;
	put_teeth(text.stream, page);
	fprintf(page->stream, "\n%s ", label);
	text_end(&text, page, strlen(label) + 1, 0);
	return 0;
}
