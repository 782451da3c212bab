/*
 * timeline - the clocks of all hosts on one line, with their errors.
 *
 * docs/guarantees.md: error(t) = RTT/2 + 500 ppm of the time to the nearest
 * sample.  Within a host there is none.  Where two neighbouring samples contradict
 * each other by that rule the clock leapt or ran too fast or slow, and what it
 * showed between them proves nothing to another host.
 */
#ifndef TAILRACE_VERIFY_TIMELINE_H
#define TAILRACE_VERIFY_TIMELINE_H

#include <stdbool.h>

#include "core/manifest.h"

/* When something happened: on a host's own clock and, within bounds, on rank 0's. */
struct moment {
	uint32_t host;
	uint64_t own_ns;
	int64_t low_ns, high_ns; /* INT64_MIN, INT64_MAX where it is unknown */
};

/* Times beyond a century are damage; they prove nothing. */
#define TIMELINE_MAX_NS ((uint64_t)INT64_MAX / 4)

/* The moment when @host's clock, not rank 0's, showed @own_ns. */
struct moment timeline_moment_elsewhere(const struct manifest *manifest, uint32_t host,
					uint64_t own_ns);

/* The moment when @host's clock showed @own_ns. */
static inline struct moment timeline_moment(const struct manifest *manifest,
					    uint32_t host, uint64_t own_ns)
{
	if (manifest->rank_count && host == manifest->rank_host[0] &&
	    own_ns <= TIMELINE_MAX_NS)
		return (struct moment){host, own_ns, (int64_t)own_ns, (int64_t)own_ns};
	return timeline_moment_elsewhere(manifest, host, own_ns);
}

/*
 * Can all that @host's clock showed from @from_ns to @to_ns be compared with other
 * hosts' times?
 */
bool timeline_tells(const struct manifest *manifest, uint32_t host, uint64_t from_ns,
		    uint64_t to_ns);

/* Was @a before @b by more than the error of the clocks? */
static inline bool moment_before(const struct moment *a, const struct moment *b)
{
	if (a->host == b->host)
		return a->own_ns < b->own_ns;
	return a->high_ns < b->low_ns;
}

/*
 * The same moments with time running the other way: a was before b if b's mirror is
 * before a's.  So what finds the latest finds the earliest.
 */
struct moment moment_mirrored(const struct moment *moment);

/*
 * The latest of many moments, in the sense that matters here: whatever is
 * before any of them is before this.  One bound per host on its own clock; and
 * on rank 0's the latest of all, and the latest of another host than that one's.
 * Owner: whoever called latest_init; ended by latest_release.
 */
struct latest {
	struct latest_mark {
		bool any;
		struct moment moment;
		struct record_id id; /* whose moment it is */
	} * per_host, over_all, elsewhere;
	size_t host_count;
};

/* 0 or -ENOMEM. */
int latest_init(struct latest *latest, size_t host_count);
void latest_release(struct latest *latest);

/*
 * What follows is called for each record of a file, and stands here to be part of the
 * caller: a moment that was stored in parts and is loaded as a whole costs a wait.
 */
static inline void mark_set(struct latest_mark *mark, const struct moment *moment,
			    struct record_id id)
{
	mark->any = true;
	mark->moment = *moment;
	mark->id = id;
}

static inline void latest_add(struct latest *latest, const struct moment *moment,
			      struct record_id id)
{
	struct latest_mark *own = &latest->per_host[moment->host];
	struct latest_mark *all = &latest->over_all;

	if (!own->any || own->moment.own_ns < moment->own_ns)
		mark_set(own, moment, id);
	if (all->any && all->moment.host == moment->host) {
		if (all->moment.low_ns < moment->low_ns)
			mark_set(all, moment, id);
	} else if (!all->any || all->moment.low_ns < moment->low_ns) {
		latest->elsewhere = *all;
		mark_set(all, moment, id);
	} else if (!latest->elsewhere.any ||
		   latest->elsewhere.moment.low_ns < moment->low_ns) {
		mark_set(&latest->elsewhere, moment, id);
	}
}

/* Is @moment before one of those added?  Then *ret_id is whose. */
static inline bool latest_after(const struct latest *latest,
				const struct moment *moment, struct record_id *ret_id)
{
	const struct latest_mark *own = &latest->per_host[moment->host];
	const struct latest_mark *all = &latest->over_all;

	if (own->any && moment_before(moment, &own->moment)) {
		*ret_id = own->id;
		return true;
	}
	/* Another host's bound: this host's own was decided above. */
	if (all->any && all->moment.host == moment->host)
		all = &latest->elsewhere;
	if (all->any && moment_before(moment, &all->moment)) {
		*ret_id = all->id;
		return true;
	}
	return false;
}

#endif
