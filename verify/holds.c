/*
 * holds - see holds.h.
 *
 * All holds are walked in order of their beginning, by a heap of the writers.
 * Each is compared with the latest end so far: one that began before that end by
 * more than the error of the clocks overlaps.  A hold ends at the stamp before
 * the unlocking call, so the call's own duration can raise no false alarm.
 */
#include "verify/holds.h"

#include <errno.h>
#include <stdlib.h>

/* One hold: the appends that one acquisition of the lock served. */
struct hold {
	struct record_id first;
	struct moment acquired, released;
	bool acknowledged; /* all of its appends */
};

/* Where the walk stands in one writer's history. */
struct cursor {
	uint32_t writer;
	uint64_t seq; /* the first append after `hold` */
	struct hold hold;
};

struct walk {
	struct evidence *e;
	struct cursor *heap; /* the earliest acquisition first */
	size_t count;
	struct latest acknowledged; /* ends of the holds so far */
	struct latest all;
};

/* Was the lock held for this append at all, and is it known until when? */
static bool entry_held(const struct history_entry *entry)
{
	return entry->outcome != OUTCOME_OPEN && entry->step != STEP_OPEN &&
	       entry->step != STEP_LOCK;
}

/* Advance to the writer's next hold; false at the end of its history. */
static bool cursor_next(struct walk *walk, struct cursor *cursor)
{
	const struct history *history = &walk->e->writers[cursor->writer].history;
	uint32_t host = evidence_host(walk->e, cursor->writer);
	struct history_entry entry, first;

	while (cursor->seq < history->count &&
	       (history_get(history, cursor->seq, &entry) < 0 || !entry_held(&entry)))
		cursor->seq++;
	if (cursor->seq >= history->count)
		return false;
	first = entry;
	cursor->hold = (struct hold){
		.first = {cursor->writer, cursor->seq},
		.acquired = timeline_moment(walk->e->manifest, host, entry.locked_ns),
		.acknowledged = true,
	};
	do {
		cursor->hold.acknowledged &= entry.outcome == OUTCOME_ACKNOWLEDGED;
		cursor->hold.released =
			timeline_moment(walk->e->manifest, host, entry.unlock_ns);
		cursor->seq++;
	} while (walk->e->strategy->batch > 1 &&
		 history_get(history, cursor->seq, &entry) == 0 && entry_held(&entry) &&
		 entry.hold == first.hold);
	return true;
}

/* The middle of what the acquisition's time may be, to walk by. */
static int64_t cursor_key(const struct cursor *cursor)
{
	const struct moment *moment = &cursor->hold.acquired;

	return moment->low_ns / 2 + moment->high_ns / 2;
}

static void heap_sink(struct walk *walk, size_t at)
{
	struct cursor *heap = walk->heap;

	for (;;) {
		size_t child = 2 * at + 1;
		struct cursor swap = heap[at];

		if (child + 1 < walk->count &&
		    cursor_key(&heap[child + 1]) < cursor_key(&heap[child]))
			child++;
		if (child >= walk->count ||
		    cursor_key(&heap[at]) <= cursor_key(&heap[child]))
			return;
		heap[at] = heap[child];
		heap[child] = swap;
		at = child;
	}
}

static int hold_check(struct walk *walk, const struct hold *hold)
{
	struct finding finding = evidence_finding(walk->e, ANOMALY_LOCK_OVERLAP,
						  hold->first.writer, 0, 0);
	int rc = 0;

	finding.offset_known = false;
	finding.record = hold->first;
	if (hold->acknowledged &&
	    latest_after(&walk->acknowledged, &hold->acquired, &finding.by)) {
		rc = evidence_add(walk->e, &finding);
		/* Both sides must have remembered all that they did. */
		if (walk->e->writers[finding.by.writer].damaged &&
		    !walk->e->writers[finding.record.writer].damaged)
			walk->e->proven[ANOMALY_LOCK_OVERLAP]--;
	} else if (latest_after(&walk->all, &hold->acquired, &finding.by)) {
		walk->e->lock_lost++;
	}
	if (hold->acknowledged)
		latest_add(&walk->acknowledged, &hold->released, hold->first);
	latest_add(&walk->all, &hold->released, hold->first);
	return rc;
}

static int walk_run(struct walk *walk)
{
	int rc = 0;

	for (uint32_t w = 0; w < walk->e->manifest->rank_count; w++) {
		struct cursor *cursor = &walk->heap[walk->count];

		*cursor = (struct cursor){.writer = w};
		walk->count += cursor_next(walk, cursor);
	}
	for (size_t at = walk->count; at-- > 0;)
		heap_sink(walk, at);
	while (rc == 0 && walk->count) {
		rc = hold_check(walk, &walk->heap[0].hold);
		if (!cursor_next(walk, &walk->heap[0]))
			walk->heap[0] = walk->heap[--walk->count];
		heap_sink(walk, 0);
	}
	return rc;
}

int holds_check(struct evidence *evidence, struct error *err)
{
	struct walk walk = {.e = evidence};
	int rc;

	evidence->lock_lost = 0;
	walk.heap = calloc(evidence->manifest->rank_count + 1u, sizeof(*walk.heap));
	rc = walk.heap ? latest_init(&walk.acknowledged, evidence->manifest->host_count)
		       : -ENOMEM;
	if (rc == 0)
		rc = latest_init(&walk.all, evidence->manifest->host_count);
	if (rc == 0)
		rc = walk_run(&walk);
	if (rc < 0)
		error_sys(err, -rc, "cannot compare the holds of the lock");
	latest_release(&walk.acknowledged);
	latest_release(&walk.all);
	free(walk.heap);
	return rc;
}
