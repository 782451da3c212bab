/* seam - see seam.h. */
#include "verify/seam.h"

static int scan_until(struct seam *s, uint64_t to)
{
	uint64_t from = s->at;

	s->at = to;
	return from < to && from < s->source->size_bytes
		       ? scan_range(s->source, s->form, from, to, s->sink, s->context)
		       : 0;
}

int seam_take(struct seam *s, const struct run *run)
{
	int rc;

	if (run->from < s->at || run->from >= run->to || s->source->shrunk)
		return 0;
	rc = scan_until(s, run->from);
	if (rc < 0 || s->source->shrunk)
		return rc;
	for (size_t i = 0; rc == 0 && i < run->count; i++)
		rc = s->sink(s->context, &run->items[i]);
	s->at = run->to;
	return rc < 0 ? rc : 0;
}

int seam_end(struct seam *s)
{
	return scan_until(s, UINT64_MAX);
}
