/* hold_stream - see hold_stream.h. */
#include "verify/hold_stream.h"

#include <errno.h>
#include <stdlib.h>

/* The holds of one writer as its history has them; or, of all writers, the strays. */
struct source_of_holds {
	struct hold next;
	const struct stash *strays; /* NULL: of a writer */
	uint64_t at;		    /* in the stash, or the history */
	uint32_t writer;
	bool any; /* `last` is the latest that was in order */
	struct hold last;
};

struct streaming {
	const struct evidence *e;
	const struct hold_order *order;
	struct stash strays;
	struct source_of_holds *sources;
	struct source_of_holds **heap; /* the one with the first hold on top */
	size_t count;
};

/* Was the lock held for this append at all, and is it known until when? */
static bool entry_held(const struct history_entry *entry)
{
	return entry->outcome != OUTCOME_OPEN && entry->step != STEP_OPEN &&
	       entry->step != STEP_LOCK;
}

/* The next hold in the history of the writer, strays included.  False: no more. */
static bool history_next(const struct streaming *s, struct source_of_holds *from)
{
	const struct history *history = &s->e->writers[from->writer].history;
	struct history_entry entry;
	struct hold hold = {.host = evidence_host(s->e, from->writer)};
	uint32_t number = 0;
	bool any = false;

	for (; from->at < history->count; from->at++) {
		if (history_get(history, from->at, &entry) < 0 || !entry_held(&entry))
			continue;
		if (any && (s->e->strategy->batch == 1 || entry.hold != number))
			break;
		if (!any) {
			hold.first = (struct record_id){from->writer, from->at};
			hold.acquired_ns = entry.locked_ns;
			hold.acknowledged = true;
			number = entry.hold;
			any = true;
		}
		hold.released_ns = entry.unlock_ns;
		hold.acknowledged &= entry.outcome == OUTCOME_ACKNOWLEDGED;
	}
	s->order->clock(s->e->manifest, &hold);
	from->next = hold;
	return any;
}

/* Does the next hold stand behind a later one?  If not, it is the latest. */
static bool is_stray(const struct streaming *s, struct source_of_holds *from)
{
	if (from->any && s->order->compare(&from->last, &from->next) > 0)
		return true;
	from->any = true;
	from->last = from->next;
	return false;
}

/* The next hold that is in order.  False: no more. */
static bool source_next(const struct streaming *s, struct source_of_holds *from)
{
	if (from->strays) {
		if (from->at == from->strays->count)
			return false;
		from->next = ((const struct hold *)from->strays->items)[from->at++];
		return true;
	}
	while (history_next(s, from))
		if (!is_stray(s, from))
			return true;
	return false;
}

static int strays_gather(struct streaming *s)
{
	int rc = 0;

	for (uint32_t w = 0; w < s->e->manifest->rank_count; w++) {
		struct source_of_holds from = {.writer = w};

		while (rc == 0 && history_next(s, &from))
			if (is_stray(s, &from))
				rc = stash_add(&s->strays, &from.next);
	}
	stash_sort(&s->strays, s->order->compare);
	return rc;
}

static void heap_sink(struct streaming *s, size_t at)
{
	struct source_of_holds *moved = s->heap[at];

	for (size_t child; (child = 2 * at + 1) < s->count; at = child) {
		if (child + 1 < s->count &&
		    s->order->compare(&s->heap[child + 1]->next,
				      &s->heap[child]->next) < 0)
			child++;
		if (s->order->compare(&moved->next, &s->heap[child]->next) < 0)
			break;
		s->heap[at] = s->heap[child];
	}
	s->heap[at] = moved;
}

/* Each writer's first hold, and the first stray. */
static int sources_open(struct streaming *s)
{
	uint32_t writers = s->e->manifest->rank_count;

	s->sources = calloc(writers + 1u, sizeof(*s->sources));
	s->heap = calloc(writers + 1u, sizeof(struct source_of_holds *));
	if (!s->sources || !s->heap)
		return -ENOMEM;
	for (uint32_t w = 0; w <= writers; w++) {
		s->sources[w].writer = w;
		s->sources[w].strays = w == writers ? &s->strays : NULL;
		if (source_next(s, &s->sources[w]))
			s->heap[s->count++] = &s->sources[w];
	}
	for (size_t at = s->count / 2; at-- > 0;)
		heap_sink(s, at);
	return 0;
}

static int streaming_run(struct streaming *s, hold_sink *sink, void *context)
{
	int rc = 0;

	while (rc >= 0 && s->count) {
		rc = sink(context, &s->heap[0]->next);
		if (!source_next(s, s->heap[0]))
			s->heap[0] = s->heap[--s->count];
		if (s->count)
			heap_sink(s, 0);
	}
	return rc < 0 ? rc : 0;
}

int hold_stream(const struct evidence *evidence, const struct hold_order *order,
		hold_sink *sink, void *context)
{
	struct streaming s = {
		.e = evidence,
		.order = order,
		.strays = STASH_OF(struct hold),
	};
	int rc = strays_gather(&s);

	if (rc == 0)
		rc = sources_open(&s);
	if (rc == 0)
		rc = streaming_run(&s, sink, context);
	free(s.sources);
	free(s.heap);
	stash_release(&s.strays);
	return rc;
}
