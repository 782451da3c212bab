/*
 * model_holds - exclusive holds that overlap.
 */
#include "tests/mutate/model_parts.h"

#include <stdlib.h>

struct hold {
	uint32_t host, writer;
	uint64_t from, to; /* on that host's clock */
	uint64_t seq;
	bool acknowledged;
};

/* Do both surely begin before the other one ends? */
static bool overlap(const struct manifest *m, const struct hold *x,
		    const struct hold *y)
{
	return model_before(m, x->host, x->from, y->host, y->to) &&
	       model_before(m, y->host, y->from, x->host, x->to);
}

/* The later of two that overlap: by its grant at the latest, then by writer. */
static bool later(const struct manifest *m, const struct hold *x, const struct hold *y)
{
	int64_t low, x_high = 0, y_high = 0;

	if (x->host == y->host) {
		x_high = (int64_t)x->from;
		y_high = (int64_t)y->from;
	} else {
		model_aligned(m, x->host, x->from, &low, &x_high);
		model_aligned(m, y->host, y->from, &low, &y_high);
	}
	if (x_high != y_high)
		return x_high > y_high;
	return x->writer != y->writer ? x->writer > y->writer : x->seq > y->seq;
}

static size_t holds_list(const struct model *m, struct hold **ret_holds)
{
	struct hold *holds = NULL;
	size_t count = 0;

	for (uint32_t w = 0; w < m->m->rank_count; w++) {
		const struct history_entry *last = NULL;

		for (uint64_t seq = 0; seq < m->craft->writers[w].count; seq++) {
			const struct history_entry *e =
				&m->craft->writers[w].entries[seq];

			if (e->outcome == OUTCOME_OPEN || e->step == STEP_OPEN ||
			    e->step == STEP_LOCK)
				continue;
			if (!last || m->s->batch == 1 || last->hold != e->hold) {
				holds = craft_grow(holds, (count + 1) * sizeof(*holds));
				holds[count++] =
					(struct hold){.host = m->m->rank_host[w],
						      .writer = w,
						      .seq = seq,
						      .from = e->locked_ns,
						      .acknowledged = true};
			}
			holds[count - 1].to = e->unlock_ns;
			holds[count - 1].acknowledged &=
				e->outcome == OUTCOME_ACKNOWLEDGED;
			last = e;
		}
	}
	*ret_holds = holds;
	return count;
}

void model_check_holds(struct model *m)
{
	struct hold *holds;
	size_t count = holds_list(m, &holds);

	for (size_t i = 0; i < count; i++) {
		bool overlaps = false, lost = false;

		for (size_t k = 0; k < count; k++) {
			if (k == i || !later(m->m, &holds[i], &holds[k]) ||
			    !overlap(m->m, &holds[i], &holds[k]))
				continue;
			lost = true;
			overlaps |= holds[i].acknowledged && holds[k].acknowledged;
		}
		m->r.anomalies[ANOMALY_LOCK_OVERLAP] += overlaps;
		m->r.lock_lost += lost && !overlaps;
	}
	free(holds);
}
