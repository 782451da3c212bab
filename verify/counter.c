/* counter - see counter.h. */
#include "verify/counter.h"

#include "core/workload.h"
#include "verify/handoff.h"
#include "verify/source.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

/* One step that wrote its number, or may have. */
struct step {
	struct record_id id;
	struct history_entry entry; /* .offset is the number */
	int64_t at_ns;		    /* of the write, on rank 0's clock: an estimate */
};

struct counter {
	struct evidence *e;
	struct stash steps;  /* struct step, by number, then by time */
	uint64_t silent;     /* steps of unknown outcome that told no number */
	bool readable;	     /* the file holds a number, or nothing */
	int64_t final;	     /* that number */
	uint64_t file_bytes; /* what it holds else */
};

/* The steps with the same number. */
struct group {
	struct step *first;
	size_t count;
};

/* ---- gathering ----------------------------------------------------------- */

static struct moment moment_of(const struct counter *c, const struct step *step,
			       uint64_t own_ns)
{
	return timeline_moment(c->e->manifest, evidence_host(c->e, step->id.writer),
			       own_ns);
}

static struct finding finding_of(const struct counter *c, enum anomaly kind,
				 const struct step *step)
{
	struct finding finding = evidence_finding(
		c->e, kind, 0, (uint64_t)step->entry.offset, COUNTER_BYTES);

	finding.of_counter = true;
	finding.record = step->id;
	return finding;
}

/* Under a lock the file held no number: not what any holder had left there. */
static int unreadable_add(struct counter *c, const struct step *step)
{
	struct finding finding;

	if (!c->e->strategy->exclusive_lock || step->entry.step != STEP_PLACE ||
	    step->entry.errnum != EBADMSG)
		return 0;
	finding = finding_of(c, ANOMALY_STALE_READ, step);
	finding.offset_known = false;
	return evidence_add(c->e, &finding);
}

/* A promise without a number: whatever the file holds, it is not in there. */
static int promise_add(struct counter *c, const struct step *step)
{
	struct finding finding = finding_of(c, ANOMALY_MISSING, step);

	finding.offset_known = false;
	evidence_fact(c->e, step->id, FATE_MISSING, -1);
	return evidence_add(c->e, &finding);
}

static int step_add(struct counter *c, struct step *step)
{
	struct moment written;

	if (step->entry.outcome == OUTCOME_FAILED)
		return unreadable_add(c, step);
	if (step->entry.offset <= 0 && step->entry.outcome == OUTCOME_ACKNOWLEDGED)
		return promise_add(c, step);
	if (step->entry.offset <= 0) {
		c->silent++;
		return 0;
	}
	written = moment_of(c, step, step->entry.written_ns);
	step->at_ns = written.low_ns == INT64_MIN
			      ? (int64_t)step->entry.written_ns
			      : written.low_ns + (written.high_ns - written.low_ns) / 2;
	return stash_add(&c->steps, step);
}

static int steps_gather(struct counter *c)
{
	int rc = 0;

	for (uint32_t w = 0; w < c->e->manifest->rank_count; w++) {
		const struct history *history = &c->e->writers[w].history;

		for (uint64_t seq = 0; rc == 0 && seq < history->count; seq++) {
			struct step step = {.id = {w, seq}};

			if (history_get(history, seq, &step.entry) < 0)
				c->silent++; /* damaged: anything may have happened */
			else
				rc = step_add(c, &step);
		}
	}
	return rc;
}

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->entry.offset != y->entry.offset)
		return x->entry.offset < y->entry.offset ? -1 : 1;
	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	if (x->id.writer != y->id.writer)
		return x->id.writer < y->id.writer ? -1 : 1;
	return x->id.seq < y->id.seq ? -1 : x->id.seq > y->id.seq;
}

/* The next group behind @group, or the first one. */
static bool group_next(const struct counter *c, struct group *group)
{
	struct step *all = c->steps.items;
	struct step *end = all + c->steps.count;

	group->first = group->first ? group->first + group->count : all;
	group->count = 0;
	while (group->first + group->count < end &&
	       group->first[group->count].entry.offset == group->first->entry.offset)
		group->count++;
	return group->count > 0;
}

/* ---- the number in the file --------------------------------------------- */

/* Zero padded digits and a newline, nothing else. */
static bool parse_number(const uint8_t *bytes, size_t length, int64_t *ret_number)
{
	int64_t number = 0;

	if (length != COUNTER_BYTES || bytes[length - 1] != '\n')
		return false;
	for (size_t i = 0; i + 1 < length; i++) {
		if (!isdigit(bytes[i]) || __builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, bytes[i] - '0', &number))
			return false;
	}
	*ret_number = number;
	return true;
}

static int final_read(struct counter *c, struct error *err)
{
	struct source source;
	const uint8_t *bytes;
	size_t length;
	int rc = source_open(&source, c->e->file_paths[0], COUNTER_BYTES + 1, 0,
			     !c->e->manifest->local_fs, err);

	if (rc < 0)
		return rc;
	rc = source_view(&source, 0, COUNTER_BYTES + 1, &bytes, &length);
	if (rc < 0)
		c->e->unreadable = source.errnum;
	else
		c->readable = !length || parse_number(bytes, length, &c->final);
	c->file_bytes = source.size_bytes;
	c->e->file_bytes[0] = source.size_bytes;
	c->e->shrunk |= source.shrunk;
	source_close(&source);
	return 0;
}

/*
 * What stands there and no step can have written.  Numbers above all that were told
 * are those of steps that did not tell theirs, which then fill no gap.
 */
static int final_check(struct counter *c)
{
	const struct step *all = c->steps.items;
	int64_t highest = c->steps.count ? all[c->steps.count - 1].entry.offset : 0;
	uint64_t above = c->final > highest ? (uint64_t)(c->final - highest) : 0;
	uint64_t excused = above < c->silent ? above : c->silent;
	struct finding finding =
		evidence_finding(c->e, ANOMALY_FOREIGN, 0, 0, c->file_bytes);
	int rc;

	if (c->e->unreadable)
		return 0;
	finding.of_counter = true;
	c->silent -= excused;
	if (c->readable && excused == above)
		return 0;
	rc = evidence_add(c->e, &finding);
	c->e->anomalies[ANOMALY_FOREIGN_BYTES] = (int64_t)c->file_bytes;
	return rc;
}

/* ---- each number --------------------------------------------------------- */

/*
 * What became of the steps with one number: of those that were acknowledged all
 * but the last were overwritten; a number above the file's is missing.  Where the
 * file could not be read nobody knows of the last one.
 */
static int group_fates(struct counter *c, const struct group *group)
{
	bool there = c->readable && group->first->entry.offset <= c->final;
	enum record_fate last = c->e->unreadable ? FATE_NOT_THERE
				: there		 ? FATE_INTACT
						 : FATE_MISSING;
	const struct step *later = NULL;
	int rc = 0;

	for (size_t i = group->count; rc == 0 && i-- > 0;) {
		const struct step *step = &group->first[i];
		enum record_fate fate = later ? FATE_OVERWRITTEN : last;
		struct finding finding;

		if (step->entry.outcome != OUTCOME_ACKNOWLEDGED)
			continue;
		c->e->intact += fate == FATE_INTACT;
		evidence_fact(c->e, step->id, fate, -1);
		if (fate == FATE_OVERWRITTEN || fate == FATE_MISSING) {
			finding = finding_of(
				c, later ? ANOMALY_OVERWRITTEN : ANOMALY_MISSING, step);
			if (later)
				finding.by = later->id;
			rc = evidence_add(c->e, &finding);
		}
		later = step;
	}
	if (!later && there) {
		c->e->recovered++;
		evidence_fact(c->e, group->first->id, FATE_RECOVERED, -1);
	}
	return rc;
}

/* Numbers between @before and @number that nobody wrote. */
static int gap_check(struct counter *c, int64_t before, int64_t number)
{
	uint64_t skipped = (uint64_t)(number - before - 1);
	uint64_t excused = skipped < c->silent ? skipped : c->silent;
	int64_t *bytes = &c->e->anomalies[ANOMALY_GAP_BYTES];
	struct finding finding = evidence_finding(
		c->e, ANOMALY_GAP, 0, (uint64_t)before + 1 + excused, COUNTER_BYTES);
	int64_t gap_bytes;
	int rc;

	c->silent -= excused;
	finding.of_counter = true;
	if (skipped == excused)
		return 0;
	rc = evidence_add(c->e, &finding);
	/* A history may tell any number. */
	if (__builtin_mul_overflow(skipped - excused, COUNTER_BYTES, &gap_bytes) ||
	    __builtin_add_overflow(*bytes, gap_bytes, bytes))
		*bytes = INT64_MAX;
	return rc;
}

/*
 * Does @step have a number above that of a later one of its writer, or of one that
 * began after it was done?  Only of acknowledged ones it is sure that they wrote.
 */
static int order_check(struct counter *c, const struct latest *invoked,
		       const struct step *step)
{
	struct writer_evidence *w = &c->e->writers[step->id.writer];
	struct moment completed = moment_of(c, step, step->entry.completed_ns);
	struct finding finding = finding_of(c, ANOMALY_WRITER_DISORDER, step);
	int rc = 0;

	if (step->entry.outcome != OUTCOME_ACKNOWLEDGED)
		return 0;
	if (w->any_found && step->id.seq < w->highest_found) {
		finding.by = (struct record_id){step->id.writer, w->highest_found};
		rc = evidence_add(c->e, &finding);
	}
	finding.kind = ANOMALY_REALTIME_DISORDER;
	if (rc == 0 && latest_after(invoked, &completed, &finding.by))
		rc = evidence_add(c->e, &finding);
	return rc;
}

/* From now on all numbers are above that of @step. */
static void order_add(struct counter *c, struct latest *invoked,
		      const struct step *step)
{
	struct writer_evidence *w = &c->e->writers[step->id.writer];
	struct moment moment = moment_of(c, step, step->entry.invoke_ns);

	if (step->entry.outcome != OUTCOME_ACKNOWLEDGED)
		return;
	if (!w->any_found || w->highest_found < step->id.seq)
		w->highest_found = step->id.seq;
	w->any_found = true;
	latest_add(invoked, &moment, step->id);
}

/* In the order of numbers: fates, gaps, order, hand-offs. */
static int numbers_check(struct counter *c)
{
	struct effect last = {0};
	struct group group = {0};
	struct latest invoked;
	int64_t before = 0;
	int rc = latest_init(&invoked, c->e->manifest->host_count);

	while (rc == 0 && group_next(c, &group)) {
		const struct step *final = &group.first[group.count - 1];

		rc = group_fates(c, &group);
		if (rc == 0)
			rc = gap_check(c, before, final->entry.offset);
		for (size_t i = 0; rc == 0 && i < group.count; i++) {
			rc = order_check(c, &invoked, &group.first[i]);
			handoff_count(c->e, &last, group.first[i].id,
				      &group.first[i].entry);
		}
		for (size_t i = 0; i < group.count; i++)
			order_add(c, &invoked, &group.first[i]);
		last = (struct effect){true, final->id, final->entry};
		before = final->entry.offset;
	}
	latest_release(&invoked);
	return rc;
}

/* ---- what was read ------------------------------------------------------- */

/*
 * A step read the number before its own.  It missed something if a step with its own
 * number or a higher one had given up the lock before: so, from the highest number
 * down, each lock is compared with the earliest unlock so far, both with time mirrored.
 */
static int stale_check(struct counter *c)
{
	struct step *all = c->steps.items;
	struct latest unlocked;
	size_t from = c->steps.count;
	int rc = latest_init(&unlocked, c->e->manifest->host_count);

	while (rc == 0 && from > 0) {
		size_t end = from;

		while (from > 0 &&
		       all[from - 1].entry.offset == all[end - 1].entry.offset) {
			const struct step *step = &all[--from];
			struct moment moment =
				moment_of(c, step, step->entry.unlock_ns);

			if (step->entry.outcome != OUTCOME_ACKNOWLEDGED)
				continue;
			moment = moment_mirrored(&moment);
			latest_add(&unlocked, &moment, step->id);
		}
		for (size_t i = from; rc == 0 && i < end; i++) {
			struct finding finding =
				finding_of(c, ANOMALY_STALE_READ, &all[i]);
			struct moment granted =
				moment_of(c, &all[i], all[i].entry.locked_ns);

			granted = moment_mirrored(&granted);
			if (all[i].entry.outcome == OUTCOME_ACKNOWLEDGED &&
			    latest_after(&unlocked, &granted, &finding.by))
				rc = evidence_add(c->e, &finding);
		}
	}
	latest_release(&unlocked);
	return rc;
}

int counter_check(struct evidence *e, struct error *err)
{
	struct counter c = {.e = e, .steps = STASH_OF(struct step)};
	int rc = final_read(&c, err);

	if (rc < 0)
		return rc;
	if (e->strategy->exclusive_lock)
		e->anomalies[ANOMALY_STALE_READ] = 0;
	rc = steps_gather(&c);
	if (rc == 0) {
		stash_sort(&c.steps, compare_steps);
		rc = final_check(&c);
	}
	if (rc == 0)
		rc = numbers_check(&c);
	if (rc == 0 && e->strategy->exclusive_lock)
		rc = stale_check(&c);
	if (e->unreadable)
		e->anomalies[ANOMALY_MISSING] = e->anomalies[ANOMALY_FOREIGN] =
			e->anomalies[ANOMALY_FOREIGN_BYTES] = COUNT_NULL;
	if (rc < 0)
		error_sys(err, -rc, "cannot judge the counter");
	stash_release(&c.steps);
	return rc;
}
