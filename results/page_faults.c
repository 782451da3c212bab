/* page_faults - a line for each fault that was asked for; see page.h. */
#include "results/page.h"

#include <errno.h>

#include "core/units.h"
#include "results/fault_json.h"
#include "results/format.h"

/* ": next lock after 12.0 ms, full speed after 400 ms, none appended for 390 ms" */
static void put_recovery(FILE *stream, const struct manifest_strategy *strategy,
			 const struct recovery *recovery)
{
	char time[UNITS_TEXT_BYTES];

	if (recovery->next_ns == COUNT_NULL && recovery->gap_ns == COUNT_NULL)
		return; /* the clocks could not be compared */
	if (recovery->next_ns == COUNT_NULL)
		fputs(": nobody else appended after that", stream);
	else
		fprintf(stream, ": next %s after %s",
			strategy->exclusive_lock ? "lock" : "append",
			units_format_duration((uint64_t)recovery->next_ns, time));
	if (recovery->compared && recovery->full_ns == COUNT_NULL)
		fputs(", full speed not seen", stream);
	if (recovery->full_ns != COUNT_NULL)
		fprintf(stream, ", full speed after %s",
			units_format_duration((uint64_t)recovery->full_ns, time));
	if (recovery->gap_ns > 0)
		fprintf(stream, ", none appended for %s",
			units_format_duration((uint64_t)recovery->gap_ns, time));
}

/* "fault at 3.00 s: killed the holder, rank 2 on host1: next lock after 12.0 ms ..." */
static void put_fault(FILE *stream, const struct page *page, size_t fault)
{
	const struct manifest *m = page->result->manifest;
	const struct manifest_fault *f = &m->faults[fault];
	const struct recovery *recovery = fault_recovery(page->result, fault);
	char time[UNITS_TEXT_BYTES];
	double at_s = fault_at_s(m, f);

	if (f->hit)
		fprintf(stream, "fault at %s: ",
			units_format_duration(at_s > 0 ? (uint64_t)(at_s * 1e9) : 0,
					      time));
	else
		fputs("no fault: ", stream);
	put_name(stream, f->note);
	if (!f->hit) {
		fputs(" (", stream);
		put_name(stream, f->what);
		fputs(")", stream);
	}
	if (recovery)
		put_recovery(stream, &m->strategies[f->strategy], recovery);
}

int print_faults(const struct page *page, size_t index)
{
	const struct manifest *m = page->result->manifest;
	struct text text;

	for (size_t i = 0; i < m->fault_count; i++) {
		if (m->faults[i].strategy != index)
			continue;
		if (text_begin(&text) < 0)
			return -ENOMEM;
		put_fault(text.stream, page, i);
		fputs("    ", page->stream);
		text_end(&text, page, 4, 6);
	}
	return 0;
}
