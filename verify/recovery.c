/* recovery - see recovery.h. */
#include "verify/recovery.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Full speed is looked for in windows of half a second, begun every hundredth; where
 * the phase was so long that this took too much memory, in coarser steps.
 */
#define STEP_NS	     10000000
#define WINDOW_NS    500000000
#define STEPS_MAX    65536
#define FULL_SHARE   0.8
#define PHASE_MAX_NS (INT64_MAX / 4)

/* What is to be known of the time before, to compare with. */
#define BEFORE_MIN_NS	   500000000
#define BEFORE_MAX_NS	   10000000000
#define BEFORE_MIN_APPENDS 20

/* One fault; all times in ns since the phase began. */
struct measure {
	const struct manifest_fault *fault;
	struct recovery *recovery;
	int64_t at_ns, end_ns;	/* struck; over */
	int64_t before_from_ns; /* what is compared begins here ... */
	uint64_t before;	/* ... and has so many appends of those who live on */
};

struct measuring {
	const struct evidence *e;
	int64_t start_ns, phase_ns;
	int64_t step_ns;
	size_t step_count;
	uint32_t *steps; /* acknowledged appends completed in each step */
	struct measure measure[RECOVERY_FAULTS_MAX];
	size_t count;
	bool timeless; /* some append could not be put on rank 0's clock */
};

/* ---- one pass over the histories ------------------------------------------------- */

/* The middle of what is known of a moment, since the phase began. */
static int64_t since_start(struct measuring *m, uint32_t writer, uint64_t own_ns)
{
	struct moment moment =
		timeline_moment(m->e->manifest, evidence_host(m->e, writer), own_ns);

	if (moment.low_ns == INT64_MIN) {
		m->timeless = true;
		return -1;
	}
	return moment.low_ns + (moment.high_ns - moment.low_ns) / 2 - m->start_ns;
}

static bool was_killed_by(const struct manifest_fault *fault, uint32_t writer)
{
	return fault->target == writer && !fault->until_ns;
}

static void measure_add(const struct measuring *m, struct measure *one, uint32_t writer,
			int64_t invoke_ns, int64_t locked_ns, int64_t completed_ns)
{
	bool locks = m->e->strategy->exclusive_lock;
	int64_t got_ns = locks ? locked_ns : completed_ns;
	int64_t *next_ns = &one->recovery->next_ns;

	if (completed_ns >= one->before_from_ns && completed_ns < one->at_ns &&
	    !was_killed_by(one->fault, writer))
		one->before++;
	if (writer == one->fault->target ||
	    (locks ? locked_ns : invoke_ns) <= one->at_ns)
		return;
	if (*next_ns == COUNT_NULL || got_ns - one->at_ns < *next_ns)
		*next_ns = got_ns - one->at_ns;
}

static void append_add(struct measuring *m, uint32_t writer,
		       const struct history_entry *entry)
{
	int64_t invoke_ns = since_start(m, writer, entry->invoke_ns);
	int64_t locked_ns = invoke_ns + (int64_t)(entry->locked_ns - entry->invoke_ns);
	int64_t completed_ns =
		invoke_ns + (int64_t)(entry->completed_ns - entry->invoke_ns);
	size_t step;

	for (size_t i = 0; i < m->count; i++)
		measure_add(m, &m->measure[i], writer, invoke_ns, locked_ns,
			    completed_ns);
	if (completed_ns < 0)
		return;
	step = (size_t)(completed_ns / m->step_ns);
	/* The clocks' error may put the last ones beyond the end. */
	m->steps[step < m->step_count ? step : m->step_count - 1]++;
}

static void histories_add(struct measuring *m)
{
	struct history_entry entry;

	for (uint32_t w = 0; w < m->e->manifest->rank_count; w++) {
		const struct history *history = &m->e->writers[w].history;

		for (uint64_t seq = 0; seq < history->count; seq++)
			if (history_get(history, seq, &entry) == 0 &&
			    entry.outcome == OUTCOME_ACKNOWLEDGED)
				append_add(m, w, &entry);
	}
}

/* ---- full speed ---------------------------------------------------------------------
 */

/* Of those that begin at @from_ns or later, the first step. */
static size_t step_from(const struct measuring *m, int64_t from_ns)
{
	return (size_t)((from_ns + m->step_ns - 1) / m->step_ns);
}

/* The first step of full speed; step_count: never, or nothing to compare with. */
static size_t find_full_speed(const struct measuring *m, const struct measure *one)
{
	int64_t before_ns = one->at_ns - one->before_from_ns;
	size_t window = step_from(m, WINDOW_NS), first = step_from(m, one->end_ns);
	double wanted = FULL_SHARE * (double)one->before / (double)before_ns *
			(double)m->step_ns * (double)window;
	uint64_t sum = 0;

	if (!one->recovery->compared)
		return m->step_count;
	for (size_t step = first; step < m->step_count; step++) {
		sum += m->steps[step];
		if (step + 1 < first + window)
			continue;
		if ((double)sum >= wanted) {
			/* It begins with the first append in the window. */
			step = step + 1 - window;
			while (!m->steps[step])
				step++;
			return step;
		}
		sum -= m->steps[step + 1 - window];
	}
	return m->step_count;
}

static int64_t find_gap(const struct measuring *m, const struct measure *one,
			size_t end)
{
	size_t longest = 0, empty = 0;

	for (size_t step = step_from(m, one->at_ns); step < end; step++) {
		empty = m->steps[step] ? 0 : empty + 1;
		if (empty > longest)
			longest = empty;
	}
	return (int64_t)longest * m->step_ns;
}

static void measure_end(const struct measuring *m, const struct measure *one)
{
	size_t full;

	one->recovery->compared = one->at_ns - one->before_from_ns >= BEFORE_MIN_NS &&
				  one->before >= BEFORE_MIN_APPENDS;
	full = find_full_speed(m, one);
	one->recovery->gap_ns = find_gap(m, one, full);
	if (full < m->step_count)
		one->recovery->full_ns = (int64_t)full * m->step_ns - one->at_ns;
}

/* ---- beginning
 * ------------------------------------------------------------------------ */

/* The later of two, in ns since the phase began; before it, its begin. */
static int64_t later(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns : b_ns;
}

static void measure_begin(struct measuring *m, size_t index, struct recovery *recovery)
{
	const struct manifest_fault *fault = &m->e->manifest->faults[index];
	struct measure *one = &m->measure[m->count++];

	*recovery = (struct recovery){.fault = index,
				      .next_ns = COUNT_NULL,
				      .full_ns = COUNT_NULL,
				      .gap_ns = COUNT_NULL};
	*one = (struct measure){
		.fault = fault,
		.recovery = recovery,
		.at_ns = (int64_t)fault->at_ns - m->start_ns,
	};
	one->end_ns = later(one->at_ns, (int64_t)fault->until_ns - m->start_ns);
}

/* Compare with the time after the faults before this one, and with no longer a time. */
static void find_before(struct measuring *m, struct measure *one)
{
	one->before_from_ns = later(0, one->at_ns - BEFORE_MAX_NS);
	for (size_t i = 0; i < m->count; i++)
		if (m->measure[i].at_ns < one->at_ns)
			one->before_from_ns = later(one->before_from_ns,
						    m->measure[i].end_ns < one->at_ns
							    ? m->measure[i].end_ns
							    : one->at_ns);
}

static bool is_measured(const struct measuring *m, const struct manifest_fault *fault)
{
	return fault->hit && fault->strategy == m->e->strategy_index &&
	       (int64_t)fault->at_ns >= m->start_ns &&
	       (int64_t)fault->at_ns - m->start_ns <= m->phase_ns;
}

static int begin(struct measuring *m, struct judgment *j)
{
	const struct manifest *manifest = m->e->manifest;

	j->recoveries = calloc(RECOVERY_FAULTS_MAX, sizeof(*j->recoveries));
	if (!j->recoveries)
		return -ENOMEM;
	for (size_t i = 0; i < manifest->fault_count; i++)
		if (m->count < RECOVERY_FAULTS_MAX &&
		    is_measured(m, &manifest->faults[i]))
			measure_begin(m, i, &j->recoveries[m->count]);
	j->recovery_count = m->count;
	for (size_t i = 0; i < m->count; i++)
		find_before(m, &m->measure[i]);
	m->step_ns = m->phase_ns / STEPS_MAX + 1;
	if (m->step_ns < STEP_NS)
		m->step_ns = STEP_NS;
	m->step_count = step_from(m, m->phase_ns);
	m->steps = calloc(m->step_count, sizeof(*m->steps));
	return m->steps ? 0 : -ENOMEM;
}

int recovery_measure(const struct evidence *e, struct judgment *j)
{
	struct measuring m = {
		.e = e,
		.start_ns = (int64_t)e->strategy->started_ns,
		.phase_ns = e->strategy->duration_ns < PHASE_MAX_NS
				    ? (int64_t)e->strategy->duration_ns
				    : PHASE_MAX_NS,
	};
	int rc;

	if (!m.start_ns || !m.phase_ns ||
	    !manifest_was_struck(e->manifest, e->strategy_index))
		return 0;
	rc = begin(&m, j);
	if (rc == 0)
		histories_add(&m);
	for (size_t i = 0; rc == 0 && i < m.count; i++) {
		if (m.timeless)
			m.measure[i].recovery->next_ns = COUNT_NULL;
		else
			measure_end(&m, &m.measure[i]);
	}
	free(m.steps);
	return rc;
}
