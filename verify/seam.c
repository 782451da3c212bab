/* seam - see seam.h. */
#include "verify/seam.h"

static int segment_pass(void *context, const struct segment *segment)
{
	struct seam *s = context;

	s->to = segment->offset + segment->length;
	return s->sink(s->context, segment);
}

static int scan_until(struct seam *s, uint64_t to)
{
	uint64_t from = s->at;
	int rc;

	s->at = s->to = to;
	if (from >= to || from >= s->source->size_bytes)
		return 0;
	rc = scan_range(s->source, s->form, from, to, segment_pass, s);
	if (s->to > to)
		s->at = s->to;
	return rc;
}

int seam_take(struct seam *s, const struct sequence *run)
{
	int rc;

	if (run->from < s->at || run->from >= run->to || s->source->shrunk)
		return 0;
	rc = scan_until(s, run->from);
	if (rc < 0 || s->source->shrunk || s->at > run->from)
		return rc;
	for (size_t i = 0; rc == 0 && i < run->count; i++)
		rc = s->sink(s->context, &run->items[i]);
	s->at = run->to;
	return rc < 0 ? rc : 0;
}

int seam_end(struct seam *s, uint64_t to)
{
	return scan_until(s, to);
}
