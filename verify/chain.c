/* chain - see chain.h. */
#include "verify/chain.h"

#include "core/crc32c.h"

#include <errno.h>
#include <stdlib.h>

bool chain_applies(const struct evidence *e)
{
	return e->strategy->workload == WORKLOAD_CHAIN && e->strategy->exclusive_lock;
}

/* What a reader of the last min_bytes bytes of @id would have noted. */
static int digest(const struct evidence *e, struct record_id id, uint32_t *ret_digest)
{
	uint32_t size = record_size(&e->form, id);
	uint32_t seen = e->manifest->min_bytes;
	uint8_t *bytes = malloc(size);

	if (!bytes)
		return -ENOMEM;
	record_write(&e->form, id, bytes);
	*ret_digest = crc32c(bytes + (size - seen), seen);
	free(bytes);
	return 0;
}

/* Had @last surely given up the lock when @entry's hold of it began? */
static bool was_over(const struct evidence *e, const struct effect *last,
		     struct record_id id, const struct history_entry *entry)
{
	struct moment unlocked = timeline_moment(
		e->manifest, evidence_host(e, last->id.writer), last->entry.unlock_ns);
	struct moment granted = timeline_moment(
		e->manifest, evidence_host(e, id.writer), entry->locked_ns);

	return moment_before(&unlocked, &granted);
}

int chain_check(struct evidence *e, const struct effect *last, struct record_id id,
		const struct history_entry *entry, uint64_t offset)
{
	struct finding finding;
	uint32_t left = 0;
	int rc = 0;

	/* Further records of a batch follow their own, which nobody needed to see. */
	if (entry->outcome != OUTCOME_ACKNOWLEDGED ||
	    (e->strategy->batch > 1 && last->any && last->id.writer == id.writer &&
	     last->entry.hold == entry->hold))
		return 0;
	if (last->any)
		rc = digest(e, last->id, &left);
	if (rc < 0)
		return rc;
	if (entry->saw == last->any && (!last->any || entry->seen == left))
		return 0;
	if (last->any && (last->entry.outcome != OUTCOME_ACKNOWLEDGED ||
			  !was_over(e, last, id, entry)))
		return 0;
	finding = evidence_finding(e, ANOMALY_STALE_READ, 0, offset,
				   record_size(&e->form, id));
	finding.record = id;
	if (last->any)
		finding.by = last->id;
	return evidence_add(e, &finding);
}
