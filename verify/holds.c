/*
 * holds - see holds.h.
 *
 * Of a hold it is known when the lock was surely granted already (`start`) and
 * until when it was surely held (`end`).  On one host both are what its clock
 * said; between hosts the error of the clocks moves them towards each other, so
 * that they may pass: then the hold was too short to be sure of any moment, but
 * may still lie within another.  Two holds overlap where each one's start is
 * before the other's end.
 *
 * Sorted by the lesser of start and end, each hold needs only be compared with
 * the latest end so far, since every start so far is before its end: once for
 * holds of one host, once for those of different hosts.
 */
#include "verify/holds.h"

#include <errno.h>
#include <stdlib.h>

/* One hold: the appends that one acquisition of the lock served. */
struct hold {
	int64_t start, end;		   /* of the pass that runs */
	uint64_t acquired_ns, released_ns; /* on the writer's own host */
	struct record_id first;
	struct record_id by; /* the one that it overlaps */
	uint32_t host;
	bool acknowledged; /* all of its appends */
	bool overlaps;	   /* an acknowledged one, being acknowledged itself */
	bool lost;	   /* any other one */
};

/* The latest end of the holds so far, and the latest of another host's than that. */
struct ends {
	struct end_mark {
		bool any;
		int64_t end;
		uint32_t host;
		struct record_id id;
	} latest, elsewhere;
};

static void ends_add(struct ends *ends, const struct hold *hold)
{
	struct end_mark mark = {true, hold->end, hold->host, hold->first};

	if (ends->latest.any && ends->latest.host == mark.host) {
		if (ends->latest.end < mark.end)
			ends->latest = mark;
	} else if (!ends->latest.any || ends->latest.end < mark.end) {
		ends->elsewhere = ends->latest;
		ends->latest = mark;
	} else if (!ends->elsewhere.any || ends->elsewhere.end < mark.end) {
		ends->elsewhere = mark;
	}
}

/* Is one of them, of @hold's host or of the others, later than its start? */
static bool ends_after(const struct ends *ends, const struct hold *hold, bool same_host,
		       struct record_id *ret_id)
{
	const struct end_mark *mark = &ends->latest;

	if (!same_host && mark->any && mark->host == hold->host)
		mark = &ends->elsewhere;
	if (!mark->any || mark->end <= hold->start)
		return false;
	*ret_id = mark->id;
	return true;
}

/* Was the lock held for this append at all, and is it known until when? */
static bool entry_held(const struct history_entry *entry)
{
	return entry->outcome != OUTCOME_OPEN && entry->step != STEP_OPEN &&
	       entry->step != STEP_LOCK;
}

/* Add the holds of @writer. 0 or -errno. */
static int holds_gather(const struct evidence *e, uint32_t writer, struct stash *holds)
{
	const struct history *history = &e->writers[writer].history;
	struct history_entry entry;
	struct hold hold = {.host = evidence_host(e, writer)};
	uint32_t number = 0;
	bool any = false;
	int rc = 0;

	for (uint64_t seq = 0; rc == 0 && seq < history->count; seq++) {
		if (history_get(history, seq, &entry) < 0 || !entry_held(&entry))
			continue;
		if (!any || e->strategy->batch == 1 || entry.hold != number) {
			rc = any ? stash_add(holds, &hold) : 0;
			hold.first = (struct record_id){writer, seq};
			hold.acquired_ns = entry.locked_ns;
			hold.acknowledged = true;
		}
		any = true;
		number = entry.hold;
		hold.released_ns = entry.unlock_ns;
		hold.acknowledged &= entry.outcome == OUTCOME_ACKNOWLEDGED;
	}
	return rc == 0 && any ? stash_add(holds, &hold) : rc;
}

static int64_t hold_key(const struct hold *hold)
{
	return hold->start < hold->end ? hold->start : hold->end;
}

/* By key; where it is equal those without a sure moment come first. */
static int compare_keys(const void *a, const void *b)
{
	const struct hold *x = a, *y = b;

	if (hold_key(x) != hold_key(y))
		return hold_key(x) < hold_key(y) ? -1 : 1;
	if ((x->start < x->end) != (y->start < y->end))
		return x->start < x->end ? 1 : -1;
	if (x->first.writer != y->first.writer)
		return x->first.writer < y->first.writer ? -1 : 1;
	return x->first.seq < y->first.seq ? -1 : x->first.seq > y->first.seq;
}

static int compare_hosts(const void *a, const void *b)
{
	const struct hold *x = a, *y = b;

	if (x->host != y->host)
		return x->host < y->host ? -1 : 1;
	return compare_keys(a, b);
}

/* Compare each of the sorted holds with those before it. */
static void holds_compare(struct stash *holds, bool same_host)
{
	struct ends acknowledged = {0}, all = {0};
	struct hold *hold = holds->items;

	for (size_t i = 0; i < holds->count; i++, hold++) {
		struct record_id by;

		if (same_host && i > 0 && hold[-1].host != hold->host)
			acknowledged = all = (struct ends){0};
		if (hold->acknowledged && !hold->overlaps &&
		    ends_after(&acknowledged, hold, same_host, &by)) {
			hold->overlaps = true;
			hold->by = by;
		}
		hold->lost |= ends_after(&all, hold, same_host, &by);
		if (hold->start >= hold->end)
			continue;
		if (hold->acknowledged)
			ends_add(&acknowledged, hold);
		ends_add(&all, hold);
	}
}

static void compare_on_own_clocks(struct stash *holds)
{
	struct hold *all = holds->items;

	for (size_t i = 0; i < holds->count; i++) {
		all[i].start = (int64_t)all[i].acquired_ns;
		all[i].end = (int64_t)all[i].released_ns;
	}
	stash_sort(holds, compare_hosts);
	holds_compare(holds, true);
}

static void compare_between_hosts(const struct manifest *m, struct stash *holds)
{
	struct hold *all = holds->items;

	for (size_t i = 0; i < holds->count; i++) {
		all[i].start =
			timeline_moment(m, all[i].host, all[i].acquired_ns).high_ns;
		all[i].end = timeline_moment(m, all[i].host, all[i].released_ns).low_ns;
	}
	stash_sort(holds, compare_keys);
	holds_compare(holds, false);
}

static int holds_count(struct evidence *e, const struct stash *holds)
{
	const struct hold *hold = holds->items;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < holds->count; i++, hold++) {
		struct finding finding = evidence_finding(e, ANOMALY_LOCK_OVERLAP,
							  hold->first.writer, 0, 0);

		finding.offset_known = false;
		finding.record = hold->first;
		finding.by = hold->by;
		if (hold->overlaps)
			rc = evidence_add(e, &finding);
		else
			e->lock_lost += hold->lost;
	}
	return rc;
}

int holds_check(struct evidence *evidence, struct error *err)
{
	struct stash holds = STASH_OF(struct hold);
	int rc = 0;

	evidence->lock_lost = 0;
	for (uint32_t w = 0; rc == 0 && w < evidence->manifest->rank_count; w++)
		rc = holds_gather(evidence, w, &holds);
	if (rc == 0) {
		compare_on_own_clocks(&holds);
		compare_between_hosts(evidence->manifest, &holds);
		rc = holds_count(evidence, &holds);
	}
	if (rc < 0)
		error_sys(err, -rc, "cannot compare the holds of the lock");
	stash_release(&holds);
	return rc;
}
