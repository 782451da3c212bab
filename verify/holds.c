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
 * In the order of the lesser of start and end, each hold needs only be compared with
 * the latest end so far, since every start so far is before its end: once for
 * holds of one host, once for those of different hosts.
 */
#include "verify/holds.h"

#include "verify/hold_stream.h"

/* A hold that overlaps another. */
struct clash {
	struct hold hold; /* timed between hosts, whichever pass found it */
	struct record_id by;
	bool same_host;
	bool overlaps; /* an acknowledged one, being acknowledged itself */
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

static void time_on_own_clock(const struct manifest *m, struct hold *hold)
{
	(void)m;
	hold->start = (int64_t)hold->acquired_ns;
	hold->end = (int64_t)hold->released_ns;
}

static void time_between_hosts(const struct manifest *m, struct hold *hold)
{
	hold->start = timeline_moment(m, hold->host, hold->acquired_ns).high_ns;
	hold->end = timeline_moment(m, hold->host, hold->released_ns).low_ns;
}

static const struct hold_order on_own_clocks = {time_on_own_clock, compare_hosts};
static const struct hold_order between_hosts = {time_between_hosts, compare_keys};

/* One comparison of each hold with those before it. */
struct comparison {
	const struct manifest *manifest;
	bool same_host;
	bool any;
	uint32_t host; /* of the last one */
	struct ends acknowledged, all;
	struct stash *clashes;
};

static int hold_compare(void *context, const struct hold *hold)
{
	struct comparison *c = context;
	struct clash clash = {.hold = *hold, .same_host = c->same_host};
	struct record_id ignored;
	bool lost;

	if (c->same_host && c->any && c->host != hold->host)
		c->acknowledged = c->all = (struct ends){0};
	c->any = true;
	c->host = hold->host;
	clash.overlaps = hold->acknowledged &&
			 ends_after(&c->acknowledged, hold, c->same_host, &clash.by);
	lost = ends_after(&c->all, hold, c->same_host, &ignored);
	if (hold->start < hold->end) {
		if (hold->acknowledged)
			ends_add(&c->acknowledged, hold);
		ends_add(&c->all, hold);
	}
	if (!clash.overlaps && !lost)
		return 0;
	time_between_hosts(c->manifest, &clash.hold);
	return stash_add(c->clashes, &clash);
}

static int compare_by(const struct evidence *e, const struct hold_order *order,
		      struct stash *clashes)
{
	struct comparison comparison = {
		.manifest = e->manifest,
		.same_host = order == &on_own_clocks,
		.clashes = clashes,
	};

	return hold_stream(e, order, hold_compare, &comparison);
}

/* By time; the two of one hold together, the one that names an overlap first. */
static int compare_clashes(const void *a, const void *b)
{
	const struct clash *x = a, *y = b;
	int order = compare_keys(&x->hold, &y->hold);

	if (order)
		return order;
	if (x->overlaps != y->overlaps)
		return x->overlaps ? -1 : 1;
	return (int)y->same_host - (int)x->same_host;
}

static bool is_same_hold(const struct clash *a, const struct clash *b)
{
	return a->hold.first.writer == b->hold.first.writer &&
	       a->hold.first.seq == b->hold.first.seq;
}

/* Each hold once. */
static int clashes_count(struct evidence *e, const struct stash *clashes)
{
	const struct clash *clash = clashes->items;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < clashes->count; i++, clash++) {
		struct finding finding = evidence_finding(
			e, ANOMALY_LOCK_OVERLAP, clash->hold.first.writer, 0, 0);

		if (i > 0 && is_same_hold(&clash[-1], clash))
			continue;
		finding.offset_known = false;
		finding.record = clash->hold.first;
		finding.by = clash->by;
		if (clash->overlaps)
			rc = evidence_add(e, &finding);
		else
			e->lock_lost++;
	}
	return rc;
}

int holds_check(struct evidence *evidence, struct error *err)
{
	struct stash clashes = STASH_OF(struct clash);
	int rc;

	evidence->lock_lost = 0;
	rc = compare_by(evidence, &on_own_clocks, &clashes);
	/* On one host there is nobody else. */
	if (rc == 0 && evidence->manifest->host_count > 1)
		rc = compare_by(evidence, &between_hosts, &clashes);
	if (rc == 0) {
		stash_sort(&clashes, compare_clashes);
		rc = clashes_count(evidence, &clashes);
	}
	if (rc < 0)
		error_sys(err, -rc, "cannot compare the holds of the lock");
	stash_release(&clashes);
	return rc;
}
