/* damage - see damage.h. */
#include "harness/selftest/damage.h"

#include <errno.h>
#include <string.h>

/* Any 64 bytes of a record hold a whole cell, so they name it. */
#define TELLING_BYTES 64

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint64_t believed(const struct plant_append *append)
{
	return (uint64_t)append->entry.offset;
}

/* ---- lost ------------------------------------------------------------------ */

/* The next writer begins before the end: @some or all bytes lie under its record. */
static void overwritten(struct plant *p)
{
	struct plant_append a = plant_next(p), b = plant_next(p);
	uint32_t under = (uint32_t)plant_dice(p, 1, smaller(a.bytes, b.bytes));

	b.entry.offset = a.entry.offset + a.bytes - under;
	plant_make(p, &a);
	plant_make(p, &b);
	plant_finding(p, ANOMALY_OVERWRITTEN, &a, believed(&b), under)->by = b.id;
}

/* The same, but the first one's bytes arrive last. */
static void overwritten_late(struct plant *p)
{
	struct plant_append a = plant_next(p), b = plant_next(p);
	uint32_t under = (uint32_t)plant_dice(p, 1, smaller(a.bytes, b.bytes));

	b.entry.offset = a.entry.offset + a.bytes - under;
	plant_note(p, &a);
	plant_make(p, &b);
	plant_put(p, &a, believed(&a), 0, a.bytes);
	plant_finding(p, ANOMALY_OVERWRITTEN, &b, believed(&b), under)->by = a.id;
}

/* Where it was, only what is left of it tells. */
static void overwritten_implied(struct plant *p)
{
	struct plant_append a = plant_next_large(p, TELLING_BYTES + 1);
	struct plant_append b = plant_next(p);
	uint32_t most = smaller(a.bytes - TELLING_BYTES, b.bytes);
	uint32_t under = (uint32_t)plant_dice(p, 1, most);
	uint64_t offset = believed(&a);

	a.entry.offset = HISTORY_OFFSET_UNKNOWN;
	b.entry.offset = (int64_t)(offset + a.bytes - under);
	plant_note(p, &a);
	plant_put(p, &a, offset, 0, a.bytes);
	plant_make(p, &b);
	plant_finding(p, ANOMALY_OVERWRITTEN, &a, believed(&b), under)->by = b.id;
}

static void interleaved(struct plant *p)
{
	struct plant_append a = plant_next_large(p, 2 * TELLING_BYTES);
	struct plant_append b = plant_next(p);
	uint32_t cut = (uint32_t)plant_dice(p, TELLING_BYTES, a.bytes - TELLING_BYTES);

	b.entry.offset = a.entry.offset + cut;
	plant_note(p, &a);
	plant_put(p, &a, believed(&a), 0, cut);
	plant_make(p, &b);
	plant_put(p, &a, believed(&b) + b.bytes, cut, a.bytes - cut);
	plant_finding(p, ANOMALY_INTERLEAVED, &a, believed(&b),
		      smaller(b.bytes, a.bytes - cut))
		->by = b.id;
}

/* Its beginning is there, and NULs for the rest. */
static void torn(struct plant *p)
{
	struct plant_append a = plant_next_large(p, TELLING_BYTES + 1);
	uint32_t there = (uint32_t)plant_dice(p, TELLING_BYTES, a.bytes - 1);

	plant_note(p, &a);
	plant_put(p, &a, believed(&a), 0, there);
	plant_nuls(p, a.bytes - there);
	plant_finding(p, ANOMALY_TORN, &a, believed(&a), there);
}

static void torn_front(struct plant *p)
{
	struct plant_append a = plant_next_large(p, TELLING_BYTES + 1);
	uint32_t gone = (uint32_t)plant_dice(p, 1, a.bytes - TELLING_BYTES);

	plant_note(p, &a);
	plant_nuls(p, gone);
	plant_put(p, &a, believed(&a) + gone, gone, a.bytes - gone);
	plant_finding(p, ANOMALY_TORN, &a, believed(&a) + gone, a.bytes - gone);
}

static void torn_middle(struct plant *p)
{
	struct plant_append a = plant_next_large(p, TELLING_BYTES + 2);
	uint32_t there = (uint32_t)plant_dice(p, TELLING_BYTES, a.bytes - 2);
	uint32_t gone = (uint32_t)plant_dice(p, 1, a.bytes - there - 1);

	plant_note(p, &a);
	plant_put(p, &a, believed(&a), 0, there);
	plant_nuls(p, gone);
	plant_put(p, &a, believed(&a) + there + gone, there + gone,
		  a.bytes - there - gone);
	plant_finding(p, ANOMALY_TORN, &a, believed(&a), there);
}

static void torn_at_end(struct plant *p)
{
	struct plant_append a = plant_next_large(p, TELLING_BYTES + 1);
	uint32_t there = (uint32_t)plant_dice(p, TELLING_BYTES, a.bytes - 1);

	plant_note(p, &a);
	plant_put(p, &a, believed(&a), 0, there);
	plant_finding(p, ANOMALY_TORN, &a, believed(&a), there);
}

/* One bit of one byte is wrong; what is good on either side of it is a piece. */
static void corrupted(struct plant *p)
{
	struct plant_append a = plant_next(p);
	uint32_t at = (uint32_t)plant_dice(p, 0, a.bytes - 1);
	/* The first piece must hold a whole cell. */
	bool before = at >= RECORD_CELL_BYTES;

	plant_make(p, &a);
	if (p->craft.rc == 0)
		p->craft.files[a.file].bytes[believed(&a) + at] ^= 1;
	plant_finding(p, ANOMALY_CORRUPTED, &a, believed(&a) + (before ? 0 : at + 1),
		      before ? at : a.bytes - at - 1);
}

static void corrupted_by_letters(struct plant *p)
{
	struct plant_append a = plant_next_large(p, TELLING_BYTES);
	uint32_t at = (uint32_t)plant_dice(p, RECORD_CELL_BYTES, a.bytes - 1);
	uint32_t length = (uint32_t)plant_dice(p, 1, smaller(a.bytes - at, 4096));

	plant_make(p, &a);
	plant_letters(p, believed(&a) + at, length);
	plant_finding(p, ANOMALY_CORRUPTED, &a, believed(&a), at);
}

/* NULs stand in its place. */
static void missing_hole(struct plant *p)
{
	struct plant_append a = plant_next(p);

	plant_note(p, &a);
	plant_nuls(p, a.bytes);
	plant_finding(p, ANOMALY_MISSING, &a, believed(&a), a.bytes);
	plant_finding(p, ANOMALY_GAP, NULL, believed(&a), a.bytes);
}

static void missing_nowhere(struct plant *p)
{
	struct plant_append a = plant_next(p);

	a.entry.offset = HISTORY_OFFSET_UNKNOWN;
	plant_note(p, &a);
	plant_finding(p, ANOMALY_MISSING, &a, 0, a.bytes)->offset_known = false;
}

static void missing_at_end(struct plant *p)
{
	struct plant_append a = plant_next(p);

	plant_note(p, &a);
	plant_finding(p, ANOMALY_MISSING, &a, believed(&a), a.bytes);
}

/* ---- beside the lost --------------------------------------------------------- */

static void gap(struct plant *p)
{
	uint64_t at = plant_end(p, 0), length = plant_dice(p, 1, 5000);

	plant_nuls(p, length);
	plant_finding(p, ANOMALY_GAP, NULL, at, length);
}

static void duplicate(struct plant *p)
{
	struct plant_append a = plant_next(p);
	uint64_t at;

	plant_make(p, &a);
	plant_clean(p, plant_dice(p, 0, 3));
	at = plant_end(p, a.file);
	plant_put(p, &a, at, 0, a.bytes);
	plant_finding(p, ANOMALY_DUPLICATE, &a, at, a.bytes);
}

static void foreign(struct plant *p)
{
	uint64_t at = plant_end(p, 0), length = plant_dice(p, 1, 300);

	plant_letters(p, at, length);
	plant_finding(p, ANOMALY_FOREIGN, NULL, at, length);
}

/* A record of @run_id and @strategy_index, as whose bytes nobody here may pass. */
static void stranger(struct plant *p, const char *run_id, uint32_t strategy_index)
{
	struct record_plan plan = p->craft.form.plan;
	struct record_id id = {0, 0};
	struct record_form form;
	uint64_t at = plant_end(p, 0);
	uint32_t bytes;

	memcpy(plan.run_id, run_id, sizeof(plan.run_id));
	plan.strategy_index = strategy_index;
	if (record_form_init(&form, &plan) < 0) {
		craft_fail(&p->craft, ENOMEM, "no memory for another run's record");
		return;
	}
	bytes = record_size(&form, id);
	record_write(&form, id, p->record);
	record_form_release(&form);
	craft_put(&p->craft, 0, at, p->record, bytes);
	plant_finding(p, ANOMALY_FOREIGN, NULL, at, bytes);
}

static void foreign_run(struct plant *p)
{
	stranger(p, "k3f000000000", 0);
}

static void foreign_strategy(struct plant *p)
{
	stranger(p, CRAFT_RUN_ID, 1);
}

static void foreign_writer(struct plant *p)
{
	struct plant_append a = {.id = {p->craft.manifest.rank_count, 0}};
	uint64_t at = plant_end(p, 0);

	a.bytes = record_size(&p->craft.form, a.id);
	plant_put(p, &a, at, 0, a.bytes);
	plant_finding(p, ANOMALY_FOREIGN, NULL, at, a.bytes);
}

/* The lock was refused, and yet a part of the record stands there. */
static void foreign_piece(struct plant *p)
{
	struct plant_append a = plant_next_large(p, TELLING_BYTES + 1);
	uint32_t there = (uint32_t)plant_dice(p, TELLING_BYTES, a.bytes - 1);

	plant_fault(p);
	a.entry.outcome = OUTCOME_FAILED;
	a.entry.step = STEP_LOCK;
	plant_note(p, &a);
	plant_put(p, &a, believed(&a), 0, there);
	plant_finding(p, ANOMALY_FOREIGN, NULL, believed(&a), there)->by = a.id;
}

/* The lock was refused, and yet the record stands there. */
static void unexpected(struct plant *p)
{
	struct plant_append a = plant_next(p);

	plant_fault(p);
	a.entry.outcome = OUTCOME_FAILED;
	a.entry.step = STEP_LOCK;
	plant_make(p, &a);
	plant_finding(p, ANOMALY_UNEXPECTED, &a, believed(&a), a.bytes);
}

static void unexpected_never_begun(struct plant *p)
{
	struct plant_append a = plant_next(p);

	plant_put(p, &a, believed(&a), 0, a.bytes);
	plant_finding(p, ANOMALY_UNEXPECTED, &a, believed(&a), a.bytes);
}

/* Of two that do not meet in time the later one stands first. */
static void realtime_disorder(struct plant *p)
{
	struct plant_append a = plant_next(p), b;

	plant_pause(p);
	b = plant_next(p);
	a.entry.offset = b.entry.offset + b.bytes;
	plant_make(p, &b);
	plant_make(p, &a);
	plant_finding(p, ANOMALY_REALTIME_DISORDER, &a, believed(&a), a.bytes)->by =
		b.id;
}

/* The same of one writer: both its order and that of time are broken. */
static void writer_disorder(struct plant *p)
{
	struct plant_append a = plant_next(p), b;

	plant_pause(p);
	plant_note(p, &a); /* its place is told by nobody, until it is put there */
	b = plant_next_of(p, a.id.writer);
	plant_make(p, &b);
	plant_put(p, &a, believed(&b) + b.bytes, 0, a.bytes);
	plant_finding(p, ANOMALY_WRITER_DISORDER, &a, believed(&b) + b.bytes, a.bytes)
		->by = b.id;
	plant_finding(p, ANOMALY_REALTIME_DISORDER, &a, believed(&b) + b.bytes, a.bytes)
		->by = b.id;
}

/* The second gets the lock half a millisecond before the first one gives it back. */
static void holds_overlap(struct plant_append *a, struct plant_append *b)
{
	b->entry.locked_ns = a->entry.flushed_ns;
	a->entry.unlock_ns = a->entry.flushed_ns + 500000;
	a->entry.completed_ns = a->entry.unlock_ns + 10000;
}

static void lock_overlap(struct plant *p)
{
	struct plant_append a = plant_next(p), b = plant_next(p);
	struct finding *finding;

	holds_overlap(&a, &b);
	b.entry.offset += a.bytes;
	plant_make(p, &a);
	plant_make(p, &b);
	finding = plant_finding(p, ANOMALY_LOCK_OVERLAP, &b, 0, 0);
	finding->by = a.id;
	finding->offset_known = false;
}

/* ---- no anomalies ------------------------------------------------------------ */

/* The other hold ended in an unknown outcome: a note. */
static void lock_lost(struct plant *p)
{
	struct plant_append a = plant_next(p), b = plant_next(p);

	plant_fault(p);
	holds_overlap(&a, &b);
	a.entry.outcome = OUTCOME_UNKNOWN;
	a.entry.step = STEP_UNLOCK;
	a.entry.offset = HISTORY_OFFSET_UNKNOWN;
	plant_note(p, &a);
	plant_make(p, &b);
	p->lock_lost++;
}

static void recovered(struct plant *p)
{
	struct plant_append a = plant_next(p);

	plant_fault(p);
	a.entry.outcome = OUTCOME_UNKNOWN;
	a.entry.step = STEP_FLUSH;
	plant_make(p, &a);
	p->recovered++;
}

/* A write that failed left a beginning. */
static void debris(struct plant *p)
{
	struct plant_append a = plant_next(p);
	uint32_t there = (uint32_t)plant_dice(p, 4, a.bytes - 1);

	plant_fault(p);
	a.entry.outcome = OUTCOME_UNKNOWN;
	a.entry.step = STEP_WRITE;
	plant_note(p, &a);
	plant_put(p, &a, believed(&a), 0, there);
	/* NULs anywhere in its place would be no gap. */
	while (p->craft.rc == 0 && plant_end(p, a.file) < believed(&a) + a.bytes)
		plant_clean(p, 1);
}

const struct damage damages[] = {
	{"overwritten", "a record whose end lies under the next one", 64, false, true,
	 overwritten},
	{"overwritten-late", "a record under one that was written late", 64, false,
	 true, overwritten_late},
	{"overwritten-implied", "the same, its place told by its remains alone", 65,
	 false, true, overwritten_implied},
	{"interleaved", "a record with another one inside", 128, false, true,
	 interleaved},
	{"torn", "a record that ends in NULs", 65, false, true, torn},
	{"torn-front", "a record that begins with NULs", 65, false, true, torn_front},
	{"torn-middle", "NULs inside a record", 66, false, true, torn_middle},
	{"torn-at-end", "a file that ends inside a record", 65, true, false,
	 torn_at_end},
	{"corrupted", "one wrong bit", 64, false, true, corrupted},
	{"corrupted-letters", "somebody's letters inside a record", 64, false, true,
	 corrupted_by_letters},
	{"missing-hole", "NULs in the place of a record", 64, false, true,
	 missing_hole},
	{"missing-nowhere", "a record that has no place", 64, false, true,
	 missing_nowhere},
	{"missing-at-end", "a file that ends before a record", 64, true, false,
	 missing_at_end},
	{"gap", "NULs between two records", 64, false, true, gap},
	{"duplicate", "a record that stands there twice", 64, false, true, duplicate},
	{"foreign", "letters between two records", 64, false, true, foreign},
	{"foreign-run", "a record of another run", 64, false, false, foreign_run},
	{"foreign-strategy", "a record of another strategy", 64, false, false,
	 foreign_strategy},
	{"foreign-writer", "a record of a writer that the run does not have", 64, false,
	 false, foreign_writer},
	{"foreign-piece", "a part of a record whose append failed", 65, false, false,
	 foreign_piece},
	{"unexpected", "a record whose append failed", 64, false, true, unexpected},
	{"unexpected-never-begun", "a record that its history does not know", 64, true,
	 false, unexpected_never_begun},
	{"realtime-disorder", "a record behind one begun after it was complete", 64,
	 false, true, realtime_disorder},
	{"writer-disorder", "two records of one writer in the wrong order", 64, false,
	 true, writer_disorder},
	{"lock-overlap", "two holds of an exclusive lock at one time", 64, false, true,
	 lock_overlap},
	{"lock-lost", "a hold that overlaps with one of unknown outcome: no anomaly",
	 64, false, true, lock_lost},
	{"recovered", "a record of unknown outcome: no anomaly", 64, false, true,
	 recovered},
	{"debris", "the beginning of a record of unknown outcome: no anomaly", 64,
	 false, true, debris},
};
const size_t damage_count = sizeof(damages) / sizeof(damages[0]);
