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

/* The moment when @host's clock showed @own_ns. */
struct moment timeline_moment(const struct manifest *manifest, uint32_t host,
			      uint64_t own_ns);

/*
 * Can all that @host's clock showed from @from_ns to @to_ns be compared with other
 * hosts' times?
 */
bool timeline_tells(const struct manifest *manifest, uint32_t host, uint64_t from_ns,
		    uint64_t to_ns);

/* Was @a before @b by more than the error of the clocks? */
bool moment_before(const struct moment *a, const struct moment *b);

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
void latest_add(struct latest *latest, const struct moment *moment,
		struct record_id id);

/* Is @moment before one of those added?  Then *ret_id is whose. */
bool latest_after(const struct latest *latest, const struct moment *moment,
		  struct record_id *ret_id);

#endif
