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

/* What every append of the strategy writes; 0: they differ. */
static uint32_t equal_bytes(const struct manifest_strategy *strategy,
			    const struct record_form *form)
{
	if (strategy->workload == WORKLOAD_COUNTER)
		return COUNTER_BYTES;
	return form->plan.min_bytes == form->plan.max_bytes ? form->plan.max_bytes : 0;
}

int tally_init(struct tally *tally, const struct manifest_strategy *strategy,
	       const struct record_form *form, uint32_t writers)
{
	*tally = (struct tally){
		.strategy = strategy,
		.form = form,
		.equal_bytes = equal_bytes(strategy, form),
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

void tally_visit(void *context, uint64_t seq, const struct history_entry *entry)
{
	const struct telling *telling = context;
	struct tally *tally = telling->tally;
	struct writer_share *share = &tally->shares[telling->writer];
	bool locks = tally->strategy->exclusive_lock;
	uint64_t wait =
		(locks ? entry->locked_ns : entry->completed_ns) - entry->invoke_ns;

	tally->failed += entry->outcome == OUTCOME_FAILED;
	if (entry->outcome != OUTCOME_ACKNOWLEDGED)
		return;
	tally->acknowledged++;
	tally->acknowledged_bytes +=
		tally->equal_bytes
			? tally->equal_bytes
			: record_size(tally->form,
				      (struct record_id){telling->writer, seq});
	share->acknowledged++;
	if (!stamps_ordered(entry))
		return;
	if (wait > share->longest_wait_ns)
		share->longest_wait_ns = wait;
	latency_add(tally, locks, entry);
}

void tally_merge(struct tally *into, const struct tally *from, uint32_t writers)
{
	for (int part = 0; part < LATENCY_PARTS; part++)
		histogram_merge(&into->latency[part], &from->latency[part]);
	into->acknowledged += from->acknowledged;
	into->acknowledged_bytes += from->acknowledged_bytes;
	into->failed += from->failed;
	for (uint32_t w = 0; w < writers; w++) {
		struct writer_share *share = &into->shares[w];

		share->acknowledged += from->shares[w].acknowledged;
		if (share->longest_wait_ns < from->shares[w].longest_wait_ns)
			share->longest_wait_ns = from->shares[w].longest_wait_ns;
	}
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
