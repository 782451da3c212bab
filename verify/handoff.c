/* handoff - see handoff.h. */
#include "verify/handoff.h"

/* Another host; where the file system is local to one, another writer. */
static bool came_from_elsewhere(const struct evidence *e, uint32_t a, uint32_t b)
{
	if (e->manifest->local_fs)
		return a != b;
	return evidence_host(e, a) != evidence_host(e, b);
}

void handoff_count(struct evidence *e, const struct effect *last, struct record_id id,
		   const struct history_entry *entry)
{
	struct moment invoked, completed;

	/* Records of one hold, of a lock or of a part of the file, are one append. */
	if (last->any && last->id.writer == id.writer &&
	    last->entry.hold == entry->hold)
		return;
	e->appends_placed++;
	if (!last->any || last->entry.outcome != OUTCOME_ACKNOWLEDGED ||
	    !came_from_elsewhere(e, last->id.writer, id.writer))
		return;
	invoked = timeline_moment(e->manifest, evidence_host(e, id.writer),
				  entry->invoke_ns);
	completed = timeline_moment(e->manifest, evidence_host(e, last->id.writer),
				    last->entry.completed_ns);
	e->handoffs += moment_before(&invoked, &completed);
}
