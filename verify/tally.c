/* tally - see tally.h. */
#include "verify/tally.h"

#include <errno.h>
#include <stdlib.h>

/* The times of an acknowledged append, each part that the strategy has. */
static void latency_add(const struct evidence *e, struct judgment *j,
			const struct history_entry *entry)
{
	histogram_add(&j->latency[LATENCY_APPEND],
		      entry->completed_ns - entry->invoke_ns);
	histogram_add(&j->latency[LATENCY_WRITE], entry->written_ns - entry->locked_ns);
	if (entry->flushed_ns > entry->written_ns)
		histogram_add(&j->latency[LATENCY_FLUSH],
			      entry->flushed_ns - entry->written_ns);
	if (!e->strategy->exclusive_lock)
		return;
	histogram_add(&j->latency[LATENCY_LOCK_WAIT],
		      entry->locked_ns - entry->invoke_ns);
	histogram_add(&j->latency[LATENCY_UNLOCK],
		      entry->completed_ns - entry->unlock_ns);
}

/* Do the stamps stand in their order?  A damaged clock must not make latencies. */
static bool stamps_ordered(const struct history_entry *entry)
{
	return entry->invoke_ns <= entry->locked_ns &&
	       entry->locked_ns <= entry->written_ns &&
	       entry->written_ns <= entry->flushed_ns &&
	       entry->flushed_ns <= entry->unlock_ns &&
	       entry->unlock_ns <= entry->completed_ns;
}

static void entry_tally(const struct evidence *e, struct judgment *j,
			struct record_id id, const struct history_entry *entry)
{
	struct writer_share *share = &j->shares[id.writer];
	uint64_t wait = e->strategy->exclusive_lock
				? entry->locked_ns - entry->invoke_ns
				: entry->completed_ns - entry->invoke_ns;

	switch (entry->outcome) {
	case OUTCOME_ACKNOWLEDGED:
		j->acknowledged++;
		j->acknowledged_bytes += e->strategy->workload == WORKLOAD_COUNTER
						 ? COUNTER_BYTES
						 : record_size(&e->form, id);
		share->acknowledged++;
		if (!stamps_ordered(entry))
			return;
		if (wait > share->longest_wait_ns)
			share->longest_wait_ns = wait;
		latency_add(e, j, entry);
		return;
	case OUTCOME_FAILED:
		j->failed++;
		return;
	default:
		j->unknown++;
	}
}

int tally_histories(const struct evidence *e, struct judgment *j)
{
	struct history_entry entry;

	j->writer_count = e->manifest->rank_count;
	j->latency = calloc(LATENCY_PARTS, sizeof(*j->latency));
	j->shares = calloc(j->writer_count + 1u, sizeof(*j->shares));
	if (!j->latency || !j->shares)
		return -ENOMEM;
	for (uint32_t w = 0; w < j->writer_count; w++) {
		const struct history *history = &e->writers[w].history;

		j->attempted += history->count;
		for (uint64_t seq = 0; seq < history->count; seq++) {
			struct record_id id = {.writer = w, .seq = seq};

			if (history_get(history, seq, &entry) < 0)
				j->unknown++; /* damaged: anything may have happened */
			else
				entry_tally(e, j, id, &entry);
		}
	}
	return 0;
}
