/* explain_words - what all parts of an explanation say; see explain_parts.h. */
#include "results/explain_parts.h"

#include <inttypes.h>

void put_record_name(FILE *stream, struct record_id id)
{
	fprintf(stream, "record %" PRIu64 " of rank %" PRIu32, id.seq, id.writer);
}

bool explain_counts(const struct explain *x)
{
	return x->strategy->workload == WORKLOAD_COUNTER;
}

void put_heading(const struct explain *x, const char *text)
{
	fprintf(x->page.stream, "\n%s%s%s\n", x->colour ? "\033[1m" : "", text,
		x->colour ? "\033[0m" : "");
}
