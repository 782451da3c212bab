/* tally - see tally.h. */
#include "verify/tally.h"

#include "verify/evidence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The times of an acknowledged append, each part that the strategy has. */
static void latency_add(struct tally *t, bool locks, const struct history_entry *entry)
{
	histogram_add(&t->latency[LATENCY_APPEND],
		      entry->completed_ns - entry->invoke_ns);
	histogram_add(&t->latency[LATENCY_WRITE], entry->written_ns - entry->locked_ns);
	if (entry->flushed_ns > entry->written_ns)
		histogram_add(&t->latency[LATENCY_FLUSH],
			      entry->flushed_ns - entry->written_ns);
	if (!locks)
		return;
	histogram_add(&t->latency[LATENCY_LOCK_WAIT],
		      entry->locked_ns - entry->invoke_ns);
	histogram_add(&t->latency[LATENCY_UNLOCK],
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

int tally_init(struct tally *tally, uint32_t writers)
{
	*tally = (struct tally){
		.latency = calloc(LATENCY_PARTS, sizeof(*tally->latency)),
		.shares = calloc(writers + 1u, sizeof(*tally->shares)),
	};
	return tally->latency && tally->shares ? 0 : -ENOMEM;
}

void tally_release(struct tally *tally)
{
	free(tally->latency);
	free(tally->shares);
	memset(tally, 0, sizeof(*tally));
}

void tally_add(struct tally *tally, const struct manifest_strategy *strategy,
	       const struct record_form *form, struct record_id id,
	       const struct history_entry *entry)
{
	struct writer_share *share = &tally->shares[id.writer];
	bool locks = strategy->exclusive_lock;
	uint64_t wait =
		(locks ? entry->locked_ns : entry->completed_ns) - entry->invoke_ns;

	tally->failed += entry->outcome == OUTCOME_FAILED;
	if (entry->outcome != OUTCOME_ACKNOWLEDGED)
		return;
	tally->acknowledged++;
	tally->acknowledged_bytes += strategy->workload == WORKLOAD_COUNTER
					     ? COUNTER_BYTES
					     : record_size(form, id);
	share->acknowledged++;
	if (!stamps_ordered(entry))
		return;
	if (wait > share->longest_wait_ns)
		share->longest_wait_ns = wait;
	latency_add(tally, locks, entry);
}

void tally_move(struct evidence *e, struct judgment *j)
{
	struct tally *tally = &e->tally;

	j->writer_count = e->manifest->rank_count;
	j->latency = tally->latency;
	j->shares = tally->shares;
	tally->latency = NULL;
	tally->shares = NULL;
	j->acknowledged = tally->acknowledged;
	j->acknowledged_bytes = tally->acknowledged_bytes;
	j->failed = tally->failed;
	for (uint32_t w = 0; w < j->writer_count; w++)
		j->attempted += e->writers[w].history.count;
	j->unknown = j->attempted - j->acknowledged - j->failed;
}
